"""Photographs as screens show them: screenshots drawn around them, and photos of the screen."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps
from PIL.Image import Resampling, Transform

from core.findings import screens
from core.findings.finding import Finding, Kind
from tests.bench.case import Case, Sample
from tests.bench.cases_colours import grey
from tests.bench.cases_compression import fitted, jpeg, png, scaled
from tests.bench.cases_overlays import bars, cut_out, framed, stamped
from tests.bench.opening import view_of

#: Phones' and a monitor's screens, in pixels.
GALLERY = (828, 1792)
POST = (1080, 2340)
CHAT = (1170, 2532)
DESKTOP = (1920, 1080)

Save = Callable[[Image.Image], bytes]


def screenshot_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 0, _ORDINARY | _LIKE_SCREENS, _SCREENSHOTS)


def screen_photo_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 1, _ORDINARY | _SCREENSHOTS, _SCREEN_PHOTOS)


CASES = (
    Case(Kind.SCREENSHOT, screenshot_samples),
    Case(Kind.SCREEN_PHOTO, screen_photo_samples),
)


def findings_of(content: bytes) -> tuple[Finding, ...]:
    return screens.judge(screens.measure(view_of(content)))


def gallery(photograph: Image.Image) -> Image.Image:
    width, height = GALLERY
    screen = Image.new("RGB", GALLERY, "black")
    shown = ImageOps.contain(photograph, GALLERY)
    screen.paste(shown, ((width - shown.width) // 2, (height - shown.height) // 2))
    draw = ImageDraw.Draw(screen)
    draw.text((60, 30), "9:41", "white", ImageFont.load_default(36))
    draw.rounded_rectangle((width - 110, 36, width - 54, 62), 7, outline="white", width=3)
    draw.text((40, 120), "‹ Albums", "#4a90ff", ImageFont.load_default(40))
    for left in range(70, width - 100, 210):
        draw.ellipse((left, height - 150, left + 56, height - 94), outline="#4a90ff", width=5)
    draw.rounded_rectangle((270, height - 30, width - 270, height - 20), 5, "white")
    return screen


def post(photograph: Image.Image) -> Image.Image:
    width, height = POST
    screen = Image.new("RGB", POST, "white")
    draw = ImageDraw.Draw(screen)
    draw.text((60, 40), "10:24", "black", ImageFont.load_default(40))
    draw.rectangle((width - 130, 50, width - 60, 80), outline="black", width=4)
    draw.ellipse((40, 140, 140, 240), "#8a5bd6")
    draw.text((170, 150), "lena.example", "black", ImageFont.load_default(40))
    draw.text((170, 200), "Hamburg, Germany", "#666", ImageFont.load_default(30))
    screen.paste(ImageOps.fit(photograph, (width, width * 5 // 4)), (0, 270))
    top = 270 + width * 5 // 4
    for left in (40, 150, 260):
        draw.ellipse((left, top + 30, left + 70, top + 100), outline="black", width=6)
    for line, words in enumerate(
        ("1,204 likes", "lena.example  A day at the sea with everyone", "View all 48 comments")
    ):
        draw.text((40, top + 140 + 60 * line), words, "black", ImageFont.load_default(36))
    draw.line((0, height - 180, width, height - 180), "#ddd", 2)
    for left in range(70, width, 210):
        box = (left, height - 150, left + 60, height - 90)
        draw.rounded_rectangle(box, 12, outline="black", width=6)
    return screen


def chat(photograph: Image.Image) -> Image.Image:
    width, height = CHAT
    screen = Image.new("RGB", CHAT, "#ece5dd")
    draw = ImageDraw.Draw(screen)
    font = ImageFont.load_default(50)
    draw.rectangle((0, 0, width, 230), "#075e54")
    draw.text((60, 40), "21:07", "white", ImageFont.load_default(44))
    draw.ellipse((120, 120, 210, 210), "#ccc")
    draw.text((240, 130), "Mum", "white", font)
    draw.rounded_rectangle((40, 280, 820, 430), 30, "white")
    draw.text((80, 320), "Look at this one", "black", font)
    shown = ImageOps.contain(photograph, (900, 1300))
    bottom = 590 + shown.height
    draw.rounded_rectangle((220, 480, 260 + shown.width, bottom), 30, "#dcf8c6")
    screen.paste(shown, (240, 500))
    draw.text((shown.width + 90, bottom - 75), "21:05", "#666", ImageFont.load_default(36))
    draw.rounded_rectangle((40, bottom + 70, 980, bottom + 220), 30, "white")
    draw.text((80, bottom + 110), "Can we print it for Oma?", "black", font)
    draw.rounded_rectangle((30, height - 180, width - 180, height - 60), 60, "white")
    draw.text((100, height - 150), "Message", "#888", font)
    draw.ellipse((width - 150, height - 180, width - 30, height - 60), "#128c7e")
    return screen


def desktop(photograph: Image.Image) -> Image.Image:
    width, height = DESKTOP
    screen = Image.new("RGB", DESKTOP, "#2b2b2b")
    draw = ImageDraw.Draw(screen)
    font = ImageFont.load_default(20)
    draw.rectangle((0, 0, width, 36), "#3c3c3c")
    draw.text((20, 8), "IMG_2041.jpg - Viewer", "#ddd", font)
    for place, word in enumerate(("File", "Edit", "View", "Image", "Window", "Help")):
        draw.text((20 + place * 90, 46), word, "#ccc", font)
    screen.paste(ImageOps.contain(photograph, (width - 300, height - 180)), (280, 90))
    for line in range(12):
        draw.text((20, 100 + line * 60), f"IMG_{2030 + line}.jpg", "#bbb", font)
    draw.rectangle((0, height - 48, width, height), "#1d1d1d")
    for place in range(9):
        left = width // 2 - 250 + place * 56
        box = (left, height - 40, left + 36, height - 8)
        draw.rounded_rectangle(box, 6, ("#4a90ff", "#e55", "#5b5")[place % 3])
    draw.text((width - 130, height - 38), "14:32", "#eee", font)
    return screen


class Shot(NamedTuple):
    """How a screen was photographed; a screen's own pixel is `pitch` of the photo's."""

    pitch: float
    angle: float  #: Degrees
    blur: float  #: Radius, in the photo's pixels
    tilt: float = 0.03  #: Of one side to the other, as a share


_WIDTH = 1200
#: Drawn pixels for one of the screen: a red, a green and a blue bar, and a gap below.
_DRAWN = 6
#: What an unlit pixel shines with, of 1.
_GLOW = 0.01


def photographed(photograph: Image.Image, shot: Shot) -> Image.Image:
    """The photograph on a screen of red, green and blue bars, taken again by a camera."""
    shown = fitted(photograph, round(_WIDTH / shot.pitch))
    light = (np.asarray(shown) / 255) ** 2.2
    # Two thirds of a screen are dark in each colour, so it shines three times as bright.
    lit, unlit = _levels(2.6 * light + _GLOW), _levels(np.array(_GLOW))
    bars = np.full((shown.height, _DRAWN, shown.width, _DRAWN, 3), unlit)
    for channel in range(3):
        each = slice(2 * channel, 2 * channel + 2)
        bars[:, : _DRAWN - 1, :, each, channel] = lit[:, None, :, None, channel]
    screen = Image.fromarray(bars.reshape(shown.height * _DRAWN, shown.width * _DRAWN, 3))
    screen = screen.filter(ImageFilter.GaussianBlur(shot.blur * _DRAWN / shot.pitch))
    screen = screen.rotate(shot.angle, Resampling.BICUBIC)
    width, height = screen.size
    across, down = width * shot.tilt, height * shot.tilt
    corners = (across, 1.5 * down, 0, height, width, height - down, width - across / 2, 0)
    size = round(shown.width * shot.pitch), round(shown.height * shot.pitch)
    taken = screen.transform(size, Transform.QUAD, corners, Resampling.BILINEAR)
    edge = min(size) // 20
    taken = taken.crop((edge, edge, size[0] - edge, size[1] - edge))
    noise = np.random.default_rng(7).normal(0, 3, (taken.height, taken.width, 1))
    return Image.fromarray(np.clip(np.asarray(taken) + noise, 0, 255).astype(np.uint8))


def _levels(light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """As a file has them, 0 to 255."""
    return np.asarray(np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def _samples(
    photograph: Image.Image, which: int, good: Mapping[str, Save], bad: Mapping[str, Save]
) -> Iterator[Sample]:
    picture = fitted(photograph)
    for saves, is_bad in ((good, False), (bad, True)):
        for degradation, save in saves.items():
            yield Sample(degradation, is_bad, findings_of(save(picture))[which])


_ORDINARY: dict[str, Save] = {
    "untouched": lambda picture: jpeg(picture, 95),
    "JPEG 75": lambda picture: jpeg(picture, 75),
    "half size": lambda picture: jpeg(scaled(picture, 0.5), 88),
    "enlarged": lambda picture: jpeg(scaled(fitted(picture, 900), 2, Resampling.BICUBIC)),
}
_LIKE_SCREENS: dict[str, Save] = {
    "PNG as large as a screen": lambda picture: png(ImageOps.fit(picture, CHAT)),
    "framed": lambda picture: jpeg(framed(picture, 0.05, "white")),
    "bars": lambda picture: jpeg(bars(picture)),
    "cut out on white": lambda picture: jpeg(cut_out(picture)),
    "film date": lambda picture: jpeg(stamped(picture)),
    "black and white": lambda picture: jpeg(grey(picture)),
}
_SCREENSHOTS: dict[str, Save] = {
    "gallery, PNG": lambda picture: png(gallery(picture)),
    "gallery, JPEG 80": lambda picture: jpeg(gallery(picture), 80),
    "post, PNG": lambda picture: png(post(picture)),
    "post, JPEG 80": lambda picture: jpeg(post(picture), 80),
    "chat, PNG": lambda picture: png(chat(picture)),
    "chat, JPEG 80": lambda picture: jpeg(chat(picture), 80),
    "desktop, PNG": lambda picture: png(desktop(picture)),
    "desktop, JPEG 80": lambda picture: jpeg(desktop(picture), 80),
}
_SCREEN_PHOTOS: dict[str, Save] = {
    "pitch 3, 1.5 degrees": lambda picture: jpeg(photographed(picture, Shot(3, 1.5, 0.6))),
    "pitch 3, 3 degrees, tilted": lambda picture: jpeg(
        photographed(picture, Shot(3, 3, 0.6, 0.06))
    ),
    "pitch 2.2": lambda picture: jpeg(photographed(picture, Shot(2.2, 1.5, 0.6))),
    "pitch 1.6": lambda picture: jpeg(photographed(picture, Shot(1.6, 1.5, 0.6))),
    # The lens has blurred the grid away.
    "pitch 3, soft": lambda picture: jpeg(photographed(picture, Shot(3, 1.5, 1.2))),
}

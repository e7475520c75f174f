"""Real photographs for the demo shop's orders, and the worse versions of them that customers send.

Where each photograph comes from, and that it is free, stands in `photographs/SOURCES.md`.
"""

import io
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pillow_heif
from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont, ImageOps

FOLDER = Path(__file__).with_name("photographs")

#: A messenger's preview and an older phone's screen, in pixels.
MESSENGER = (320, 240)
SCREEN = (828, 1792)

#: More than the 12 megapixels of a usual phone.
LARGE_WIDTH = 4800

#: How the pixels lie in a file that is to be shown upright by its EXIF orientation.
_STORED = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}

_NOT_A_PHOTO = b"Sorry, the photo is too big for my mailbox. I will send it on a CD.\n"


def originals() -> Mapping[str, Path]:
    """The photographs by file name without suffix."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.jpg"))}


def make_versions(into: Path) -> Mapping[str, Path]:
    """The worse versions by path without suffix, such as "small/parrot"; made where missing."""
    versions: dict[str, Path] = {}
    for kind, suffix, make, names in _VERSIONS:
        for name in names:
            path = versions[f"{kind}/{name}"] = into / kind / (name + suffix)
            if not path.exists():
                _write(path, make(_load(name)))
    for path, content in (
        (into / "cut.jpg", _cut(originals()["honey-bee"].read_bytes())),
        (into / "not_a_photo.jpg", _NOT_A_PHOTO),
    ):
        versions[path.stem] = path
        if not path.exists():
            _write(path, content)
    return versions


def _load(name: str) -> Image.Image:
    with Image.open(originals()[name]) as photo:
        photo.load()
        return photo


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file is whole or not there, also when two processes make it at once.
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def _jpeg(photo: Image.Image, quality: int = 88, **options: Any) -> bytes:
    content = io.BytesIO()
    photo.save(content, "JPEG", quality=quality, **options)
    return content.getvalue()


def _png(photo: Image.Image) -> bytes:
    content = io.BytesIO()
    photo.save(content, "PNG", compress_level=3)
    return content.getvalue()


def _small(photo: Image.Image) -> bytes:
    return _jpeg(ImageOps.fit(photo, MESSENGER), quality=30)


def _soft(photo: Image.Image) -> bytes:
    return _jpeg(photo.filter(ImageFilter.GaussianBlur(max(photo.size) / 100)))


def _moved(photo: Image.Image) -> bytes:
    return _jpeg(photo.filter(ImageFilter.BoxBlur((max(photo.size) / 40, 0))))


def _dark(photo: Image.Image) -> bytes:
    return _jpeg(photo.point([value // 7 for value in range(256)] * 3))


def _washed_out(photo: Image.Image) -> bytes:
    return _jpeg(photo.point([170 + value // 5 for value in range(256)] * 3))


def _screenshot(photo: Image.Image) -> bytes:
    """The photo as a phone's gallery shows it, with the bars above and below."""
    width, height = SCREEN
    screen = Image.new("RGB", SCREEN, "black")
    shown = ImageOps.contain(photo, SCREEN)
    screen.paste(shown, (0, (height - shown.height) // 2))
    draw = ImageDraw.Draw(screen)
    draw.text((60, 30), "9:41", "white", ImageFont.load_default(36))
    draw.rounded_rectangle((width - 110, 36, width - 54, 62), 7, outline="white", width=3)
    draw.rectangle((width - 104, 42, width - 76, 56), "white")
    draw.text((40, 120), "‹ Albums", "#4a90ff", ImageFont.load_default(40))
    for position in range(4):
        left = 70 + position * 210
        draw.ellipse((left, height - 150, left + 56, height - 94), outline="#4a90ff", width=5)
    draw.rounded_rectangle((270, height - 30, width - 270, height - 20), 5, "white")
    return _png(screen)


def _turned(photo: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return _jpeg(photo.transpose(_STORED[orientation]), exif=exif)


def _heic(photo: Image.Image) -> bytes:
    content = io.BytesIO()
    pillow_heif.from_pillow(photo).save(content, quality=70)
    return content.getvalue()


def _cut_out(photo: Image.Image) -> bytes:
    mask = Image.new("L", photo.size)
    edge = [side // 20 for side in photo.size]
    ImageDraw.Draw(mask).ellipse((*edge, photo.width - edge[0], photo.height - edge[1]), 255)
    photo.putalpha(mask.filter(ImageFilter.GaussianBlur(2)))
    return _png(photo)


def _located(photo: Image.Image) -> bytes:
    """With the place of a public park, as a phone writes the place of a home."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Example"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (48.0, 8.0, 36.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (11.0, 35.0, 24.0),
        }
    )
    return _jpeg(photo, exif=exif)


def _cmyk(photo: Image.Image) -> bytes:
    return _jpeg(photo.convert("CMYK"))


def _large(photo: Image.Image) -> bytes:
    height = photo.height * LARGE_WIDTH // photo.width
    return _jpeg(photo.resize((LARGE_WIDTH, height), Image.Resampling.BICUBIC))


def _cut(content: bytes) -> bytes:
    """A picture whose upload broke off half way."""
    return content[: len(content) // 2]


class _Versions(NamedTuple):
    kind: str
    suffix: str
    make: Callable[[Image.Image], bytes]
    originals: tuple[str, ...]


_VERSIONS = [
    _Versions("small", ".jpg", _small, ("astronaut", "golden-retriever", "parrot", "tabby-cat")),
    _Versions("soft", ".jpg", _soft, ("blue-eyed-cat", "golden-retriever", "honey-bee")),
    _Versions("moved", ".jpg", _moved, ("tabby-cat", "tiger-in-snow")),
    _Versions("dark", ".jpg", _dark, ("citrus-slices", "golden-retriever", "goldfish")),
    _Versions("washed_out", ".jpg", _washed_out, ("honey-bee", "parrot")),
    _Versions("screenshot", ".png", _screenshot, ("dandelion-clock", "ginger-cat", "tabby-cat")),
    _Versions("sideways", ".jpg", partial(_turned, orientation=3), ("citrus-slices",)),
    _Versions("sideways", ".jpg", partial(_turned, orientation=6), ("dandelion-clock",)),
    _Versions("sideways", ".jpg", partial(_turned, orientation=8), ("honey-bee",)),
    _Versions("heic", ".heic", _heic, ("golden-retriever", "owl")),
    _Versions("alpha", ".png", _cut_out, ("goldfish", "parrot")),
    _Versions("gps", ".jpg", _located, ("bridge-at-night", "golden-retriever")),
    _Versions("cmyk", ".jpg", _cmyk, ("balloon", "sunflower")),
    _Versions("large", ".jpg", _large, ("dandelions", "honey-bee")),
]

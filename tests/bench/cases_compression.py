"""Photographs saved with much loss, once or on the way, and scaled up from small ones."""

import io
from collections.abc import Callable, Iterator, Mapping

from PIL import Image, ImageFilter
from PIL.Image import Resampling

from core.findings import compression
from core.findings.finding import Finding, Kind
from core.findings.view import LONGEST
from tests.bench.case import Case, Sample
from tests.bench.opening import view_of

#: A small original, in pixels.
SMALL_ORIGINAL = 640

Save = Callable[[Image.Image], bytes]


def compressed_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 0, _COMPRESSED)


def enlarged_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 1, _ENLARGED)


CASES = (Case(Kind.COMPRESSED, compressed_samples), Case(Kind.ENLARGED, enlarged_samples))


def findings_of(content: bytes) -> tuple[Finding, ...]:
    return compression.judge(compression.measure(view_of(content)))


def fitted(photograph: Image.Image, longest: int = LONGEST) -> Image.Image:
    """The photograph at no more than `longest` pixels, so that a view shows its every pixel."""
    picture = photograph.copy()
    picture.thumbnail((longest, longest), Resampling.LANCZOS)
    return picture


def jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=quality)
    return content.getvalue()


def png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()


def decoded(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def scaled(
    picture: Image.Image, factor: float, filtering: Resampling = Resampling.LANCZOS
) -> Image.Image:
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, filtering)


def off_the_grid(picture: Image.Image) -> Image.Image:
    return picture.crop((3, 5, picture.width, picture.height))


def _samples(photograph: Image.Image, which: int, bad: Mapping[str, Save]) -> Iterator[Sample]:
    picture = fitted(photograph)
    for saves, is_bad in ((_GOOD, False), (bad, True)):
        for degradation, save in saves.items():
            yield Sample(degradation, is_bad, findings_of(save(picture))[which])


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    """By a Gaussian, its radius in pixels of a picture of `LONGEST`."""
    return picture.filter(ImageFilter.GaussianBlur(radius * max(picture.size) / LONGEST))


def enlarged(picture: Image.Image, factor: float, filtering: Resampling) -> Image.Image:
    return scaled(fitted(picture, SMALL_ORIGINAL), factor, filtering)


_GOOD: dict[str, Save] = {
    "untouched": png,
    "JPEG 95": lambda picture: jpeg(picture, 95),
    "JPEG 85": lambda picture: jpeg(picture, 85),
    "JPEG 75": lambda picture: jpeg(picture, 75),
    "70 % size": lambda picture: jpeg(scaled(picture, 0.7, Resampling.BICUBIC), 88),
    "half size": lambda picture: jpeg(scaled(picture, 0.5), 88),
}
_COMPRESSED: dict[str, Save] = {
    "JPEG 40": lambda picture: jpeg(picture, 40),
    "JPEG 30": lambda picture: jpeg(picture, 30),
    "JPEG 20": lambda picture: jpeg(picture, 20),
    "JPEG 10": lambda picture: jpeg(picture, 10),
    "JPEG 40, PNG": lambda picture: png(decoded(jpeg(picture, 40))),
    "JPEG 20, JPEG 92": lambda picture: jpeg(decoded(jpeg(picture, 20)), 92),
    "JPEG 30, cropped, JPEG 92": lambda picture: jpeg(off_the_grid(decoded(jpeg(picture, 30))), 92),
    # What nothing but the eye finds.
    "JPEG 20, 80 % size": lambda picture: jpeg(scaled(decoded(jpeg(picture, 20)), 0.8), 92),
}
_ENLARGED: dict[str, Save] = {
    "1.5 times, bicubic": lambda picture: jpeg(enlarged(picture, 1.5, Resampling.BICUBIC)),
    "2 times, bilinear": lambda picture: jpeg(enlarged(picture, 2, Resampling.BILINEAR), 80),
    "2 times, bicubic": lambda picture: jpeg(enlarged(picture, 2, Resampling.BICUBIC)),
    "2 times, Lanczos": lambda picture: jpeg(enlarged(picture, 2, Resampling.LANCZOS), 95),
    "3 times, bilinear": lambda picture: jpeg(enlarged(picture, 3, Resampling.BILINEAR), 80),
    "3 times, bicubic": lambda picture: jpeg(enlarged(picture, 3, Resampling.BICUBIC)),
    "4 times, bicubic": lambda picture: jpeg(enlarged(picture, 4, Resampling.BICUBIC)),
    "5 times, Lanczos": lambda picture: jpeg(enlarged(picture, 5, Resampling.LANCZOS)),
}

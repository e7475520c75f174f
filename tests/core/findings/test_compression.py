import io
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from PIL.Image import Resampling, Transpose

from core.findings import compression
from core.findings.compression import Compression, measure, quality_of
from core.findings.finding import Kind, Level
from core.findings.view import SMALL, Source, View
from tests.bench.cases_compression import (
    decoded,
    enlarged,
    findings_of,
    jpeg,
    off_the_grid,
    png,
    scaled,
)
from tests.bench.opening import view_of

PHOTOGRAPHS = Path("core/demo/photographs")
NAMES = ("astronaut", "bridge-at-night", "espresso", "honey-bee", "owl")


@cache
def photograph(name: str) -> Image.Image:
    picture = Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB")
    picture.thumbnail((1000, 1000), Resampling.LANCZOS)
    return picture


def level(content: bytes, kind: Kind) -> Level:
    return {finding.kind: finding.level for finding in findings_of(content)}[kind]


@pytest.mark.parametrize("name", NAMES)
def test_a_photograph_is_fine_as_it_is_or_saved_with_care(name: str) -> None:
    picture = photograph(name)
    saved = (png(picture), jpeg(picture, 95), jpeg(picture, 75), jpeg(scaled(picture, 0.5)))

    levels = {finding.level for content in saved for finding in findings_of(content)}

    assert levels == {Level.FINE}


@pytest.mark.parametrize("name", NAMES)
def test_heavy_compression_is_found_whatever_the_picture_was_saved_as_later(name: str) -> None:
    squeezed = decoded(jpeg(photograph(name), 20))

    for later in (png(squeezed), jpeg(squeezed, 92), jpeg(off_the_grid(squeezed), 92)):
        assert measure(view_of(later)).quality == pytest.approx(20, abs=1)
        assert level(later, Kind.COMPRESSED) == Level.POOR


def test_heavy_compression_is_found_in_a_picture_that_was_turned_later() -> None:
    squeezed = decoded(jpeg(photograph("honey-bee"), 30))

    turned = measure(view_of(png(squeezed.transpose(Transpose.ROTATE_90))))

    assert turned.quality == pytest.approx(30, abs=1)


def test_a_picture_too_large_to_be_traced_is_judged_by_what_its_file_says() -> None:
    large = scaled(photograph("honey-bee"), 2.5)

    finding = findings_of(jpeg(large, 20))[0]

    assert finding.measured == 20
    assert finding.level == Level.POOR


@pytest.mark.parametrize("quality", [1, 10, 30, 49, 50, 51, 75, 92, 100])
def test_the_quality_is_read_from_the_steps_that_the_file_names(quality: int) -> None:
    with Image.open(io.BytesIO(jpeg(photograph("owl"), quality))) as saved:
        steps = saved.quantization[0]  # type: ignore[attr-defined]

    # 49 and 50 have the same table but for rounding.
    assert quality_of(steps) == pytest.approx(quality, abs=1)


@pytest.mark.parametrize("name", ["astronaut", "ginger-cat", "honey-bee"])
def test_the_more_a_small_picture_is_enlarged_the_more_is_measured(name: str) -> None:
    factors = [
        measure(view_of(jpeg(enlarged(photograph(name), factor, Resampling.BICUBIC)))).enlarged
        for factor in (2, 3, 4)
    ]

    assert factors == sorted(factors)
    assert factors[1] == pytest.approx(3, rel=0.35)
    assert factors[2] == pytest.approx(4, rel=0.35)


def test_a_picture_enlarged_four_times_is_poor() -> None:
    content = jpeg(enlarged(photograph("astronaut"), 4, Resampling.LANCZOS))

    assert level(content, Kind.ENLARGED) == Level.POOR


def test_a_messengers_picture_is_marked_and_that_alone_is_fine() -> None:
    picture = photograph("honey-bee").resize((1600, 1264), Resampling.LANCZOS)
    small = picture.resize((SMALL, 404))
    sent = Source("JPEG", *picture.size, 0, quantization=None)
    taken = Source("JPEG", *picture.size, 0, quantization=None, camera="Example")

    by_messenger = compression.judge(Compression(80, 1, is_from_messenger=True))[0]

    assert by_messenger.level == Level.FINE
    assert by_messenger.details == {"via": "messenger"}
    assert measure(view_of(jpeg(picture, 80))).is_from_messenger
    assert not measure(view_of(png(picture))).is_from_messenger
    assert not measure(View(picture, small, sent)).is_from_messenger
    assert not measure(View(picture, small, taken)).is_from_messenger

"""What holds for every measure, whatever it measures."""

import importlib
import json
from collections.abc import Callable
from functools import partial

import pytest
from PIL import Image

from core.findings import measures
from core.findings.finding import Level
from core.findings.view import Source, View
from tests.bench.cases_colours import sepia
from tests.bench.cases_compression import jpeg, png
from tests.bench.cases_overlays import polaroid
from tests.bench.cases_screens import gallery
from tests.bench.opening import measures_of

Save = Callable[[Image.Image], bytes]


def noise(size: tuple[int, int], deviation: float) -> Image.Image:
    return Image.effect_noise(size, deviation).convert("RGB")


@pytest.mark.parametrize("module", ["screens", "overlays", "compression"])
@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (600, 600), "red"),
        Image.new("RGB", (200, 200)),
        Image.new("RGB", (2000, 50), "white"),
        Image.new("RGB", (50, 2000)),
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (1, 1), "white"),
        # Wide enough for a tile, and for no more.
        noise((1600, 140), 60),
        noise((300, 7), 60),
        noise((900, 700), 120),
    ],
    ids=lambda picture: "x".join(map(str, picture.size)),
)
def test_a_picture_with_nothing_to_measure_is_fine(picture: Image.Image, module: str) -> None:
    family = importlib.import_module(f"core.findings.{module}")
    view = View(picture, picture, Source("PNG", *picture.size, 0))

    found = family.judge(family.measure(view))

    assert {finding.level for finding in found} == {Level.FINE}


@pytest.mark.parametrize(
    "save",
    [
        partial(jpeg, quality=60),
        lambda picture: png(gallery(picture)),
        lambda picture: jpeg(polaroid(picture)),
        lambda picture: png(sepia(picture)),
    ],
    ids=["as it is", "screenshot", "polaroid", "sepia"],
)
def test_what_is_measured_can_be_kept_as_json(save: Save) -> None:
    with Image.open("core/demo/photographs/espresso.jpg") as opened:
        measured = measures_of(save(opened.convert("RGB")))

    assert measures.from_row(json.loads(json.dumps(measured.row()))) == measured


def test_what_another_version_has_measured_counts_as_never_measured() -> None:
    with Image.open("core/demo/photographs/espresso.jpg") as opened:
        row = measures_of(jpeg(opened.convert("RGB"))).row()

    assert measures.from_row({**row, "version": measures.VERSION + 1}) is None
    assert measures.from_row({**row, "sharpness": {}}) is None
    assert measures.from_row(None) is None

"""Pictures that are the same, nearly the same, and not the same at all."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps
from pydantic import TypeAdapter

from core.findings import fingerprint
from core.findings.finding import Finding, Kind, Level
from core.findings.fingerprint import Fingerprint, Known
from core.findings.view import SMALL, Source, View

PHOTOGRAPHS = Path("core/demo/photographs")


def read(picture: Image.Image) -> Fingerprint:
    small = picture.copy()
    small.thumbnail((SMALL, SMALL))
    return fingerprint.measure(View(picture, small, Source("JPEG", *picture.size, 0)))


@cache
def photograph(name: str) -> Image.Image:
    with Image.open(PHOTOGRAPHS / f"{name}.jpg") as picture:
        picture.draft("RGB", (800, 800))
        return picture.convert("RGB")


def known(
    picture: Image.Image, *, id_: int = 1, same: bool = False, rejected: bool = False
) -> Known:
    return Known(read(picture), same, rejected, f"photo {id_}", id_)


def judge(picture: Image.Image, *others: Known) -> dict[Kind, Finding]:
    return {finding.kind: finding for finding in fingerprint.judge(read(picture), others)}


def saved_badly(picture: Image.Image) -> Image.Image:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=30)
    return Image.open(content).convert("RGB")


def without_an_edge(picture: Image.Image) -> Image.Image:
    return picture.crop((0, picture.height // 10, picture.width * 9 // 10, picture.height))


COPIES: list[Callable[[Image.Image], Image.Image]] = [
    saved_badly,
    without_an_edge,
    lambda picture: picture.resize((picture.width // 3, picture.height // 3)),
    lambda picture: ImageEnhance.Brightness(picture).enhance(0.8),
    lambda picture: ImageOps.expand(picture, picture.width // 40, "white"),
    lambda picture: picture.convert("L").convert("RGB"),
    ImageOps.mirror,
]


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("name", ["owl", "alps", "pancakes"])
def test_a_copy_is_found_however_it_was_saved(
    name: str, copy: Callable[[Image.Image], Image.Image]
) -> None:
    found = judge(copy(photograph(name)), known(photograph(name)))[Kind.DUPLICATE]

    assert found.level is not Level.FINE


def pairs() -> Iterator[tuple[str, str]]:
    names = sorted(path.stem for path in PHOTOGRAPHS.glob("*.jpg"))
    yield from ((a, b) for a in names for b in names if a < b)


def test_no_two_different_photographs_are_taken_for_one() -> None:
    prints = {path.stem: read(photograph(path.stem)) for path in PHOTOGRAPHS.glob("*.jpg")}

    nearest = min(fingerprint.distance(prints[a], prints[b]) for a, b in pairs())

    assert nearest > fingerprint.LOOK


def test_another_part_of_the_same_photograph_is_another_picture() -> None:
    whole = photograph("alps")
    left = whole.crop((0, 0, whole.width * 6 // 10, whole.height))
    right = whole.crop((whole.width * 4 // 10, 0, whole.width, whole.height))

    assert judge(left, known(right))[Kind.DUPLICATE].level is Level.FINE


def test_the_same_bytes_are_certain_even_where_nothing_can_be_seen() -> None:
    white = Image.new("RGB", (600, 400), "white")

    found = judge(white, known(photograph("owl"), id_=7), known(white, id_=8, same=True))

    assert found[Kind.DUPLICATE].score == 1
    assert found[Kind.DUPLICATE].details == {"id": 8, "name": "photo 8"}


def test_two_flat_pictures_are_not_taken_for_one() -> None:
    random = np.random.default_rng(1)
    noise = random.integers(120, 126, (400, 600, 3), dtype=np.uint8)
    white, grey = Image.new("RGB", (600, 400), "white"), Image.fromarray(noise)

    assert read(white) == read(grey) == Fingerprint(())
    assert judge(white, known(grey))[Kind.DUPLICATE].level is Level.FINE


def test_the_nearest_is_named_and_what_was_rejected_apart_from_what_was_only_sent() -> None:
    others = [
        known(photograph("alps"), id_=1),
        known(saved_badly(photograph("owl")), id_=2),
        known(without_an_edge(photograph("owl")), id_=3, rejected=True),
        known(photograph("boats"), id_=4, rejected=True),
    ]

    found = judge(photograph("owl"), *others)

    assert found[Kind.DUPLICATE].details["id"] == 2
    assert found[Kind.REJECTED_BEFORE].details["id"] == 3
    assert Level.FINE not in {each.level for each in found.values()}


def test_with_nothing_to_compare_all_is_fine() -> None:
    found = judge(photograph("owl"))

    assert {each.score for each in found.values()} == {0}


def test_a_fingerprint_survives_json() -> None:
    ours = read(photograph("owl"))

    back = TypeAdapter(Fingerprint).validate_python(json.loads(json.dumps(asdict(ours))))

    assert back == ours
    assert fingerprint.distance(back, ours) == 0


def test_a_picture_of_one_pixel_and_a_very_long_one_are_read() -> None:
    stripes = Image.fromarray(np.tile(np.array([[0], [255]], np.uint8), (1000, 2)))

    assert read(Image.new("RGB", (1, 1))) == Fingerprint(())
    assert fingerprint.distance(read(stripes.convert("RGB")), read(photograph("owl"))) > 0

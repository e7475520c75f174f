"""U1: broken and odd HEICs and AVIFs."""

import io

import pytest
from PIL import ExifTags, Image, ImageDraw

from core.config import ROOT
from core.integrations.decoder import items
from core.integrations.decoder.formats import Refused
from core.integrations.decoder.opening import look
from tests.made_pictures import as_file

KINDS = {"HEIF": b"hvc1", "AVIF": b"av01"}


@pytest.fixture(scope="module")
def photograph() -> Image.Image:
    with Image.open(ROOT / "core" / "demo" / "photographs" / "astronaut.jpg") as picture:
        return picture.copy()


def with_exif(kind: str, picture: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    return as_file(picture, kind, exif=exif.tobytes())


@pytest.mark.parametrize("kind", KINDS)
def test_items_are_found_where_they_lie(photograph: Image.Image, kind: str) -> None:
    content = with_exif(kind, photograph)

    found = {item.kind: item for item in items.items(content)}

    assert found.keys() >= {KINDS[kind], b"Exif"}
    assert content[found[b"Exif"].kind_at :].startswith(b"Exif")
    assert b"Camera" in content[found[b"Exif"].start : found[b"Exif"].end]


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("kind", KINDS)
def test_a_photograph_whose_end_is_filled_with_zeros_is_refused(
    photograph: Image.Image, kind: str, share: float
) -> None:
    content = as_file(photograph, kind)

    with pytest.raises(Refused, match="damaged"):
        look(io.BytesIO(content[: int(len(content) * share)].ljust(len(content), b"\0")))


@pytest.mark.parametrize("share", [0.1, 0.9, 1])
@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_flat_bottom_that_is_meant_refuses_no_photo(
    photograph: Image.Image, kind: str, mode: str, colour: str, share: float
) -> None:
    picture = photograph.convert(mode)
    width, height = picture.size
    footer = (0, int(height * (1 - share)), width, height)
    ImageDraw.Draw(picture).rectangle(footer, fill=colour)

    assert look(io.BytesIO(as_file(picture, kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_zeros_behind_the_picture_do_not_matter(photograph: Image.Image, kind: str) -> None:
    content = bytearray(with_exif(kind, photograph))
    (exif,) = (item for item in items.items(bytes(content)) if item.kind == b"Exif")

    content[exif.start + 20 : exif.end] = bytes(exif.end - exif.start - 20)

    assert look(io.BytesIO(content + bytes(10_000)))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("broken", [b"no EXIF at all", b"MM\0*\xff\xff\xff\xff", bytes(14)])
@pytest.mark.parametrize("kind", KINDS)
def test_broken_exif_does_not_refuse_a_good_photo(
    photograph: Image.Image, kind: str, broken: bytes
) -> None:
    content = bytearray(with_exif(kind, photograph))
    start = content.index(b"MM\0*")
    content[start : start + len(broken)] = broken

    assert look(io.BytesIO(content)).view.picture.size == photograph.size


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_ends_early_holds_what_was_read(photograph: Image.Image, kind: str) -> None:
    content = as_file(photograph, kind)

    for end in range(400):
        assert isinstance(items.items(content[:end]), list)

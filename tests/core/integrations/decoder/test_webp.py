"""U1: broken and odd WebPs."""

import io

import pytest
from PIL import Image, ImageDraw

from core.config import ROOT
from core.integrations.decoder.formats import Refused
from core.integrations.decoder.opening import look
from tests.made_pictures import as_file

WAYS: dict[str, dict[str, object]] = {
    "usual": {},
    "small": {"quality": 30},
    "lossless": {"lossless": True, "method": 0},
}


@pytest.fixture(scope="module")
def photograph() -> Image.Image:
    with Image.open(ROOT / "core" / "demo" / "photographs" / "astronaut.jpg") as picture:
        return picture.copy()


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("way", WAYS)
def test_a_photograph_whose_end_is_filled_with_zeros_is_refused(
    photograph: Image.Image, way: str, share: float
) -> None:
    content = as_file(photograph, "WEBP", **WAYS[way])

    with pytest.raises(Refused, match="damaged"):
        look(io.BytesIO(content[: int(len(content) * share)].ljust(len(content), b"\0")))


def test_an_animation_whose_first_frame_ends_in_zeros_is_refused(photograph: Image.Image) -> None:
    turned = photograph.rotate(9)
    content = bytearray(as_file(photograph, "WEBP", save_all=True, append_images=[turned]))
    start = content.index(b"VP8 ")
    end = start + 8 + int.from_bytes(content[start + 4 : start + 8], "little")
    assert look(io.BytesIO(content)).is_animated

    content[end - 2000 : end] = bytes(2000)

    with pytest.raises(Refused, match="damaged"):
        look(io.BytesIO(content))


@pytest.mark.parametrize("share", [0.1, 0.9, 1])
@pytest.mark.parametrize("colour", ["white", "black", "#808080", "red"])
@pytest.mark.parametrize("way", WAYS)
def test_a_flat_bottom_that_is_meant_refuses_no_photo(
    photograph: Image.Image, way: str, colour: str, share: float
) -> None:
    picture = photograph.copy()
    width, height = picture.size
    footer = (0, int(height * (1 - share)), width, height)
    ImageDraw.Draw(picture).rectangle(footer, fill=colour)

    assert look(io.BytesIO(as_file(picture, "WEBP", **WAYS[way])))

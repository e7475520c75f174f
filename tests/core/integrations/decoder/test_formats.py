import io

import pytest

from core.integrations.decoder import formats
from core.integrations.decoder.formats import Refused
from tests.made_pictures import saved


def test_the_largest_file_that_we_take_has_60_megabytes() -> None:
    largest = saved("JPEG").ljust(formats.FILE_BYTES, b"\0")

    assert formats.check_file(io.BytesIO(largest)) == "JPEG"

    with pytest.raises(Refused, match="too_large"):
        formats.check_file(io.BytesIO(largest + b"\0"))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x10ftypmif1\0\0\0\0avif", "HEIF"),  # the second brand lies outside the box
        (b"\0\0\0\x14ftypisom\0\0\0\0mp42", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_a_kind_is_told_by_content(head: bytes, kind: str | None) -> None:
    assert formats.kind_of(head) == kind

from pathlib import Path

import pytest

from core.arrivals import take_in
from core.errors import PictureRefused
from core.integrations.storage import digest, storage
from tests.cast import Cast


def test_bytes_are_expected_before_anything_is_done_with_them(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "original"
    file.write_bytes(b"Not a picture.")

    with pytest.raises(PictureRefused):
        take_in(file, storage(), file_name=None)

    assert cast.jobs("remove_picture") == [{"sha256": digest(file)}]

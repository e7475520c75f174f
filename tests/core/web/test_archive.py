import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from core.web.archive import Archive


def test_it_is_whole_though_nothing_of_it_was_kept(tmp_path: Path) -> None:
    picture, text = tmp_path / "picture", tmp_path / "text"
    picture.write_bytes(bytes(range(256)) * 4000)
    text.write_text("Order\n" * 500)
    sent = io.BytesIO()

    with Archive() as archive:
        for number in range(5):
            archive.add(f"print/Zoë {number}.jpg", picture, is_picture=True)
            sent.writelines(archive.send())
        archive.add("contents.csv", text, is_picture=False)
        archive.finish()
        sent.writelines(archive.send())

    with zipfile.ZipFile(sent) as read:
        assert read.testzip() is None
        assert read.namelist() == [*(f"print/Zoë {n}.jpg" for n in range(5)), "contents.csv"]
        assert read.read("print/Zoë 3.jpg") == picture.read_bytes()
        assert read.getinfo("contents.csv").compress_size < 500


def test_each_entry_says_before_its_bytes_how_many_they_are(tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(b"x" * 100_000)

    with Archive() as archive:
        archive.add("a.jpg", picture, is_picture=True)
        sent = b"".join(archive.send())

    # APPNOTE 4.3.7: signature, version, flags, method, time, date, CRC-32, two lengths.
    _, _, flags, _, _, _, checksum, stored, length = struct.unpack_from("<LHHHHHLLL", sent)
    assert flags & 8 == 0
    assert checksum == zlib.crc32(picture.read_bytes())
    assert stored == length == 100_000


def test_it_may_be_longer_than_its_oldest_numbers_can_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(b"x" * 100_000)
    sent = io.BytesIO()

    with monkeypatch.context() as patched, Archive() as archive:
        # Instead of the four gigabytes that it would take.
        patched.setattr(zipfile, "ZIP64_LIMIT", 50_000)
        for number in range(3):
            archive.add(f"{number}.jpg", picture, is_picture=True)
            sent.writelines(archive.send())
        archive.finish()
        sent.writelines(archive.send())

    assert b"PK\x06\x06" in sent.getvalue()  # the record that ZIP64 ends with
    with zipfile.ZipFile(sent) as read:
        assert read.testzip() is None
        assert [entry.file_size for entry in read.filelist] == [100_000] * 3

"""A ZIP file that is sent while it is made: one entry at a time is on disk, and none in memory."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

_CHUNK_BYTES = 256 * 1024


class Archive:
    """Larger than 4 GB, too. What has been added goes out with `send`."""

    def __init__(self) -> None:
        self._tail = _Tail()
        self._zip = ZipFile(cast(IO[bytes], self._tail), "w")

    def add(self, name: str, file: Path, *, is_picture: bool) -> None:
        # Pictures are compressed already.
        self._zip.write(file, name, ZIP_STORED if is_picture else ZIP_DEFLATED)

    def finish(self) -> None:
        self._zip.close()

    def send(self) -> Iterator[bytes]:
        return self._tail.send()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._zip.close()  # or it would do so later, when the tail is gone
        finally:
            self._tail.close()


class _Tail:
    """A file whose beginning was sent and is gone.

    `ZipFile` goes back within an entry, to write before its bytes how many they are. For a file
    that it cannot go back in, that stands behind them, where some programs do not look for it.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  closed by `close`
        self._sent = 0

    def write(self, content: bytes) -> int:
        return self._file.write(content)

    def tell(self) -> int:
        return self._sent + self._file.tell()

    def seek(self, place: int) -> int:
        return self._sent + self._file.seek(place - self._sent)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def send(self) -> Iterator[bytes]:
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK_BYTES):
            yield chunk
        self._sent = self.tell()
        self._file.seek(0)
        self._file.truncate()

"""Pictures kept by their content: in a local folder, or wherever obstore reaches.

Originals lie at `originals/<aa>/<sha256>`, what is shown of them at `<size>/<aa>/<sha256>.webp`,
what is printed of them at `print/<aa>/<sha256>`; `aa` are the first two digits, so that no folder
grows too long.
"""

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from core.config import settings
from core.errors import CannotStart, NotFound, Unavailable

if TYPE_CHECKING:
    from obstore.store import RetryConfig  # not there at run time

#: The first two digits of every SHA-256, which the folders are named after.
FOLDERS = tuple(f"{number:02x}" for number in range(256))

_CHUNK_BYTES = 256 * 1024
#: No step with a picture takes this long: an older scratch folder was left by a killed process.
_LEFT_BEHIND_SECONDS = 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"(?P<size>[a-z]+)/(?P<folder>..)/(?P<sha>(?P=folder)[0-9a-f]{62})(\.webp)?")
#: What obstore calls a file in a folder until it is whole.
_UNFINISHED = re.compile(r".+#\d+")
#: obstore's own is three minutes: a customer does not wait so long, and a job comes again.
_RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


class Size(StrEnum):
    """What the decoder makes of every original; the longest side in pixels."""

    #: 512
    GRID = "grid"
    #: 2048
    FULL = "full"


class Copy(StrEnum):
    """What is made of an original once it may be printed."""

    #: All of its pixels, upright, as JPEG or PNG
    PRINT = "print"


Derived = Size | Copy
_DERIVED: tuple[Derived, ...] = (*Size, *Copy)


@dataclass(frozen=True)
class Content:
    length: int
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class KeptFile:
    sha: str
    size: Derived | None
    length: int  #: Bytes
    written_at: datetime


class Storage:
    """`size=None` means the original; every call may raise `Unavailable`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._folder = store.prefix if isinstance(store, LocalStore) else None

    def keep_original(self, path: Path) -> str:
        """Keep a file and return its SHA-256; bytes that are here already are kept once.

        They are read back and compared before this returns.
        """
        sha = digest(path)
        if not self.is_whole(sha):
            self._put(_key(sha), path)
            if not self.is_whole(sha):
                raise Unavailable("storage", f"{sha} reads back differently")
        return sha

    def keep_derived(self, sha: str, size: Derived, path: Path) -> None:
        self._put(_key(sha, size), path)

    def has(self, sha: str, size: Derived | None = None) -> bool:
        try:
            self.size_of(sha, size)
        except NotFound:
            return False
        return True

    def size_of(self, sha: str, size: Derived | None = None) -> int:
        """Bytes. Raises `NotFound`."""
        with _outages():
            return obstore.head(self._store, _key(sha, size))["size"]

    async def read(self, sha: str, size: Derived | None = None) -> Content:
        """Begin to stream a file. Raises `NotFound` before the first chunk."""
        with _outages():
            found = await obstore.get_async(self._store, _key(sha, size))
        return Content(found.meta["size"], found.stream(_CHUNK_BYTES))

    def copy_to(self, sha: str, path: Path, size: Derived | None = None) -> None:
        """Write a file of ours to a path. Raises `NotFound`."""
        with path.open("wb") as file, _outages():
            for chunk in self.chunks(sha, size):
                file.write(chunk)
            file.flush()

    def chunks(self, sha: str, size: Derived | None = None) -> Iterator[bytes]:
        """A file of ours, bit by bit. Raises `NotFound` before the first one."""
        with _outages():
            for chunk in obstore.get(self._store, _key(sha, size)).stream(_CHUNK_BYTES):
                yield bytes(chunk)

    def delete(self, sha: str) -> None:
        """Remove an original and all that was made of it; what is gone already does not matter."""
        for size in (None, *_DERIVED):
            with suppress(NotFound), _outages():
                obstore.delete(self._store, _key(sha, size))

    def is_whole(self, sha: str) -> bool:
        """Whether an original is here and reads as what it is named after."""
        found = hashlib.sha256()
        try:
            with _outages():
                for chunk in obstore.get(self._store, _key(sha)).stream(_CHUNK_BYTES):
                    found.update(chunk)
        except NotFound:
            return False
        return found.hexdigest() == sha

    def files(self, folder: str) -> Iterator[KeptFile]:
        """All files, in every size, of the SHA-256 that begin with these two digits."""
        for place, size in (("originals", None), *((each.value, each) for each in _DERIVED)):
            with _outages():
                for page in obstore.list(self._store, f"{place}/{folder}"):
                    for found in page:
                        key = _KEY.fullmatch(found["path"])
                        if key is not None:
                            yield KeptFile(key["sha"], size, found["size"], found["last_modified"])

    def clear_remains(self, *, before: datetime) -> int:
        """Delete what killed processes have left half-written, and return how many files.

        In a folder only: what an object store keeps of a broken upload, its own rules remove.
        """
        removed = 0
        with _outages():
            for path in self._folder.glob("*/*/*") if self._folder else ():
                if not _UNFINISHED.fullmatch(path.name):
                    continue
                with suppress(FileNotFoundError):  # it is whole just now, and has its own name
                    if path.stat().st_mtime < before.timestamp():
                        path.unlink()
                        removed += 1
        return removed

    def _put(self, key: str, path: Path) -> None:
        with _outages():
            obstore.put(self._store, key, path)
            if self._folder:
                _flush(self._folder, key)


@cache
def storage() -> Storage:
    url = settings().storage_url
    if not url:
        return Storage(LocalStore(_private(settings().data_dir / "pictures")))
    try:
        if url.startswith("file:"):
            _private(Path(url2pathname(urlsplit(url).path)))
            return Storage(LocalStore.from_url(url))
        return Storage(from_url(url, retry_config=_RETRIES))
    except (OSError, ValueError, BaseError) as error:
        raise CannotStart(f"LOUPE_STORAGE_URL: {_first_line(error)}") from error


def _private(folder: Path) -> Path:
    """Make a folder that no other user of this machine can look into, unless it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def digest(path: Path) -> str:
    """The SHA-256 that a file is kept under, in hexadecimal digits."""
    with _outages(), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder for work in progress, emptied whatever happens."""
    parent = settings().data_dir / "tmp"
    with _outages():
        _private(parent)
        for left in parent.iterdir():
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _LEFT_BEHIND_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
        made = TemporaryDirectory(dir=parent, ignore_cleanup_errors=True)
    with made as folder:
        yield Path(folder)


def _key(sha: str, size: Derived | None = None) -> str:
    if not _SHA256.fullmatch(sha):
        raise ValueError(f"Not a SHA-256 in lower-case hexadecimal digits: {sha[:80]!r}")
    if size is None:
        return f"originals/{sha[:2]}/{sha}"
    return f"{size}/{sha[:2]}/{sha}" + (".webp" if isinstance(size, Size) else "")


def _flush(folder: Path, key: str) -> None:
    """Survive a power cut: the file's bytes, then its name in every folder above."""
    for part in (key, *(str(parent) for parent in Path(key).parents)):
        descriptor = os.open(folder / part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound from error
    except (OSError, BaseError) as error:
        # obstore tells a full disk only in words.
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        is_full = is_full or "No space left" in str(error) or "quota exceeded" in str(error)
        raise Unavailable("disk_full" if is_full else "storage", _first_line(error)) from error


def _first_line(error: Exception) -> str:
    # The rest of obstore's is for its own developers.
    return str(error).partition("\n")[0]

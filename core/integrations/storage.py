"""Pictures kept by their content: in a local folder, or wherever obstore reaches.

Originals lie at `originals/<aa>/<sha256>`, what we made of them at `<size>/<aa>/<sha256>.webp`;
`aa` are the first two digits, so that no folder grows too long.
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
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from core.config import settings
from core.errors import NotFound, Unavailable

_CHUNK_BYTES = 256 * 1024
#: No step with a picture takes this long: an older scratch folder was left by a killed process.
_LEFT_BEHIND_SECONDS = 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Size(StrEnum):
    """What the decoder makes of every original; the longest side in pixels."""

    #: 512
    GRID = "grid"
    #: 2048
    FULL = "full"


@dataclass(frozen=True)
class Content:
    length: int
    chunks: AsyncIterator[bytes]


class Storage:
    """`size=None` means the original; every call may raise `Unavailable`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._folder = store.prefix if isinstance(store, LocalStore) else None

    def keep_original(self, path: Path) -> str:
        """Keep a file and return its SHA-256; bytes that are here already are kept once.

        They are read back and compared before this returns.
        """
        with path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
        if not self._holds(sha):
            self._put(_key(sha), path)
            if not self._holds(sha):
                raise Unavailable("storage", f"{sha} reads back differently")
        return sha

    def keep_derived(self, sha: str, size: Size, path: Path) -> None:
        self._put(_key(sha, size), path)

    def has(self, sha: str, size: Size | None = None) -> bool:
        try:
            self.size_of(sha, size)
        except NotFound:
            return False
        return True

    def size_of(self, sha: str, size: Size | None = None) -> int:
        """Bytes. Raises `NotFound`."""
        with _outages():
            return obstore.head(self._store, _key(sha, size))["size"]

    async def read(self, sha: str, size: Size | None = None) -> Content:
        """Begin to stream a file. Raises `NotFound` before the first chunk."""
        with _outages():
            found = await obstore.get_async(self._store, _key(sha, size))
        return Content(found.meta["size"], found.stream(_CHUNK_BYTES))

    def copy_to(self, sha: str, path: Path, size: Size | None = None) -> None:
        """Write a file of ours to a path. Raises `NotFound`."""
        with path.open("wb") as file, _outages():
            for chunk in obstore.get(self._store, _key(sha, size)).stream(_CHUNK_BYTES):
                file.write(chunk)
            file.flush()

    def delete(self, sha: str) -> None:
        """Remove an original and all that was made of it; what is gone already does not matter."""
        for size in (None, *Size):
            with suppress(NotFound), _outages():
                obstore.delete(self._store, _key(sha, size))

    def _holds(self, sha: str) -> bool:
        digest = hashlib.sha256()
        try:
            with _outages():
                for chunk in obstore.get(self._store, _key(sha)).stream(_CHUNK_BYTES):
                    digest.update(chunk)
        except NotFound:
            return False
        return digest.hexdigest() == sha

    def _put(self, key: str, path: Path) -> None:
        with _outages():
            obstore.put(self._store, key, path)
            if self._folder:
                _flush(self._folder, key)


@cache
def storage() -> Storage:
    url = settings().storage_url
    if url:
        return Storage(from_url(url))
    return Storage(LocalStore(settings().data_dir.absolute() / "pictures", mkdir=True))


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder for work in progress, emptied whatever happens."""
    parent = settings().data_dir / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - _LEFT_BEHIND_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _key(sha: str, size: Size | None = None) -> str:
    if not _SHA256.fullmatch(sha):
        raise ValueError(f"Not a SHA-256 in lower-case hexadecimal digits: {sha[:80]!r}")
    if size is None:
        return f"originals/{sha[:2]}/{sha}"
    return f"{Size(size)}/{sha[:2]}/{sha}.webp"


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
        raise Unavailable("disk_full" if is_full else "storage", str(error)) from error

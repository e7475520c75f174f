"""Take a file in: open it, keep its bytes, and keep what is shown of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.integrations import pictures
from core.integrations.storage import Size, Storage


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture that was opened, and is kept under its SHA-256 together with its derivatives."""

    sha256: str
    size: int  #: Bytes
    format: str
    width: int  #: Pixels, upright
    height: int
    is_animated: bool
    measures: Mapping[str, Any] | None
    file_name: str | None

    def columns(self) -> dict[str, Any]:
        """What a row about this file is made with."""
        return asdict(self)


def take_in(file: Path, storage: Storage, *, file_name: str | None) -> StoredPicture:
    """Keep a file if it is a picture; derivatives are made beside it.

    Raises `PictureRefused` or `Unavailable`. Doing it again changes nothing.
    """
    picture = pictures.prepare(file, file.parent)
    sha = storage.keep_original(file)
    for size in Size:
        storage.keep_derived(sha, size, file.with_name(f"{size}.webp"))
    return StoredPicture(
        sha256=sha,
        size=file.stat().st_size,
        format=picture.format,
        width=picture.width,
        height=picture.height,
        is_animated=picture.is_animated,
        measures=picture.measures.row() if picture.measures else None,
        file_name=file_name,
    )

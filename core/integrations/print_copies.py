"""Copies to print from: upright, with all pixels and the colour profile, as JPEG or PNG."""

from core.integrations import pictures
from core.integrations.pictures import Edit
from core.integrations.storage import Copy, Storage, scratch


def ensure(sha256: str, storage: Storage) -> None:
    """Make the copy of an original, unless it is there. Doing it again changes nothing.

    Raises `NotFound` without the original's bytes, `PictureRefused` and `Unavailable`.
    """
    if storage.has(sha256, Copy.PRINT):
        return
    with scratch() as folder:
        original, copy = folder / "original", folder / "print"
        storage.copy_to(sha256, original)
        pictures.edit(original, Edit(), copy)
        storage.keep_derived(sha256, Copy.PRINT, copy)

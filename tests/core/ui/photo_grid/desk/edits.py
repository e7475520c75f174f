"""Turns and crops made-up photos, as our own route would; nothing is kept but pictures."""

import hashlib
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.Image import Transpose

from core.queries.review_queue import GridPhoto
from tests.core.ui.photo_grid.desk.made_up import photo

_CLOCKWISE = {1: Transpose.ROTATE_270, 2: Transpose.ROTATE_180, 3: Transpose.ROTATE_90}
_PARTS = ("left", "top", "width", "height")

#: By their SHA-256.
pictures: dict[str, Image.Image] = {}
_edited: dict[tuple[int, int], GridPhoto] = {}


def edited(number: int, asked: dict[str, Any], original: Image.Image) -> GridPhoto:
    """The photo after it; `original` is the picture that it had before anybody edited it."""
    before = _edited.get((number, asked["version"]), photo(number))
    if asked.get("revert"):
        return replace(photo(number), version=asked["version"] + 1)
    picture = pictures.get(before.sha256 or "", original)
    if turn := _CLOCKWISE.get(asked["quarter_turns"]):
        picture = picture.transpose(turn)
    if asked["crop"]:
        left, top, width, height = (asked["crop"][name] for name in _PARTS)
        picture = picture.crop((left, top, left + width, top + height))
    sha256 = hashlib.sha256(picture.tobytes()).hexdigest()
    pictures[sha256] = picture
    after = replace(
        before,
        version=asked["version"] + 1,
        sha256=sha256,
        width=picture.width,
        height=picture.height,
        is_edited=True,
    )
    _edited[number, after.version] = after
    return after


def as_jpeg(picture: Image.Image, longest: int) -> bytes:
    shown = picture.copy()
    shown.thumbnail((longest, longest))
    out = BytesIO()
    shown.save(out, "JPEG")
    return out.getvalue()

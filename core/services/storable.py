"""Text from outside, made fit for the database."""

from typing import overload


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: str | None) -> str | None: ...
def storable(text: str | None) -> str | None:
    """Leave out what Postgres refuses: NUL, and half a surrogate pair, which has no encoding."""
    return text and text.replace("\0", "").encode(errors="replace").decode()

"""The items of a HEIC or AVIF file (ISO 14496-12, 8.11): where they lie, and are they whole."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from core.integrations.decoder.formats import ZEROS, Stripped

_CODED = {b"hvc1", b"av01"}
_TIFF = (b"II*\0", b"MM\0*")


@dataclass(frozen=True, slots=True)
class Item:
    kind: bytes
    #: Where that is written.
    kind_at: int
    #: Where its content lies: the last part of it, where there are several.
    start: int
    end: int


@dataclass(slots=True)
class _Box:
    """A part of a file, read from its start on. Raises `EOFError` at its end."""

    content: bytes
    position: int
    end: int

    def number(self, size: int) -> int:
        start, self.position = self.position, self.position + size
        if self.position > self.end:
            raise EOFError
        return int.from_bytes(self.content[start : self.position], "big")

    def boxes(self) -> Iterator[tuple[bytes, "_Box"]]:
        while self.position < self.end:
            start, size, name = self.position, self.number(4), self.number(4)
            if size == 1:
                size = self.number(8)
            inner = _Box(self.content, self.position, start + size if size else self.end)
            if not inner.position <= inner.end <= self.end:
                raise EOFError
            yield name.to_bytes(4, "big"), inner
            self.position = inner.end


def strip(file: BinaryIO) -> Stripped:
    """libavif refuses a whole picture over an EXIF in which it finds no header."""
    content = file.read()
    for item in items(content):
        if item.kind == b"Exif" and not any(
            head in content[item.start : item.end] for head in _TIFF
        ):
            content = content[: item.kind_at] + b"skip" + content[item.kind_at + 4 :]
    return Stripped(content)


def is_cut(content: bytes) -> bool:
    """Whether the end of a coded picture is zeros, so many as neither codec writes in a row."""
    return any(
        item.end - item.start >= ZEROS and not content[item.end - ZEROS : item.end].strip(b"\0")
        for item in items(content)
        if item.kind in _CODED
    )


def items(content: bytes) -> list[Item]:
    """As far as they can be read."""
    kinds: dict[int, tuple[bytes, int]] = {}
    places: dict[int, tuple[int, int]] = {}
    with suppress(EOFError):
        for name, box in _Box(content, 0, len(content)).boxes():
            if name != b"meta":
                continue
            box.number(4)
            for inner_name, inner in box.boxes():
                if inner_name == b"iinf":
                    kinds.update(_kinds(inner))
                elif inner_name == b"iloc":
                    places.update(_places(inner))
    return [Item(*kinds[number], *places[number]) for number in kinds.keys() & places.keys()]


def _kinds(iinf: _Box) -> Iterator[tuple[int, tuple[bytes, int]]]:
    version, _ = iinf.number(1), iinf.number(3)
    iinf.number(4 if version else 2)
    for _, entry in iinf.boxes():
        version, _ = entry.number(1), entry.number(3)
        number, _ = entry.number(4 if version == 3 else 2), entry.number(2)
        position = entry.position
        yield number, (entry.number(4).to_bytes(4, "big"), position)


def _places(iloc: _Box) -> Iterator[tuple[int, tuple[int, int]]]:
    version, _ = iloc.number(1), iloc.number(3)
    offset_size, length_size = divmod(iloc.number(1), 16)
    base_size, index_size = divmod(iloc.number(1), 16)
    wide = 4 if version == 2 else 2
    for _ in range(iloc.number(wide)):
        number = iloc.number(wide)
        is_in_file = not version or iloc.number(2) == 0
        _, base = iloc.number(2), iloc.number(base_size)
        start = end = 0
        for _ in range(iloc.number(2)):
            iloc.number(index_size if version else 0)
            start = base + iloc.number(offset_size)
            end = start + iloc.number(length_size)
        if is_in_file:
            yield number, (start, end)

"""Small and large damage to the bytes of a file."""

import random
import struct
import zlib
from collections.abc import Callable, Sequence

#: Where sizes, counts and offsets stand.
_HEADER = 600
_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MOST_CHANGES = 4
_MOST_BYTES = 2**20

Change = Callable[[random.Random, bytearray], None]


def mutated(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    content = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, _MOST_CHANGES)):
        dice.choice(_CHANGES)(dice, content)
    if dice.random() < 0.1:
        other = dice.choice(seeds)
        content[_place(dice, content) :] = other[dice.randrange(len(other)) :]
    del content[_MOST_BYTES:]
    # A PNG's checksums would keep nearly everything from being looked at.
    return _with_checksums(content) if content.startswith(b"\x89PNG") else bytes(content)


def _place(dice: random.Random, content: bytearray) -> int:
    """Mostly among the headers."""
    end = min(_HEADER, len(content)) if dice.random() < 0.7 else len(content)
    return dice.randrange(end) if end else 0


def _flip_a_bit(dice: random.Random, content: bytearray) -> None:
    if content:
        content[_place(dice, content)] ^= 1 << dice.randrange(8)


def _put_a_byte(dice: random.Random, content: bytearray) -> None:
    if content:
        content[_place(dice, content)] = dice.randrange(256)


def _put_an_edge(dice: random.Random, content: bytearray) -> None:
    """A number that lies at the edge of what fits, in either order of bytes."""
    length = dice.choice((1, 2, 4))
    number = dice.choice(_EDGES) & (256**length - 1)
    at = _place(dice, content)
    content[at : at + length] = number.to_bytes(length, dice.choice(("big", "little")))


def _cut(dice: random.Random, content: bytearray) -> None:
    del content[_place(dice, content) :]


def _drop(dice: random.Random, content: bytearray) -> None:
    at = _place(dice, content)
    del content[at : at + dice.randint(1, 64)]


def _insert(dice: random.Random, content: bytearray) -> None:
    at = _place(dice, content)
    content[at:at] = dice.randbytes(dice.randint(1, 64))


def _repeat(dice: random.Random, content: bytearray) -> None:
    at = _place(dice, content)
    content[at:at] = content[at : at + dice.randint(1, 4096)] * dice.randint(1, 8)


#: The gentle ones often: after a hard one there is little left to find.
_CHANGES: Sequence[Change] = (
    *(_flip_a_bit, _put_a_byte, _put_an_edge) * 4,
    *(_cut, _drop, _insert, _repeat),
)


def _with_checksums(png: bytearray) -> bytes:
    position = 8
    while position + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, position)
        end = position + 8 + length
        if end + 4 > len(png):
            break
        struct.pack_into(">I", png, end, zlib.crc32(png[position + 4 : end]))
        position = end + 4
    return bytes(png)

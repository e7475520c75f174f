"""Sizes that titles write in numbers: "30 x 40 cm", "24 H x 36 W", "40/60 cm", "20 cm square".

size   = side times side [times side]: the third is a count before the two or a depth behind them
side   = [mark] number [unit] [mark]: a mark says which side it is, as "b", "(H)" and "hoch" do
number = digits [decimals]: fractions are decimals already, see `titles.plain`

A side without a unit has that of the next one; if none of them has, it is the title's or the
shop's. What touches a size and is no part of it leaves it open: "7 3/7 x 10", "30-40 x 50",
`2' 6" x 3'`, "from 20x30".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.findings.length_units import (
    MILLIMETRES,
    NOT_IN_A_WORD,
    NUMBER,
    UNIT,
    LengthUnit,
    is_preposition,
    kind_of,
)
from core.findings.title_words import beside, is_among_prints

#: Millimetres that a side may have, and how much longer the long side may be.
SHORTEST, LONGEST, LONGEST_RATIO = 10, 5000, 10

#: 12 x 16 in and 30 x 40 cm are sold as one size, and so are A4 and 20 x 30 cm.
_SAME_WITHIN = 0.06
#: A count or a depth is at most this part of the sides that it stands with.
_LESSER = 1 / 3
#: "98/104 cm" is a child's size: a print is longer than wide by more.
_SLASHED_RATIO = 1.15
#: Up to these numbers "4x4 Jeep" is a drive, and "3x3 photo collage" a grid.
_SMALL, _LARGEST_GRID = 4, 10


@dataclass(frozen=True, slots=True)
class Sides:
    """In millimetres, the width first."""

    width: float
    height: float
    #: The title writes the unit beside the numbers; otherwise another may be meant.
    has_unit: bool = True

    def is_plausible(self) -> bool:
        short, long = sorted((self.width, self.height))
        return short >= SHORTEST and long <= LONGEST and long <= LONGEST_RATIO * short

    def agrees(self, other: "Sides", factor: float = 1) -> bool:
        return all(
            abs(mine * factor - theirs) <= _SAME_WITHIN * theirs
            for mine, theirs in zip(
                sorted((self.width, self.height)),
                sorted((other.width, other.height)),
                strict=True,
            )
        )


_HIGH = "h|high|height|tall|hoch|höhe|hauteur|haut|alto|altura|hoogte|hoog"
_WIDE = "w|b|wide|width|breit|breite|largeur|ancho|breedte|breed"
_MARK = rf"{_HIGH}|{_WIDE}|l|d"
_SIDE = (
    rf"(?:(?<![^\Wx_])({_MARK})[ :=.]{{0,2}})?({NUMBER})(?:[ -]?({UNIT}))?"
    rf"(?: ?(?:({_MARK})(?![^\W_])|\(({_MARK})\)))?"
)
_TIMES = r" ?[x*] ?|[ -](?:by|par|por|per|mal|auf|op)[ -]"
_ONE_OF_THEM = re.compile(_SIDE)
_CHAIN = re.compile(rf"{NOT_IN_A_WORD}{_SIDE}(?:(?:{_TIMES}){_SIDE}){{1,5}}+(?![^\W_]|[.,]?[0-9])")
#: "(H x B)" says it for all sizes of a title.
_ORDER = re.compile(
    rf"(?<![^\W_])(?:({_HIGH})|{_WIDE}|l) ?[x*/] ?(?:{_MARK})(?: ?[x*/] ?(?:{_MARK}|t))?(?![^\W_])"
)

_RANGE = (
    r"from|to|upto|over|under|than|least|starting at|max(?:imum|imal)?|min(?:imum|imal)?"
    r"|ab|bis|von|über|unter|als|mindestens|höchstens|partir|jusqu'(?:à|a|au)|dès|desde|hasta"
    r"|vanaf|tot|da|fino|od|do|från|fra"
)
_TOUCHED_BEFORE = re.compile(
    r"(?:(?<![^\W_])[0-9]+(?:[.,][0-9]+)?(?:[-/–]|' ?)"
    rf"|(?<![^\W_])(?:{_RANGE})(?: (?:zu|de|du|a|ca\.?|size|format|grösse|taille))?[ .:]{{1,2}})$"
)
#: The first character is the last of the size.
_TOUCHED_BEHIND = re.compile(
    r"[0-9][-/–][0-9]|' ?[0-9]|. ?(?:\^|[0-9]+/[0-9]|,? ?(?:max|min)(?:imum|imal)?\b"
    r"|(?:and|or|und|oder|et|ou|y|o) (?:up|larger|bigger|smaller|more|less|grösser|kleiner|mehr)\b)"
    r"|.\+(?! ?[^\W_])"
)
#: What makes numbers without a unit something else than a size.
_COUNTED = re.compile(r" ?(?:%|(?:px|pixels?|dpi|ppi|mp|m2|g|kg|ml|oz|pcs|pieces|stück)\b)")
_GRID = re.compile(
    r"collage|grid|raster|gitter|layout|mosai[ck]|ratio|aspect|verhältnis"
    r"|(?:packs?|oferta|offer|angebot|promo|deal) #"
)

_SLASHED = re.compile(rf"{NOT_IN_A_WORD}(?<!/)([0-9]{{2,3}})/([0-9]{{2,3}}) ?(cm|mm)(?![^\W_])")
_ONE_SIDE = rf"{NOT_IN_A_WORD}({NUMBER}) ?({UNIT})"
_SQUARE = (
    r"(?:square|round|circle|circular|quadrat|quadratisch|rund|kreis|carré|rond|cuadrado|redondo"
    r"|vierkant|diameter|durchmesser|diamètre|diámetro)"
)
_EQUAL_SIDES = re.compile(
    rf"(?:⌀|\b{_SQUARE})[ :=,-]{{0,2}}{_ONE_SIDE}|{_ONE_SIDE}[ ,-]{{1,2}}(?:⌀|{_SQUARE}\b)"
)


def without_chains(text: str) -> str:
    """What a title says beside "30 x 40 cm" and its like."""
    return _CHAIN.sub(" ", text)


def chains(text: str, unit: LengthUnit | None) -> Iterator[Sides | None]:
    """The sizes that are written as "30 x 40 cm"; None for one with two readings.

    `unit` is that of numbers without one, None where it is not clear.
    """
    order = _ORDER.search(text)
    text = _ORDER.sub(" ", text)
    for chain in _CHAIN.finditer(text):
        has_unit = any(side[3] for side in _ONE_OF_THEM.finditer(chain[0]))
        if not has_unit and not _is_a_length(chain):
            continue
        sides = None if _is_touched(chain) else _read(chain, unit, bool(order and order[1]))
        yield sides if sides and (sides.is_plausible() or not has_unit) else None


def other_forms(text: str) -> Iterator[Sides]:
    """Read "40/60 cm" and "20 cm square"."""
    for first, second, written in _SLASHED.findall(text):
        sides = sorted((float(first), float(second)))
        if sides[1] >= _SLASHED_RATIO * sides[0]:
            factor = MILLIMETRES[written]
            yield Sides(float(first) * factor, float(second) * factor)
    for before, its_unit, after, other_unit in _EQUAL_SIDES.findall(text):
        side = _number(before or after) * MILLIMETRES[(its_unit or other_unit).rstrip(".")]
        yield Sides(side, side)


def _is_a_length(chain: re.Match[str]) -> bool:
    """Whether numbers without a unit may be a size, as those of "3x3 collage" are not."""
    if _COUNTED.match(chain.string, chain.end()):
        return False
    largest = max(_number(side[2]) for side in _ONE_OF_THEM.finditer(chain[0]))
    if largest <= _LARGEST_GRID and _GRID.search("#".join(beside(chain.string, *chain.span()))):
        return False
    return largest > _SMALL or is_among_prints(chain.string, *chain.span())


def _is_touched(chain: re.Match[str]) -> bool:
    before = chain.string[max(0, chain.start() - 40) : chain.start()]
    behind = _TOUCHED_BEHIND.match(chain.string, chain.end() - 1)
    return bool(behind or _TOUCHED_BEFORE.search(before))


def _read(chain: re.Match[str], unit: LengthUnit | None, is_height_first: bool) -> Sides | None:
    found = list(_ONE_OF_THEM.finditer(chain[0]))
    units = [(side[3] or "").rstrip(".") for side in found]
    last = next((written for written in reversed(units) if written), "")
    kind = kind_of(last) if last else unit
    rest = chain.string[chain.end() : chain.end() + 10]
    if unit is not LengthUnit.INCH and not any(units[:-1]) and is_preposition(chain[0][-3:], rest):
        return None  # "30 x 40 in oak"
    if kind is None or (kind is not LengthUnit.INCH and any(_is_fine(side[2]) for side in found)):
        return None
    lengths: list[float] = []
    for side, written in zip(reversed(found), reversed(units), strict=True):
        last = written or last
        lengths.insert(0, _number(side[2]) * (MILLIMETRES[last] if last else kind.millimetres))
    gaps = [chain[0][a.end() : b.start()] for a, b in pairwise(found)]
    start = _start_of_pair(lengths, gaps)
    if start is None:
        return None
    marks = [side[1] or side[4] or side[5] or "" for side in found[start : start + 2]]
    first, second = lengths[start : start + 2]
    if _is_turned(marks, is_height_first):
        first, second = second, first
    return Sides(first, second, has_unit=bool(last))


def _start_of_pair(lengths: Sequence[float], gaps: Sequence[str]) -> int | None:
    """Where the two sides begin; None if size and spacing of a third number disagree.

    The third is much less than the others, or stands apart: "20 x 20 x 4", "6 x 10x15".
    """
    if len(lengths) != 3:
        return 0 if len(lengths) == 2 else None
    is_depth = lengths[2] <= _LESSER * min(lengths[:2])
    is_count = lengths[0] <= _LESSER * min(lengths[1:])
    by_size = 0 if is_depth else 1 if is_count else None
    if gaps[0].endswith(" ") and " " not in gaps[1]:
        return 1 if by_size in {1, None} else None
    if gaps[1].startswith(" ") and " " not in gaps[0]:
        return 0 if by_size in {0, None} else None
    return by_size


def _is_turned(marks: Sequence[str], is_height_first: bool) -> bool:
    """Whether the marks, or the title where there are none, put the height first."""
    if not any(marks):
        return is_height_first
    high, wide = _HIGH.split("|"), _WIDE.split("|")
    first, second = marks
    return (first in high or second in wide) and first not in wide and second not in high


def _is_fine(number: str) -> bool:
    """Three decimal places are a fraction of an inch; elsewhere they may be thousands."""
    return bool(re.search(r"[.,][0-9]{3}", number))


def _number(written: str) -> float:
    return float(written.replace(",", "."))

"""The size of a print, read from the titles of its product; what is not clear stays unknown."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from core.findings.paper_sizes import named_sizes

#: Millimetres that a side may have, and how much longer the long side may be.
SHORTEST, LONGEST, LONGEST_RATIO = 10, 5000, 10

#: 12 x 16 in and 30 x 40 cm are sold as one size, and so are A4 and 20 x 30 cm.
SAME_WITHIN = 0.06


class LengthUnit(StrEnum):
    """What numbers without a unit mean in a shop."""

    CM = "cm"
    INCH = "inch"
    MM = "mm"

    @property
    def millimetres(self) -> float:
        return _MILLIMETRES[self]


@dataclass(frozen=True, slots=True)
class PrintSize:
    """In millimetres, as written: the width first."""

    width: float
    height: float
    #: The title says portrait or landscape; otherwise the print may be turned.
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class _Sides:
    first: float
    second: float
    #: The title names the unit; otherwise it is the shop's.
    has_unit: bool = True

    def is_plausible(self) -> bool:
        short, long = sorted((self.first, self.second))
        return short >= SHORTEST and long <= LONGEST and long <= LONGEST_RATIO * short

    def agrees(self, other: "_Sides", factor: float = 1) -> bool:
        return all(
            abs(mine * factor - theirs) <= SAME_WITHIN * theirs
            for mine, theirs in zip(
                sorted((self.first, self.second)),
                sorted((other.first, other.second)),
                strict=True,
            )
        )


_MILLIMETRES = {
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1.0),
    **dict.fromkeys(("cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres"), 10.0),
    **dict.fromkeys(("zentimeter", "centimètre", "centimètres", "centímetros"), 10.0),
    **dict.fromkeys(("m", "meter", "metre", "metres"), 1000.0),
    **dict.fromkeys(("in", "inch", "inches", "inchs", '"', "zoll", "duim", "tum"), 25.4),
    **dict.fromkeys(("po", "pouce", "pouces", "pulgada", "pulgadas", "pulg"), 25.4),
    **dict.fromkeys(("ft", "foot", "feet", "'"), 304.8),
}

_NOT_A_LETTER_BEFORE = r"(?<![^\W_])(?<![.,'\"])"
_NUMBER = r"[0-9]{1,4}+(?:[.,][0-9]{1,2}+)?+(?![0-9]|[.,][0-9])"
_WORDS = "|".join(sorted((word for word in _MILLIMETRES if word.isalpha()), key=len, reverse=True))
_UNIT = rf"(?:\"|'|(?:{_WORDS})(?=x ?[0-9bhlw]|\b)\.?)"
_TIMES = r" ?[x*] ?| (?:by|par|por|mal|auf|op) "
#: A side may be marked as in "W30 x H40" or "12\"w x 16\"h".
_SIDE = rf"(?:[bhlw][ :]{{0,2}})?{_NUMBER}(?: ?{_UNIT})?(?: ?[bdhlw]\b)?"
_NUMBER_AND_UNIT = re.compile(rf"({_NUMBER})(?: ?({_UNIT}))?")
_CHAIN = re.compile(
    rf"{_NOT_A_LETTER_BEFORE}{_SIDE}(?:(?:{_TIMES}){_SIDE}){{1,5}}+(?![^\W_]|[.,]?[0-9])"
)
_SLASHED = re.compile(
    rf"{_NOT_A_LETTER_BEFORE}(?<!/)([0-9]{{2,3}})/([0-9]{{2,3}}) ?(cm|mm)(?![^\W_])"
)
_ONE_SIDE = rf"{_NOT_A_LETTER_BEFORE}({_NUMBER}) ?({_UNIT})"
_SQUARE = (
    r"(?:square|round|circle|circular|quadrat|quadratisch|rund|kreis|carré|rond|cuadrado|redondo"
    r"|vierkant|diameter|durchmesser|diamètre|diámetro)"
)
_EQUAL_SIDES = re.compile(
    rf"(?:⌀|\b{_SQUARE})[ :=,-]{{0,2}}{_ONE_SIDE}|{_ONE_SIDE}[ ,-]{{1,2}}(?:⌀|{_SQUARE}\b)"
)
#: What makes numbers without a unit something else than a size.
_COUNTED = re.compile(
    r" ?(?:%|(?:px|pixels?|dpi|ppi|mp|m2|g|kg|ml|oz|pcs|pieces|stück|pack|grid|raster|photos|fotos"
    r"|bilder)\b)"
)
_DEVICE = re.compile(
    r"phone|handy|samsung|galaxy|huawei|xiaomi|redmi|oppo\b|ipad|tablet|\baudi\b|coque|funda|hoesje"
)
_NEXT_WORD = re.compile(r" [^\W\d_]")
_SEGMENT = re.compile(r"[/|,;:()\[\]–—]| - ")
_UPRIGHT = {"portrait", "hochformat", "vertical", "vertikal", "upright", "staand"}
_LYING = {"landscape", "querformat", "horizontal", "paysage", "liggend", "apaisado"}
#: Words that mean nothing else: "pet portrait" and "landscape photography" name a subject.
_ALWAYS_A_WAY = {"hochformat", "querformat"}
_FILLING = {"format", "orientation", "mode", "size", "din", "x", "by", *_MILLIMETRES}

_LIKE_A_CROSS = str.maketrans(dict.fromkeys("×✕✖✗╳⨯хХ", "x"))
_LIKE_A_PRIME = str.maketrans(
    {**dict.fromkeys("′’‘´`ʹ", "'"), **dict.fromkeys("″”“„‟ʺ", '"'), **dict.fromkeys("øØ∅", "⌀")}
)
_FRACTION = re.compile(r"(?<=[0-9])[ -]?(1/2|1/4|3/4)(?![0-9/])")
_DECIMAL = {"1/2": ".5", "1/4": ".25", "3/4": ".75"}


def read(*titles: str, unit: LengthUnit) -> PrintSize | None:
    """Read the size from the first title that names one; None if that names several, or none does.

    Put the variant's titles before the product's.
    """
    texts = [_plain(title) for title in titles]
    is_device = any(_DEVICE.search(text) for text in texts)
    for text in texts:
        sizes = list(_sizes(text, unit, is_device=is_device))
        if sizes:
            sides = _only(sizes, unit)
            return _turned(sides, texts) if sides else None
    return None


def _plain(title: str) -> str:
    """Lower case with one sign for every cross and prime, fractions as decimals."""
    text = title.translate(_LIKE_A_CROSS).translate(_LIKE_A_PRIME)
    text = re.sub("[½¼¾]", lambda sign: f" {unicodedata.normalize('NFKC', sign[0])}", text)
    text = unicodedata.normalize("NFKC", text).casefold().replace("⁄", "/").replace("''", '"')
    text = re.sub(r"\s+", " ", text)
    return _FRACTION.sub(lambda fraction: _DECIMAL[fraction[1]], text)


def _sizes(text: str, unit: LengthUnit, *, is_device: bool) -> Iterator[_Sides | None]:
    """Every plausible size in a text, numbers before names; None for one with two readings.

    Where phones and cars are sold, "A3" and numbers without a unit may be models.
    """
    for chain in _CHAIN.finditer(text):
        rest = text[chain.end() : chain.end() + 20]
        sides = _of_chain(chain[0], rest, unit)
        if sides is None:
            yield None
        elif sides.is_plausible() and (sides.has_unit or not (is_device or _COUNTED.match(rest))):
            yield sides
    yield from filter(_Sides.is_plausible, _of_other_forms(_CHAIN.sub(" ", text)))
    if not is_device:
        yield from (_Sides(*sides) for sides in named_sizes(text))


def _of_other_forms(text: str) -> Iterator[_Sides]:
    """Read "40/60 cm" and "20 cm square"."""
    for first, second, written in _SLASHED.findall(text):
        factor = _MILLIMETRES[written]
        yield _Sides(float(first) * factor, float(second) * factor)
    for before, its_unit, after, other_unit in _EQUAL_SIDES.findall(text):
        side = _number(before or after) * _MILLIMETRES[(its_unit or other_unit).rstrip(".")]
        yield _Sides(side, side)


def _of_chain(chain: str, rest: str, unit: LengthUnit) -> _Sides | None:
    """Read "30 x 40 cm", "20 x 20 x 4 cm" or "2 x 30x40"; `rest` is what follows in the title."""
    found = list(_NUMBER_AND_UNIT.finditer(chain))
    numbers = [_number(side[1]) for side in found]
    units = [(side[2] or "").rstrip(".") for side in found]
    if unit is not LengthUnit.INCH and chain.endswith("in") and _NEXT_WORD.match(rest):
        return None  # "30 x 40 in oak": a preposition as well as a unit
    last = next((written for written in reversed(units) if written), "")
    factors = []
    for written in reversed(units):
        last = written or last
        factors.append(_MILLIMETRES[last] if last else unit.millimetres)
    lengths = [number * factor for number, factor in zip(numbers, reversed(factors), strict=True)]
    if len(lengths) == 2:
        return _Sides(lengths[0], lengths[1], has_unit=bool(last))
    gaps = [b.start(1) - a.end() for a, b in pairwise(found)]
    pair = _without_count_or_depth(lengths, gaps) if len(lengths) == 3 else None
    return _Sides(*pair, has_unit=bool(last)) if pair else None


def _without_count_or_depth(
    lengths: Sequence[float], gaps: Sequence[int]
) -> tuple[float, float] | None:
    """The two sides among three numbers, unless size and spacing of the third disagree.

    The third is at most half of the others, or stands apart: "20 x 20 x 4", "6 x 10x15".
    """
    head, tail = (lengths[0], lengths[1]), (lengths[1], lengths[2])
    by_size = head if lengths[2] <= min(head) / 2 else tail if lengths[0] <= min(tail) / 2 else None
    by_spacing = tail if gaps[0] > gaps[1] else head if gaps[1] > gaps[0] else None
    if by_size and by_spacing and by_size != by_spacing:
        return None
    return by_size or by_spacing


def _only(sizes: Sequence[_Sides | None], unit: LengthUnit) -> _Sides | None:
    """The one size that all of them name, in the words of the first with a unit."""
    clear = [sides for sides in sizes if sides]
    if len(clear) < len(sizes):
        return None
    chosen = next((sides for sides in clear if sides.has_unit), clear[0])
    for sides in clear:
        # In "5x7 (13x18 cm)" the first is in inches, whatever the shop's unit.
        factors = {1.0}
        if chosen.has_unit and not sides.has_unit:
            factors |= {other.millimetres / unit.millimetres for other in LengthUnit}
        if not any(sides.agrees(chosen, factor) for factor in factors):
            return None
    return chosen


def _turned(sides: _Sides, texts: Sequence[str]) -> PrintSize:
    width, height = round(sides.first, 2), round(sides.second, 2)
    ways = {way for text in texts for way in _ways(text)}
    if len(ways) != 1:
        return PrintSize(width, height)
    short, long = sorted((width, height))
    return PrintSize(short, long, True) if "upright" in ways else PrintSize(long, short, True)


def _ways(text: str) -> Iterator[str]:
    for segment in _SEGMENT.split(text):
        words = {
            word
            for word in re.findall(r"\w+", segment)
            if word not in _FILLING and not any(sign.isdigit() for sign in word)
        }
        # Alone in its part of the title, or a word that can mean nothing else.
        said = words if len(words) == 1 else words & _ALWAYS_A_WAY
        if said & _UPRIGHT:
            yield "upright"
        if said & _LYING:
            yield "lying"


def _number(written: str) -> float:
    return float(written.replace(",", "."))

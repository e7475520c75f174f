"""The size of a print, read from the titles of its product; what is not clear stays unknown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.findings.length_units import MILLIMETRES, LengthUnit, named_unit
from core.findings.paper_sizes import has_name, named_sizes
from core.findings.title_words import SEGMENT, have_designs, have_models
from core.findings.titles import plain
from core.findings.written_sizes import (
    LONGEST,
    LONGEST_RATIO,
    SHORTEST,
    Sides,
    chains,
    other_forms,
    without_chains,
)

__all__ = ["LONGEST", "LONGEST_RATIO", "SHORTEST", "LengthUnit", "PrintSize", "read"]

#: What a shop does not leave the unit away for, in millimetres: "2x1" is an offer, "3x3" a grid,
#: and "300x400" is not three metres wide.
_LEAST_WITHOUT_UNIT = {LengthUnit.CM: 50, LengthUnit.INCH: 2.5 * 25.4, LengthUnit.MM: 40}
_MOST_WITHOUT_UNIT = 2000

_UPRIGHT = {"portrait", "hochformat", "vertical", "vertikal", "upright", "staand", "hoch"}
_LYING = {"landscape", "querformat", "horizontal", "paysage", "liggend", "apaisado", "quer"}
#: Words that mean nothing else, where "pet portrait" and "landscape photography" name a subject.
_ALWAYS_A_WAY = re.compile(
    r"\b(hochformat|querformat)\b|\b[ab][0-9]\+? (hoch|quer)\b"
    r"|\b(portrait|landscape|vertical|horizontal) (?:format|orientation|mode)\b"
)
_FILLING = {"format", "orientation", "mode", "size", "din", "x", "by", *MILLIMETRES}


@dataclass(frozen=True, slots=True)
class PrintSize:
    """In millimetres, as written: the width first."""

    width: float
    height: float
    #: The title says portrait or landscape; otherwise the print may be turned.
    is_fixed: bool = False


def read(*titles: str, unit: LengthUnit | None) -> PrintSize | None:
    """Read the size from the first title that names one; None if that names several, or none does.

    Put the variant's title before the product's. `unit` is the shop's, if it is known.
    """
    texts = [plain(title) for title in titles]
    sold = " / ".join(texts)
    for place, text in enumerate(texts):
        rest = without_chains(text)
        meant = _unit_without_one(rest, [*texts[:place], *texts[place + 1 :]], unit)
        sizes = list(_sizes(text, rest, meant, sold))
        if sizes:
            sides = _only(sizes, meant)
            return _turned(sides, texts) if sides else None
    return None


def _unit_without_one(
    rest: str, others: Sequence[str], unit: LengthUnit | None
) -> LengthUnit | None:
    meant = named_unit([rest, *others], unit)
    # "8x10" of "Canvas 20x25 cm" may be that size in another unit.
    return meant if meant is named_unit([rest, *map(without_chains, others)], unit) else None


def _sizes(text: str, rest: str, unit: LengthUnit | None, sold: str) -> Iterator[Sides | None]:
    """Every size in a text, numbers before names; None for one with two readings."""
    is_of_models, is_of_designs = have_models(sold), have_designs(sold)
    for sides in chains(text, unit):
        if sides is None or sides.has_unit or not is_of_models:
            yield sides
    if not is_of_designs:
        yield from filter(Sides.is_plausible, other_forms(rest))
    if not (is_of_models or is_of_designs):
        yield from (sides and Sides(*sides) for sides in named_sizes(rest))


def _only(sizes: Sequence[Sides | None], unit: LengthUnit | None) -> Sides | None:
    """The one size that all of them name, in the words of the first with a unit."""
    clear = [sides for sides in sizes if sides]
    if len(clear) < len(sizes):
        return None
    chosen = next((sides for sides in clear if sides.has_unit), clear[0])
    if not chosen.has_unit and not _is_likely(chosen, unit):
        return None
    for sides in clear:
        # In "5x7 (13x18 cm)" the first is in inches, whatever the shop's unit.
        factors = {1.0}
        if unit and chosen.has_unit and not sides.has_unit:
            factors |= {other.millimetres / unit.millimetres for other in LengthUnit}
        if not any(sides.agrees(chosen, factor) for factor in factors):
            return None
    return chosen


def _is_likely(sides: Sides, unit: LengthUnit | None) -> bool:
    if unit is None or not sides.is_plausible():
        return False
    short, long = sorted((sides.width, sides.height))
    if short < _LEAST_WITHOUT_UNIT[unit] or long > _MOST_WITHOUT_UNIT:
        return False
    # "105x148" are the millimetres of A6.
    numbers = sides.width / unit.millimetres, sides.height / unit.millimetres
    return unit is LengthUnit.MM or not has_name(*numbers)


def _turned(sides: Sides, texts: Sequence[str]) -> PrintSize:
    width, height = round(sides.width, 2), round(sides.height, 2)
    ways = set(_ways(texts))
    if len(ways) != 1:
        return PrintSize(width, height)
    short, long = sorted((width, height))
    return PrintSize(short, long, True) if "upright" in ways else PrintSize(long, short, True)


def _ways(texts: Sequence[str]) -> Iterator[str]:
    """A word alone in its part counts in the variant's title: it has been chosen there."""
    said = {word for text in texts for found in _ALWAYS_A_WAY.findall(text) for word in found}
    for segment in SEGMENT.split(without_chains(texts[0])):
        words = {
            word
            for word in re.findall(r"\w+", segment)
            if word not in _FILLING and not any(sign.isdigit() for sign in word)
        }
        said |= words if len(words) == 1 else set()
    if said & _UPRIGHT:
        yield "upright"
    if said & _LYING:
        yield "lying"

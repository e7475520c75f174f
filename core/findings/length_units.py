"""Units of length, and the one that a title means where its numbers have none."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum


class LengthUnit(StrEnum):
    """What numbers without a unit mean in a shop."""

    CM = "cm"
    INCH = "inch"
    MM = "mm"

    @property
    def millimetres(self) -> float:
        return MILLIMETRES[self]


#: How long a unit is, by its words and signs in lower case.
MILLIMETRES = {
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres", "мм"), 1.0),
    **dict.fromkeys(("cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres"), 10.0),
    **dict.fromkeys(("zentimeter", "centimètre", "centimètres", "centímetros", "см"), 10.0),
    **dict.fromkeys(("m", "meter", "metre", "metres"), 1000.0),
    **dict.fromkeys(("in", "inch", "inches", "inchs", '"', "zoll", "duim", "tum", "tommer"), 25.4),
    **dict.fromkeys(("po", "pouce", "pouces", "pulgada", "pulgadas", "pulg"), 25.4),
    **dict.fromkeys(
        ("polegadas", "pollici", "cale", "cali", "palců", "дюйм", "дюйма", "дюймов"), 25.4
    ),
    **dict.fromkeys(("ft", "foot", "feet", "'"), 304.8),
}

_WORDS = sorted((word for word in MILLIMETRES if word.isalpha()), key=len, reverse=True)
NOT_IN_A_WORD = r"(?<![^\W_])(?<![.,'\"])"
NUMBER = r"[0-9]{1,4}+(?:[.,][0-9]{1,5}+)?+(?![0-9]|[.,][0-9])"
UNIT = rf"(?:\"|'|(?:{'|'.join(_WORDS)})(?=x ?[0-9bhlw]|\b)\.?)"

#: A single length, as in "2 cm deep"; the last side of a size counts, whatever is before its x.
_LENGTH = re.compile(rf"(?<![^\Wx_])(?<![.,'\"])({NUMBER})([ -]?)({UNIT})(?![^\W_])")
_NEXT_WORD = re.compile(r" \w")
_MEASURED = re.compile(r" (?:deep|depth|thick|wide|high|tall|long)\b")

#: "in", "m", "po" and "feet" mean something else where no number is before them.
_AMBIGUOUS = {
    "m",
    "meter",
    "metre",
    "metres",
    "in",
    "po",
    "tum",
    "cale",
    "cali",
    "ft",
    "foot",
    "feet",
}
_NAME = re.compile(
    rf"\b({'|'.join(word for word in _WORDS if word not in _AMBIGUOUS)})\b|[(\[](in)\.?[)\]]"
)


def is_preposition(written: str, rest: str) -> bool:
    """Whether " in" before `rest` may as well begin "in oak". Glued to its number it does not."""
    return written == " in" and bool(_NEXT_WORD.match(rest)) and not _MEASURED.match(rest)


def named_unit(texts: Sequence[str], unit: LengthUnit | None) -> LengthUnit | None:
    """The unit of numbers without one: what the first text that names any says, or the shop's.

    Named by itself, as in "(inches)", a unit counts as it is. A length, as in "4 mm acrylic", only
    says whether the title is metric. None where two readings are left.
    """
    for text in texts:
        lengths = set(_units_of_lengths(text, unit))
        names = {kind_of(name[1] or name[2]) for name in _NAME.finditer(_LENGTH.sub(" ", text))}
        said = names | lengths
        if not said:
            continue
        if LengthUnit.INCH in said and len(said) > 1:
            return None
        if names:
            return names.pop() if len(names) == 1 else None
        if (unit is LengthUnit.INCH) == (LengthUnit.INCH in lengths):
            return unit
        return lengths.pop() if lengths in ({LengthUnit.CM}, {LengthUnit.INCH}) else None
    return unit


def _units_of_lengths(text: str, unit: LengthUnit | None) -> Iterator[LengthUnit]:
    for length in _LENGTH.finditer(text):
        number, space, written = length.groups()
        yield kind_of(written.rstrip("."))
        if is_preposition(space + written, text[length.end() : length.end() + 20]):
            # "3 in one", unless "1.5 in" says otherwise.
            yield (unit if number.isdigit() else None) or LengthUnit.INCH


def kind_of(written: str) -> LengthUnit:
    """The unit of a shop that is most like the written one: feet go with inches."""
    length = MILLIMETRES[written]
    if length in {MILLIMETRES["in"], MILLIMETRES["ft"]}:
        return LengthUnit.INCH
    return LengthUnit.MM if length == 1 else LengthUnit.CM

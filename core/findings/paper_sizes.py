"""Sizes that have a name: ISO paper, photo prints, American paper."""

import re
from collections.abc import Iterator

from core.findings.title_words import SEGMENT, is_among_prints

MM_PER_INCH = 25.4

#: ISO 216, series A and B, in millimetres, numbered from 0; and A3+, a photo printer's sheet.
_A = [
    (841, 1189),
    (594, 841),
    (420, 594),
    (297, 420),
    (210, 297),
    (148, 210),
    (105, 148),
    (74, 105),
]
_B = [(1000, 1414), (707, 1000), (500, 707), (353, 500), (250, 353), (176, 250), (125, 176)]

#: In inches: nR is n inches on its short side, an S before it stands for the longer kind.
_PHOTO = {
    "2r": (2.5, 3.5),
    "3r": (3.5, 5),
    "4r": (4, 6),
    "5r": (5, 7),
    "6r": (6, 8),
    "8r": (8, 10),
    "s8r": (8, 12),
    "10r": (10, 12),
    "s10r": (10, 15),
    "11r": (11, 14),
    "s11r": (11, 17),
    "12r": (12, 15),
    "s12r": (12, 18),
    "14r": (14, 17),
    "16r": (16, 20),
    "20r": (20, 24),
}
_AMERICAN = {"letter": (8.5, 11), "legal": (8.5, 14), "tabloid": (11, 17)}

_SIZES: dict[str, tuple[float, float]] = {
    "a3+": (329, 483),
    **{f"a{number}": sides for number, sides in enumerate(_A)},
    **{f"b{number}": sides for number, sides in enumerate(_B)},
    **{code: (w * MM_PER_INCH, h * MM_PER_INCH) for code, (w, h) in _PHOTO.items()},
}

_CODE = re.compile(r"(?<![\w+])(?:a3\+|[ab][0-7]|s?[0-9]{1,2}r)(?![\w+])")
_PAPER = re.compile(r"(?:us )?(letter|legal|tabloid)(?: (?:size|format|paper))?")


def has_name(width: float, height: float) -> bool:
    """Whether millimetres are those of a size with a name, in whole numbers."""
    sides = sorted((width, height))
    return any(sides == [round(short), round(long)] for short, long in _SIZES.values())


def named_sizes(text: str) -> Iterator[tuple[float, float] | None]:
    """Millimetres, upright; `text` is in lower case.

    A code counts among words about prints. None if another code of the title differs from it, as
    in "A5 (folded to A6)".
    """
    for segment in SEGMENT.split(text):
        if paper := _PAPER.fullmatch(segment.strip()):
            short, long = _AMERICAN[paper[1]]
            yield short * MM_PER_INCH, long * MM_PER_INCH
    codes = [code for code in _CODE.finditer(text) if code[0] in _SIZES]
    if any(is_among_prints(text, *code.span()) for code in codes):
        yield _SIZES[codes[0][0]] if len({code[0] for code in codes}) == 1 else None

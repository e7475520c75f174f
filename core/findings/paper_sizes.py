"""Sizes that have a name: ISO paper, photo prints, American paper."""

import re
from collections.abc import Iterator

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

_CODES: dict[str, tuple[float, float]] = {
    "a3+": (329, 483),
    **{f"a{number}": sides for number, sides in enumerate(_A)},
    **{f"b{number}": sides for number, sides in enumerate(_B)},
    **{code: (w * MM_PER_INCH, h * MM_PER_INCH) for code, (w, h) in _PHOTO.items()},
}

_SEGMENT = re.compile(r"[/|,;:()\[\]–—]| - ")
_WORD = re.compile(r"[\w+]+")
#: What may stand before a code: after any other word it may be a model, as in "Audi A4".
_INTRODUCING = re.compile(
    "[0-9].*|din|iso|size|format|formato|formaat|grösse|taille|in|im|en|au|set|of|x"
    "|small|medium|large|mini|maxi|klein|gross|framed|unframed|gerahmt"
    "|paper|papier|prints?|posters?|fotoposter|photo|foto|plakat|canvas|leinwand"
    "|affiche|tirage|druck|fotodruck|kunstdruck|wandbild|art|wall"
    "|portrait|landscape|hochformat|querformat|vertical|horizontal"
)
_PAPER = re.compile(r"(?:us )?(letter|legal|tabloid)(?: (?:size|format|paper))?")


def named_sizes(text: str) -> Iterator[tuple[float, float]]:
    """Millimetres, upright; `text` is case-folded."""
    for segment in _SEGMENT.split(text):
        if paper := _PAPER.fullmatch(segment.strip()):
            short, long = _AMERICAN[paper[1]]
            yield short * MM_PER_INCH, long * MM_PER_INCH
        words = _WORD.findall(segment)
        first = next(
            (word for word in words if word in _CODES or not _INTRODUCING.fullmatch(word)), ""
        )
        if first in _CODES:
            yield from (_CODES[word] for word in words if word in _CODES)

"""Titles as they are matched: one sign for all that look alike, fractions as decimals."""

import re
import unicodedata

#: Characters that show nothing: zero-width spaces, marks of direction, soft hyphens.
_UNSEEN = dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_ONE_SIGN = str.maketrans(
    {
        **_UNSEEN,
        **dict.fromkeys("×✕✖✗╳⨯хХ", "x"),
        **dict.fromkeys("′’‘´`ʹ", "'"),
        **dict.fromkeys("″”“„‟ʺ", '"'),
        **dict.fromkeys("øØ∅", "⌀"),
        # A footnote or an area, and no digit of the number before it.
        **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹", "^"),
    }
)
_VULGAR = re.compile("[¼-¾⅐-⅞]")
#: "Route 66" in quotation marks is not 66 inches.
_QUOTED = re.compile(r"(?<![^\s(\[/,:-])([\"'])(?=\w)([^\"']*)\1")

#: A part of an inch, with the whole inches before it: "7 7/8", "7-7/8" or "3/4".
_FRACTION = re.compile(
    r"(?<![^\Wx_])(?<![.,/])(?:([0-9]{1,3})[ -])?([0-9]{1,2})/(2|4|8|16|32)(?![0-9/]|[.,][0-9])"
)
#: In `16x20 3/4" deep` the fraction is no part of the 20.
_OF_SOMETHING_ELSE = re.compile(
    r"[ -]?(?:\"|in\.?|inch(?:es)?|zoll)?[ -]?(?:(?:gallery|white|black) )?"
    r"(?:deep|depth|thick|profile|wrap|gallery|bars?|edge|frame|border|mat|margin"
    r"|tief|stark|dick|rahmen|rand)"
)


def plain(title: str) -> str:
    """In lower case, with single spaces; fractions of inches have five decimal places."""
    text = _VULGAR.sub(lambda sign: f" {sign[0]}", title.translate(_ONE_SIGN))
    text = unicodedata.normalize("NFKC", text).casefold().replace("⁄", "/").replace("''", '"')
    text = _QUOTED.sub(r"\2", re.sub(r"\s+", " ", text))
    return _FRACTION.sub(_as_decimal, text)


def _as_decimal(fraction: re.Match[str]) -> str:
    whole, part = fraction[1] or "0", int(fraction[2]) / int(fraction[3])
    if part >= 1 or int(fraction[2]) % 2 == 0:
        return fraction[0]  # 20/16 and 10/16 are not how a part of an inch is written
    if fraction[1] and _OF_SOMETHING_ELSE.match(fraction.string, fraction.end()):
        return f"{whole} {part:.5f}"
    return f"{int(whole) + part:.5f}"

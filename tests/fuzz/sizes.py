"""Titles of variants, likely and absurd, through the reader of print sizes."""

import time
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from core.findings import print_sizes
from core.findings.print_sizes import LONGEST, LONGEST_RATIO, SHORTEST, LengthUnit
from tests.fuzz.report import Report, keep

_AT_ONCE = 500
#: A title of the longest kind takes a millisecond; only a pattern that runs away takes this.
_PATIENCE = timedelta(seconds=5)

_NUMBERS = st.one_of(
    st.integers(0, 200).map(str),
    st.integers(0, 10**30).map(str),
    st.floats(0, 1000).map(lambda number: f"{number:.2f}"),
    st.sampled_from(["½", "1/2", "8 1/2", "8.5", "8,5", "1.000", "٣٠", "²", "A3", "DIN A4", "4R"]),
    st.sampled_from(["7 7/8", "2⅛", "3/7", "2.125", "4x4", "98/104", "210x297"]),
)
_WORDS = st.sampled_from(
    [
        *("cm", "mm", "m", "in", "inch", '"', "″", "''", "ft", "x", "×", "X", "*", "by", "/", "-"),
        *("Large", "(", ")", "Oak frame", "portrait", "hoch", "quer", "iPhone", ":", ",", "\n"),
        *("(HxB)", "H", "(inches)", '1.5" deep', "up to", "ab", "collage", "mug", "'", "^", "in"),
        *("+", "|", " ", "", "x x", "\N{NO-BREAK SPACE}", "\0", "\N{RIGHT-TO-LEFT MARK}"),
    ]
)
_PARTS = st.lists(st.one_of(_NUMBERS, _WORDS, st.text(max_size=8)), max_size=40)
_TITLES = st.tuples(_PARTS, st.sampled_from(["", " "])).map(lambda made: made[1].join(made[0]))


def _stays_sensible(titles: list[str], unit: LengthUnit) -> None:
    size = print_sizes.read(*titles, unit=unit)

    if size is not None:
        short, long = sorted((size.width, size.height))
        assert SHORTEST <= short <= long <= LONGEST
        assert long <= LONGEST_RATIO * short


def fuzz(*, seconds: float, seed: int, kept: Path) -> Report:
    until, batch = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        try:
            _tried(seed + batch)
        # Whatever is raised is what we are looking for.
        except Exception as error:
            said = f"{error!r}\n" + "\n".join(getattr(error, "__notes__", ()))
            path = keep(kept, "failed", said.encode(), ".txt")
            return Report([f"Print sizes: failed, kept as {path}", said], 1)
        batch += 1
    return Report([f"Print sizes: {batch * _AT_ONCE} tried"], 0)


def _tried(number: int) -> None:
    limits = settings(
        max_examples=_AT_ONCE,
        deadline=_PATIENCE,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try_all = given(st.lists(_TITLES, max_size=3), st.sampled_from(LengthUnit))(_stays_sensible)
    seed(number)(limits(try_all))()

"""How well scores tell bad pictures from good ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.findings.finding import Level

Numbers = NDArray[np.float64]

_RESAMPLES = 2000
_SEED = 1


@dataclass(frozen=True, slots=True)
class Trial:
    photograph: str
    degradation: str
    is_bad: bool
    score: float
    level: Level = Level.FINE


@dataclass(frozen=True, slots=True)
class Area:
    """The area under the ROC curve, and the interval that holds it in 95 of 100 corpora."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Errors:
    """Shares of the good pictures that are named, and of the bad ones that are not."""

    false_alarms: float
    misses: float


def area(trials: Sequence[Trial]) -> Area:
    """Mann and Whitney's statistic, ties half; its interval by the bootstrap of photographs.

    The pictures made from one photograph are alike, so that photographs are drawn, not pictures
    (Field and Welsh 2007, "Bootstrapping clustered data").
    """
    wins, bad, good = _wins(trials)
    draws = np.random.default_rng(_SEED).multinomial(
        len(bad), np.full(len(bad), 1 / len(bad)), _RESAMPLES
    )
    pairs = (draws @ bad) * (draws @ good)
    won = np.einsum("rp,pq,rq->r", draws, wins, draws, optimize=True)
    low, high = np.quantile(won[pairs > 0] / pairs[pairs > 0], (0.025, 0.975))
    return Area(float(wins.sum() / (bad.sum() * good.sum())), float(low), float(high))


def errors(trials: Sequence[Trial], *levels: Level) -> Errors:
    """`levels` are those that name a picture."""
    good = [trial.level in levels for trial in trials if not trial.is_bad]
    bad = [trial.level not in levels for trial in trials if trial.is_bad]
    return Errors(float(np.mean(good)), float(np.mean(bad)))


def _wins(trials: Sequence[Trial]) -> tuple[Numbers, Numbers, Numbers]:
    """Pairs in which the bad picture of one photograph outscores the good one of another.

    Also the number of bad and of good pictures of each photograph.
    """
    names = sorted({trial.photograph for trial in trials})
    bad = [_scores(trials, name, is_bad=True) for name in names]
    good = [_scores(trials, name, is_bad=False) for name in names]
    wins = np.array([[_outscored(mine, theirs) for theirs in good] for mine in bad])
    return wins, _counts(bad), _counts(good)


def _counts(scores: Sequence[Numbers]) -> Numbers:
    return np.array([len(of_one) for of_one in scores], np.float64)


def _scores(trials: Sequence[Trial], name: str, *, is_bad: bool) -> Numbers:
    return np.array(
        [trial.score for trial in trials if (trial.photograph, trial.is_bad) == (name, is_bad)]
    )


def _outscored(bad: Numbers, good: Numbers) -> float:
    above = bad[:, None] - good[None, :]
    return float((above > 0).sum() + (above == 0).sum() / 2)

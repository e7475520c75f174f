"""The scores of every degradation on the half of the photographs that levels are chosen on."""

import sys
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from core.findings.finding import Level
from tests.bench import curve
from tests.bench.corpus import Part
from tests.bench.curve import Trial
from tests.bench.findings import tried

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def write(names: Sequence[str]) -> None:
    by_case = tried(Part.CHOOSE, [name.removeprefix("finding_") for name in names])
    for name, trials in by_case.items():
        sys.stdout.write("\n".join(lines(name, trials)) + "\n\n")


def lines(name: str, trials: Sequence[Trial]) -> list[str]:
    look = curve.errors(trials, Level.LOOK, Level.POOR)
    poor = curve.errors(trials, Level.POOR)
    head = (
        f"{name}: area {curve.area(trials).value:.3f}; false alarms and misses"
        f" at look {look.false_alarms:.3f} {look.misses:.3f},"
        f" at poor {poor.false_alarms:.3f} {poor.misses:.3f}"
    )
    columns = " ".join(f"{f'{quantile:.0%}':>6}" for quantile in _QUANTILES)
    return [head, f"  {'scores (look 0.5, poor 0.75)':<36} {columns}", *_rows(trials)]


def _rows(trials: Sequence[Trial]) -> list[str]:
    scores: dict[tuple[bool, str], list[float]] = defaultdict(list)
    for trial in trials:
        scores[trial.is_bad, trial.degradation].append(trial.score)
    return [
        f"  {('bad' if is_bad else 'good'):<5}{degradation:<31} "
        + " ".join(f"{value:6.3f}" for value in np.quantile(of_one, _QUANTILES))
        for (is_bad, degradation), of_one in sorted(scores.items(), key=lambda item: item[0][0])
    ]

"""Every case of every finding, tried on the photographs: `finding_<kind>`."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, partial

import tests.bench
from core.findings.finding import Kind, Level
from tests.bench import curve
from tests.bench.case import Case
from tests.bench.corpus import Part, Photograph, photographs
from tests.bench.curve import Trial
from tests.bench.opening import picture_of
from tests.bench.result import Result
from tests.bench.workers import for_each

#: The area under the curve that we hold ourselves to.
GOAL = 0.95
HELD_TO_GOAL = {
    *(Kind.RESOLUTION, Kind.SHAPE, Kind.SOFT, Kind.MOVED),
    *(Kind.DARK, Kind.WASHED_OUT, Kind.BACKLIT, Kind.DUPLICATE),
}


@cache
def cases() -> Mapping[str, Case]:
    """By name: `soft` for one in `CASES`, `soft_middle` for a `MIDDLE_CASE` beside them."""
    found: dict[str, Case] = {}
    for info in pkgutil.iter_modules(tests.bench.__path__):
        if info.name.startswith("cases_"):
            module = importlib.import_module(f"tests.bench.{info.name}")
            found |= {str(case.kind): case for case in module.CASES}
            for name, case in vars(module).items():
                if isinstance(case, Case):
                    found[f"{case.kind}_{name.removesuffix('_CASE').lower()}"] = case
    order = list(Kind)
    return dict(sorted(found.items(), key=lambda item: order.index(item[1].kind)))


def names() -> list[str]:
    return [f"finding_{name}" for name in cases()]


def results(names: Collection[str]) -> Iterator[Result]:
    """Each photograph is opened once for all that are wanted."""
    if not names:
        return
    for name, trials in tried(Part.MEASURE, [n.removeprefix("finding_") for n in names]).items():
        yield result(name, trials)


def tried(part: Part, names: Sequence[str]) -> Mapping[str, Sequence[Trial]]:
    work = partial(_try, names=names)
    by_case: dict[str, list[Trial]] = {name: [] for name in names}
    for trials in for_each(photographs(part), work, label=f"Findings ({', '.join(names)})"):
        for name, of_case in trials.items():
            by_case[name] += of_case
    return by_case


def _try(photograph: Photograph, names: Sequence[str]) -> Mapping[str, Sequence[Trial]]:
    picture = picture_of(photograph)
    trials = defaultdict(list)
    for name in names:
        for sample in cases()[name].samples(picture):
            finding = sample.finding
            trials[name].append(
                Trial(
                    photograph.name,
                    sample.degradation,
                    sample.is_bad,
                    finding.score,
                    finding.level,
                )
            )
    return trials


def result(name: str, trials: Sequence[Trial]) -> Result:
    area = curve.area(trials)
    look = curve.errors(trials, Level.LOOK, Level.POOR)
    poor = curve.errors(trials, Level.POOR)
    goal = GOAL if name in HELD_TO_GOAL else None
    return Result(
        f"finding_{name}",
        ours=area.value,
        other=goal,
        ratio=area.value / goal if goal else None,
        unit="auc",
        runs=1,
        more={
            "low": area.low,
            "high": area.high,
            "false_alarms": look.false_alarms,
            "misses": look.misses,
            "false_alarms_poor": poor.false_alarms,
            "misses_poor": poor.misses,
            "photographs": len({trial.photograph for trial in trials}),
            "pictures": len(trials),
        },
    )

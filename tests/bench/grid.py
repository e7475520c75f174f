"""Our desk beside the same page written the plain way: `grid_decide`, `_select`, `_first_paint` …

Both stand open in Chromium on the same Postgres and pictures, take turns, and are timed inside the
page, from the event of a click to the frame that shows what came of it. What is selected shows,
and counts, when the page says how many are: by then Approve is about these. Streamlit ticks a box
at once (`plain_tick`), but does not know of it before its script has run again.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

import psutil

from tests.bench.desk.stage import servers, stage
from tests.bench.desk.windows import Window, window
from tests.bench.result import Result
from tests.browser.conftest import chromium

#: At least so many times faster than the plain page.
FASTER_DECIDE, FASTER_SELECT, FASTER_PAINT, FASTER_DAY = 8, 15, 1, 10
MOST_OWN_MB = 1.0
DECISIONS, SELECTIONS, PAINTS, DAYS = 9, 15, 7, 3
DECIDED = 12
BATCHES, BATCH = 10, 10

NAMES = ("ours", "plain")


@dataclass(frozen=True, slots=True)
class Decision:
    painted: float
    saved: float
    #: Of the server, from the first tile selected until everything was quiet.
    cpu: float


def _decide() -> Iterator[Result]:
    """The last 12 of the page, in sight of who selects them: all that takes their place is new."""
    ours, plain = (_decisions()[name] for name in NAMES)
    yield beside(
        "grid_decide",
        [each.painted for each in ours],
        [each.painted for each in plain],
        at_least=FASTER_DECIDE,
        saved=statistics.median(each.saved for each in ours),
        plain_saved=statistics.median(each.saved for each in plain),
    )


def _cpu() -> Iterator[Result]:
    """Of the web server, for each photo selected and approved, 12 at a time."""
    ours, plain = (
        statistics.median(1000 * each.cpu / DECIDED for each in _decisions()[name])
        for name in NAMES
    )
    yield Result("decision_cpu", ours, plain, plain / ours, "ms", DECISIONS)


def _select() -> Iterator[Result]:
    times: dict[str, list[float]] = {name: [] for name in NAMES}
    ticks = []
    with _both() as windows:
        shown = {name: each.ids()[:SELECTIONS] for name, each in windows.items()}
        for n in range(SELECTIONS):
            for name, each in windows.items():
                marked, counted = each.select(shown[name][n], n + 1)
                times[name].append(max(marked, counted))
                if name == "plain":
                    ticks.append(marked)
    yield beside(
        "grid_select",
        times["ours"],
        times["plain"],
        at_least=FASTER_SELECT,
        plain_tick=statistics.median(ticks),
    )


def _first_paint() -> Iterator[Result]:
    """`own_mb` is all that came until then but Streamlit's scripts, styles and fonts."""
    times: dict[str, list[float]] = {name: [] for name in NAMES}
    own: dict[str, list[float]] = {name: [] for name in NAMES}
    at, ahead = servers(stage()), []
    with chromium() as browser:
        for _ in range(1 + PAINTS):
            for name in NAMES:
                with window(browser, name, at) as each:
                    times[name].append(each.open())
                    own[name].append(_own_mb(each, times[name][-1]))
                    each.settle()
                    if name == "ours":
                        ahead.append(_own_mb(each, float("inf")))
    own_mb = statistics.median(own["ours"])
    yield beside(
        "grid_first_paint",
        times["ours"][1:],  # the first has a cold server
        times["plain"][1:],
        at_least=FASTER_PAINT,
        own_mb=own_mb,
        own_mb_limit=MOST_OWN_MB,
        own_mb_holds=own_mb <= MOST_OWN_MB,
        plain_own_mb=statistics.median(own["plain"]),
        with_next_page_mb=statistics.median(ahead),
    )


def _machine_wait() -> Iterator[Result]:
    """All that one waits for who selects, approves and confirms without a moment's thought."""
    waits: dict[str, list[float]] = {name: [] for name in NAMES}
    hurried: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(DAYS):
        with _both() as windows:
            for name, each in windows.items():
                steps = _judge_hundred(each)
                waits[name].append(sum(steps.values()) / 1000)
                hurried[name].append((sum(steps.values()) - steps["selected"]) / 1000)
    yield beside(
        "machine_wait_100",
        waits["ours"],
        waits["plain"],
        at_least=FASTER_DAY,
        unit="s",
        # Without the selecting: of who trusts Streamlit's tick and goes on.
        ours_asked_and_decided=statistics.median(hurried["ours"]),
        plain_asked_and_decided=statistics.median(hurried["plain"]),
    )


BENCHES = {
    "grid_decide": _decide,
    "grid_select": _select,
    "grid_first_paint": _first_paint,
    "machine_wait_100": _machine_wait,
    "decision_cpu": _cpu,
}


@cache
def _decisions() -> Mapping[str, Sequence[Decision]]:
    made: dict[str, list[Decision]] = {name: [] for name in NAMES}
    with _both() as windows:
        for _ in range(1 + DECISIONS):
            for name, each in windows.items():
                made[name].append(_decide_once(each))
    return {name: all_of[1:] for name, all_of in made.items()}  # the first warms up


def _decide_once(window: Window) -> Decision:
    server = psutil.Process(window.served.pid)
    before = server.cpu_times()
    chosen = window.ids()[-DECIDED:]
    for number, photo in enumerate(chosen, start=1):
        window.select(photo, number)
    window.ask()
    painted, saved = window.confirm(chosen)
    window.settle()
    after = server.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return Decision(painted, saved, cpu)


def _judge_hundred(window: Window) -> Mapping[str, float]:
    """Milliseconds waited for each kind of step."""
    steps = {"selected": 0.0, "asked": 0.0, "decided": 0.0}
    for _ in range(BATCHES):
        chosen = window.ids()[:BATCH]
        for number, photo in enumerate(chosen, start=1):
            steps["selected"] += max(window.select(photo, number))
        steps["asked"] += window.ask()
        steps["decided"] += window.confirm(chosen)[0]
    return steps


@contextmanager
def _both() -> Iterator[Mapping[str, Window]]:
    """Both pages, open and at rest, with all photos waiting."""
    at = servers(stage())
    stage().take_back()
    with chromium() as browser, ExitStack() as stack:
        windows = {name: stack.enter_context(window(browser, name, at)) for name in NAMES}
        for each in windows.values():
            each.open()
            each.settle()
        yield windows


def _own_mb(window: Window, until: float) -> float:
    return (window.fetched(until) + window.streamed) / 1e6


def beside(
    name: str,
    ours: Sequence[float],
    plain: Sequence[float],
    *,
    at_least: float,
    unit: str = "ms",
    **more: float,
) -> Result:
    here, there = statistics.median(ours), statistics.median(plain)
    ratio = there / here
    return Result(
        name=name,
        ours=here,
        other=there,
        ratio=ratio,
        unit=unit,
        runs=len(ours),
        more={"at_least": at_least, "holds": ratio >= at_least, **more},
    )

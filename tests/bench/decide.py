"""Fifty photos decided at once, beside the least that Postgres can do for them: `decide_50`."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.models import Photo
from core.services import decisions
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from tests.bench.desk.stage import stage
from tests.bench.result import Result

PHOTOS = 50
RUNS = 21
_WARM_UP = 5

Decide = Callable[[Session, Sequence[PhotoVersion], Actor], object]


def _decide_50() -> Iterator[Result]:
    """One transaction each; ours with the decisions, their events and a job for each order."""
    here = stage()
    ways: Mapping[str, Decide] = {"loupe": _approve, "bare": _update}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_WARM_UP + RUNS):
        for name, decide in ways.items():
            here.take_back()
            with Session(here.engine) as session:
                seen = _waiting(session)
                session.commit()
                session.connection()
                began = time.perf_counter()
                decide(session, seen, here.ada)
                session.commit()
                taken[name].append(1000 * (time.perf_counter() - began))
    here.take_back()
    medians = {name: statistics.median(times[_WARM_UP:]) for name, times in taken.items()}
    ours, bare = medians["loupe"], medians["bare"]
    yield Result("decide_50", ours, bare, ours / bare, "ms", RUNS)


BENCHES = {"decide_50": _decide_50}


def _waiting(session: Session) -> Sequence[PhotoVersion]:
    rows = session.execute(select(Photo.id, Photo.version).order_by(Photo.id).limit(PHOTOS))
    return [PhotoVersion(*row) for row in rows]


def _approve(session: Session, seen: Sequence[PhotoVersion], reviewer: Actor) -> None:
    outcome = decisions.approve(session, seen, reviewer=reviewer, batch=uuid4())
    assert len(outcome.decided) == PHOTOS


def _update(session: Session, seen: Sequence[PhotoVersion], _: Actor) -> None:
    session.execute(
        text("UPDATE photos SET state = 'approved', version = version + 1 WHERE id = ANY(:ids)"),
        {"ids": [photo.id for photo in seen]},
    )

"""A day's photos judged by keyboard alone: `python -m tests.bench.reviewer [--photos 500]`.

On our own desk, signed in by its form, without a moment's thought: the machine sets the pace. What
it says it has done is compared with the database.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Decision, Photo, PhotoState
from tests import waiting
from tests.bench.desk.keyboard import Keyboard
from tests.bench.desk.stage import PHOTOS, Stage, servers, stage
from tests.bench.desk.windows import window
from tests.browser.conftest import chromium, fill_in
from tests.serving import PASSWORD

#: In each round, one at a time; of those in full screen some are rejected.
IN_GRID, IN_FULL_SCREEN, REJECTED, TOGETHER = 6, 12, (4, 9), 10
_ROUND = IN_GRID + IN_FULL_SCREEN + 1 + TOGETHER


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reviewer", description=__doc__)
    parser.add_argument("--photos", type=int, default=PHOTOS)
    photos: int = parser.parse_args(arguments).photos
    here = stage(photos)
    with chromium() as browser, window(browser, "ours", servers(here), is_known=False) as desk:
        desk.page.goto("/")
        fill_in(desk.page, "ada", PASSWORD)
        expect(desk.page.get_by_role("button", name="Sign out")).to_be_visible()
        desk.page.evaluate("watch.until('closed')")
        keyboard = Keyboard(desk.page, photos)
        began = time.monotonic()
        for step in _steps(keyboard):
            step()
        judged = time.monotonic() - began
        # The desk sends one decision after the other, and we have run ahead of the server.
        waiting.until(lambda: _saved(here)["waiting"] == 0, seconds=60 + 2 * photos)
        saved = time.monotonic() - began
    return _tell(keyboard, judged, saved, _saved(here))


def _steps(keyboard: Keyboard) -> Iterator[Callable[[], None]]:
    yield keyboard.spare_questions
    while keyboard.left > _ROUND:
        for _ in range(IN_GRID):
            yield keyboard.approve
        yield keyboard.enter_full_screen
        for number in range(IN_FULL_SCREEN):
            yield keyboard.reject if number in REJECTED else keyboard.approve
        yield keyboard.leave_full_screen
        yield keyboard.reject
        yield lambda: keyboard.approve_range(TOGETHER)
        yield keyboard.undo_approval
    while keyboard.left:
        yield keyboard.approve


def _saved(here: Stage) -> Mapping[str, int]:
    """What the database says of Ada's photos and decisions."""
    with Session(here.engine) as session:
        states = select(Photo.state, func.count()).where(Photo.assignee_id == here.ada.id)
        found = dict(session.execute(states.group_by(Photo.state)).all())
        made = select(func.count()).where(Decision.reviewer_id == here.ada.id)
        in_force = (PhotoState.APPROVED, PhotoState.REJECTED)
        approved, rejected = (found.get(state, 0) for state in in_force)
        return {
            "approved": approved,
            "rejected": rejected,
            "undone": session.scalars(made.select_from(Decision)).one() - approved - rejected,
            "waiting": found.get(PhotoState.IN_REVIEW, 0),
        }


def _tell(keyboard: Keyboard, judged: float, saved: float, found: Mapping[str, int]) -> int:
    photos = keyboard.approved + keyboard.rejected
    did = {"approved": keyboard.approved, "rejected": keyboard.rejected, "waiting": keyboard.left}
    is_right = did.items() <= found.items() and found["undone"] <= keyboard.undone
    counts = ", ".join(f"{number} {name}" for name, number in did.items())
    lines = [
        f"{photos} photos in {judged:.1f} s: {60 * photos / judged:.0f} a minute; "
        f"all saved {saved - judged:.1f} s later",
        *(
            f"{wait}: {len(times)} waits, median {statistics.median(times):.0f} ms, "
            f"longest {max(times):.0f} ms"
            for wait, times in keyboard.waits.items()
        ),
        f"{counts}; {keyboard.undone} undone, of which {found['undone']} had been saved before",
        "As in the database" if is_right else f"In the database: {dict(found)}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

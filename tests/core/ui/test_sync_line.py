from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.models import SyncKind
from core.queries.sync_state import SyncState
from core.ui import sync_line

NOW = datetime(2026, 11, 23, 13, 10, tzinfo=UTC)
READ = SyncState(
    shop_id=1,
    shop_name="Paw Prints",
    time_zone="Europe/Berlin",
    kind=SyncKind.POLL,
    started_at=NOW,
    finished_at=NOW,
    orders=0,
    expected=None,
    photos=0,
    error=None,
    read_at=NOW - timedelta(seconds=20),
    fetching=0,
)
RUNNING = replace(READ, finished_at=None)
IMPORTING = replace(RUNNING, kind=SyncKind.IMPORT, read_at=None)
STALE = replace(READ, read_at=NOW - timedelta(minutes=8), error="timeout")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (IMPORTING, "Reading the shop: 0 orders so far …"),
        (replace(IMPORTING, expected=1200), "Reading the shop: about 1,200 orders …"),
        (
            replace(IMPORTING, orders=340, expected=1200),
            "Reading the shop: 340 of about 1,200 orders …",
        ),
        # More came in while it was read.
        (replace(IMPORTING, orders=9, expected=7), "Reading the shop: 9 of about 9 orders …"),
        (replace(IMPORTING, orders=7), "Reading the shop: 7 orders so far …"),
        (replace(RUNNING, orders=3), "Reading the shop: 3 orders so far …"),
        (replace(RUNNING, fetching=2), "Fetching 2 photos …"),
        (replace(READ, error="timeout"), "The shop did not answer. Trying again every minute."),
        (STALE, "No answer since 14:02. Trying again every minute."),
        (replace(STALE, error=None), "Not read since 14:02: the worker may have stopped."),
        (
            replace(STALE, finished_at=None, error=None),
            "No answer since 14:02. Trying again every minute.",
        ),
        (
            replace(STALE, read_at=NOW - timedelta(days=1)),
            "No answer since 22 Nov, 14:10. Trying again every minute.",
        ),
        (
            replace(STALE, error="unauthorized"),
            "No answer since 14:02. The shop does not let us in any more: see Shops.",
        ),
        (replace(READ, started_at=None, finished_at=None, read_at=None), "Not read yet"),
        (replace(RUNNING, read_at=None), "Reading the shop …"),
    ],
)
def test_how_fresh_our_copy_is(state: SyncState, words: str) -> None:
    assert sync_line.line([state], NOW) == words


def test_with_several_shops_the_first_is_named() -> None:
    other = replace(STALE, shop_id=2, shop_name="Mugs *and* more", error="locked")

    words = sync_line.line([other, READ], NOW)

    assert words == (
        r"Mugs \*and\* more: No answer since 14:02. The shop is frozen, or locked by Shopify."
    )

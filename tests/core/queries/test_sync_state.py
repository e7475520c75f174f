from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.models import PhotoState, Shop, SyncKind, SyncRun, utc_now
from core.queries import sync_state
from core.queries.queue_view import View
from core.services import sync
from tests.cast import Cast


def test_without_a_shop_there_is_nothing_to_tell(session: Session) -> None:
    assert sync_state.states(session, utc_now()) == []
    assert sync_state.shop_ids(session) == []
    assert sync_state.run(session, 0) is None


def test_a_shop_that_was_never_read(cast: Cast, session: Session) -> None:
    (state,) = sync_state.states(session, utc_now())

    assert (state.shop_name, state.is_running, state.orders) == ("Paw Prints", False, 0)


def test_the_latest_run_is_told_with_what_is_on_its_way(cast: Cast, session: Session) -> None:
    sync.finish(session, sync.start(session, cast.shop.id), error="throttled")
    run_id = sync.start(session, cast.shop.id)
    session.execute(update(SyncRun).where(SyncRun.id == run_id).values(orders=7, photos=9))
    cast.order(photos=2).photos[0].state = PhotoState.FETCHING
    session.flush()

    (state,) = sync_state.states(session, utc_now())

    assert (state.is_running, state.error) == (True, None)
    assert (state.orders, state.photos, state.fetching) == (7, 9, 1)


def test_a_run_knows_where_to_begin(cast: Cast, session: Session) -> None:
    cursor = utc_now()
    session.execute(update(Shop).values(orders_cursor=cursor))
    run_id = sync.start(session, cast.shop.id)

    run = sync_state.run(session, run_id)
    sync.finish(session, run_id)
    finished = sync_state.run(session, run_id)

    assert run is not None
    assert (run.shop_id, run.cursor, run.is_finished) == (cast.shop.id, cursor, False)
    assert finished is not None
    assert finished.is_finished


def test_the_state_is_one_statement(cast: Cast, session: Session, queries: list[str]) -> None:
    for _ in range(3):
        sync.finish(session, sync.start(session, cast.shop.id))
    before = len(queries)

    sync_state.states(session, utc_now())

    assert len(queries) == before + 1


def test_what_came_in_since_is_counted_for_the_view_that_is_shown(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    cast.order(photos=2)
    before = sync_state.newest_upload(session)
    mine, other = cast.order(photos=3), cast.order(photos=1)
    mine.order.assignee_id, other.order.assignee_id = cast.ada.id, cast.bob.id
    session.flush()
    cast.approve(mine.photos[0])
    sent = len(queries)

    assert sync_state.arrivals(session, View(), after=before) == 3
    assert len(queries) == sent + 1
    assert sync_state.arrivals(session, View(whose=cast.ada.id), after=before) == 2
    assert sync_state.arrivals(session, View(), after=sync_state.newest_upload(session)) == 0


def ended(session: Session, shop: Shop, *, minutes: float, **values: object) -> None:
    """A run that ended so many minutes ago."""
    at = utc_now() - timedelta(minutes=minutes)
    session.add(SyncRun(shop_id=shop.id, started_at=at, finished_at=at, **values))
    session.flush()


def test_a_shop_is_stale_once_it_was_not_read_for_minutes(cast: Cast, session: Session) -> None:
    ended(session, cast.shop, minutes=6, error="unreadable_orders")  # the others were read
    ended(session, cast.shop, minutes=1, error="timeout")

    (state,) = sync_state.states(session, utc_now())

    assert state.is_stale(utc_now())
    assert not state.is_stale(utc_now() - timedelta(minutes=2))


def test_a_refresh_is_nobodys_concern(cast: Cast, session: Session) -> None:
    ended(session, cast.shop, minutes=2)
    sync.start_refresh(session, cast.shop.id)

    (state,) = sync_state.states(session, utc_now())

    assert (state.kind, state.is_running) == (SyncKind.POLL, False)


def test_of_several_shops_the_worst_comes_first(cast: Cast, session: Session) -> None:
    fresh, failing, stale, importing = cast, Cast(session), Cast(session), Cast(session)
    gone = Cast(session)
    gone.shop.disconnected_at = utc_now()
    ended(session, fresh.shop, minutes=1)
    ended(session, failing.shop, minutes=2)
    ended(session, failing.shop, minutes=1, error="timeout")
    ended(session, stale.shop, minutes=60)
    sync.start(session, importing.shop.id)

    found = sync_state.states(session, utc_now())

    worst_first = [stale.shop.id, failing.shop.id, importing.shop.id, fresh.shop.id]
    assert [state.shop_id for state in found] == worst_first
    assert sync_state.shop_ids(session) == sorted(worst_first)
    assert sync_state.source(session, gone.shop.id) is None


def test_an_import_goes_by_pages_once_a_bulk_operation_has_failed(
    cast: Cast, session: Session
) -> None:
    first = sync.start(session, cast.shop.id)
    sync.begin_bulk(session, first, "gid://shopify/BulkOperation/1")
    before = sync_state.run(session, first)
    sync.forget_bulk(session, first, error="bulk_failed")
    after = sync_state.run(session, first)
    sync.begin_bulk(session, first, "gid://shopify/BulkOperation/2")
    sync.finish(session, first, error="stopped")
    second = sync_state.run(session, sync.start(session, cast.shop.id))

    assert before is not None
    assert not before.is_by_pages
    assert after is not None
    assert (after.is_by_pages, after.bulk_operation_id) == (True, None)
    assert second is not None
    assert second.is_by_pages

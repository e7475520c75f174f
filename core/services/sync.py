"""Readings of the shops: what is asked for, what is under way, and how far it has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.orders import ChangedFulfillment, ShopifyOrder
from core.models import FulfillmentOrder, Order, Photo, Shop, SyncKind, SyncRun, utc_now

_TASK = {
    SyncKind.POLL: "sync_orders",
    SyncKind.IMPORT: "import_orders",
    SyncKind.REFRESH: "refresh_orders",
}
_PRIORITY = {SyncKind.POLL: 10, SyncKind.IMPORT: 0, SyncKind.REFRESH: -5}
#: Below the fetching of photos: our own holds bring webhooks, too, and in a rush people wait for
#: pictures and mail first.
_ONE_ORDER = -1
#: Above all else: somebody looks at the order, and waits.
_ASKED = 25


def start(session: Session, shop_id: int) -> int:
    """Open a run, unless one is under way, and have a worker do it. Return the run's id.

    Until a shop was read for the first time, that is its import.
    """
    shop = _locked(session, shop_id)
    running = _under_way(session, shop_id, SyncKind.POLL)
    if running is not None:
        return running.id
    importing = _under_way(session, shop_id, SyncKind.IMPORT)
    # By pages it moves the same cursor.
    if importing and (shop.orders_cursor is None or importing.bulk_operation_id is None):
        return importing.id
    kind = SyncKind.IMPORT if shop.orders_cursor is None else SyncKind.POLL
    return _open(session, shop_id, kind)


def start_import(session: Session, shop_id: int) -> int:
    """Have all orders read that Shopify shows, whatever was read before. Return the run's id."""
    return _start(session, shop_id, SyncKind.IMPORT)


def start_refresh(session: Session, shop_id: int) -> int:
    """Have all orders read again that are open here. Return the run's id."""
    return _start(session, shop_id, SyncKind.REFRESH)


def refresh_anew(session: Session, shop_id: int) -> int:
    """The same by the rules that hold now: what is under way began with others."""
    _locked(session, shop_id)
    running = _under_way(session, shop_id, SyncKind.REFRESH)
    if running is not None:
        finish(session, running.id)
    return _open(session, shop_id, SyncKind.REFRESH)


def _start(session: Session, shop_id: int, kind: SyncKind) -> int:
    _locked(session, shop_id)
    running = _under_way(session, shop_id, kind)
    return running.id if running else _open(session, shop_id, kind)


def _locked(session: Session, shop_id: int) -> Shop:
    # So that two people who click at once start one run.
    return session.get_one(
        Shop, shop_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _under_way(session: Session, shop_id: int, kind: SyncKind) -> SyncRun | None:
    return session.scalars(
        select(SyncRun)
        .where(SyncRun.shop_id == shop_id, SyncRun.finished_at.is_(None), SyncRun.kind == kind)
        .order_by(SyncRun.id.desc())
        .limit(1)
    ).one_or_none()


def _open(session: Session, shop_id: int, kind: SyncKind) -> int:
    run = SyncRun(shop_id=shop_id, kind=kind)
    session.add(run)
    session.flush()
    queue.defer(
        session, _TASK[kind], lock=f"{kind}:{shop_id}", priority=_PRIORITY[kind], run_id=run.id
    )
    return run.id


def go_on(session: Session, run_id: int, *, at: datetime | None = None, after: int = 0) -> None:
    """Have the rest of a run done by another job, so that no worker waits or works for hours."""
    run = session.get_one(SyncRun, run_id)
    task = _TASK[run.kind]
    # A job that was killed right here does all of its part again.
    if not session.scalar(select(queue.is_waiting(task, "run_id", str(run_id)))):
        position: dict[str, Any] = {"after": after} if after else {}
        priority = _PRIORITY[run.kind]
        queue.defer(session, task, at=at, priority=priority, run_id=run_id, **position)


def finish(session: Session, run_id: int, *, error: str | None = None) -> None:
    session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id, SyncRun.finished_at.is_(None))
        .values(finished_at=utc_now(), error=error)
    )


def close_abandoned(session: Session) -> None:
    """End runs whose job is gone, so that another one can begin."""
    is_pending = or_(
        *(
            (SyncRun.kind == kind) & queue.is_pending(task, "run_id", SyncRun.id)
            for kind, task in _TASK.items()
        )
    )
    session.execute(
        update(SyncRun)
        .where(SyncRun.finished_at.is_(None), ~is_pending)
        .values(finished_at=utc_now(), error="stopped"),
        execution_options={"synchronize_session": False},
    )


def forget_old(session: Session, *, before: datetime) -> None:
    """Forget runs that nobody asks for; the latest of each kind stays."""
    latest = select(func.max(SyncRun.id)).group_by(SyncRun.shop_id, SyncRun.kind)
    session.execute(
        delete(SyncRun).where(SyncRun.finished_at < before, SyncRun.id.not_in(latest)),
        execution_options={"synchronize_session": False},
    )


def move_on(session: Session, run_id: int, page: Sequence[ShopifyOrder]) -> None:
    """Move the cursor behind a page, once all of its orders are taken over."""
    if not page:
        return
    _move_cursor(session, run_id, max(order.updated_at for order in page))
    count(session, run_id, len(page))


def count(session: Session, run_id: int, orders: int) -> None:
    """Count what was read besides."""
    session.execute(
        update(SyncRun).where(SyncRun.id == run_id).values(orders=SyncRun.orders + orders)
    )


def expect(session: Session, run_id: int, orders: int) -> None:
    session.execute(update(SyncRun).where(SyncRun.id == run_id).values(expected=orders))


def begin_bulk(session: Session, run_id: int, operation_id: str) -> None:
    session.execute(
        update(SyncRun).where(SyncRun.id == run_id).values(bulk_operation_id=operation_id)
    )


def forget_bulk(session: Session, run_id: int, *, error: str | None = None) -> None:
    """Begin the import again; by pages, if there is an error."""
    session.execute(
        update(SyncRun).where(SyncRun.id == run_id).values(bulk_operation_id=None, error=error)
    )


def begin_again(session: Session, run_id: int) -> None:
    """Count from the start: what an earlier try took over is quickly passed over."""
    session.execute(update(SyncRun).where(SyncRun.id == run_id).values(orders=0))


def imported(
    session: Session, run_id: int, *, until: datetime | None, error: str | None = None
) -> None:
    """End an import; what has changed since `until` is for the next run."""
    if until is not None:
        _move_cursor(session, run_id, until)
    finish(session, run_id, error=error)


def note_unreadable(session: Session, run_id: int) -> None:
    session.execute(update(SyncRun).where(SyncRun.id == run_id).values(error="unreadable_orders"))


def refreshed(session: Session, run_id: int) -> None:
    run = session.get_one(SyncRun, run_id)
    session.execute(update(Shop).where(Shop.id == run.shop_id).values(refreshed_at=utc_now()))
    finish(session, run_id, error=run.error)


def _move_cursor(session: Session, run_id: int, moment: datetime) -> None:
    shop_id = select(SyncRun.shop_id).where(SyncRun.id == run_id).scalar_subquery()
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id)
        .values(orders_cursor=func.greatest(Shop.orders_cursor, moment)),
        execution_options={"synchronize_session": False},
    )


def request_order(session: Session, shop_id: int, shopify_order_id: str) -> None:
    """Have an order read again, and what ships it; a job that still waits will do."""
    _request(session, "sync_order", "order", shop_id, shopify_order_id)


def ask_for_order(session: Session, shop_id: int, shopify_order_id: str) -> None:
    """The same for somebody who waits for it."""
    is_asked = queue.prefer(
        session, "sync_order", "order", shopify_order_id, shop_id=str(shop_id), priority=_ASKED
    )
    if not is_asked:
        queue.defer(session, "sync_order", priority=_ASKED, shop_id=shop_id, order=shopify_order_id)


def request_unreadable(session: Session, shop_id: int, shopify_order_ids: Sequence[str]) -> None:
    """Have orders tried again, each for itself, that were not as expected in what we read.

    The polls may see them each minute: a job that waits for its next try will do, too.
    """
    for shopify_id in shopify_order_ids:
        waits = queue.is_waiting("sync_order", "order", shopify_id, shop_id=str(shop_id))
        if not session.scalar(select(waits)):
            request_order(session, shop_id, shopify_id)


def request_fulfillment_order(
    session: Session, shop_id: int, shopify_fulfillment_order_id: str
) -> None:
    """Have the order read again that a fulfillment order is of."""
    # Shopify is asked which one that is only where we do not know.
    of_order = (
        select(Order.shopify_id)
        .join(FulfillmentOrder, FulfillmentOrder.order_id == Order.id)
        .where(
            Order.shop_id == shop_id, FulfillmentOrder.shopify_id == shopify_fulfillment_order_id
        )
    )
    if known := session.scalar(of_order.limit(1)):
        request_order(session, shop_id, known)
        return
    _request(
        session, "sync_fulfillment_order", "fulfillment", shop_id, shopify_fulfillment_order_id
    )


def _request(session: Session, task: str, name: str, shop_id: int, shopify_id: str) -> None:
    # One that runs does not count, since it may have read before the change; nor one that failed
    # and is to be tried again in a while.
    if not session.scalar(select(queue.is_due(task, name, shopify_id, shop_id=str(shop_id)))):
        arguments: dict[str, Any] = {"shop_id": shop_id, name: shopify_id}
        queue.defer(session, task, priority=_ONE_ORDER, **arguments)


def note_fulfillments(
    session: Session, shop_id: int, changed: Sequence[ChangedFulfillment], *, since: datetime
) -> None:
    """Have orders with photos read again whose fulfillment orders are not as we know them.

    The cursor moves behind them, or to where the reading began.
    """
    known = session.execute(
        select(Order.shopify_id, FulfillmentOrder.shopify_id, FulfillmentOrder.updated_at)
        .outerjoin(FulfillmentOrder, FulfillmentOrder.order_id == Order.id)
        .where(
            Order.shop_id == shop_id,
            Order.shopify_id.in_({each.order_id for each in changed}),
            exists().where(Photo.order_id == Order.id),
        )
    ).all()
    orders = {order_id for order_id, _, _ in known}
    seen_at = {id_: updated_at for _, id_, updated_at in known if id_ is not None}
    news = {
        each.order_id
        for each in changed
        if each.order_id in orders
        and (each.id not in seen_at or seen_at[each.id] < each.updated_at)
    }
    for order_id in sorted(news):
        request_order(session, shop_id, order_id)
    newest = max([since, *(each.updated_at for each in changed)])
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id)
        .values(fulfillments_cursor=func.greatest(Shop.fulfillments_cursor, newest)),
        execution_options={"synchronize_session": False},
    )

"""Our copy of the shops' orders, brought up to date."""

import logging
from datetime import UTC, datetime, timedelta

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import Clients, clients_of
from core.errors import Unavailable
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.order_reader import ORDERS_BY_IDS, Page
from core.jobs import order_pages
from core.queries import open_orders, sync_state
from core.queries.sync_state import Run
from core.services import order_intake, sync

logger = logging.getLogger(__name__)

tasks = Blueprint()

SHOPIFY = queue.Backoff(tries=10, first=2, longest=900)
#: Orders are read again from a little before the last one, in case clocks disagree.
OVERLAP = timedelta(minutes=5)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="sync_shops")
def sync_shops(timestamp: int) -> None:
    with db.transaction() as session:
        for shop_id in sync_state.shop_ids(session):
            sync.start(session, shop_id)


@tasks.task(name="sync_orders", pass_context=True)
def sync_orders(context: JobContext, *, run_id: int) -> None:
    clients = clients_of(context)
    with db.transaction() as session:
        run = sync_state.run(session, run_id)
    if run is None or run.is_finished:
        return
    unreadable: list[str] = []
    try:
        with clients.admin(run.shop_id) as client:
            unreadable = _read_orders(clients, client, run)
            _read_fulfillments(client, run)
    except Unavailable as error:
        # The next minute's run begins where this one came to.
        with db.transaction() as session:
            sync.finish(session, run_id, error=error.code)
        logger.warning("Sync of shop %s stopped: %s", run.shop_id, error)
    else:
        if unreadable:
            logger.error("Orders that could not be read: %s", ", ".join(unreadable))
        with db.transaction() as session:
            sync.finish(session, run_id, error="unreadable_orders" if unreadable else None)


def _read_orders(clients: Clients, client: AdminClient, run: Run) -> list[str]:
    since = run.cursor - OVERLAP if run.cursor else datetime.now(UTC) - order_intake.SHOWN_FOR
    unreadable: list[str] = []
    for page in client.orders_updated_since(since):
        unreadable += page.unreadable
        order_pages.take_over(clients, run.source, page, run_id=run.id)
        # Only now: killed before, the next run begins where this page did.
        with db.transaction() as session:
            sync.move_on(session, run.id, page.orders)
    return unreadable


def _read_fulfillments(client: AdminClient, run: Run) -> None:
    """A hold that comes or goes changes no order: these tell which to read again."""
    since = run.fulfillments_cursor or run.started_at
    for page in client.fulfillment_orders_updated_since(since - OVERLAP):
        with db.transaction() as session:
            sync.note_fulfillments(session, run.shop_id, page, since=since)


@tasks.task(name="sync_order", pass_context=True, retry=SHOPIFY)
def sync_order(context: JobContext, *, shop_id: int, order: str) -> None:
    """Read one order with what ships it, whoever said that there is something new."""
    clients = clients_of(context)
    with db.transaction() as session:
        source = sync_state.source(session, shop_id)
    if source is None:
        return
    asked_at = datetime.now(UTC)
    with clients.admin(shop_id) as client:
        whole = client.whole_order(order)
    page = Page(
        orders=(whole.order,) if whole else (),
        unreadable=(),
        has_more=False,
        asked_at=asked_at,
        gone=() if whole else (order,),
    )
    order_pages.take_over(clients, source, page)
    if whole is not None:
        with db.transaction() as session:
            order_intake.record_fulfillments(session, shop_id, order, whole.fulfillment_orders)


@tasks.task(name="sync_fulfillment_order", pass_context=True, retry=SHOPIFY)
def sync_fulfillment_order(context: JobContext, *, shop_id: int, fulfillment: str) -> None:
    with db.transaction() as session:
        source = sync_state.source(session, shop_id)
    if source is None:
        return
    with clients_of(context).admin(shop_id) as client:
        order = client.order_of_fulfillment(fulfillment)
    if order is not None:
        with db.transaction() as session:
            sync.request_order(session, shop_id, order)


@tasks.periodic(cron="11 * * * *")
@tasks.task(name="start_refreshes")
def start_refreshes(timestamp: int) -> None:
    with db.transaction() as session:
        for shop_id in open_orders.due(session, datetime.now(UTC)):
            sync.start_refresh(session, shop_id)


@tasks.task(name="refresh_orders", pass_context=True, retry=SHOPIFY)
def refresh_orders(context: JobContext, *, run_id: int, after: int = 0) -> None:
    """Read some of the open orders again, and leave the rest to another job."""
    clients = clients_of(context)
    now = datetime.now(UTC)
    with db.transaction() as session:
        run = sync_state.run(session, run_id)
        if run is None or run.is_finished:
            return
        orders = open_orders.after(session, run.shop_id, after, now, limit=ORDERS_BY_IDS)
        if not orders:
            sync.refreshed(session, run_id)
            return
    try:
        with clients.admin(run.shop_id) as client:
            page = client.orders_by_ids([shopify_id for _, shopify_id in orders])
    except Unavailable as error:
        if SHOPIFY.get_retry_decision(exception=error, job=context.job) is not None:
            raise
        with db.transaction() as session:
            sync.finish(session, run_id, error=error.code)
        logger.warning("Refresh of shop %s stopped: %s", run.shop_id, error)
        return
    order_pages.take_over(clients, run.source, page, run_id=run_id)
    if page.unreadable:
        logger.error("Orders that could not be read: %s", ", ".join(page.unreadable))
    with db.transaction() as session:
        if page.unreadable:
            sync.note_unreadable(session, run_id)
        sync.count(session, run_id, len(orders))
        sync.go_on(session, run_id, after=orders[-1][0])

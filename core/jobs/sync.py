"""Our copy of the shops' orders, brought up to date."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from procrastinate import Blueprint, JobContext

from core import db
from core.clients import clients_of
from core.errors import Unavailable
from core.integrations.shopify.order_photos import OrderPhotos, find_on_order
from core.integrations.shopify.orders import ShopifyOrder
from core.queries import sync_state
from core.services import sync

logger = logging.getLogger(__name__)

tasks = Blueprint()

#: Orders are read again from a little before the last one, in case clocks disagree.
OVERLAP = timedelta(minutes=5)
#: How far back the first reading goes: Shopify shows no older orders without a special grant.
FIRST_READING = timedelta(days=60)


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
    since = run.cursor - OVERLAP if run.cursor else datetime.now(UTC) - FIRST_READING
    demo = clients.demo_address if run.is_demo else None
    unreadable: list[str] = []
    try:
        with clients.admin(run.shop_id) as client:
            for page in client.orders_updated_since(since):
                unreadable += page.unreadable
                found = [(order, find_on_order(order, demo=demo)) for order in page.orders]
                _take_over(run_id, found)
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


def _take_over(run_id: int, page: Sequence[tuple[ShopifyOrder, OrderPhotos]]) -> None:
    """Each order in a transaction of its own: nobody at the desk waits for the others."""
    with db.transaction() as session:
        news = sync.news(session, run_id, page)
    for sighting in news:
        with db.transaction() as session:
            sync.record(session, run_id, sighting)
    # Only now: killed before, the next run begins where this page did.
    with db.transaction() as session:
        sync.move_on(session, run_id, [order for order, _ in page])

"""Pages of orders, taken over without anybody at the desk waiting for them."""

from collections.abc import Sequence
from contextlib import ExitStack

from sqlalchemy.exc import DBAPIError

from core import db
from core.clients import Clients
from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.order_reader import Page
from core.queries import property_rules
from core.queries.sync_state import Source
from core.services import order_intake, sync
from core.services.order_rows import Sighting


def take_over(clients: Clients, source: Source, page: Page, *, run_id: int | None = None) -> None:
    """New orders in one transaction, each of the others in its own.

    Those that could not be read are asked for again, for the cursor moves on without them.
    """
    # Read for each page: a manager may change them while a long reading is under way.
    with db.transaction() as session:
        rules = property_rules.of_shop(session, source.shop_id)
    demo = clients.demo_address if source.is_demo else None
    found = [(order, find_on_order(order, rules=rules, demo=demo)) for order in page.orders]
    with db.transaction() as session:
        news = order_intake.news(session, source.shop_id, found, read_at=page.asked_at)
    for orders in news:
        _record(source.shop_id, orders, run_id)
    for shopify_id in page.gone:
        with db.transaction() as session:
            order_intake.record_gone(session, source.shop_id, shopify_id, read_at=page.asked_at)
    with db.transaction() as session:
        sync.request_unreadable(session, source.shop_id, page.unreadable)


def _record(shop_id: int, orders: Sequence[Sighting], run_id: int | None) -> None:
    try:
        with db.transaction() as session:
            order_intake.record(session, shop_id, orders, run_id=run_id)
    except DBAPIError as error:
        if len(orders) == 1 or error.connection_invalidated:
            raise
        # Each for itself, and all of them: one that the database refuses takes no other with it.
        with ExitStack() as each:
            for order in reversed(orders):
                each.callback(_record, shop_id, [order], run_id)

"""Pages of orders, taken over one order after the other."""

from core import db
from core.clients import Clients
from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.order_reader import Page
from core.queries import property_rules
from core.queries.sync_state import Source
from core.services import order_intake, sync


def take_over(clients: Clients, source: Source, page: Page, *, run_id: int | None = None) -> None:
    """Each order in a transaction of its own: nobody at the desk waits for the others.

    Those that could not be read are asked for again, for the cursor moves on without them.
    """
    # Read for each page: a manager may change them while a long reading is under way.
    with db.transaction() as session:
        rules = property_rules.of_shop(session, source.shop_id)
    demo = clients.demo_address if source.is_demo else None
    found = [(order, find_on_order(order, rules=rules, demo=demo)) for order in page.orders]
    with db.transaction() as session:
        news = order_intake.news(session, source.shop_id, found, read_at=page.asked_at)
    for sighting in news:
        with db.transaction() as session:
            order_intake.record(session, source.shop_id, sighting, run_id=run_id)
    for shopify_id in page.gone:
        with db.transaction() as session:
            order_intake.record_gone(session, source.shop_id, shopify_id, read_at=page.asked_at)
    with db.transaction() as session:
        sync.request_unreadable(session, source.shop_id, page.unreadable)

"""Silent customers, reminded; and what happens once their time is over."""

from procrastinate import Blueprint

from core import db, queue
from core.models import utc_now
from core.queries import silence
from core.services import follow_ups, gentle

tasks = Blueprint()

LOOKING = queue.Backoff(tries=5, first=2, longest=60)


@tasks.periodic(cron="*/5 * * * *")
@tasks.task(name="follow_up_customers")
def follow_up_customers(timestamp: int) -> None:
    """Find the orders with something to do; each is done for itself."""
    with db.transaction() as session:
        due = silence.due(session, now=utc_now())
        if due:
            each = [{"order_id": order_id} for order_id in due]
            queue.defer_each(session, "follow_up_customer", each, priority=-5)


@tasks.task(name="follow_up_customer", retry=LOOKING)
def follow_up_customer(*, order_id: int) -> None:
    with db.transaction() as session:
        follow_ups.look_after(session, order_id, now=utc_now())


@tasks.task(name="flag_gentle_orders", retry=LOOKING)
def flag_gentle_orders(*, shop_id: int) -> None:
    with db.transaction() as session:
        gentle.flag_open(session, shop_id)

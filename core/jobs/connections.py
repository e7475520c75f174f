"""Whether shops still let us in, and what they let us do."""

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import clients_of
from core.errors import Unavailable
from core.services import connections, subscriptions

tasks = Blueprint()

LOOKING = queue.Backoff(tries=5, first=5, longest=600)


@tasks.periodic(cron="23 3 * * *")
@tasks.task(name="check_connections")
def check_connections(timestamp: int) -> None:
    with db.transaction() as session:
        connections.request_checks(session)


@tasks.task(name="check_connection", pass_context=True, retry=LOOKING)
def check_connection(context: JobContext, *, shop_id: int) -> None:
    try:
        with clients_of(context).admin(shop_id) as client:
            found = client.check()
    except Unavailable as error:
        with db.transaction() as session:
            connections.check_failed(session, shop_id, error.code)
        if not error.permanent:
            raise
        return
    with db.transaction() as session:
        connections.checked(session, shop_id, found)
        # Shopify deletes a subscription that has failed eight times.
        subscriptions.request_check(session, shop_id)

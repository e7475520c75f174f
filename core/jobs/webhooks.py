"""What Shopify tells us by itself: worked off, and seen to that it goes on telling."""

import logging
from collections.abc import Callable
from functools import partial

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import clients_of
from core.errors import Unavailable
from core.integrations.shopify import webhooks as shopify
from core.integrations.shopify.client import AdminClient
from core.services import erasure, subscriptions, webhooks

logger = logging.getLogger(__name__)

tasks = Blueprint()

#: Only the database can be away.
DATABASE = queue.Backoff(tries=10, first=1, longest=60)
SHOPIFY = queue.Backoff(tries=10, first=2, longest=900)
#: One topic that we may not have is no reason to miss the others.
_REFUSALS = {"access_denied", "refused"}


@tasks.task(name="process_webhook", retry=DATABASE)
def process_webhook(*, delivery_id: int) -> None:
    with db.transaction() as session:
        webhooks.process(session, delivery_id)


@tasks.task(name="redact_order", retry=DATABASE)
def redact_order(*, order_id: int) -> None:
    with db.transaction() as session:
        erasure.redact_order(session, order_id)


@tasks.periodic(cron="43 * * * *")
@tasks.task(name="look_after_webhooks")
def look_after_webhooks(timestamp: int) -> None:
    """Take up deliveries that were left behind, and forget old ones."""
    for duty in (webhooks.recover, webhooks.forget_old):
        with db.transaction() as session:
            duty(session)


@tasks.task(name="check_webhooks", pass_context=True, retry=SHOPIFY)
def check_webhooks(context: JobContext, *, shop_id: int) -> None:
    """Have the shop send all that we want, where we are now, and nothing else."""
    with db.transaction() as session:
        uri = subscriptions.address(session, shop_id)
    if uri is None:
        return
    with clients_of(context).admin(shop_id) as client:
        topics = _bring_in_line(client, uri)
    with db.transaction() as session:
        subscriptions.record(session, shop_id, topics)


def _bring_in_line(client: AdminClient, uri: str) -> list[str]:
    """Return the topics that are sent to us now."""
    changes = subscriptions.compare(shopify.subscriptions(client), uri)
    topics = list(changes.right)
    for topic in changes.missing:
        fields = subscriptions.TOPICS[topic]
        if _is_granted(topic, partial(shopify.subscribe, client, topic, uri, fields)):
            topics.append(topic)
    for each in changes.wrong:
        fields = subscriptions.TOPICS[each.topic]
        if _is_granted(each.topic, partial(shopify.change, client, each.id, uri, fields)):
            topics.append(each.topic)
    for each in changes.surplus:
        _is_granted(each.topic, partial(shopify.unsubscribe, client, each.id))
    return topics


def _is_granted(topic: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Unavailable as error:
        if error.code not in _REFUSALS:
            raise
        logger.warning("Shopify does not let us have %s: %s", topic, error)
        return False
    return True

"""What customers and shops ask through Shopify: what is known of them, and to forget it."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.errors import NotFound
from core.integrations.shopify.payloads import Concerned
from core.models import DataRequest, EventName, Order, Role, WebhookDelivery, utc_now
from core.services import connections, customer_sign_in, erasure, history
from core.services.actors import Actor
from core.services.storable import storable


def take_request(session: Session, shop_id: int, shopify_id: str, asks: Concerned) -> None:
    """Have a manager answer what is known of a customer. The same request again is one."""
    request_id = session.scalar(
        insert(DataRequest)
        .values(
            shop_id=shop_id,
            shopify_id=shopify_id,
            email=storable(asks.email),
            orders=list(asks.orders),
            received_at=utc_now(),
        )
        .on_conflict_do_nothing(index_elements=[DataRequest.shop_id, DataRequest.shopify_id])
        .returning(DataRequest.id)
    )
    if request_id is not None:
        history.record(session, EventName.DATA_REQUESTED, shop_id=shop_id, request=request_id)


def answer(session: Session, request_id: int, *, manager: Actor) -> None:
    """Record that the customer was told; doing it again changes nothing."""
    manager.require(Role.MANAGER)
    request = session.get(DataRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound
    if request.answered_at is None:
        request.answered_at, request.answered_by_id = utc_now(), manager.id
        # Whoever was answered need not be remembered for having asked.
        request.email = None


def redact_customer(session: Session, shop_id: int, asks: Concerned) -> None:
    """Forget a customer at Shopify's word, also where an order of theirs has not shipped."""
    erasure.redact(session, shop_id, email=storable(asks.email), orders=asks.orders)


def redact_shop(session: Session, shop_id: int) -> None:
    """Forget all customers of a shop that left two days ago; its own rows stay."""
    connections.uninstalled(session, shop_id)
    session.execute(
        select(queue.deferred("redact_order", priority=-10, order_id=Order.id)).where(
            Order.shop_id == shop_id, Order.erased_at.is_(None)
        )
    )
    session.execute(update(DataRequest).where(DataRequest.shop_id == shop_id).values(email=None))
    customer_sign_in.forget_shop(session, shop_id)
    # One that is being worked off just now forgets what it says by itself.
    waiting = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.shop_id == shop_id, WebhookDelivery.processed_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(WebhookDelivery).where(WebhookDelivery.id.in_(waiting)),
        execution_options={"synchronize_session": False},
    )
    history.record(session, EventName.SHOP_ERASED, shop_id=shop_id)

"""Orders kept from shipping, and let go, in Shopify."""

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import clients_of
from core.errors import Unavailable
from core.services import decisions, holds, messages

tasks = Blueprint()

SHOPIFY = queue.Backoff(tries=10, first=2, longest=900)


@tasks.task(name="hold_order", pass_context=True, retry=SHOPIFY)
def hold_order(context: JobContext, *, order_id: int) -> None:
    with db.transaction() as session:
        order = holds.to_place(session, order_id)
    if order is None:
        return
    refused: Unavailable | None = None
    with clients_of(context).admin(order.shop_id) as client:
        found = client.fulfillment_orders(order.shopify_id)
        if not found:
            # Shopify makes them a moment after the order.
            raise Unavailable("no_fulfillment_orders")
        for each in found:
            if not each.can_be_held or not order.concerns(each):
                continue
            try:
                hold = client.hold(
                    each.id,
                    handle=holds.HANDLE,
                    note="Waiting for the photos to be approved in Loupe",
                    external_id=str(order_id),
                )
            except Unavailable as error:
                refused = refused or error  # the others are held all the same
            else:
                with db.transaction() as session:
                    holds.placed(session, order_id, fulfillment_order_id=each.id, hold_id=hold.id)
        if order.says_approved:
            client.set_tags(order.shopify_id, remove=[holds.APPROVED_TAG])
            client.set_metafield(order.shopify_id, {"state": holds.WAITING})
    if refused is not None:
        raise refused


@tasks.task(name="follow_up_order", retry=SHOPIFY)
def follow_up_order(*, order_id: int) -> None:
    with db.transaction() as session:
        look_again = messages.queue_issue_mail(session, order_id)
        if look_again is not None:
            decisions.follow_up(session, order_id, at=look_again)
        holds.request_release(session, order_id)


@tasks.task(name="release_order", pass_context=True, retry=SHOPIFY)
def release_order(context: JobContext, *, order_id: int) -> None:
    with db.transaction() as session:
        release = holds.to_release(session, order_id)
    if release is None:
        return
    with clients_of(context).admin(release.shop_id) as client:
        for fulfillment_order_id, hold_id in release.holds:
            client.release(fulfillment_order_id, [hold_id])
        if release.photos:
            client.set_tags(release.shopify_id, add=[holds.APPROVED_TAG])
            client.set_metafield(
                release.shopify_id, {"state": holds.APPROVED_TAG, "photos": release.photos}
            )
    with db.transaction() as session:
        if holds.released(session, order_id) and release.photos:
            messages.queue_all_approved(session, order_id)

"""Orders kept from shipping, let go, and marked, in Shopify."""

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import Clients, clients_of
from core.errors import Unavailable
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.orders import ShopifyFulfillmentOrder
from core.services import decisions, errands, holds, marks, messages, releases
from core.services.fulfillments import HANDLE

tasks = Blueprint()

SHOPIFY = queue.Backoff(tries=10, first=2, longest=900)


@tasks.task(name="follow_up_order", retry=SHOPIFY)
def follow_up_order(*, order_id: int) -> None:
    with db.transaction() as session:
        look_again = messages.queue_issue_mail(session, order_id)
        if look_again is not None:
            decisions.follow_up(session, order_id, at=look_again)
        releases.request_look(session, order_id)


# The other names are those of jobs that an older version may have left in the queue.
@tasks.task(
    name="tell_shopify", aliases=["hold_order", "release_order"], pass_context=True, retry=SHOPIFY
)
def tell_shopify(context: JobContext, *, order_id: int) -> None:
    """Have the order held or let go, and say on it where its photos stand."""
    refusals = []
    # Released before looked at: what we let go nobody else has removed.
    for step in (_release, _hold, _mark):
        try:
            step(clients_of(context), order_id)
        except Unavailable as error:
            refusals.append(error)  # the other steps are taken all the same
    passing = next((error for error in refusals if not error.permanent), None)
    if passing and SHOPIFY.get_retry_decision(exception=passing, job=context.job) is not None:
        raise passing
    with db.transaction() as session:
        if refusals:
            errands.refused(session, order_id, "; ".join(map(str, refusals)))
        else:
            errands.accepted(session, order_id)


def _hold(clients: Clients, order_id: int) -> None:
    with db.transaction() as session:
        order = holds.to_place(session, order_id)
    if order is None:
        return
    refusal: Unavailable | None = None
    with clients.admin(order.shop_id) as client:
        found = client.fulfillment_orders(order.shopify_id)
        if not found:
            # Shopify makes them a moment after the order.
            raise Unavailable("no_fulfillment_orders")
        with db.transaction() as session:
            wanted = holds.look(session, order_id, found)
        for each in wanted:
            try:
                _place(client, order_id, each)
            except Unavailable as error:
                refusal = refusal or error  # the others are held all the same
    if order.misses(found):
        refusal = refusal or Unavailable("shipped_by_others", permanent=True)
    if refusal is not None:
        raise refusal


def _place(client: AdminClient, order_id: int, each: ShopifyFulfillmentOrder) -> None:
    hold = each.own_hold(HANDLE)
    if hold is None and not each.can_be_held:
        raise Unavailable("cannot_be_held", each.status, permanent=True)
    hold = hold or client.hold(
        each.id,
        handle=HANDLE,
        note="Waiting for the photos to be approved in Loupe",
        external_id=str(order_id),
    )
    with db.transaction() as session:
        holds.placed(
            session,
            order_id,
            fulfillment_order_id=each.id,
            hold_id=hold.id,
            line_ids=[line.line_id for line in each.lines],
        )


def _release(clients: Clients, order_id: int) -> None:
    with db.transaction() as session:
        release = releases.to_release(session, order_id)
        if release is not None:
            releases.begin(session, order_id)
    if release is None:
        return
    if release.may_be_held:
        with clients.admin(release.shop_id) as client:
            for each in client.fulfillment_orders(release.shopify_id):
                hold = each.own_hold(HANDLE)
                if hold is not None:
                    client.release(each.id, [hold.id])
    with db.transaction() as session:
        if releases.released(session, order_id) and release.photos:
            messages.queue_all_approved(session, order_id)


def _mark(clients: Clients, order_id: int) -> None:
    with db.transaction() as session:
        mark = marks.to_set(session, order_id)
    if mark is None:
        return
    with clients.admin(mark.shop_id) as client:
        if mark.sets_tags:
            add = [mark.standing.value] if mark.standing else []
            client.set_tags(mark.shopify_id, add=add, remove=mark.outdated)
        if mark.sets_metafield:
            state = mark.standing.value if mark.standing else None
            client.set_metafield(mark.shopify_id, {"state": state, "photos": mark.approved})
    with db.transaction() as session:
        marks.was_set(session, order_id, mark)

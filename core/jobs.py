"""Work done outside a page: each task reads, talks to one outside system, and records.

The database is read in one transaction and written in a second one; between them nothing is
held. Every task is safe to run twice and to be killed.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from procrastinate import App, Blueprint, JobContext

from core import db, queue, upkeep
from core.clients import Clients
from core.config import settings
from core.errors import NotFound, PictureRefused, Unavailable
from core.integrations import download, intake, mail
from core.integrations.shopify.order_photos import OrderPhotos, find_on_order
from core.integrations.shopify.orders import ShopifyOrder
from core.integrations.storage import Size, digest, scratch
from core.queries import sync_state
from core.services import (
    decisions,
    findings,
    holds,
    keeping,
    messages,
    outbox,
    sync,
    uploads,
)

logger = logging.getLogger(__name__)

tasks = Blueprint()

#: Orders are read again from a little before the last one, in case clocks disagree.
OVERLAP = timedelta(minutes=5)
#: How far back the first reading goes: Shopify shows no older orders without a special grant.
FIRST_READING = timedelta(days=60)
#: What upload apps answer until a new order's file is there, and how often to ask again, which
#: with the tries of `FETCHING` makes 12 minutes.
NOT_READY = {"not_found", "forbidden"}
NOT_READY_SECONDS = 180.0
#: Without a heartbeat of its worker for so long, a job is taken up by another.
STALLED_SECONDS = 30.0


#: Half a day, for a disk that fills up in the evening or a host that is away; but a link that
#: leads nowhere is shown to staff in little more than a minute, and so is what kills its process.
FETCHING = queue.Backoff(
    tries=78,
    first=5,
    longest=600,
    tries_by_code={"not_found": 5, "forbidden": 5, "cut_short": 5, "killed": 3},
)
SENDING = queue.Backoff(tries=8, first=5, longest=3600)
JUDGING = queue.Backoff(tries=5, first=1, longest=60)
SHOPIFY = queue.Backoff(tries=10, first=2, longest=900)


def app(
    clients: Clients, *, stalled_seconds: float = STALLED_SECONDS
) -> tuple[App, dict[str, Any]]:
    """Return a worker's app and the context that its tasks run in."""
    worker = queue.worker_app()
    for blueprint in (tasks, upkeep.tasks):
        worker.add_tasks_from(blueprint, namespace="")
    return worker, {"clients": clients, "stalled_seconds": stalled_seconds}


def _clients(context: JobContext) -> Clients:
    return cast(Clients, context.additional_context["clients"])


@tasks.periodic(cron="* * * * *")
@tasks.task(name="sync_shops")
def sync_shops(timestamp: int) -> None:
    with db.transaction() as session:
        for shop_id in sync_state.shop_ids(session):
            sync.start(session, shop_id)


@tasks.task(name="sync_orders", pass_context=True)
def sync_orders(context: JobContext, *, run_id: int) -> None:
    clients = _clients(context)
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


@tasks.task(name="fetch_photo", pass_context=True, retry=FETCHING)
def fetch_photo(context: JobContext, *, photo_id: int) -> None:
    clients = _clients(context)
    with db.transaction() as session:
        photo = uploads.wanted(session, photo_id)
    if photo is None:
        return
    try:
        picture = _take_in(clients, photo)
    except PictureRefused as error:
        with db.transaction() as session:
            uploads.unavailable(session, photo, error.code)
    except Unavailable as error:
        if photo.is_new and error.code in NOT_READY:
            error.retry_after = NOT_READY_SECONDS
        if FETCHING.get_retry_decision(exception=error, job=context.job) is not None:
            raise
        host = error.detail if error.code == "host_not_trusted" else None
        with db.transaction() as session:
            uploads.unavailable(session, photo, error.code, host=host)
    else:
        with db.transaction() as session:
            uploads.arrived(session, photo, picture)


def _take_in(clients: Clients, photo: uploads.Wanted) -> intake.StoredPicture:
    with scratch() as folder:
        file = download.fetch(photo.url, folder, hosts=photo.hosts, demo=clients.demo_address)
        with db.transaction() as session:
            keeping.expect(session, digest(file.path))
        return intake.take_in(file.path, clients.storage, file_name=photo.file_name or None)


@tasks.task(name="judge_photos", retry=JUDGING)
def judge_photos(
    *, shop_id: int, product_id: int | None = None, order_id: int | None = None, after: int = 0
) -> None:
    with db.transaction() as session:
        go_on = findings.judge_again(
            session, shop_id, product_id=product_id, order_id=order_id, after=after
        )
        if go_on is not None:
            findings.request(
                session, shop_id, product_id=product_id, order_id=order_id, after=go_on
            )


@tasks.task(name="hold_order", pass_context=True, retry=SHOPIFY)
def hold_order(context: JobContext, *, order_id: int) -> None:
    with db.transaction() as session:
        order = holds.to_place(session, order_id)
    if order is None:
        return
    refused: Unavailable | None = None
    with _clients(context).admin(order.shop_id) as client:
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
    with _clients(context).admin(release.shop_id) as client:
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


@tasks.task(name="send_message", pass_context=True, retry=SENDING)
def send_message(context: JobContext, *, message_id: int) -> None:
    clients = _clients(context)
    with db.transaction() as session:
        claimed = outbox.claim(session, message_id)
    if claimed is None:
        return
    try:
        if not claimed.shop.is_demo:
            clients.mailer.send(_outgoing(clients, claimed))
    except mail.Uncertain as error:
        with db.transaction() as session:
            outbox.uncertain(session, message_id, str(error))
    except Unavailable as error:
        again = SENDING.get_retry_decision(exception=error, job=context.job) is not None
        with db.transaction() as session:
            (outbox.put_back if again else outbox.failed)(session, message_id, str(error))
        if again:
            raise
    else:
        with db.transaction() as session:
            outbox.sent(session, message_id, is_captured=claimed.shop.is_demo)


def _outgoing(clients: Clients, claimed: outbox.Claimed) -> mail.Outgoing:
    message, shop = claimed.message, claimed.shop
    inline = []
    with scratch() as folder:
        for number, picture in enumerate(message.pictures):
            path = folder / str(number)
            try:
                clients.storage.copy_to(picture["sha256"], path, Size.GRID)
            except NotFound as error:
                raise Unavailable("picture_gone", picture["sha256"], permanent=True) from error
            inline.append(mail.Inline(picture["cid"], mail.small_jpeg(path), "jpeg"))
    return mail.Outgoing(
        sender=settings().mail_from or shop.email,
        sender_name=shop.name,
        reply_to=shop.email,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        header_id=message.header_id,
        in_reply_to=message.in_reply_to,
        written_at=message.created_at,
        pictures=inline,
    )

"""The first reading of a shop: by a bulk operation, or by pages where that is quicker or fails.

A job looks how far Shopify has come and, if it has to wait, leaves the rest to a later one.
"""

import logging
from datetime import UTC, datetime, timedelta

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import Clients, clients_of
from core.errors import Unavailable
from core.integrations.shopify import bulk
from core.integrations.shopify.bulk import BulkOperation
from core.integrations.shopify.client import AdminClient
from core.integrations.storage import scratch
from core.jobs import order_pages
from core.queries import sync_state
from core.queries.sync_state import Run
from core.services import order_intake, sync

logger = logging.getLogger(__name__)

tasks = Blueprint()

#: Three minutes: after them a bulk operation is given up, and pages take far longer.
IMPORTING = queue.Backoff(tries=8, first=2, longest=60)
#: Of fewer orders the first pages are here before a bulk operation has even begun.
WORTH_A_BULK = 250
#: Where its end is not announced by a webhook, or before.
LOOK_AGAIN = timedelta(seconds=10)
BUSY = timedelta(seconds=30)


@tasks.task(name="import_orders", pass_context=True, retry=IMPORTING)
def import_orders(context: JobContext, *, run_id: int) -> None:
    clients = clients_of(context)
    with db.transaction() as session:
        run = sync_state.run(session, run_id)
    if run is None or run.is_finished:
        return
    try:
        with clients.admin(run.shop_id) as client:
            if run.bulk_operation_id is None:
                _begin(clients, client, run)
            else:
                _look(clients, client, run, run.bulk_operation_id)
    except Unavailable as error:
        if IMPORTING.get_retry_decision(exception=error, job=context.job) is not None:
            raise
        logger.warning("Import of shop %s stopped: %s", run.shop_id, error)
        with db.transaction() as session:
            if run.bulk_operation_id is None:
                sync.finish(session, run_id, error=error.code)
            else:
                sync.forget_bulk(session, run_id, error=error.code)
                sync.go_on(session, run_id)


def _begin(clients: Clients, client: AdminClient, run: Run) -> None:
    since = datetime.now(UTC) - order_intake.SHOWN_FOR
    expected = client.orders_count(since)
    with db.transaction() as session:
        sync.expect(session, run.id, expected)
    if run.is_by_pages or expected < WORTH_A_BULK:
        _read_pages(clients, client, run, since)
        return
    try:
        operation = bulk.start(client, since)
    except Unavailable as error:
        if error.code not in ("bulk_busy", "refused"):
            raise
        with db.transaction() as session:
            if error.code == "refused":
                logger.warning("No bulk operation in shop %s: %s", run.shop_id, error)
                sync.forget_bulk(session, run.id, error=error.code)
            sync.go_on(session, run.id, at=queue.now(session) + BUSY)
        return
    # Killed before this is known, another one is begun, and nobody reads the first.
    with db.transaction() as session:
        sync.begin_bulk(session, run.id, operation.id)
        sync.go_on(session, run.id, at=queue.now(session) + LOOK_AGAIN)


def _look(clients: Clients, client: AdminClient, run: Run, operation_id: str) -> None:
    operation = bulk.look(client, operation_id)
    if operation is not None and operation.is_complete:
        _read_file(clients, run, operation)
        return
    with db.transaction() as session:
        if operation is not None and operation.is_under_way:
            sync.go_on(session, run.id, at=queue.now(session) + LOOK_AGAIN)
            return
        is_lost = operation is None or operation.status == "EXPIRED"
        sync.forget_bulk(session, run.id, error=None if is_lost else "bulk_failed")
        sync.go_on(session, run.id)
    logger.warning("Bulk operation of shop %s came to nothing: %s", run.shop_id, operation)


def _read_file(clients: Clients, run: Run, operation: BulkOperation) -> None:
    demo = clients.demo_address if run.source.is_demo else None
    with db.transaction() as session:
        sync.begin_again(session, run.id)
    unreadable: list[str] = []
    with scratch() as folder:
        for page in bulk.pages(operation, folder, demo=demo):
            unreadable += page.unreadable
            order_pages.take_over(clients, run.source, page, run_id=run.id)
            with db.transaction() as session:
                sync.count(session, run.id, len(page.orders))
    # Not the newest order's time: another may have changed since it was written down.
    _end(run, unreadable, until=operation.created_at)


def _read_pages(clients: Clients, client: AdminClient, run: Run, since: datetime) -> None:
    with db.transaction() as session:
        sync.begin_again(session, run.id)
    unreadable: list[str] = []
    began: datetime | None = None
    has_orders = False
    for page in client.orders_updated_since(since):
        began = began or page.asked_at
        has_orders = has_orders or bool(page.orders)
        unreadable += page.unreadable
        order_pages.take_over(clients, run.source, page, run_id=run.id)
        with db.transaction() as session:
            sync.move_on(session, run.id, page.orders)
    # The pages may have come to their limit: then the next run goes on behind the last one.
    _end(run, unreadable, until=None if has_orders else began)


def _end(run: Run, unreadable: list[str], *, until: datetime | None) -> None:
    if unreadable:
        logger.error("Orders that could not be read: %s", ", ".join(unreadable))
    with db.transaction() as session:
        sync.imported(
            session, run.id, until=until, error="unreadable_orders" if unreadable else None
        )

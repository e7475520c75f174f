"""Work that nobody asks for: take up what was left behind, remove and forget what is over."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import cast

from procrastinate import App, Blueprint, JobContext, RetryStrategy
from procrastinate.jobs import Status
from sqlalchemy.exc import OperationalError

from core import db
from core.clients import Clients
from core.errors import Unavailable
from core.queries import erasable
from core.services import drafts, erasure, holds, keeping, messages, outbox, sync, uploads

logger = logging.getLogger(__name__)

tasks = Blueprint()

STALLED_TRIES = 5
KEPT_HOURS = 7 * 24
STORAGE = RetryStrategy(
    max_attempts=10, exponential_wait=3, retry_exceptions={Unavailable, OperationalError}
)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="recover", pass_context=True)
async def recover(context: JobContext, timestamp: int) -> None:
    """Take up what a killed worker left behind."""
    await _retry_stalled(context.app, context.additional_context["stalled_seconds"])
    await asyncio.to_thread(_sweep)


@tasks.periodic(cron="29 * * * *")
@tasks.task(name="look_after_orders", pass_context=True)
async def look_after_orders(context: JobContext, timestamp: int) -> None:
    """Take up what a long outage made us give up, and forget jobs that nobody asks for."""
    await asyncio.to_thread(_look_after_orders)
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)


def _look_after_orders() -> None:
    with db.transaction() as session:
        holds.recover(session)
        messages.recover(session)
        sync.forget_old(session, before=datetime.now(UTC) - timedelta(hours=KEPT_HOURS))


async def _retry_stalled(worker: App, seconds: float) -> None:
    manager = worker.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        if job.attempts + 1 >= STALLED_TRIES:
            # It may be the one that kills its workers.
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            continue
        await manager.retry_job(job, retry_at=datetime.now(UTC))


def _sweep() -> None:
    with db.transaction() as session:
        uploads.give_up(session)
        outbox.recover(session)
        sync.close_abandoned(session)
        drafts.delete_old(session)


@tasks.task(name="remove_picture", pass_context=True, retry=STORAGE)
def remove_picture(context: JobContext, *, sha256: str) -> None:
    """Remove a picture's bytes and all that was made of them, if no row names them."""
    storage = cast(Clients, context.additional_context["clients"]).storage
    with db.transaction() as session:
        if keeping.is_free(session, sha256):
            # Inside the transaction, as nothing else is: with it ends what keeps them free.
            storage.delete(sha256)


@tasks.periodic(cron="17 3 * * *")
@tasks.task(name="erase_expired")
def erase_expired(timestamp: int) -> None:
    """Forget the customers of orders that their shop keeps no longer."""
    with db.transaction() as session:
        expired = erasable.expired(session)
    for order_id in expired:
        with db.transaction() as session:
            erasure.expire(session, order_id)
    if expired:
        logger.info("Erased %s orders whose time was over", len(expired))

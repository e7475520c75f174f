"""Work that nobody asks for: take up what was left behind, remove and forget what is over."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from procrastinate import App, Blueprint, JobContext
from procrastinate.jobs import Status
from sqlalchemy.orm import Session

from core import db, queue
from core.clients import clients_of
from core.queries import erasable
from core.services import (
    customer_sign_in,
    drafts,
    erasure,
    holds,
    keeping,
    messages,
    outbox,
    sync,
    uploads,
)

logger = logging.getLogger(__name__)

tasks = Blueprint()

STALLED_TRIES = 5
KEPT_HOURS = 7 * 24
#: Somebody's picture is not kept for ever because the storage was away for a day.
REMOVING = queue.Backoff(tries=None, first=3, longest=3600)
ERASING = queue.Backoff(tries=5, first=1, longest=60)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="recover", pass_context=True)
async def recover(context: JobContext, timestamp: int) -> None:
    """Take up what a killed worker left behind."""
    await _retry_stalled(context.app, context.additional_context["stalled_seconds"])
    await asyncio.to_thread(
        _each, uploads.give_up, outbox.recover, sync.close_abandoned, drafts.delete_old
    )


@tasks.periodic(cron="29 * * * *")
@tasks.task(name="look_after_orders", pass_context=True)
async def look_after_orders(context: JobContext, timestamp: int) -> None:
    """Take up what a long outage made us give up, and forget jobs that nobody asks for."""
    await _retry_removals(context.app)
    await asyncio.to_thread(_each, holds.recover, messages.recover, _forget_old_runs)
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)


def _each(*duties: Callable[[Session], object]) -> None:
    """Do each in a transaction of its own, also after one that went wrong."""
    with ExitStack() as stack:
        for duty in reversed(duties):
            stack.callback(_do, duty)


def _do(duty: Callable[[Session], object]) -> None:
    with db.transaction() as session:
        duty(session)


def _forget_old_runs(session: Session) -> None:
    sync.forget_old(session, before=datetime.now(UTC) - timedelta(hours=KEPT_HOURS))


async def _retry_removals(worker: App) -> None:
    """Whatever ended them: with the job we would forget that there is something to remove."""
    manager = worker.job_manager
    for job in await manager.list_jobs_async(task="remove_picture", status=Status.FAILED.value):
        await manager.retry_job(job)


async def _retry_stalled(worker: App, seconds: float) -> None:
    manager = worker.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        if job.attempts + 1 >= STALLED_TRIES:
            # It may be the one that kills its workers.
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            continue
        await manager.retry_job(job, retry_at=datetime.now(UTC))


@tasks.task(name="remove_picture", pass_context=True, retry=REMOVING)
def remove_picture(context: JobContext, *, sha256: str) -> None:
    """Remove a picture's bytes and all that was made of them, if no row names them."""
    storage = clients_of(context).storage
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
            queue.defer(session, "expire_order", priority=-10, order_id=order_id)
    if expired:
        logger.info("The time of %s orders is over", len(expired))


@tasks.periodic(cron="41 3 * * *")
@tasks.task(name="forget_sign_ins")
def forget_sign_ins(timestamp: int) -> None:
    with db.transaction() as session:
        customer_sign_in.forget_old(session)


@tasks.task(name="expire_order", retry=ERASING)
def expire_order(*, order_id: int) -> None:
    with db.transaction() as session:
        erasure.expire(session, order_id)

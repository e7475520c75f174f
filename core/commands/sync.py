"""`sync`: take over what is new in the shops, now."""

import argparse
import asyncio
import time

from core import db, jobs, running
from core.clients import Clients
from core.config import settings
from core.errors import AppError
from core.models import SyncRun
from core.queries import sync_state
from core.services import sync


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo-shop", metavar="URL", help="where the demo shop is, if not open")


def carry_out(arguments: argparse.Namespace) -> None:
    loupe = running.find(settings().data_dir)
    demo_shop = arguments.demo_shop or (loupe.demo_shop if loupe else None)
    with running.database():
        with db.transaction() as session:
            runs = [sync.start(session, shop_id) for shop_id in sync_state.shop_ids(session)]
        if not runs:
            raise AppError("No shop is connected, and the demo has not been started yet.")
        # Whoever is first does it: a worker that runs already, or this one.
        clients = Clients(demo_shop=demo_shop)
        asyncio.run(_work_once(clients))
        errors = [error for run_id in runs if (error := _report(run_id, clients)) is not None]
    if errors:
        raise AppError(f"The shop could not be read to the end: {', '.join(errors)}.")


async def _work_once(clients: Clients) -> None:
    app, context = jobs.app(clients)
    async with app.open_async():
        await app.run_worker_async(wait=False, concurrency=2, additional_context=context)


def _report(run_id: int, clients: Clients) -> str | None:
    """Wait for the end of a run, and return what stopped it, if so."""
    while True:
        with db.transaction() as session:
            run = session.get_one(SyncRun, run_id)
        if run.finished_at is not None:
            print(f"Read {run.orders} orders with {run.photos} new photos.")
            return run.error
        # Another worker does it; or it is an import that waits for Shopify, and there is none.
        time.sleep(0.5)
        asyncio.run(_work_once(clients))

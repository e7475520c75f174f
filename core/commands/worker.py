"""`worker`: does the jobs."""

import argparse
import asyncio

from core import jobs
from core.clients import Clients
from core.commands import logs

#: Most jobs wait for Shopify or a photo's host, and a slow one should not keep the others waiting.
#: Pictures are opened one at a time all the same (`Decoder`), so that memory does not grow.
CONCURRENCY = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo-shop", metavar="URL", help="where the demo shop is, as `run` passes it"
    )


def carry_out(arguments: argparse.Namespace) -> None:
    logs.begin()
    asyncio.run(_work(Clients(demo_shop=arguments.demo_shop)))


async def _work(clients: Clients) -> None:
    app, context = jobs.app(clients)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=CONCURRENCY, shutdown_graceful_timeout=20, additional_context=context
        )

"""A worker that is quick to notice that another one has died: `worker.py SECONDS [DEMO_SHOP]`."""

import asyncio
import sys

from core import jobs
from core.clients import Clients


async def work(stalled_seconds: float, demo_shop: str | None = None) -> None:
    app, context = jobs.app(Clients(demo_shop=demo_shop), stalled_seconds=stalled_seconds)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=2,
            additional_context=context,
            fetch_job_polling_interval=0.1,
            update_heartbeat_interval=stalled_seconds / 5,
        )


if __name__ == "__main__":
    asyncio.run(work(float(sys.argv[1]), *sys.argv[2:]))

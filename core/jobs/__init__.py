"""Work done outside a page: each task reads, talks to one outside system, and records.

The database is read in one transaction and written in a second one; between them nothing is
held. Every task is safe to run twice and to be killed.
"""

from typing import Any

from procrastinate import App

from core import queue
from core.clients import Clients
from core.jobs import (
    connections,
    follow_ups,
    holds,
    imports,
    mail,
    photos,
    printing,
    sign_in,
    sync,
    upkeep,
    webhooks,
)

#: Without a heartbeat of its worker for so long, a job is taken up by another.
STALLED_SECONDS = 30.0


def app(
    clients: Clients, *, stalled_seconds: float = STALLED_SECONDS
) -> tuple[App, dict[str, Any]]:
    """Return a worker's app and the context that its tasks run in."""
    worker = queue.worker_app()
    for module in (
        *(sync, imports, connections, photos, printing, holds, mail, sign_in, webhooks),
        *(follow_ups, upkeep),
    ):
        worker.add_tasks_from(module.tasks, namespace="")
    return worker, {"clients": clients, "stalled_seconds": stalled_seconds}

"""Copies to print from, made before somebody asks for them."""

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import clients_of
from core.errors import NotFound, PictureRefused
from core.integrations import print_copies
from core.services import keeping

tasks = Blueprint()

COPYING = queue.Backoff(tries=5, first=5, longest=600)


@tasks.task(name="make_print_copy", pass_context=True, retry=COPYING)
def make_print_copy(context: JobContext, *, sha256: str) -> None:
    with db.transaction() as session:
        keeping.expect(session, sha256)  # its last row may go meanwhile
    try:
        print_copies.ensure(sha256, clients_of(context).storage)
    except (NotFound, PictureRefused):
        # Whoever downloads the order is told.
        return

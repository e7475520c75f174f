"""Photos' files, fetched from where orders say, and judged anew where a print has changed."""

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.arrivals import take_in
from core.clients import Clients, clients_of
from core.errors import PictureRefused, Unavailable
from core.integrations import download
from core.integrations.intake import StoredPicture
from core.integrations.storage import scratch
from core.services import findings, uploads

tasks = Blueprint()

#: What upload apps answer until a new order's file is there, and how often to ask again, which
#: with the tries of `FETCHING` makes 12 minutes.
NOT_READY = {"not_found", "forbidden"}
NOT_READY_SECONDS = 180.0

#: Half a day, for a disk that fills up in the evening or a host that is away; but a link that
#: leads nowhere is shown to staff in little more than a minute, and so is what kills its process.
FETCHING = queue.Backoff(
    tries=78,
    first=5,
    longest=600,
    tries_by_code={"not_found": 5, "forbidden": 5, "cut_short": 5, "killed": 3},
)
JUDGING = queue.Backoff(tries=5, first=1, longest=60)


@tasks.task(name="fetch_photo", pass_context=True, retry=FETCHING)
def fetch_photo(context: JobContext, *, photo_id: int) -> None:
    clients = clients_of(context)
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


def _take_in(clients: Clients, photo: uploads.Wanted) -> StoredPicture:
    with scratch() as folder:
        file = download.fetch(photo.url, folder, hosts=photo.hosts, demo=clients.demo_address)
        return take_in(file.path, clients.storage, file_name=photo.file_name or None)


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

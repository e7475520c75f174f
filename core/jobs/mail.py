"""Mail on its way out."""

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import Clients, clients_of
from core.config import settings
from core.errors import NotFound, Unavailable
from core.integrations import mail
from core.integrations.storage import Size, scratch
from core.services import outbox

tasks = Blueprint()

SENDING = queue.Backoff(tries=8, first=5, longest=3600)


@tasks.task(name="send_message", pass_context=True, retry=SENDING)
def send_message(context: JobContext, *, message_id: int) -> None:
    clients = clients_of(context)
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

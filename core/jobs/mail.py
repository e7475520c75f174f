"""Mail on its way out."""

import threading

from procrastinate import Blueprint, JobContext

from core import db, queue
from core.clients import Clients, clients_of
from core.config import settings
from core.errors import NotFound, Unavailable
from core.integrations import mail
from core.integrations.storage import Size, scratch
from core.models import utc_now
from core.services import mail_pace, outbox, sign_in_letters

tasks = Blueprint()

#: When one is given up is the outbox's to say: a mail that waits for its turn has not failed.
SENDING = queue.Backoff(tries=None, first=5, longest=3600)
#: A slow server keeps no more of a worker's hands: the others fetch photos meanwhile.
AT_ONCE = 2

_hands = threading.BoundedSemaphore(AT_ONCE)


@tasks.task(name="send_message", pass_context=True, retry=SENDING)
def send_message(context: JobContext, *, message_id: int) -> None:
    if not _hands.acquire(blocking=False):
        with db.transaction() as session:
            raise Unavailable("smtp_busy", retry_after=mail_pace.turn(session, message_id))
    try:
        hand_over(clients_of(context), message_id)
    finally:
        _hands.release()


def hand_over(clients: Clients, message_id: int) -> None:
    with db.transaction() as session:
        claimed = outbox.claim(session, message_id)
    if claimed is None:
        return
    is_demo = claimed.shop.is_demo
    try:
        reply = None if is_demo else clients.mailer.send(_outgoing(clients, claimed))
    except mail.Uncertain as error:
        with db.transaction() as session:
            outbox.uncertain(session, message_id, str(error))
    except Unavailable as error:
        pause = None if error.permanent else mail_pace.pause(claimed.message, utc_now())
        with db.transaction() as session:
            (outbox.failed if pause is None else outbox.put_back)(session, message_id, str(error))
        if pause is not None:
            raise Unavailable(error.code, error.detail, retry_after=pause) from error
    else:
        with db.transaction() as session:
            outbox.sent(session, message_id, reply=reply, is_captured=is_demo)
        if not is_demo:
            with db.transaction() as session:
                mail_pace.try_now(session)


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
        text=sign_in_letters.filled(message.text, message.sign_in_id),
        html=sign_in_letters.filled(message.html, message.sign_in_id),
        header_id=message.header_id,
        thread=claimed.thread,
        written_at=message.created_at,
        pictures=inline,
    )

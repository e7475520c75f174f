"""Find out, where nobody can measure it, whether who wants to sign in has orders."""

from uuid import UUID

from procrastinate import Blueprint

from core import db, queue
from core.services import customer_sign_in

tasks = Blueprint()

#: Longer, and the request has expired.
ASKING = queue.Backoff(tries=5, first=2, longest=60)


@tasks.task(name="mail_sign_in", retry=ASKING)
def mail_sign_in(*, sign_in_id: str) -> None:
    with db.transaction() as session:
        customer_sign_in.mail(session, UUID(sign_in_id))

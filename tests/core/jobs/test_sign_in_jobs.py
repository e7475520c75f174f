"""The mail to sign in with, from asking to a real mail server, and what is left of it."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from core import db, queue
from core.clients import Clients
from core.models import CustomerSession, CustomerSignIn, Message, MessageKind, MessageState
from core.services import customer_sign_in, erasure, sign_in_letters
from tests.cast import Cast, CastOrder
from tests.databases import is_somebody_waiting
from tests.loop import leave_unread, work
from tests.smtp import PostOffice
from tests.waiting import until

CARL = "carl@example.org"


@pytest.fixture
def placed(committed: None, office: PostOffice) -> CastOrder:
    """In a shop that really sends."""
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        leave_unread(session, cast.shop)
        return cast.order(email="Carl@example.org")


def ask(placed: CastOrder, email: str = CARL) -> UUID:
    with db.transaction() as session:
        customer_sign_in.ask(session, placed.order.shop_id, email, "browser")
    with db.transaction() as session:
        return session.scalars(
            select(CustomerSignIn.id).order_by(CustomerSignIn.created_at.desc()).limit(1)
        ).one()


def state_of_mail() -> MessageState | None:
    with db.transaction() as session:
        return session.scalar(select(Message.state).where(Message.kind == MessageKind.SIGN_IN))


def test_what_arrives_lets_in_and_what_is_kept_of_it_does_not(
    placed: CastOrder, office: PostOffice
) -> None:
    sign_in_id = ask(placed)
    ask(placed, "nobody@example.org")

    work(Clients())

    assert office.recipients == ["carl@example.org"]
    (letter,) = office.letters
    secrets = sign_in_letters.code(sign_in_id), sign_in_letters.url(sign_in_id)
    for kind in ("plain", "html"):
        part = letter.get_body((kind,))
        assert part is not None
        assert all(secret in part.get_content() for secret in secrets)
    with db.transaction() as session:
        kept = session.scalars(select(Message)).one()
    assert kept.state is MessageState.SENT
    assert not any(secret in kept.text + kept.html for secret in secrets)


def test_a_mail_that_comes_too_late_is_not_sent(placed: CastOrder, office: PostOffice) -> None:
    sign_in_id = ask(placed)
    with db.transaction() as session:
        customer_sign_in.mail(session, sign_in_id)
        session.execute(update(CustomerSignIn).values(expires_at=func.now()))

    work(Clients())

    assert office.letters == []
    assert state_of_mail() is MessageState.DROPPED


@pytest.mark.usefixtures("office")
def test_a_customer_who_is_forgotten_meanwhile_gets_no_mail(placed: CastOrder) -> None:
    sign_in_id = ask(placed)

    def write() -> None:
        with db.transaction() as session:
            customer_sign_in.mail(session, sign_in_id)

    writing = threading.Thread(target=write)
    with db.transaction() as session:
        erasure.erase_order(session, placed.id, manager=placed.cast.mia)
        session.flush()
        writing.start()
        until(is_somebody_waiting)
    writing.join()

    assert state_of_mail() is None


def test_the_night_forgets_what_is_long_over(placed: CastOrder) -> None:
    sign_in_id = ask(placed)
    with db.transaction() as session:
        customer_sign_in.mail(session, sign_in_id)
        assert customer_sign_in.enter_by_link(session, sign_in_letters.token(sign_in_id))
    with db.transaction() as session:
        session.execute(
            update(CustomerSignIn).values(created_at=func.now() - customer_sign_in.KEPT)
        )
        session.execute(update(CustomerSession).values(expires_at=func.now()))
        queue.defer(session, "forget_sign_ins", timestamp=0)

    work(Clients())

    with db.transaction() as session:
        for table in (CustomerSignIn, CustomerSession, Message):
            assert session.scalar(select(func.count()).select_from(table)) == 0

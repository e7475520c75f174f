"""One mail with a link and a code: ten minutes, once, and for whom it is."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from core.errors import EmailUnfit, NotFound, TooManyAttempts
from core.models import (
    CustomerSession,
    CustomerSignIn,
    Message,
    MessageKind,
    MessageState,
    Order,
    ThrottleBucket,
    utc_now,
)
from core.queries import mailbox
from core.services import customer_sign_in, erasure, outbox, sign_in_letters, staff
from core.services.customer_sign_in import Customer
from tests.cast import Cast

CARL = "carl@example.org"
PHONE, LAPTOP = "secret of the phone", "secret of the laptop"


def ask(cast: Cast, email: str = CARL, browser: str = PHONE) -> UUID:
    """Ask for a mail, have the job look whom it is for, and return the request."""
    customer_sign_in.ask(cast.session, cast.shop.id, email, browser)
    sign_in_id = UUID(cast.jobs("mail_sign_in")[-1]["sign_in_id"])
    customer_sign_in.mail(cast.session, sign_in_id)
    return sign_in_id


def mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == MessageKind.SIGN_IN)))


def enter(cast: Cast, email: str = CARL) -> str:
    """Sign in by a mail's link, and return the session's token."""
    token = sign_in_letters.token(ask(cast, email))
    entry = customer_sign_in.enter_by_link(cast.session, token)
    assert entry is not None
    return entry.token


def wait(session: Session, sign_in_id: UUID, length: timedelta) -> None:
    """Move a request into the past."""
    session.execute(
        update(CustomerSignIn)
        .where(CustomerSignIn.id == sign_in_id)
        .values(
            created_at=CustomerSignIn.created_at - length,
            expires_at=CustomerSignIn.expires_at - length,
        )
    )
    session.expire_all()


def another_code(sign_in_id: UUID) -> str:
    return f"{(int(sign_in_letters.code(sign_in_id)) + 1) % 10**6:06d}"


def is_signed_in(session: Session, token: str) -> bool:
    return bool(customer_sign_in.customers(session, [token]))


def test_whoever_has_an_order_gets_one_mail(cast: Cast, session: Session) -> None:
    cast.order(email="Carl@Example.org")

    sign_in_id = ask(cast, " CARL@example.org ")
    customer_sign_in.mail(session, sign_in_id)  # a job may run twice

    (mail,) = mails(session)
    assert (mail.to, mail.order_id, mail.sign_in_id) == (CARL, None, sign_in_id)


def test_an_unknown_address_gets_no_mail_and_the_same_is_done(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    cast.order()
    queries.clear()
    customer_sign_in.ask(session, cast.shop.id, CARL, PHONE)
    for_carl = queries.copy()
    queries.clear()

    customer_sign_in.ask(session, cast.shop.id, "eve@example.org", LAPTOP)

    assert queries == for_carl
    for job in cast.jobs("mail_sign_in"):
        customer_sign_in.mail(session, UUID(job["sign_in_id"]))
    assert [mail.to for mail in mails(session)] == [CARL]


def test_an_order_with_another_shop_gets_no_mail(cast: Cast, session: Session) -> None:
    Cast(session).order()

    ask(cast)

    assert mails(session) == []


def test_nothing_that_is_stored_lets_anybody_in(cast: Cast, session: Session) -> None:
    cast.order()
    sign_in_id = ask(cast)
    message_id = mails(session)[0].id
    secrets = sign_in_letters.code(sign_in_id), sign_in_letters.token(sign_in_id)
    tables = ("customer_sign_ins", "messages", "procrastinate_jobs", "events")

    stored = "".join(
        session.scalar(text(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t"))  # noqa: S608
        for table in tables
    )

    assert not any(secret in stored for secret in secrets)
    outbox.claim(session, message_id)
    outbox.sent(session, message_id, is_captured=True)
    (letter,) = mailbox.captured(session, limit=1)
    for part in (letter.text, letter.html):
        assert not any(secret in part for secret in secrets)
        assert all(secret in sign_in_letters.filled(part, sign_in_id) for secret in secrets)


@pytest.mark.parametrize("email", ["", "carl", "carl@", "a b@example.org", "c@x.org\nBcc: e@x.org"])
def test_what_is_no_address_is_asked_for_again(cast: Cast, email: str) -> None:
    with pytest.raises(EmailUnfit):
        customer_sign_in.ask(cast.session, cast.shop.id, email, PHONE)


def test_an_unknown_shop_and_one_that_has_left_are_not_found(cast: Cast, session: Session) -> None:
    cast.shop.disconnected_at = utc_now()
    session.flush()

    for shop_id in (0, cast.shop.id):
        with pytest.raises(NotFound):
            customer_sign_in.ask(session, shop_id, CARL, PHONE)


def test_the_fourth_mail_within_15_minutes_stays_away_and_the_third_counts(
    cast: Cast, session: Session
) -> None:
    cast.order()
    for _ in range(2):
        ask(cast)
    third = ask(cast)

    for _ in range(20):
        customer_sign_in.ask(session, cast.shop.id, CARL, PHONE, address=str(uuid4()))

    assert len(cast.jobs("mail_sign_in")) == 3
    assert len(mails(session)) == 3
    assert customer_sign_in.enter_by_code(session, sign_in_letters.code(third), PHONE)


@pytest.mark.parametrize(("minutes", "mails_by_then"), [(14, 3), (15, 4), (60, 4)])
def test_after_15_minutes_there_may_be_another(
    cast: Cast, session: Session, minutes: int, mails_by_then: int
) -> None:
    cast.order()
    for _ in range(4):
        customer_sign_in.ask(session, cast.shop.id, CARL, PHONE, address=str(uuid4()))
    session.execute(
        update(ThrottleBucket).values(
            updated_at=ThrottleBucket.updated_at - timedelta(minutes=minutes)
        )
    )

    customer_sign_in.ask(session, cast.shop.id, CARL, PHONE, address=str(uuid4()))

    assert len(cast.jobs("mail_sign_in")) == mails_by_then


def test_one_place_that_asks_for_many_addresses_is_told_to_wait(
    cast: Cast, session: Session
) -> None:
    for number in range(20):
        customer_sign_in.ask(session, cast.shop.id, f"{number}@example.org", PHONE)

    with pytest.raises(TooManyAttempts):
        customer_sign_in.ask(session, cast.shop.id, CARL, PHONE)


def test_the_code_lets_in_where_it_was_asked_for_and_once(cast: Cast, session: Session) -> None:
    sign_in_id = ask(cast)
    code = sign_in_letters.code(sign_in_id)
    typed = f" {code[:3]} {code[3:]} "

    elsewhere = customer_sign_in.enter_by_code(session, code, LAPTOP)
    entry = customer_sign_in.enter_by_code(session, typed, PHONE)
    again = customer_sign_in.enter_by_code(session, code, PHONE)
    by_link = customer_sign_in.enter_by_link(session, sign_in_letters.token(sign_in_id))

    assert elsewhere is again is by_link is None
    assert entry is not None
    assert customer_sign_in.customers(session, [entry.token]) == [Customer(cast.shop.id, CARL)]


def test_the_link_lets_in_anywhere_and_once(cast: Cast, session: Session) -> None:
    token = sign_in_letters.token(ask(cast))

    named = [customer_sign_in.named(session, token) for _ in range(3)]
    entry = customer_sign_in.enter_by_link(session, token)
    again = customer_sign_in.enter_by_link(session, token)

    assert named == [Customer(cast.shop.id, CARL)] * 3
    assert entry is not None
    assert again is None
    assert customer_sign_in.named(session, token) is None


def test_after_five_wrong_codes_the_right_one_does_not_help(cast: Cast, session: Session) -> None:
    sign_in_id = ask(cast)
    wrong = [
        customer_sign_in.enter_by_code(session, another_code(sign_in_id), PHONE) for _ in range(5)
    ]

    right = customer_sign_in.enter_by_code(session, sign_in_letters.code(sign_in_id), PHONE)

    assert [*wrong, right] == [None] * 6
    assert customer_sign_in.enter_by_link(session, sign_in_letters.token(sign_in_id))


@pytest.mark.parametrize("code", ["", "é" * 6, "0" * 5000, "１２３４５６"])
def test_what_cannot_be_a_code_is_a_try(cast: Cast, session: Session, code: str) -> None:
    sign_in_id = ask(cast)

    assert customer_sign_in.enter_by_code(session, code, PHONE) is None
    assert session.get_one(CustomerSignIn, sign_in_id, populate_existing=True).tries == 1


def test_after_ten_minutes_neither_works_nor_is_a_waiting_mail_sent(
    cast: Cast, session: Session
) -> None:
    cast.order()
    sign_in_id = ask(cast)
    wait(session, sign_in_id, customer_sign_in.LIFE)
    token, code = sign_in_letters.token(sign_in_id), sign_in_letters.code(sign_in_id)

    claimed = outbox.claim(session, mails(session)[0].id)

    assert claimed is None
    assert mails(session)[0].state is MessageState.DROPPED
    assert customer_sign_in.named(session, token) is None
    assert customer_sign_in.enter_by_link(session, token) is None
    assert customer_sign_in.enter_by_code(session, code, PHONE) is None
    assert customer_sign_in.asked(session, PHONE) is None


def test_a_new_request_ends_those_before_it(cast: Cast, session: Session) -> None:
    older = ask(cast)
    newer = ask(cast, browser=LAPTOP)

    assert customer_sign_in.enter_by_link(session, sign_in_letters.token(older)) is None
    assert customer_sign_in.enter_by_code(session, sign_in_letters.code(older), PHONE) is None
    assert customer_sign_in.enter_by_code(session, sign_in_letters.code(newer), LAPTOP)


@pytest.mark.parametrize("token", ["", "x" * 43, "é" * 43, "=" * 43, "A" * 44])
def test_a_link_that_is_none_of_ours_names_nobody(session: Session, token: str) -> None:
    assert customer_sign_in.named(session, token) is None
    assert customer_sign_in.enter_by_link(session, token) is None


def test_a_link_that_was_changed_names_nobody(cast: Cast, session: Session) -> None:
    token = sign_in_letters.token(ask(cast))
    other = sign_in_letters.token(uuid4())

    assert customer_sign_in.enter_by_link(session, token[:21] + other[21:]) is None
    assert customer_sign_in.enter_by_link(session, other) is None


def test_a_session_ends_by_signing_out_and_by_itself(cast: Cast, session: Session) -> None:
    left, kept = enter(cast), enter(cast, "eve@example.org")

    customer_sign_in.sign_out(session, left)

    assert not is_signed_in(session, left)
    assert is_signed_in(session, kept)
    session.execute(update(CustomerSession).values(expires_at=func.now()))
    assert not is_signed_in(session, kept)


def theirs(session: Session, customer: Customer) -> set[int]:
    return set(session.scalars(select(Order.id).where(customer_sign_in.is_theirs(customer))))


def test_a_corrected_address_is_the_only_one_that_counts(cast: Cast, session: Session) -> None:
    mistyped, right = cast.order(email="carl@exmaple.org"), cast.order()
    mistyped.order.mail_to = "Carl@example.org"
    Cast(session).order()
    session.flush()

    assert theirs(session, Customer(cast.shop.id, CARL)) == {mistyped.id, right.id}
    assert theirs(session, Customer(cast.shop.id, "carl@exmaple.org")) == set()


def test_erasing_the_last_order_forgets_that_its_customer_signed_in(
    cast: Cast, session: Session
) -> None:
    first, last = cast.order(), cast.order(email="CARL@example.org")
    token = enter(cast)
    ask(cast)
    others = ask(cast, "eve@example.org")

    erasure.erase_order(session, first.id, manager=staff.COMMAND_LINE)
    session.flush()
    assert is_signed_in(session, token)
    erasure.erase_order(session, last.id, manager=staff.COMMAND_LINE)

    assert not is_signed_in(session, token)
    assert session.scalars(select(CustomerSignIn.id)).all() == [others]
    assert session.scalars(select(CustomerSession.email)).all() == []
    assert mails(session) == []


def test_what_is_over_is_forgotten_after_a_week(cast: Cast, session: Session) -> None:
    cast.order()
    old, new = ask(cast), ask(cast)
    wait(session, old, customer_sign_in.KEPT + timedelta(minutes=1))
    assert customer_sign_in.enter_by_link(session, sign_in_letters.token(new))
    customer_sign_in.sign_out(session, enter(cast, "eve@example.org"))

    customer_sign_in.forget_old(session)

    assert old not in set(session.scalars(select(CustomerSignIn.id)))
    assert [mail.sign_in_id for mail in mails(session)] == [new]
    assert session.scalars(select(CustomerSession.email)).all() == [CARL]


def test_a_request_that_is_gone_has_no_mail(cast: Cast, session: Session) -> None:
    cast.order()
    customer_sign_in.ask(session, cast.shop.id, CARL, PHONE)
    session.execute(delete(CustomerSignIn))
    session.expire_all()

    customer_sign_in.mail(session, UUID(cast.jobs("mail_sign_in")[-1]["sign_in_id"]))

    assert mails(session) == []


def test_no_likeness_of_an_address_is_mailed_in_its_place(cast: Cast, session: Session) -> None:
    # With most collations but our own, Postgres makes a plain i of this letter.
    session.execute(text('ALTER TABLE orders ALTER COLUMN email TYPE text COLLATE "pg_c_utf8"'))
    victim = cast.order(email="vic@mail.example")
    likeness = cast.order(email="vic@ma\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}l.example")
    likeness.order.placed_at = victim.order.placed_at + timedelta(days=1)
    session.flush()

    ask(cast, "vic@mail.example")

    assert [mail.to for mail in mails(session)] == ["vic@mail.example"]


def test_a_session_opens_nothing_of_a_shop_that_has_left(cast: Cast, session: Session) -> None:
    cast.order()
    token = enter(cast)

    cast.shop.disconnected_at = utc_now()
    session.flush()
    assert not is_signed_in(session, token)

    cast.shop.disconnected_at = None
    session.flush()
    assert is_signed_in(session, token)

"""Customers who sign in by e-mail: a link or a code, once, for all their orders with one shop."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import queue
from core.errors import EmailUnfit, NotFound, TooManyAttempts
from core.models import CustomerSession, CustomerSignIn, Message, MessageKind, Order, Shop
from core.services import addresses, outbox, sign_in_letters, throttle

LIFE = timedelta(minutes=10)
#: Codes that may be typed; then another mail is needed.
TRIES = 5
#: As long as an order's link outlives its last question: by then there is seldom anything to see.
SESSION_LIFE = timedelta(days=14)
#: What is over is forgotten after this: until then the mail log tells of it.
KEPT = timedelta(days=7)
#: Three at once, then one each 15 minutes: never more than three within 15 minutes.
MAILS = throttle.Limit(3, refill=timedelta(minutes=15))
#: A family, an office or a phone network may share an address.
REQUESTS_FROM_ADDRESS = throttle.Limit(20, refill=timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Customer:
    """Whoever reads the mail of this address, in one shop."""

    shop_id: int
    email: str  #: In small letters


@dataclass(frozen=True, slots=True)
class Entry:
    shop_id: int
    token: str  #: Of the session that begins


def ask(session: Session, shop_id: int, email: str, browser: str, *, address: str = "") -> None:
    """Have a mail sent, if the address has orders with the shop.

    Whether it has any is found out by a job: what happens here is the same for all. `browser` is
    a secret of the asking browser's, `address` where it is. Raises `EmailUnfit`, `NotFound` for a
    shop and `TooManyAttempts`.
    """
    email = _checked(email)
    if not session.scalar(select(_is_open_shop(shop_id))):
        raise NotFound
    if not throttle.take(session, f"customer-sign-in-from:{address}", REQUESTS_FROM_ADDRESS):
        raise TooManyAttempts
    if not throttle.take(session, f"customer-sign-in:{shop_id}:{email}", MAILS):
        return  # those before it still count
    sign_in = CustomerSignIn(
        id=uuid4(),
        shop_id=shop_id,
        email=email,
        browser_hash=_hashed(browser),
        expires_at=func.now() + LIFE,
    )
    session.execute(
        update(CustomerSignIn)
        .where(
            CustomerSignIn.shop_id == shop_id,
            CustomerSignIn.email == email,
            CustomerSignIn.used_at.is_(None),
        )
        .values(used_at=func.now())
    )
    session.add(sign_in)
    queue.defer(session, "mail_sign_in", priority=outbox.URGENT, sign_in_id=str(sign_in.id))


def mail(session: Session, sign_in_id: UUID) -> None:
    """Queue the mail that was asked for; of one asked for twice, or by nobody's customer, none."""
    request = session.get(CustomerSignIn, sign_in_id)
    if request is None:
        return
    # Locked before the request, as erasing does: of whoever is forgotten nothing is written.
    order = session.scalars(
        select(Order.id)
        .where(is_theirs(Customer(request.shop_id, request.email)))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    ).one_or_none()
    waits = select(CustomerSignIn.id).where(
        CustomerSignIn.id == sign_in_id,
        _is_open(),
        ~exists().where(Message.sign_in_id == sign_in_id),
    )
    if order is not None and session.scalar(waits.with_for_update()):
        shop = session.get_one(Shop, request.shop_id)
        outbox.add_sign_in(session, request, sign_in_letters.write(shop.name))


def asked(session: Session, browser: str | None) -> Customer | None:
    """Return as whom a browser would sign in with a code, however many it has tried."""
    if browser is None:
        return None
    return _as_customer(session, CustomerSignIn.id == _newest_of(browser), _is_open())


def named(session: Session, link: str | None) -> Customer | None:
    """Return whom a link would sign in. Looking changes nothing: mail scanners do, too."""
    sign_in_id = sign_in_letters.sign_in_of(link) if link else None
    if sign_in_id is None:
        return None
    return _as_customer(session, CustomerSignIn.id == sign_in_id, _is_open())


def enter_by_link(session: Session, link: str) -> Entry | None:
    """Of several attempts with one link or its code, one succeeds."""
    sign_in_id = sign_in_letters.sign_in_of(link)
    return _enter(session, sign_in_id) if sign_in_id else None


def enter_by_code(session: Session, code: str, browser: str) -> Entry | None:
    """Only for the browser that asked. The caller commits, whatever the answer: it was a try."""
    sign_in_id = session.scalar(
        update(CustomerSignIn)
        .where(
            CustomerSignIn.id == _newest_of(browser),
            _is_open(),
            # Counted before it is compared: a thousand tries at once are five.
            CustomerSignIn.tries < TRIES,
        )
        .values(tries=CustomerSignIn.tries + 1)
        .returning(CustomerSignIn.id)
    )
    if sign_in_id is None or not _is_code(code, sign_in_id):
        return None
    return _enter(session, sign_in_id)


def customers(session: Session, tokens: Collection[str]) -> Sequence[Customer]:
    """Return who holds these sessions' tokens at this moment, in one statement."""
    if not tokens:
        return []
    rows = session.execute(
        select(CustomerSession.shop_id, CustomerSession.email).where(
            CustomerSession.token_hash.in_([_hashed(token) for token in tokens]),
            CustomerSession.ended_at.is_(None),
            CustomerSession.expires_at > func.now(),
            _is_open_shop(CustomerSession.shop_id),
        )
    )
    return [Customer(*row) for row in rows]


def sign_out(session: Session, token: str | None) -> None:
    if token is not None:
        session.execute(
            update(CustomerSession)
            .where(CustomerSession.token_hash == _hashed(token))
            .values(ended_at=func.now())
        )


def is_theirs(*customers: Customer) -> ColumnElement[bool]:
    """Whether an `Order` is one of theirs: where staff have corrected the address, only that is."""
    return or_(false(), *map(_is_of, customers))


def forget(session: Session, shop_id: int, *emails: str | None) -> None:
    """Forget that whoever has no orders with the shop any more has signed in."""
    for email in {email.lower() for email in emails if email}:
        if session.scalar(select(exists().where(is_theirs(Customer(shop_id, email))))):
            continue
        # First what lets somebody in, then the sessions: one that begins just now is seen.
        _delete(session, CustomerSignIn.shop_id == shop_id, CustomerSignIn.email == email)
        of_them = CustomerSession.shop_id == shop_id, CustomerSession.email == email
        session.execute(delete(CustomerSession).where(*of_them))


def forget_shop(session: Session, shop_id: int) -> None:
    _delete(session, CustomerSignIn.shop_id == shop_id)
    session.execute(delete(CustomerSession).where(CustomerSession.shop_id == shop_id))


def forget_old(session: Session) -> None:
    """Sessions as soon as they are over; requests, and the mails for them, a while later."""
    _delete(session, CustomerSignIn.created_at < func.now() - KEPT)
    session.execute(
        delete(CustomerSession).where(
            CustomerSession.ended_at.is_not(None) | (CustomerSession.expires_at < func.now())
        )
    )


def _enter(session: Session, sign_in_id: UUID) -> Entry | None:
    row = session.execute(
        update(CustomerSignIn)
        .where(CustomerSignIn.id == sign_in_id, _is_open())
        .values(used_at=func.now())
        .returning(CustomerSignIn.shop_id, CustomerSignIn.email)
    ).one_or_none()
    if row is None:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        CustomerSession(
            token_hash=_hashed(token),
            shop_id=row.shop_id,
            email=row.email,
            expires_at=func.now() + SESSION_LIFE,
        )
    )
    return Entry(row.shop_id, token)


def _checked(email: str) -> str:
    email = email.strip().lower()
    if not addresses.is_plausible(email):
        raise EmailUnfit
    return email


def _is_code(typed: str, sign_in_id: UUID) -> bool:
    # People type it as they read it: in two halves.
    digits = "".join(typed.split())
    return hmac.compare_digest(digits.encode(), sign_in_letters.code(sign_in_id).encode())


def _is_of(customer: Customer) -> ColumnElement[bool]:
    return and_(
        Order.shop_id == customer.shop_id,
        or_(
            Order.mail_to.is_(None) & (func.lower(Order.email) == customer.email),
            func.lower(Order.mail_to) == customer.email,
        ),
    )


def _is_open() -> ColumnElement[bool]:
    return CustomerSignIn.used_at.is_(None) & (CustomerSignIn.expires_at > func.now())


def _is_open_shop(shop_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return exists().where(Shop.id == shop_id, Shop.disconnected_at.is_(None))


def _newest_of(browser: str) -> ColumnElement[UUID]:
    return (
        select(CustomerSignIn.id)
        .where(CustomerSignIn.browser_hash == _hashed(browser))
        .order_by(CustomerSignIn.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _as_customer(session: Session, *conditions: ColumnElement[bool]) -> Customer | None:
    row = session.execute(
        select(CustomerSignIn.shop_id, CustomerSignIn.email).where(*conditions)
    ).one_or_none()
    return Customer(*row) if row else None


def _delete(session: Session, *which: ColumnElement[bool]) -> None:
    ids = select(CustomerSignIn.id).where(*which)
    session.execute(
        delete(Message).where(Message.kind == MessageKind.SIGN_IN, Message.sign_in_id.in_(ids))
    )
    session.execute(delete(CustomerSignIn).where(*which))


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

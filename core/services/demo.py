"""The shop and the people to try Loupe with, as long as no real shop is connected."""

from datetime import timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.findings.print_sizes import LengthUnit
from core.models import Role, Shop, ShopMode, Staff, WithdrawnBecause, utc_now
from core.sealing import seal
from core.services import outbox, reasons, staff, withdrawals

DOMAIN = "demo-photo-gifts.myshopify.com"
PEOPLE = (
    ("ada", "Ada Adler", Role.PROCESSOR),
    ("bob", "Bob Berg", Role.PROCESSOR),
    ("mia", "Mia Manz", Role.MANAGER),
)
#: Long enough to change one's mind, short enough to watch the mail leave.
UNDO_SECONDS = 10


def ensure(session: Session, *, client_id: str, client_secret: str, password: str) -> bool:
    """Make the demo ready and return True, or return False because there is a real shop."""
    if session.scalar(select(exists().where(Shop.is_demo.is_(False)))):
        leave(session)
        return False
    shop = session.scalars(select(Shop).where(Shop.is_demo)).one_or_none()
    if shop is None:
        shop = _open_shop(session)
    shop.client_id = client_id
    shop.client_secret = seal(client_secret)
    # It may be another demo shop than last time.
    shop.access_token = None
    for username, name, role in PEOPLE:
        _welcome(session, username, name, role, password)
    return True


def leave(session: Session) -> None:
    """Make room for a real shop; its people go too, since their password is no secret."""
    session.execute(
        update(Staff)
        .where(Staff.is_demo, Staff.is_active)
        .values(is_active=False, epoch=Staff.epoch + 1)
    )
    shop = session.scalars(
        select(Shop)
        .where(Shop.is_demo, Shop.disconnected_at.is_(None))
        .with_for_update(key_share=True)
    ).one_or_none()
    if shop is not None:
        shop.mode, shop.disconnected_at, shop.access_token = ShopMode.WATCH, utc_now(), None
        outbox.drop_queued(session, shop.id)
        withdrawals.withdraw_all(session, shop.id, WithdrawnBecause.DEMO)


def _open_shop(session: Session) -> Shop:
    shop = Shop(
        domain=DOMAIN,
        name="Demo Photo Gifts",
        email="hello@demo-photo-gifts.example",
        is_demo=True,
        mode=ShopMode.LIVE,
        live_from=utc_now() - timedelta(days=60),
        time_zone="Europe/Berlin",
        length_unit=LengthUnit.CM,
        undo_seconds=UNDO_SECONDS,
        client_id="",
        client_secret=b"",
    )
    session.add(shop)
    session.flush()
    reasons.begin(session, shop.id)
    return shop


def _welcome(session: Session, username: str, name: str, role: Role, password: str) -> None:
    password_hash = session.scalar(
        select(Staff.password_hash).where(Staff.username == username, Staff.is_demo)
    )
    if password_hash is None:
        staff.add(
            session,
            staff.COMMAND_LINE,
            username=username,
            name=name,
            role=role,
            password=password,
            is_demo=True,
        )
    elif not staff.is_password(password_hash, password):
        staff.set_password(session, staff.COMMAND_LINE, username, password, is_demo=True)

"""Shops come in, are switched on, and leave; nothing here asks Shopify."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.errors import (
    ChangedMeanwhile,
    CredentialsMissing,
    NotAShopAddress,
    NotFound,
    OwnAccountNeeded,
    ScopesMissing,
)
from core.integrations.shopify.client import Connection
from core.integrations.shopify.tokens import Token
from core.integrations.shopify.transport import DOMAIN
from core.models import EventName, Order, Role, Shop, ShopMode, Staff, utc_now
from core.queries import going_live, shops, sync_state
from core.sealing import seal, unseal
from core.services import demo, errands, history, outbox, reasons, releases, sync
from core.services.actors import Actor
from core.services.staff import CommandLine

#: Shopify signs with it for up to an hour; one that has leaked must end.
_OLD_SECRET_GOOD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a manager pastes, put in order."""

    domain: str
    client_id: str  #: Empty with a token that does not end
    client_secret: SecretStr  #: Signs the webhooks; may be empty with such a token
    access_token: SecretStr | None


def credentials(
    domain: str, *, client_id: str = "", client_secret: str = "", access_token: str = ""
) -> Credentials:
    client_id, client_secret, access_token = (
        given.strip() for given in (client_id, client_secret, access_token)
    )
    cleaned = domain_of(domain)
    if not access_token and not (client_id and client_secret):
        raise CredentialsMissing
    return Credentials(
        cleaned,
        "" if access_token else client_id,
        SecretStr(client_secret),
        SecretStr(access_token) if access_token else None,
    )


def domain_of(pasted: str) -> str:
    """Return the shop's "….myshopify.com" from it, from its name, or from an admin page's URL."""
    text = pasted.strip().lower()
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host = url.hostname or ""
    except ValueError:
        raise NotAShopAddress from None
    if host == "admin.shopify.com":
        _, _, name = url.path.partition("/store/")
        host = name.split("/")[0]
    domain = host if "." in host else f"{host}.myshopify.com"
    if not DOMAIN.fullmatch(domain):
        raise NotAShopAddress
    return domain


def admit(session: Session, manager: Actor | CommandLine) -> Actor | None:
    """Raise unless they may connect a shop: asked before Shopify is."""
    by = manager.require(Role.MANAGER)
    if by is not None and session.scalar(select(Staff.is_demo).where(Staff.id == by.id)):
        raise OwnAccountNeeded
    return by


def connect(
    session: Session,
    given: Credentials,
    token: Token,
    found: Connection,
    *,
    manager: Actor | CommandLine,
) -> int:
    """Take in a shop that has answered, and return its id. A new one, or one that returns, watches.

    One that is connected gets new credentials, and goes on.
    """
    by = admit(session, manager)
    shop = _opened(session, given, found)
    if shop.is_demo:
        raise NotAShopAddress
    known = unseal(shop.client_secret)
    if known and known != given.client_secret.get_secret_value():
        shop.old_client_secret = shop.client_secret
        shop.old_secret_until = utc_now() + _OLD_SECRET_GOOD_FOR
    shop.client_id = given.client_id
    shop.client_secret = seal(given.client_secret.get_secret_value())
    shop.access_token = seal(token.value.get_secret_value())
    shop.access_token_renew_at = token.renew_at
    shop.connected_at, shop.disconnected_at = utc_now(), None
    _note(shop, found)
    demo.leave(session)
    history.record(session, EventName.SHOP_CONNECTED, shop_id=shop.id, actor=by)
    request_check(session, shop.id)
    sync.start(session, shop.id)
    return shop.id


def _opened(session: Session, given: Credentials, found: Connection) -> Shop:
    # Shopify knows a shop that was renamed by both names.
    added = session.scalar(
        insert(Shop)
        .values(
            domain=found.domain,
            name=found.name,
            email=found.email,
            time_zone=found.time_zone,
            client_id=given.client_id,
            client_secret=seal(""),
        )
        .on_conflict_do_nothing(index_elements=[Shop.domain])
        .returning(Shop.id)
    )
    if added is not None:
        reasons.begin(session, added)
    return session.scalars(
        select(Shop).where(Shop.domain == found.domain).with_for_update(key_share=True)
    ).one()


def request_check(session: Session, shop_id: int) -> None:
    """Have the connection looked at, unless that is about to happen."""
    if not session.scalar(select(queue.is_waiting("check_connection", "shop_id", str(shop_id)))):
        queue.defer(session, "check_connection", priority=5, shop_id=shop_id)


def request_checks(session: Session) -> None:
    """The same of all shops that are connected."""
    for shop_id in sync_state.shop_ids(session):
        request_check(session, shop_id)


def checked(session: Session, shop_id: int, found: Connection) -> None:
    _note(session.get_one(Shop, shop_id, with_for_update={"key_share": True}), found)


def check_failed(session: Session, shop_id: int, code: str) -> None:
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id)
        .values(connection_error=code, checked_at=func.clock_timestamp())
    )


def _note(shop: Shop, found: Connection) -> None:
    shop.name, shop.email, shop.time_zone = found.name, found.email, found.time_zone
    shop.granted_scopes = sorted(found.scopes)
    shop.served_version = found.served_version
    shop.checked_at = utc_now()
    shop.connection_error = None


def go_live(
    session: Session, shop_id: int, first: int | None, *, manager: Actor | CommandLine
) -> None:
    """Let holds, tags and mail leave, from this order of the shop on; None: from the next one.

    What was approved while watching counts. What was rejected then is said to nobody by itself.
    """
    by = manager.require(Role.MANAGER)
    shop = _connected(session, shop_id)
    if shop.mode is ShopMode.LIVE:
        raise ChangedMeanwhile
    if shops.lacking(shop):
        raise ScopesMissing
    now = utc_now()
    shop.mode, shop.went_live_at = ShopMode.LIVE, now
    shop.live_from = going_live.placed_at(session, shop_id, first) or now
    history.record(session, EventName.SHOP_WENT_LIVE, shop_id=shop_id, order_id=first, actor=by)
    session.flush()
    counting = going_live.orders_that_count(shop_id, shop.live_from)
    session.execute(
        update(Order).where(*counting, releases.is_open).values(released_at=None),
        execution_options={"synchronize_session": False},
    )
    session.execute(select(errands.requested()).where(*counting, Order.released_at.is_(None)))


def watch(session: Session, shop_id: int, *, manager: Actor | CommandLine) -> None:
    """Let nothing leave any more. Holds stay in Shopify, where a person may release them."""
    by = manager.require(Role.MANAGER)
    shop = _connected(session, shop_id)
    if shop.mode is ShopMode.WATCH:
        raise ChangedMeanwhile
    _fall_silent(session, shop)
    history.record(session, EventName.SHOP_CHANGED, shop_id=shop_id, actor=by, mode=shop.mode.value)


def disconnect(session: Session, shop_id: int, *, manager: Actor | CommandLine) -> None:
    """Forget the way in, and keep what we know. Holds stay in Shopify, as in watch mode."""
    by = manager.require(Role.MANAGER)
    _leave(session, _connected(session, shop_id), by)


def uninstalled(session: Session, shop_id: int) -> None:
    """Somebody removed the app in Shopify; being told again changes nothing."""
    shop = session.get_one(Shop, shop_id, with_for_update={"key_share": True})
    if shop.disconnected_at is None and not shop.is_demo:
        _leave(session, shop, None)


def _leave(session: Session, shop: Shop, by: Actor | None) -> None:
    _fall_silent(session, shop)
    shop.disconnected_at = utc_now()
    shop.access_token = shop.access_token_renew_at = None
    history.record(session, EventName.SHOP_DISCONNECTED, shop_id=shop.id, actor=by)


def _fall_silent(session: Session, shop: Shop) -> None:
    shop.mode = ShopMode.WATCH
    outbox.drop_queued(session, shop.id)


def _connected(session: Session, shop_id: int) -> Shop:
    shop = session.get(Shop, shop_id, with_for_update={"key_share": True}, populate_existing=True)
    if shop is None or shop.is_demo:
        raise NotFound
    if shop.disconnected_at is not None:
        raise ChangedMeanwhile
    return shop

"""The outside systems that a job talks to, built for it. A test hands in its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from procrastinate import JobContext
from pydantic import SecretStr
from sqlalchemy import func, select

from core import db
from core.config import settings
from core.errors import Unavailable
from core.integrations import mail
from core.integrations.shopify.client import AdminClient, Connection
from core.integrations.shopify.tokens import Token, fetch_token, static_token
from core.integrations.storage import Storage, storage
from core.models import Shop
from core.sealing import unseal
from core.services import shops
from core.services.connections import Credentials

#: How often Shopify is asked before it counts as away. One bad moment is waited out; longer waits
#: are the queue's, where they keep no worker, and no other shop, from its work.
TRIES = 2


@dataclass(frozen=True, slots=True)
class Clients:
    #: The demo shop's address: handed in by `run`, settable by no environment variable.
    demo_shop: str | None = None

    @property
    def demo_address(self) -> tuple[str, int] | None:
        """The one place that photos may be fetched from over http."""
        if self.demo_shop is None:
            return None
        url = urlsplit(self.demo_shop)
        return (url.hostname or "", url.port or 80)

    @property
    def storage(self) -> Storage:
        return storage()

    @property
    def mailer(self) -> mail.Mailer:
        return mail.Mailer(settings())

    @contextmanager
    def admin(self, shop_id: int) -> Iterator[AdminClient]:
        """A client for this shop, with a token that is good for hours."""
        with db.transaction() as session:
            shop = session.get_one(Shop, shop_id)
        if shop.disconnected_at is not None:
            raise Unavailable("disconnected", permanent=True)
        base_url = self.demo_shop if shop.is_demo else None
        if shop.is_demo and base_url is None:
            raise Unavailable("demo_shop_not_running")

        def renew(refused: SecretStr) -> SecretStr:
            return _renewed(shop_id, base_url, refused)

        known = shops.token(shop)
        token = SecretStr(known) if known else _renewed(shop_id, base_url, None)
        with AdminClient(shop.domain, token, base_url=base_url, tries=TRIES, renew=renew) as client:
            yield client


_of_pages = Clients()


def of_pages() -> Clients:
    """What the pages of this process ask with, for somebody who waits."""
    return _of_pages


def give_to_pages(clients: Clients) -> None:
    global _of_pages
    _of_pages = clients


def clients_of(context: JobContext) -> Clients:
    return cast(Clients, context.additional_context["clients"])


def look_in(given: Credentials, *, base_url: str | None = None) -> tuple[Token, Connection]:
    """See whether the credentials open the shop, for somebody who waits; raises `Unavailable`."""
    token = (
        static_token(given.access_token)
        if given.access_token
        else fetch_token(given.domain, given.client_id, given.client_secret, base_url=base_url)
    )
    with AdminClient(given.domain, token.value, base_url=base_url, tries=TRIES) as client:
        return token, client.check()


def _renewed(shop_id: int, base_url: str | None, refused: SecretStr | None) -> SecretStr:
    """Another token than the one that Shopify refused, or than the one that is about to end."""
    with _alone(f"token:{shop_id}"):
        with db.transaction() as session:
            shop = session.get_one(Shop, shop_id)
        known = shops.token(shop)
        if known and (refused is None or known != refused.get_secret_value()):
            return SecretStr(known)  # another worker was first
        if not shop.client_id:
            raise Unavailable("unauthorized", "token", permanent=True)
        secret = SecretStr(unseal(shop.client_secret))
        token = fetch_token(shop.domain, shop.client_id, secret, base_url=base_url)
        with db.transaction() as session:
            shops.keep_token(
                session, shop_id, token.value.get_secret_value(), renew_at=token.renew_at
            )
        return token.value


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One at a time, over all workers; no transaction is open meanwhile."""
    key = func.hashtextextended(name, 0)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock(key)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(key)))

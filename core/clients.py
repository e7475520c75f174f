"""The outside systems that a job talks to, built for it. A test hands in its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from procrastinate import JobContext
from pydantic import SecretStr

from core import db
from core.config import settings
from core.errors import Unavailable
from core.integrations import mail
from core.integrations.shopify import tokens
from core.integrations.shopify.client import AdminClient
from core.integrations.storage import Storage, storage
from core.models import Shop
from core.sealing import unseal
from core.services import shops


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
            known = shops.token(shop)
        base_url = self.demo_shop if shop.is_demo else None
        if shop.is_demo and base_url is None:
            raise Unavailable("demo_shop_not_running")
        token = SecretStr(known) if known else _new_token(shop, base_url)
        with AdminClient(shop.domain, token, base_url=base_url) as client:
            try:
                yield client
            except Unavailable as error:
                if error.code != "unauthorized" or known is None:
                    raise
                # It was revoked; the next try asks for another.
                with db.transaction() as session:
                    shops.forget_token(session, shop_id)
                raise Unavailable(error.code, error.detail) from error


def clients_of(context: JobContext) -> Clients:
    return cast(Clients, context.additional_context["clients"])


def _new_token(shop: Shop, base_url: str | None) -> SecretStr:
    secret = SecretStr(unseal(shop.client_secret))
    token = tokens.fetch_token(shop.domain, shop.client_id, secret, base_url=base_url)
    with db.transaction() as session:
        shops.keep_token(session, shop.id, token.value.get_secret_value(), renew_at=token.renew_at)
    return token.value

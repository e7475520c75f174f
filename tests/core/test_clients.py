"""Tokens and connections, against the demo shop over HTTP."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.clients import Clients, look_in
from core.demo.shop import DOMAIN
from core.errors import Unavailable
from core.integrations.shopify.client import REQUIRED_SCOPES
from core.models import Shop, utc_now
from core.queries import shops
from core.services import connections
from core.services.connections import Credentials
from tests.loop import GOOD, Loop, small_loop
from tests.serving import free_port


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    with small_loop(tmp_path / "shop", [[GOOD]]) as loop:
        yield loop


def given(loop: Loop, **changes: str) -> Credentials:
    known = loop.shop.credentials
    fields = {"client_id": known.client_id, "client_secret": known.client_secret} | changes
    return connections.credentials(DOMAIN, **fields)


def tokens(loop: Loop) -> int:
    """How many the shop has given out."""
    with closing(sqlite3.connect(loop.shop.folder / "shop.sqlite")) as rows:
        return int(rows.execute("SELECT count(*) FROM tokens").fetchone()[0])


def shop() -> Shop:
    with db.transaction() as session:
        return session.scalars(select(Shop)).one()


def test_the_right_credentials_show_the_shop_and_what_it_allows(loop: Loop) -> None:
    token, found = look_in(given(loop), base_url=loop.address)

    assert (found.domain, found.time_zone, found.missing_scopes) == (DOMAIN, "Europe/Berlin", ())
    assert found.email
    assert found.served_version in found.supported_versions
    assert token.renew_at is not None


def test_a_token_that_does_not_end_opens_the_shop_alone(loop: Loop) -> None:
    given = connections.credentials(DOMAIN, access_token=loop.shop.issue_token())

    token, found = look_in(given, base_url=loop.address)

    assert found.domain == DOMAIN
    assert token.renew_at is None


@pytest.mark.parametrize("what", ["client_id", "client_secret"])
def test_wrong_credentials_are_refused_by_name_alone(loop: Loop, what: str) -> None:
    with pytest.raises(Unavailable) as raised:
        look_in(given(loop, **{what: "wrong-and-secret"}), base_url=loop.address)

    assert raised.value.code == "unauthorized"
    assert "wrong-and-secret" not in repr(raised.value)


def test_an_app_that_is_not_installed_is_refused(loop: Loop) -> None:
    loop.shop.uninstall()

    with pytest.raises(Unavailable, match="unauthorized"):
        look_in(given(loop), base_url=loop.address)


def test_missing_scopes_are_named(loop: Loop) -> None:
    loop.go_wrong(missing_scopes=["write_orders"])

    _, found = look_in(given(loop), base_url=loop.address)

    assert found.missing_scopes == ("write_orders",)


def test_whoever_waits_soon_hears_that_shopify_is_away(loop: Loop) -> None:
    with pytest.raises(Unavailable, match="unreachable"):
        look_in(given(loop), base_url=f"http://127.0.0.1:{free_port()}")


def test_a_job_waits_out_one_bad_moment_and_leaves_longer_ones_to_the_queue(loop: Loop) -> None:
    with Clients(loop.address).admin(shop().id) as client:
        loop.go_wrong(server_error=1)
        client.check()
        loop.go_wrong(server_error=2)
        with pytest.raises(Unavailable, match="server_error"):
            client.check()

        assert client.check().domain == DOMAIN


def test_of_many_workers_one_renews_the_token(loop: Loop) -> None:
    clients, shop_id, begin = Clients(loop.address), shop().id, threading.Barrier(6)

    def ask(_: int) -> str:
        begin.wait()
        with clients.admin(shop_id) as client:
            return client.check().domain

    with ThreadPoolExecutor(6) as workers:
        answers = set(workers.map(ask, range(6)))

    assert answers == {DOMAIN}
    assert tokens(loop) == 1


def test_a_token_is_renewed_before_it_ends(loop: Loop) -> None:
    clients, shop_id = Clients(loop.address), shop().id
    with clients.admin(shop_id):
        pass
    with db.transaction() as session:
        session.get_one(Shop, shop_id).access_token_renew_at = utc_now()

    with clients.admin(shop_id) as client:
        assert client.check().domain == DOMAIN

    assert tokens(loop) == 2


def test_a_token_that_shopify_forgot_is_renewed_once_in_the_midst_of_the_work(loop: Loop) -> None:
    with Clients(loop.address).admin(shop().id) as client:
        client.check()
        loop.shop.uninstall()  # which ends all tokens
        loop.shop.install()

        assert client.check().domain == DOMAIN

        loop.shop.uninstall()
        with pytest.raises(Unavailable, match="unauthorized"):
            client.check()


def test_a_disconnected_shop_is_not_asked(loop: Loop) -> None:
    with db.transaction() as session:
        session.scalars(select(Shop)).one().disconnected_at = utc_now()

    with (
        pytest.raises(Unavailable, match="disconnected"),
        Clients(loop.address).admin(shop().id),
    ):
        pass

    assert tokens(loop) == 0


def test_a_check_notes_what_the_shop_allows_and_what_went_wrong(loop: Loop) -> None:
    with db.transaction() as session:
        connections.request_check(session, session.scalars(select(Shop.id)).one())
        connections.request_check(session, session.scalars(select(Shop.id)).one())
    loop.work()
    checked = shop()
    loop.shop.uninstall()
    with db.transaction() as session:
        connections.request_check(session, checked.id)

    loop.work()

    assert set(REQUIRED_SCOPES) <= set(checked.granted_scopes)
    assert (checked.connection_error, checked.served_version) == (None, "2026-10")
    with db.transaction() as session:
        (standing,) = shops.standings(session)
    assert standing.connection_error == "unauthorized"
    assert not standing.is_being_checked

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from core.demo.shop import DOMAIN
from core.errors import Unavailable
from core.integrations.shopify.tokens import fetch_token, static_token
from tests.core.integrations.shopify.conftest import Peer
from tests.core.integrations.shopify.test_transport import answering

SECRET = SecretStr("shpss_secret")


def test_credentials_become_a_token_that_opens_the_shop(peer: Peer) -> None:
    known = peer.shop.credentials
    before = datetime.now(UTC)

    token = fetch_token(
        DOMAIN, known.client_id, SecretStr(known.client_secret), base_url=peer.base_url
    )

    assert token.renew_at is not None
    assert timedelta(hours=19) < token.renew_at - before < timedelta(hours=20)
    assert token.value.get_secret_value() not in repr(token)
    with peer.client(token=token.value) as admin:
        assert admin.check().domain == DOMAIN


def test_wrong_credentials_are_refused_without_repeating_them(peer: Peer) -> None:
    with pytest.raises(Unavailable) as raised:
        fetch_token(DOMAIN, "nobody", SECRET, base_url=peer.base_url)

    assert raised.value.code == "unauthorized"
    assert raised.value.permanent
    assert SECRET.get_secret_value() not in repr(raised.value)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, '{"error": "app_not_installed"}', "unauthorized"),
        (200, "<html>", "bad_answer"),
        (200, '{"access_token": "shpat_1"}', "bad_answer"),
        (200, '{"access_token": "shpat_1", "expires_in": "soon"}', "bad_answer"),
        (429, "{}", "throttled"),
        (502, "", "server_error"),
    ],
)
def test_an_answer_without_a_token_has_its_name(status: int, body: str, code: str) -> None:
    with answering(status, body) as (base_url, _), pytest.raises(Unavailable) as raised:
        fetch_token(DOMAIN, "app", SECRET, base_url=base_url)

    assert raised.value.code == code


def test_a_token_is_renewed_before_it_ends_and_a_static_one_never() -> None:
    before = datetime.now(UTC)
    with answering(200, '{"access_token": "shpat_1", "expires_in": 3600}') as (base_url, _):
        token = fetch_token(DOMAIN, "app", SECRET, base_url=base_url)

    assert token.renew_at is not None
    assert timedelta(minutes=48) <= token.renew_at - before < timedelta(minutes=49)
    assert static_token(SECRET).renew_at is None

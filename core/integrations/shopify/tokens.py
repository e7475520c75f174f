"""Access tokens by the client-credentials grant. Keeping and renewing them is the caller's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from core.errors import Unavailable
from core.integrations.shopify.transport import (
    TIMEOUT,
    admin_url,
    check_status,
    http_client,
    json_object,
    send,
)


@dataclass(frozen=True)
class Token:
    value: SecretStr
    #: When four fifths of its life are over, and a new one should be asked for. None for a static
    #: token, which lives until the app is uninstalled.
    renew_at: datetime | None


def static_token(value: SecretStr) -> Token:
    return Token(value, renew_at=None)


def fetch_token(
    domain: str,
    client_id: str,
    client_secret: SecretStr,
    *,
    base_url: str | None = None,
    timeout: float = TIMEOUT,
) -> Token:
    """Ask for a new token, once. A refusal is `unauthorized` and permanent.

    There may be no shop of that name: `no_such_shop`.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret.get_secret_value(),
    }
    url = f"{admin_url(domain, base_url)}/admin/oauth/access_token"
    asked_at = datetime.now(UTC)
    with http_client(timeout) as http:
        response = send(lambda: http.post(url, data=form))
    if response.status_code == 400:
        # Shopify says so for an app that is not installed on this shop or not of its owner.
        raise Unavailable("unauthorized", "HTTP 400", permanent=True)
    if response.status_code == 404:
        raise Unavailable("no_such_shop", domain, permanent=True)
    check_status(response)
    answer = json_object(response)
    try:
        value, seconds = str(answer["access_token"]), float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise Unavailable("bad_answer", "no token") from None
    return Token(SecretStr(value), renew_at=asked_at + timedelta(seconds=seconds) * 0.8)

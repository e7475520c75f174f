"""The mail to sign in with. Its link and code are computed, and stored nowhere: not in it either.

What is kept of the mail has marks where they belong; they are put in for the mail server, and on
the demo's Mailbox page.
"""

import base64
import hmac
from functools import cache
from uuid import UUID

from core.config import settings
from core.models import MessageKind
from core.sealing import derived_key
from core.services import letters
from core.services.letters import Letter

_LINK, _CODE = "[sign-in link]", "[code]"
_MAC_BYTES = 16
_TOKEN_LENGTH = 43  # in base64, without padding
_CODES = 10**6


def write(shop: str) -> Letter:
    return letters.write(
        MessageKind.SIGN_IN, shop=shop, order="", customer_name=None, url=_LINK, code=_CODE
    )


def filled(text: str, sign_in_id: UUID | None) -> str:
    """Put link and code into a text or HTML of ours; that of any other mail stays as it is."""
    if sign_in_id is None:
        return text
    return text.replace(_LINK, url(sign_in_id)).replace(_CODE, code(sign_in_id))


def url(sign_in_id: UUID) -> str:
    return f"{settings().address}/in/{token(sign_in_id)}"


def token(sign_in_id: UUID) -> str:
    signed = _signed("link", sign_in_id)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(sign_in_id.bytes + signed).decode().rstrip("=")


def code(sign_in_id: UUID) -> str:
    # 2**64 is so much more than a million that each is as likely as the others.
    return f"{int.from_bytes(_signed('code', sign_in_id)[:8]) % _CODES:06d}"


def sign_in_of(token_: str) -> UUID | None:
    """Return whose link it is, if it is genuine."""
    if len(token_) != _TOKEN_LENGTH or not token_.isascii():
        return None
    try:
        sign_in_id = UUID(bytes=base64.urlsafe_b64decode(f"{token_}=")[:16])
    except ValueError:  # not in base64, or too short
        return None
    return sign_in_id if hmac.compare_digest(token(sign_in_id), token_) else None


def _signed(purpose: str, sign_in_id: UUID) -> bytes:
    return hmac.digest(_key(), f"{purpose}:{sign_in_id}".encode(), "sha256")


@cache
def _key() -> bytes:
    return derived_key("customer sign-in")

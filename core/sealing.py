"""Keys from the installation's secret, and what the database keeps only encrypted."""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.config import secret_key


def derived_key(purpose: str) -> bytes:
    """Return 32 bytes for one purpose, made from the installation's secret (HKDF, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key())


@cache
def _fernet() -> Fernet:
    return Fernet(urlsafe_b64encode(derived_key("sealing")))


def seal(secret: str) -> bytes:
    return _fernet().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    return _fernet().decrypt(sealed).decode()

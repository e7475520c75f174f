"""Settings, read once from the environment and `.env`; every name begins with `LOUPE_`."""

import contextlib
import os
import secrets
import tempfile
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parents[1]


def _postgres_url(url: str) -> str:
    # Not pydantic's `PostgresDsn`: it refuses sockets, which have no host.
    scheme, separator, rest = url.partition("://")
    if scheme not in ("postgresql", "postgres") or not separator:
        raise ValueError("must begin with postgresql://")
    return f"postgresql://{rest}"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="LOUPE_", env_file=ROOT / ".env", extra="ignore", env_ignore_empty=True
    )

    port: int = Field(8501, ge=1, le=65535)
    #: Postgres, pictures, logs and the installation's secret.
    data_dir: Annotated[Path, AfterValidator(_absolute)] = ROOT / "data"
    #: Empty: an embedded Postgres in the data folder.
    database_url: Annotated[str, AfterValidator(_postgres_url)] | None = None
    #: Where browsers reach us. Empty: this machine only, and no real mail.
    public_url: AnyHttpUrl | None = None
    #: Addresses or networks whose `X-Forwarded-*` headers are believed.
    trusted_proxies: list[str] = []
    #: Empty: made once and kept in the data folder.
    secret_key: SecretStr | None = None
    demo_password: SecretStr | None = None
    #: Minutes; wins over the shop's own setting.
    undo_minutes: float | None = Field(None, ge=0, le=24 * 60)
    #: Where pictures are kept, as obstore understands it. Empty: the data folder.
    storage_url: str | None = None

    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    #: Never more of them in any minute, over all workers.
    smtp_per_minute: int = Field(30, ge=1)
    mail_from: str | None = None

    @property
    def address(self) -> str:
        """Our own base URL, without a slash at the end."""
        if self.public_url is not None:
            return str(self.public_url).rstrip("/")
        return f"http://localhost:{self.port}"

    @property
    def host(self) -> str:
        """Where the web listens: for this machine only, unless there is a public address."""
        return "127.0.0.1" if self.public_url is None else "0.0.0.0"  # noqa: S104


@cache
def settings() -> Settings:
    return Settings()


def use_database(url: str) -> None:
    """Work on this database from now on, as will the processes we start."""
    os.environ["LOUPE_DATABASE_URL"] = url
    settings.cache_clear()


@cache
def secret_key() -> bytes:
    """The installation's secret: from it come the keys that sign links and encrypt tokens."""
    configured = settings().secret_key
    if configured is not None:
        return configured.get_secret_value().encode()
    return keep_secret(settings().data_dir / "secret.key").encode()


def keep_secret(path: Path, length: int = 32) -> str:
    """Return the secret in a file that only we may read, made at the first call.

    `length` is in random bytes. Of two processes starting together one makes it, and both
    return the same.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
            file.write(secrets.token_urlsafe(length))
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # the other process was first
                path.hardlink_to(file.name)
    return path.read_text()

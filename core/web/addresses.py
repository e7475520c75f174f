"""The addresses under which browsers reach us; each is an origin of its own."""

from core.config import settings


def origins() -> dict[str, str]:
    """Return the origin that belongs to each `Host` header we answer to."""
    port = "" if settings().port == 80 else f":{settings().port}"
    known = [f"http://localhost{port}", f"http://127.0.0.1{port}"]
    if settings().public_url is not None:
        known.append("/".join(settings().address.split("/")[:3]))
    return {origin.partition("://")[2]: origin for origin in known}


def origin_of(host: str | None) -> str | None:
    return origins().get(host.lower()) if host else None


def is_https(host: str | None) -> bool:
    return (origin_of(host) or "").startswith("https:")

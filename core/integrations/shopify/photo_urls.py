"""One address: made safe to store and show, judged by where it points, resolved to the original.

Judging is not fetching: the list of hosts that bytes are fetched from is the downloader's.
"""

import re
from base64 import b64decode
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from core.integrations.shopify.photo_hosts import (
    SHOPIFY_CDN,
    STORAGE_DOMAINS,
    UPLOAD_HOSTS,
    is_honest_name,
    is_within,
    shows_pages,
)
from core.integrations.shopify.photo_values import (
    FILE_EXTENSIONS,
    IMAGE_EXTENSIONS,
    MAX_LENGTH,
)

_UPLOADKIT_PAGES = (*SHOPIFY_CDN, "com-uploadkit.app")
_UPLOADCARE = ("ucarecdn.com", "ucarecd.net")

# C0, C1 and the backslash: parsers disagree about them, and no upload app writes them.
_POISON = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")

_PAGES = """
    products product collections pages blogs blog account cart checkout discount search policies
    shop store category watch profile user users maps
"""
_PAGE_SEGMENTS = frozenset(_PAGES.split())
_PAGE_EXTENSIONS = frozenset({"html", "htm", "xhtml", "php", "asp", "aspx", "jsp", "cgi"})
_APP_PROXIES = frozenset({"apps", "a", "community", "tools"})
_UPLOAD_SEGMENT = re.compile(
    r"(?:^|[-_.])(?:uploads?|uploaded|files?|photos?|images?|img|imgs|pictures?|media|storage"
    r"|attachments?|artworks?|originals?|customer|temp|tmp|user-?content|download)(?:$|[-_.])"
)
_SIZE_PARAMETERS = frozenset({"width", "height", "crop", "pad_color", "scale"})


class Kind(StrEnum):
    IMAGE = "image"
    FILE = "file"


class PhotoUrl(NamedTuple):
    url: str
    kind: Kind
    #: Where the original's bytes are, if the address itself leads to a page or a smaller copy.
    fetch_url: str


def read_url(text: str, *, photo_key: bool, demo: tuple[str, int] | None) -> PhotoUrl | None:
    """Judge one address, or return None for one that is hostile or no upload.

    `photo_key` is whether its label speaks of a photo: that tips the balance for an address
    without an extension on a host nobody knows.
    """
    parts = _parse(text, demo)
    if parts is None:
        return None
    is_demo = parts.scheme == "http"
    resolved = _resolve(parts)
    kind = resolved[0] if resolved else _kind(parts, photo_key=photo_key, known=is_demo)
    if kind is None:
        return None
    url = urlunsplit(parts)
    return PhotoUrl(url, kind, resolved[1] if resolved else _original(parts))


def _parse(text: str, demo: tuple[str, int] | None) -> SplitResult | None:
    if _POISON.search(text):
        return None
    try:
        parts = urlsplit(f"https:{text}" if text.startswith("//") else text)
    except ValueError:
        return None
    netloc = parts.netloc.lower()
    if parts.scheme == "http":
        if demo is None or netloc != f"{demo[0]}:{demo[1]}":
            return None
    elif parts.scheme != "https" or not is_honest_name(netloc):
        return None
    path, query = _encoded(parts.path), _encoded(parts.query, also="?")
    clean = SplitResult(parts.scheme, netloc, path, query, "")
    if not path.strip("/") or len(urlunsplit(clean)) > MAX_LENGTH:
        return None
    return clean


def _encoded(text: str, also: str = "") -> str:
    text = _STRAY_PERCENT.sub("%25", text)
    return quote(text, safe=f"/%:@!$&'()*+,;=~{also}", errors="replace")


def _kind(parts: SplitResult, *, photo_key: bool, known: bool) -> Kind | None:
    host = parts.netloc
    if not known and shows_pages(host):
        return None
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    segments = [piece for segment in segments for piece in segment.split("/") if piece]
    if not segments:
        return None
    extension = _extension(segments[-1])
    if extension in IMAGE_EXTENSIONS:
        return Kind.IMAGE
    if extension in FILE_EXTENSIONS:
        return Kind.FILE
    if any(segment.casefold() in _PAGE_SEGMENTS for segment in segments[:3]):
        return None
    hint = _kind_in_query(parts.query)
    if hint is not None:
        return hint
    if extension in _PAGE_EXTENSIONS:
        return None
    if known or is_within(host, UPLOAD_HOSTS):
        return Kind.IMAGE
    return Kind.IMAGE if _looks_uploaded(host, segments, parts.query, photo_key) else None


def _extension(name: str) -> str:
    return name.rpartition(".")[2].casefold() if "." in name else ""


def _kind_in_query(query: str) -> Kind | None:
    for name, value in parse_qsl(query):
        text = value.casefold()
        if name.casefold() in ("format", "fm", "ext", "extension", "type", "mime", "mimetype"):
            extension = text.removeprefix("image/")
            if text.startswith("image/"):
                return Kind.IMAGE
        else:
            # `...;filename="cat.jpg"` of a signed address counts too.
            extension = _extension(text.strip("\"' ")) if "." in text[-6:] else ""
        if extension in IMAGE_EXTENSIONS:
            return Kind.IMAGE
        if extension in FILE_EXTENSIONS:
            return Kind.FILE
    return None


def _looks_uploaded(host: str, segments: list[str], query: str, photo_key: bool) -> bool:
    """Weigh an address without an extension on a host that is nobody's upload service."""
    places = [segment.casefold() for segment in segments[:-1]]
    in_uploads = any(_UPLOAD_SEGMENT.search(place) for place in places)
    if host in SHOPIFY_CDN:
        return "uploads" in places
    if is_within(host, ["myshopify.com"]) and _APP_PROXIES.isdisjoint(places[:1]):
        return False
    in_uploads = in_uploads or is_within(host, STORAGE_DOMAINS)
    signs = [photo_key, in_uploads, any(_is_id(name) for name in (*segments[-2:], query))]
    return sum(signs) >= 2


def _is_id(text: str) -> bool:
    """Whether a part of it was made by a machine: not "summer-mug-2023"."""
    return any(
        len(part) >= 6
        and (
            any(character.isdigit() for character in part)
            or not (part.islower() or part.isupper() or part.istitle())
        )
        for part in re.split(r"[^0-9A-Za-z]", text)
    )


def _resolve(parts: SplitResult) -> tuple[Kind, str] | None:
    """Follow the two upload apps that put a page of theirs where the picture should be."""
    # Not `parse_qs`: a plus in UploadKit's Base64 is a plus.
    query = {
        name: unquote(value)
        for name, _, value in (pair.partition("=") for pair in parts.query.split("&"))
    }
    if is_within(parts.netloc, _UPLOADKIT_PAGES) and parts.path.endswith("/download.html"):
        return _resolve_uploadkit(parts, query)
    if re.fullmatch(r"[\w-]{4,80}", query.get("ph_image", "")):
        extension = query.get("extension", "").strip("=").casefold() or "jpg"
        if extension in IMAGE_EXTENSIONS | FILE_EXTENSIONS:
            kind = Kind.IMAGE if extension in IMAGE_EXTENSIONS else Kind.FILE
            return kind, f"https://uploadly-files.com/{query['ph_image']}.{extension}"
    return None


def _resolve_uploadkit(parts: SplitResult, query: dict[str, str]) -> tuple[Kind, str]:
    encoded = query.get("fi", "").translate(str.maketrans("-_", "+/"))
    try:
        name = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode()
    except ValueError:
        name = ""
    is_image = query.get("image") == "true" or _extension(name) in IMAGE_EXTENSIONS
    kind = Kind.IMAGE if is_image else Kind.FILE
    transform = query.get("mo", "")
    if (
        not all(re.fullmatch(r"[0-9a-zA-Z-]+", query.get(part, "")) for part in ("id", "uu"))
        or not re.fullmatch(r"(?:-/[\w/,.%-]*/)?", transform)
        or ".." in transform
        or not name
        or _POISON.search(name)
    ):
        return kind, urlunsplit(parts)
    path = f"{query['id']}/{query['uu']}/{transform}{quote(name, safe='')}"
    return kind, f"https://files.getuploadkit.com/{path}?dl=1"


def _original(parts: SplitResult) -> str:
    """The address of the unscaled, uncropped bytes."""
    if parts.netloc in SHOPIFY_CDN:
        pairs = [pair for pair in parts.query.split("&") if pair]
        kept = [pair for pair in pairs if pair.partition("=")[0] not in _SIZE_PARAMETERS]
        return urlunsplit(parts._replace(query="&".join(kept)))
    if is_within(parts.netloc, _UPLOADCARE) and "/-/" in parts.path:
        return urlunsplit(parts._replace(path=parts.path.partition("/-/")[0] + "/"))
    return urlunsplit(parts)

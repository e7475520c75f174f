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
    is_look_alike,
    is_public_name,
    is_within,
    shows_pages,
)
from core.integrations.shopify.photo_reasons import Why
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
#: What rented storage asks for, and what says nothing of the file itself.
_SIGNATURE = re.compile(
    r"x-(?:amz|goog)-.*|expires|signature|key-pair-id|policy|awsaccesskeyid|googleaccessid"
    r"|s[verpt]|sig|spr|ss|srt|sk(?:oid|tid|t|e|s|v)|response-content-.*"
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
    #: What tells its kind.
    why: Why

    @property
    def file(self) -> str:
        """The same for two addresses of one file."""
        parts = urlsplit(self.fetch_url)
        names = {name.casefold() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        is_one = parts.netloc in SHOPIFY_CDN or (
            is_within(parts.netloc, STORAGE_DOMAINS) and all(map(_SIGNATURE.fullmatch, names))
        )
        return urlunsplit(parts._replace(query="")) if is_one else self.fetch_url


def read_url(
    text: str, *, photo_key: bool, is_taken: bool = False, demo: tuple[str, int] | None
) -> PhotoUrl | Why:
    """Judge one address, or say why it is hostile or no upload.

    `photo_key` is whether its label speaks of a photo: that tips the balance for an address
    without an extension on a host nobody knows. `is_taken` is the merchant's word that whatever
    stands there is a picture.
    """
    parts = _parse(text, demo)
    if isinstance(parts, Why):
        return parts
    url, original = urlunsplit(parts), _original(parts)
    is_demo = parts.scheme == "http"
    if resolved := _resolve(parts):
        return PhotoUrl(url, *resolved, Why.APP_PAGE)
    why, kind = _kind(parts, photo_key=photo_key, known=is_demo)
    if kind is None and is_taken:
        why, kind = Why.RULE_TAKES, Kind.IMAGE
    return PhotoUrl(url, kind, original, why) if kind else why


def _parse(text: str, demo: tuple[str, int] | None) -> SplitResult | Why:
    if _POISON.search(text):
        return Why.STRANGE_LETTERS
    try:
        parts = urlsplit(f"https:{text}" if text.startswith("//") else text)
    except ValueError:
        return Why.BAD_HOST
    netloc = parts.netloc.lower()
    is_demo = demo is not None and (parts.scheme, netloc) == ("http", f"{demo[0]}:{demo[1]}")
    if not is_demo:
        if parts.scheme != "https":
            return Why.NOT_HTTPS
        if not is_public_name(netloc):
            return Why.BAD_HOST
        if is_look_alike(netloc):
            return Why.LOOK_ALIKE
    path, query = _encoded(parts.path), _encoded(parts.query, also="?")
    clean = SplitResult(parts.scheme, netloc, path, query, "")
    if not path.strip("/"):
        return Why.NO_FILE
    return Why.TOO_LONG if len(urlunsplit(clean)) > MAX_LENGTH else clean


def _encoded(text: str, also: str = "") -> str:
    text = _STRAY_PERCENT.sub("%25", text)
    return quote(text, safe=f"/%:@!$&'()*+,;=~{also}", errors="replace")


def _kind(parts: SplitResult, *, photo_key: bool, known: bool) -> tuple[Why, Kind | None]:
    host = parts.netloc
    if not known and shows_pages(host):
        return Why.PAGE_SITE, None
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    segments = [piece for segment in segments for piece in segment.split("/") if piece]
    if not segments:
        return Why.NO_FILE, None
    extension = _extension(segments[-1])
    if kind := _kind_of(extension):
        return Why.FILE_NAME, kind
    if any(segment.casefold() in _PAGE_SEGMENTS for segment in segments[:3]):
        return Why.PAGE, None
    if kind := _kind_in_query(parts.query):
        return Why.PARAMETER, kind
    if extension in _PAGE_EXTENSIONS:
        return Why.PAGE, None
    if known or is_within(host, UPLOAD_HOSTS):
        return Why.UPLOAD_SERVICE, Kind.IMAGE
    if _looks_uploaded(host, segments, parts.query, photo_key):
        return Why.LOOKS_UPLOADED, Kind.IMAGE
    return Why.UNLIKELY, None


def _kind_of(extension: str) -> Kind | None:
    if extension in IMAGE_EXTENSIONS:
        return Kind.IMAGE
    return Kind.FILE if extension in FILE_EXTENSIONS else None


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
        if kind := _kind_of(extension):
            return kind
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
        if kind := _kind_of(extension):
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

"""Whose hosts they are: upload services, look-alikes of them, and sites that show pages."""

import re
import unicodedata
from collections.abc import Iterable

#: Upload services' own domains. A host that merely contains one of them is a look-alike;
#: `cdn.shopify.com-uploadkit.app` is not, but a real app's real host.
_VENDORS = """
    shopify.com myshopify.com com-uploadkit.app getuploadkit.com uploadly-files.com cloudlift.app
    customily.com ucarecdn.com ucarecd.net filestackcontent.com
"""
#: Whatever lies here was uploaded by somebody, extension or not.
_UPLOADS = """
    upload.cloudlift.app uploadery.s3.amazonaws.com files.getuploadkit.com cdn.getuploadkit.com
    uploadly-files.com cdn.customily.com ucarecdn.com ucarecd.net cdn.filestackcontent.com
    www.filestackapi.com res.cloudinary.com
"""
#: Rented storage, in which upload apps keep their files.
_STORAGE = """
    amazonaws.com googleapis.com blob.core.windows.net cloudfront.net digitaloceanspaces.com
    r2.dev r2.cloudflarestorage.com backblazeb2.com wasabisys.com supabase.co imgix.net
"""
#: Pages about people, places, films, songs and goods; and an app's own clip art.
_PAGES = """
    fb.com fb.me fb.watch x.com t.co t.me wa.me youtu.be pin.it goo.gl maps.app.goo.gl
    maps.apple.com music.apple.com threads.net twitch.tv linktr.ee discord.gg cdn-zeptoapps.com
"""
#: The same where the country's ending varies: "pinterest.de", "amazon.co.uk".
_PAGE_NAMES = """
    instagram facebook twitter tiktok youtube youtube-nocookie vimeo dailymotion pinterest linkedin
    snapchat reddit tumblr whatsapp telegram discord spotify soundcloud deezer waze openstreetmap
    what3words google bing wikipedia wikimedia amazon ebay etsy
"""
_PRIVATE = "localhost local internal intranet lan home corp private arpa onion"

_LOOKS_LIKE = str.maketrans("аеорсухіјѕԁһӏпտοαινρυτκ01", "aeopcyxijsdhinnoaivputkoi")

VENDOR_DOMAINS = tuple(_VENDORS.split())
UPLOAD_HOSTS = tuple(_UPLOADS.split())
STORAGE_DOMAINS = tuple(_STORAGE.split())
SHOPIFY_CDN = ("cdn.shopify.com", "cdn2.shopify.com")
_PAGE_DOMAINS = tuple(_PAGES.split())
_PAGE_SITES = frozenset(_PAGE_NAMES.split())
_NOT_PUBLIC = frozenset(_PRIVATE.split())

# No room for a port, a user, an address in any notation or a dot at the end.
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})"
)


def is_within(host: str, domains: Iterable[str]) -> bool:
    """Whether the host is one of these or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_public_name(host: str) -> bool:
    if len(host) > 253 or not _HOST.fullmatch(host):
        return False
    return host.rpartition(".")[2] not in _NOT_PUBLIC


def is_look_alike(host: str) -> bool:
    """Whether it is made to look like an upload service's."""
    if is_within(host, VENDOR_DOMAINS):
        return False
    looks = _look(host)
    return any(domain in host or domain in looks for domain in VENDOR_DOMAINS)


def _look(host: str) -> str:
    """How a person reads it: other alphabets' letters, accents and digits as what they look like.

    After the skeletons of Unicode's Technical Standard 39, for the letters that count here.
    """
    labels = []
    for label in host.split("."):
        try:
            text = label[4:].encode().decode("punycode") if label.startswith("xn--") else label
        except UnicodeError:
            text = label
        labels.append(text)
    plain = unicodedata.normalize("NFKD", ".".join(labels)).casefold().translate(_LOOKS_LIKE)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def shows_pages(host: str) -> bool:
    """Whether addresses here lead to pages, whatever they look like."""
    if host in ("drive.google.com", "docs.google.com"):
        return False
    labels = host.split(".")
    names = labels[-2:-1] + (labels[-3:-2] if labels[-2] in ("co", "com") else [])
    return not _PAGE_SITES.isdisjoint(names) or is_within(host, _PAGE_DOMAINS)

"""The links inside one attribute's value: plain, several, in prose, in HTML, in JSON, encoded."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from core.integrations.shopify.photo_hosts import SHOPIFY_CDN, UPLOAD_HOSTS

_IMAGES = """
    jpg jpeg jpe jfif pjpeg png apng webp heic heif hif avif gif bmp tif tiff jp2 jxl
    dng cr2 cr3 nef arw orf rw2 raf
"""
_FILES = """
    svg svgz pdf ai eps ps psd psb indd cdr dxf dst stl obj zip rar 7z gz tar
    mp3 m4a wav ogg oga aac flac amr mp4 m4v mov avi mkv webm mpg mpeg 3gp
    doc docx odt rtf txt csv xls xlsx ppt pptx json xml ttf otf
"""
IMAGE_EXTENSIONS = frozenset(_IMAGES.split())
FILE_EXTENSIONS = frozenset(_FILES.split())
#: Longer ones are no address that anybody stored a picture under.
MAX_LENGTH = 4096
#: One value of an honest order holds a photo book at most.
MAX_LINKS = 500

_EXTENSION = "|".join(sorted(IMAGE_EXTENSIONS | FILE_EXTENSIONS, key=len, reverse=True))
# A scheme counts at a boundary, or glued to the picture before it ("a.jpghttps://...").
_START = re.compile(
    r"(?:(?<![a-z0-9+.\-])|(?<=\.jpg)|(?<=\.png)|(?<=\.jpeg)|(?<=\.heic))https?://"
    r"|(?<![^\s,;|\"'(>=\[])//(?=[a-z0-9])",
    re.IGNORECASE,
)
# What wraps an address without being one: `blob:https://...` lives in one browser only.
_WRAPPED = re.compile(
    r"(?:blob|data|javascript|vbscript|view-source|filesystem|jar|feed|about):$", re.IGNORECASE
)
_BREAK = re.compile('[\\s"<>|`\u2028\u2029]')
_END = re.compile('[\r\n\t"<>|`\u2028\u2029]')
_SPACE = re.compile("[ \u00a0\u3000]")
# "my cat photo.jpg": the words of a file name that nobody encoded, up to its extension.
_FILE_NAME = re.compile(
    rf"[^\r\n]{{0,200}}?\.(?:{_EXTENSION})(?:[?#]\S*)?(?=[\s,;)\]]|$)", re.IGNORECASE
)
_NAMED_FILE = re.compile(rf"\.(?:{_EXTENSION})(?:[?#&,;]|[).,;:!?\"'\]]*$)", re.IGNORECASE)
_TRAILING = ".,;:!?'*\"&}>，、；。：！？）」』】\u200b\u200c\u200d\u2060\ufeff"
_STARTING = ("\r", "\n", ",", ";", "|", ":", "=")
_PAIRS = {")": "(", "]": "["}
_CLOSING = {'"': '"', "'": "'", "<": ">"}

# Written as JSON writes it, by an app that forgot to read it back.
_ESCAPED_BREAK = re.compile(r"(?:\\r)?\\n")
# A picture's address without what an address begins with.
_BARE = re.compile(
    rf"(?:[a-z0-9-]+\.)+[a-z]{{2,63}}/\S+\.(?:{'|'.join(IMAGE_EXTENSIONS)})(?:\?\S*)?",
    re.IGNORECASE,
)

_AMPERSAND = re.compile(r"&(?:(?:amp|#38|#x26);)+", re.IGNORECASE)
_ENTITY = re.compile(r"&(quot|#34|#x22|#39|#x27|apos|lt|gt|nbsp);", re.IGNORECASE)
_ENTITIES = {"lt": "<", "gt": ">", "nbsp": " ", "quot": '"', "#34": '"', "#x22": '"'}


class Link(NamedTuple):
    text: str
    #: Names of the JSON members that led to it, outermost first.
    names: tuple[str, ...]


def links(value: str) -> Iterator[Link]:
    """Read every address in a value, as it stands there; in time linear to its length."""
    for count, link in enumerate(_read(value, (), nesting=0)):
        if count == MAX_LINKS:
            return
        yield link


def mentions_link(value: str) -> bool:
    """Whether the value holds anything that looks like an address, good or bad."""
    return "://" in value or "%3a%2f%2f" in value.casefold() or value.startswith(("//", "data:"))


def _read(value: str, names: tuple[str, ...], nesting: int) -> Iterator[Link]:
    text = _decoded(value.strip())
    if text[:5].casefold() == "data:":
        return
    if text[:1] in ("[", "{", '"') and nesting < 3:
        try:
            tree = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            for leaf, path in _leaves(tree, names):
                yield from _read(leaf, path, nesting + 1)
            return
    if "\\" in text:
        text = _ESCAPED_BREAK.sub("\n", text.replace("\\/", "/"))
    for piece in _pieces(text):
        yield Link(piece, names)


def _decoded(text: str) -> str:
    if text.partition("/")[0].casefold() in (*SHOPIFY_CDN, *UPLOAD_HOSTS) or _is_bare(text):
        text = f"https://{text}"
    for _ in range(2):
        if "://" in text or "%3a" not in text.casefold():
            break
        text = unquote(text)
    if "&" in text:
        text = _AMPERSAND.sub("&", text)
        text = _ENTITY.sub(lambda match: _ENTITIES.get(match[1].casefold(), "'"), text)
    return text


def _is_bare(text: str) -> bool:
    if len(text) > MAX_LENGTH or "://" in text or len(text.split(maxsplit=1)) != 1:
        return False
    return _BARE.fullmatch(text) is not None


def _leaves(tree: Any, names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    # A stack, because a hostile tree is deeper than Python's own.
    stack = [(tree, names)]
    while stack:
        node, path = stack.pop()
        if isinstance(node, str):
            yield node, path
        elif isinstance(node, list):
            stack.extend((child, path) for child in reversed(node))
        elif isinstance(node, dict):
            # Three names say enough, and keep a deep tree cheap.
            stack.extend((child, (*path, name)[-3:]) for name, child in reversed(node.items()))


def _pieces(text: str) -> Iterator[str]:
    starts = [match.start() for match in _START.finditer(text)]
    begin, last, queried = -1, -1, False
    for start in [*starts, len(text)]:
        if begin >= 0:
            gap = text[last:start]
            queried = queried or "?" in gap
            # An address inside an address ("/fetch?url=https://...") is part of it.
            before = text[start - 1]
            nested = before == "/" or (before == "=" and queried)
            if start < len(text) and nested and not _BREAK.search(gap):
                last = start
                continue
            piece = _piece(text, begin, start)
            if piece:
                yield piece
        begin, last, queried = start, start, False


def _piece(text: str, begin: int, end: int) -> str:
    if _WRAPPED.search(text[max(0, begin - 12) : begin]):
        return ""
    piece = text[begin:end]
    opening = text[begin - 1] if begin else ""
    close = piece.find(_CLOSING[opening]) if opening in _CLOSING else -1
    if close >= 0:
        return _trimmed(_END.split(piece[:close], maxsplit=1)[0])
    piece = _END.split(piece, maxsplit=1)[0]
    space = _SPACE.search(piece)
    if space is None:
        return _trimmed(piece)
    head, tail = piece[: space.start()], piece[space.start() :]
    before = text[max(0, begin - 8) : begin].rstrip(" \t")
    # In the middle of a sentence the words that follow are not a file's name.
    if (begin == 0 or before.endswith(_STARTING)) and not _NAMED_FILE.search(head[:MAX_LENGTH]):
        name = _FILE_NAME.match(tail)
        if name is not None:
            return _trimmed(head + name[0])
    return _trimmed(head)


def _trimmed(piece: str) -> str:
    """Take off what belongs to the sentence around the address, not to it."""
    piece = piece.partition("#")[0].rstrip(_TRAILING + " ")
    if len(piece) > MAX_LENGTH:
        return ""
    while piece and piece[-1] in _PAIRS:
        if piece.count(piece[-1]) <= piece.count(_PAIRS[piece[-1]]):
            break
        piece = piece[:-1].rstrip(_TRAILING + " ")
    return piece

"""Streamlit's own scripts and styles, which it sends uncompressed: 1.6 MB for an empty page."""

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


async def compressed(path: str, headers: Headers) -> Response | None:
    """Answer from memory for a file that shrinks and a browser that can expand it."""
    file = _files().get(path)
    if file is None or "gzip" not in headers.get("accept-encoding", ""):
        return None
    return Response(
        await run_in_threadpool(_compress, file),
        media_type=_TYPES[file.suffix],
        headers={
            "content-encoding": "gzip",
            "vary": "accept-encoding",
            # Their names change with their contents.
            "cache-control": "public, max-age=31536000, immutable",
        },
    )


@cache
def _files() -> dict[str, Path]:
    """Return what may be asked for, by its path in the address."""
    # Found without an import: this layer knows nothing else of Streamlit.
    spec = find_spec("streamlit")
    root = Path((spec and spec.origin) or "").with_name("static")
    return {
        f"/{file.relative_to(root).as_posix()}": file
        for file in (root / "static").rglob("*")
        if file.suffix in _TYPES
    }


@cache
def _compress(file: Path) -> bytes:
    return gzip.compress(file.read_bytes())

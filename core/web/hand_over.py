"""What is printed of orders, as one ZIP file: `GET /desk/hand-over.zip?orders=12,15`."""

import csv
import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from core import db
from core.errors import NotAllowed, NotFound, PictureRefused, SignedOut, Unavailable
from core.integrations import print_copies
from core.integrations.storage import Copy, scratch, storage
from core.models import Role, utc_now
from core.queries import not_ready, ready
from core.queries.not_ready import LeftOut
from core.queries.ready import PrintFile
from core.services import keeping
from core.services.file_names import Names, from_pattern, safe
from core.ui import ready_addresses, ready_words
from core.web import visits
from core.web.archive import Archive

_ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic", "AVIF": "avif"}
_PNG = b"\x89PNG"
logger = logging.getLogger(__name__)


async def archive(request: Request) -> Response:
    """Lead people elsewhere who are not of staff, or have nothing to print; programs get 404."""
    asked = ready_addresses.ids(request.query_params.get("orders", ""))
    found = await run_in_threadpool(_find, request, asked)
    if found is None:
        return _nothing(request, "/")
    files, left_out = found
    if not files:
        return _nothing(request, ready_addresses.changed(asked))
    there = utc_now().astimezone(ZoneInfo(files[0].time_zone))
    name = f"Loupe {there:%Y-%m-%d %H%M}.zip"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    if request.method == "HEAD":
        return Response(headers=headers, media_type="application/zip")
    chunks = _chunks(files, [ready_words.left_out(order) for order in left_out])
    return StreamingResponse(chunks, headers=headers, media_type="application/zip")


def _nothing(request: Request, elsewhere: str) -> Response:
    headers = {"cache-control": "no-store", "vary": "accept"}
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(elsewhere, status_code=303, headers=headers)
    return Response(status_code=404, headers=headers)


def _find(
    request: Request, asked: Sequence[int]
) -> tuple[Sequence[PrintFile], Sequence[LeftOut]] | None:
    """What is printed, and the orders of which nothing is; None for whoever is not of staff."""
    with db.transaction() as session, suppress(SignedOut, NotAllowed):
        visits.actor(session, request).require(Role.PROCESSOR)
        files = ready.files(session, asked)
        printed = {file.order_id for file in files}
        return files, not_ready.left_out(session, set(asked) - printed)
    return None


@dataclass
class _Packing:
    """What has been put in so far, by the names it has there."""

    names: Names = field(default_factory=Names)
    rows: list[Sequence[str]] = field(default_factory=lambda: [ready_words.COLUMNS])
    missing: list[str] = field(default_factory=list)


def _chunks(files: Sequence[PrintFile], left_out: Sequence[str]) -> Iterator[bytes]:
    packing = _Packing(missing=[*left_out])
    with Archive() as archive:
        for file in files:
            with scratch() as folder:
                _add(archive, file, folder, packing)
            yield from archive.send()
        with scratch() as folder:
            _add_lists(archive, folder, packing)
        archive.finish()
        yield from archive.send()


def _add(archive: Archive, file: PrintFile, folder: Path, packing: _Packing) -> None:
    product = safe(file.product, "Product")
    name = packing.names.unique(from_pattern(file.pattern, _values(file)))
    original, copy = folder / "original", folder / "print"
    original_name = f"originals/{product}/{name}.{_ENDINGS.get(file.format, 'bin')}"
    print_name = ""
    try:
        storage().copy_to(file.sha256, original)
    except (NotFound, Unavailable) as error:
        logger.error("The original %s is not to be had: %s", file.sha256, error)
        packing.missing.append(ready_words.no_original(file))
        return
    archive.add(original_name, original, is_picture=True)
    try:
        _copy_to_print(file.sha256, copy)
    except (NotFound, PictureRefused, Unavailable) as error:
        logger.error("No print copy of %s: %s", file.sha256, error)
        packing.missing.append(ready_words.no_copy(file, original_name))
    else:
        with copy.open("rb") as opened:
            ending = "png" if opened.read(4) == _PNG else "jpg"
        print_name = f"print/{product}/{name}.{ending}"
        archive.add(print_name, copy, is_picture=True)
    packing.rows.append(ready_words.row(file, print_name, original_name))


def _copy_to_print(sha256: str, path: Path) -> None:
    with suppress(NotFound):
        storage().copy_to(sha256, path, Copy.PRINT)
        return
    with db.transaction() as session:
        keeping.expect(session, sha256)  # its last row may go meanwhile
    print_copies.ensure(sha256, storage())
    storage().copy_to(sha256, path, Copy.PRINT)


def _values(file: PrintFile) -> dict[str, str]:
    return {
        "order": file.order,
        "product": file.product,
        "variant": file.variant,
        "quantity": str(file.quantity),
        "number": str(file.number),
        "customer": file.customer,
    }


def _add_lists(archive: Archive, folder: Path, packing: _Packing) -> None:
    table = io.StringIO(newline="")
    csv.writer(table).writerows(packing.rows)
    contents, missing = folder / "contents.csv", folder / "MISSING.txt"
    # With its mark, or some spreadsheets take it for another encoding.
    contents.write_text(table.getvalue(), "utf-8-sig", newline="")
    archive.add(contents.name, contents, is_picture=False)
    if packing.missing:
        missing.write_text("\n".join([*packing.missing, ""]), "utf-8")
        archive.add(missing.name, missing, is_picture=False)

"""Staff turn and crop pictures: `POST /desk/photos/{photo_id}/edits`."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import db
from core.arrivals import take_in
from core.errors import (
    AppError,
    ChangedMeanwhile,
    EditFailed,
    EditsBusy,
    NotEditable,
    NotFound,
    NotUnderstood,
    PictureRefused,
    Unavailable,
)
from core.integrations import pictures
from core.integrations.intake import StoredPicture
from core.integrations.pictures import Crop, Edit
from core.integrations.storage import scratch, storage
from core.models import Role
from core.queries import review_queue, verdicts
from core.services import edits
from core.services.decisions import PhotoVersion
from core.ui.photo_grid.rows import Row, grid_row
from core.ui.standing_words import who_was_first
from core.web import visits
from core.web.ids import LARGEST_ID, PHOTO_ID
from core.web.refusals import refusal

#: Of the longest request that means something, and a little more.
_MOST_BYTES = 1000

_Version = Annotated[int, Field(ge=1, le=LARGEST_ID)]
_Pixels = Annotated[int, Field(ge=0, le=1_000_000)]

logger = logging.getLogger(__name__)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    left: _Pixels
    top: _Pixels
    width: _Pixels
    height: _Pixels


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: _Version
    quarter_turns: Annotated[int, Field(ge=0, le=3)]
    crop: _Part | None

    def edit(self) -> Edit:
        return Edit(self.quarter_turns, Crop(**dict(self.crop)) if self.crop else None)


class _Reversal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: _Version
    revert: Literal[True]


_Asked = _Change | _Reversal
_asked = TypeAdapter[_Asked](_Asked)


@dataclass
class Edits:
    """The route, with what one process takes on."""

    at_once: int = 3
    _count: int = 0

    @property
    def route(self) -> Route:
        return Route(f"/desk/photos/{PHOTO_ID}/edits", self.post, methods=["POST"])

    async def post(self, request: Request) -> Response:
        """Answer `{photo}`, its whole new row, or `{error, photo}` with the row if there is one.

        Whoever asks again after a lost answer is told that the photo has changed, and how it is.
        """
        photo_id = request.path_params["photo_id"]
        try:
            await asyncio.to_thread(_admit, request)
            asked = await _understood(request)
            with self._slot():
                row = await asyncio.to_thread(_carry_out, request, photo_id, asked)
        except ChangedMeanwhile as error:
            return await asyncio.to_thread(_as_it_is_now, photo_id, error)
        except AppError as error:
            return refusal(error)
        except (Unavailable, OSError) as error:
            logger.warning("An edited picture could not be kept: %s", error)
            return refusal(EditFailed())
        return JSONResponse({"photo": row}, headers={"cache-control": "no-store"})

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._count >= self.at_once:
            raise EditsBusy
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1


def _admit(request: Request) -> None:
    with db.transaction() as session:
        visits.actor(session, request).require(Role.PROCESSOR)


async def _understood(request: Request) -> _Asked:
    content = b""
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > _MOST_BYTES:
                raise NotUnderstood
        return _asked.validate_json(content)
    except (ValidationError, ClientDisconnect) as error:
        raise NotUnderstood from error


def _carry_out(request: Request, photo_id: int, asked: _Asked) -> Row | None:
    seen = PhotoVersion(photo_id, asked.version)
    edited = _edited(request, seen, asked.edit()) if isinstance(asked, _Change) else None
    with db.transaction() as session:
        actor = visits.actor(session, request)  # it took a while: again
        if edited is None:
            edits.revert(session, seen, actor=actor)
        else:
            edits.record(session, seen, edited, actor=actor)
        return _row(session, photo_id)


def _edited(request: Request, seen: PhotoVersion, edit: Edit) -> StoredPicture:
    if edit == Edit():
        raise NotUnderstood
    with db.transaction() as session:
        wanted = edits.wanted(session, seen, actor=visits.actor(session, request))
    with scratch() as folder:
        original, copy = folder / "original", folder / "edited"
        try:
            storage().copy_to(wanted.sha256, original)
        except NotFound as error:
            raise EditFailed from error
        try:
            pictures.edit(original, edit, copy)
            return take_in(copy, storage(), file_name=wanted.file_name)
        except PictureRefused as error:
            raise NotEditable from error


def _row(session: Session, photo_id: int) -> Row | None:
    photo = review_queue.one(session, photo_id)
    return grid_row(photo) if photo else None


def _as_it_is_now(photo_id: int, error: ChangedMeanwhile) -> Response:
    with db.transaction() as session:
        row = _row(session, photo_id)
        standings = verdicts.standings(session, [photo_id])
    if not standings:
        return refusal(NotFound())
    said = error if row else ChangedMeanwhile(who_was_first(standings[0]))
    return refusal(said, photo=row)

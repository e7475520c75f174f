"""What a photo has been through, for the member of staff who has it open."""

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from core import db
from core.errors import AppError, NotFound
from core.models import Role
from core.queries import photo_history
from core.queries.photo_history import PhotoHistory
from core.web import visits
from core.web.refusals import refusal

_HEADERS = {"cache-control": "no-store"}
_json = TypeAdapter(PhotoHistory)


def history(request: Request) -> Response:
    """Answer a `PhotoHistory` as JSON."""
    photo_id: int = request.path_params["photo_id"]
    try:
        with db.transaction() as session:
            visits.actor(session, request).require(Role.PROCESSOR)
            found = photo_history.of_photo(session, photo_id)
        if found is None:
            raise NotFound
    except AppError as error:
        return refusal(error)
    return Response(as_json(found), media_type="application/json", headers=_HEADERS)


def as_json(found: PhotoHistory) -> bytes:
    return _json.dump_json(found)

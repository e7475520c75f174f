"""What a photo has been through, for the member of staff who has it open."""

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from core import db
from core.errors import NotAllowed
from core.models import Role
from core.queries import photo_history
from core.queries.photo_history import PhotoHistory
from core.services import staff
from core.web import cookies

_HEADERS = {"cache-control": "no-store"}
_json = TypeAdapter(PhotoHistory)


def history(request: Request) -> Response:
    """Answer a `PhotoHistory` as JSON."""
    photo_id: int = request.path_params["photo_id"]
    token = cookies.staff_token(request.cookies, request.headers.get("host"))
    with db.transaction() as session:
        actor = staff.resolve(session, token)
        if actor is None:
            return Response(status_code=401, headers=_HEADERS)
        try:
            actor.require(Role.PROCESSOR)
        except NotAllowed:
            return Response(status_code=403, headers=_HEADERS)
        found = photo_history.of_photo(session, photo_id)
    if found is None:
        return Response(status_code=404, headers=_HEADERS)
    return Response(as_json(found), media_type="application/json", headers=_HEADERS)


def as_json(found: PhotoHistory) -> bytes:
    return _json.dump_json(found)

"""All that is held of a customer who asks for it, as a file for the manager who answers."""

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from core import db
from core.errors import AppError, NotFound
from core.models import Role
from core.queries import data_requests
from core.queries.held import Held
from core.web import visits
from core.web.refusals import refusal

_json = TypeAdapter(Held)


def held(request: Request) -> Response:
    """Answer a `Held` as JSON; nobody's once the request is answered."""
    request_id: int = request.path_params["data_request_id"]
    try:
        with db.transaction() as session:
            visits.actor(session, request).require(Role.MANAGER)
            found = data_requests.held(session, request_id)
        if found is None:
            raise NotFound
    except AppError as error:
        return refusal(error)
    headers = {
        "content-disposition": f'attachment; filename="data request {found.request}.json"',
        "cache-control": "no-store",
    }
    return Response(_json.dump_json(found, indent=2), 200, headers, "application/json")

"""New photos from customers: `PUT /uploads/{photo_id}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import db
from core.errors import NoIssue
from core.integrations.intake import StoredPicture
from core.queries import print_areas
from core.services import drafts, findings
from core.services.actors import Guest
from core.ui.customer_english import ENGLISH as TEXTS
from core.web import links
from core.web.ids import PHOTO_ID
from core.web.receiving import Receiver


@dataclass
class Uploads(Receiver):
    """The route. Of two files for one photo, the later wins."""

    @property
    def route(self) -> Route:
        return Route(f"/uploads/{PHOTO_ID}", self.put, methods=["PUT"])

    async def put(self, request: Request) -> Response:
        """Answer `{draft, sha256, width, height, shape, warnings}`, or `{error}` kindly.

        The `shape` is the width by the height of what will be printed; None if it is not cut.
        """
        photo_id = request.path_params["photo_id"]
        return await self.receive(
            request,
            photo_id,
            admit=partial(_admit, request, photo_id),
            keep=partial(_keep, photo_id),
        )


def _admit(request: Request, photo_id: int) -> Guest:
    with db.transaction() as session:
        order_id = drafts.order_of(session, photo_id)
        guest = links.guest(session, order_id, request) if order_id else None
        if guest is None:
            raise NoIssue
        drafts.admit(session, guest, photo_id)
        return guest


def _keep(photo_id: int, guest: Guest, picture: StoredPicture) -> Mapping[str, Any]:
    with db.transaction() as session:
        draft = drafts.add(session, guest, photo_id, picture)
        area = print_areas.of_photo(session, photo_id)
        warnings = TEXTS.advise(
            findings.judge_for_customer(session, photo_id, draft),
            area,
            is_animated=draft.is_animated,
        )
    return {
        "draft": draft.id,
        "sha256": draft.sha256,
        "width": draft.width,
        "height": draft.height,
        "shape": area and area.shape_of(draft.width, draft.height),
        "warnings": warnings,
    }

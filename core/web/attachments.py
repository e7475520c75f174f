"""Photos that customers have sent by e-mail: `PUT /desk/photos/{photo_id}/picture?version=N`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import db
from core.errors import ChangedMeanwhile, NotFound, NotUnderstood
from core.integrations.intake import StoredPicture
from core.queries import verdicts
from core.services import responses
from core.services.decisions import PhotoVersion
from core.ui.standing_words import who_was_first
from core.web import visits
from core.web.ids import PHOTO_ID
from core.web.receiving import Receiver

#: A version has fewer.
_DIGITS = 10


@dataclass
class Attachments(Receiver):
    """The route. Of two files for one photo from one person, the later wins."""

    @property
    def route(self) -> Route:
        return Route(f"/desk/photos/{PHOTO_ID}/picture", self.put, methods=["PUT"])

    async def put(self, request: Request) -> Response:
        """Answer `{id, version, sha256}`, the photo as it is now, or `{error}`."""
        return await self.receive(
            request,
            (visits.staff_token(request), request.path_params["photo_id"]),
            admit=partial(_admit, request),
            keep=partial(_attach, request),
        )


def _admit(request: Request) -> PhotoVersion:
    with db.transaction() as session:
        actor = visits.actor(session, request)
        seen = _seen(request)
        try:
            responses.admit(session, seen, actor=actor)
        except ChangedMeanwhile as error:
            raise _said(session, seen) from error
    return seen


def _attach(request: Request, seen: PhotoVersion, picture: StoredPicture) -> Mapping[str, Any]:
    with db.transaction() as session:
        actor = visits.actor(session, request)  # it took a while: again
        try:
            photo = responses.attach(session, seen, picture, actor=actor)
        except ChangedMeanwhile as error:
            raise _said(session, seen) from error
    return {"id": photo.id, "version": photo.version, "sha256": picture.sha256}


def _seen(request: Request) -> PhotoVersion:
    photo_id, version = request.path_params["photo_id"], request.query_params.get("version", "")
    if not (version.isascii() and version.isdecimal() and len(version) < _DIGITS):
        raise NotUnderstood
    return PhotoVersion(photo_id, int(version))


def _said(session: Session, seen: PhotoVersion) -> ChangedMeanwhile | NotFound:
    standings = verdicts.standings(session, [seen.id])
    return ChangedMeanwhile(who_was_first(standings[0])) if standings else NotFound()

"""What is done about photos of a grid: one transaction each, and the outcome that it waits for."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from core import db
from core.errors import AppError
from core.models import Role
from core.queries import verdicts
from core.queries.verdicts import Standing
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.ui import auth
from core.ui.photo_grid import Chosen, Decided, GridOutcome, Kept, Left, Refusal
from core.ui.standing_words import who_was_first

Seen = Sequence[PhotoVersion]
#: The photos that it was done to, and why not to others, as far as it knows.
Done = tuple[Sequence[int], Mapping[int, str]]


@db.despite_deadlocks
def carry_out(
    gesture: Chosen | Decided | Kept | Left,
    deed: Callable[[Session, Seen, Actor], Done],
    *,
    why: Callable[[Standing], str] = who_was_first,
) -> GridOutcome:
    """`why` tells it of photos of which the deed does not."""
    seen = [PhotoVersion(photo.id, photo.version) for photo in gesture.photos]
    try:
        with db.transaction() as session:
            done, refused = deed(session, seen, auth.signed_in(Role.PROCESSOR))
            others = {photo.id for photo in seen} - {*done, *refused}
            standings = verdicts.standings(session, others)
    except AppError as error:
        refusals = [Refusal(photo.id, "", str(error)) for photo in seen]
        return GridOutcome(gesture.request, [], refusals)
    refusals = [Refusal(id_, "", said) for id_, said in refused.items()]
    refusals += [Refusal(each.id, each.order_name, why(each)) for each in standings]
    return GridOutcome(gesture.request, done, refusals)

"""How often a customer has been asked about the same photos already."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.models import Response, ResponseBy, ResponseKind, ResponseUndo


@dataclass(frozen=True, slots=True)
class Round:
    number: int = 1  #: Of the photo that has gone around the most
    has_new_photo: bool = False  #: Whoever has answered has sent another photo the last time


FIRST = Round()


def of_photos(session: Session, photos: Collection[int]) -> Round:
    rows = session.execute(
        select(Response.photo_id, Response.kind)
        .where(
            Response.photo_id.in_(photos),
            Response.by == ResponseBy.CUSTOMER,
            ~exists().where(ResponseUndo.response_id == Response.id),
        )
        .order_by(Response.id)
    )
    answers = defaultdict(list)
    for photo_id, kind in rows:
        answers[photo_id].append(kind)
    if not answers:
        return FIRST
    return Round(
        number=1 + max(map(len, answers.values())),
        has_new_photo=all(kinds[-1] is ResponseKind.REPLACED for kinds in answers.values()),
    )

"""The rejections of a photo that stand."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from core.models import Decision, Photo, Undo, Verdict


def is_standing(decision: type[Decision]) -> ColumnElement[bool]:
    return (decision.verdict == Verdict.REJECTED) & ~exists().where(Undo.decision_id == decision.id)


def earlier() -> type[Decision]:
    """To be joined to `Photo`: the latest that is not in force, whose customer may have been told.

    Whatever became of it: a photo also comes back unanswered, with its order or taken back.
    """
    rejection = (
        select(Decision)
        .where(
            Decision.photo_id == Photo.id,
            is_standing(Decision),
            Decision.id.is_distinct_from(Photo.decision_id),
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(Photo)
        .lateral()
    )
    return aliased(Decision, rejection)

"""What one photo has been through, and what else is on its order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, ScalarSelect, and_, exists, func, join, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from core.models import (
    Decision,
    DecisionComment,
    LineItem,
    Origin,
    Photo,
    PhotoNote,
    PhotoState,
    Response,
    ResponseBy,
    ResponseKind,
    ResponseUndo,
    Staff,
    Undo,
    Upload,
    Verdict,
    WithdrawnBecause,
)
from core.queries import reasons


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back after a rejection."""

    kind: ResponseKind
    by: ResponseBy
    message: str
    responded_at: datetime


@dataclass(frozen=True, slots=True)
class PastVerdict:
    verdict: Verdict
    reasons: Sequence[str]  #: The first was its folder
    comment: str
    reviewer: str  #: "" for a machine's
    decided_at: datetime
    is_undone: bool
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Round:
    """One file received for the photo, and what was said about it."""

    sha256: str | None  #: None: no file had come, and the customer was asked for one
    width: int | None
    height: int | None
    origin: Origin | None
    received_at: datetime | None
    verdicts: Sequence[PastVerdict]


@dataclass(frozen=True, slots=True)
class OrderPhoto:
    id: int
    state: PhotoState
    withdrawn_because: WithdrawnBecause | None
    sha256: str | None
    product: str
    variant: str


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody on the staff wrote about the photo for a manager."""

    by: str
    text: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class PhotoHistory:
    rounds: Sequence[Round]  #: The oldest first; the last is the picture as it is now
    on_order: Sequence[OrderPhoto]  #: The photo itself among them
    notes: Sequence[Note] = ()  #: The oldest first


def of_photo(session: Session, photo_id: int) -> PhotoHistory | None:
    """None where there is no such photo."""
    rows = _rows(session, photo_id)
    if not rows:
        return None
    on_order = {row.id: _on_order(row) for row in rows}
    own = [row for row in rows if row.id == photo_id and (row.file or row.verdict)]
    notes = [
        Note(note["by"], note["text"], datetime.fromisoformat(note["noted_at"]))
        for note in rows[0].notes or ()
    ]
    return PhotoHistory(_rounds(own), tuple(on_order.values()), notes)


def _rows(session: Session, photo_id: int) -> Sequence[Row[Any]]:
    """Every photo of the order once, but this one for each of its files and verdicts."""
    is_undone = exists().where(ResponseUndo.response_id == Response.id)
    # What a customer has taken back was looked at by nobody.
    taken_back = exists().where(Response.upload_id == Upload.id, is_undone) & ~exists().where(
        Decision.upload_id == Upload.id
    )
    files = select(Upload).where(Upload.photo_id == photo_id, ~taken_back)
    file = aliased(Upload, files.subquery(), "file")
    verdict = aliased(
        Decision, select(Decision).where(Decision.photo_id == photo_id).subquery(), "verdict"
    )
    # Full: a file may wait for its verdict, and a verdict may be that there is no file.
    past = join(file, verdict, verdict.upload_id == file.id, full=True)
    current = aliased(Upload)
    labels = reasons.labels_of(verdict.id)
    return session.execute(
        select(
            Photo.id,
            _notes(photo_id).label("notes"),
            Photo.state,
            Photo.withdrawn_because,
            current.sha256,
            LineItem.title,
            LineItem.variant_title,
            file,
            verdict,
            labels.c.labels,
            DecisionComment.text.label("comment"),
            Staff.name.label("reviewer"),
            Undo.undone_at,
            Response,
        )
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(current, current.id == Photo.upload_id)
        .outerjoin(past, Photo.id == photo_id)
        .outerjoin(labels, true())
        .outerjoin(DecisionComment, DecisionComment.decision_id == verdict.id)
        .outerjoin(Staff, Staff.id == verdict.reviewer_id)
        .outerjoin(Undo, Undo.decision_id == verdict.id)
        .outerjoin(Response, and_(Response.decision_id == verdict.id, ~is_undone))
        .where(
            Photo.order_id == select(Photo.order_id).where(Photo.id == photo_id).scalar_subquery()
        )
        .order_by(
            Photo.id, func.coalesce(file.received_at, verdict.decided_at), file.id, verdict.id
        )
    ).all()


def _notes(photo_id: int) -> ScalarSelect[Any]:
    writer = aliased(Staff)
    note = func.jsonb_build_object(
        *("by", writer.name, "text", PhotoNote.text, "noted_at", PhotoNote.noted_at)
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(note, PhotoNote.id)))
        .join(writer, writer.id == PhotoNote.staff_id)
        # Blank where its customer was forgotten.
        .where(PhotoNote.photo_id == photo_id, PhotoNote.text != "")
        .scalar_subquery()
    )


def _on_order(row: Row[Any]) -> OrderPhoto:
    return OrderPhoto(
        id=row.id,
        state=row.state,
        withdrawn_because=row.withdrawn_because,
        sha256=row.sha256,
        product=row.title,
        variant=row.variant_title or "",
    )


def _rounds(rows: Sequence[Row[Any]]) -> Sequence[Round]:
    return [
        _round(row.file, [_verdict(row) for row in [row, *rest] if row.verdict is not None])
        for _, (row, *rest) in groupby(rows, key=lambda row: row.file and row.file.id)
    ]


def _round(file: Upload | None, verdicts: Sequence[PastVerdict]) -> Round:
    if file is None:
        return Round(None, None, None, None, None, verdicts)
    return Round(file.sha256, file.width, file.height, file.origin, file.received_at, verdicts)


def _verdict(row: Row[Any]) -> PastVerdict:
    decision, answer = row.verdict, row.Response
    return PastVerdict(
        verdict=decision.verdict,
        reasons=tuple(row.labels or ()),
        comment=row.comment or "",
        reviewer=row.reviewer or "",
        decided_at=decision.decided_at,
        is_undone=row.undone_at is not None,
        answer=answer and Answer(answer.kind, answer.by, answer.message or "", answer.responded_at),
    )

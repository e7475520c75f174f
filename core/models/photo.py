"""The pictures that line items must be printed with, and the files received for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FetchedValue,
    ForeignKey,
    Index,
    UniqueConstraint,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import TextClause

from core.findings.finding import Kind, Level
from core.models.base import Base, utc_now

#: `Photo.flag_rank` where nothing was found.
UNFLAGGED = 2


class PhotoState(StrEnum):
    FETCHING = "fetching"  #: Found on an order; its bytes are not here yet
    TO_CHECK = "to_check"  #: No picture we could open; a person looks why
    IN_REVIEW = "in_review"  #: Waiting for a reviewer
    REJECTED = "rejected"  #: Waiting for the customer
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"  #: Not to be printed; `withdrawn_because` says why


class WithdrawnBecause(StrEnum):
    CANCELLED = "cancelled"
    REMOVED = "removed"  #: The line item is gone from the order, or refunded
    FULFILLED = "fulfilled"  #: Shipped outside Loupe
    SET_ASIDE = "set_aside"  #: A reviewer's: a spare or a duplicate
    #: On no property that counts, by the shop's rules; or a missing one that nobody needs
    NO_LONGER_FOUND = "no_longer_found"
    ERASED = "erased"  #: Its customer was forgotten
    DEMO = "demo"  #: The demo's, since a real shop is connected


class Origin(StrEnum):
    ORDER = "order"
    CUSTOMER = "customer"
    STAFF = "staff"


def _queue_index(name: str, *columns: str, also: str = "") -> Index:
    """A page of the queue is read from one of these, whatever the backlog."""
    return Index(name, *columns, "id", postgresql_where=f"state = 'in_review'{also}")


def _issues_index(name: str, *columns: str | TextClause) -> Index:
    """The same for the photos that wait for their customers."""
    return Index(name, *columns, "id", postgresql_where="state = 'rejected'")


#: The rejection that an issue comes from. Not the column itself: Postgres may walk its index, past
#: all that was ever decided.
REJECTION = "(decision_id + 0)"
#: When an answer is due; what is due at no known time comes last. Not infinity: Python has none.
ANSWER_DUE = "coalesce(answer_due_at, '9999-12-31 00:00:00+00'::timestamptz)"

_NOT_LEFT = " AND left_at IS NULL"
_LEFT = " AND left_at IS NOT NULL"


class Photo(Base):
    """One picture. Keeps its identity when its file is replaced."""

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("line_item_id", "source", "ordinal"),
        # The grid's pages in each order, everybody's and one person's; one product's, one shop's.
        _queue_index("ix_photos_review_queue", "queue_rank", "waiting_since"),
        # Of the oldest orders, those that are late are found without a look at the others' photos.
        _queue_index("ix_photos_review_oldest", "ordered_at", "waiting_since"),
        _queue_index("ix_photos_review_flagged", "flag_rank", "waiting_since"),
        _queue_index("ix_photos_product_queue", "product_id", "queue_rank", "waiting_since"),
        _queue_index("ix_photos_shop_queue", "shop_id", "queue_rank", "waiting_since"),
        _queue_index(
            "ix_photos_assigned_queue",
            "assignee_id",
            "queue_rank",
            "waiting_since",
            also=_NOT_LEFT,
        ),
        _queue_index(
            "ix_photos_assigned_oldest",
            "assignee_id",
            "ordered_at",
            "waiting_since",
            also=_NOT_LEFT,
        ),
        _queue_index(
            "ix_photos_assigned_flagged",
            "assignee_id",
            "flag_rank",
            "waiting_since",
            also=_NOT_LEFT,
        ),
        _queue_index("ix_photos_left_queue", "queue_rank", "waiting_since", also=_LEFT),
        # The issues' pages in each order, all of them and one folder's.
        _issues_index("ix_photos_issues", text(REJECTION)),
        _issues_index("ix_photos_issues_due", text(ANSWER_DUE)),
        _issues_index("ix_photos_folder", "filed_under_id", text(REJECTION)),
        _issues_index("ix_photos_folder_due", "filed_under_id", text(ANSWER_DUE)),
        Index("ix_photos_state", "shop_id", "state"),
        # How much each person has to do.
        Index(
            "ix_photos_waiting",
            "assignee_id",
            postgresql_where="state IN ('fetching', 'to_check', 'in_review')",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id"), index=True)
    source: Mapped[str]  #: Where on the order it was found: "line:Upload your photo"
    ordinal: Mapped[int]  #: Among the values of one source
    url: Mapped[str | None]  #: None: the order names no photo for a product that needs one
    #: What the order names instead since somebody has decided, until staff say to use it.
    changed_url: Mapped[str | None]
    declined_url: Mapped[str | None]  #: The one that staff said not to use

    state: Mapped[PhotoState] = mapped_column(default=PhotoState.FETCHING)
    #: Rises with the state, the current upload and a note for a manager: nobody decides on a photo
    #: without having seen them.
    version: Mapped[int] = mapped_column(default=1)
    upload_id: Mapped[int | None] = mapped_column(
        ForeignKey("uploads.id", use_alter=True), index=True
    )
    #: The decision in force; None while the photo waits for a reviewer.
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("decisions.id", use_alter=True), index=True
    )
    #: The customer's latest answer.
    response_id: Mapped[int | None] = mapped_column(
        ForeignKey("responses.id", use_alter=True), index=True
    )
    #: First reason of the rejection in force: its folder.
    filed_under_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    #: When the customer's answer is due; None: they have not been told. The database clears it
    #: when the photo is not rejected any more.
    answer_due_at: Mapped[datetime | None]
    check_code: Mapped[str | None]  #: Why it is to be checked, as `Unavailable.code`
    check_host: Mapped[str | None]  #: Whom we would have to trust, for `host_not_trusted`
    withdrawn_because: Mapped[WithdrawnBecause | None]

    #: The note of a reviewer who left it for a manager; None from the next answer or file on.
    left_note_id: Mapped[int | None] = mapped_column(
        ForeignKey("photo_notes.id", use_alter=True), index=True
    )
    left_at: Mapped[datetime | None]

    queue_rank: Mapped[int] = mapped_column(default=1)  #: 0: the customer has answered
    waiting_since: Mapped[datetime] = mapped_column(default=utc_now)
    #: 0: something poor was found in the current upload; 1: something to look at.
    flag_rank: Mapped[int] = mapped_column(default=UNFLAGGED)
    #: Copies of what the order and its line say, for the queue's indexes. Only the database's
    #: triggers write them.
    assignee_id: Mapped[int | None] = mapped_column(server_default=FetchedValue())
    product_id: Mapped[int | None] = mapped_column(server_default=FetchedValue())
    ordered_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    upload: Mapped["Upload | None"] = relationship(foreign_keys=[upload_id], lazy="raise")

    @classmethod
    def is_in(cls, state: PhotoState) -> ColumnElement[bool]:
        """In so many words: a plan for any state could not use the indexes of this one."""
        return cls.state == literal(state, cls.state.type, literal_execute=True)


class PictureFile:
    """A file that was opened and is kept in the storage."""

    sha256: Mapped[str] = mapped_column(index=True)  #: Names its bytes in the storage
    size: Mapped[int]  #: Bytes
    format: Mapped[str]
    width: Mapped[int]  #: Pixels, upright
    height: Mapped[int]
    is_animated: Mapped[bool] = mapped_column(default=False)  #: Only the first frame is used
    #: As `core.findings.measures` has them; None where they could not be taken.
    measures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    file_name: Mapped[str | None]

    def columns(self) -> dict[str, Any]:
        """What another row about the same file is made with."""
        return {name: getattr(self, name) for name in PictureFile.__annotations__}


class Upload(PictureFile, Base):
    """One file received for a photo. Never edited: a rotated or cropped one is a new upload."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    origin: Mapped[Origin]
    received_at: Mapped[datetime] = mapped_column(default=utc_now)


class Draft(PictureFile, Base):
    """A file the customer has chosen but not sent; gone after a day."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class UploadFinding(Base):
    """A finding worth a look, as it was judged for the print size known at the time."""

    __tablename__ = "findings"

    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True, index=True)
    level: Mapped[Level]
    score: Mapped[float]
    measured: Mapped[float | None]
    needed: Mapped[float | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

"""What the approval grid shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    RowMapping,
    Select,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased, contains_eager

from core.findings.finding import Finding
from core.findings.judgement import judge_print
from core.findings.print_area import PrintArea
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality, largest_print
from core.models import (
    DecisionComment,
    LineItem,
    Order,
    Origin,
    Photo,
    PhotoNote,
    PhotoState,
    Product,
    Response,
    ResponseBy,
    ResponseKind,
    ResponseUndo,
    Shop,
    Staff,
    Upload,
    Variant,
    WithdrawnBecause,
    utc_now,
)
from core.queries import findings, reasons, rejections
from core.queries.open_issue import Issue
from core.queries.print_areas import area_of, quality_of
from core.queries.queue_view import Queue, View

PAGE_SIZE = 48

#: A place in the queue, where a page ends and the next one begins: what its order sorts by.
Place = tuple[int | datetime, ...]


@dataclass(frozen=True, slots=True)
class EarlierPhoto:
    """What was wrong before: the rejected picture and what its customer was told."""

    sha256: str | None
    reasons: Sequence[str]
    comment: str
    reviewer: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class GridPhoto:
    """A photo that waits, with all that is needed to say what becomes of it."""

    id: int
    version: int
    order_id: int
    order_name: str
    customer: str
    product: str
    variant: str
    quantity: int
    number_on_order: int  #: From 1; it stays while others of the order are decided or set aside
    photos_on_order: int
    note: str
    sha256: str | None  #: None: no picture came, and the customer was asked for one
    width: int  #: 0 without a picture
    height: int
    is_animated: bool  #: Only the first frame is printed
    assignee: str
    waiting_since: datetime
    due_at: datetime
    is_late: bool
    cycle: int  #: 1: the first picture; 2: the second that was sent for it …
    response: ResponseKind | None  #: What the customer answered last
    message: str  #: What the customer wrote, or why somebody of staff answered for them
    earlier: EarlierPhoto | None
    area: PrintArea | None  #: None where nobody has said how large it is printed
    #: Millimetres of the largest print that has pixels enough; None for what is drawn after it.
    largest: tuple[float, float] | None
    unit: LengthUnit  #: To say sizes in: the shop's
    findings: Sequence[Finding]  #: Those worth a look, the worst first
    place: Place
    left_note: str = ""  #: What a reviewer wrote who left it for a manager
    left_by: str = ""
    response_by: str = ""  #: Who of staff gave the answer; "" for the customer's own
    is_by_policy: bool = False  #: Nobody answered, and the shop goes on without
    issue: Issue | None = None  #: What it waits for, if for its customer
    is_edited: bool = False  #: The picture was turned or cropped by staff
    is_changed: bool = False  #: The order names another file by now; nobody said which counts
    quality: Quality | None = None  #: What the shop asks of its prints
    shop_id: int = 0


def page(
    session: Session, view: View, *, after: Place | None = None, limit: int = PAGE_SIZE
) -> Sequence[GridPhoto]:
    """The photos after a place."""
    statement, keys = _statement(view, after, limit)
    found = session.execute(statement).mappings()
    return [photo(row, tuple(row[key] for key in keys)) for row in found]


def one(session: Session, photo_id: int) -> GridPhoto | None:
    """As a page would show it; None unless it is in review."""
    place = select(Photo.id.label("id_")).where(
        Photo.id == photo_id, Photo.is_in(PhotoState.IN_REVIEW)
    )
    row = session.execute(rows(place.cte("page"))).mappings().one_or_none()
    return photo(row, ()) if row else None


# Kept, since Postgres is quicker at answering it than we are at putting it together.
@lru_cache(maxsize=256)
def _statement(
    view: View, after: Place | None, limit: int
) -> tuple[Select[*tuple[Any, ...]], Sequence[ColumnElement[Any]]]:
    """The page, and its columns that make a place."""
    page = places(view, after, limit)
    return rows(page).order_by(*page.c), tuple(page.c)


def places(view: Queue, after: Place | None, limit: int) -> CTE:
    """What the photos of a page are sorted by; the last column, `id_`, is their id.

    Found before anything is joined, or Postgres may join all that wait and sort them then.
    """
    keys = view.keys()
    names = (key.label(f"{key.key}_") for key in keys)
    statement = select(*names).where(*view.conditions()).order_by(*view.order())
    # As a number: for a parameter's plan, Postgres would prepare to read a tenth of the queue.
    statement = statement.limit(literal(limit, literal_execute=True))
    if after is not None:
        # One comparison of rows: the same condition written with OR costs fifty times as much.
        # With a subquery, since Postgres takes the first column of known values for the whole:
        # nobody ranks above 1, so it would expect no rows and walk any index to their end.
        statement = statement.where(tuple_(*keys) > select(*map(literal, after)).scalar_subquery())
    return statement.cte("page")


def rows(page: CTE, *, is_pictured: bool = True) -> Select[*tuple[Any, ...]]:
    """All of a page's photos have a picture, unless `is_pictured` is said to be false."""
    told, reviewer, before = rejections.earlier(), aliased(Staff), aliased(Upload)
    leaver, answerer = aliased(Staff), aliased(Staff)
    sibling = aliased(Photo)
    # With those set aside, or the others' numbers would change under their reviewer's eyes.
    is_counted = or_(
        sibling.state != PhotoState.WITHDRAWN,
        sibling.withdrawn_because == WithdrawnBecause.SET_ASIDE,
    )
    on_order = (
        select(
            func.count().label("photos"),
            func.count().filter(sibling.id <= Photo.id).label("number"),
        )
        .where(sibling.order_id == Photo.order_id, is_counted)
        .lateral()
    )
    replacements = (
        select(func.count())
        .where(
            Response.photo_id == Photo.id,
            Response.kind == ResponseKind.REPLACED,
            ~exists().where(ResponseUndo.response_id == Response.id),
        )
        .correlate(Photo)
        .scalar_subquery()
    )
    labels = reasons.labels_of(told.id)
    found = findings.of_upload(Upload.id)
    answer = aliased(Response)
    return (
        select(
            Photo.id,
            Photo.version,
            Photo.order_id,
            Photo.waiting_since,
            Order.name.label("order_name"),
            Order.customer_name,
            Order.note,
            LineItem.title,
            LineItem.variant_title,
            LineItem.quantity,
            on_order.c.number.label("number_on_order"),
            on_order.c.photos.label("photos_on_order"),
            replacements.label("replacements"),
            Upload.sha256,
            Upload.width,
            Upload.height,
            Upload.is_animated,
            (Upload.origin == Origin.STAFF).label("is_edited"),
            Photo.changed_url,
            Photo.declined_url,
            Staff.name.label("assignee"),
            PhotoNote.text.label("left_note"),
            leaver.name.label("left_by"),
            answer.kind.label("response"),
            answer.message,
            answerer.name.label("response_by"),
            (answer.by == ResponseBy.POLICY).label("is_by_policy"),
            told.decided_at,
            reviewer.name.label("reviewer"),
            before.sha256.label("before_sha256"),
            labels.c.labels.label("reasons"),
            DecisionComment.text.label("comment"),
            found.c.findings,
            *page.c,
            LineItem,
            Shop,
            Variant,
        )
        .join(page, page.c.id_ == Photo.id)
        .join(Shop, Shop.id == Photo.shop_id)
        .join(Order, Order.id == Photo.order_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(Upload, Upload.id == Photo.upload_id, isouter=not is_pictured)
        .join(on_order, true())
        .outerjoin(Staff, Staff.id == Photo.assignee_id)
        .outerjoin(PhotoNote, PhotoNote.id == Photo.left_note_id)
        .outerjoin(leaver, leaver.id == PhotoNote.staff_id)
        .outerjoin(answer, answer.id == Photo.response_id)
        .outerjoin(answerer, answerer.id == answer.staff_id)
        .outerjoin(told, true())
        .outerjoin(reviewer, reviewer.id == told.reviewer_id)
        .outerjoin(before, before.id == told.upload_id)
        .outerjoin(DecisionComment, DecisionComment.decision_id == told.id)
        .outerjoin(labels, true())
        .outerjoin(found, true())
        .outerjoin(Variant, Variant.id == LineItem.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .options(contains_eager(Variant.product))
    )


def photo(row: RowMapping, place: Place) -> GridPhoto:
    earlier = None
    if row["decided_at"] is not None:
        earlier = EarlierPhoto(
            sha256=row["before_sha256"],
            reasons=tuple(row["reasons"] or ()),
            comment=row["comment"] or "",
            reviewer=row["reviewer"] or "",
            decided_at=row["decided_at"],
        )
    shop, area = row["Shop"], area_of(row["Shop"], row["LineItem"], row["Variant"])
    width, height = row["width"] or 0, row["height"] or 0
    is_pictured = row["sha256"] is not None
    due_at = row["waiting_since"] + timedelta(hours=shop.review_hours)
    return GridPhoto(
        id=row["id"],
        version=row["version"],
        order_id=row["order_id"],
        order_name=row["order_name"],
        customer=row["customer_name"] or "",
        product=row["title"],
        variant=row["variant_title"] or "",
        quantity=row["quantity"],
        number_on_order=row["number_on_order"],
        photos_on_order=row["photos_on_order"],
        note=row["note"] or "",
        sha256=row["sha256"],
        width=width,
        height=height,
        is_animated=bool(row["is_animated"]),
        assignee=row["assignee"] or "",
        waiting_since=row["waiting_since"],
        due_at=due_at,
        is_late=due_at < utc_now(),
        cycle=row["replacements"] + 1,
        response=row["response"],
        message=row["message"] or "",
        earlier=earlier,
        area=area,
        largest=largest_print(width, height, area, shop.minimum_dpi) if is_pictured else None,
        unit=shop.length_unit or LengthUnit.CM,
        findings=findings.as_of_now(
            findings.from_json(row["findings"]),
            judge_print(width, height, area, quality_of(shop)) if is_pictured else (),
        ),
        place=place,
        left_note=row["left_note"] or "",
        left_by=row["left_by"] or "",
        response_by=row["response_by"] or "",
        is_by_policy=bool(row["is_by_policy"]),
        is_edited=bool(row["is_edited"]),
        is_changed=row["changed_url"] not in (None, row["declined_url"]),
        quality=quality_of(shop),
        shop_id=shop.id,
    )

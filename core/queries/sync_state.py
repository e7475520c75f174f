"""How far we have read the shops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, exists, func, select, true
from sqlalchemy.orm import Session, aliased

from core.models import Photo, PhotoState, Shop, SyncKind, SyncRun, Upload
from core.queries.queue_choices import COUNTED
from core.queries.queue_view import View

#: What was read in spite of these errors is as fresh as without.
_MINOR = ("unreadable_orders",)
#: The runs come each minute.
STALE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Source:
    """A shop that orders are read from."""

    shop_id: int
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    source: Source
    cursor: datetime | None
    fulfillments_cursor: datetime | None
    started_at: datetime
    is_finished: bool
    bulk_operation_id: str | None
    #: Of an import: a bulk operation has failed.
    is_by_pages: bool

    @property
    def shop_id(self) -> int:
        return self.source.shop_id


@dataclass(frozen=True, slots=True)
class SyncState:
    """The latest reading of a shop, and what is still on its way."""

    shop_id: int
    shop_name: str
    time_zone: str
    kind: SyncKind | None
    started_at: datetime | None
    finished_at: datetime | None
    orders: int
    expected: int | None  #: Orders
    photos: int
    error: str | None
    #: When it was last read to the end.
    read_at: datetime | None
    fetching: int  #: Photos whose bytes are not here yet

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.finished_at is None

    @property
    def is_importing(self) -> bool:
        return self.is_running and self.kind is SyncKind.IMPORT

    def is_stale(self, now: datetime) -> bool:
        """Whether it was read before, but no more."""
        return self.read_at is not None and self.read_at < now - STALE and not self.is_importing

    def badness(self, now: datetime) -> int:
        """What people should know of first has the highest."""
        signs = (self.is_running, self.read_at is None, self.error, self.is_stale(now))
        return max((rank for rank, sign in enumerate(signs, 1) if sign), default=0)


def shop_ids(session: Session) -> Sequence[int]:
    """Of the shops that are connected."""
    is_connected = Shop.disconnected_at.is_(None)
    return session.scalars(select(Shop.id).where(is_connected).order_by(Shop.id)).all()


def source(session: Session, shop_id: int) -> Source | None:
    """None once the shop is disconnected."""
    row = session.execute(
        select(Shop.id, Shop.is_demo).where(Shop.id == shop_id, Shop.disconnected_at.is_(None))
    ).one_or_none()
    return Source(*row) if row else None


def run(session: Session, run_id: int) -> Run | None:
    earlier = aliased(SyncRun)
    has_failed = exists().where(
        earlier.shop_id == SyncRun.shop_id,
        earlier.id < SyncRun.id,
        earlier.kind == SyncKind.IMPORT,
        earlier.bulk_operation_id.is_not(None),
        earlier.error.is_not(None),
    )
    row = session.execute(
        select(SyncRun, Shop, has_failed.label("has_failed"))
        .join(Shop, Shop.id == SyncRun.shop_id)
        .where(SyncRun.id == run_id)
    ).one_or_none()
    if row is None:
        return None
    found, shop, has_failed_before = row
    return Run(
        id=found.id,
        source=Source(shop.id, shop.is_demo),
        cursor=shop.orders_cursor,
        fulfillments_cursor=shop.fulfillments_cursor,
        started_at=found.started_at,
        is_finished=found.finished_at is not None,
        bulk_operation_id=found.bulk_operation_id,
        is_by_pages=found.error is not None or has_failed_before,
    )


def newest_upload(session: Session) -> int:
    """The id of the last file that came in; 0 before the first."""
    return session.scalar(select(func.max(Upload.id))) or 0


def arrivals(session: Session, view: View, *, after: int) -> int:
    """How many photos of a view have got a file since that upload; above `COUNTED`, only more."""
    some = (
        select(Photo.id)
        .where(*view.conditions(), Photo.upload_id > after)
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(some)).one()


def states(session: Session, now: datetime) -> Sequence[SyncState]:
    """Of all connected shops, the one that people should know of first at the front."""
    fetching = (
        select(func.count())
        .where(Photo.shop_id == Shop.id, Photo.state == PhotoState.FETCHING)
        .scalar_subquery()
    )
    # What is read at night, all of it again, is nobody's concern.
    of_shop = SyncRun.shop_id == Shop.id, SyncRun.kind != SyncKind.REFRESH
    latest = select(SyncRun).where(*of_shop).order_by(SyncRun.id.desc()).limit(1).lateral()
    last = aliased(SyncRun, latest)
    is_whole = case((SyncRun.error.is_(None), True), else_=SyncRun.error.in_(_MINOR))
    read_at = select(func.max(SyncRun.finished_at)).where(*of_shop, is_whole).scalar_subquery()
    rows = session.execute(
        select(
            Shop.id,
            Shop.name,
            Shop.time_zone,
            last.kind,
            last.started_at,
            last.finished_at,
            func.coalesce(last.orders, 0),
            last.expected,
            func.coalesce(last.photos, 0),
            last.error,
            read_at,
            fetching,
        )
        .outerjoin(last, true())
        .where(Shop.disconnected_at.is_(None))
        .order_by(Shop.name, Shop.id)
    )
    found = [SyncState(*tuple(row)) for row in rows]
    return sorted(found, key=lambda state: -state.badness(now))

"""How far we have read the shops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Photo, PhotoState, Shop, SyncRun, Upload
from core.queries.queue_choices import COUNTED
from core.queries.queue_view import View


@dataclass(frozen=True, slots=True)
class Run:
    shop_id: int
    is_demo: bool
    cursor: datetime | None
    is_finished: bool


@dataclass(frozen=True, slots=True)
class SyncState:
    """The latest run of a shop, and what is still on its way."""

    shop_id: int
    shop_name: str
    is_demo: bool
    started_at: datetime | None
    finished_at: datetime | None
    orders: int
    photos: int
    error: str | None
    fetching: int  #: Photos whose bytes are not here yet

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.finished_at is None


def shop_ids(session: Session) -> Sequence[int]:
    return session.scalars(select(Shop.id).order_by(Shop.id)).all()


def run(session: Session, run_id: int) -> Run | None:
    row = session.execute(
        select(SyncRun.shop_id, Shop.is_demo, Shop.orders_cursor, SyncRun.finished_at)
        .join(Shop, Shop.id == SyncRun.shop_id)
        .where(SyncRun.id == run_id)
    ).one_or_none()
    if row is None:
        return None
    return Run(row.shop_id, row.is_demo, row.orders_cursor, row.finished_at is not None)


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


def state(session: Session) -> SyncState | None:
    """The first shop's: with several, each page will say which it shows."""
    fetching = (
        select(func.count())
        .where(Photo.shop_id == Shop.id, Photo.state == PhotoState.FETCHING)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Shop.id,
            Shop.name,
            Shop.is_demo,
            SyncRun.started_at,
            SyncRun.finished_at,
            func.coalesce(SyncRun.orders, 0),
            func.coalesce(SyncRun.photos, 0),
            SyncRun.error,
            fetching,
        )
        .outerjoin(SyncRun, SyncRun.shop_id == Shop.id)
        .order_by(Shop.id, SyncRun.id.desc())
        .limit(1)
    ).one_or_none()
    return SyncState(*row) if row else None

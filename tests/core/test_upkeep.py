import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core import db, queue
from core.clients import Clients
from core.config import settings
from core.integrations.storage import Size, storage
from core.models import Draft, Event, Order, Photo, PhotoState, Upload, utc_now
from core.services import keeping
from tests.cast import PICTURE, Cast, CastOrder
from tests.loop import hasten_retries, leave_unread, work


@pytest.fixture
def placed(committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CastOrder]:
    """A decided order of a shop that forgets, with a file that is kept."""
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    storage.cache_clear()
    file = tmp_path / "photo"
    file.write_bytes(b"a picture")
    sha = storage().keep_original(file)
    storage().keep_derived(sha, Size.GRID, file)
    with db.transaction() as session:
        cast = Cast(session)
        leave_unread(session, cast.shop)
        cast.shop.retention_days = 30
        placed = cast.order()
        cast.approve(*placed.photos)
        session.get_one(Upload, placed.photos[0].upload_id).sha256 = sha
    yield placed
    storage.cache_clear()
    settings.cache_clear()


SHA = hashlib.sha256(b"a picture").hexdigest()


@contextmanager
def away(folder: Path) -> Iterator[None]:
    """What should be a folder is none: so not even root can remove anything there."""
    gone = folder.rename(folder.with_name("gone"))
    folder.symlink_to(folder)
    yield
    folder.unlink()
    gone.rename(folder)


def removals() -> list[str]:
    """The states of the jobs that remove pictures."""
    with db.transaction() as session:
        rows = session.execute(
            text("SELECT status FROM procrastinate_jobs WHERE task_name = 'remove_picture'")
        )
        return [row.status for row in rows]


def forget(session: Session) -> None:
    session.scalars(select(Upload)).one().sha256 = ""
    keeping.let_go(session, [SHA])


def test_a_picture_goes_with_the_last_row_that_names_it(placed: CastOrder) -> None:
    with db.transaction() as session:
        keeping.let_go(session, [SHA])
    work(Clients())
    assert storage().has(SHA)

    with db.transaction() as session:
        forget(session)
        # For its copy to print from, the picture was to be kept for another hour.
        queue.hasten(session, "remove_picture", "sha256", SHA)
    work(Clients())

    assert not storage().has(SHA)
    assert not storage().has(SHA, Size.GRID)


def test_a_picture_is_removed_however_long_the_storage_is_away(
    placed: CastOrder, tmp_path: Path
) -> None:
    with db.transaction() as session:
        forget(session)
    with away(tmp_path / "pictures" / "originals"):
        for attempts in (0, 100, 10_000):
            with db.transaction() as session:
                session.execute(
                    text("UPDATE procrastinate_jobs SET attempts = :n"), {"n": attempts}
                )
            hasten_retries()
            work(Clients(), hasten=False)
            assert removals() == ["todo"]

    work(Clients())

    assert not storage().has(SHA)


def test_a_removal_that_was_given_up_is_taken_up_again(placed: CastOrder) -> None:
    with db.transaction() as session:
        forget(session)
        session.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
        queue.defer(session, "look_after_orders", timestamp=0)

    work(Clients())

    assert removals() == ["succeeded"]
    assert not storage().has(SHA)


@pytest.mark.parametrize(("days", "is_over"), [(29, False), (31, True)])
def test_an_order_is_forgotten_with_its_pictures_when_its_time_is_over(
    placed: CastOrder, days: int, is_over: bool
) -> None:
    with db.transaction() as session:
        order = session.get_one(Order, placed.id)
        order.released_at = utc_now() - timedelta(days=days)
        queue.defer(session, "erase_expired", timestamp=0)

    work(Clients())

    with db.transaction() as session:
        assert (session.get_one(Order, placed.id).email is None) is is_over
        assert (session.scalars(select(Photo.url)).one() == "") is is_over
    assert storage().has(SHA) is not is_over


def refuse_changes(session: Session, table: str, row_id: int) -> None:
    """Make a row one that nothing can be done with."""
    session.execute(
        text(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'this row is broken'; END $$"
        )
    )
    session.execute(
        text(
            f"CREATE TRIGGER refuse BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.id = {row_id}) EXECUTE FUNCTION refuse()"
        )
    )


def test_one_order_that_cannot_be_forgotten_keeps_no_other(placed: CastOrder) -> None:
    with db.transaction() as session:
        cast = placed.cast
        cast.session = session
        session.add(cast.shop)
        other = cast.order(photos=0)
        for order in session.scalars(select(Order)):
            order.released_at = utc_now() - timedelta(days=31)
        session.flush()
        refuse_changes(session, "orders", placed.id)
        queue.defer(session, "erase_expired", timestamp=0)

    work(Clients())

    with db.transaction() as session:
        assert session.get_one(Order, placed.id).erased_at is None
        assert session.get_one(Order, other.id).erased_at is not None


def test_one_photo_that_cannot_be_given_up_keeps_no_old_draft(placed: CastOrder) -> None:
    (photo,) = placed.photos
    with db.transaction() as session:
        session.get_one(Photo, photo.id).state = PhotoState.FETCHING
        old = Draft(photo_id=photo.id, **PICTURE.columns())
        old.created_at = utc_now() - timedelta(days=2)
        session.add(old)
        session.flush()
        refuse_changes(session, "photos", photo.id)
        queue.defer(session, "recover", timestamp=0)

    work(Clients())

    with db.transaction() as session:
        assert session.get_one(Photo, photo.id).state is PhotoState.FETCHING
        assert session.scalars(select(Draft)).all() == []


def test_r12_forgetting_and_removing_twice_leaves_the_same_state(placed: CastOrder) -> None:
    with db.transaction() as session:
        session.get_one(Order, placed.id).released_at = utc_now() - timedelta(days=31)
        queue.defer(session, "erase_expired", timestamp=0)
    work(Clients())
    before = state()
    with db.transaction() as session:
        again = session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0 "
                "WHERE status = 'succeeded' RETURNING task_name"
            )
        )
        assert {row.task_name for row in again} >= {
            "erase_expired",
            "expire_order",
            "remove_picture",
        }

    work(Clients())

    assert state() == before


def state() -> list[object]:
    with db.transaction() as session:
        return [
            session.execute(select(Order.erased_at, Order.link_epoch)).all(),
            session.execute(select(Photo.state, Photo.version)).all(),
            session.scalars(select(Upload.sha256)).all(),
            session.scalar(select(func.count()).select_from(Event)),
            storage().has(SHA),
        ]

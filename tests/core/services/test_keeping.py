import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from core import db, queue
from core.integrations.storage import Storage
from core.models import Draft, Photo
from core.services import keeping
from tests.cast import PICTURE, Cast
from tests.databases import is_somebody_waiting
from tests.waiting import until

SHA = "ab" * 32


def end_looks(session: Session) -> None:
    """As workers do in time."""
    session.execute(text("UPDATE procrastinate_jobs SET status = 'succeeded'"))


def name(session: Session, photo: Photo, sha: str) -> None:
    session.add(Draft(photo_id=photo.id, **{**PICTURE.columns(), "sha256": sha}))
    session.flush()


def test_bytes_that_nobody_names_are_free(session: Session) -> None:
    assert keeping.is_free(session, SHA)


def test_bytes_that_a_draft_or_an_upload_names_are_not_free(session: Session, cast: Cast) -> None:
    (photo,) = cast.order().photos
    session.refresh(photo, ["upload"])
    assert photo.upload is not None
    name(session, photo, SHA)

    assert not keeping.is_free(session, SHA)
    assert not keeping.is_free(session, photo.upload.sha256)


def test_bytes_that_are_about_to_arrive_are_not_free_for_an_hour(
    session: Session, cast: Cast
) -> None:
    before = queue.now(session)

    keeping.expect(session, SHA)

    assert not keeping.is_free(session, SHA)
    assert keeping.is_free(session, "cd" * 32)
    (due,) = session.scalars(text("SELECT scheduled_at FROM procrastinate_jobs")).all()
    assert timedelta(minutes=55) < due - before < timedelta(minutes=65)
    end_looks(session)
    assert keeping.is_free(session, SHA)


def test_what_is_let_go_is_looked_at_once_and_now(session: Session, cast: Cast) -> None:
    keeping.let_go(session, [SHA, SHA])

    assert cast.jobs("remove_picture") == [{"sha256": SHA}]
    assert session.scalar(text("SELECT scheduled_at FROM procrastinate_jobs")) is None


@dataclass
class Picture:
    """One that comes and goes, in a real storage and in rows that are committed."""

    file: Path
    sha: str
    photo: Photo
    storage: Storage

    def expect(self) -> None:
        with db.transaction() as session:
            keeping.expect(session, self.sha)

    def take_in(self) -> None:
        self.storage.keep_original(self.file)
        with db.transaction() as session:
            name(session, self.photo, self.sha)

    def forget(self) -> None:
        with db.transaction() as session:
            end_looks(session)
            session.execute(delete(Draft))

    def remove(self) -> None:
        with db.transaction() as session:
            if keeping.is_free(session, self.sha):
                self.storage.delete(self.sha)


@pytest.fixture
def picture(committed: None, tmp_path: Path) -> Picture:
    file = tmp_path / "photo"
    file.write_bytes(os.urandom(1000))
    sha = hashlib.sha256(file.read_bytes()).hexdigest()
    with db.transaction() as session:
        (photo,) = Cast(session).order().photos
    return Picture(file, sha, photo, Storage(LocalStore(tmp_path / "pictures", mkdir=True)))


def test_bytes_come_in_again_only_when_their_removal_has_ended(picture: Picture) -> None:
    picture.storage.keep_original(picture.file)

    def come_in() -> None:
        picture.expect()
        picture.take_in()

    coming = threading.Thread(target=come_in)

    with db.transaction() as session:
        assert keeping.is_free(session, picture.sha)
        coming.start()
        until(is_somebody_waiting)
        picture.storage.delete(picture.sha)
    coming.join()

    assert picture.storage.is_whole(picture.sha)


@contextmanager
def removed_all_the_time(picture: Picture) -> Iterator[None]:
    is_over = threading.Event()

    def remove() -> None:
        while not is_over.is_set():
            picture.remove()

    remover = threading.Thread(target=remove)
    remover.start()
    try:
        yield
    finally:
        is_over.set()
        remover.join()


def test_a_picture_that_comes_while_it_is_removed_is_never_lost(picture: Picture) -> None:
    with removed_all_the_time(picture):
        for _ in range(60):
            picture.expect()
            picture.take_in()
            assert picture.storage.is_whole(picture.sha)
            picture.forget()

        until(lambda: not picture.storage.has(picture.sha))

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db, queue
from core.clients import Clients
from core.config import settings
from core.integrations.storage import Size, storage
from core.models import Order, Photo, Upload, utc_now
from core.services import keeping
from tests.cast import Cast, CastOrder
from tests.loop import leave_unread, work


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


def test_a_picture_goes_with_the_last_row_that_names_it(placed: CastOrder) -> None:
    with db.transaction() as session:
        keeping.let_go(session, [SHA])
    work(Clients())
    assert storage().has(SHA)

    with db.transaction() as session:
        session.scalars(select(Upload)).one().sha256 = ""
        keeping.let_go(session, [SHA])
    work(Clients())

    assert not storage().has(SHA)
    assert not storage().has(SHA, Size.GRID)


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

"""Photos fetched by the real job. D2: what brings no photo is shown, and the rest flows. R10."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core import db, jobs, queue
from core.clients import Clients
from core.config import settings
from core.demo import photographs
from core.integrations.storage import storage
from core.models import Photo, PhotoState, utc_now
from tests.cast import Cast
from tests.loop import hasten_retries, leave_unread, work
from tests.photo_host import Server, answer, serving


@pytest.fixture
def host() -> Iterator[Server]:
    with serving(Server("127.0.0.1")) as host:
        host.answers["/photo"] = answer(body=photographs.originals()["owl"].read_bytes())
        yield host


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    storage.cache_clear()
    yield tmp_path
    storage.cache_clear()
    settings.cache_clear()


@pytest.fixture
def shop(committed: None, data_dir: Path) -> Cast:
    with db.transaction() as session:
        cast = Cast(session)
        leave_unread(session, cast.shop)
        return cast


def address(host: Server) -> str:
    return "http://{}:{}".format(*host.address)


def fetch(cast: Cast, url: str, *, age: timedelta = timedelta(days=1)) -> int:
    """Have a photo of an order of this age fetched, and return the photo's id."""
    with db.transaction() as session:
        cast.session = session
        placed = cast.order()
        placed.order.placed_at = utc_now() - age
        (photo,) = placed.photos
        photo.state, photo.upload_id, photo.url = PhotoState.FETCHING, None, url
        queue.defer(session, "fetch_photo", lock=f"photo:{photo.id}", photo_id=photo.id)
        return photo.id


def try_once(host: Server) -> None:
    hasten_retries()
    work(Clients(demo_shop=address(host)), hasten=False)


def try_often(host: Server) -> None:
    work(Clients(demo_shop=address(host)))


def found(photo_id: int) -> tuple[PhotoState, str | None, str | None]:
    with db.transaction() as session:
        photo = session.get_one(Photo, photo_id)
        return photo.state, photo.check_code, photo.check_host


def seconds_to_wait() -> float:
    with db.transaction() as session:
        due: datetime = session.execute(
            text(
                "SELECT scheduled_at FROM procrastinate_jobs "
                "WHERE task_name = 'fetch_photo' AND status = 'todo'"
            )
        ).scalar_one()
        return (due - queue.now(session)).total_seconds()


COMING = (PhotoState.FETCHING, None, None)
HERE = (PhotoState.IN_REVIEW, None, None)


@pytest.mark.parametrize("status", [404, 403])
def test_d2_a_link_of_a_new_order_is_asked_again_until_its_file_is_there(
    shop: Cast, host: Server, status: int
) -> None:
    ready, host.answers["/photo"] = host.answers["/photo"], answer(status)
    photo_id = fetch(shop, f"{address(host)}/photo", age=timedelta(minutes=1))

    try_once(host)
    assert found(photo_id) == COMING
    assert jobs.photos.NOT_READY_SECONDS - 60 < seconds_to_wait() <= jobs.photos.NOT_READY_SECONDS

    host.answers["/photo"] = ready
    try_once(host)
    assert found(photo_id) == HERE


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (403, "forbidden")])
def test_d2_a_dead_link_waits_for_staff_after_a_few_tries(
    shop: Cast, host: Server, status: int, code: str
) -> None:
    host.answers["/dead"] = answer(status)
    dead, good = (fetch(shop, f"{address(host)}/{name}") for name in ("dead", "photo"))

    try_often(host)

    assert found(dead) == (PhotoState.TO_CHECK, code, None)
    assert found(good) == HERE
    assert [request.path for request in host.requests].count("/dead") == 5


def test_d2_a_busy_host_is_left_alone_for_as_long_as_it_asks(shop: Cast, host: Server) -> None:
    host.answers["/busy"] = answer(429, Retry_After="7200")
    busy, good = (fetch(shop, f"{address(host)}/{name}") for name in ("busy", "photo"))

    try_once(host)

    assert found(busy) == COMING
    assert 7100 < seconds_to_wait() <= 7200
    assert found(good) == HERE


def test_d2_a_page_instead_of_a_photo_waits_for_staff_at_once(shop: Cast, host: Server) -> None:
    host.answers["/page"] = answer(body=b"<!doctype html>Sign in", Content_Type="text/html")
    page, good = (fetch(shop, f"{address(host)}/{name}") for name in ("page", "photo"))

    try_once(host)

    assert found(page) == (PhotoState.TO_CHECK, "not_a_picture_page", None)
    assert found(good) == HERE


@pytest.mark.parametrize("name", ["files.example", "xn--a.example.com"])
def test_d2_a_host_that_nobody_trusts_waits_for_staff_with_its_name(
    shop: Cast, host: Server, name: str
) -> None:
    strange = fetch(shop, f"https://{name}/photo.jpg")
    good = fetch(shop, f"{address(host)}/photo")

    try_once(host)

    assert found(strange) == (PhotoState.TO_CHECK, "host_not_trusted", name)
    assert found(good) == HERE


def no_host(host: Server, data_dir: Path) -> Callable[[], None]:
    ready, host.answers["/photo"] = host.answers["/photo"], answer(503)

    def end() -> None:
        host.answers["/photo"] = ready

    return end


def no_storage(host: Server, data_dir: Path) -> Callable[[], None]:
    """What should be a folder is none: so even root cannot write there."""
    return _blocked(data_dir / "pictures" / "originals")


def no_room_to_work(host: Server, data_dir: Path) -> Callable[[], None]:
    return _blocked(data_dir / "tmp")


def _blocked(folder: Path) -> Callable[[], None]:
    folder.parent.mkdir(exist_ok=True)
    folder.touch()
    return folder.unlink


@pytest.mark.parametrize("outage", [no_host, no_storage, no_room_to_work])
def test_r10_after_a_long_outage_photos_come_in_by_themselves(
    shop: Cast, host: Server, data_dir: Path, outage: Callable[[Server, Path], Callable[[], None]]
) -> None:
    photo_id = fetch(shop, f"{address(host)}/photo")
    end = outage(host, data_dir)

    for _ in range(8):  # about 20 minutes of ours
        try_once(host)
        assert found(photo_id) == COMING
    end()
    try_once(host)

    assert found(photo_id) == HERE


def test_an_outage_that_does_not_end_is_shown_at_last(shop: Cast, host: Server) -> None:
    host.answers["/photo"] = answer(503)
    photo_id = fetch(shop, f"{address(host)}/photo")
    assert jobs.photos.FETCHING.tries is not None
    with db.transaction() as session:
        session.execute(
            text("UPDATE procrastinate_jobs SET attempts = :n WHERE task_name = 'fetch_photo'"),
            {"n": jobs.photos.FETCHING.tries - 1},
        )

    try_once(host)

    assert found(photo_id) == (PhotoState.TO_CHECK, "server_error", None)

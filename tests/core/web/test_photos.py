"""Pictures, for those who may see them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore

from core import db
from core.integrations.storage import Size, Storage
from core.models import Draft, Order, Photo, PhotoState, Upload, utc_now
from core.services import links
from tests.cast import Cast
from tests.serving import Served
from tests.sockets import signed_in

PREVIEW = b"RIFF....WEBP"


@dataclass
class Kept:
    """A customer's order with one photo, its picture in the storage."""

    order_id: int
    photo_id: int
    name: str
    token: str
    sha: str

    @property
    def cookies(self) -> dict[str, str]:
        return {f"loupe_order_{self.order_id}": self.token}

    def path(self, size: str) -> str:
        return f"/photos/{self.sha}/{size}"


@pytest.fixture
def carl(served: Served, tmp_path: Path) -> Kept:
    return keep(served, tmp_path, b"what Carl sent")


@pytest.fixture
def dora(served: Served, tmp_path: Path) -> Kept:
    return keep(served, tmp_path, b"what Dora sent")


def store(served: Served, folder: Path, original: bytes) -> str:
    storage = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    file = folder / "picture"
    file.write_bytes(original)
    sha = storage.keep_original(file)
    file.write_bytes(PREVIEW)
    for size in Size:
        storage.keep_derived(sha, size, file)
    return sha


def keep(served: Served, folder: Path, original: bytes) -> Kept:
    sha = store(served, folder, original)
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order()
        cast.reject(*order.photos)
        session.get_one(Upload, order.photos[0].upload_id).sha256 = sha
        token = links.order_token(order.order)
        return Kept(order.id, order.photos[0].id, order.order.name, token, sha)


@pytest.mark.parametrize("size", ["grid", "full"])
@pytest.mark.parametrize("who", ["staff", "customer"])
def test_a_preview_is_kept_by_the_browser(served: Served, carl: Kept, who: str, size: str) -> None:
    cookies = carl.cookies if who == "customer" else {"loupe_staff": signed_in("ada")}
    with served.client(**cookies) as client:
        answer = client.get(carl.path(size))
        again = client.get(carl.path(size), headers={"If-None-Match": answer.headers["etag"]})

    assert answer.content == PREVIEW
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (again.status_code, again.content) == (304, b"")


def test_an_original_is_never_kept_and_never_shown_in_place(served: Served, carl: Kept) -> None:
    with served.client(**carl.cookies) as client:
        answer = client.get(carl.path("original"))

    assert answer.content == b"what Carl sent"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    name = f"{carl.name.removeprefix('#')}-{carl.sha[:8]}.jpeg"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_a_customer_sees_what_they_have_chosen_but_not_sent(
    served: Served, carl: Kept, tmp_path: Path
) -> None:
    sha = store(served, tmp_path, b"chosen")
    with db.transaction() as session:
        session.add(
            Draft(photo_id=carl.photo_id, sha256=sha, size=6, format="PNG", width=9, height=9)
        )

    with served.client(**carl.cookies) as client:
        assert client.get(f"/photos/{sha}/full").content == PREVIEW
        assert client.get(f"/photos/{sha}/original").headers["content-type"] == "image/png"


@pytest.fixture
def strangers(carl: Kept, dora: Kept) -> dict[str, dict[str, str]]:
    """Cookies that must not open Carl's picture."""
    swapped = carl.token[:-4] + dora.token[-4:]
    return {
        "nobody": {},
        "another customer": dora.cookies,
        "another's link under his name": {f"loupe_order_{carl.order_id}": dora.token},
        "a forged link": {f"loupe_order_{carl.order_id}": swapped},
        "a made-up session": {"loupe_staff": "x" * 43},
        "his link as a session": {"loupe_staff": carl.token},
    }


@pytest.mark.parametrize("size", ["grid", "full", "original"])
def test_s4_a_picture_is_not_there_for_anybody_else(
    served: Served, carl: Kept, strangers: dict[str, dict[str, str]], size: str
) -> None:
    answers = {}
    for who, cookies in strangers.items():
        with served.client(**cookies) as client:
            etag = {"If-None-Match": f'"{carl.sha}-{size}"'}
            answers[who] = [
                client.get(carl.path(size)).status_code,
                client.head(carl.path(size)).status_code,
                client.get(carl.path(size), headers=etag).status_code,
            ]

    assert answers == {who: [404, 404, 404] for who in strangers}


def test_s4_a_link_that_has_expired_or_was_revoked_shows_no_picture(
    served: Served, carl: Kept, dora: Kept
) -> None:
    with db.transaction() as session:
        session.get_one(Order, carl.order_id).link_epoch += 1
        session.get_one(Photo, dora.photo_id).state = PhotoState.APPROVED
        session.get_one(Order, dora.order_id).settled_at = utc_now() - timedelta(days=15)

    with served.client(**carl.cookies, **dora.cookies) as client:
        assert client.get(carl.path("grid")).status_code == 404
        assert client.get(dora.path("grid")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/photos/{sha}/huge",
        "/photos/{sha}/GRID",
        "/photos/{upper}/grid",
        "/photos/{short}/grid",
        "/photos/..%2f..%2fsecret.key/original",
        "/photos/" + "0" * 64 + "/original",
    ],
)
def test_s4_no_other_address_gives_a_file_to_staff(served: Served, carl: Kept, path: str) -> None:
    path = path.format(sha=carl.sha, upper=carl.sha.upper(), short=carl.sha[:-1])
    with served.client(loupe_staff=signed_in("ada")) as client:
        answer = client.get(path)

    assert answer.status_code in (400, 404)

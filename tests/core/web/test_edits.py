"""Turning and cropping over real HTTP: for staff, for what they saw, and once."""

import asyncio
import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from obstore.store import LocalStore
from PIL import Image
from sqlalchemy import func, select
from starlette.applications import Starlette

from core import db
from core.demo import photographs
from core.integrations.intake import take_in
from core.integrations.storage import Storage, digest
from core.models import Decision, Origin, Photo, Upload
from core.services import links, staff
from core.web.edits import Edits
from tests.cast import Cast, seen
from tests.serving import Served
from tests.sockets import signed_in


@dataclass
class Desk:
    """Ada at the desk, and a photo there: a bee, 30 by 40 cm."""

    served: Served
    photo_id: int
    order_cookie: dict[str, str]

    @property
    def path(self) -> str:
        return f"/desk/photos/{self.photo_id}/edits"

    @property
    def storage(self) -> Storage:
        return Storage(LocalStore(self.served.data_dir / "pictures", mkdir=True))

    def post(self, body: object, *, who: str = "ada", path: str = "") -> httpx.Response:
        with self.client(who) as client:
            return client.post(path or self.path, json=body)

    def client(self, who: str = "ada") -> httpx.Client:
        client = self.served.client(loupe_staff=signed_in(who))
        client.timeout = httpx.Timeout(60)
        return client

    def photo(self) -> Photo:
        with db.transaction() as session:
            return session.get_one(Photo, self.photo_id)

    def uploads(self) -> int:
        with db.transaction() as session:
            return session.scalars(
                select(func.count()).where(Upload.photo_id == self.photo_id)
            ).one()


@pytest.fixture
def desk(served: Served, tmp_path: Path) -> Desk:
    bee = tmp_path / "bee.jpg"
    shutil.copy(photographs.originals()["honey-bee"], bee)
    storage = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    stored = take_in(bee, storage, file_name="bee.jpg")
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order()
        (photo,) = order.photos
        upload = Upload(photo_id=photo.id, origin=Origin.ORDER, **stored.columns())
        session.add(upload)
        session.flush()
        photo.upload_id = upload.id
        return Desk(served, photo.id, {f"loupe_order_{order.id}": links.order_token(order.order)})


def turn(version: int = 2, turns: int = 1) -> dict[str, Any]:
    return {"version": version, "quarter_turns": turns, "crop": None}


def opened(desk: Desk, sha: str, size: str = "original") -> Image.Image:
    with desk.client() as client:
        answer = client.get(f"/photos/{sha}/{size}")
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


def test_the_answer_is_the_photos_whole_new_row(desk: Desk) -> None:
    with db.transaction() as session:
        before = session.get_one(Upload, desk.photo().upload_id)

    answer = desk.post(turn())

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    row = answer.json()["photo"]
    assert (row["id"], row["version"], row["is_edited"]) == (desk.photo_id, 3, True)
    assert (row["width"], row["height"]) == (before.height, before.width)
    assert row["print"]["size"] == "30 × 40 cm"
    assert row["frame"]["aspect"] == pytest.approx(4 / 3 if row["width"] > row["height"] else 0.75)
    assert opened(desk, row["sha256"]).size == (row["width"], row["height"])
    assert max(opened(desk, row["sha256"], "grid").size) == 512
    with db.transaction() as session:
        now = session.get_one(Upload, desk.photo().upload_id)
    assert (now.sha256, now.origin, now.file_name) == (row["sha256"], Origin.STAFF, "bee.jpg")
    assert now.measures is not None


def test_a_part_is_saved_as_it_was_drawn(desk: Desk) -> None:
    crop = {"left": 100, "top": 50, "width": 450, "height": 600}

    row = desk.post({"version": 2, "quarter_turns": 0, "crop": crop}).json()["photo"]

    with db.transaction() as session:
        came = session.scalars(
            select(Upload.sha256).where(
                Upload.photo_id == desk.photo_id, Upload.file_name == "bee.jpg"
            )
        ).first()
    part = opened(desk, came or "").crop((100, 50, 550, 650)).convert("L").resize((9, 12))
    saved = opened(desk, row["sha256"]).convert("L").resize((9, 12))
    assert (row["width"], row["height"]) == (450, 600)
    assert all(abs(a - b) <= 4 for a, b in zip(part.tobytes(), saved.tobytes(), strict=True))
    # Too few pixels for its print now, and it says so.
    assert row["print"]["level"] == "poor"
    assert "low_res" in row["suggested"]


def test_the_same_request_once_more_changes_nothing_and_shows_how_it_is(desk: Desk) -> None:
    first = desk.post(turn()).json()["photo"]
    uploads = desk.uploads()

    again = desk.post(turn())

    assert again.status_code == 409
    assert again.json()["photo"] == first
    assert "changed" in again.json()["error"]
    assert desk.uploads() == uploads


def test_of_two_at_once_one_is_saved(desk: Desk) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda turns: desk.post(turn(turns=turns)), (1, 2)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    rows = [answer.json()["photo"] for answer in answers]
    assert rows[0]["sha256"] == rows[1]["sha256"]


def test_whoever_comes_after_a_decision_is_told_whose(desk: Desk) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        cast.approve(session.get_one(Photo, desk.photo_id), by=cast.bob)

    answer = desk.post(turn())

    assert answer.status_code == 409
    assert answer.json()["photo"] is None
    assert answer.json()["error"].startswith("Bob Berg approved this ")


def test_the_edited_picture_is_what_is_approved(desk: Desk) -> None:
    row = desk.post(turn()).json()["photo"]

    with db.transaction() as session:
        cast = Cast(session)
        photo = session.get_one(Photo, desk.photo_id)
        assert seen(photo)[0].version == row["version"]
        cast.approve(photo)

    with db.transaction() as session:
        approved = session.scalars(
            select(Upload.sha256)
            .join(Decision, Decision.upload_id == Upload.id)
            .where(Decision.photo_id == desk.photo_id)
        ).one()
    assert approved == row["sha256"]


def test_the_picture_comes_back_as_it_came(desk: Desk) -> None:
    with db.transaction() as session:
        came = session.get_one(Upload, desk.photo().upload_id)
    edited = desk.post(turn()).json()["photo"]

    back = desk.post({"version": edited["version"], "revert": True})
    once_more = desk.post({"version": edited["version"] + 1, "revert": True})

    row = back.json()["photo"]
    assert (row["sha256"], row["is_edited"]) == (came.sha256, False)
    assert (row["version"], row["width"]) == (4, came.width)
    assert once_more.status_code == 404
    assert desk.photo().version == 4


def test_s4_nobody_else_edits(desk: Desk) -> None:
    gone = signed_in("bob")
    with db.transaction() as session:
        staff.revoke(session, gone)
    strangers = {
        "nobody": {},
        "its customer": desk.order_cookie,
        "a made-up session": {"loupe_staff": "x" * 43},
        "one that was ended": {"loupe_staff": gone},
    }
    answers = {}
    for who, cookies in strangers.items():
        with desk.served.client(**cookies) as client:
            answer = client.post(desk.path, json=turn())
            answers[who] = (answer.status_code, "signed out" in answer.json()["error"])

    assert answers == dict.fromkeys(strangers, (401, True))
    assert desk.photo().version == 2


def test_a9_another_page_cannot_have_it_done(desk: Desk) -> None:
    for headers in ({"X-Loupe": "1", "Origin": "https://evil.example"}, {"X-Loupe": "1"}, {}):
        with desk.client() as client:
            client.headers.pop("X-Loupe")
            client.headers.pop("Origin")
            answer = client.post(desk.path, json=turn(), headers=headers)
        assert (answer.status_code, answer.content) == (403, b"")

    assert desk.photo().version == 2


NOT_UNDERSTOOD: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"turn it",
    "not UTF-8": b'{"version": 2, "\xff": 1}',
    "nothing to change": b'{"version": 2, "quarter_turns": 0, "crop": null}',
    "a fifth turn": b'{"version": 2, "quarter_turns": 4, "crop": null}',
    "a turn the other way": b'{"version": 2, "quarter_turns": -1, "crop": null}',
    "half a turn": b'{"version": 2, "quarter_turns": 0.5, "crop": null}',
    "true for a number": b'{"version": 2, "quarter_turns": true, "crop": null}',
    "no version": b'{"quarter_turns": 1, "crop": null}',
    "a version beyond counting": b'{"version": 9223372036854775808, "revert": true}',
    "both at once": b'{"version": 2, "quarter_turns": 1, "crop": null, "revert": true}',
    "not to be reverted": b'{"version": 2, "revert": false}',
    "more than was asked": b'{"version": 2, "quarter_turns": 1, "crop": null, "quality": 1}',
    "a part without a height": b'{"version": 2, "quarter_turns": 1, "crop": {"left": 0, "top": 0, '
    b'"width": 300}}',
    "a part far away": b'{"version": 2, "quarter_turns": 1, "crop": {"left": 1e300, "top": 0, '
    b'"width": 300, "height": 300}}',
    "infinity": b'{"version": 2, "quarter_turns": 1, "crop": {"left": Infinity, "top": 0, '
    b'"width": 300, "height": 300}}',
    "a list": b"[]",
    "a deep list": b"[" * 900,
    "a long story": b'{"version": 2, "revert": true, "why": "' + b"x" * 100_000 + b'"}',
}


def test_what_is_no_edit_is_not_understood(desk: Desk) -> None:
    with desk.client() as client:
        answers = {
            name: client.post(desk.path, content=body) for name, body in NOT_UNDERSTOOD.items()
        }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        NOT_UNDERSTOOD, 400
    )
    assert all("Reload" in answer.json()["error"] for answer in answers.values())
    assert desk.photo().version == 2


@pytest.mark.parametrize(
    "crop",
    [
        {"left": 0, "top": 0, "width": 199, "height": 400},
        {"left": 1_000_000, "top": 0, "width": 400, "height": 400},
        {"left": 0, "top": 0, "width": 1_000_000, "height": 1_000_000},
    ],
)
def test_a_part_that_cannot_be_printed_is_refused_in_words(
    desk: Desk, crop: dict[str, int]
) -> None:
    answer = desk.post({"version": 2, "quarter_turns": 0, "crop": crop})

    assert answer.status_code == 422
    assert "Choose another one" in answer.json()["error"]
    assert desk.photo().version == 2


def test_there_is_nothing_to_edit_of_a_photo_that_does_not_exist(desk: Desk) -> None:
    for photo_id in (0, 10**15, 2**63, 10**40):
        answer = desk.post(turn(), path=f"/desk/photos/{photo_id}/edits")

        assert (answer.status_code, answer.json()["error"]) == (404, "This no longer exists.")


def test_a_picture_that_is_missing_on_the_disk_is_our_fault(desk: Desk) -> None:
    with db.transaction() as session:
        sha = session.get_one(Upload, desk.photo().upload_id).sha256
    desk.storage.delete(sha)

    answer = desk.post(turn())

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "try again" in answer.json()["error"]
    assert desk.photo().version == 2


def test_whoever_comes_while_others_are_at_it_is_asked_to_wait(desk: Desk) -> None:
    app = httpx.ASGITransport(Starlette(routes=[Edits(at_once=0).route]))
    cookies = {"loupe_staff": signed_in("ada")}

    async def post() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=app, base_url="http://localhost", cookies=cookies
        ) as client:
            return await client.post(desk.path, json=turn())

    answer = asyncio.run(post())

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["error"].startswith("Other pictures are being saved")


def test_nothing_is_left_of_the_work(desk: Desk) -> None:
    desk.post(turn())
    desk.post(
        {
            "version": 3,
            "quarter_turns": 0,
            "crop": dict.fromkeys(("left", "top", "width", "height"), 1),
        }
    )

    assert list((desk.served.data_dir / "tmp").iterdir()) == []
    with db.transaction() as session:
        sha = session.get_one(Upload, desk.photo().upload_id).sha256
    stored = desk.served.data_dir / "pictures" / "originals" / sha[:2] / sha
    assert digest(stored) == sha

"""Photos that came by e-mail, over real HTTP and through the gate: for staff and nobody else."""

from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select

from core import db
from core.models import Photo, PhotoState, Response, ResponseBy, ResponseKind, Upload
from core.services import links, responses, staff
from core.services.decisions import PhotoVersion
from core.web.receiving import MAX_BYTES
from tests.cast import Cast, CastOrder, seen
from tests.core.web.test_uploads import PHOTO, jpeg
from tests.serving import Served
from tests.sockets import signed_in


@dataclass
class Desk:
    served: Served
    placed: CastOrder
    photo: PhotoVersion

    def put(
        self,
        content: bytes = PHOTO,
        *,
        who: str | None = "bob",
        version: int | str | None = None,
        photo_id: int | None = None,
        cookies: dict[str, str] | None = None,
    ) -> httpx.Response:
        if cookies is None:
            cookies = {"loupe_staff": signed_in(who)} if who else {}
        with self.served.client(**cookies) as client:
            return client.put(
                f"/desk/photos/{photo_id or self.photo.id}/picture",
                params={"version": self.photo.version if version is None else version},
                content=content,
                headers={"X-File-Name": "Rex%20am%20Strand.jpg"},
                timeout=60,
            )

    def now(self) -> Photo:
        with db.transaction() as session:
            return session.get_one(Photo, self.photo.id)

    def answers(self) -> list[Response]:
        with db.transaction() as session:
            of_photo = select(Response).where(Response.photo_id == self.photo.id)
            return list(session.scalars(of_photo))


@pytest.fixture
def desk(served: Served) -> Desk:
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order()
        cast.reject(*placed.photos)
        session.refresh(placed.photos[0])
        return Desk(served, placed, *seen(*placed.photos))


@pytest.mark.parametrize("who", ["ada", "mia"])
def test_a_photo_that_came_by_mail_is_back_in_review(desk: Desk, who: str) -> None:
    answer = desk.put(who=who)

    photo = desk.now()
    with db.transaction() as session:
        upload = session.get_one(Upload, photo.upload_id)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": photo.id,
        "version": desk.photo.version + 1,
        "sha256": upload.sha256,
    }
    assert (photo.state, photo.version) == (PhotoState.IN_REVIEW, desk.photo.version + 1)
    assert (upload.width, upload.height, upload.file_name) == (2400, 1800, "Rex am Strand.jpg")
    (response,) = desk.answers()
    assert (response.kind, response.by) == (ResponseKind.REPLACED, ResponseBy.STAFF)


def test_a_photo_sent_again_after_a_lost_answer_is_attached_once(desk: Desk) -> None:
    first, second = desk.put(), desk.put()

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(desk.answers()) == 1


def test_the_first_answer_wins_and_the_second_is_said_so(desk: Desk) -> None:
    with db.transaction() as session:
        responses.ask(session, desk.placed.carl, desk.photo, message="Why?")

    answer = desk.put()

    assert answer.status_code == 409
    assert answer.json() == {"error": "This photo has changed meanwhile. Please look at it again."}
    (response,) = desk.answers()
    assert response.kind is ResponseKind.ASKED


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        pytest.param(PHOTO.ljust(MAX_BYTES + 1, b"\0"), 413, "larger than 60 MB", id="too large"),
        pytest.param(b"", 400, "empty", id="empty"),
        pytest.param(b"Dear shop, here it is", 415, "not a picture", id="a letter"),
        pytest.param(jpeg(150, 150), 422, "too small to print", id="thumbnail"),
        pytest.param(PHOTO[: len(PHOTO) // 2], 422, "missing or damaged", id="half a photo"),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(
    desk: Desk, content: bytes, status: int, words: str
) -> None:
    answer = desk.put(content)

    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert desk.now().state is PhotoState.REJECTED
    assert not desk.answers()


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "²", "9" * 30])
def test_a_version_is_a_number(desk: Desk, version: str) -> None:
    answer = desk.put(version=version)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("photo_id", [10**15, 2**63, 10**40])
def test_nothing_is_attached_to_a_photo_that_does_not_exist(desk: Desk, photo_id: int) -> None:
    answer = desk.put(photo_id=photo_id)

    assert (answer.status_code, answer.json()) == (404, {"error": "This no longer exists."})


def test_s4_nobody_else_attaches_a_photo(desk: Desk) -> None:
    gone = signed_in("ada")
    with db.transaction() as session:
        staff.revoke(session, gone)
    token = links.order_token(desk.placed.order)
    strangers = {
        "nobody": {},
        "its customer": {f"loupe_order_{desk.placed.id}": token},
        "a made-up session": {"loupe_staff": "x" * 43},
        "one that was ended": {"loupe_staff": gone},
    }

    answers = {who: desk.put(cookies=cookies) for who, cookies in strangers.items()}

    assert {who: answer.status_code for who, answer in answers.items()} == dict.fromkeys(
        strangers, 401
    )
    assert all("signed out" in answer.json()["error"] for answer in answers.values())
    assert desk.now().state is PhotoState.REJECTED


def test_s4_no_other_page_has_a_browser_attach_a_photo(desk: Desk) -> None:
    with desk.served.client(loupe_staff=signed_in("ada")) as client:
        del client.headers["X-Loupe"]
        answer = client.put(f"/desk/photos/{desk.photo.id}/picture", content=PHOTO)

    assert answer.status_code == 403
    assert desk.now().state is PhotoState.REJECTED

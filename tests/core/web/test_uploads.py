"""New photos over real HTTP: U2, U5 and U6 of the list, and C3 for the route."""

import io
import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from core import db
from core.config import settings
from core.integrations.storage import Size, storage
from core.models import Draft, Order
from core.services import links, responses
from core.services.decisions import PhotoVersion
from core.web.receiving import MAX_BYTES
from core.web.uploads import Uploads
from tests.cast import Cast, CastOrder
from tests.serving import in_thread
from tests.waiting import until


def jpeg(width: int = 2400, height: int = 1800) -> bytes:
    """From black to white: nothing to say about it but its size."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


PHOTO = jpeg()
LARGEST = PHOTO.ljust(MAX_BYTES, b"\0")  # whatever follows the picture belongs to the file


@dataclass
class Door:
    """The route on a port of this process, and an order of Carl's with open questions."""

    port: int
    placed: CastOrder
    token: str

    @property
    def cookie(self) -> str:
        return f"loupe_order_{self.placed.id}={self.token}"

    def put(
        self,
        content: bytes | Iterator[bytes] = PHOTO,
        *,
        cookie: str | None = None,
        name: str = "",
    ) -> httpx.Response:
        return httpx.put(
            f"http://127.0.0.1:{self.port}/uploads/{self.placed.photos[0].id}",
            content=content,
            headers={
                "Cookie": self.cookie if cookie is None else cookie,
                "X-File-Name": quote(name),
            },
            timeout=60,
            trust_env=False,
        )

    def begin(self, photo: int = 0) -> socket.socket:
        """Open a connection that has sent only the first bytes of a photo."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(20)
        connection.sendall(
            f"PUT /uploads/{self.placed.photos[photo].id} HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: {self.cookie}\r\nContent-Length: {len(PHOTO)}\r\n\r\n".encode()
            + PHOTO[:100]
        )
        return connection

    def drafts(self) -> list[Draft]:
        with db.transaction() as session:
            return list(session.query(Draft).order_by(Draft.id))

    def left_over(self) -> list[Path]:
        return list((settings().data_dir / "tmp").glob("*"))


Open = Callable[..., Door]


@pytest.fixture
def open_door(committed: None) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_(photos: int = 1, **limits: float) -> Door:
            with db.transaction() as session:
                cast = Cast(session)
                placed = cast.order(photos=photos)
                cast.reject(*placed.photos)
                token = links.order_token(session.get_one(Order, placed.id))
            app = Starlette(routes=[Uploads(**limits).route])  # type: ignore[arg-type]
            return Door(stack.enter_context(in_thread(app)), placed, token)

        yield open_


def status_of(connection: socket.socket) -> int:
    with connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


def test_a_photo_comes_in_and_is_kept(open_door: Open) -> None:
    door = open_door()

    answer = door.put(name="Rex am Strand.jpg")

    (draft,) = door.drafts()
    assert answer.status_code == 201
    assert answer.json() == {
        "draft": draft.id,
        "sha256": draft.sha256,
        "width": 2400,
        "height": 1800,
        "shape": pytest.approx(40 / 30),
        "warnings": [],
    }
    assert (draft.photo_id, draft.format, draft.size) == (
        door.placed.photos[0].id,
        "JPEG",
        len(PHOTO),
    )
    assert draft.file_name == "Rex am Strand.jpg"
    assert storage().size_of(draft.sha256) == len(PHOTO)
    assert all(storage().has(draft.sha256, size) for size in Size)
    assert not door.left_over()


def test_sixty_megabytes_are_welcome(open_door: Open) -> None:
    assert open_door().put(LARGEST).status_code == 201


def test_a_photo_too_small_for_its_print_comes_in_with_a_warning(open_door: Open) -> None:
    (warning, *_) = open_door().put(jpeg(800, 600)).json()["warnings"]

    assert warning.startswith("This photo will look soft at 30 × 40 cm.")


def test_only_the_first_picture_of_an_animation_is_promised(open_door: Open) -> None:
    file = io.BytesIO()
    first, second = (Image.new("RGB", (3000, 2250), colour) for colour in ("teal", "navy"))
    first.save(file, "WEBP", save_all=True, append_images=[second], lossless=False, method=0)

    warnings = open_door().put(file.getvalue()).json()["warnings"]

    assert warnings[0] == "Only the first picture of this animation can be printed."
    assert len(warnings) <= 2


def in_chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 2**20):
        yield content[start : start + 2**20]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        pytest.param(LARGEST + b"\0", 413, "larger than 60 MB", id="too large"),
        pytest.param(in_chunks(LARGEST + b"\0"), 413, "larger than 60 MB", id="not saying so"),
        pytest.param(b"", 400, "empty", id="empty"),
        pytest.param(b"Dear shop, here is my photo", 415, "not a picture", id="a letter"),
        pytest.param(b"GIF89a" + b"\0" * 99, 415, "cannot open this kind", id="animation"),
        pytest.param(jpeg(150, 150), 422, "too small to print", id="thumbnail"),
        pytest.param(PHOTO[: len(PHOTO) // 2], 422, "missing or damaged", id="half a photo"),
    ],
)
def test_what_cannot_be_used_is_said_kindly_and_leaves_nothing(
    open_door: Open, content: bytes | Iterator[bytes], status: int, words: str
) -> None:
    door = open_door()

    answer = door.put(content)

    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert not door.drafts()
    assert not door.left_over()


def test_a_lost_connection_leaves_nothing(open_door: Open) -> None:
    door = open_door(at_once=1)

    door.begin().close()

    # The one place is free again only when the first attempt has been cleared away.
    until(lambda: door.put().status_code == 201)
    assert len(door.drafts()) == 1
    assert not door.left_over()


@pytest.mark.parametrize("limits", [{"patience": 0.2}, {"deadline": 0.2}])
def test_whoever_sends_nothing_does_not_keep_a_place(
    open_door: Open, limits: dict[str, float]
) -> None:
    door = open_door(**limits)

    with closing(door.begin()) as connection:
        assert status_of(connection) == 408

    assert not door.left_over()


def test_of_ten_photos_at_once_some_wait(open_door: Open) -> None:
    door = open_door(photos=10, at_once=4)

    with ExitStack() as stack:
        waiting = [stack.enter_context(closing(door.begin(photo))) for photo in range(10)]
        refused: list[socket.socket] = []
        while len(refused) < 6:
            answered, _, _ = select.select(waiting, [], [], 20)
            assert answered
            refused += answered
            waiting = [connection for connection in waiting if connection not in answered]
        answers = [connection.recv(4096).decode() for connection in refused]
        for connection in waiting:
            connection.sendall(PHOTO[100:])
        accepted = [status_of(connection) for connection in waiting]

    assert all("503" in answer.splitlines()[0] for answer in answers)
    assert all("retry-after: 5" in answer.lower() for answer in answers)
    assert accepted == [201] * 4
    assert not door.left_over()


def test_a_second_file_for_a_photo_ends_the_first(open_door: Open) -> None:
    door = open_door()

    with closing(door.begin()) as first:
        until(lambda: bool(door.left_over()))  # the first is under way
        second = door.put()
        ended = status_of(first)

    assert (second.status_code, ended) == (201, 408)
    assert len(door.drafts()) == 1


def test_nobody_else_sends_a_photo(open_door: Open) -> None:
    door = open_door()
    eve = open_door()

    without = door.put(cookie="")
    with_hers = door.put(cookie=eve.cookie)
    with_hers_renamed = door.put(cookie=f"loupe_order_{door.placed.id}={eve.token}")

    answers = [without, with_hers, with_hers_renamed]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.text for answer in answers}) == 1
    assert not door.drafts()


def test_a_photo_that_was_answered_for_takes_no_more_files(open_door: Open) -> None:
    door = open_door()
    photo = door.placed.photos[0]
    with db.transaction() as session:
        session.add(photo)
        session.refresh(photo)
        seen = PhotoVersion(photo.id, photo.version)
        responses.ask(session, door.placed.carl, seen, message="My only one")

    assert door.put().status_code == 409


def test_somebody_who_never_stops_is_asked_to_write(open_door: Open) -> None:
    door = open_door()

    answers = [door.put(b"") for _ in range(61)]

    assert [answer.status_code for answer in answers] == [400] * 60 + [429]
    assert "Please write to us" in json.loads(answers[-1].text)["error"]

"""What is printed, as whoever downloads it gets it."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from obstore.store import LocalStore
from PIL import ExifTags, Image, ImageOps
from sqlalchemy import select

from core import db
from core.demo import photographs
from core.integrations.storage import Copy, Storage
from core.models import Order, Photo, PhotoState, Upload, utc_now
from core.services import links, releases
from tests.cast import Cast
from tests.made_pictures import ADOBE_RGB, as_file, cmyk_profile
from tests.serving import Served
from tests.sockets import signed_in

PATH = "/desk/hand-over.zip"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Placed:
    id: int
    name: str
    token: str

    @property
    def query(self) -> dict[str, str]:
        return {"orders": str(self.id)}


@dataclass(frozen=True)
class Desk:
    """The web part, and the storage that it reads."""

    served: Served
    storage: Storage
    folder: Path

    def keep(self, content: bytes) -> str:
        file = self.folder / "file"
        file.write_bytes(content)
        return self.storage.keep_original(file)

    def keep_print_copy(self, sha256: str, content: bytes) -> None:
        file = self.folder / "file"
        file.write_bytes(content)
        self.storage.keep_derived(sha256, Copy.PRINT, file)

    def released(self, *files: tuple[str, str], product: str = "Canvas") -> Placed:
        """An order with these photos, each a SHA-256 and its format."""
        with db.transaction() as session:
            cast = Cast(session)
            placed = cast.order(photos=len(files))
            placed.line.title = product
            for photo, (sha256, kind) in zip(placed.photos, files, strict=True):
                upload = session.get_one(Upload, photo.upload_id)
                upload.sha256, upload.format = sha256, kind
            cast.approve(*placed.photos)
            assert releases.released(session, placed.id)
            token = links.order_token(placed.order)
            return Placed(placed.id, placed.order.name, token)

    def download(self, *placed: Placed) -> zipfile.ZipFile:
        with self.served.client(loupe_staff=signed_in("ada")) as client:
            ids = ",".join(str(each.id) for each in placed)
            answer = client.get(PATH, params={"orders": ids}, timeout=60)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "no-store"
        found = zipfile.ZipFile(io.BytesIO(answer.content))
        assert found.testzip() is None
        return found


@pytest.fixture
def desk(served: Served, tmp_path: Path) -> Desk:
    return Desk(served, Storage(LocalStore(served.data_dir / "pictures", mkdir=True)), tmp_path)


def contents(found: zipfile.ZipFile) -> Sequence[Mapping[str, str]]:
    return list(csv.DictReader(io.StringIO(found.read("contents.csv").decode("utf-8-sig"))))


def opened(found: zipfile.ZipFile, name: str) -> Image.Image:
    picture = Image.open(io.BytesIO(found.read(name)))
    picture.load()
    return picture


def photograph(name: str, width: int = 640) -> Image.Image:
    with Image.open(photographs.originals()[name]) as picture:
        return ImageOps.contain(picture.convert("RGB"), (width, width))


def lying(picture: Image.Image) -> bytes:
    """The way a phone keeps a portrait: turned, and a note of it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = picture.transpose(Image.Transpose.ROTATE_90)
    return as_file(stored, "JPEG", exif=exif.tobytes(), icc_profile=ADOBE_RGB)


def test_a_photo_is_there_as_it_came_and_upright_to_print_from(desk: Desk) -> None:
    picture = photograph("parrot")
    original = lying(picture)
    placed = desk.released((desk.keep(original), "JPEG"))

    found = desk.download(placed)

    number = placed.name.removeprefix("#")
    name = f"Canvas/{number}-Canvas-30 x 40 cm-1x-1.jpg"
    assert found.read(f"originals/{name}") == original
    copy = opened(found, f"print/{name}")
    assert (copy.format, copy.size, copy.mode) == ("JPEG", picture.size, "RGB")
    assert copy.info["icc_profile"] == ADOBE_RGB
    assert not copy.getexif()
    (row,) = contents(found)
    assert (row["Order"], row["Print file"]) == (placed.name, f"print/{name}")
    assert "MISSING.txt" not in found.namelist()


def transparent(picture: Image.Image) -> Image.Image:
    picture = picture.copy()
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


KINDS: dict[str, tuple[str, str, str]] = {
    # What it is, what the original is called, and how its copy is kept.
    "HEIF": ("heic", "JPEG", "RGB"),
    "PNG": ("png", "PNG", "RGBA"),
    "WEBP": ("webp", "PNG", "RGBA"),
    "AVIF": ("avif", "JPEG", "RGB"),
    "JPEG": ("jpg", "JPEG", "CMYK"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_becomes_one_that_printers_read(desk: Desk, kind: str) -> None:
    ending, copied_as, mode = KINDS[kind]
    picture, options = photograph("owl"), {}
    if mode == "RGBA":
        picture = transparent(picture)
    elif mode == "CMYK":
        picture, options = picture.convert("CMYK"), {"icc_profile": cmyk_profile()}
    placed = desk.released((desk.keep(as_file(picture, kind, **options)), kind))

    found = desk.download(placed)

    (row,) = contents(found)
    assert row["Original"].endswith(f".{ending}")
    copy = opened(found, row["Print file"])
    assert row["Print file"].endswith(".png" if copied_as == "PNG" else ".jpg")
    assert (copy.format, copy.mode, copy.size) == (copied_as, mode, picture.size)
    assert copy.info.get("icc_profile") == options.get("icc_profile")


def test_a_copy_that_was_made_beforehand_is_used_and_one_made_now_is_kept(desk: Desk) -> None:
    known, new = (desk.keep(as_file(photograph(name), "JPEG")) for name in ("owl", "goldfish"))
    prepared = as_file(photograph("boats"), "JPEG")
    desk.keep_print_copy(known, prepared)
    placed = desk.released((known, "JPEG"), (new, "JPEG"))

    found = desk.download(placed)

    first, _ = contents(found)
    assert found.read(first["Print file"]) == prepared
    assert desk.storage.has(new, Copy.PRINT)


def test_a_file_that_is_gone_is_named_and_the_others_are_there(desk: Desk) -> None:
    there = desk.keep(as_file(photograph("sushi"), "JPEG"))
    placed = desk.released((there, "JPEG"), ("0" * 64, "JPEG"))

    found = desk.download(placed)

    assert len(contents(found)) == 1
    missing = found.read("MISSING.txt").decode()
    assert (
        missing
        == f"{placed.name}, photo 2, Canvas: its file is missing. It is in no folder here.\n"
    )


def test_an_order_that_may_not_be_printed_any_more_is_named(desk: Desk) -> None:
    sha256 = desk.keep(as_file(photograph("sushi"), "JPEG"))
    there, cancelled, open_again = (desk.released((sha256, "JPEG")) for _ in range(3))
    with db.transaction() as session:
        session.get_one(Order, cancelled.id).cancelled_at = utc_now()
        session.get_one(Order, open_again.id).released_at = None

    found = desk.download(there, cancelled, open_again)

    assert [row["Order"] for row in contents(found)] == [there.name]
    assert found.read("MISSING.txt").decode().splitlines() == [
        f"{cancelled.name}: it was cancelled meanwhile. Nothing of it is in here.",
        f"{open_again.name}: its photos are being looked at again. Nothing of it is in here.",
    ]


def test_an_original_without_a_copy_is_there_and_named(desk: Desk) -> None:
    placed = desk.released((desk.keep(b"no picture"), "JPEG"))

    found = desk.download(placed)

    (row,) = contents(found)
    assert found.read(row["Original"]) == b"no picture"
    assert row["Print file"] == ""
    assert "no copy to print could be made" in found.read("MISSING.txt").decode()


@pytest.fixture
def pattern(desk: Desk) -> Iterator[str]:
    pattern = "../{customer}/{product}{variant}{order.__class__}"
    with db.transaction() as session:
        shop = Cast(session).shop
        before, shop.file_name_pattern = shop.file_name_pattern, pattern
    yield pattern
    with db.transaction() as session:
        Cast(session).shop.file_name_pattern = before


@pytest.mark.usefixtures("pattern")
def test_no_name_leads_out_of_its_folder_and_none_is_there_twice(desk: Desk) -> None:
    sha256 = desk.keep(as_file(photograph("sheep"), "JPEG"))
    placed = desk.released((sha256, "JPEG"), (sha256, "JPEG"), product="../../etc/CON")
    with db.transaction() as session:
        order = session.get_one(Order, placed.id)
        order.customer_name = "=cmd|'/c calc'!A0\n/../x"

    found = desk.download(placed)

    names = found.namelist()
    assert len({name.casefold() for name in names}) == len(names) == 5
    for name in names:
        parts = Path(name).parts
        assert not name.startswith("/")
        assert ".." not in parts
        assert all(part == part.strip(" .") and "\n" not in part for part in parts)
    assert contents(found)[0]["Customer"].startswith("'=cmd")


def test_only_orders_that_were_let_go_are_given_out(desk: Desk) -> None:
    placed = desk.released((desk.keep(as_file(photograph("owl"), "JPEG")), "JPEG"))
    with db.transaction() as session:
        session.get_one(Order, placed.id).released_at = None
        assert session.scalars(select(Photo.state).where(Photo.order_id == placed.id)).one() is (
            PhotoState.APPROVED
        )

    with desk.served.client(loupe_staff=signed_in("ada")) as client:
        for orders in (str(placed.id), "", "0", "-1", "1;2", "9" * 5000, "٣", "9" * 19):
            assert client.get(PATH, params={"orders": orders}).status_code == 404


@pytest.mark.parametrize(
    "who", ["nobody", "a customer", "a customer as staff", "a made-up session", "signed out"]
)
def test_s4_what_is_printed_is_not_there_for_anybody_else(desk: Desk, who: str) -> None:
    placed = desk.released((desk.keep(as_file(photograph("owl"), "JPEG")), "JPEG"))
    cookies = {
        "nobody": {},
        "a customer": {f"loupe_order_{placed.id}": placed.token},
        "a customer as staff": {"loupe_staff": placed.token},
        "a made-up session": {"loupe_staff": "x" * 43},
        "signed out": {"loupe_staff": ""},
    }[who]

    with desk.served.client(**cookies) as client:
        answers = [
            client.get(PATH, params=placed.query).status_code,
            client.head(PATH, params=placed.query).status_code,
            client.post(PATH, params=placed.query).status_code,
        ]

    assert answers[:2] == [404, 404]
    assert answers[2] == 405


@pytest.mark.parametrize("orders", ["1", "999999999", "", "abc"])
def test_s4_a_strangers_browser_is_led_to_the_sign_in_whatever_it_asks_for(
    desk: Desk, orders: str
) -> None:
    desk.released((desk.keep(as_file(photograph("owl"), "JPEG")), "JPEG"))

    with desk.served.client() as client:
        answer = client.get(PATH, params={"orders": orders}, headers=BROWSER)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.content == b""


def test_a_browser_is_led_back_where_nothing_of_it_may_be_printed_now(desk: Desk) -> None:
    placed = desk.released((desk.keep(as_file(photograph("owl"), "JPEG")), "JPEG"))
    with db.transaction() as session:
        session.get_one(Order, placed.id).released_at = None

    with desk.served.client(loupe_staff=signed_in("ada")) as client:
        answer = client.get(PATH, params=placed.query, headers=BROWSER)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/ready?changed={placed.id}")


@pytest.mark.parametrize("who", ["ada", "mia"])
def test_s4_all_of_staff_may_print(desk: Desk, who: str) -> None:
    placed = desk.released((desk.keep(as_file(photograph("owl"), "JPEG")), "JPEG"))

    with desk.served.client(loupe_staff=signed_in(who)) as client:
        told = client.head(PATH, params=placed.query)

    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-disposition"].startswith('attachment; filename="Loupe ')


def test_two_hundred_photos_take_no_more_memory_than_a_few(desk: Desk) -> None:
    photos = 200
    content = as_file(Image.effect_noise((512, 512), 90).convert("RGB"), "JPEG", quality=100)
    sha256 = desk.keep(content)
    desk.keep_print_copy(sha256, content)
    placed = [desk.released(*[(sha256, "JPEG")] * 50) for _ in range(photos // 50)]
    query = {"orders": ",".join(str(each.id) for each in placed)}
    server = psutil.Process(desk.served.pid)
    with desk.served.client(loupe_staff=signed_in("ada")) as client:
        client.get(PATH, params=placed[0].query)  # what is loaded once
        before = most = server.memory_info().rss
        received = 0
        with client.stream("GET", PATH, params=query, timeout=120) as answer:
            for chunk in answer.iter_raw(2**20):
                received += len(chunk)
                most = max(most, server.memory_info().rss)

    assert received > 2 * photos * len(content)
    assert most - before < received / 4

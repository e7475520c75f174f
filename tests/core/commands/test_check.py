import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.store import S3Store
from sqlalchemy import select, text

from core import db
from core.__main__ import main
from core.commands import check
from core.config import settings
from core.demo import photographs
from core.integrations.intake import take_in
from core.integrations.storage import FOLDERS, Copy, Size, Storage, storage
from core.models import Draft, Upload
from core.services import keeping
from tests.cast import PICTURE, Cast, CastOrder
from tests.photo_host import Server, answer, serving

TWO_DAYS = timedelta(days=2)


@dataclass
class Desk:
    """An order with a picture of its own, and where pictures lie."""

    pictures: Path
    order: str
    photo: int
    sha: str

    def file(self, size: str = "original", sha: str | None = None) -> Path:
        sha = sha or self.sha
        if size == "original":
            return self.pictures / "originals" / sha[:2] / sha
        return self.pictures / size / sha[:2] / f"{sha}.webp"


@pytest.fixture
def desk(committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    storage.cache_clear()
    placed, sha = an_order_with_a_picture(tmp_path)
    yield Desk(tmp_path / "pictures", placed.order.name, placed.photos[0].id, sha)
    storage.cache_clear()
    settings.cache_clear()


def an_order_with_a_picture(folder: Path) -> tuple[CastOrder, str]:
    original = folder / "photo"
    original.write_bytes(photographs.originals()["owl"].read_bytes())
    kept = take_in(original, storage(), file_name=None)
    with db.transaction() as session:
        placed = Cast(session).order()
        upload = session.get_one(Upload, placed.photos[0].upload_id)
        upload.sha256, upload.size = kept.sha256, kept.size
    return placed, kept.sha256


def run(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    status = main(["check", "--json", *options])
    return status, json.loads(capsys.readouterr().out)


def an_orphan(desk: Desk, age: timedelta) -> Path:
    content = os.urandom(100)
    path = desk.file(sha=hashlib.sha256(content).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    written = time.time() - age.total_seconds()
    os.utime(path, (written, written))
    return path


def test_a_desk_in_order_has_nothing_to_say(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--deep") == (
        0,
        {
            "pictures": 1,
            "files": 3,
            "missing": 0,
            "damaged": 0,
            "unreadable": 0,
            "unnamed": 0,
            "mended": 0,
            "faults": [],
        },
    )


def test_r14_a_missing_original_is_named_by_order_and_photo(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file().unlink()

    status, found = run(capsys, "--repair")

    assert status == 1
    assert found["faults"] == [
        {
            "fault": "missing",
            "file": "original",
            "order": desk.order,
            "photo": desk.photo,
            "product": "Canvas",
            "source": "upload",
            "is_mended": False,
            "sha256": desk.sha,
        }
    ]


def test_a_draft_is_looked_after_like_an_upload(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.transaction() as session:
        session.add(Draft(photo_id=desk.photo, **PICTURE.columns()))

    status, found = run(capsys)

    assert status == 1
    assert {(fault["file"], fault["source"]) for fault in found["faults"]} == {
        ("original", "draft"),
        ("grid", "draft"),
        ("full", "draft"),
    }


def test_a_cut_file_shows_by_its_size_and_an_altered_one_when_it_is_read(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    content = desk.file().read_bytes()
    desk.file().write_bytes(bytes(1) + content[1:])

    assert run(capsys)[0] == 0
    assert run(capsys, "--deep")[1]["damaged"] == 1
    desk.file().write_bytes(content[:-1])
    assert run(capsys)[1]["damaged"] == 1


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("is_empty", [True, False])
def test_what_is_shown_is_made_anew_from_the_original(
    desk: Desk, capsys: pytest.CaptureFixture[str], size: Size, is_empty: bool
) -> None:
    before = desk.file(size).read_bytes()
    desk.file(size).write_bytes(b"") if is_empty else desk.file(size).unlink()
    assert run(capsys)[0] == 1

    status, found = run(capsys, "--repair")

    assert (status, found["missing"], found["mended"]) == (0, 1, 1)
    assert desk.file(size).read_bytes() == before
    assert run(capsys)[1]["faults"] == []


def test_nothing_is_made_from_an_original_that_is_damaged(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file().write_bytes(bytes(1) + desk.file().read_bytes()[1:])
    desk.file("grid").unlink()

    status, found = run(capsys, "--repair")

    assert (status, found["mended"]) == (1, 0)
    assert not desk.file("grid").exists()


def test_what_two_photos_have_is_mended_once_and_kept_from_a_removal(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file("grid").unlink()
    with db.transaction() as session:
        session.add(Draft(photo_id=desk.photo, **{**PICTURE.columns(), "sha256": desk.sha}))

    status, found = run(capsys, "--repair")

    assert (status, found["missing"], found["mended"]) == (0, 2, 2)
    with db.transaction() as session:
        assert not keeping.is_free(session, desk.sha)
        looks = session.scalars(
            text("SELECT args ->> 'sha256' FROM procrastinate_jobs WHERE scheduled_at > now()")
        )
        assert looks.all() == [desk.sha]


def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_checked(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    old = an_orphan(desk, TWO_DAYS)
    folder = desk.file().parent
    folder.rename(folder.with_name("away"))
    folder.symlink_to(folder)  # not even root can follow it

    status, found = run(capsys, "--deep", "--repair")

    assert status == 1
    assert (found["unreadable"], found["missing"]) == (1, 0)
    assert [(each["fault"], each["file"], each["sha256"]) for each in found["faults"]] == [
        *sorted(
            [("unreadable", "folder", desk.sha[:2]), ("unnamed", "original", old.name)],
            key=lambda each: each[2],
        )
    ]


@pytest.fixture
def bucket() -> Iterator[Server]:
    with serving(Server("127.0.0.1")) as server:
        yield server


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(
    desk: Desk, bucket: Server
) -> None:
    other = desk.sha[:2] + "0" * 62
    with db.transaction() as session:
        session.add(Draft(photo_id=desk.photo, **{**PICTURE.columns(), "sha256": other}))
        length = session.scalars(select(Upload.size)).one()
    listed = "".join(
        f"<Contents><Key>originals/{sha[:2]}/{sha}</Key><Size>{size}</Size><ETag>1</ETag>"
        "<LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"
        for sha, size in ((desk.sha, length), (other, PICTURE.size))
    )
    for place in ("originals", *Size, *Copy):
        body = f"<ListBucketResult>{listed if place == 'originals' else ''}</ListBucketResult>"
        query = f"list-type=2&prefix={place}%2F{desk.sha[:2]}%2F"
        bucket.answers[f"/loupe?{query}"] = answer(body=body.encode(), Connection="close")
    forbidden = answer(403, b"", Connection="close")
    bucket.answers[f"/loupe/originals/{desk.sha[:2]}/{desk.sha}"] = forbidden
    altered = answer(body=bytes(PICTURE.size), Connection="close")
    bucket.answers[f"/loupe/originals/{desk.sha[:2]}/{other}"] = altered
    store = S3Store(
        "loupe",
        endpoint="http://{}:{}".format(*bucket.address),
        region="anywhere",
        skip_signature=True,
        client_options={"allow_http": True},
    )
    going = check.Check(Storage(store), is_deep=True, repairs=True)

    going.folder(desk.sha[:2])

    faults = {(each.fault, each.sha256) for each in going.faults if each.file == "original"}
    assert faults == {("unreadable", desk.sha), ("damaged", other)}


def test_files_that_no_row_names_are_told_and_removed_on_demand(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    old, young = an_orphan(desk, TWO_DAYS), an_orphan(desk, timedelta(hours=1))

    status, found = run(capsys)
    assert (status, [fault["sha256"] for fault in found["faults"]]) == (0, [old.name])
    assert old.exists()

    status, found = run(capsys, "--repair")
    assert (status, found["unnamed"]) == (0, 1)
    assert not old.exists()
    assert young.exists()
    assert desk.file().exists()


def test_bytes_that_are_expected_again_are_not_removed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    old = an_orphan(desk, TWO_DAYS)
    with db.transaction() as session:
        keeping.expect(session, old.name)

    _, found = run(capsys, "--repair")

    assert found["unnamed"] == 0
    assert old.exists()


def test_what_a_killed_process_left_half_written_is_removed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    left = desk.file().with_name(f"{desk.sha}#1")
    left.write_bytes(b"half")
    os.utime(left, (0, 0))

    run(capsys, "--repair")

    assert not left.exists()


def test_people_read_a_table_and_a_sum(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.file("grid").unlink()

    status = main(["check"])

    head, row, _, total = capsys.readouterr().out.splitlines()
    assert status == 1
    assert head.split()[:5] == ["fault", "file", "order", "photo", "product"]
    assert row.split()[:5] == ["missing", "grid", desk.order, str(desk.photo), "Canvas"]
    assert total == "1 pictures, 2 files, 1 missing, 0 damaged, 0 unreadable, 0 unnamed, 0 mended"


def test_only_so_many_faults_are_listed_but_all_are_counted(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.transaction() as session:
        session.add_all(
            Draft(photo_id=desk.photo, **{**PICTURE.columns(), "sha256": f"{number:064x}"})
            for number in range(check.LISTED)
        )

    _, found = run(capsys)

    assert found["missing"] == 3 * check.LISTED
    assert len(found["faults"]) == check.LISTED


def test_every_hash_lies_in_one_of_the_folders() -> None:
    assert len(FOLDERS) == 256
    assert {hashlib.sha256(bytes([n])).hexdigest()[:2] for n in range(256)} <= set(FOLDERS)

import io
import json
import sys
from pathlib import Path

import pytest

from core.__main__ import COMMANDS, main
from core.commands.mailbox import _links
from core.demo import photographs


def test_inspect_tells_pictures_from_what_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = next(iter(photographs.originals().values()))
    text = tmp_path / "text.jpg"
    text.write_text("not a picture at all")

    status = main(["inspect", str(photo), str(text), "--json"])

    good, bad = json.loads(capsys.readouterr().out)
    assert status == 0
    assert good["file"] == str(photo)
    assert (good["status"], good["reason"]) == ("ok", None)
    assert good["format"] == "JPEG"
    assert min(good["width"], good["height"]) > 200
    assert good["seconds"] > 0
    assert good["peak_bytes"] > 2**20
    assert bad == {
        "file": str(text),
        "bytes": len("not a picture at all"),
        "status": "refused",
        "reason": "This file is not a picture. "
        "Please choose a photo, as JPEG, PNG, WebP, HEIC or AVIF.",
        "format": None,
        "width": None,
        "height": None,
        "findings": None,
        "seconds": None,
        "peak_bytes": None,
    }


def test_inspect_judges_a_photo_for_the_size_it_would_be_printed_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    photo = photographs.originals()["honey-bee"]  # 1620 x 1280 pixels

    status = main(["inspect", str(photo), "--print", "30 x 40 cm", "--json"])

    (row,) = json.loads(capsys.readouterr().out)
    found = {finding["kind"]: finding for finding in row["findings"]}
    assert status == 0
    assert found["resolution"]["level"] == "look"
    assert (round(found["resolution"]["measured"]), found["resolution"]["needed"]) == (103, 150)
    assert found["soft"]["level"] == "fine"


def test_inspect_says_what_is_no_print_size(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["inspect", "photo.jpg", "--print", "large"])

    assert "no print size: 'large'" in capsys.readouterr().err


def test_inspect_handles_the_others_when_a_file_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = next(iter(photographs.originals().values()))

    status = main(["inspect", str(tmp_path / "none.jpg"), str(photo), "--json"])

    printed = capsys.readouterr()
    assert status == 1
    assert [row["file"] for row in json.loads(printed.out)] == [str(photo)]
    assert "none.jpg: there is no such file" in printed.err


def test_find_photos_reads_attributes_and_prints_photos(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://cdn.shopify.com/s/files/1/dog.jpg"
    given = [{"key": "Your photo", "value": url}, {"key": "Frame", "value": "black"}]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))

    status = main(["find-photos", "--json"])

    assert status == 0
    assert json.loads(capsys.readouterr().out) == [
        {"key": "Your photo", "url": url, "role": "photo"}
    ]


def test_find_photos_explains_every_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://cdn.shopify.com/s/files/1/dog.jpg"
    given = [{"key": "Preview", "value": url}, {"key": "Frame", "value": "black"}]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))

    status = main(["find-photos", "--explain", "--json"])

    assert status == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "key": "Preview",
            "value": url,
            "verdict": "Preview",
            "why": "The value is the address of a picture on cdn.shopify.com. "
            "Its name says that it is a preview, which the app made.",
        },
        {
            "key": "Frame",
            "value": "black",
            "verdict": "Text",
            "why": "There is no address in it.",
        },
    ]


@pytest.mark.parametrize("given", ["", "no JSON", "{}", '[{"key": 1}]'])
def test_find_photos_says_what_it_reads(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))

    status = main(["find-photos"])

    printed = capsys.readouterr()
    assert status == 1
    assert printed.out == ""
    assert printed.err.startswith("Standard input must be a JSON list")


def test_send_orders_needs_the_demo_shop(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["send-orders", "2"])

    assert status == 1
    assert capsys.readouterr().err == ("The demo shop is not open: start it with `make run`.\n")


def test_links_of_a_letter_are_its_buttons() -> None:
    html = '<p>Hi</p><a href="https://x.example/p?a=1&amp;b=2">Choose</a><img src="cid:1"><a>no</a>'

    assert _links(html) == ["https://x.example/p?a=1&b=2"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    assert ended.value.code == 0
    assert COMMANDS[name][1:40] in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("database")
def test_status_counts_every_state_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["status", "--json"])

    counted = json.loads(capsys.readouterr().out)
    states = ["fetching", "to_check", "in_review", "rejected", "approved", "withdrawn"]
    assert status == 0
    assert counted["photos"] == dict.fromkeys(states, 0)
    assert set(counted) == {"photos", "orders", "messages", "jobs"}


@pytest.mark.usefixtures("committed")
def test_a_person_added_is_listed_and_can_get_a_new_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        ["add", "Zoe", "--name", "Zoe Zimmer", "--role", "manager"],
        ["password", "zoe"],
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\n"))
        assert main(["staff", *command]) == 0
    capsys.readouterr()

    main(["staff", "list", "--json"])

    assert json.loads(capsys.readouterr().out) == [
        {
            "username": "zoe",
            "name": "Zoe Zimmer",
            "role": "manager",
            "email": None,
            "active": True,
            "demo": False,
        }
    ]


@pytest.mark.usefixtures("committed")
def test_an_error_of_a_person_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))

    status = main(["staff", "add", "zoe", "--name", "Zoe", "--role", "manager"])

    assert status == 1
    assert capsys.readouterr().err.count("\n") == 1

"""`mail test`, on the command line."""

import pytest

from core.__main__ import main
from core.config import settings
from tests.serving import free_port
from tests.smtp import PostOffice


@pytest.fixture
def sender(committed: None, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_MAIL_FROM", "post@paws.example")


@pytest.mark.usefixtures("sender")
def test_it_says_what_the_server_said(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mail", "test", "mia@paws.example"]) == 0

    said = capsys.readouterr().out
    assert said == (
        "The server took it, and said: 250 Taken. Look whether it arrives at mia@paws.example.\n"
    )
    assert office.recipients == ["mia@paws.example"]


@pytest.mark.usefixtures("sender")
def test_it_writes_to_the_sender_unless_told_to_whom(office: PostOffice) -> None:
    assert main(["mail", "test"]) == 0

    assert office.recipients == ["post@paws.example"]


@pytest.mark.usefixtures("sender")
def test_it_says_in_one_sentence_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOUPE_SMTP_PORT", str(free_port()))
    settings.cache_clear()

    assert main(["mail", "test"]) == 1

    said = capsys.readouterr().err
    assert said.startswith("The server cannot be reached. See LOUPE_SMTP_HOST and LOUPE_SMTP_PORT.")


@pytest.mark.usefixtures("committed")
def test_without_a_sender_it_says_how_to_name_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "test"]) == 1

    assert "LOUPE_MAIL_FROM" in capsys.readouterr().err

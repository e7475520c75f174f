from pathlib import Path
from typing import Any

import pytest

from core.models import MessageKind
from core.services import letters
from core.services.letters import Letter, LetterPhoto

PHOTO = LetterPhoto("Canvas", ["It is a little dark."], "By daylight?", "cid-1@loupe")


def write(kind: MessageKind = MessageKind.PHOTO_ISSUE, **changes: Any) -> Letter:
    values: dict[str, Any] = {
        "shop": "Paw Prints",
        "order": "#1001",
        "customer_name": "Carl Client",
        "url": "https://photos.example/o/token",
        "photos": [PHOTO],
        "may_keep": True,
    }
    return letters.write(kind, **(values | changes))


def test_both_forms_say_the_same() -> None:
    letter = write()

    for words in ("Hello Carl,", "#1001", "Canvas", "It is a little dark.", "By daylight?"):
        assert words in letter.text
        assert words in letter.html
    assert "https://photos.example/o/token\n" in letter.text
    assert 'href="https://photos.example/o/token"' in letter.html
    assert 'src="cid:cid-1@loupe"' in letter.html


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("word", ["rejected", "failed", "poor", "waiver", "!", "  ", "None"])
def test_customers_never_read_this(kind: MessageKind, word: str) -> None:
    letter = write(kind)

    assert word not in letter.subject + letter.text


@pytest.mark.parametrize("kind", list(MessageKind))
def test_html_in_what_people_wrote_is_text(kind: MessageKind) -> None:
    evil = "<img src=x onerror=alert(1)>&\"'"
    letter = write(
        kind,
        shop=evil,
        order=evil,
        customer_name=evil,
        photos=[LetterPhoto(evil, [evil], evil, 'x" onload="')],
    )

    assert "<img src=x" not in letter.html
    assert 'onload="' not in letter.html
    assert "&lt;img" in letter.html


@pytest.mark.parametrize("kind", list(MessageKind))
def test_somebody_without_a_name_is_greeted_all_the_same(kind: MessageKind) -> None:
    letter = write(kind, customer_name=None)

    assert letter.text.startswith("Hello,\n")


def test_what_people_wrote_is_never_read_as_a_path(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")

    letter = write(customer_name=str(secret), photos=[LetterPhoto("x", [], str(secret), None)])

    assert str(secret) in letter.text
    assert "a secret" not in letter.text + letter.html

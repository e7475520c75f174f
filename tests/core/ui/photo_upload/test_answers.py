from typing import Any

import pytest

from core.errors import NotUnderstood
from core.models import ResponseKind
from core.services.decisions import PhotoVersion
from core.ui.photo_upload.answers import answer_from

GOOD = {"request": "1-2-3", "kind": "asked", "photo": 7, "version": 3, "message": "Hello"}


def test_an_answer_names_the_photo_as_it_was_seen() -> None:
    answer = answer_from(GOOD)

    assert (answer.kind, answer.seen) == (ResponseKind.ASKED, PhotoVersion(7, 3))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "approved"},
        {"photo": "7"},
        {"photo": 2**63},  # more than Postgres takes for an id
        {"version": 0},
        {"draft": -1},
        {"message": None},
        {"message": "x" * 100_001},
        {"words_shown": "I agreed to something else"},
    ],
)
def test_nothing_else_is_taken_for_an_answer(change: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        answer_from({**GOOD, **change})


def test_something_else_altogether_is_no_answer() -> None:
    with pytest.raises(NotUnderstood):
        answer_from(None)

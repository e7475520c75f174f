from dataclasses import replace
from datetime import timedelta

import pytest

from core.models import MessageState, utc_now
from core.ui import issue_words
from core.ui.issue_words import Level
from tests.core.ui.photo_grid.test_rows import ISSUE


@pytest.mark.parametrize(
    ("mail", "text", "level"),
    [
        (MessageState.SENT, "Mail sent 3 days ago", Level.FINE),
        (MessageState.QUEUED, "The mail waits to be sent", Level.WAITS),
        (MessageState.FAILED, "Could not reach: the mail was refused", Level.POOR),
        (MessageState.UNCERTAIN, "Nobody knows whether the mail arrived", Level.POOR),
        (None, "The mail waits for the order's other photos, an hour at the most", Level.WAITS),
    ],
)
def test_a_mail_says_how_it_went(mail: MessageState | None, text: str, level: Level) -> None:
    issue = replace(ISSUE, mail=mail, mail_sent_at=utc_now() - timedelta(days=3, hours=1))

    said = issue_words.mail(issue)

    assert (said.text, said.level) == (text, level)


def test_a_decision_that_can_still_be_undone_holds_the_mail() -> None:
    issue = replace(ISSUE, mail=None, undo_until=utc_now() + timedelta(minutes=5))

    said = issue_words.mail(issue)

    assert said.text == "The mail waits until the decision can no longer be undone"


def test_without_an_address_nobody_can_be_reached() -> None:
    said = issue_words.mail(replace(ISSUE, email="", mail=None))

    assert said.text == "Could not reach: this order has no e-mail address"
    assert said.level is Level.POOR


@pytest.mark.parametrize("mail", MessageState)
def test_there_are_words_for_every_state(mail: MessageState) -> None:
    assert issue_words.mail(replace(ISSUE, mail=mail, mail_sent_at=utc_now())).text

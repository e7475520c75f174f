from datetime import UTC, datetime

import pytest

from core.integrations.mail import DOWN
from core.queries.mail_outage import Outage
from core.ui import mail_words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("smtp_refused: 550 5.1.1 <carl@example.org> unknown", "knows nobody at this address"),
        ("smtp_refused: 550 No such user", "does not take mail for this address"),
        ("smtp_refused: 552 5.2.2 Over quota", "mailbox is full"),
        ("smtp_refused: 550 5.7.1 Looks like spam", "takes it for spam"),  # not the address
        ("smtp_refused: 550-5.7.26 Not authenticated", "takes it for spam"),
        ("smtp_refused: 554 Go away", "takes it for spam"),
        ("smtp_refused: 500 What", "The server refuses it."),
        ("smtp_refused: 451 4.7.1 Greylisted", "asks to come again later"),
        ("smtp_sign_in: 535 5.7.8 Username and Password not accepted", "app password"),
        ("smtp_sign_in: 454 4.7.0 Too many login attempts", "asks to come again later"),
        ("smtp_certificate: Hostname mismatch", "nobody vouches"),
        ("The worker stopped while sending.", "may have arrived, or not"),
        ("Connection unexpectedly closed: timed out", "may have arrived, or not"),
    ],
)
def test_each_cause_has_words(error: str, words: str) -> None:
    assert words.lower() in mail_words.cause(error).words.lower()


def test_what_the_server_said_itself_is_quoted() -> None:
    assert mail_words.cause("smtp_refused: 550 No: really").quote == "550 No: really"
    assert mail_words.cause("smtp_timeout").quote == ""


@pytest.mark.parametrize("code", sorted(DOWN))
def test_whatever_keeps_all_mail_from_leaving_has_words_and_a_remedy(code: str) -> None:
    outage = Outage(code, datetime(2026, 11, 23, 8, 12, tzinfo=UTC), 1, "Europe/Berlin")

    said = mail_words.outage(outage, NOW)

    assert said.startswith("Mail has not been leaving since 09:12: ")
    assert said.endswith(". 1 mail waits, and none is lost.")
    assert mail_words.remedy(code)

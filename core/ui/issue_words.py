"""How far the mail about a photo has come, in words."""

from dataclasses import dataclass
from enum import StrEnum

from core.models import MessageState, utc_now
from core.queries.open_issue import Issue
from core.ui import format


class Level(StrEnum):
    FINE = "fine"
    WAITS = "waits"
    POOR = "poor"  #: Nothing will come of it unless somebody does something


@dataclass(frozen=True, slots=True)
class MailWords:
    text: str
    level: Level
    error: str  #: What the mail server said


_MAIL = {
    MessageState.QUEUED: ("The mail waits to be sent", Level.WAITS),
    MessageState.SENDING: ("The mail is being sent", Level.WAITS),
    MessageState.FAILED: ("Could not reach: the mail was refused", Level.POOR),
    MessageState.UNCERTAIN: ("Nobody knows whether the mail arrived", Level.POOR),
    MessageState.DROPPED: ("The mail was not needed any more", Level.WAITS),
}


def mail(issue: Issue) -> MailWords:
    text, level = _mail(issue)
    return MailWords(text, level, issue.mail_error)


def _mail(issue: Issue) -> tuple[str, Level]:
    if not issue.email:
        return "Could not reach: this order has no e-mail address", Level.POOR
    if issue.mail is MessageState.SENT and issue.mail_sent_at is not None:
        return f"Mail sent {format.ago(issue.mail_sent_at)}", Level.FINE
    if issue.mail is not None:
        return _MAIL[issue.mail]
    if issue.undo_until > utc_now():
        return "The mail waits until the decision can no longer be undone", Level.WAITS
    return "The mail waits for the order's other photos, an hour at the most", Level.WAITS

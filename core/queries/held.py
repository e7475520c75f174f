"""All that we hold of a customer, as it is told to whoever asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class File:
    name: str | None
    origin: str
    format: str
    bytes: int
    width: int
    height: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who reviewed is left out: that is somebody else's data."""

    verdict: str
    reasons: Sequence[str] | None
    comment: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    kind: str
    by: str
    message: str | None
    agreed_to: str | None
    address: str | None
    browser: str | None
    responded_at: datetime
    taken_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    kind: str
    to: str
    subject: str
    text: str
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldPhoto:
    product: str
    variant: str | None
    state: str
    source: str
    url: str | None
    files: Sequence[File]
    verdicts: Sequence[Verdict]
    answers: Sequence[Answer]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class HeldOrder:
    name: str
    shopify_id: str
    placed_at: datetime
    customer_name: str | None
    email: str | None
    corrected_email: str | None
    language: str | None
    note: str | None
    tags: Sequence[str]
    photos: Sequence[HeldPhoto]
    mails: Sequence[Mail]
    staff_notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A mail to sign in with that was asked for; those of the last week are known."""

    asked_at: datetime
    mailed_to: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser that was signed in by e-mail, and may still be."""

    began_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    request: str  #: Shopify's number
    orders: Sequence[HeldOrder]
    sign_ins: Sequence[SignIn]
    visits: Sequence[Visit]

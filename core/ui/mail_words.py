"""How mail went, and what keeps it from leaving, in words."""

import re
from collections.abc import Mapping
from datetime import datetime

from core.models import MessageState
from core.queries.mail_outage import Outage
from core.queries.mailbox import MailRow
from core.ui import format
from core.ui.refusal_words import Refusal

STATES: Mapping[MessageState, str] = {
    MessageState.QUEUED: "Waiting",
    MessageState.SENDING: "Being sent",
    MessageState.SENT: "Sent",
    MessageState.FAILED: "Failed",
    MessageState.DROPPED: "Not needed",
    MessageState.UNCERTAIN: "Uncertain",
}
_PORTS = "Port 587 goes with LOUPE_SMTP_SECURITY=starttls, port 465 with tls."

#: By `Unavailable.code`: what is wrong, and what to do about it.
_CAUSES: Mapping[str, tuple[str, str]] = {
    "smtp_not_set": ("no mail server is set up", "Set LOUPE_SMTP_HOST and what belongs to it."),
    "no_public_url": (
        "customers could not open the links in it",
        "Set LOUPE_PUBLIC_URL to the address where browsers reach Loupe.",
    ),
    "smtp_no_host": (
        "there is no server of this name, or this machine is offline",
        "See LOUPE_SMTP_HOST.",
    ),
    "smtp_unreachable": (
        "the server cannot be reached",
        f"See LOUPE_SMTP_HOST and LOUPE_SMTP_PORT. {_PORTS} Some networks close these ports.",
    ),
    "smtp_timeout": (
        "the server does not answer",
        f"See LOUPE_SMTP_PORT. {_PORTS} Some networks close these ports.",
    ),
    "smtp_tls": ("no secure connection comes about", f"See LOUPE_SMTP_SECURITY. {_PORTS}"),
    "smtp_no_tls": (
        "the server offers no secure connection on this port",
        f"See LOUPE_SMTP_PORT. {_PORTS}",
    ),
    "smtp_certificate": (
        "nobody vouches for the server's certificate",
        "LOUPE_SMTP_HOST must be the very name that the certificate was made for.",
    ),
    "smtp_sign_in": (
        "the server does not accept the user name or the password",
        "See LOUPE_SMTP_USER and LOUPE_SMTP_PASSWORD. Gmail wants an app password, from "
        "myaccount.google.com/apppasswords; there are none without 2-step verification.",
    ),
    "smtp_password": (
        "the user name or the password holds signs that cannot be sent",
        "Type LOUPE_SMTP_PASSWORD anew: what is copied may hold spaces that look like others.",
    ),
    "smtp_no_sign_in": (
        "the server lets nobody sign in like this",
        "Many do not without a secure connection: see LOUPE_SMTP_SECURITY. For a server that "
        "asks for no password, leave LOUPE_SMTP_USER empty.",
    ),
    "smtp_sender": (
        "the server does not send for the address that mail is from",
        "LOUPE_MAIL_FROM must be an address that this account may send from.",
    ),
    "smtp_dropped": ("the server hung up before it had the mail", ""),
    "smtp_unfit": ("the address or the text is not fit for mail", "See the address on the order."),
    "picture_gone": ("a picture in it is not kept any more", "Reject the photo once more."),
}
_LATER = "the server asks to come again later"
_LOST = "The connection was lost while the server took it, so it may have arrived, or not."
#: By the subject of an enhanced status code (RFC 3463), or by the plain code.
_REFUSALS: Mapping[str, str] = {
    "1": "the server knows nobody at this address",
    "2": "the mailbox is full, or takes no mail",
    "7": "the server does not want this mail: by its rules, or because it takes it for spam",
    **dict.fromkeys(("550", "551", "553"), "the server does not take mail for this address"),
    "552": "the mailbox is full, or takes no mail",
    "554": "the server does not want this mail: by its rules, or because it takes it for spam",
}
_REPLY = re.compile(r"(?P<code>\d{3})[ -]?(?:(?P<kind>[245])\.(?P<subject>\d{1,3})\.\d{1,3}\b)?")


def cause(error: str) -> Refusal:
    """Of `Message.error`, as a sentence, with what the server itself said."""
    code, _, detail = error.partition(": ")
    if code not in _CAUSES and code != "smtp_refused":
        return Refusal(_LOST, "")
    wrong, remedy = _wrong(code, detail)
    return Refusal(f"{wrong[0].upper()}{wrong[1:]}. {remedy}".rstrip(), detail)


def outage(outage: Outage, now: datetime) -> str:
    """ "Mail has not been leaving since 09:12: the server cannot be reached. 3 mails wait."."""
    wrong, _ = _wrong(*_parted(outage.error))
    since = format.clock(outage.since, now, outage.time_zone)
    wait = "waits" if outage.mails == 1 else "wait"
    mails = f"{format.counted(outage.mails, 'mail')} {wait}"
    return f"Mail has not been leaving since {since}: {wrong}. {mails}, and none is lost."


def remedy(error: str) -> str:
    return _wrong(*_parted(error))[1]


def state(mail: MailRow) -> str:
    """What became of it, as a sentence."""
    match mail.state:
        case MessageState.QUEUED if mail.error:
            return "Not taken yet, and tried again."
        case MessageState.QUEUED:
            return "Waits for its turn."
        case MessageState.SENDING:
            return "Is being handed over."
        case MessageState.SENT if mail.is_captured:
            return "Shown here only: the demo sends nothing."
        case MessageState.SENT if mail.reply is None:
            return "Sent."
        case MessageState.SENT:
            return "The server took it."
        case MessageState.FAILED:
            return "Given up."
        case MessageState.DROPPED:
            return "Answered or taken back before it left, so nobody was written to."
        case MessageState.UNCERTAIN:
            return "Nobody knows whether it arrived. Ask the customer, or look at the mail server."


def _parted(error: str) -> tuple[str, str]:
    code, _, detail = error.partition(": ")
    return code, detail


def _wrong(code: str, detail: str) -> tuple[str, str]:
    if code in _CAUSES and not (code == "smtp_sign_in" and detail.startswith("4")):
        return _CAUSES[code]
    reply = _REPLY.match(detail)
    if reply is None or detail.startswith("4"):
        return _LATER, ""
    # 5.1 and its like say more than the plain code.
    known = _REFUSALS.get(reply["subject"] or "") or _REFUSALS.get(reply["code"])
    return known or "the server refuses it", ""

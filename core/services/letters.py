"""Write the mails to customers, from templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.models import MessageKind
from core.services.rounds import FIRST, Round

_TEMPLATES = Path(__file__).parents[1] / "mail_templates"

_SUBJECTS = {
    MessageKind.PHOTO_ISSUE: "About the photo for your order {order}",
    MessageKind.REMINDER: "We are still waiting for you: the photo for your order {order}",
    MessageKind.ALL_APPROVED: "Your photos for order {order} are ready to print",
    MessageKind.NEW_LINK: "Your link for order {order}",
    MessageKind.SIGN_IN: "Your code for {shop}",
}


@dataclass(frozen=True, slots=True)
class LetterPhoto:
    product: str
    texts: Sequence[str]  #: The reasons, in the customer's words
    comment: str
    cid: str | None  #: None: no picture is shown


@dataclass(frozen=True, slots=True)
class WhenSilent:
    """What a letter says of the time after it."""

    until: datetime  #: In the shop's time zone
    goes_on: bool = False  #: After that, with the photos as they are
    is_gentle: bool = False  #: The day is not mentioned, and more time is offered


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def write(
    kind: MessageKind,
    *,
    shop: str,
    order: str,
    customer_name: str | None,
    url: str = "",
    code: str = "",
    photos: Sequence[LetterPhoto] = (),
    may_keep: bool = False,
    when_silent: WhenSilent | None = None,
    round: Round = FIRST,
) -> Letter:
    is_gentle = when_silent is not None and when_silent.is_gentle
    about = MessageKind.PHOTO_ISSUE if is_gentle else kind
    subject = _SUBJECTS[about].format(order=order, shop=shop)
    values = {
        "subject": subject,
        "shop": shop,
        "order": order,
        "first_name": (customer_name or "").split(" ")[0],
        "url": url,
        "code": code,
        "photos": photos,
        "may_keep": may_keep,
        "silence": when_silent,
        "round": round,
        "until": _until(when_silent),
    }
    return _rendered(kind, values)


def write_test(shop: str) -> Letter:
    """The mail that shows whether mail can be sent."""
    return _rendered("mail_test", {"subject": f"A test of Loupe for {shop}", "shop": shop})


def _rendered(template: str, values: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=values["subject"],
        text=_templates().get_template(f"{template}.txt.j2").render(values),
        html=_templates().get_template(f"{template}.html.j2").render(values),
    )


def _until(silence: WhenSilent | None) -> str:
    """ "Friday, 27 November, 10:00"."""
    return f"{silence.until:%A}, {silence.until.day} {silence.until:%B, %H:%M}" if silence else ""


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

"""Write the mails to customers, from templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.models import MessageKind

_TEMPLATES = Path(__file__).parents[1] / "mail_templates"

_SUBJECTS = {
    MessageKind.PHOTO_ISSUE: "About the photo for your order {order}",
    MessageKind.REMINDER: "We are still waiting for you: the photo for your order {order}",
    MessageKind.ALL_APPROVED: "Your photos for order {order} are ready to print",
    MessageKind.NEW_LINK: "Your link for order {order}",
}


@dataclass(frozen=True, slots=True)
class LetterPhoto:
    product: str
    texts: Sequence[str]  #: The reasons, in the customer's words
    comment: str
    cid: str | None  #: None: no picture is shown


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
    photos: Sequence[LetterPhoto] = (),
    may_keep: bool = False,
) -> Letter:
    subject = _SUBJECTS[kind].format(order=order)
    values = {
        "subject": subject,
        "shop": shop,
        "order": order,
        "first_name": (customer_name or "").split(" ")[0],
        "url": url,
        "photos": photos,
        "may_keep": may_keep,
    }
    return Letter(
        subject=subject,
        text=_templates().get_template(f"{kind}.txt.j2").render(values),
        html=_templates().get_template(f"{kind}.html.j2").render(values),
    )


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

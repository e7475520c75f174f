"""What a person sees of the demo shop: its orders, newest first, as they stand."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.demo.answers import Answers
from core.demo.metafields import own_namespace
from core.demo.records import Order
from core.demo.shop import DOMAIN, NAME

MOST_SHOWN = 200

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True)
class Value:
    """What the customer filled in; `href` where it is one of our photographs."""

    key: str
    text: str
    href: str | None


def render(answers: Answers) -> str:
    with answers.shop.lock:
        newest = sorted(answers.shop.orders.values(), key=lambda each: -each.number)
        return _TEMPLATES.get_template("page.html").render(
            name=NAME,
            domain=DOMAIN,
            orders=newest[:MOST_SHOWN],
            total=len(newest),
            own=own_namespace(None),
            webhooks=sorted({each.uri for each in answers.shop.subscriptions.all()}),
            values=lambda order: _values(answers, order),
        )


def _values(answers: Answers, order: Order) -> list[Value]:
    photos = f"{answers.base_url}/photos/"
    values = []
    for attribute in order.values():
        text = answers.value(attribute) or ""
        is_photo = text.startswith(photos) and not text.count("http", 1)
        shown = urlsplit(text).path.removeprefix("/photos/") if is_photo else text
        values.append(Value(attribute.key, shown, text if is_photo else None))
    return values

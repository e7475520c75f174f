"""What the merchant, or an upload app, changes about an order after it was placed."""

import re
from itertools import chain

from core.demo import holds, news, routing
from core.demo import properties as shapes
from core.demo.answers import Answers
from core.demo.catalogue import sells
from core.demo.records import PHOTOS, Attribute, Line, Order, now
from core.demo.refusals import Refused
from core.demo.wishes import Wish

_PHOTO = re.compile(re.escape(PHOTOS) + r'[^\s,"?]+')


def remove_line(answers: Answers, order: Order, wish: Wish) -> None:
    _edit(answers, order, _line(order, wish), 0)


def change_quantity(answers: Answers, order: Order, wish: Wish) -> None:
    if wish.quantity is None:
        raise Refused("quantity is missing")
    _edit(answers, order, _line(order, wish), wish.quantity)


def restore_line(answers: Answers, order: Order, wish: Wish) -> None:
    """All of it is back, but for what was refunded."""
    line = _line(order, wish)
    _edit(answers, order, line, wish.quantity or line.quantity - line.refunded)


def add_line(answers: Answers, order: Order, wish: Wish) -> None:
    """Shopify's own editor fills in nothing; the photo is what an upload app adds to it."""
    _check_editable(order)
    if not sells(wish.sku):
        raise Refused(f"nothing is sold as {wish.sku}")
    photo = shapes.theme([PHOTOS + wish.photo]) if wish.photo else []
    quantity = wish.quantity or 1
    line = Line(
        id=order.take_id(),
        sku=wish.sku,
        quantity=quantity,
        current_quantity=0,
        attributes=[Attribute(key=key, value=value) for key, value in photo],
    )
    order.lines.append(line)
    _edit(answers, order, line, quantity)


def replace_photo(answers: Answers, order: Order, wish: Wish) -> None:
    """Another photo instead of the first one on the line, or that it shares with others.

    Shopify changes no property of a line; upload apps do what comes to the same.
    """
    line = _line(order, wish)
    groups = [group.attributes for group in order.groups if group.id == line.group]
    for attribute in chain(line.attributes, *groups, order.attributes):
        text = attribute.value or ""
        if found := _PHOTO.search(text):
            photo = wish.photo or _another(answers, found[0])
            attribute.value = text.replace(found[0], PHOTOS + photo)
            order.updated_at = now()
            answers.record([order], [news.updated(answers, order)])
            return
    raise Refused("there is no photo on this line")


def refund(answers: Answers, order: Order, wish: Wish) -> None:
    """Pay back a line that has not been shipped, or without `line` all of them."""
    at = order.updated_at = now()
    for line in order.lines if wish.line is None else [_line(order, wish)]:
        line.refunded += line.current_quantity
        line.current_quantity = 0
        routing.drop_line(order, line, at)
    answers.record([order], [news.updated(answers, order)])


def _edit(answers: Answers, order: Order, line: Line, quantity: int) -> None:
    before = line.current_quantity
    _check_editable(order)
    if before and not holds.unfulfilled(order, line) and line.variant.product.ships:
        raise Refused("what was shipped cannot be edited")
    if quantity == before:
        raise Refused("nothing would change")
    at = order.updated_at = now()
    line.current_quantity = quantity
    line.quantity = max(line.quantity, quantity + line.refunded)
    if quantity:
        routing.add_line(order, line, at)
    else:
        routing.drop_line(order, line, at)
    added = {line.id: quantity - before} if quantity > before else {}
    removed = {line.id: before - quantity} if quantity < before else {}
    answers.record([order], news.edited(answers, order, added=added, removed=removed))


def _check_editable(order: Order) -> None:
    if order.cancelled_at:
        raise Refused("a cancelled order cannot be edited")


def _line(order: Order, wish: Wish) -> Line:
    position = wish.line or 0
    if position >= len(order.lines):
        raise Refused(f"{order.name} has {len(order.lines)} lines, counted from 0")
    return order.lines[position]


def _another(answers: Answers, photo: str) -> str:
    names = sorted(name for name in answers.shop.photos if "/" not in name)
    position = names.index(name) if (name := photo.removeprefix(PHOTOS)) in names else 0
    return names[(position + 1) % len(names)]

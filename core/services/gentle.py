"""Orders that are asked about gently: what was bought in grief."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import EventName, LineItem, Order, Photo, PhotoState, Role, Shop
from core.services import history, locks
from core.services.actors import Actor

_WORD = re.compile(r"\w+")


def is_gentle(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether one of these words or phrases stands in a text, whole, whatever its case or accents.

    "urn" is in "An urn", and not in "return".
    """
    wanted = [_plain(word) for word in words]
    plain = [_plain(text) for text in texts]
    return any(word.strip() and word in text for word in wanted for text in plain)


def flag(shop: Shop, order: Order, titles: Iterable[str]) -> None:
    """Have an order asked about gently, or not, by its own words; staff know better."""
    if order.gentle_by_id is None:
        order.is_gentle = is_gentle(shop.gentle_words, [*titles, *order.tags, order.note or ""])


def flag_open(session: Session, shop_id: int) -> None:
    """Look again at the orders whose photos are not all decided: the shop has other words now."""
    shop = session.get_one(Shop, shop_id)
    found = _open_orders(session, shop_id)
    orders = session.scalars(
        select(Order).where(Order.id.in_(found)).order_by(Order.id).with_for_update(key_share=True)
    ).all()
    for order in orders:
        flag(shop, order, found[order.id])


def count_open(session: Session, shop_id: int, words: Collection[str]) -> int:
    """How many of them these words would have asked about gently, as staff left them alone."""
    found = _open_orders(session, shop_id)
    rows = session.execute(
        select(Order.id, Order.tags, Order.note).where(
            Order.id.in_(found), Order.gentle_by_id.is_(None)
        )
    )
    return sum(is_gentle(words, [*found[id_], *tags, note or ""]) for id_, tags, note in rows)


def say(session: Session, orders: Collection[int], is_so: bool, *, actor: Actor) -> None:
    """Whether orders are asked about gently, whatever their words."""
    actor.require(Role.PROCESSOR)
    for order_id in sorted(orders):
        locks.order(session, order_id)
        order = session.get(Order, order_id, populate_existing=True)
        if order is None:
            raise NotFound
        if order.is_gentle != is_so:
            history.record(
                session,
                EventName.ORDER_CHANGED,
                shop_id=order.shop_id,
                order_id=order_id,
                actor=actor,
                is_gentle=is_so,
            )
        order.is_gentle, order.gentle_by_id = is_so, actor.id


def _open_orders(session: Session, shop_id: int) -> dict[int, list[str]]:
    """The titles of what was ordered, by the orders' ids."""
    rows = session.execute(
        select(LineItem.order_id, LineItem.title).where(
            LineItem.order_id.in_(
                select(Photo.order_id).where(
                    Photo.shop_id == shop_id,
                    Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN]),
                )
            )
        )
    )
    titles: dict[int, list[str]] = {}
    for order_id, title in rows:
        titles.setdefault(order_id, []).append(title)
    return titles


def _plain(text: str) -> str:
    """Its words in small letters without accents, each between spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return f" {' '.join(_WORD.findall(bare))} "

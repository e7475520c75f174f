"""What the merchant or another app does to an order in Shopify, by name."""

from collections.abc import Callable

from core.demo import holds, news, order_edits, routing
from core.demo.answers import Answers
from core.demo.records import FulfillmentOrder, Hold, Order, now
from core.demo.refusals import Refused
from core.demo.wishes import Wish

Act = Callable[[Answers, Order, Wish], None]


def _cancel(answers: Answers, order: Order, _wish: Wish) -> None:
    if order.cancelled_at:
        raise Refused(f"{order.name} is cancelled already")
    closed = _open(order)
    holds.cancel(order, now())
    answers.record([order], news.cancelled(answers, order, closed))


def _ship(answers: Answers, order: Order, _wish: Wish) -> None:
    holds.ship(order, now())
    answers.record([order], news.shipped(answers, order))


def _hold(answers: Answers, order: Order, _wish: Wish) -> None:
    for each in _open(order):
        hold = Hold(id=order.take_id(), by_app=False, reason="OTHER")
        holds.place(each, hold)
        answers.record([order], news.held(order, each, hold))


def _release(answers: Answers, order: Order, _wish: Wish) -> None:
    for each in order.fulfillment_orders:
        gone = holds.release(each, None)
        answers.record([order], news.released(each, gone))


def _remove_app_hold(answers: Answers, order: Order, _wish: Wish) -> None:
    for each in order.fulfillment_orders:
        gone = holds.release(each, [hold.id for hold in each.holds if hold.by_app])
        answers.record([order], news.released(each, gone))


def _split(answers: Answers, order: Order, _wish: Wish) -> None:
    found = next(filter(routing.is_splittable, order.fulfillment_orders), None)
    if found is None:
        raise Refused("The fulfillment order is not in a splittable state.")
    rest = routing.split(order, found, now())
    answers.record([order], [news.split(order, found, rest)])


def _move(answers: Answers, order: Order, wish: Wish) -> None:
    for each in _open(order):
        moved = routing.move(order, each, now(), keeps_holds=wish.keeps_holds)
        answers.record([order], [news.moved(order, each, moved)])


def _delete(answers: Answers, order: Order, _wish: Wish) -> None:
    answers.shop.delete(order)
    answers.courier.announce([news.deleted(order)])


def _open(order: Order) -> list[FulfillmentOrder]:
    return [each for each in order.fulfillment_orders if each.is_open]


ACTS: dict[str, Act] = {
    "cancel": _cancel,
    "ship": _ship,
    "hold": _hold,
    "release": _release,
    "remove_app_hold": _remove_app_hold,
    "split": _split,
    "move": _move,
    "delete": _delete,
    "remove_line": order_edits.remove_line,
    "restore_line": order_edits.restore_line,
    "change_quantity": order_edits.change_quantity,
    "add_line": order_edits.add_line,
    "replace_photo": order_edits.replace_photo,
    "refund": order_edits.refund,
}

"""What may be changed in the demo shop: the fields of `Mutation`.

The user errors and their words are those recorded at a real store; where none was recorded the
comment says so.
"""

from collections.abc import Iterable
from typing import Any

from core.demo import bulk, holds, metafields, news, webhooks
from core.demo.answers import Answer, Answers
from core.demo.records import (
    Attribute,
    FulfillmentOrder,
    Hold,
    Order,
    now,
    order_number,
    parse_gid,
)
from core.demo.refusals import NotPlayed, user_error

LONGEST_HANDLE = 64


def mutation_root(answers: Answers) -> Answer:
    return {
        "fulfillmentOrderHold": lambda _info, id, **arguments: _hold(
            answers, id, arguments["fulfillmentHold"]
        ),
        "fulfillmentOrderReleaseHold": lambda _info, id, **arguments: _release(
            answers, id, arguments.get("holdIds")
        ),
        "tagsAdd": lambda _info, id, tags: _tag(answers, id, add=tags),
        "tagsRemove": lambda _info, id, tags: _tag(answers, id, remove=tags),
        "metafieldsSet": lambda _info, metafields: _set_metafields(answers, metafields),
        "orderUpdate": lambda _info, input: _update_order(answers, input),
        **bulk.mutation_fields(answers),
        **webhooks.mutation_fields(answers),
    }


def _hold(answers: Answers, global_id: str, wanted: dict[str, Any]) -> Answer:
    order, each = _fulfillment_order(answers, global_id)
    fault = _hold_fault(each, wanted)
    if fault is None and answers.faults.takes("refuse_holds"):
        fault = user_error(["id"], "The fulfillment order can't be placed on hold.")
    if order is None or each is None or fault:
        return {
            "fulfillmentHold": None,
            "fulfillmentOrder": None,
            "remainingFulfillmentOrder": None,
            "userErrors": [fault],
        }
    if wanted["fulfillmentOrderLineItems"]:
        raise NotPlayed("holds on a part of a fulfillment order")
    hold = Hold(
        id=order.take_id(),
        by_app=True,
        reason=wanted["reason"],
        notes=wanted.get("reasonNotes"),
        handle=wanted["handle"],
        external_id=wanted.get("externalId"),
    )
    holds.place(each, hold)
    answers.record([order], news.held(order, each, hold))
    return {
        "fulfillmentHold": answers.hold(hold),
        "fulfillmentOrder": answers.fulfillment_order(order, each),
        "remainingFulfillmentOrder": None,
        "userErrors": [],
    }


def _hold_fault(each: FulfillmentOrder | None, wanted: dict[str, Any]) -> Answer | None:
    if each is None:
        return _not_found()
    handle = wanted["handle"]
    ours = [hold for hold in each.holds if hold.by_app]
    if each.holds and wanted["fulfillmentOrderLineItems"]:
        return user_error(
            ["fulfillmentHold", "fulfillmentOrderLineItems"],
            "The fulfillment order is not in a splittable state.",
            "FULFILLMENT_ORDER_NOT_SPLITTABLE",
        )
    if any(hold.handle == handle for hold in ours):
        return user_error(
            ["fulfillmentHold", "handle"],
            "The handle provided for the fulfillment hold is already in use by this app for "
            "another hold on this fulfillment order.",
            "DUPLICATE_FULFILLMENT_HOLD_HANDLE",
        )
    if len(ours) >= holds.MOST_PER_APP:
        return user_error(
            ["id"],
            "The maximum number of fulfillment holds for this fulfillment order has been reached "
            "for this app. An app can only have up to 10 holds on a single fulfillment order at "
            "any one time.",
            "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED",
        )
    if len(handle) > LONGEST_HANDLE:
        return user_error(
            ["fulfillmentHold", "handle"], f"Handle is too long (maximum is {LONGEST_HANDLE})"
        )
    if not each.is_open:  # no recording: Shopify's words may differ
        return user_error(["id"], f"A {each.status.lower()} fulfillment order can't be held.")
    return None


def _release(answers: Answers, global_id: str, hold_ids: list[str] | None) -> Answer:
    order, each = _fulfillment_order(answers, global_id)
    if order is None or each is None:
        return {"fulfillmentOrder": None, "userErrors": [_not_found()]}
    ids = None if hold_ids is None else {parse_gid(one)[1] for one in hold_ids}
    gone = holds.release(each, ids)
    answers.record([order], news.released(each, gone))
    return {"fulfillmentOrder": answers.fulfillment_order(order, each), "userErrors": []}


def _fulfillment_order(
    answers: Answers, global_id: str
) -> tuple[Order | None, FulfillmentOrder | None]:
    kind, number = parse_gid(global_id)
    order = answers.shop.orders.get(order_number(number))
    if order is None or kind != "FulfillmentOrder":
        return None, None
    return order, order.fulfillment_order(number)


def _not_found() -> Answer:
    return user_error(["id"], "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND")


def _tag(
    answers: Answers, global_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> Answer:
    order = _order(answers, global_id)
    if order is None:
        kind, _ = parse_gid(global_id)
        return {"node": None, "userErrors": [user_error(["id"], f"{kind} does not exist")]}
    gone = {tag.casefold() for tag in _split(remove)}
    tags = {tag.casefold(): tag for tag in [*_split(add), *order.tags]}
    kept = sorted((tag for key, tag in tags.items() if key not in gone), key=str.casefold)
    if kept != order.tags:
        order.tags, order.updated_at = kept, now()
        answers.record([order], [news.updated(answers, order)])
    return {"node": answers.order(order), "userErrors": []}


def _split(tags: Iterable[str]) -> list[str]:
    return [part.strip() for tag in tags for part in tag.split(",") if part.strip()]


def _set_metafields(answers: Answers, wanted: list[dict[str, Any]]) -> Answer:
    if len(wanted) > metafields.MOST_AT_ONCE:
        message = f"Exceeded the maximum metafields input limit of {metafields.MOST_AT_ONCE}."
        return _metafields_refused([user_error(["metafields"], message, "LESS_THAN_OR_EQUAL_TO")])
    errors, owners = [], []
    for index, each in enumerate(wanted):
        owner = _order(answers, each["ownerId"])
        fault = metafields.fault(owner, each) if owner else _NO_OWNER
        if fault:
            field, message, code = fault
            errors.append(user_error(["metafields", str(index), field], message, code))
        owners.append(owner)
    if errors:
        return _metafields_refused(errors)
    orders = [owner for owner in owners if owner is not None]
    made = [metafields.put(order, each) for order, each in zip(orders, wanted, strict=True)]
    changed = list({order.number: order for order in orders}.values())
    answers.record(changed, [news.updated(answers, order) for order in changed])
    return {
        "metafields": [
            answers.metafield(order, each) for order, each in zip(orders, made, strict=True)
        ],
        "userErrors": [],
    }


_NO_OWNER = ("ownerId", "Owner does not exist.", "INVALID_VALUE")


def _metafields_refused(errors: list[Answer]) -> Answer:
    return {
        "metafields": None,
        "userErrors": [each | {"elementIndex": None} for each in errors],
    }


def _update_order(answers: Answers, wanted: dict[str, Any]) -> Answer:
    order = _order(answers, wanted.pop("id"))
    if order is None:
        return {"order": None, "userErrors": [user_error(["id"], "Order does not exist")]}
    if not wanted:
        message = "No valid update parameters have been provided"
        return {"order": None, "userErrors": [user_error(None, message)]}
    for name in wanted.keys() - {"customAttributes", "note", "tags", "email"}:
        raise NotPlayed(f"a change of an order's {name}")
    if "customAttributes" in wanted:
        order.attributes = [Attribute(**each) for each in wanted["customAttributes"] or ()]
    if "tags" in wanted:
        order.tags = sorted(set(_split(wanted["tags"] or ())), key=str.casefold)
    order.note = wanted.get("note", order.note)
    order.email = wanted.get("email", order.email)
    order.updated_at = now()
    answers.record([order], [news.updated(answers, order)])
    return {"order": answers.order(order), "userErrors": []}


def _order(answers: Answers, global_id: str) -> Order | None:
    kind, number = parse_gid(global_id)
    if kind not in ("Order", "FulfillmentOrder"):
        raise NotPlayed(f"changes of type {kind}")
    order = answers.shop.orders.get(order_number(number))
    return order if order and order.id == number else None

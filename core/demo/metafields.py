"""Metafields of an order, written all or none, and only over what the writer had seen."""

import hashlib
import json
from typing import Any

from core.demo.records import Metafield, Order, now

# The app's own namespace; apps write it "$app".
APP_ID = 271_828_182_845
MOST_AT_ONCE = 25
TYPES = ("json", "single_line_text_field", "multi_line_text_field")


def own_namespace(namespace: str | None) -> str:
    if namespace is None or namespace == "$app":
        return f"app--{APP_ID}"
    if namespace.startswith("$app:"):
        return f"app--{APP_ID}--{namespace.removeprefix('$app:')}"
    return namespace


def find(order: Order, namespace: str, key: str) -> Metafield | None:
    return next(
        (each for each in order.metafields if (each.namespace, each.key) == (namespace, key)), None
    )


def digest(each: Metafield) -> str:
    return hashlib.sha256(f"{each.type}\n{each.value}".encode()).hexdigest()


def json_value(each: Metafield) -> Any:
    return json.loads(each.value) if each.type == "json" else each.value


def fault(order: Order, wanted: dict[str, Any]) -> tuple[str, str, str] | None:
    """Why this cannot be set: the field, the message and the code."""
    present = find(order, own_namespace(wanted.get("namespace")), wanted["key"])
    kind = wanted.get("type") or (present and present.type)
    if kind is None:
        return "type", "Type can't be blank", "BLANK"
    if kind not in TYPES:
        return "type", f"Type must be one of the following: {', '.join(TYPES)}.", "INVALID_TYPE"
    if present and kind != present.type:
        return "type", f"Type must be {present.type}", "INVALID_TYPE"
    if not wanted["value"]:
        return "value", "Value can't be blank.", "BLANK"
    if kind == "json" and not _is_json(wanted["value"]):
        return "value", "Value is invalid JSON.", "INVALID_VALUE"
    # A null digest says "there is none yet"; no digest at all says "whatever there is".
    if "compareDigest" in wanted and wanted["compareDigest"] != (present and digest(present)):
        return (
            "compareDigest",
            "The resource has been updated since it was loaded. "
            "Try again with an updated `compareDigest` value.",
            "STALE_OBJECT",
        )
    return None


def put(order: Order, wanted: dict[str, Any]) -> Metafield:
    namespace = own_namespace(wanted.get("namespace"))
    present = find(order, namespace, wanted["key"])
    order.updated_at = now()
    if present:
        present.value, present.updated_at = wanted["value"], order.updated_at
        return present
    made = Metafield(
        id=order.take_id(),
        namespace=namespace,
        key=wanted["key"],
        type=wanted["type"],
        value=wanted["value"],
        created_at=order.updated_at,
        updated_at=order.updated_at,
    )
    order.metafields.append(made)
    return made


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True

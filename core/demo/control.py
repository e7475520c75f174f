"""What a person does in the demo shop from outside: send orders, or act as the merchant."""

from collections.abc import Mapping
from typing import Any, Literal

import httpx

Action = Literal[
    "add_line",
    "cancel",
    "change_quantity",
    "delete",
    "hold",
    "move",
    "refund",
    "release",
    "remove_app_hold",
    "remove_line",
    "replace_photo",
    "restore_line",
    "ship",
    "split",
]


def send_orders(base_url: str, control_token: str, count: int) -> list[str]:
    """Make customers place `count` more orders, 1 to 1000; returns their names ("#1070")."""
    answer = _post(f"{base_url}/demo/orders", control_token, params={"count": count})
    return list(answer.json()["orders"])


def act(
    base_url: str, control_token: str, order_name: str, action: Action, **wishes: object
) -> None:
    """Do something to an order as the merchant; `core.demo.wishes` says what can be wished for.

    What Shopify would not do is answered with 422.
    """
    _post(f"{base_url}/demo/orders/{order_name.lstrip('#')}/{action}", control_token, json=wishes)


def send_webhook(
    base_url: str,
    control_token: str,
    topic: str,
    payload: Mapping[str, Any],
    *,
    webhook_id: str | None = None,
) -> None:
    """Send the app any topic ("customers/redact"), to its last address; with the id of an
    earlier delivery, that delivery again."""
    wanted = {"topic": topic, "payload": dict(payload), "webhook_id": webhook_id}
    _post(f"{base_url}/demo/webhooks", control_token, json=wanted)


def uninstall(base_url: str, control_token: str) -> None:
    """Take the app from the shop: its tokens and webhooks end, and no token is given."""
    _post(f"{base_url}/demo/uninstall", control_token)


def install(base_url: str, control_token: str) -> None:
    _post(f"{base_url}/demo/install", control_token)


def set_faults(base_url: str, faults: Mapping[str, Any]) -> None:
    """Make the shop misbehave (`core.demo.faults`), where it was opened for tests."""
    _post(f"{base_url}/demo/faults", None, json=dict(faults))


def _post(url: str, control_token: str | None, **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {control_token}"} if control_token else {}
    # The shop is on this machine: a proxy from the environment is not asked.
    with httpx.Client(trust_env=False, timeout=60) as client:
        return client.post(url, headers=headers, **options).raise_for_status()

"""What a person does in the demo shop from outside: send orders, or act as the merchant."""

from typing import Any, Literal

import httpx

Action = Literal["cancel", "ship", "hold", "release"]


def send_orders(base_url: str, control_token: str, count: int) -> list[str]:
    """Make customers place `count` more orders, 1 to 1000; returns their names ("#1070")."""
    answer = _post(f"{base_url}/demo/orders", control_token, params={"count": count})
    return list(answer.json()["orders"])


def act(base_url: str, control_token: str, order_name: str, action: Action) -> None:
    """Cancel or ship an order, hold it by hand, or release everybody's holds, as the merchant."""
    _post(f"{base_url}/demo/orders/{order_name.lstrip('#')}/{action}", control_token)


def _post(url: str, control_token: str, **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {control_token}"}
    # The shop is on this machine: a proxy from the environment is not asked.
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.post(url, headers=headers, **options).raise_for_status()

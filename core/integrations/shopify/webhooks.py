"""Our subscriptions to a shop's webhooks. Shopify lists those of this app alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.integrations.shopify.client import AdminClient, raise_user_errors

Json = dict[str, Any]

#: What Shopify says, without a code, to one that is there already.
_TAKEN = "already been taken"


@dataclass(frozen=True)
class Subscription:
    id: str
    topic: str  #: "ORDERS_UPDATED"
    uri: str
    #: Of the payload; empty: all.
    fields: tuple[str, ...]


def subscriptions(client: AdminClient) -> Iterator[Subscription]:
    variables: Json = {"first": 100, "after": None}
    while True:
        page = client.run("webhook_list", variables)["webhookSubscriptions"]
        for node in page["nodes"]:
            fields = tuple(node["includeFields"] or ())
            yield Subscription(node["id"], node["topic"], node["uri"], fields)
        if not page["pageInfo"]["hasNextPage"]:
            return
        variables["after"] = page["pageInfo"]["endCursor"]


def subscribe(client: AdminClient, topic: str, uri: str, fields: Sequence[str]) -> None:
    """Have this topic sent there; that it is already is as good."""
    variables: Json = {"topic": topic, "sub": _wanted(uri, fields)}
    errors = client.run("webhook_create", variables)["webhookSubscriptionCreate"]["userErrors"]
    raise_user_errors([error for error in errors if _TAKEN not in error["message"]])


def change(client: AdminClient, subscription_id: str, uri: str, fields: Sequence[str]) -> None:
    variables: Json = {"id": subscription_id, "sub": _wanted(uri, fields)}
    answer = client.run("webhook_update", variables)["webhookSubscriptionUpdate"]
    raise_user_errors(answer["userErrors"])


def unsubscribe(client: AdminClient, subscription_id: str) -> None:
    answer = client.run("webhook_delete", {"id": subscription_id})["webhookSubscriptionDelete"]
    raise_user_errors(answer["userErrors"])


def _wanted(uri: str, fields: Sequence[str]) -> Json:
    return {"uri": uri, "format": "JSON", "includeFields": list(fields)}

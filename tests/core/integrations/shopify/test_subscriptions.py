"""Subscriptions, made and changed in the demo shop over HTTP."""

import pytest

from core.errors import Unavailable
from core.integrations.shopify import webhooks
from core.integrations.shopify.client import AdminClient

URI = "https://photos.example.org/hooks/shopify/paw.myshopify.com"


def test_a_subscription_is_made_changed_and_deleted(admin: AdminClient) -> None:
    webhooks.subscribe(admin, "ORDERS_UPDATED", URI, ["id", "updated_at"])
    (made,) = webhooks.subscriptions(admin)
    webhooks.change(admin, made.id, f"{URI}/2", [])
    (changed,) = webhooks.subscriptions(admin)
    webhooks.unsubscribe(admin, made.id)

    assert (made.topic, made.uri, made.fields) == ("ORDERS_UPDATED", URI, ("id", "updated_at"))
    assert (changed.id, changed.uri, changed.fields) == (made.id, f"{URI}/2", ())
    assert list(webhooks.subscriptions(admin)) == []


def test_one_that_is_there_already_is_as_good_as_made(admin: AdminClient) -> None:
    for _ in range(2):
        webhooks.subscribe(admin, "ORDERS_UPDATED", URI, ["id"])

    assert len(list(webhooks.subscriptions(admin))) == 1


def test_what_shopify_refuses_is_said(admin: AdminClient) -> None:
    with pytest.raises(Unavailable, match="not supported") as refused:
        webhooks.subscribe(admin, "ORDERS_UPDATED", "http://photos.example.org", ["id"])
    with pytest.raises(Unavailable, match="does not exist"):
        webhooks.unsubscribe(admin, "gid://shopify/WebhookSubscription/1")

    assert (refused.value.code, refused.value.permanent) == ("refused", True)

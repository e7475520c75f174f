"""Subscriptions to webhooks: listed, made, changed and deleted by apps."""

import re
from typing import Any
from urllib.parse import urlsplit

from core.demo.answers import Answer, Answers
from core.demo.paging import connection
from core.demo.records import Subscription, gid, now, parse_gid, stamp
from core.demo.refusals import NotPlayed, user_error
from core.demo.schema import API_VERSION

#: The note of where the app listens, which outlives its subscriptions: in Shopify this is the
#: app's own configuration, and topics of privacy are sent there.
APP_ADDRESS = "app_address"

_LOCAL = ("127.0.0.1", "localhost")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def query_fields(answers: Answers) -> Answer:
    return {
        "webhookSubscription": lambda _info, id: _found(answers, id),
        "webhookSubscriptions": lambda _info, **arguments: _list(answers, arguments),
    }


def mutation_fields(answers: Answers) -> Answer:
    return {
        "webhookSubscriptionCreate": lambda _info, topic, **arguments: _create(
            answers, topic, arguments["webhookSubscription"]
        ),
        "webhookSubscriptionUpdate": lambda _info, id, **arguments: _update(
            answers, id, arguments["webhookSubscription"]
        ),
        "webhookSubscriptionDelete": lambda _info, id: _delete(answers, id),
    }


def _list(answers: Answers, arguments: dict[str, Any]) -> Answer:
    for name in {"query", "callbackUrl"} & arguments.keys():
        raise NotPlayed(f"a list of webhooks by {name}")
    topics, uri = arguments.get("topics"), arguments.get("uri")
    return connection(
        (
            each
            for each in answers.shop.subscriptions.all()
            if (not topics or each.topic in topics) and (not uri or each.uri == uri)
        ),
        lambda each: (stamp(each.created_at), each.id),
        _answer,
        arguments,
    )


def _create(answers: Answers, topic: str, wanted: dict[str, Any]) -> Answer:
    shelf = answers.shop.subscriptions
    made = Subscription(
        id=max((each.id for each in shelf.all()), default=1_300_000_000_000) + 1,
        topic=topic,
        uri="",
        created_at=now(),
        updated_at=now(),
    )
    return _kept(answers, _changed(made, wanted))


def _update(answers: Answers, global_id: str, wanted: dict[str, Any]) -> Answer:
    known = _subscription(answers, global_id)
    if known is None:
        return _refused(user_error(["id"], "Webhook subscription does not exist"))
    return _kept(answers, _changed(known, wanted))


def _delete(answers: Answers, global_id: str) -> Answer:
    known = _subscription(answers, global_id)
    if known is None:
        error = user_error(["id"], "Webhook subscription does not exist")
        return {"deletedWebhookSubscriptionId": None, "userErrors": [error]}
    answers.shop.subscriptions.drop(known.id)
    return {"deletedWebhookSubscriptionId": global_id, "userErrors": []}


def _changed(known: Subscription, wanted: dict[str, Any]) -> Subscription:
    for name in ("callbackUrl", "filter", "metafieldNamespaces", "metafields"):
        if wanted.get(name):
            raise NotPlayed(f"a webhook's {name}")
    if wanted.get("format") not in (None, "JSON"):
        raise NotPlayed(f"webhooks as {wanted['format']}")
    fields = {"uri": "uri", "includeFields": "include_fields", "name": "name"}
    changes = {ours: wanted[theirs] for theirs, ours in fields.items() if theirs in wanted}
    return known.model_copy(update=changes | {"updated_at": now()})


def _kept(answers: Answers, wanted: Subscription) -> Answer:
    others = [each for each in answers.shop.subscriptions.all() if each.id != wanted.id]
    if fault := _fault(wanted, others):
        return _refused(fault)
    answers.shop.subscriptions.put(wanted)
    answers.shop.note(APP_ADDRESS, wanted.uri)
    return {"webhookSubscription": _answer(wanted), "userErrors": []}


def _fault(wanted: Subscription, others: list[Subscription]) -> Answer | None:
    """Recorded is what is said of an address that is taken; the other words may differ."""
    address = ["webhookSubscription", "callbackUrl"]
    uri = urlsplit(wanted.uri)
    if not uri.hostname:
        return user_error(address, "Address is invalid")
    if uri.scheme != "https" and not (uri.scheme == "http" and uri.hostname in _LOCAL):
        return user_error(address, f"Address protocol {uri.scheme}:// is not supported")
    if any((each.topic, each.uri) == (wanted.topic, wanted.uri) for each in others):
        return user_error(address, "Address for this topic has already been taken")
    if wanted.name is None:
        return None
    if not _NAME.fullmatch(wanted.name):
        return user_error(["webhookSubscription", "name"], "Name is invalid")
    if wanted.name.casefold() in [(each.name or "").casefold() for each in others]:
        return user_error(["webhookSubscription", "name"], "Name has already been taken")
    return None


def _refused(fault: Answer) -> Answer:
    return {"webhookSubscription": None, "userErrors": [fault]}


def _subscription(answers: Answers, global_id: str) -> Subscription | None:
    kind, number = parse_gid(global_id)
    return answers.shop.subscriptions.get(number) if kind == "WebhookSubscription" else None


def _found(answers: Answers, global_id: str) -> Answer | None:
    known = _subscription(answers, global_id)
    return _answer(known) if known else None


def _answer(each: Subscription) -> Answer:
    return {
        "__typename": "WebhookSubscription",
        "id": gid("WebhookSubscription", each.id),
        "legacyResourceId": str(each.id),
        "topic": each.topic,
        "uri": each.uri,
        "callbackUrl": each.uri,
        "format": "JSON",
        "filter": None,
        "includeFields": each.include_fields,
        "metafieldNamespaces": [],
        "name": each.name,
        "apiVersion": {"handle": API_VERSION, "displayName": API_VERSION, "supported": True},
        "createdAt": stamp(each.created_at),
        "updatedAt": stamp(each.updated_at),
    }

"""Shopify's Admin schema, cut down to what a photo desk can ask of a shop.

`python -m core.demo.schema admin_2026-10.json.gz` writes the cut file again. Its source is
`package/dist/data/admin_2026-10.json.gz` in the npm package `@shopify/dev-mcp@1.16.0`
(ISC licence, beside the cut file).
"""

import gzip
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_client_schema, build_schema, print_schema

API_VERSION = "2026-10"
FILE = Path(__file__).with_name(f"admin_{API_VERSION}.graphql")

_ROOTS = {
    "QueryRoot": """
        bulkOperation bulkOperations currentAppInstallation customer fulfillmentOrder
        fulfillmentOrders node nodes order orders ordersCount product productVariant products
        publicApiVersions shop webhookSubscription webhookSubscriptions
    """,
    "Mutation": """
        bulkOperationRunQuery fileCreate fulfillmentOrderHold fulfillmentOrderReleaseHold
        metafieldDefinitionCreate metafieldsDelete metafieldsSet orderUpdate stagedUploadsCreate
        tagsAdd tagsRemove webhookSubscriptionCreate webhookSubscriptionDelete
        webhookSubscriptionUpdate
    """,
}
ROOT_FIELDS = {root: set(fields.split()) for root, fields in _ROOTS.items()}

# A kept type keeps every field that leads to a kept type, with all its arguments. Scalars,
# enums and inputs come along where a kept field names them; so do a kept type's connection and
# edge, and the payloads and errors of the mutations above.
_TYPES = """
    AccessScope ApiVersion App AppInstallation Attribute BulkOperation Count Customer
    CustomerEmailAddress CustomerPhoneNumber Domain FulfillmentHold FulfillmentOrder
    FulfillmentOrderLineItem FulfillmentOrderSupportedAction Image LineItem LineItemGroup
    MailingAddress MediaImage MediaPreviewImage Metafield MetafieldDefinition MoneyBag MoneyV2
    Order PageInfo Product ProductOption ProductVariant SelectedOption Shop ShopPlan
    StagedMediaUploadTarget StagedUploadParameter WebhookSubscription
    DisplayableError File HasMetafields LegacyInteroperability Media Node
"""
TYPES = set(_TYPES.split())
_COMPANIONS = ("Connection", "Edge", "Payload", "UserError")

Json = dict[str, Any]


@cache
def admin_schema() -> GraphQLSchema:
    return build_schema(FILE.read_text(), assume_valid=True)


def full_schema(source: Path) -> GraphQLSchema:
    # `assume_valid`: some deprecated fields implement interface fields that are not, which
    # graphql-core refuses and Shopify does not.
    return build_client_schema(_introspection(source), assume_valid=True)


def cut(source: Path) -> str:
    """The text of the cut schema, without descriptions."""
    introspection = _introspection(source)
    schema = introspection["__schema"]
    types = {each["name"]: each for each in schema["types"]}
    kept = _Cut(types)
    kept.follow("QueryRoot")
    kept.follow("Mutation")
    schema["types"] = [kept.without_rest(types[name]) for name in sorted(kept.names)]
    schema["subscriptionType"] = None
    for directive in schema["directives"]:
        _strip(directive)
    return print_schema(build_client_schema(introspection, assume_valid=True)) + "\n"


class _Cut:
    """The names reached so far."""

    def __init__(self, types: dict[str, Json]) -> None:
        self.types = types
        self.names: set[str] = set()

    def follow(self, name: str) -> None:
        if name in self.names or not self.wants(name):
            return
        self.names.add(name)
        of = self.types[name]
        for field in self.fields(of):
            self.follow(_named(field["type"]))
            for argument in field["args"]:
                self.follow(_named(argument["type"]))
        for field in of["inputFields"] or []:
            self.follow(_named(field["type"]))
        for interface in of["interfaces"] or []:
            self.follow(interface["name"])
        for possible in of["possibleTypes"] or []:
            if possible["name"] in TYPES:
                self.follow(possible["name"])

    def wants(self, name: str) -> bool:
        if self.types[name]["kind"] in ("SCALAR", "ENUM", "INPUT_OBJECT"):
            return True
        if name.endswith(("Connection", "Edge")):
            fields = self.types[name]["fields"]
            nodes = {_named(each["type"]) for each in fields if each["name"] in ("node", "nodes")}
            return bool(nodes) and nodes <= TYPES
        return name in TYPES or name in ROOT_FIELDS or name.endswith(_COMPANIONS)

    def fields(self, of: Json) -> Iterator[Json]:
        only = ROOT_FIELDS.get(of["name"])
        for field in of["fields"] or []:
            if only is not None and field["name"] not in only:
                continue
            if self.wants(_named(field["type"])):
                yield field

    def without_rest(self, of: Json) -> Json:
        return _strip(
            of
            | {
                "fields": [_strip(field) for field in self.fields(of)] if of["fields"] else None,
                "interfaces": self._present(of["interfaces"]),
                "possibleTypes": self._present(of["possibleTypes"]),
                "inputFields": of["inputFields"] and [_strip(each) for each in of["inputFields"]],
                "enumValues": of["enumValues"] and [_strip(each) for each in of["enumValues"]],
            }
        )

    def _present(self, references: list[Json] | None) -> list[Json] | None:
        if references is None:
            return None
        return [each for each in references if each["name"] in self.names]


def _introspection(source: Path) -> Any:
    with gzip.open(source) as file:
        return json.load(file)["data"]


def _strip(element: Json) -> Json:
    element["description"] = None
    for argument in element.get("args") or []:
        argument["description"] = None
    return element


def _named(reference: Json) -> str:
    while reference["ofType"]:
        reference = reference["ofType"]
    return str(reference["name"])


if __name__ == "__main__":
    FILE.write_text(cut(Path(sys.argv[1])))

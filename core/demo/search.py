"""Shopify's search syntax, as far as the demo shop understands it: `field:value`, all of them.

What it does not understand it refuses. Shopify itself ignores an unknown field and answers with
everything, which would let a spelling mistake pass unseen.
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from core.demo.records import BulkOperation, FulfillmentOrder, Order
from core.demo.refusals import NotPlayed

T = TypeVar("T")

_TERM = re.compile(
    r"""\s*(?P<field>[a-z_]+):(?P<operator>>=|<=|>|<|)"""
    r"""(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>[^\s'"<>=]+))"""
    r"""(?:\s+AND(?=\s)|(?=\s|$))"""
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Field(NamedTuple, Generic[T]):
    """The values of a record that a term is compared with, and how the term's text is read."""

    values: Callable[[T], list[Any]]
    read: Callable[[str], Any]


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


ORDER: dict[str, Field[Order]] = {
    "created_at": Field(lambda order: [order.created_at], _time),
    "processed_at": Field(lambda order: [order.created_at], _time),
    "updated_at": Field(lambda order: [order.updated_at], _time),
    "id": Field(lambda order: [order.id], int),
    "name": Field(lambda order: [order.name], lambda text: f"#{text.lstrip('#')}"),
    "email": Field(lambda order: [order.email], str.lower),
    "financial_status": Field(lambda order: [order.financial_status], str.upper),
    "fulfillment_status": Field(lambda order: [order.fulfillment_status], str.upper),
    "tag": Field(lambda order: [tag.lower() for tag in order.tags], str.lower),
}
FULFILLMENT_ORDER: dict[str, Field[FulfillmentOrder]] = {
    "id": Field(lambda each: [each.id], int),
    "status": Field(lambda each: [each.status], str.upper),
    "updated_at": Field(lambda each: [each.updated_at], _time),
}
BULK_OPERATION: dict[str, Field[BulkOperation]] = {
    "id": Field(lambda each: [each.id], int),
    "status": Field(lambda each: [each.status], str.upper),
    "operation_type": Field(lambda _: ["QUERY"], str.upper),
    "created_at": Field(lambda each: [each.created_at], _time),
}


def matching(query: str | None, fields: dict[str, Field[T]]) -> Callable[[T], bool]:
    terms = list(_terms(query or "", fields))
    return lambda record: all(term(record) for term in terms)


def _terms(query: str, fields: dict[str, Field[T]]) -> list[Callable[[T], bool]]:
    terms = []
    query = query.strip()
    while query:
        found = _TERM.match(query)
        if found is None or found["field"] not in fields:
            raise NotPlayed(f"the search {query!r}")
        text = next(part for part in found.group("single", "double", "bare") if part is not None)
        terms.append(_term(fields[found["field"]], found["operator"], text))
        query = query[found.end() :].strip()
    return terms


def _term(field: Field[T], sign: str, text: str) -> Callable[[T], bool]:
    try:
        wanted = field.read(text)
    except ValueError:
        raise NotPlayed(f"the search for {text!r}") from None
    compare = _COMPARE[sign]
    return lambda record: any(
        value is not None and compare(value, wanted) for value in field.values(record)
    )

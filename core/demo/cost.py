"""What a query costs, and the bucket it is paid from.

Shopify publishes the rule of thumb (an object 1, a mutation 10, a connection by its size) but
not the formula. Recorded prices grow far slower than the page: 200 products cost 12 points.
"""

import math
import time
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)
from graphql.execution.values import VariableValues

MOST = 1000
MUTATION = 10

Composite = GraphQLObjectType | GraphQLInterfaceType


class Bucket:
    """Leaks full again at the rate of Shopify's standard plan. Not safe between threads."""

    def __init__(self) -> None:
        self.restore_rate = 100.0
        self._level = self.maximum
        self._seen = time.monotonic()

    @property
    def maximum(self) -> float:
        return 20 * self.restore_rate

    @property
    def available(self) -> float:
        seen = time.monotonic()
        self._level = min(self.maximum, self._level + (seen - self._seen) * self.restore_rate)
        self._seen = seen
        return self._level

    def take(self, points: float) -> None:
        self._level = max(0.0, self.available - points)

    def report(self, requested: int, actual: int | None) -> dict[str, Any]:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.maximum,
                "currentlyAvailable": int(self.available),
                "restoreRate": self.restore_rate,
            },
        }


def actual(operation: OperationDefinitionNode, data: dict[str, Any] | None) -> int:
    """What an answer was worth: its objects, and the mutations that made it."""
    if data is None:
        return 0
    if operation.operation is OperationType.MUTATION:
        return sum(MUTATION + max(0, _objects(payload) - 1) for payload in data.values())
    return _objects(data) - 1


def _objects(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_objects(each) for each in value.values())
    if isinstance(value, list):
        return sum(_objects(each) for each in value)
    return 0


def requested(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
) -> int:
    """The most that an operation can cost, from its text and variables alone."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        return 0
    return round(_Estimate(schema, document, variables).selections(root, operation.selection_set))


class _Estimate:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def selections(
        self, parent: Composite, selected: SelectionSetNode | None, page: float = 1
    ) -> float:
        total, alternatives = 0.0, [0.0]
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                total += self._field(parent, node, page)
                continue
            inside, of = self._fragment(parent, node)
            cost = self.selections(of, inside, page)
            if of is parent:
                total += cost
            else:  # an object is only one of the types an interface may stand for
                alternatives.append(cost)
        return total + max(alternatives)

    def _fragment(self, parent: Composite, node: Any) -> tuple[SelectionSetNode, Composite]:
        fragment: FragmentDefinitionNode | InlineFragmentNode = (
            self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        )
        condition = fragment.type_condition
        of = self._schema.type_map[condition.name.value] if condition else parent
        return fragment.selection_set, of  # type: ignore[return-value]

    def _field(self, parent: Composite, node: FieldNode, page: float) -> float:
        definition = parent.fields.get(node.name.value)
        of = get_named_type(definition.type) if definition else None
        if definition is None or not isinstance(of, Composite):
            return 0
        arguments = get_argument_values(definition, node, self._variables)
        if of.name.endswith("Connection"):
            size = _growth(arguments.get("first") or arguments.get("last") or 0)
            return 1 + self.selections(of, node.selection_set, size)
        times = page if node.name.value in ("nodes", "edges") else 1
        if "ids" in arguments:
            times = len(arguments["ids"])
        own = 0 if of.name.endswith("Edge") else 1
        if parent is self._schema.mutation_type:
            own = MUTATION
        return times * (own + self.selections(of, node.selection_set))


def _growth(size: int) -> float:
    return 1 + 2 * math.log(size) if size > 0 else 0

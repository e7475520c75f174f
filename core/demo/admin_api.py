"""One GraphQL request to the demo shop: validated, priced, executed."""

import re
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)
from graphql.execution.values import VariableValues

from core.demo import cost
from core.demo.answers import Answers
from core.demo.mutations import mutation_root
from core.demo.query_root import query_root
from core.demo.resolving import resolve
from core.demo.schema import admin_schema

Json = dict[str, Any]

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'\.")
_LIMITS = "https://shopify.dev/api/usage/rate-limits"


@dataclass(frozen=True)
class Query:
    text: str
    variables: Json
    operation_name: str | None


def answer(query: Query, answers: Answers, bucket: cost.Bucket) -> Json:
    """The whole body of Shopify's answer; its HTTP status is 200 whatever is in it."""
    schema = admin_schema()
    try:
        document = parse(query.text)
    except GraphQLSyntaxError as error:
        return _errors("PARSE_ERROR", [error])
    if invalid := validate(schema, document):
        return {"errors": [_invalid(error) for error in invalid]}
    operation = get_operation_ast(document, query.operation_name)
    if operation is None:
        return _errors("BAD_REQUEST", [GraphQLError("An operation name is required")])
    variables = get_variable_values(
        schema, operation.variable_definitions or (), query.variables, hide_suggestions=True
    )
    if not isinstance(variables, VariableValues):
        return _errors("INVALID_VARIABLE", variables)
    requested = cost.requested(schema, document, operation, variables)
    if requested > cost.MOST:
        return _too_expensive(requested)
    if requested > bucket.available:
        return throttled(bucket, requested)
    return _execute(document, operation, query, answers, bucket, requested)


def throttled(bucket: cost.Bucket, requested: int) -> Json:
    error = {
        "message": "Throttled",
        "extensions": {"code": "THROTTLED", "documentation": _LIMITS},
    }
    return {"errors": [error], "extensions": {"cost": bucket.report(requested, None)}}


def _execute(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    query: Query,
    answers: Answers,
    bucket: cost.Bucket,
    requested: int,
) -> Json:
    is_mutation = operation.operation is OperationType.MUTATION
    with answers.shop.lock:
        result = execute_sync(
            admin_schema(),
            document,
            root_value=(mutation_root if is_mutation else query_root)(answers),
            context_value=answers,
            variable_values=query.variables,
            operation_name=query.operation_name,
            field_resolver=resolve,
        )
    actual = min(requested, cost.actual(operation, result.data))
    bucket.take(actual)
    body: Json = {"data": result.data}
    if result.errors:
        for error in result.errors:
            if error.original_error and not isinstance(error.original_error, GraphQLError):
                raise error.original_error
        body["errors"] = [error.formatted for error in result.errors]
    return body | {"extensions": {"cost": bucket.report(requested, actual)}}


def _invalid(error: GraphQLError) -> Json:
    unknown = _UNKNOWN_FIELD.match(error.message)
    if unknown is None:
        return {**error.formatted, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}
    field, parent = unknown.groups()
    return {
        **error.formatted,
        "message": f"Field '{field}' doesn't exist on type '{parent}'",
        "extensions": {"code": "undefinedField", "typeName": parent, "fieldName": field},
    }


def _errors(code: str, errors: list[Any]) -> Json:
    return {"errors": [{**error.formatted, "extensions": {"code": code}} for error in errors]}


def _too_expensive(requested: int) -> Json:
    message = (
        f"Query cost is {requested}, which exceeds the single query max cost limit "
        f"({cost.MOST}).\n\nSee {_LIMITS} for more information on how the cost of a query is "
        "calculated."
    )
    extensions = {
        "code": "MAX_COST_EXCEEDED",
        "cost": requested,
        "maxCost": cost.MOST,
        "documentation": _LIMITS,
    }
    return {"errors": [{"message": message, "extensions": extensions}]}

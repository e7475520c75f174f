"""Bulk operations: one query over all orders, run in the background and written as JSONL.

Each node is a line. A child's line says whose child it is, and comes somewhere behind it.
"""

import json
from functools import partial
from typing import Any, TextIO

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    execute_sync,
    get_argument_values,
    get_named_type,
    get_operation_ast,
    parse,
    print_ast,
    validate,
    visit,
)

from core.demo import bulk_operations, news
from core.demo.answers import Answer, Answers
from core.demo.paging import EVERYTHING
from core.demo.query_root import ORDER_KEYS, query_root
from core.demo.records import BulkOperation, gid, now
from core.demo.refusals import NotPlayed, user_error
from core.demo.resolving import resolve
from core.demo.schema import admin_schema
from core.demo.search import ORDER, matching

MOST_RUNNING = 5
MOST_CONNECTIONS = 5
AT_ONCE = 25

Json = dict[str, Any]


def mutation_fields(answers: Answers) -> Answer:
    return {
        "bulkOperationRunQuery": lambda _info, query, **arguments: _start(
            answers, query, groups=arguments["groupObjects"]
        )
    }


def end_interrupted(answers: Answers) -> None:
    """What ran when the shop was closed has failed."""
    for each in answers.shop.bulk_operations.all():
        if each.status in ("CREATED", "RUNNING"):
            _finish(answers, each, "FAILED", "INTERNAL_SERVER_ERROR")


def _start(answers: Answers, query: str, *, groups: bool) -> Answer:
    if groups:
        raise NotPlayed("bulk operations that group objects")
    known = answers.shop.bulk_operations.all()
    running = [each for each in known if each.status in ("CREATED", "RUNNING")]
    if len(running) >= MOST_RUNNING:
        message = "A bulk query operation for this app and shop is already in progress."
        return _refused(user_error(None, message, "OPERATION_IN_PROGRESS"))
    try:
        ids, page_query = _planned(answers, query)
    except GraphQLError as error:
        return _refused(user_error(["query"], error.message, "INVALID"))
    made = BulkOperation(
        id=max((each.id for each in known), default=4_000_000_000_000) + 1,
        query=query,
        created_at=now(),
    )
    answers.shop.bulk_operations.put(made)
    created = bulk_operations.answer(answers, made)
    answers.threads.start(partial(_run, answers, made, ids, page_query))
    return {"bulkOperation": created, "userErrors": []}


def _refused(fault: Answer) -> Answer:
    return {"bulkOperation": None, "userErrors": [fault]}


def _planned(answers: Answers, query: str) -> tuple[list[str], DocumentNode]:
    """The orders that are wanted, and the query that says of some of them what is wanted."""
    document = parse(query)
    if invalid := validate(admin_schema(), document):
        raise invalid[0]
    operation = get_operation_ast(document)
    if operation is None or operation.operation is not OperationType.QUERY:
        raise GraphQLError("Bulk queries must be one query.")
    _check_connections(document)
    field, node = _root(operation)
    definition = admin_schema().query_type.fields["orders"]  # type: ignore[union-attr]
    arguments = get_argument_values(definition, field)
    key = ORDER_KEYS.get(arguments["sortKey"])
    if key is None:
        raise NotPlayed(f"sorting by {arguments['sortKey']}")
    wanted = filter(matching(arguments.get("query"), ORDER), answers.shop.orders.values())
    ordered = sorted(wanted, key=key, reverse=bool(arguments.get("reverse")))
    fragments = [print_ast(each) for each in document.definitions if each is not operation]
    selected = print_ast(node.selection_set)  # type: ignore[arg-type]
    page = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {selected} }} }}"
    return [gid("Order", each.id) for each in ordered], parse("\n".join([page, *fragments]))


def _root(operation: OperationDefinitionNode) -> tuple[FieldNode, FieldNode]:
    """The connection of the orders, and its node."""
    [*roots] = operation.selection_set.selections
    field = roots[0]
    if len(roots) != 1 or not isinstance(field, FieldNode) or field.name.value != "orders":
        raise NotPlayed("bulk queries of anything but orders")
    inside = field
    while inside.name.value not in ("node", "nodes"):
        found = [
            each
            for each in (inside.selection_set.selections if inside.selection_set else ())
            if isinstance(each, FieldNode) and each.name.value in ("edges", "node", "nodes")
        ]
        if not found:
            raise GraphQLError("Bulk queries must select edges { node } or nodes.")
        inside = found[0]
    return field, inside


def _check_connections(document: DocumentNode) -> None:
    info = TypeInfo(admin_schema())
    counted = _Connections(info)
    visit(document, TypeInfoVisitor(info, counted))
    if counted.total > MOST_CONNECTIONS:
        raise GraphQLError("Bulk queries cannot contain more than 5 connections.")
    if counted.deepest > 3:
        raise GraphQLError("Bulk queries cannot contain connections with a nesting depth over 2.")


class _Connections(Visitor):
    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info
        self.total = self.deepest = self._depth = 0

    def enter_field(self, *_: Any) -> None:
        if self._is_connection():
            self.total += 1
            self._depth += 1
            self.deepest = max(self.deepest, self._depth)

    def leave_field(self, *_: Any) -> None:
        if self._is_connection():
            self._depth -= 1

    def _is_connection(self) -> bool:
        of = self._info.get_type()
        return of is not None and get_named_type(of).name.endswith("Connection")


def _run(answers: Answers, each: BulkOperation, ids: list[str], query: DocumentNode) -> None:
    each.status = "RUNNING"
    path = bulk_operations.file_of(answers.shop.folder, each.id)
    path.parent.mkdir(exist_ok=True)
    half = len(ids) // 2 if answers.faults.takes("bulk_fails") else None
    error_code = "INTERNAL_SERVER_ERROR" if half is not None else None
    try:
        with path.open("w", encoding="utf-8") as file:
            for start in range(0, len(ids) if half is None else half, AT_ONCE):
                if answers.threads.pause(answers.faults.slow_bulk_seconds):
                    return
                _write(answers, each, query, ids[start : start + AT_ONCE], file)
    except GraphQLError as error:
        is_denied = (error.extensions or {}).get("code") == "ACCESS_DENIED"
        error_code = "ACCESS_DENIED" if is_denied else "INTERNAL_SERVER_ERROR"
    each.file_size = path.stat().st_size
    _finish(answers, each, "FAILED" if error_code else "COMPLETED", error_code)


def _write(
    answers: Answers, each: BulkOperation, query: DocumentNode, ids: list[str], file: TextIO
) -> None:
    with answers.shop.lock:
        result = execute_sync(
            admin_schema(),
            query,
            root_value=query_root(answers),
            context_value=answers,
            variable_values={"ids": ids},
            field_resolver=_resolve_everything,
        )
    for error in result.errors or ():
        raise error
    level = [(node, None) for node in (result.data or {})["nodes"] if node]
    each.root_objects += len(level)
    while level:
        # A level at a time: what reads it must not count on children right behind their parent.
        below: list[tuple[Json, Any]] = []
        for node, parent in level:
            line, children = _parted(node)
            file.write(json.dumps(line | ({"__parentId": parent} if parent else {})) + "\n")
            below += [(child, node.get("id")) for child in children]
        each.objects += len(level)
        level = below


def _parted(node: Json) -> tuple[Json, list[Json]]:
    """A node without its connections, and the nodes of these."""
    line: Json = {}
    children: list[Json] = []
    for name, value in node.items():
        if isinstance(value, dict) and value.keys() & {"edges", "nodes"}:
            children += value.get("nodes") or [edge["node"] for edge in value.get("edges", ())]
        else:
            line[name] = value
    return line, children


def _resolve_everything(source: Json, info: Any, **arguments: Any) -> Any:
    if get_named_type(info.return_type).name.endswith("Connection"):
        arguments[EVERYTHING] = True
    return resolve(source, info, **arguments)


def _finish(
    answers: Answers, each: BulkOperation, status: str, error_code: str | None = None
) -> None:
    each.status, each.error_code, each.completed_at = status, error_code, now()
    answers.shop.bulk_operations.put(each)
    answers.courier.announce([news.bulk_finished(each)])

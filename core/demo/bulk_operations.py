"""Bulk operations as GraphQL answers, and their files."""

from pathlib import Path
from typing import Any

from graphql import GraphQLError

from core.demo.answers import Answer, Answers
from core.demo.paging import connection
from core.demo.records import BulkOperation, gid, parse_gid, stamp
from core.demo.refusals import NotPlayed
from core.demo.search import BULK_OPERATION, matching


def file_of(folder: Path, any_id: int) -> Path:
    return folder / "bulk" / f"{any_id}.jsonl"


def query_fields(answers: Answers) -> Answer:
    return {
        "bulkOperation": lambda _info, id: _find(answers, id),
        "bulkOperations": lambda _info, **arguments: _list(answers, arguments),
    }


def answer(answers: Answers, each: BulkOperation) -> Answer:
    address = f"{answers.base_url}/bulk/{each.id}.jsonl"
    has_file = bool(each.file_size)
    return {
        "__typename": "BulkOperation",
        "id": gid("BulkOperation", each.id),
        "type": "QUERY",
        "query": each.query,
        "status": each.status,
        "errorCode": each.error_code,
        "createdAt": stamp(each.created_at),
        "completedAt": each.completed_at and stamp(each.completed_at),
        "objectCount": str(each.objects),
        "rootObjectCount": str(each.root_objects),
        "fileSize": None if each.file_size is None else str(each.file_size),
        "url": address if has_file and each.status == "COMPLETED" else None,
        "partialDataUrl": address if has_file and each.status == "FAILED" else None,
    }


def _find(answers: Answers, global_id: str) -> Answer | None:
    kind, number = parse_gid(global_id)
    if kind != "BulkOperation":
        raise GraphQLError(f"Invalid id: {global_id}", extensions={"code": "RESOURCE_NOT_FOUND"})
    found = answers.shop.bulk_operations.get(number)
    return answer(answers, found) if found else None


def _list(answers: Answers, arguments: dict[str, Any]) -> Answer:
    if arguments["sortKey"] != "CREATED_AT":
        raise NotPlayed(f"sorting by {arguments['sortKey']}")
    wanted = matching(arguments.get("query"), BULK_OPERATION)
    return connection(
        filter(wanted, answers.shop.bulk_operations.all()),
        lambda each: (stamp(each.created_at), each.id),
        lambda each: answer(answers, each),
        arguments,
    )

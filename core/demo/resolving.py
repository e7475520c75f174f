"""How a field of an answer is found: denied without its scope, refused by name if not played."""

from typing import Any

from graphql import GraphQLResolveInfo

from core.demo import access
from core.demo.answers import Answers
from core.demo.refusals import NotPlayed


def resolve(source: dict[str, Any], info: GraphQLResolveInfo[Answers], **arguments: Any) -> Any:
    access.check(info, info.context.scopes)
    if info.field_name not in source:
        raise NotPlayed(f"{info.parent_type.name}.{info.field_name}")
    value = source[info.field_name]
    return value(info, **arguments) if callable(value) else value

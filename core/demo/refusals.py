"""What the demo shop refuses: by name what it does not play, and mistakes in Shopify's words."""

from typing import Any

from graphql import GraphQLError


class NotPlayed(GraphQLError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"The demo shop does not play {what}.", extensions={"code": "NOT_IMPLEMENTED"}
        )


def user_error(field: list[str] | None, message: str, code: str | None = None) -> dict[str, Any]:
    return {"field": field, "message": message, "code": code}


class Refused(Exception):
    """Why the merchant cannot do that."""

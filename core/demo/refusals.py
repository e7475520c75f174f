"""What the demo shop refuses to answer, by name, instead of guessing."""

from graphql import GraphQLError


class NotPlayed(GraphQLError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"The demo shop does not play {what}.", extensions={"code": "NOT_IMPLEMENTED"}
        )

"""Bad days of the shop, switched on by tests."""

import asyncio
from typing import Self

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt
from starlette.responses import JSONResponse, Response


class Faults(BaseModel):
    """The numbers count the next GraphQL requests that go wrong; the rest stays until changed."""

    model_config = ConfigDict(extra="forbid")

    throttled: NonNegativeInt = 0
    too_many_requests: NonNegativeInt = 0
    server_error: NonNegativeInt = 0
    bad_json: NonNegativeInt = 0
    #: Changes happen, but the answer to them is lost.
    lost_answer: NonNegativeInt = 0
    #: Seconds.
    retry_after: NonNegativeFloat = 2
    slow_seconds: NonNegativeFloat = 0
    null_emails: bool = False
    missing_scopes: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Whether this request is to go wrong so; each is counted down."""
        left = getattr(self, name)
        setattr(self, name, max(0, left - 1))
        return bool(left)

    def replace(self, other: Self) -> None:
        for name in type(self).model_fields:
            setattr(self, name, getattr(other, name))

    async def before(self) -> Response | None:
        """The answer, where the request never reaches the shop."""
        if self.slow_seconds:
            await asyncio.sleep(self.slow_seconds)
        if self.takes("too_many_requests"):
            body = {"errors": "Exceeded 2 calls per second for api client."}
            return JSONResponse(body, 429, {"Retry-After": f"{self.retry_after:.1f}"})
        if self.takes("server_error"):
            return Response("Internal Server Error", 500, media_type="text/html")
        if self.takes("bad_json"):
            return Response('{"data": {"orders"', media_type="application/json")
        return None

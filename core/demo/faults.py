"""Bad days of the shop, switched on by tests."""

import asyncio
import random
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PrivateAttr,
)
from starlette.responses import JSONResponse, Response

Probability = Annotated[float, Field(ge=0, le=1)]


class Chaos(BaseModel):
    """How likely it is that things go wrong by themselves, the same for the same seed."""

    model_config = ConfigDict(extra="forbid")

    seed: int = 1
    # For each GraphQL request.
    throttled: Probability = 0
    too_many_requests: Probability = 0
    server_error: Probability = 0
    bad_json: Probability = 0
    lost_answer: Probability = 0
    slow: Probability = 0
    #: Seconds that a slow request waits.
    slow_seconds: NonNegativeFloat = 1
    # For each delivery of a webhook.
    webhook_lost: Probability = 0
    webhook_duplicated: Probability = 0
    webhook_late: Probability = 0
    webhook_late_seconds: NonNegativeFloat = 1
    #: Held back for up to `webhook_shuffle_seconds`, so that later ones overtake it.
    webhook_out_of_order: Probability = 0
    webhook_shuffle_seconds: NonNegativeFloat = 0.2

    _chance: random.Random = PrivateAttr()

    def model_post_init(self, _context: object) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - a demo's chance, not a secret

    def strikes(self, name: str) -> bool:
        probability = getattr(self, name, 0)
        return bool(probability) and self._chance.random() < probability

    def copies(self) -> list[float]:
        """In how many seconds each copy of a delivery is sent; none, if it is lost."""
        if self.strikes("webhook_lost"):
            return []
        times = 2 if self.strikes("webhook_duplicated") else 1
        return [self._delay() for _ in range(times)]

    def _delay(self) -> float:
        if self.strikes("webhook_late"):
            return self.webhook_late_seconds
        if self.strikes("webhook_out_of_order"):
            return self._chance.uniform(0, self.webhook_shuffle_seconds)
        return 0


class Faults(BaseModel):
    """The numbers count the next GraphQL requests that go wrong; the rest stays until changed."""

    model_config = ConfigDict(extra="forbid")

    throttled: NonNegativeInt = 0
    too_many_requests: NonNegativeInt = 0
    server_error: NonNegativeInt = 0
    bad_json: NonNegativeInt = 0
    #: Changes happen, but the answer to them is lost.
    lost_answer: NonNegativeInt = 0
    #: The next holds get a user error.
    refuse_holds: NonNegativeInt = 0
    #: The next bulk operations fail half-way.
    bulk_fails: NonNegativeInt = 0
    #: The next downloads of a bulk operation's file break off half-way.
    cut_downloads: NonNegativeInt = 0
    #: Seconds.
    retry_after: NonNegativeFloat = 2
    slow_seconds: NonNegativeFloat = 0
    #: That each page of a bulk operation takes longer.
    slow_bulk_seconds: NonNegativeFloat = 0
    #: After which a new order gets its fulfillment orders.
    late_fulfillment_orders: NonNegativeFloat = 0
    #: Before a webhook is sent for the second time; each further pause is twice as long.
    retry_pause: NonNegativeFloat = 0.5
    #: Points a second: 100 on the standard plan, 1000 on Plus.
    restore_rate: PositiveFloat = 100
    null_emails: bool = False
    missing_scopes: frozenset[str] = frozenset()
    #: The API version that answers claim to be of.
    stale_version: str | None = None
    chaos: Chaos = Chaos()

    def takes(self, name: str) -> bool:
        """Whether this request is to go wrong so; each that was ordered is counted down."""
        if left := getattr(self, name):
            setattr(self, name, left - 1)
            return True
        return self.chaos.strikes(name)

    @classmethod
    def mixed(cls, seed: int, *, most: float = 0.1) -> Self:
        """All that goes wrong by chance, each with a chance of its own up to `most`, and nothing
        that makes a test wait long. For other processes: `.model_dump(mode="json")`."""
        chance = random.Random(seed)  # noqa: S311
        names = [name for name, field in Chaos.model_fields.items() if field.annotation is float]
        likely = {
            name: most * chance.uniform(0.3, 1) for name in names if not name.endswith("_seconds")
        }
        chaos = Chaos(seed=seed, slow_seconds=0.2, webhook_late_seconds=0.5, **likely)
        return cls(
            chaos=chaos,
            late_fulfillment_orders=0.5,
            refuse_holds=chance.randint(1, 5),
            retry_after=0.1,
            retry_pause=0.05,
            restore_rate=2000,
        )

    def replace(self, other: Self) -> None:
        for name in type(self).model_fields:
            setattr(self, name, getattr(other, name))

    async def before(self) -> Response | None:
        """The answer, where the request never reaches the shop."""
        chaos = self.chaos
        seconds = self.slow_seconds + (chaos.slow_seconds if chaos.strikes("slow") else 0)
        if seconds:
            await asyncio.sleep(seconds)
        if self.takes("too_many_requests"):
            body = {"errors": "Exceeded 2 calls per second for api client."}
            return JSONResponse(body, 429, {"Retry-After": f"{self.retry_after:.1f}"})
        if self.takes("server_error"):
            return Response("Internal Server Error", 500, media_type="text/html")
        if self.takes("bad_json"):
            return Response('{"data": {"orders"', media_type="application/json")
        return None

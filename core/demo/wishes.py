"""What may be said with an action of the merchant's."""

from pydantic import BaseModel, ConfigDict, NonNegativeInt


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    #: Its position on the order, from 0.
    line: NonNegativeInt | None = None
    quantity: NonNegativeInt | None = None
    sku: str = "MAG"
    #: The name of a photograph, "owl.jpg".
    photo: str | None = None
    #: Whether holds go along with a fulfillment order that is moved.
    keeps_holds: bool = False

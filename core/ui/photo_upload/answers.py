"""What a customer answered. It comes from a browser, so nothing in it is trusted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from core.errors import NotUnderstood
from core.models import ResponseKind
from core.services.decisions import PhotoVersion

# As far as JavaScript counts exactly.
_Number = Annotated[int, Field(strict=True, ge=1, lt=2**53)]


class SecondThought(StrEnum):
    """What somebody may want who is not ready to answer, or has answered."""

    UNDO = "undo"  #: The last answer
    MORE_TIME = "more_time"


@dataclass(frozen=True, slots=True)
class Answer:
    __pydantic_config__ = ConfigDict(extra="forbid")

    request: Annotated[str, Field(strict=True, max_length=40)]  #: Made by the browser
    kind: ResponseKind | SecondThought
    photo: _Number
    version: _Number
    draft: _Number | None = None
    #: How long it may be is for the service to say, in words.
    message: Annotated[str, Field(strict=True, max_length=100_000)] = ""

    @property
    def seen(self) -> PhotoVersion:
        return PhotoVersion(self.photo, self.version)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer did not count, for the browser that gave it."""

    request: str
    message: str


_answer: TypeAdapter[Answer] = TypeAdapter(Answer)


def answer_from(value: object) -> Answer:
    try:
        return _answer.validate_python(value)
    except ValidationError as error:
        raise NotUnderstood from error

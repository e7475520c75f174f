"""What a person did in the grid. It comes from a browser, so nothing in it is trusted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from core.errors import NotUnderstood
from core.models import Verdict
from core.services.decisions import PhotoVersion

MOST_PHOTOS = 200
MOST_REASONS = 50
LONGEST_COMMENT = 2_000

_EXACTLY = ConfigDict(extra="forbid")
_T = TypeVar("_T")


def _all_different(values: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(set(values)) < len(values):
        raise ValueError("something is named twice")
    return values


# As far as JavaScript counts exactly.
_Number = Annotated[int, Field(strict=True, ge=1, lt=2**53)]
# Postgres' text cannot hold the zero character.
_Words = Annotated[str, Field(strict=True, max_length=LONGEST_COMMENT, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class SeenPhoto(PhotoVersion):
    __pydantic_config__ = _EXACTLY

    id: _Number
    version: _Number


_SeenPhotos = Annotated[
    tuple[SeenPhoto, ...],
    Field(min_length=1, max_length=MOST_PHOTOS),
    AfterValidator(_all_different),
]


@dataclass(frozen=True, slots=True)
class Decided:
    """One verdict on some photos. `request` is made by the browser: sent again, it is the same."""

    __pydantic_config__ = _EXACTLY

    request: UUID
    verdict: Verdict
    photos: _SeenPhotos
    #: Ids in the order they were chosen: the first is the folder.
    reasons: Annotated[
        tuple[_Number, ...], Field(max_length=MOST_REASONS), AfterValidator(_all_different)
    ]
    comment: _Words


@dataclass(frozen=True, slots=True)
class Undone:
    """A batch of decisions taken back."""

    __pydantic_config__ = _EXACTLY

    request: UUID
    batch: UUID


@dataclass(frozen=True, slots=True)
class Left:
    """Photos left for a manager, undecided."""

    __pydantic_config__ = _EXACTLY

    request: UUID
    photos: _SeenPhotos
    note: _Words


@dataclass(frozen=True, slots=True)
class Chosen:
    """Photos that something else is done with: the gesture's name says what."""

    __pydantic_config__ = _EXACTLY

    request: UUID
    photos: _SeenPhotos


@dataclass(frozen=True, slots=True)
class Kept:
    """Photos that are to be printed as they are, decided for their customers."""

    __pydantic_config__ = _EXACTLY

    request: UUID
    photos: _SeenPhotos
    why: _Words


class Turn(StrEnum):
    NEXT = "next"
    PREVIOUS = "previous"


_decided: TypeAdapter[Decided] = TypeAdapter(Decided)
_undone: TypeAdapter[Undone] = TypeAdapter(Undone)
_left: TypeAdapter[Left] = TypeAdapter(Left)
_chosen: TypeAdapter[Chosen] = TypeAdapter(Chosen)
_kept: TypeAdapter[Kept] = TypeAdapter(Kept)
_turn: TypeAdapter[Turn] = TypeAdapter(Turn)


def decided_from(value: object) -> Decided:
    return _checked(_decided, value)


def undone_from(value: object) -> Undone:
    return _checked(_undone, value)


def left_from(value: object) -> Left:
    return _checked(_left, value)


def chosen_from(value: object) -> Chosen:
    return _checked(_chosen, value)


def kept_from(value: object) -> Kept:
    return _checked(_kept, value)


def turn_from(value: object) -> Turn:
    return _checked(_turn, value)


def _checked(adapter: TypeAdapter[_T], value: object) -> _T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise NotUnderstood from error

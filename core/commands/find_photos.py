"""`find-photos`: the photos among an order's attributes."""

import argparse
import sys

from pydantic import TypeAdapter, ValidationError

from core.commands import tables
from core.errors import AppError
from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_finder import explain, find_photos
from core.ui import found_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = 'Reads a list of {"key": …, "value": …} as JSON from standard input.'
    parser.add_argument(
        "--explain", action="store_true", help="tell of every value what became of it, and why"
    )
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> None:
    try:
        attributes = TypeAdapter(list[Attribute]).validate_json(sys.stdin.buffer.read())
    except ValidationError as error:
        raise AppError(
            'Standard input must be a JSON list of {"key": "…", "value": "…"}.'
        ) from error
    rows = _explained(attributes) if arguments.explain else _found(attributes)
    tables.show(rows, as_json=arguments.json)


def _found(attributes: list[Attribute]) -> list[dict[str, str]]:
    return [
        {"key": photo.key, "url": photo.url, "role": photo.role.value}
        for photo in find_photos(attributes)
    ]


def _explained(attributes: list[Attribute]) -> list[dict[str, str]]:
    return [
        {
            "key": each.attribute.key,
            "value": outcome.text,
            "verdict": found_words.verdict(outcome),
            "why": found_words.reasons(outcome, None),
        }
        for each in explain(attributes)
        for outcome in each.outcomes
    ]

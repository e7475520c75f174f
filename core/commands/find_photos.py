"""`find-photos`: the photos among an order's attributes."""

import argparse
import sys

from pydantic import TypeAdapter, ValidationError

from core.commands import tables
from core.errors import AppError
from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_finder import find_photos


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = 'Reads a list of {"key": …, "value": …} as JSON from standard input.'
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> None:
    try:
        attributes = TypeAdapter(list[Attribute]).validate_json(sys.stdin.buffer.read())
    except ValidationError as error:
        raise AppError(
            'Standard input must be a JSON list of {"key": "…", "value": "…"}.'
        ) from error
    rows = [
        {"key": photo.key, "url": photo.url, "role": photo.role.value}
        for photo in find_photos(attributes)
    ]
    tables.show(rows, as_json=arguments.json)

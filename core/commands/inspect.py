"""`inspect`: which pictures can be printed."""

import argparse
import sys
from pathlib import Path
from typing import Any

from core.commands import tables
from core.errors import PictureRefused, Unavailable
from core.integrations import pictures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> int:
    """Return 1 if a file was not handled: what is wrong then is not the picture."""
    rows, missed = [], 0
    for file in arguments.files:
        try:
            rows.append(_row(file))
        except (Unavailable, OSError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            missed += 1
    tables.show(rows, as_json=arguments.json)
    return 1 if missed else 0


def _row(file: Path) -> dict[str, Any]:
    row: dict[str, Any] = {"file": str(file)}
    if not file.is_file():
        raise FileNotFoundError("there is no such file")
    try:
        picture = pictures.inspect(file)
    except PictureRefused as refusal:
        return row | {
            "status": "refused",
            "reason": str(refusal),
            "format": None,
            "width": None,
            "height": None,
        }
    return row | {
        "status": "ok",
        "reason": None,
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
    }

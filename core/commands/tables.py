"""What commands print: rows for people, or the same as JSON for scripts."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows that all have the same keys."""
    if as_json:
        show_json(rows)
        return
    if not rows:
        print("None.")
        return
    table = [list(rows[0])] + [[_text(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(map(str.ljust, line, widths)).rstrip())


def show_json(value: object) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def _text(value: object) -> str:
    # Values come from outside: no control character of theirs may reach the terminal.
    return "" if value is None else "".join(c if c.isprintable() else " " for c in str(value))

"""`status`: how much there is of everything."""

import argparse
from dataclasses import asdict

from core import db, running
from core.commands import tables
from core.queries import counts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> None:
    with running.database(), db.transaction() as session:
        status = asdict(counts.status(session))
    if arguments.json:
        tables.show_json(status)
        return
    for what, by_state in status.items():
        print(f"{what:10}{', '.join(f'{count} {state}' for state, count in by_state.items())}")

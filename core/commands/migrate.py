"""`migrate`: bring the database up to date."""

import argparse

from core import running, schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="only compare the migrations with the models"
    )


def carry_out(arguments: argparse.Namespace) -> None:
    if arguments.check:
        schema.check()
        return
    with running.database():
        schema.upgrade()
    print("The database is up to date.")

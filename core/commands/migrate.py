"""`migrate`: bring the database up to date."""

import argparse

from core import running, schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # everything is in the settings


def carry_out(arguments: argparse.Namespace) -> None:
    del arguments
    with running.database():
        schema.upgrade()
    print("The database is up to date.")

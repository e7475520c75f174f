"""`migrate`: bring the database up to date."""

import argparse
import tempfile
from pathlib import Path

from core import db, running, schema
from core.config import use_database
from core.embedded import Postgres
from core.errors import AppError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="only compare the migrations with the models, on a database made for this",
    )


def carry_out(arguments: argparse.Namespace) -> None:
    if arguments.check:
        _check()
        return
    with running.database():
        schema.upgrade()
    print("The database is up to date.")


def _check() -> None:
    with tempfile.TemporaryDirectory(prefix="loupe-check-") as folder:
        Path(folder).chmod(0o711)  # for Postgres' own user, if we are root
        with Postgres(Path(folder), durable=False) as postgres:
            use_database(postgres.url)
            schema.upgrade()
            differences = schema.differences()
            db.engine().dispose()
    if differences is not None:
        raise AppError(f"The models need another migration: {differences}")

"""`demo-shop` and what a person does with it."""

import argparse

from core.config import settings
from core.demo.server import serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=0, help="0, the default, is the one of last time, or any"
    )


def carry_out(arguments: argparse.Namespace) -> None:
    serve(arguments.port, settings().data_dir / "demo-shop")

"""`send-orders`: more customers order in the demo shop."""

import argparse

from core import running
from core.config import settings
from core.demo import control
from core.demo.shop import credentials
from core.errors import CannotStart


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("count", type=_count, metavar="N", help="how many, 1 to 1000")


def carry_out(arguments: argparse.Namespace) -> None:
    loupe = running.find(settings().data_dir)
    if loupe is None or loupe.demo_shop is None:
        raise CannotStart("The demo shop is not open: start it with `make run`.")
    token = credentials(settings().data_dir / "demo-shop").control_token
    names = control.send_orders(loupe.demo_shop, token, arguments.count)
    print(f"The demo shop has sent {len(names)}: {names[0]} to {names[-1]}.")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("give a number from 1 to 1000")
    return int(text)

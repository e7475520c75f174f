"""`run`: everything on this machine."""

import argparse

from core import run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # everything is in the settings


def carry_out(arguments: argparse.Namespace) -> None:
    del arguments
    run.run()

"""The command line: `python -m core COMMAND`."""

import argparse
import os
import sys
from importlib import import_module

import psycopg
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from core.errors import AppError, Unavailable

COMMANDS = {
    "run": "start everything on this machine, and stop it with Ctrl-C",
    "serve": "the web part alone",
    "worker": "a worker alone: fetches photos, sends mail, talks to Shopify",
    "migrate": "bring the database up to date",
    "sync": "take over what is new in the shop, now",
    "shop": "connect a shop, check it, switch it on and off",
    "staff": "add and list the people who sign in, and change passwords",
    "status": "count photos, orders, messages and jobs by state",
    "mail": "see whether mail can be sent",
    "mailbox": "show the messages that were captured instead of sent",
    "find-photos": "find the photos among an order's attributes",
    "inspect": "tell which pictures can be printed",
    "check": "check that every picture named in the database is kept whole, and no other",
    "erase": "forget a customer: one order, or all with an address",
    "demo-shop": "the demo shop alone",
    "send-orders": "make the running demo shop send more orders",
}


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 1 for an error that one sentence on standard error explains."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m core", description="Loupe, the photo desk.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, does in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        # Only the one that was asked for is imported: some bring a lot with them.
        if name in given[:1]:
            module = import_module(f"core.commands.{name.replace('-', '_')}")
            module.add_arguments(command)
            command.set_defaults(carry_out=module.carry_out)
    parsed = parser.parse_args(given)
    try:
        return parsed.carry_out(parsed) or 0
    except (AppError, Unavailable) as error:
        return _fail(str(error))
    except ValidationError as error:
        return _fail("\n".join(_sentences(error)))
    except (OperationalError, psycopg.OperationalError) as error:
        return _fail(f"The database does not answer: {str(error).splitlines()[0]}")
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python's last flush must not fail, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _sentences(error: ValidationError) -> list[str]:
    """Each wrong setting, by the name it has in the environment; never its value."""
    return [
        f"LOUPE_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg']}. "
        "Change it in the environment or in .env."
        for problem in error.errors(include_input=False)
    ]


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

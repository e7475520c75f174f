"""`staff`: the people who sign in."""

import argparse
import sys
from getpass import getpass

from core import db, running
from core.commands import tables
from core.errors import AppError
from core.models import Role
from core.services import staff


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    add = actions.add_parser("add", help="add a person; asks for the password")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="as colleagues read it")
    add.add_argument("--role", required=True, type=Role, choices=list(Role))
    add.add_argument("--email")
    add.set_defaults(act=_add)

    password = actions.add_parser("password", help="set a new password and end all sessions")
    password.add_argument("username")
    password.set_defaults(act=_set_password)

    team = actions.add_parser("list", help="list everybody")
    tables.add_json(team)
    team.set_defaults(act=_list)


def carry_out(arguments: argparse.Namespace) -> None:
    with running.database():
        arguments.act(arguments)


def _add(arguments: argparse.Namespace) -> None:
    password = _ask_password()
    with db.transaction() as session:
        staff.add(
            session,
            staff.COMMAND_LINE,
            username=arguments.username,
            name=arguments.name,
            role=arguments.role,
            email=arguments.email,
            password=password,
        )
    print(f"{arguments.username} may sign in now.")


def _set_password(arguments: argparse.Namespace) -> None:
    password = _ask_password()
    with db.transaction() as session:
        staff.set_password(session, staff.COMMAND_LINE, arguments.username, password)
    print(f"{arguments.username} has a new password, and is signed out everywhere.")


def _list(arguments: argparse.Namespace) -> None:
    with db.transaction() as session:
        rows = [
            {
                "username": person.username,
                "name": person.name,
                "role": person.role.value,
                "email": person.email,
                "active": person.is_active,
                "demo": person.is_demo,
            }
            for person in staff.team(session)
        ]
    tables.show(rows, as_json=arguments.json)


def _ask_password() -> str:
    """From the terminal, twice, or the first line of standard input; never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise AppError("The two passwords differ.")
    return password

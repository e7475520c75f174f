"""`mail`: see whether mail can be sent."""

import argparse

from core import db, running
from core.clients import Clients
from core.errors import AppError, Unavailable
from core.services import mail_pace, mail_tests
from core.ui import mail_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    does = "send a mail by the server that is set up, and say how it went"
    test = actions.add_parser("test", help=does, description=f"{does[0].upper()}{does[1:]}.")
    test.add_argument("address", nargs="?", help="to whom; the sender, if it is not given")


def carry_out(arguments: argparse.Namespace) -> None:
    with running.database():
        with db.transaction() as session:
            test = mail_tests.write(session, arguments.address)
        try:
            reply = Clients().mailer.send(test)
        except Unavailable as error:
            why = mail_words.cause(str(error))
            raise AppError(f"{why.words} ({why.quote})" if why.quote else why.words) from error
        with db.transaction() as session:
            mail_pace.try_now(session)
    print(f"The server took it, and said: {reply}. Look whether it arrives at {test.to}.")

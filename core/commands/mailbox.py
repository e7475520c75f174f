"""`mailbox`: the messages that were captured instead of sent."""

import argparse
from html.parser import HTMLParser

from core import db, running
from core.commands import tables
from core.queries import mailbox
from core.services import sign_in_letters

_ALL = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> None:
    with running.database(), db.transaction() as session:
        letters = mailbox.captured(session, limit=_ALL)
    if arguments.json:
        tables.show_json(
            [
                {
                    "to": letter.to,
                    "subject": letter.subject,
                    "text": sign_in_letters.filled(letter.text, letter.sign_in_id),
                    "links": _links(sign_in_letters.filled(letter.html, letter.sign_in_id)),
                }
                for letter in letters
            ]
        )
        return
    for letter in letters:
        text = sign_in_letters.filled(letter.text, letter.sign_in_id).strip()
        print(f"To: {letter.to}\nSubject: {letter.subject}\n\n{text}\n")
    print(f"{len(letters)} messages, the newest first.")


def _links(html: str) -> list[str]:
    found = _Links()
    found.feed(html)
    return found.addresses


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address is not None:
            self.addresses.append(address)

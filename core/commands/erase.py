"""`erase`: forget a customer, by order or by address."""

import argparse
import sys
from collections.abc import Sequence

from core import db, running
from core.commands import tables
from core.errors import AppError, NotFound
from core.queries import erasable
from core.queries.erasable import Erasable
from core.services import erasure, staff


def add_arguments(parser: argparse.ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--order", metavar="NAME", help="one order, as in '#1001'")
    whose.add_argument("--customer", metavar="EMAIL", help="all orders with this address")
    parser.add_argument("--shop", metavar="DOMAIN", help="in this shop only")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def carry_out(arguments: argparse.Namespace) -> None:
    with running.database():
        found = _found(arguments)
        if not arguments.yes:
            _confirm(found)
        erased = erasure.Erased()
        for order in found:
            with db.transaction() as session:
                erased += erasure.erase_order(session, order.order_id, manager=staff.COMMAND_LINE)
    print(
        f"Erased {erased.orders} orders with {erased.photos} photos, {erased.files} files and "
        f"{erased.messages} messages. A worker removes the pictures within an hour; "
        "what Shopify and your mail server keep is theirs."
    )


def _found(arguments: argparse.Namespace) -> Sequence[Erasable]:
    with db.transaction() as session:
        if arguments.customer is not None:
            found = erasable.by_email(session, arguments.customer, shop=arguments.shop)
        else:
            found = erasable.by_name(session, arguments.order, shop=arguments.shop)
    if not found:
        raise NotFound("No order of that customer or name is here, or all are erased already.")
    shops = {order.shop for order in found}
    if len(shops) > 1 and arguments.customer is None:
        raise AppError(f"More than one shop has it. Say which with --shop: {', '.join(shops)}.")
    return found


def _confirm(found: Sequence[Erasable]) -> None:
    if not sys.stdin.isatty():
        raise AppError("Nobody is there to be asked: say --yes if you are sure.")
    tables.show(
        [
            {
                "order": order.name,
                "shop": order.shop,
                "photos": order.photos,
                "files": order.files,
                "messages": order.messages,
                "open": "not decided yet" if order.is_open else "",
            }
            for order in found
        ],
        as_json=False,
    )
    if any(order.is_open for order in found):
        print(
            "Orders with photos that nobody has decided on stay on hold in Shopify: "
            "nothing unapproved ships. Cancel them there, or end the hold."
        )
    answer = input("Erase the customer, the photos and all words of these for good? Type yes: ")
    if answer.strip().lower() != "yes":
        raise AppError("Nothing was erased.")

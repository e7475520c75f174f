"""`shop`: connect a shop, check it, switch it on and off."""

import argparse
import sys
from collections.abc import Callable
from getpass import getpass

from core import db, running
from core.clients import Clients, look_in
from core.commands import tables
from core.config import settings
from core.errors import AppError, Unavailable
from core.queries import going_live, shops
from core.queries.shops import ShopStanding
from core.services import connections, subscriptions
from core.services.staff import COMMAND_LINE, team
from core.ui import format, shop_words

Act = Callable[[argparse.Namespace], int | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, does: str, act: Act) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        added.set_defaults(act=act)
        return added

    def action_on_one(name: str, does: str, act: Act) -> argparse.ArgumentParser:
        added = action(name, does, act)
        added.add_argument("shop", nargs="?", help="its address; not needed where there is one")
        return added

    connect = action("connect", "connect a shop, or give it new credentials", _connect)
    connect.add_argument("shop", help="my-shop.myshopify.com, or what the admin's address bar says")
    connect.add_argument("--client-id", help="of the app; asked for where it is not given")
    connect.add_argument(
        "--token", action="store_true", help="an older app, with an access token that does not end"
    )
    tables.add_json(action("list", "list all shops", _list))
    check = action_on_one("check", "ask the shop whether all is well; ends with 1 if not", _check)
    check.add_argument("--demo-shop", metavar="URL", help="where the demo shop is, if not open")
    tables.add_json(check)
    live = action_on_one("live", "let holds, tags and mail leave", _go_live)
    first = live.add_mutually_exclusive_group(required=True)
    first.add_argument("--first", metavar="ORDER", help="the first order that counts, as 1001")
    first.add_argument("--next", action="store_true", help="count from the next order on")
    live.add_argument("--yes", action="store_true", help="do not ask")
    action_on_one("watch", "let nothing leave any more", _watch)
    action_on_one("disconnect", "forget how to get in, and keep what was decided", _disconnect)


def carry_out(arguments: argparse.Namespace) -> int | None:
    with running.database():
        act: Act = arguments.act
        return act(arguments)


def _connect(arguments: argparse.Namespace) -> None:
    if sys.stdin.isatty():
        for number, step in enumerate(shop_words.STEPS, start=1):
            print(f"{number}. {step}")
            if step.endswith(":"):
                print(f"\n   {shop_words.SCOPE_LIST}\n")
    if arguments.token:
        token, secret = _ask_secret("Access token"), _ask_secret("API secret key, or nothing")
        given = connections.credentials(arguments.shop, access_token=token, client_secret=secret)
    else:
        client_id = arguments.client_id or _ask("Client ID")
        secret = _ask_secret("Client secret")
        given = connections.credentials(arguments.shop, client_id=client_id, client_secret=secret)
    try:
        token_found, found = look_in(given)
    except Unavailable as error:
        raise AppError(shop_words.refusal(error.code)) from error
    with db.transaction() as session:
        connections.connect(session, given, token_found, found, manager=COMMAND_LINE)
        has_manager = any(member.is_active for member in team(session))
    print(f"{found.name} is connected and watched: nothing leaves before `shop live`.")
    if found.missing_scopes:
        print(f"Missing permissions: {', '.join(found.missing_scopes)}.")
    if not has_manager:
        print('Now add yourself: staff add NAME --name "Your Name" --role manager')


def _list(arguments: argparse.Namespace) -> None:
    with db.transaction() as session:
        rows = [
            {
                "shop": shop.domain,
                "name": shop.name,
                "mode": shop_words.mode(shop),
                "read": _ago(shop),
                "problem": shop_words.problem(shop.problem) if shop.problem else None,
            }
            for shop in shops.standings(session)
        ]
    tables.show(rows, as_json=arguments.json)


def _check(arguments: argparse.Namespace) -> int:
    shop_id = _one(arguments.shop).id
    loupe = running.find(settings().data_dir)
    demo_shop = arguments.demo_shop or (loupe.demo_shop if loupe else None)
    versions: tuple[str, ...] = ()
    try:
        with Clients(demo_shop=demo_shop).admin(shop_id) as client:
            found = client.check()
    except Unavailable as error:
        with db.transaction() as session:
            connections.check_failed(session, shop_id, error.code)
    else:
        versions = found.supported_versions
        with db.transaction() as session:
            connections.checked(session, shop_id, found)
    with db.transaction() as session:
        (shop,) = shops.standings(session, shop_id)
        is_told = subscriptions.address(session, shop_id) is not None
    untold = set(subscriptions.TOPICS) - set(shop.webhook_topics) if is_told else set()
    _print_check(shop, versions, is_told=is_told, as_json=arguments.json)
    is_well = not (shop.connection_error or shop.sync_error or shop.lacking or untold)
    return 0 if is_well else 1


def _print_check(
    shop: ShopStanding, versions: tuple[str, ...], *, is_told: bool, as_json: bool
) -> None:
    facts = {
        "shop": shop.domain,
        "mode": shop_words.mode(shop),
        "API version": shop.served_version or "unknown",
        "versions to be had": ", ".join(versions) or "unknown",
        "last read": _ago(shop) or "never",
        "next reading": "within a minute, while a worker runs" if shop.is_connected else "never",
        "problem": "; ".join(
            shop_words.problem(code) for code in {shop.connection_error, shop.sync_error} if code
        )
        or "none",
    }
    scopes = shop_words.scope_rows(shop.granted_scopes)
    topics = [
        {"Webhook": topic, "Set up": "Yes" if topic in shop.webhook_topics else "No"}
        for topic in subscriptions.TOPICS
    ]
    if as_json:
        tables.show_json({**facts, "permissions": scopes, "webhooks": topics})
        return
    for name, value in facts.items():
        print(f"{name:20}{value}")
    print()
    tables.show(scopes, as_json=False)
    print()
    if is_told:
        tables.show(topics, as_json=False)
    else:
        print("No webhooks: Shopify sends them only to a LOUPE_PUBLIC_URL that begins with https.")


def _go_live(arguments: argparse.Namespace) -> None:
    shop = _real_one(arguments.shop, "is always live")
    with db.transaction() as session:
        first = None if arguments.next else going_live.named(session, shop.id, arguments.first)
        effect = going_live.preview(session, shop.id, first)
    print(shop_words.preview(effect))
    if not arguments.yes and _ask("Go live? Type yes") != "yes":
        raise AppError("Nothing was changed.")
    with db.transaction() as session:
        connections.go_live(session, shop.id, first, manager=COMMAND_LINE)
    print(f"{shop.name} is live.")


def _watch(arguments: argparse.Namespace) -> None:
    shop = _real_one(arguments.shop, "is always live")
    with db.transaction() as session:
        connections.watch(session, shop.id, manager=COMMAND_LINE)
    print(f"Nothing leaves for {shop.name} any more. Holds that are in Shopify stay there.")


def _disconnect(arguments: argparse.Namespace) -> None:
    shop = _real_one(arguments.shop, "is not in Shopify: it leaves with the first real shop")
    with db.transaction() as session:
        connections.disconnect(session, shop.id, manager=COMMAND_LINE)
    print(f"{shop.name} is disconnected. Holds that are in Shopify stay there.")


def _one(pasted: str | None) -> ShopStanding:
    with db.transaction() as session:
        known = shops.standings(session)
    if pasted is not None:
        domain = connections.domain_of(pasted)
        known = [shop for shop in known if shop.domain == domain]
    if len(known) != 1:
        raise AppError(
            "Name the shop: `shop list` shows all." if known else "No such shop is connected."
        )
    return known[0]


def _real_one(pasted: str | None, demo: str) -> ShopStanding:
    """`demo` says why this is not for the demo shop: it "is always live"."""
    shop = _one(pasted)
    if shop.is_demo:
        raise AppError(f"The demo shop {demo}.")
    return shop


def _ago(shop: ShopStanding) -> str | None:
    if shop.synced_at is None:
        return None
    ago = format.ago(shop.synced_at)
    return f"tried {ago}" if shop.sync_error else ago


def _ask(what: str) -> str:
    if sys.stdin.isatty():
        return input(f"{what}: ").strip()
    return sys.stdin.readline().strip()


def _ask_secret(what: str) -> str:
    """From the terminal, unseen, or the next line of standard input; never an argument."""
    return getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()

"""What is said of a shop's connection, on its page and by its command."""

from collections.abc import Collection, Mapping, Sequence

from core.integrations.shopify.client import REQUIRED_SCOPES
from core.integrations.shopify.transport import API_VERSION
from core.queries.going_live import Preview
from core.queries.shops import ShopStanding
from core.ui import format

#: Shopify's word for a permission, and what it lets Loupe do.
SCOPES: Mapping[str, str] = {
    "read_orders": "Find new orders, and the photos on them",
    "write_orders": "Put tags and Loupe's note on orders",
    "read_customers": "Know customers' names and e-mail addresses, to write to them",
    "read_products": "Know what is printed, and how large",
    "read_merchant_managed_fulfillment_orders": "See what ships together, and what is on hold",
    "write_merchant_managed_fulfillment_orders": "Hold orders until their photos are approved",
}
SCOPE_LIST = ",".join(REQUIRED_SCOPES)

#: Where to click, in the order of clicking.
STEPS: Sequence[str] = (
    "Open the Dev Dashboard at dev.shopify.com, with the account of the shop's owner.",
    "Choose Create app, then Start from Dev Dashboard, and name it Loupe.",
    f"Under Versions, choose webhook API version {API_VERSION} and paste these scopes:",
    "Choose Release, then Install on your shop, and agree to what it asks.",
    "Under Settings, copy the client ID and the client secret.",
)

#: By `Unavailable.code`, of what connecting and reading a shop can end with.
_PROBLEMS: Mapping[str, str] = {
    "unauthorized": "Shopify refused the app's credentials. Copy the client ID and the secret once "
    "more, and see that the app is installed on this shop and belongs to its owner.",
    "no_such_shop": "Shopify knows no shop at this address.",
    "bad_domain": "Shopify knows no shop at this address.",
    "access_denied": "Shopify does not let the app do all that it needs: see the permissions.",
    "locked": "Shopify has locked the shop, or frozen it until its bill is paid.",
    "redirected": "The shop has moved to another address at Shopify.",
    "unreachable": "Shopify cannot be reached.",
    "timeout": "Shopify did not answer in time.",
    "server_error": "Shopify has an error of its own just now.",
    "throttled": "Shopify has too many requests of this shop's apps.",
    "unreadable_orders": "Some orders could not be read: the worker's log names them.",
    "demo_shop_not_running": "The demo shop is not running.",
    "stopped": "The last reading was stopped half-way. The next one goes on from there.",
}

_PASSING = frozenset({"unreachable", "timeout", "server_error", "throttled"})


def problem(code: str) -> str:
    """Of a shop that is connected."""
    return f"{_said(code)} Loupe goes on trying." if code in _PASSING else _said(code)


def refusal(code: str) -> str:
    """To somebody who has just asked one."""
    return f"{_said(code)} Try again in a moment." if code in _PASSING else _said(code)


def _said(code: str) -> str:
    return _PROBLEMS.get(code, f"Shopify answered in a way that Loupe does not know ({code}).")


def mode(shop: ShopStanding) -> str:
    """ "Live since #1001"."""
    if not shop.is_connected:
        return "Disconnected"
    if not shop.is_live:
        return "Watching"
    return f"Live since {shop.first_order}" if shop.first_order else "Live from the next order on"


def missing(scopes: Collection[str]) -> str:
    """What Loupe is not let do, and how that is put right."""
    lacking = "; ".join(f"{SCOPES[scope]} ({scope})" for scope in scopes)
    return (
        f"Not permitted yet: {lacking}. Add it to the scopes in a new version of the app, release "
        "it, agree to it in the shop, and check again."
    )


def scope_rows(granted: Collection[str]) -> list[dict[str, str]]:
    return [
        {"Permission": scope, "What for": why, "Given": "Yes" if scope in granted else "No"}
        for scope, why in SCOPES.items()
    ]


def webhooks(shop: ShopStanding) -> str:
    if shop.webhook_topics:
        topics = format.counted(len(shop.webhook_topics), "kind of change", "kinds of change")
        return f"Shopify tells of {topics} at once"
    return "Shopify tells nothing by itself: changes are found by reading, every minute"


def version(shop: ShopStanding) -> str:
    """ "" while Shopify speaks the version that we were made for."""
    if shop.served_version in (None, API_VERSION):
        return ""
    return (
        f"Shopify answers with version {shop.served_version}, since it has retired {API_VERSION}. "
        "Update Loupe soon."
    )


def preview(seen: Preview) -> str:
    """ "Holds 42 orders, mails nobody."."""
    words = [f"Holds {format.counted(seen.holds, 'order')}, mails nobody."]
    if seen.approved:
        orders = format.counted(seen.approved, "order")
        words.append(f"{orders} with all photos approved already {_go(seen.approved)} free.")
    if seen.rejected:
        photos = format.counted(seen.rejected, "photo")
        words.append(
            f"{photos} rejected while watching: nobody is told until you choose Remind under "
            "Image issues."
        )
    return " ".join(words)


def _go(orders: int) -> str:
    return "goes" if orders == 1 else "go"

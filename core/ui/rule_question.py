"""What is said before a rule about a property changes: how much hangs on it."""

from collections.abc import Mapping

from core.integrations.shopify.property_rules import folded
from core.queries.property_rules import Concerned
from core.ui.format import counted


def effect(name: str, concerned: Mapping[str, Concerned]) -> str:
    of = concerned.get(folded(name), Concerned())
    if not of.photos:
        return (
            "No photo of an open order is known from this property so far. All open orders are "
            "read again; what is found on them then is to be approved before they ship."
        )
    words = [
        f"This concerns {counted(of.photos, 'open photo')} on {counted(of.orders, 'order')}",
        *([f"{of.approved:,} of them approved"] if of.approved else []),
        *([f"{of.rejected:,} of them rejected"] if of.rejected else []),
    ]
    said = [f"{', '.join(words)}."]
    if of.approved or of.rejected:
        said.append("What is decided stays as it is.")
    if of.photos > of.approved + of.rejected:
        said.append("The others leave review, or come to it, within a minute or two.")
    return " ".join(said)

"""The managers' list of reasons, and what it begins with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.findings import judgement
from core.models import Reason

_CATALOGUE = Path(__file__).with_name("reasons.json")
_SUGGESTED = frozenset(judgement.SUGGESTS.values())


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    label: str
    customer_text: str
    may_keep: bool
    is_offered: bool
    comment_required: bool = False
    shows_picture: bool = True
    gentle_text: str | None = None  #: For an order that is asked about gently


def gentle_text(code: str) -> str | None:
    """What such an order's customer reads instead; None: the same as everybody."""
    entry = _catalogue().get(code)
    return entry.gentle_text if entry else None


def begin(session: Session, shop_id: int) -> None:
    """Give a new shop the catalogue; entries that it does not need at first are left out."""
    entries = _catalogue().values()
    offered = [entry for entry in entries if entry.is_offered]
    suggested = [entry for entry in entries if not entry.is_offered and entry.code in _SUGGESTED]
    session.execute(
        insert(Reason).on_conflict_do_nothing(index_elements=[Reason.shop_id, Reason.code]),
        [
            {
                "shop_id": shop_id,
                "code": entry.code,
                "label": entry.label,
                "customer_text": entry.customer_text,
                "may_keep": entry.may_keep,
                "comment_required": entry.comment_required,
                "shows_picture": entry.shows_picture,
                "is_offered": entry.is_offered,
                "position": position,
            }
            for position, entry in enumerate([*offered, *suggested])
        ],
    )


@cache
def _catalogue() -> Mapping[str, _Entry]:
    entries = [_Entry(**entry) for entry in json.loads(_CATALOGUE.read_text())]
    return {entry.code: entry for entry in entries}

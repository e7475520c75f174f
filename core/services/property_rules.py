"""The merchant's own word on which properties hold photos, and which never do."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.errors import NotFound, RulesTooMany
from core.integrations.shopify.property_rules import folded
from core.models import EventName, Role, Shop
from core.services import history, sync
from core.services.actors import Actor
from core.services.storable import storable

#: Of each kind. A shop has as many fields for photos as a person can name.
MOST = 200
LONGEST = 500  #: Letters, of which labels are compared


def take(session: Session, shop_id: int, name: str, *, manager: Actor) -> None:
    """Say that the pictures of one property more are photos, whatever was said before."""
    manager.require(Role.MANAGER)
    shop = _locked(session, shop_id)
    taken = [*shop.taken_properties, name]
    _change(session, shop, taken, _without(shop.ignored_properties, name), manager)


def ignore(session: Session, shop_id: int, name: str, *, manager: Actor) -> None:
    manager.require(Role.MANAGER)
    shop = _locked(session, shop_id)
    ignored = [*shop.ignored_properties, name]
    _change(session, shop, _without(shop.taken_properties, name), ignored, manager)


def forget(session: Session, shop_id: int, name: str, *, manager: Actor) -> None:
    """Leave a property to Loupe's own judgement again."""
    manager.require(Role.MANAGER)
    shop = _locked(session, shop_id)
    taken, ignored = (
        _without(names, name) for names in (shop.taken_properties, shop.ignored_properties)
    )
    _change(session, shop, taken, ignored, manager)


def _locked(session: Session, shop_id: int) -> Shop:
    shop = session.get(Shop, shop_id, with_for_update={"key_share": True}, populate_existing=True)
    if shop is None:
        raise NotFound
    return shop


def _change(
    session: Session, shop: Shop, taken: Iterable[str], ignored: Iterable[str], manager: Actor
) -> None:
    takes, ignores = _each_once(taken), _each_once(ignored)
    if max(len(takes), len(ignores)) > MOST:
        raise RulesTooMany
    if (takes, ignores) == (shop.taken_properties, shop.ignored_properties):
        return
    shop.taken_properties, shop.ignored_properties = takes, ignores
    # The names may be anything that somebody wrote, so the event only counts them.
    history.record(
        session,
        EventName.SHOP_CHANGED,
        shop_id=shop.id,
        actor=manager,
        taken_properties=len(takes),
        ignored_properties=len(ignores),
    )
    sync.refresh_anew(session, shop.id)


def _each_once(names: Iterable[str]) -> list[str]:
    cleaned = (storable(name.strip()[:LONGEST]) for name in names)
    return list({folded(name): name for name in cleaned if name}.values())


def _without(names: Iterable[str], name: str) -> list[str]:
    return [each for each in names if folded(each) != folded(name)]

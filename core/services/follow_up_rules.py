"""How a shop follows up on what it has asked its customers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core import queue
from core.errors import ChangedMeanwhile, FollowUpImplausible
from core.models import EventName, Reason, Role, Shop, WhenSilent
from core.services import history
from core.services.actors import Actor

#: Days after the mail.
DEADLINES = range(1, 91)
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    reminder_days: tuple[int, ...]  #: In ascending order, before the deadline
    answer_days: int
    when_silent: WhenSilent
    waits_for: tuple[int, ...]  #: Reasons that are waited for in any case, ascending
    gentle_words: tuple[str, ...]

    def is_plausible(self) -> bool:
        days = self.reminder_days
        is_in_time = all(0 < day < self.answer_days for day in days)
        return self.answer_days in DEADLINES and is_in_time and list(days) == sorted({*days})


def of_shop(session: Session, shop_id: int) -> FollowUpRules:
    return _rules(session, session.get_one(Shop, shop_id, populate_existing=True))


def set_rules(
    session: Session, shop_id: int, rules: FollowUpRules, *, seen: FollowUpRules, manager: Actor
) -> None:
    """For all that is asked from now on; what customers were told before stays as it is.

    Raises `FollowUpImplausible`, and `ChangedMeanwhile` if the rules are not as they were `seen`.
    """
    manager.require(Role.MANAGER)
    if not rules.is_plausible() or len(rules.gentle_words) > MOST_WORDS:
        raise FollowUpImplausible
    shop = session.get_one(
        Shop, shop_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if _rules(session, shop) != seen:
        raise ChangedMeanwhile
    shop.reminder_days, shop.answer_days = list(rules.reminder_days), rules.answer_days
    shop.when_silent = rules.when_silent
    if rules.waits_for != seen.waits_for:
        waits = Reason.id.in_(rules.waits_for)
        session.execute(
            update(Reason)
            .where(Reason.shop_id == shop_id)
            .values(when_silent=case((waits, WhenSilent.WAIT)))
        )
    if rules.gentle_words != seen.gentle_words:
        shop.gentle_words = list(rules.gentle_words)
        queue.defer(session, "flag_gentle_orders", shop_id=shop_id)
    before = asdict(seen)
    changed = {name: value for name, value in asdict(rules).items() if value != before[name]}
    history.record(session, EventName.SHOP_CHANGED, shop_id=shop_id, actor=manager, **changed)


def _rules(session: Session, shop: Shop) -> FollowUpRules:
    return FollowUpRules(
        tuple(shop.reminder_days),
        shop.answer_days,
        shop.when_silent,
        tuple(_waiting_reasons(session, shop.id)),
        tuple(shop.gentle_words),
    )


def _waiting_reasons(session: Session, shop_id: int) -> Sequence[int]:
    return session.scalars(
        select(Reason.id)
        .where(Reason.shop_id == shop_id, Reason.when_silent == WhenSilent.WAIT)
        .order_by(Reason.id)
    ).all()

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import ChangedMeanwhile, FollowUpImplausible
from core.models import Event, EventName, Reason, WhenSilent
from core.services import follow_up_rules
from core.services.follow_up_rules import FollowUpRules
from tests.cast import Cast


def of_shop(cast: Cast) -> FollowUpRules:
    return follow_up_rules.of_shop(cast.session, cast.shop.id)


def save(cast: Cast, **changes: Any) -> None:
    seen = of_shop(cast)
    follow_up_rules.set_rules(
        cast.session, cast.shop.id, replace(seen, **changes), seen=seen, manager=cast.mia
    )


def test_what_a_manager_sets_is_kept_and_noted(cast: Cast, session: Session) -> None:
    blurry = cast.reason("blurry")

    save(
        cast,
        reminder_days=(1, 4, 8),
        answer_days=10,
        when_silent=WhenSilent.GO_ON,
        waits_for=(blurry,),
    )

    assert of_shop(cast).reminder_days == (1, 4, 8)
    assert session.get_one(Reason, blurry).when_silent is WhenSilent.WAIT
    event = session.scalars(select(Event).where(Event.name == EventName.SHOP_CHANGED)).one()
    assert event.ids == {
        "reminder_days": [1, 4, 8],
        "answer_days": 10,
        "when_silent": "go_on",
        "waits_for": [blurry],
    }
    assert cast.jobs("flag_gentle_orders") == []


def test_other_gentle_words_are_looked_for_on_open_orders(cast: Cast) -> None:
    save(cast, gentle_words=("Sternenkind",))

    assert of_shop(cast).gentle_words == ("Sternenkind",)
    assert cast.jobs("flag_gentle_orders") == [{"shop_id": cast.shop.id}]


@pytest.mark.parametrize(
    "changes",
    [
        {"answer_days": 0, "reminder_days": ()},
        {"answer_days": 91},
        # On the day of the deadline, and after it, there is nothing to remind of.
        {"reminder_days": (2, 7)},
        {"reminder_days": (0,)},
        {"reminder_days": (5, 2)},
        {"reminder_days": (2, 2)},
        {"gentle_words": tuple(map(str, range(201)))},
    ],
)
def test_rules_that_make_no_sense_are_refused(cast: Cast, changes: dict[str, Any]) -> None:
    before = of_shop(cast)

    with pytest.raises(FollowUpImplausible):
        save(cast, **changes)

    assert of_shop(cast) == before


def test_of_two_managers_the_second_is_told(cast: Cast, session: Session) -> None:
    seen = of_shop(cast)
    save(cast, answer_days=9)

    with pytest.raises(ChangedMeanwhile):
        follow_up_rules.set_rules(
            session, cast.shop.id, replace(seen, answer_days=8), seen=seen, manager=cast.mia
        )

    assert of_shop(cast).answer_days == 9


def test_a_shop_may_remind_nobody(cast: Cast) -> None:
    save(cast, reminder_days=())

    assert of_shop(cast).reminder_days == ()

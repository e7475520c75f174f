"""Whom the link in a mail lets in, and how long."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core import config
from core.models import Message, MessageKind, Order, PhotoState, utc_now
from core.services import links, reversals
from core.services.links import OrderLink
from tests.cast import Cast, CastOrder, seen


def is_expired(session: Session, order: Order) -> bool | None:
    link = links.order_of(session, links.order_token(order))
    return link.is_expired if link else None


@pytest.fixture
def issue(cast: Cast) -> CastOrder:
    order = cast.order()
    cast.reject(*order.photos)
    return order


def test_the_link_opens_its_order_and_is_always_the_same(
    session: Session, issue: CastOrder
) -> None:
    token = links.order_token(issue.order)

    assert links.order_of(session, token) == OrderLink(issue.id, is_expired=False)
    assert links.order_token(issue.order) == token
    assert links.order_url(issue.order).endswith(f"/o/{token}")
    assert re.fullmatch(r"[\w-]{32}", token)


def test_no_other_text_opens_anything(session: Session, cast: Cast, issue: CastOrder) -> None:
    token, other = links.order_token(issue.order), links.order_token(cast.order().order)

    for position in range(len(token)):
        changed = "A" if token[position] != "A" else "B"
        assert links.order_of(session, token[:position] + changed + token[position + 1 :]) is None
    # The order of one with the signature of another; and what is no token at all.
    for wrong in (token[:11] + other[11:], "", token[:-1], token + "=", "é" * 32, "\0" * 32):
        assert links.order_of(session, wrong) is None


def test_the_link_of_another_installation_opens_nothing(
    session: Session, issue: CastOrder, foreign_token: Callable[[Order], str]
) -> None:
    assert links.order_of(session, foreign_token(issue.order)) is None


@pytest.fixture
def foreign_token() -> Callable[[Order], str]:
    """Make the token as a Loupe with another secret would."""

    def make(order: Order) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOUPE_SECRET_KEY", "another one")
            forget_settings()
            token = links.order_token(order)
        forget_settings()
        return token

    return make


def forget_settings() -> None:
    for cached in (config.settings, config.secret_key, links._signing_key):
        cached.cache_clear()


def test_a_higher_epoch_revokes_it(session: Session, issue: CastOrder) -> None:
    token = links.order_token(issue.order)
    issue.order.link_epoch += 1
    session.flush()

    assert links.order_of(session, token) is None
    assert is_expired(session, issue.order) is False


def test_it_works_from_the_issue_until_two_weeks_after(
    session: Session, cast: Cast, issue: CastOrder
) -> None:
    order, photo = issue.order, issue.photos[0]
    assert is_expired(session, cast.order().order) is True  # nothing has been asked
    assert is_expired(session, order) is False

    photo.state = PhotoState.APPROVED
    order.settled_at = utc_now()
    session.flush()
    assert is_expired(session, order) is False

    order.settled_at = utc_now() - timedelta(days=14, seconds=1)
    session.flush()
    assert is_expired(session, order) is True

    photo.state = PhotoState.REJECTED
    session.flush()
    assert is_expired(session, order) is False


def test_asking_anew_ends_the_old_link_and_opens_two_weeks_more(
    session: Session, cast: Cast
) -> None:
    order = cast.order().order
    old = links.order_token(order)
    expired = links.order_of(session, old)
    assert expired is not None

    renewed = links.renew(session, expired)
    assert renewed is not None
    session.add(new_link_message(renewed))
    session.flush()

    assert links.order_of(session, old) is None
    assert is_expired(session, renewed) is False
    assert links.renew(session, expired) is None  # once is enough


def test_a_link_that_works_needs_no_new_one(session: Session, issue: CastOrder) -> None:
    link = links.order_of(session, links.order_token(issue.order))
    assert link is not None

    assert links.renew(session, link) is None


def test_any_number_of_links_takes_one_statement(
    session: Session, cast: Cast, queries: list[str]
) -> None:
    orders = [cast.order().order for _ in range(5)]
    tokens = [links.order_token(order) for order in orders]
    queries.clear()

    found = links.orders_of(session, [*tokens, "nonsense"])

    assert {link.order_id for link in found} == {order.id for order in orders}
    assert len(queries) == 1


def new_link_message(order: Order) -> Message:
    return Message(
        shop_id=order.shop_id,
        order_id=order.id,
        kind=MessageKind.NEW_LINK,
        to="carl@example.org",
        subject="",
        text="",
        html="",
        header_id=f"<{order.id}@test>",
    )


def test_a_link_goes_on_working_when_the_photo_was_taken_back(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    session.refresh(placed.photos[0])

    reversals.take_back(session, seen(*placed.photos), reviewer=cast.bob)

    session.refresh(placed.order)
    link = links.order_of(session, links.order_token(placed.order))
    assert link is not None
    assert not link.is_expired


def test_no_new_link_is_made_that_could_not_be_sent(cast: Cast, session: Session) -> None:
    placed = cast.order(email=None)
    link = links.OrderLink(placed.id, is_expired=True)

    assert links.renew(session, link) is None

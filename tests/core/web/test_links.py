"""The customer's way in."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from core import db
from core.models import Base, Order, utc_now
from core.services import links
from tests.cast import Cast
from tests.serving import Served


@pytest.fixture
def issue(served: Served) -> Order:
    """An order whose customer has to answer."""
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order()
        cast.reject(*order.photos)
        return order.order


def test_the_link_becomes_a_cookie_and_leaves_the_address(served: Served, issue: Order) -> None:
    token = links.order_token(issue)
    with served.client() as client:
        answer = client.get(f"/o/{token}")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/my_photos?order={issue.id}"
    assert answer.headers["set-cookie"].startswith(f"loupe_order_{issue.id}={token};")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))


def test_a_link_that_opens_nothing_leads_to_the_kind_sentence(served: Served, issue: Order) -> None:
    token = links.order_token(issue)
    wrong = [token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "é" * 32, token * 9]
    with served.client() as client:
        answers = [client.get(f"/o/{one}") for one in wrong]

    assert {answer.headers["location"] for answer in answers} == {"/my_photos?by=link"}
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_an_expired_link_is_kept_so_that_a_new_one_can_be_asked_for(served: Served) -> None:
    with db.transaction() as session:
        order = Cast(session).order(photos=0).order
        order.settled_at = utc_now() - timedelta(days=15)
    with served.client() as client:
        answer = client.get(f"/o/{links.order_token(order)}")

    assert answer.headers["location"] == f"/my_photos?order={order.id}"
    assert f"loupe_order_{order.id}=" in answer.headers["set-cookie"]


def test_a_scanner_that_opens_the_link_changes_nothing(served: Served, issue: Order) -> None:
    before = rows()
    with served.client() as scanner:
        for _ in range(3):
            scanner.head(f"/o/{links.order_token(issue)}")
            scanner.get(f"/o/{links.order_token(issue)}", follow_redirects=True)

    assert rows() == before


def rows() -> dict[str, str | None]:
    """A fingerprint of each table."""
    with db.transaction() as session:
        return {
            name: session.scalar(
                text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} t")  # noqa: S608
            )
            for name in Base.metadata.tables
        }

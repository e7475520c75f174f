"""What every page of staff has in common."""

import pytest
from sqlalchemy.orm import Session

from core.services import staff
from tests.cast import Cast
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words

PAGES = {
    "approval": "Image approval",
    "to_check": "To check",
    "issues": "Image issues",
    "orders": "Orders",
    "ready": "Ready to print",
    "statistics": "Statistics",
    "settings": "Settings",
    "mail": "Mail",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_when_there_is_nothing(
    name: str, cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.mia)

    page = open_page(name)

    assert page.title[0].value == PAGES[name]
    assert words(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_stopped(name: str, cast: Cast, hold_cookie: Hold) -> None:
    order = cast.order()
    cast.reject(*order.photos, comment="Only for Carl")

    page = open_page(name)

    assert page.error[0].value == "You do not have permission to do this."
    assert not page.title
    assert "Carl" not in words(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_person_who_was_deactivated_is_stopped(
    name: str, cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.mia)
    staff.deactivate(session, staff.COMMAND_LINE, "mia")

    assert not open_page(name).title


@pytest.mark.parametrize("name", ["statistics", "settings"])
def test_a_processor_does_not_see_what_is_for_managers(
    name: str, cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.ada)

    assert not open_page(name).title


@pytest.mark.parametrize(
    "name", ["approval", "to_check", "issues", "orders", "ready", "statistics", "mail"]
)
def test_a_page_sends_as_many_statements_for_much_as_for_little(
    name: str, cast: Cast, session: Session, hold_cookie: Hold, queries: list[str]
) -> None:
    sign_in(session, hold_cookie, cast.mia)

    def fill(orders: int) -> int:
        for _ in range(orders):
            order = cast.order(photos=2)
            cast.reject(order.photos[0])
        queries.clear()
        page = open_page(name)
        assert not page.exception
        return len(queries)

    assert fill(1) == fill(10)

"""Guessing passwords at the sign-in form."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from core import db
from core.models import ThrottleBucket
from tests.browser.conftest import SignIn, fill_in
from tests.serving import PASSWORD, Served, serve

pytestmark = pytest.mark.browser

WRONG = "Username or password is not right."
TOO_MANY = "Too many attempts. Please try again in a few minutes."


def test_a5_guesses_count_in_all_processes_and_after_a_restart(
    browser: Browser, served: Served, sign_in: SignIn
) -> None:
    with serve(served.data_dir) as second:
        for server, passwords in ((served, ("1", "2", "3")), (second, ("4", "5"))):
            for password in passwords:
                assert answers(browser, server, password) == [WRONG, WRONG]
    # The second process has ended, and a third knows what it saw.
    with serve(served.data_dir) as third:
        assert answers(browser, third, PASSWORD) == [TOO_MANY, TOO_MANY]
    assert answers(browser, served, PASSWORD) == [TOO_MANY, TOO_MANY]

    with db.transaction() as session:
        a_minute_ago = ThrottleBucket.updated_at - timedelta(minutes=1)
        session.execute(update(ThrottleBucket).values(updated_at=a_minute_ago))

    page = browser.new_page(base_url=served.url)
    page.goto("/")
    sign_in(page, "ada")
    page.close()


def answers(browser: Browser, served: Served, password: str) -> list[str]:
    """What Ada is told, and what somebody unknown is."""
    page = browser.new_page(base_url=served.url)
    told = []
    for username in ("ada", "nobody"):
        page.goto("/")
        fill_in(page, username, password)
        alert = page.get_by_role("alert")
        expect(alert).to_be_visible(timeout=15_000)
        told.append(alert.inner_text())
    page.close()
    return told

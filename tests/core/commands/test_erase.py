import io
import sys
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text

from core import db
from core.__main__ import main
from core.models import Order
from tests.cast import Cast


@dataclass
class Shops:
    """Two of them, each with an order of the same name and customer."""

    first: str
    second: str


@pytest.fixture
def shops(committed: None) -> Shops:
    with db.transaction() as session:
        first, second = Cast(session), Cast(session)
        for cast in (first, second):
            cast.order().order.name = "#1001"
        first.order(email="eve@example.org")
    return Shops(first.shop.domain, second.shop.domain)


def left() -> list[tuple[str, str]]:
    """Shops and addresses of the orders that still have one."""
    with db.transaction() as session:
        rows = session.execute(
            text(
                "SELECT domain, orders.email FROM orders JOIN shops ON shops.id = shop_id "
                "WHERE orders.email IS NOT NULL ORDER BY orders.id"
            )
        )
        return [(row.domain, row.email) for row in rows]


def test_an_order_is_erased_and_the_others_are_not(
    shops: Shops, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["erase", "--order", "#1001", "--shop", shops.first, "--yes"])

    assert status == 0
    assert left() == [(shops.second, "carl@example.org"), (shops.first, "eve@example.org")]
    assert "Erased 1 orders with 1 photos, 1 files and 0 messages." in capsys.readouterr().out


def test_a_customer_is_erased_in_every_shop(shops: Shops) -> None:
    status = main(["erase", "--customer", "CARL@example.org", "--yes"])

    assert status == 0
    assert left() == [(shops.first, "eve@example.org")]


def test_an_order_name_of_two_shops_needs_the_shop(
    shops: Shops, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["erase", "--order", "#1001", "--yes"])

    error = capsys.readouterr().err
    assert status == 1
    assert shops.first in error
    assert shops.second in error
    assert len(left()) == 3


@pytest.mark.parametrize("whose", [["--order", "#9"], ["--customer", "nobody@example.org"]])
def test_whom_nobody_knows_is_said(
    shops: Shops, whose: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["erase", *whose, "--yes"])

    assert status == 1
    assert capsys.readouterr().err.startswith("No order of that customer or name is here")


def test_without_anybody_to_ask_nothing_is_erased(
    shops: Shops, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["erase", "--customer", "carl@example.org"])

    assert status == 1
    assert "say --yes" in capsys.readouterr().err
    with db.transaction() as session:
        assert session.scalars(select(Order.erased_at)).all() == [None, None, None]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "status", "orders"), [("yes", 0, 1), ("y", 1, 3), ("", 1, 3)])
def test_a_person_sees_what_would_go_and_is_asked(
    shops: Shops,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    status: int,
    orders: int,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))

    assert main(["erase", "--customer", "carl@example.org"]) == status

    asked = capsys.readouterr().out
    assert asked.count("not decided yet") == 2
    assert "stay on hold in Shopify" in asked
    assert len(left()) == orders

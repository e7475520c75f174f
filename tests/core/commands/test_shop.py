import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.__main__ import main
from core.integrations.shopify.client import REQUIRED_SCOPES
from core.models import Shop, ShopMode, utc_now
from core.services import subscriptions
from tests.cast import Cast
from tests.loop import GOOD, small_loop


@pytest.fixture
def domain(committed: None) -> str:
    """A real shop that is watched, with two orders."""
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        cast.shop.mode, cast.shop.live_from = ShopMode.WATCH, None
        cast.shop.granted_scopes = list(REQUIRED_SCOPES)
        for name, days in (("#1", 2), ("#2", 1)):
            placed = cast.order().order
            placed.name, placed.placed_at = name, utc_now() - timedelta(days=days)
        return cast.shop.domain


def known(domain: str) -> Shop:
    with db.transaction() as session:
        return session.scalars(select(Shop).where(Shop.domain == domain)).one()


def test_a_shop_goes_live_back_and_away(domain: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shop", "live", "--first", "1", "--yes"]) == 0
    assert "Holds 2 orders, mails nobody." in capsys.readouterr().out
    assert main(["shop", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["shop"], row["mode"]) == (domain, "Live since #1")

    assert main(["shop", "watch", domain]) == 0
    assert known(domain).mode is ShopMode.WATCH
    assert main(["shop", "disconnect", f"https://{domain}/admin"]) == 0
    assert known(domain).disconnected_at is not None


def test_nobody_goes_live_by_mistake(
    domain: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))

    status = main(["shop", "live", "--next"])

    assert status == 1
    assert "Nothing was changed." in capsys.readouterr().err
    assert known(domain).mode is ShopMode.WATCH


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["live", "--first", "9", "--yes"], "There is no order 9 in this shop"),
        (["check", "other"], "No such shop is connected."),
        (["connect", "www.paws.example", "--client-id", "1"], "not a shop's address at Shopify"),
        (["connect", "paws", "--client-id", "1"], "Paste the app's client ID and client secret"),
    ],
)
def test_what_cannot_be_done_is_said(
    domain: str,
    arguments: list[str],
    refusal: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    status = main(["shop", *arguments])

    assert status == 1
    assert refusal in capsys.readouterr().err


def test_a_secret_is_no_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["shop", "connect", "--help"])

    assert "secret" not in capsys.readouterr().out.replace("--token", "")


@pytest.mark.parametrize(
    ("faults", "status", "told"),
    [({}, 0, "none"), ({"missing_scopes": ["write_orders"]}, 1, "none")],
)
def test_a_check_says_what_the_shop_allows(
    committed: None,
    tmp_path: Path,
    faults: dict[str, object],
    status: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with small_loop(tmp_path / "shop", [[GOOD]]) as loop:
        loop.go_wrong(**faults)
        with db.transaction() as session:
            session.scalars(select(Shop)).one().webhook_topics = list(subscriptions.TOPICS)
        found = main(["shop", "check", "--json", "--demo-shop", loop.address])

    answer = json.loads(capsys.readouterr().out)
    given = {each["Permission"]: each["Given"] for each in answer["permissions"]}
    assert (found, answer["problem"]) == (status, told)
    assert given["read_orders"] == "Yes"
    assert (given["write_orders"] == "Yes") is not faults


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        (["live", "--next"], "The demo shop is always live."),
        (["watch"], "The demo shop is always live."),
        (["disconnect"], "The demo shop is not in Shopify: it leaves with the first real shop."),
    ],
)
@pytest.mark.usefixtures("committed")
def test_the_demo_shop_neither_goes_nor_comes(
    capsys: pytest.CaptureFixture[str], action: list[str], refusal: str
) -> None:
    with db.transaction() as session:
        Cast(session)

    status = main(["shop", *action])

    said = capsys.readouterr()
    assert status == 1
    assert said.out == ""
    assert refusal in said.err

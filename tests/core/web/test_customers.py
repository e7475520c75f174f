"""Signing in by e-mail over real HTTP: C1 to C4 and A7 of the list."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from obstore.store import LocalStore
from sqlalchemy import delete, select, text
from starlette.responses import Response

from core import db
from core.config import settings
from core.integrations.storage import Size, Storage
from core.models import Base, CustomerSignIn, Message, Order, ThrottleBucket, Upload
from core.services import customer_sign_in, links, sign_in_letters
from core.web import cookies
from tests.cast import Cast, CastOrder
from tests.serving import Served

CARL, DORA = "carl@example.org", "dora@example.org"


@dataclass
class Shop:
    """Carl and Dora have ordered, and are asked about their photos."""

    served: Served
    id: int
    carl: CastOrder
    dora: CastOrder

    def ask(self, browser: httpx.Client, email: str = CARL) -> httpx.Response:
        headers = {"X-Email": quote(email)}
        return browser.post(f"/customer/mail/{self.id}", headers=headers)

    def mailed(self, email: str = CARL) -> UUID:
        """Have the mail written that was asked for last, and return what lets in."""
        with db.transaction() as session:
            newest = session.scalars(
                select(CustomerSignIn.id)
                .where(CustomerSignIn.shop_id == self.id, CustomerSignIn.email == email)
                .order_by(CustomerSignIn.created_at.desc())
                .limit(1)
            ).one()
            customer_sign_in.mail(session, newest)
            assert session.scalars(select(Message.to).where(Message.sign_in_id == newest)).all()
        return newest

    def sign_in(self, browser: httpx.Client, email: str = CARL) -> None:
        self.ask(browser, email)
        assert enter(browser, sign_in_letters.code(self.mailed(email))).status_code == 201


@pytest.fixture
def shop(served: Served, tmp_path: Path) -> Shop:
    storage = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    with db.transaction() as session:
        session.execute(delete(ThrottleBucket))
        cast = Cast(session)
        carl, dora = cast.order(email="Carl@Example.org"), cast.order(email=DORA)
        for placed in (carl, dora):
            cast.reject(*placed.photos)
            file = tmp_path / "picture"
            file.write_text(placed.order.name)
            sha = storage.keep_original(file)
            for size in Size:
                storage.keep_derived(sha, size, file)
            session.get_one(Upload, placed.photos[0].upload_id).sha256 = sha
        return Shop(served, cast.shop.id, carl, dora)


def enter(browser: httpx.Client, code: str) -> httpx.Response:
    return browser.post("/customer/code", headers={"Authorization": f"Bearer {code}"})


def picture_of(placed: CastOrder) -> str:
    with db.transaction() as session:
        sha = session.get_one(Upload, placed.photos[0].upload_id).sha256
    return f"/photos/{sha}/grid"


def rows() -> dict[str, str | None]:
    """A fingerprint of each table."""
    with db.transaction() as session:
        return {
            name: session.scalar(
                text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} t")  # noqa: S608
            )
            for name in Base.metadata.tables
        }


def test_c1_an_unknown_address_gets_the_same_answer_in_the_same_time(shop: Shop) -> None:
    fastest = dict.fromkeys((CARL, "nobody@example.org"), float("inf"))
    answers: dict[str, tuple[int, bytes, list[str]]] = {}
    with shop.served.client() as browser:
        for _ in range(15):
            for email in fastest:
                browser.cookies.clear()
                with db.transaction() as session:
                    session.execute(delete(ThrottleBucket))
                began = time.perf_counter()
                answer = shop.ask(browser, email)
                fastest[email] = min(fastest[email], time.perf_counter() - began)
                answers[email] = answer.status_code, answer.content, sorted(answer.headers)

    known, unknown = fastest.values()
    assert max(known, unknown) < 1.5 * min(known, unknown)
    assert answers[CARL] == answers["nobody@example.org"]
    assert answers[CARL][:2] == (204, b"")


def test_c2_a_scanner_opens_the_link_and_the_person_still_gets_in(shop: Shop) -> None:
    with shop.served.client() as browser, shop.served.client() as scanner:
        shop.ask(browser)
        link = f"/in/{sign_in_letters.token(shop.mailed())}"
        before = rows()
        for _ in range(3):
            scanner.head(link)
            opened = scanner.get(link)
            scanner.get(opened.headers["location"])

        assert rows() == before
        assert opened.headers["location"] == "/my_photos?by=link"
        # Another browser than the one that asked.
        with shop.served.client() as phone:
            phone.get(link)
            entered = phone.post("/customer/link")
            assert entered.status_code == 201
            assert phone.get(picture_of(shop.carl)).status_code == 200


def test_the_cookies_are_the_servers_alone(shop: Shop) -> None:
    with shop.served.client() as browser:
        asked = shop.ask(browser)
        entered = enter(browser, sign_in_letters.code(shop.mailed()))

    set_, *cleared = entered.headers.get_list("set-cookie")
    assert set_.startswith(f"loupe_customer_{shop.id}=")
    for cookie in (set_, asked.headers["set-cookie"]):
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert [cookie.partition("=")[0] for cookie in cleared] == ["loupe_asking", "loupe_link"]
    assert all("Max-Age=0" in cookie for cookie in cleared)


def test_under_https_nobody_else_can_set_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_PUBLIC_URL", "https://photos.example")
    settings.cache_clear()
    response = Response()

    cookies.set_customer(response, "photos.example", 7, "token")

    monkeypatch.undo()
    settings.cache_clear()
    set_ = response.headers["set-cookie"]
    assert set_.startswith("__Host-loupe_customer_7=token;")
    assert "Secure" in set_.split("; ")


def test_c3_somebody_elses_order_is_not_there(shop: Shop) -> None:
    dora = shop.dora.photos[0].id
    with shop.served.client() as browser:
        shop.sign_in(browser)

        assert browser.get(picture_of(shop.carl)).status_code == 200
        assert browser.get(picture_of(shop.dora)).status_code == 404
        # Let in: what is not a photo is refused as such.
        assert put(browser, shop.carl.photos[0].id).status_code == 415
        assert put(browser, dora).status_code == put(browser, 0).status_code == 404


def test_c3_the_same_address_with_another_shop_is_somebody_else(shop: Shop) -> None:
    with db.transaction() as session:
        other = Cast(session)
        placed = other.order(email=CARL)
        other.reject(*placed.photos)
    with shop.served.client() as browser:
        shop.sign_in(browser)

        assert browser.get(picture_of(placed)).status_code == 404
        assert put(browser, placed.photos[0].id).status_code == 404


def put(browser: httpx.Client, photo_id: int) -> httpx.Response:
    return browser.put(f"/uploads/{photo_id}", content=b"Dear shop")


def test_c4_a_flood_of_requests_is_three_mails_and_all_are_answered_alike(shop: Shop) -> None:
    with shop.served.client() as browser:
        answers = {shop.ask(browser).status_code for _ in range(10)}
    with db.transaction() as session:
        asked = session.scalars(
            select(CustomerSignIn.id).where(CustomerSignIn.shop_id == shop.id)
        ).all()

    assert answers == {204}
    assert len(asked) == 3


def test_one_place_that_asks_too_often_is_told_to_wait(shop: Shop) -> None:
    with shop.served.client() as browser:
        answers = [shop.ask(browser, f"{number}@example.org") for number in range(30)]

    assert answers[0].status_code == 204
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"] == "Too many attempts. Please try again in a few minutes."


def by_link(browser: httpx.Client, sign_in_id: UUID) -> int:
    browser.get(f"/in/{sign_in_letters.token(sign_in_id)}")
    return browser.post("/customer/link").status_code


def by_code(browser: httpx.Client, sign_in_id: UUID) -> int:
    return enter(browser, sign_in_letters.code(sign_in_id)).status_code


@pytest.mark.parametrize(
    "ways", [[by_link] * 8, [by_code] * 5, [by_link, by_code] * 4], ids=["link", "code", "both"]
)
def test_a7_of_many_at_once_one_gets_in(
    shop: Shop, ways: list[Callable[[httpx.Client, UUID], int]]
) -> None:
    with shop.served.client() as browser:
        shop.ask(browser)
        held = dict(browser.cookies)
    sign_in_id = shop.mailed()

    def attempt(way: Callable[[httpx.Client, UUID], int]) -> int:
        with shop.served.client(**held) as one:
            return way(one, sign_in_id)

    with ThreadPoolExecutor(len(ways)) as pool:
        answers = list(pool.map(attempt, ways))

    assert sorted(answers) == [201] + [403] * (len(ways) - 1)


def test_guesses_that_come_at_once_are_five(shop: Shop) -> None:
    with shop.served.client() as browser:
        shop.ask(browser)
        right = sign_in_letters.code(shop.mailed())
        wrong = [f"{(int(right) + more) % 10**6:06d}" for more in range(1, 17)]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda code: enter(browser, code), wrong))

        assert {answer.status_code for answer in answers} == {403}
        assert answers[0].json()["error"].startswith("This code does not fit")
        assert enter(browser, right).status_code == 403
    with db.transaction() as session:
        tries = select(CustomerSignIn.tries).where(CustomerSignIn.shop_id == shop.id)
        assert session.scalars(tries).one() == customer_sign_in.TRIES


def test_a_code_is_worth_nothing_in_another_browser(shop: Shop) -> None:
    with shop.served.client() as browser, shop.served.client() as other:
        shop.ask(browser)
        code = sign_in_letters.code(shop.mailed())
        shop.ask(other, DORA)

        assert enter(other, code).status_code == 403
        assert enter(browser, code).status_code == 201


def test_signing_out_ends_the_session_wherever_its_cookie_is(shop: Shop) -> None:
    with shop.served.client() as browser:
        shop.sign_in(browser)
        held = dict(browser.cookies)

        left = browser.delete(f"/customer/{shop.id}")

    assert left.status_code == 204
    assert f'loupe_customer_{shop.id}=""' in left.headers["set-cookie"]
    with shop.served.client(**held) as thief:
        assert thief.get(picture_of(shop.carl)).status_code == 404


def test_signing_out_leaves_nothing_open_on_a_shared_computer(shop: Shop) -> None:
    with db.transaction() as session:
        link = links.order_token(session.get_one(Order, shop.carl.id))
    with shop.served.client() as browser:
        browser.get(f"/o/{link}")
        shop.sign_in(browser)

        browser.delete(f"/customer/{shop.id}")

        assert browser.get(picture_of(shop.carl)).status_code == 404
        # The mail still opens the order, for whoever has it.
        browser.get(f"/o/{link}")
        assert browser.get(picture_of(shop.carl)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/customer/mail/1"),
        ("POST", "/customer/code"),
        ("POST", "/customer/link"),
        ("DELETE", "/customer/1"),
    ],
)
def test_a9_another_sites_page_can_do_none_of_it(shop: Shop, method: str, path: str) -> None:
    with httpx.Client(base_url=shop.served.url, trust_env=False) as other_site:
        for headers in ({}, {"Origin": shop.served.url}, {"X-Loupe": "1"}):
            assert other_site.request(method, path, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["x", "é" * 43, "A" * 43])
def test_a_link_that_opens_nothing_leads_to_the_kind_sentence(shop: Shop, token: str) -> None:
    with shop.served.client() as browser:
        opened = browser.get(f"/in/{token}")
        entered = browser.post("/customer/link")

    assert opened.headers["location"] == "/my_photos?by=link"
    assert "set-cookie" not in opened.headers
    assert entered.status_code == 403
    assert entered.json()["error"].startswith("This link has been used")


def test_a_shop_nobody_knows_is_not_found(shop: Shop) -> None:
    with shop.served.client() as browser:
        shop.id = 0
        assert shop.ask(browser).status_code == 404

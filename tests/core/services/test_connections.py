from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import (
    ChangedMeanwhile,
    CredentialsMissing,
    NotAShopAddress,
    NotFound,
    OwnAccountNeeded,
    ScopesMissing,
)
from core.integrations.shopify.client import REQUIRED_SCOPES, Connection
from core.integrations.shopify.tokens import Token
from core.models import (
    Event,
    EventName,
    Message,
    MessageState,
    Order,
    PhotoState,
    Reason,
    Shop,
    ShopMode,
    Staff,
    WithdrawnBecause,
    utc_now,
)
from core.queries import access, going_live, reasons, shops, sync_state
from core.queries.going_live import Preview
from core.sealing import unseal
from core.services import connections, demo, messages, webhooks
from core.services.shops import Switch, switch
from core.services.staff import COMMAND_LINE
from tests.cast import Cast, CastOrder, seen

DOMAIN = "paws.myshopify.com"


@pytest.fixture
def real(session: Session) -> Cast:
    """A real shop that has just been connected."""
    cast = Cast(session, is_demo=False)
    cast.shop.mode, cast.shop.live_from = ShopMode.WATCH, None
    cast.shop.granted_scopes = list(REQUIRED_SCOPES)
    session.flush()
    return cast


def connect(session: Session, *, signed_with: str = "shpss_1", domain: str = DOMAIN) -> Shop:
    given = connections.credentials(domain, client_id="id", client_secret=signed_with)
    found = Connection(
        name="Paws",
        email="hello@paws.example",
        domain=domain,
        time_zone="Europe/Berlin",
        scopes=frozenset(REQUIRED_SCOPES),
        missing_scopes=(),
        served_version="2026-10",
        supported_versions=("2026-10",),
    )
    shop_id = connections.connect(
        session, given, Token(SecretStr("shpat_1"), None), found, manager=COMMAND_LINE
    )
    session.expire_all()
    return session.get_one(Shop, shop_id)


def events(session: Session, shop: Shop) -> list[EventName]:
    return list(
        session.scalars(select(Event.name).where(Event.shop_id == shop.id).order_by(Event.id))
    )


def placed(order: CastOrder, *, days_ago: float) -> CastOrder:
    order.order.placed_at = utc_now() - timedelta(days=days_ago)
    order.cast.session.flush()
    return order


@pytest.mark.parametrize(
    "pasted",
    [
        "paws.myshopify.com",
        "  Paws.MyShopify.com ",
        "paws",
        "https://paws.myshopify.com/",
        "http://paws.myshopify.com/admin/orders?x=1",
        "https://admin.shopify.com/store/paws/orders",
        "admin.shopify.com/store/paws",
        "https://paws.myshopify.com:443",
    ],
)
def test_a_shop_is_known_by_whatever_was_pasted(pasted: str) -> None:
    assert connections.domain_of(pasted) == DOMAIN


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "www.paws.example",  # where its customers know it
        "paws.myshopify.com.evil.example",
        "paws.myshopify.com@evil.example",
        "-paws",
        "pa ws",
        "https://admin.shopify.com/",
        "https://[paws",
        "päws",
    ],
)
def test_what_is_no_shop_is_refused(pasted: str) -> None:
    with pytest.raises(NotAShopAddress):
        connections.domain_of(pasted)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_id": "id"},
        {"client_secret": "secret"},
        {"client_id": "id", "access_token": " "},
    ],
)
def test_half_of_the_credentials_are_not_enough(given: dict[str, str]) -> None:
    with pytest.raises(CredentialsMissing):
        connections.credentials(DOMAIN, **given)


def test_a_new_shop_is_watched_and_its_secrets_are_sealed(session: Session) -> None:
    shop = connect(session)

    assert (shop.mode, shop.name, shop.time_zone) == (ShopMode.WATCH, "Paws", "Europe/Berlin")
    assert b"shpss_1" not in shop.client_secret
    assert unseal(shop.client_secret) == "shpss_1"
    assert shop.access_token is not None
    assert unseal(shop.access_token) == "shpat_1"
    assert session.scalars(select(Reason).where(Reason.shop_id == shop.id)).first() is not None
    assert events(session, shop) == [EventName.SHOP_CONNECTED]
    assert shop.id in sync_state.shop_ids(session)


def test_connecting_again_changes_the_credentials_and_nothing_else(real: Cast) -> None:
    session, known = real.session, real.shop
    order = real.order()
    known.mode, known.live_from = ShopMode.LIVE, utc_now()
    session.flush()

    shop = connect(session, signed_with="shpss_2", domain=known.domain)

    assert shop.id == known.id
    assert shop.mode is ShopMode.LIVE
    assert unseal(shop.client_secret) == "shpss_2"
    assert shop.old_client_secret is not None
    assert unseal(shop.old_client_secret) == "secret"
    assert session.get(Order, order.id) is not None


def test_an_old_secret_is_good_for_a_day_and_the_same_again_does_not_revive_it(
    session: Session,
) -> None:
    shop = connect(session, signed_with="shpss_1")
    until = connect(session, signed_with="shpss_2").old_secret_until

    assert until is not None
    assert timedelta(hours=23) < until - utc_now() <= timedelta(days=1)
    assert webhooks.senders(session)[DOMAIN].secrets == (b"shpss_2", b"shpss_1")

    shop.old_secret_until = over = utc_now() - timedelta(seconds=1)
    session.flush()
    connect(session, signed_with="shpss_2")

    assert shop.old_secret_until == over
    assert webhooks.senders(session)[DOMAIN].secrets == (b"shpss_2", b"shpss_2")


def test_each_connection_begins_anew(session: Session) -> None:
    first = connect(session).connected_at
    second = connect(session).connected_at

    assert first is not None
    assert second is not None
    assert first < second


def test_a_shop_that_returns_is_only_watched(real: Cast) -> None:
    session = real.session
    connections.disconnect(session, real.shop.id, manager=real.mia)
    assert real.shop.id not in sync_state.shop_ids(session)

    shop = connect(session, domain=real.shop.domain)

    assert (shop.mode, shop.disconnected_at) == (ShopMode.WATCH, None)
    assert shop.id in sync_state.shop_ids(session)


def test_the_demo_leaves_when_a_real_shop_comes(session: Session) -> None:
    demo.ensure(session, client_id="id", client_secret="secret", password="a good password")
    cast = Cast(session)
    cast.shop.is_demo = False
    shop = session.scalars(select(Shop).where(Shop.is_demo)).one()
    cast.shop = shop
    (photo,) = cast.order().photos

    connect(session)

    session.refresh(photo)
    assert (photo.state, photo.withdrawn_because) == (
        PhotoState.WITHDRAWN,
        WithdrawnBecause.DEMO,
    )
    assert shop.id not in sync_state.shop_ids(session)
    assert shop.id not in shops.names(session)
    assert shop.id not in {reason.shop_id for reason in reasons.active(session)}
    assert not access.is_demo(session)
    assert not session.scalars(select(Staff).where(Staff.is_demo, Staff.is_active)).all()
    assert not demo.ensure(session, client_id="id", client_secret="s", password="a good password")


def test_the_demos_people_connect_no_real_shop(cast: Cast, session: Session) -> None:
    session.get_one(Staff, cast.mia.id).is_demo = True
    session.flush()

    with pytest.raises(OwnAccountNeeded):
        connections.admit(session, cast.mia)


def test_the_demo_shop_is_not_taken_for_a_real_one(cast: Cast, session: Session) -> None:
    with pytest.raises(NotAShopAddress):
        connect(session, domain=cast.shop.domain)


def test_a_shop_that_is_disconnected_keeps_its_data_and_sends_nothing(real: Cast) -> None:
    session, order = real.session, real.order()
    go_live(real)
    real.reject(*order.photos)
    messages.queue_issue_mail(session, order.id)
    mail = session.scalars(select(Message).where(Message.order_id == order.id)).one()

    connections.disconnect(session, real.shop.id, manager=real.mia)

    session.refresh(mail)
    session.refresh(real.shop)
    assert mail.state is MessageState.DROPPED
    assert real.shop.access_token is None
    assert not session.get_one(Order, order.id).cancelled_at
    assert events(session, real.shop)[-1] is EventName.SHOP_DISCONNECTED
    with pytest.raises(ChangedMeanwhile):
        connections.disconnect(session, real.shop.id, manager=real.mia)


def test_an_app_that_was_removed_is_noted_once(real: Cast) -> None:
    for _ in range(2):
        connections.uninstalled(real.session, real.shop.id)

    assert events(real.session, real.shop) == [EventName.SHOP_DISCONNECTED]


def go_live(real: Cast, first: CastOrder | None = None) -> None:
    """From an order on, or else from the oldest."""
    session = real.session
    if first is None:
        first = placed(real.order(), days_ago=30)
    connections.go_live(session, real.shop.id, first.id, manager=real.mia)
    session.refresh(real.shop)


def test_going_live_holds_the_orders_that_count_and_leaves_older_ones_alone(real: Cast) -> None:
    old, first, later = (placed(real.order(), days_ago=days) for days in (9, 5, 1))
    shipped = placed(real.order(), days_ago=2)
    shipped.order.is_fulfilled = True
    real.session.flush()

    go_live(real, first)

    held = {job["order_id"] for job in real.jobs("tell_shopify")}
    assert held == {first.id, later.id}
    assert old.id not in held
    assert events(real.session, real.shop)[-1] is EventName.SHOP_WENT_LIVE


def test_what_was_decided_while_watching_counts_and_is_said_to_nobody(real: Cast) -> None:
    approved, rejected = (placed(real.order(), days_ago=2) for _ in range(2))
    real.approve(*approved.photos)
    real.reject(*rejected.photos)

    effect = going_live.preview(real.session, real.shop.id, approved.id)
    go_live(real, approved)

    assert effect == Preview(holds=1, approved=1, rejected=1)
    assert messages.queue_issue_mail(real.session, rejected.id) is None
    assert real.session.scalars(select(Message)).all() == []
    assert approved.id in {job["order_id"] for job in real.jobs("tell_shopify")}


def test_staff_may_tell_a_customer_what_was_rejected_while_watching(real: Cast) -> None:
    rejected = placed(real.order(), days_ago=2)
    real.reject(*rejected.photos)
    real.session.expire_all()
    go_live(real, rejected)

    reminded = messages.remind(real.session, seen(*rejected.photos), actor=real.ada)

    assert reminded.done == [rejected.photos[0].id]


def test_what_is_rejected_after_going_live_is_said(real: Cast) -> None:
    order = placed(real.order(), days_ago=2)
    go_live(real, order)

    real.reject(*order.photos)
    messages.queue_issue_mail(real.session, order.id)

    assert real.session.scalars(select(Message.order_id)).all() == [order.id]


def test_from_the_next_order_on_nothing_is_held(real: Cast) -> None:
    real.order()

    effect = going_live.preview(real.session, real.shop.id, None)
    connections.go_live(real.session, real.shop.id, None, manager=real.mia)

    assert effect.holds == 0
    assert real.jobs("tell_shopify") == []


def test_of_two_managers_who_go_live_the_second_is_told(real: Cast) -> None:
    go_live(real)

    with pytest.raises(ChangedMeanwhile):
        connections.go_live(real.session, real.shop.id, None, manager=real.mia)


def test_a_shop_without_its_permissions_does_not_go_live(real: Cast) -> None:
    real.shop.granted_scopes = ["read_orders", "read_customers", "read_products"]
    real.session.flush()

    with pytest.raises(ScopesMissing):
        connections.go_live(real.session, real.shop.id, None, manager=real.mia)


def test_a_permission_is_not_missed_for_what_is_switched_off(real: Cast) -> None:
    real.shop.granted_scopes = [scope for scope in REQUIRED_SCOPES if scope != "write_orders"]
    real.session.flush()
    assert shops.lacking(real.shop) == ["write_orders"]

    for each in (Switch.TAGS, Switch.METAFIELD):
        switch(real.session, real.shop.id, each, False, manager=real.mia)

    assert shops.lacking(real.shop) == []


def test_a_shop_goes_live_from_an_order_of_its_own(real: Cast) -> None:
    other = Cast(real.session, is_demo=False).order()

    with pytest.raises(NotFound):
        connections.go_live(real.session, real.shop.id, other.id, manager=real.mia)


def test_back_to_watching_no_mail_leaves(real: Cast) -> None:
    session, order = real.session, placed(real.order(), days_ago=1)
    go_live(real, order)
    connections.watch(session, real.shop.id, manager=real.mia)

    real.reject(*order.photos)
    messages.queue_issue_mail(session, order.id)

    assert session.scalars(select(Message)).all() == []
    with pytest.raises(ChangedMeanwhile):
        connections.watch(session, real.shop.id, manager=real.mia)


def test_a_shop_says_how_it_is_doing(real: Cast) -> None:
    first = placed(real.order(), days_ago=1)
    go_live(real, first)
    connections.check_failed(real.session, real.shop.id, "unauthorized")

    (shop,) = shops.standings(real.session)

    assert (shop.is_live, shop.first_order) == (True, first.order.name)
    assert shop.problem == "unauthorized"

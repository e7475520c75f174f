import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import AddressImplausible, NotFound
from core.models import Event, EventName, Message, MessageState, Order, utc_now
from core.services import addresses, links, messages
from tests.cast import Cast, seen
from tests.core.services.orders import changed, line, record, shopify_order


def test_mail_goes_where_staff_say(cast: Cast, session: Session) -> None:
    placed = cast.order(email=None)
    cast.reject(*placed.photos)
    session.refresh(placed.photos[0])

    addresses.correct(session, placed.id, " carla@example.org ", actor=cast.bob)
    messages.remind(session, seen(*placed.photos), actor=cast.bob)

    mail = session.scalars(select(Message).where(Message.order_id == placed.id)).one()
    assert mail.to == "carla@example.org"
    assert (placed.order.email, placed.order.mail_to) == (None, "carla@example.org")
    changed = session.scalars(select(Event).where(Event.name == EventName.ORDER_CHANGED)).one()
    assert changed.staff_id == cast.bob.id
    assert "carla" not in str(changed.ids)


def test_what_is_read_from_shopify_does_not_change_it_back(cast: Cast, session: Session) -> None:
    read = shopify_order(line("rex"))
    record(session, cast, read)
    order = session.scalars(select(Order).where(Order.shopify_id == read.id)).one()

    addresses.correct(session, order.id, "carla@example.org", actor=cast.bob)
    record(session, cast, changed(read, email="carl@example.net"))

    session.refresh(order)
    assert (order.email, order.address) == ("carl@example.net", "carla@example.org")


def test_what_waits_to_be_sent_goes_there_too(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    messages.queue_issue_mail(session, placed.id)

    addresses.correct(session, placed.id, "carla@example.org", actor=cast.bob)

    mail = session.scalars(select(Message).where(Message.order_id == placed.id)).one()
    session.refresh(mail)
    assert (mail.state, mail.to) == (MessageState.QUEUED, "carla@example.org")


def test_whoever_reads_the_mail_of_the_address_before_is_let_in_no_more(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    messages.queue_issue_mail(session, placed.id)
    before = links.order_token(placed.order)

    addresses.correct(session, placed.id, "carla@example.org", actor=cast.bob)

    assert links.order_of(session, before) is None
    now = links.order_token(placed.order)
    assert links.order_of(session, now) is not None
    mail = session.scalars(select(Message).where(Message.order_id == placed.id)).one()
    session.refresh(mail)
    for part in (mail.text, mail.html):
        assert now in part
        assert before not in part


def test_shopifys_own_address_is_no_correction(cast: Cast, session: Session) -> None:
    placed = cast.order()
    addresses.correct(session, placed.id, "carla@example.org", actor=cast.bob)

    addresses.correct(session, placed.id, "carl@example.org", actor=cast.bob)

    assert placed.order.mail_to is None


@pytest.mark.parametrize(
    "address",
    [
        *("", "carl", "carl@", "@example.org", "carl@example", "carl@example.org, eve@example.org"),
        *("carl@example.org\nBcc: eve@example.org", "Carl <carl@example.org>", "a b@example.org"),
        "c" * 250 + "@example.org",
        "carl@example.org\0",
    ],
)
def test_what_cannot_be_an_address_is_refused(cast: Cast, session: Session, address: str) -> None:
    placed = cast.order()

    with pytest.raises(AddressImplausible):
        addresses.correct(session, placed.id, address, actor=cast.bob)

    assert placed.order.mail_to is None


@pytest.mark.parametrize("address", ["o'neil+loupe@example.co.uk", "käthe@münchen.example"])
def test_unusual_addresses_are_taken(cast: Cast, session: Session, address: str) -> None:
    placed = cast.order()

    addresses.correct(session, placed.id, address, actor=cast.bob)

    assert placed.order.address == address


def test_an_order_that_names_nobody_stays_so(cast: Cast, session: Session) -> None:
    placed = cast.order(email=None)
    placed.order.erased_at = utc_now()
    session.flush()

    with pytest.raises(NotFound):
        addresses.correct(session, placed.id, "carl@example.org", actor=cast.bob)

"""Who may give which command: the written matrix, and that every command is in it."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy.orm import Session

from core import services
from core.errors import AppError, NotAllowed, NotFound
from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality
from core.integrations.shopify.client import Connection
from core.integrations.shopify.tokens import Token
from core.models import OrderNoteKind, Role
from core.services import (
    addresses,
    connections,
    decisions,
    drafts,
    edits,
    erasure,
    errands,
    follow_up_rules,
    follow_ups,
    gentle,
    hand_overs,
    holds,
    mail_tests,
    messages,
    notes,
    order_notes,
    outbox,
    privacy,
    products,
    property_rules,
    replacements,
    response_undos,
    responses,
    reversals,
    shops,
    staff,
    uploads,
)
from core.services.actors import Actor, Guest
from core.services.connections import Credentials
from core.services.hand_overs import SeenOrder
from core.services.products import Made, Rules
from core.services.replacements import SeenChange
from core.services.shops import Switch
from tests.cast import PICTURE, Cast, CastOrder, seen

PASSWORD = "correct horse"
RULES = Rules(Quality(200, 100, 800), LengthUnit.CM)

GIVEN = Credentials("paws.myshopify.com", "id", SecretStr("secret"), None)
TOKEN = Token(SecretStr("token"), None)
FOUND = Connection(
    name="Paws",
    email="hello@paws.example",
    domain="paws.myshopify.com",
    time_zone="Europe/Berlin",
    scopes=frozenset(),
    missing_scopes=(),
    served_version="2026-10",
    supported_versions=("2026-10",),
)


def changed(order: CastOrder) -> SeenChange:
    (photo, *_) = order.photos
    return SeenChange(photo.id, photo.version, "https://cdn.shopify.com/new.jpg")


Give = Callable[[Session, CastOrder, Actor], object]

#: How each command is given about an order: those of everybody on the staff, and managers' alone.
PROCESSORS: dict[str, Give] = {
    "addresses.correct": lambda session, order, who: addresses.correct(
        session, order.id, "carla@example.org", actor=who
    ),
    "decisions.approve": lambda session, order, who: decisions.approve(
        session, seen(*order.photos), reviewer=who, batch=uuid4()
    ),
    "decisions.ask_customer": lambda session, order, who: decisions.ask_customer(
        session,
        seen(*order.photos),
        reasons=[order.cast.reason("blurry")],
        comment="",
        reviewer=who,
        batch=uuid4(),
    ),
    "decisions.reject": lambda session, order, who: decisions.reject(
        session,
        seen(*order.photos),
        reasons=[order.cast.reason("blurry")],
        comment="",
        reviewer=who,
        batch=uuid4(),
    ),
    "decisions.set_aside": lambda session, order, who: decisions.set_aside(
        session, seen(*order.photos), reviewer=who, batch=uuid4()
    ),
    "edits.record": lambda session, order, who: edits.record(
        session, seen(*order.photos)[0], PICTURE, actor=who
    ),
    "edits.revert": lambda session, order, who: edits.revert(
        session, seen(*order.photos)[0], actor=who
    ),
    "edits.wanted": lambda session, order, who: edits.wanted(
        session, seen(*order.photos)[0], actor=who
    ),
    "errands.try_again": lambda session, order, who: errands.try_again(
        session, order.id, actor=who
    ),
    "hand_overs.mark": lambda session, order, who: hand_overs.mark(
        session, [SeenOrder(order.id, seen(*order.photos))], actor=who
    ),
    "gentle.say": lambda session, order, who: gentle.say(session, [order.id], True, actor=who),
    "holds.hold_again": lambda session, order, who: holds.hold_again(session, order.id, actor=who),
    "messages.remind": lambda session, order, who: messages.remind(
        session, seen(*order.photos), actor=who
    ),
    "notes.leave_for_manager": lambda session, order, who: notes.leave_for_manager(
        session, seen(*order.photos), note="Is this her dog?", actor=who, request=uuid4()
    ),
    "order_notes.write": lambda session, order, who: order_notes.write(
        session, order.id, OrderNoteKind.PHONED, "", actor=who, request=uuid4()
    ),
    "outbox.send_again": lambda session, order, who: outbox.send_again(session, 0, actor=who),
    "outbox.take_as_sent": lambda session, order, who: outbox.take_as_sent(session, 0, actor=who),
    "replacements.keep": lambda session, order, who: replacements.keep(
        session, changed(order), actor=who
    ),
    "replacements.use_new": lambda session, order, who: replacements.use_new(
        session, changed(order), actor=who
    ),
    "responses.admit": lambda session, order, who: responses.admit(
        session, *seen(*order.photos), actor=who
    ),
    "responses.attach": lambda session, order, who: responses.attach(
        session, seen(*order.photos)[0], PICTURE, actor=who
    ),
    "responses.decide_for_customer": lambda session, order, who: responses.decide_for_customer(
        session, seen(*order.photos), why="She said so on the phone", actor=who
    ),
    "reversals.take_back": lambda session, order, who: reversals.take_back(
        session, seen(*order.photos), reviewer=who
    ),
    "reversals.undo": lambda session, order, who: reversals.undo(session, uuid4(), reviewer=who),
    "uploads.try_again": lambda session, order, who: uploads.try_again(
        session, seen(*order.photos), actor=who
    ),
    "uploads.try_all_again": lambda session, order, who: uploads.try_all_again(
        session, "timeout", actor=who
    ),
}
MANAGERS: dict[str, Give] = {
    "connections.admit": lambda session, order, who: connections.admit(session, who),
    "connections.connect": lambda session, order, who: connections.connect(
        session, GIVEN, TOKEN, FOUND, manager=who
    ),
    "connections.disconnect": lambda session, order, who: connections.disconnect(
        session, order.shop_id, manager=who
    ),
    "connections.go_live": lambda session, order, who: connections.go_live(
        session, order.shop_id, None, manager=who
    ),
    "connections.watch": lambda session, order, who: connections.watch(
        session, order.shop_id, manager=who
    ),
    "erasure.erase_customer": lambda session, order, who: erasure.erase_customer(
        session, order.shop_id, "carl@example.org", manager=who
    ),
    "erasure.erase_order": lambda session, order, who: erasure.erase_order(
        session, order.id, manager=who
    ),
    "follow_up_rules.set_rules": lambda session, order, who: follow_up_rules.set_rules(
        session,
        order.shop_id,
        follow_up_rules.of_shop(session, order.shop_id),
        seen=follow_up_rules.of_shop(session, order.shop_id),
        manager=who,
    ),
    "hand_overs.set_pattern": lambda session, order, who: hand_overs.set_pattern(
        session, order.shop_id, "{order}", manager=who
    ),
    "mail_tests.admit": lambda session, order, who: mail_tests.admit(session, manager=who),
    "privacy.answer": lambda session, order, who: privacy.answer(session, 1, manager=who),
    "products.correct_size": lambda session, order, who: products.correct_size(
        session, 1, None, manager=who
    ),
    "products.set_making": lambda session, order, who: products.set_making(
        session, 1, Made(Making.DRAWN, 0), seen=Made(Making.PRINTED, 0), manager=who
    ),
    "products.set_photos_needed": lambda session, order, who: products.set_photos_needed(
        session, 1, 2, manager=who
    ),
    "products.set_quality": lambda session, order, who: products.set_quality(
        session, order.shop_id, RULES, seen=RULES, manager=who
    ),
    "property_rules.forget": lambda session, order, who: property_rules.forget(
        session, order.shop_id, "Photo", manager=who
    ),
    "property_rules.ignore": lambda session, order, who: property_rules.ignore(
        session, order.shop_id, "Photo", manager=who
    ),
    "property_rules.take": lambda session, order, who: property_rules.take(
        session, order.shop_id, "Photo", manager=who
    ),
    "reversals.reopen": lambda session, order, who: reversals.reopen(
        session, seen(*order.photos), manager=who
    ),
    "shops.distrust_host": lambda session, order, who: shops.distrust_host(
        session, order.shop_id, "photos.example.org", manager=who
    ),
    "shops.set_retention": lambda session, order, who: shops.set_retention(
        session, order.shop_id, 90, manager=who
    ),
    "shops.set_review_hours": lambda session, order, who: shops.set_review_hours(
        session, order.shop_id, 12, manager=who
    ),
    "shops.switch": lambda session, order, who: shops.switch(
        session, order.shop_id, Switch.TAGS, False, manager=who
    ),
    "shops.trust_host": lambda session, order, who: shops.trust_host(
        session, order.shop_id, "photos.example.org", manager=who
    ),
    "staff.add": lambda session, order, who: staff.add(
        session,
        who,
        username="zoe",
        name="Zoë",
        role=Role.PROCESSOR,
        password=PASSWORD,
    ),
    "staff.change_role": lambda session, order, who: staff.change_role(
        session, who, "bob", Role.MANAGER
    ),
    "staff.deactivate": lambda session, order, who: staff.deactivate(session, who, "bob"),
    "staff.set_password": lambda session, order, who: staff.set_password(
        session, who, "bob", PASSWORD
    ),
    "staff.sign_out_everywhere": lambda session, order, who: staff.sign_out_everywhere(
        session, who, "bob"
    ),
    "uploads.trust_host": lambda session, order, who: uploads.trust_host(
        session, order.shop_id, "photos.example.org", manager=who
    ),
}


def give_more_time(session: Session, order: CastOrder, who: Guest) -> None:
    """This order is a gentle one, and the other is not."""
    order.order.is_gentle = True
    session.flush()
    follow_ups.give_more_time(session, who)


#: What a customer may do, about a photo of their own order and of no other.
CUSTOMERS: dict[str, Callable[[Session, CastOrder, Guest], object]] = {
    "drafts.add": lambda session, order, who: drafts.add(session, who, order.photos[0].id, PICTURE),
    "drafts.admit": lambda session, order, who: drafts.admit(session, who, order.photos[0].id),
    "response_undos.undo": lambda session, order, who: take_back(session, order, who),
    "follow_ups.give_more_time": lambda session, order, who: give_more_time(session, order, who),
    "responses.ask": lambda session, order, who: responses.ask(
        session, who, *seen(*order.photos), message="When will it be sent?"
    ),
    "responses.keep": lambda session, order, who: responses.keep(
        session, who, *seen(*order.photos), words_shown="Print it as it is."
    ),
    "responses.replace": lambda session, order, who: responses.replace(
        session,
        who,
        *seen(*order.photos),
        draft_id=drafts.add(session, order.carl, order.photos[0].id, PICTURE).id,
    ),
    "responses.issue_of": lambda session, order, who: responses.issue_of(
        session, who, order.photos[0].id
    ),
}


def take_back(session: Session, order: CastOrder, who: Guest) -> None:
    (photo,) = order.photos
    if photo.response_id is None:
        responses.ask(session, order.carl, *seen(photo), message="When will it be sent?")
        session.refresh(photo)
    response_undos.undo(session, who, *seen(photo))


def commands(kind: type) -> Iterator[str]:
    """Every function of a service that is told who acts."""
    for module in pkgutil.iter_modules(services.__path__):
        found = import_module(f"core.services.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if function.__module__ != found.__name__ or name.startswith("_"):
                continue
            told = inspect.signature(function, eval_str=True).parameters.values()
            if any(kind.__name__ in str(parameter.annotation) for parameter in told):
                yield f"{module.name}.{name}"


def test_a8_every_command_is_in_the_matrix() -> None:
    # They are told, and ask nothing.
    recorders = {"history.record", "history.record_photo", "outbox.add"}

    assert set(commands(Actor)) - recorders == {*PROCESSORS, *MANAGERS}
    assert set(commands(Guest)) == set(CUSTOMERS)


@pytest.mark.parametrize("role", [Role.PROCESSOR, Role.MANAGER, "none"])
@pytest.mark.parametrize("name", [*PROCESSORS, *MANAGERS])
def test_a8_a_command_is_given_by_its_role_alone(
    session: Session, cast: Cast, name: str, role: Role
) -> None:
    give = (PROCESSORS | MANAGERS)[name]
    who = Actor(cast.ada.id, "ada", "Ada Adler", role)
    may = role is Role.MANAGER or (role is Role.PROCESSOR and name in PROCESSORS)

    assert is_allowed(lambda: give(session, cast.order(), who)) is may


def is_allowed(give: Callable[[], object]) -> bool:
    try:
        give()
    except NotAllowed:
        return False
    except AppError:
        return True  # it looked further than at the role
    return True


@pytest.mark.parametrize("name", CUSTOMERS)
def test_a8_a_customer_reaches_no_order_but_their_own(
    session: Session, cast: Cast, name: str
) -> None:
    give = CUSTOMERS[name]
    own, other = cast.order(), cast.order()
    for order in (own, other):
        cast.reject(*order.photos, reasons=("blurry",))
        session.expire_all()

    with pytest.raises(NotFound):
        give(session, own, other.carl)
    give(session, own, own.carl)

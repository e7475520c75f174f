from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.integrations.storage import storage
from core.models import Upload, utc_now
from core.services import hand_overs
from core.services.actors import Actor
from tests.cast import Cast, CastOrder
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words
from tests.released import as_seen, handed_over_by, released


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(b"what Carl sent")


def on_hand(cast: Cast, folder: Path, *, photos: int = 1, product: str = "Canvas") -> CastOrder:
    """A released order whose files are in the storage."""
    placed = released(cast, photos=photos, product=product)
    sha256 = storage().keep_original(folder / "photo")
    for photo in placed.photos:
        cast.session.get_one(Upload, photo.upload_id).sha256 = sha256
    cast.session.flush()
    return placed


def choose_all(page: AppTest) -> AppTest:
    return page.button(key="ready_all").click().run()


def all_chosen(session: Session, hold_cookie: Hold, person: Actor) -> AppTest:
    sign_in(session, hold_cookie, person)
    return choose_all(open_page("ready"))


def download(page: AppTest) -> str:
    """Where the button for it leads, and what it says."""
    links = [each for each in page.get("html") if "class='button'" in each.proto.body]
    return links[0].proto.body if links else ""


def test_where_nothing_waits_the_page_says_so(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.ada)

    assert "No order waits to be printed." in words(open_page("ready"))


def test_whoever_downloaded_what_has_changed_is_told_once(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    on_hand(cast, tmp_path)
    gone = on_hand(cast, tmp_path)
    gone.order.released_at = None
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("ready", changed=f"{gone.id},x,{'9' * 5000}")

    assert f"/orders?order={gone.id}): its photos are being looked at" in page.warning[0].value
    choose_all(page)
    assert not page.warning


def test_whoever_downloaded_what_nobody_knows_is_told(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.ada)

    assert open_page("ready", changed="0").info[0].value == "What you chose is not here any more."


def test_an_order_that_is_gone_from_the_chosen_is_named_once(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    gone, there = on_hand(cast, tmp_path), on_hand(cast, tmp_path)
    page = all_chosen(session, hold_cookie, cast.ada)
    gone.order.cancelled_at = utc_now()
    session.flush()

    page.run()

    assert page.warning[0].value.startswith("Not among the chosen any more:")
    assert f"/orders?order={gone.id}): it was cancelled meanwhile" in page.warning[0].value
    assert f"orders={there.id}'" in download(page)
    assert not page.run().warning


def test_another_list_of_orders_is_no_loss(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    on_hand(cast, tmp_path)
    on_hand(cast, tmp_path, product="Mug")
    page = all_chosen(session, hold_cookie, cast.ada)

    page.selectbox(key="item").select("Mug").run()

    assert not page.warning


def test_a_row_says_what_is_to_be_printed_and_leads_to_its_order(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    placed = on_hand(cast, tmp_path, photos=5)
    placed.order.note = "As a gift, <please>"
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("ready"))

    assert f"<a href='/orders?order={placed.id}'>{placed.order.name}</a>" in page
    assert "Canvas 30 x 40 cm, 5 photos" in page
    assert "+2</span>" in page
    assert "As a gift, &lt;please&gt;" in page


def test_some_orders_are_chosen_and_downloaded(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    first, _ = on_hand(cast, tmp_path, photos=2), on_hand(cast, tmp_path)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("ready")
    assert download(page) == ""

    page.checkbox[0].check().run()

    assert f"href='/desk/hand-over.zip?orders={first.id}'" in download(page)
    assert "Download 1 order, 2 photos" in download(page)


def test_all_of_a_product_are_chosen(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    on_hand(cast, tmp_path)
    mugs = [on_hand(cast, tmp_path, product="Mug") for _ in range(2)]
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("ready")

    page.selectbox(key="item").select("Mug").run()
    choose_all(page)

    wanted = ",".join(str(each.id) for each in mugs)
    assert f"href='/desk/hand-over.zip?orders={wanted}'" in download(page)
    choose_all(page)
    assert download(page) == ""


def test_what_is_chosen_is_marked_and_can_be_downloaded_again(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    placed = on_hand(cast, tmp_path)
    page = all_chosen(session, hold_cookie, cast.bob)

    page.button(key="mark").click().run()

    assert page.toast[0].value == "Handed over: 1 order"
    assert handed_over_by(cast, placed) == cast.bob.id
    assert "No order waits to be printed." in words(page)
    assert f"/desk/hand-over.zip?orders={placed.id}" in words(page)


def test_an_order_without_its_file_is_named_and_left(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    whole, lacking = on_hand(cast, tmp_path), released(cast)
    page = all_chosen(session, hold_cookie, cast.ada)

    page.button(key="mark").click().run()

    assert handed_over_by(cast, whole) == cast.ada.id
    assert handed_over_by(cast, lacking) is None
    assert f"/orders?order={lacking.id}): a file is missing" in page.warning[0].value


def test_an_order_that_has_changed_meanwhile_is_named_and_left(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    placed = on_hand(cast, tmp_path)
    on_hand(cast, tmp_path)
    page = all_chosen(session, hold_cookie, cast.ada)
    placed.order.cancelled_at = utc_now()
    session.flush()

    page.button(key="mark").click().run()

    assert page.toast[0].value == "Handed over: 1 order"
    (warning,) = page.warning
    number = placed.order.name.removeprefix("#")
    link = f"[\\#{number}](/orders?order={placed.id})"
    assert f"{link}: it was cancelled meanwhile" in warning.value


def test_somebody_who_comes_second_is_told(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    placed = on_hand(cast, tmp_path)
    page = all_chosen(session, hold_cookie, cast.ada)
    hand_overs.mark(session, [as_seen(placed)], actor=cast.bob)
    session.flush()

    page.button(key="mark").click().run()

    assert not page.toast
    assert "somebody else has handed it over meanwhile" in page.warning[0].value
    assert handed_over_by(cast, placed) == cast.bob.id


def test_whoever_was_signed_out_marks_nothing(
    cast: Cast, session: Session, hold_cookie: Hold, tmp_path: Path
) -> None:
    placed = on_hand(cast, tmp_path)
    page = all_chosen(session, hold_cookie, cast.ada)
    hold_cookie("loupe_staff", "")

    page.button(key="mark").click().run()

    assert page.toast[0].value == "You do not have permission to do this."
    assert handed_over_by(cast, placed) is None


def test_a_manager_says_how_files_are_named(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("ready")
    field = page.text_input(key=f"pattern_{cast.shop.id}")

    field.set_value("{customer} {order}").run()
    assert "Carl Client 1001.jpg" in words(page)
    page.button(key=f"save_pattern_{cast.shop.id}").click().run()

    session.refresh(cast.shop)
    assert cast.shop.file_name_pattern == "{customer} {order}"


@pytest.mark.parametrize("pattern", ["", "  ", "{e-mail} {price}"])
def test_a_pattern_that_means_nothing_is_refused(
    cast: Cast, session: Session, hold_cookie: Hold, pattern: str
) -> None:
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("ready")

    page.text_input(key=f"pattern_{cast.shop.id}").set_value(pattern).run()
    page.button(key=f"save_pattern_{cast.shop.id}").click().run()

    assert "in braces only what is offered" in page.toast[0].value
    session.refresh(cast.shop)
    assert cast.shop.file_name_pattern == "{order}-{product}-{variant}-{quantity}x-{number}"


def test_a_processor_is_not_asked_how_files_are_named(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.ada)

    assert not open_page("ready").text_input

"""Several shops under one team: each page looks at all of them, or at one."""

import pytest
from sqlalchemy.orm import Session

from core.models import PhotoState
from tests.cast import Cast, CastOrder
from tests.pages.conftest import Hold
from tests.pages.staff_page import grid, open_page, sign_in, words


@pytest.fixture
def here(cast: Cast, session: Session, hold_cookie: Hold) -> Cast:
    """Paw Prints, with Mia signed in."""
    sign_in(session, hold_cookie, cast.mia)
    return cast


@pytest.fixture
def there(here: Cast) -> Cast:
    """Cat Canvas, another shop with the same team."""
    other = Cast(here.session)
    other.shop.name = "Cat Canvas"
    here.session.flush()
    return other


def to_check(cast: Cast) -> CastOrder:
    order = cast.order()
    (photo,) = order.photos
    photo.state, photo.check_code = PhotoState.TO_CHECK, "timeout"
    cast.session.flush()
    return order


PAGES = ("approval", "issues", "to_check", "statistics")


@pytest.mark.parametrize("page", PAGES)
def test_one_shop_needs_no_choice(here: Cast, page: str) -> None:
    assert "Shop" not in [each.label for each in open_page(page).selectbox]


@pytest.mark.parametrize("page", PAGES)
def test_a_shop_in_the_address_is_chosen(there: Cast, page: str) -> None:
    opened = open_page(page, of_shop="Cat Canvas")

    assert opened.selectbox(key="of_shop").value == "Cat Canvas"
    assert opened.selectbox(key="of_shop").options == ["Cat Canvas", "Paw Prints"]


def test_the_grid_shows_one_shops_photos_with_its_reasons(here: Cast, there: Cast) -> None:
    ours, theirs = here.order(), there.order()

    everything = grid(open_page("approval", whose="Everybody's"))
    theirs_alone = grid(open_page("approval", whose="Everybody's", of_shop="Cat Canvas"))

    assert {row["order_id"] for row in everything["photos"]} == {ours.id, theirs.id}
    assert {row["shop"] for row in everything["reasons"]} == {"Cat Canvas", "Paw Prints"}
    assert [row["order_id"] for row in theirs_alone["photos"]] == [theirs.id]
    assert {row["shop_id"] for row in theirs_alone["reasons"]} == {there.shop.id}


def test_folders_of_several_shops_are_told_apart(here: Cast, there: Cast) -> None:
    for cast in (here, there):
        cast.reject(*cast.order().photos)

    everything = open_page("issues")
    alone = open_page("issues", of_shop="Paw Prints")

    labels = [option.content for option in everything.get("button_group")[0].proto.options]
    assert [label for label in labels if "Cat Canvas" in label] != []
    assert "2 with customers" in words(everything)
    labels = [option.content for option in alone.get("button_group")[0].proto.options]
    assert [label for label in labels if "Paw Prints" in label] == []
    assert "1 with customers" in words(alone)


def test_one_shops_photos_are_checked_and_tried_again_alone(here: Cast, there: Cast) -> None:
    ours = [to_check(here) for _ in range(2)]
    theirs = [to_check(there) for _ in range(2)]
    page = open_page("to_check", of_shop="Cat Canvas")
    assert theirs[0].order.name in words(page)
    assert ours[0].order.name not in words(page)

    page.button(key="again_all_timeout").click().run()

    here.session.expire_all()
    assert {each.photos[0].state for each in theirs} == {PhotoState.FETCHING}
    assert {each.photos[0].state for each in ours} == {PhotoState.TO_CHECK}


def test_a_photo_is_asked_for_with_a_reason_of_its_shop(here: Cast, there: Cast) -> None:
    order = to_check(there)
    page = open_page("to_check")

    (photo,) = order.photos
    reason = page.selectbox(key=f"reason_{photo.id}")

    assert reason.value is not None
    assert reason.value.shop_id == there.shop.id


def test_figures_are_of_one_shop_or_of_all(here: Cast, there: Cast) -> None:
    for cast, photos in ((here, 2), (there, 1)):
        cast.approve(*cast.order(photos=photos).photos)
        cast.reject(*cast.order().photos)
        cast.order()

    everything = words(open_page("statistics"))
    alone = words(open_page("statistics", of_shop="Paw Prints"))

    assert "In approval 2" in everything
    assert "First-pass rate 60%" in everything
    assert "In approval 1" in alone
    assert "First-pass rate 67%" in alone

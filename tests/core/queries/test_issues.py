from sqlalchemy.orm import Session

from core.models import PhotoState, Reason, utc_now
from core.queries import issues
from tests.cast import Cast, CastOrder


def folder(session: Session, cast: Cast, code: str) -> int:
    reason_id = cast.reason(code)
    return next(each.photos for each in issues.folders(session) if each.reason_id == reason_id)


def unchecked(cast: Cast, code: str = "not_found") -> CastOrder:
    placed = cast.order()
    placed.photos[0].state, placed.photos[0].check_code = PhotoState.TO_CHECK, code
    cast.session.flush()
    return placed


def test_a_photo_lies_in_the_folder_of_its_first_reason(cast: Cast, session: Session) -> None:
    cast.reject(*cast.order(photos=2).photos, reasons=("dark", "blurry"))
    cast.reject(*cast.order().photos, reasons=("blurry",))

    assert (folder(session, cast, "dark"), folder(session, cast, "blurry")) == (2, 1)


def test_folders_stand_in_the_managers_order_the_empty_ones_too(
    cast: Cast, session: Session
) -> None:
    found = issues.folders(session)

    assert found[0].label == "Too small for the size"
    assert {each.photos for each in found} == {0}


def test_a_reason_that_is_only_suggested_is_a_folder_once_a_photo_lies_there(
    cast: Cast, session: Session
) -> None:
    before = {each.label for each in issues.folders(session)}

    cast.reject(*cast.order().photos, reasons=("aspect",))

    after = {each.label for each in issues.folders(session)}
    assert after - before == {"Does not fit the product's shape"}


def test_a_retired_reason_is_shown_as_long_as_a_photo_lies_there(
    cast: Cast, session: Session
) -> None:
    cast.reject(*cast.order().photos, reasons=("dark",))
    for code in ("dark", "blurry"):
        session.get_one(Reason, cast.reason(code)).retired_at = utc_now()
    session.flush()

    labels = [each.label for each in issues.folders(session)]

    assert "Too dark" in labels
    assert "Out of focus / moved" not in labels


def test_what_cannot_be_opened_is_to_be_checked(cast: Cast, session: Session) -> None:
    placed = unchecked(cast)
    cast.order()

    (photo,) = issues.to_check(session)

    assert (photo.id, photo.order_name) == (placed.photos[0].id, placed.order.name)
    assert (photo.code, photo.url) == ("not_found", "https://cdn.shopify.com/photo.jpg")
    assert photo.shop_id == cast.shop.id


def test_what_is_to_be_checked_comes_page_by_page(cast: Cast, session: Session) -> None:
    ids = [unchecked(cast).photos[0].id for _ in range(5)]

    first = issues.to_check(session, limit=3)
    second = issues.to_check(session, after=first[-1].id, limit=3)

    assert [photo.id for photo in (*first, *second)] == ids


def test_every_list_is_one_statement(cast: Cast, session: Session, queries: list[str]) -> None:
    for _ in range(4):
        cast.reject(*cast.order(photos=3).photos)
        unchecked(cast)
    before = len(queries)

    assert len(issues.to_check(session)) == 4
    assert issues.folders(session)

    assert len(queries) == before + 2

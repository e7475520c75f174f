"""The finder against every shape of property that shops are known to send, and some worse ones."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_finder import expects_photo, explain, find_photos
from core.integrations.shopify.photo_roles import Role
from core.integrations.shopify.property_rules import PropertyRules, folded

SHAPES = json.loads(Path(__file__).with_name("photo_shapes.json").read_text())["shapes"]
CDN = "https://cdn.shopify.com/s/files/1/0000/0000/0001/uploads"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["shape"])
def test_a_shape_is_read_exactly(shape: dict[str, Any]) -> None:
    attributes = [Attribute(key, value) for key, value in shape["attributes"]]

    found = find_photos(attributes)

    assert sorted([photo.key, photo.role, photo.url] for photo in found) == sorted(
        expected[:3] for expected in shape["found"]
    )
    originals = {photo.url: photo.fetch_url for photo in found}
    for _key, _role, url, *original in shape["found"]:
        if original:
            assert originals[url] == original[0]


def test_the_demo_shop_alone_may_be_reached_over_http() -> None:
    values = [
        "http://127.0.0.1:8123/photographs/cat.jpg",
        "http://127.0.0.1:8124/photographs/cat.jpg",  # another port
        "http://localhost:8123/photographs/cat.jpg",  # another name for the same machine
        "http://u@127.0.0.1:8123/photographs/cat.jpg",
        "http://127.0.0.1:8123@evil.example/cat.jpg",
        "http://127.0.0.1/photographs/cat.jpg",
    ]

    found = find_photos([Attribute("Photo", "\n".join(values))], demo=("127.0.0.1", 8123))

    assert [photo.url for photo in found] == values[:1]


@pytest.mark.parametrize(
    "attribute",
    [
        Attribute("_Upload ID", "u_7f31c0"),
        Attribute("photo_id", "8812"),
        Attribute("Photo to expect", "IMG_2231.HEIC"),
        Attribute("Anything", "IMG_2231.HEIC"),  # a picture's name says it whatever the label
        Attribute("_upload_method", "post-purchase"),
        Attribute("_artist_notes", "Customer will email photo"),
        Attribute("Upload your photo", "I'll send it later"),
        Attribute("Photo", "http://169.254.169.254/latest/meta-data/a.jpg"),  # refused
        Attribute("Photo", "blob:https://store.example/9115d58c"),  # lived in the browser only
    ],
)
def test_a_photo_that_is_meant_but_not_there_is_noticed(attribute: Attribute) -> None:
    assert find_photos([attribute]) == []

    assert expects_photo(attribute)


@pytest.mark.parametrize(
    "attribute",
    [
        Attribute("Photo", None),
        Attribute("Photo", ""),
        Attribute("Passepartout", "White"),
        Attribute("Custom Text", "Send me an email later"),  # engraved on a mug, for all we know
        Attribute("_customily-thumb-id", "_thumb-id-1675764452301"),
        Attribute("_customization_id", "b1f2"),
        Attribute("_boldVariantIds", "50222549664035"),
        Attribute("_pplr_preview", "Preview"),
        Attribute("Website", "https://store.example/about"),
    ],
)
def test_other_properties_promise_no_photo(attribute: Attribute) -> None:
    assert not expects_photo(attribute)


# Letters that the reader gives a meaning, more often than chance would.
CRUMBS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("https://", "http://", "//", "HTTPS:", "https%3A%2F%2F", "cdn.shopify.com"),
                *("ucarecdn.com", "/uploads/", "a.jpg", ".pdf", "/-/", "?url=", "=", "&amp;", "&"),
                *(" ", ",", ";", "|", "\n", '"', "'", "<", ">", "(", ")", "[", "]", "{", "}"),
                *("\\", "@", ":443", "#", "%", "%2", "..", "download.html?id=1&uu=2&fi=YS5qcGc="),
                *("data:", "blob:", "ph_image=1234&extension=png", "\u200b", "\ud800"),
            ]
        ),
        st.text(max_size=5),
    ),
    max_size=25,
).map("".join)


@settings(deadline=None)  # other people's machines are busy
@given(key=CRUMBS, value=CRUMBS)
def test_no_value_breaks_the_finder_and_what_it_finds_is_found_again(key: str, value: str) -> None:
    attribute = Attribute(key, value)

    found = find_photos([attribute])

    expects_photo(attribute)
    (explained,) = explain([attribute])
    assert [outcome.photo for outcome in explained.outcomes if outcome.photo] == found
    assert all(outcome.why for outcome in explained.outcomes)
    for photo in found:
        assert photo.url.startswith("https://")
        assert photo.url.isascii()
        (again,) = find_photos([Attribute(key, photo.url)])
        assert (again.url, again.fetch_url) == (photo.url, photo.fetch_url)


@settings(deadline=None)
@given(
    properties=st.lists(st.tuples(CRUMBS, st.none() | CRUMBS), max_size=5),
    taken=st.lists(CRUMBS, max_size=2),
    ignored=st.lists(CRUMBS, max_size=2),
)
def test_no_rule_makes_a_hostile_address_a_photo(
    properties: list[tuple[str, str | None]], taken: list[str], ignored: list[str]
) -> None:
    attributes = [Attribute(key, value) for key, value in properties]
    taken += [key for key, _ in properties[:1]]

    found = find_photos(attributes, rules=PropertyRules.of(taken, ignored))

    assert len({photo.url for photo in found}) == len(found)
    for photo in found:
        assert photo.url.startswith("https://")
        assert photo.fetch_url.startswith("https://")
        assert folded(photo.key) not in map(folded, ignored)


@pytest.mark.parametrize(
    "crumb",
    [
        *("https://", "//a.", ", https://x", "https://a/b ", "(", ")]", "=https://", "/https://"),
        *("[", '{"a":', '"', "\\", "%3a", "&amp;", "&#38;", "<a href='https://", "a.jpg ", "."),
        *(f"{CDN}/a.jpg,", "https://a.b/?q=https://a.b/", "https://x/ a", "\u200b", "9", "data:"),
        *("a.b/c.jpg?", "\\n", "\\/", "xn--a."),
    ],
)
def test_a_long_hostile_value_takes_time_in_proportion(crumb: str) -> None:
    def cost(length: int) -> float:
        value = ("https://a.example/" + crumb * length)[:length]
        started = time.process_time()
        find_photos([Attribute("Photo", value), Attribute("Photo", crumb * (length // len(crumb)))])
        return time.process_time() - started

    short, long = min(cost(10_000) for _ in range(3)), min(cost(100_000) for _ in range(2))

    # Ten times the length; a quadratic reader takes a hundred times as long.
    assert long < 40 * short + 0.05


def test_the_roles_keep_their_names() -> None:
    assert [role.value for role in Role] == ["photo", "preview", "derived", "production", "file"]

import pytest

from core.services.file_names import PLACEHOLDERS, Names, from_pattern, safe

VALUES = {
    "order": "#1001",
    "product": "Canvas",
    "variant": "30 × 40 cm",
    "quantity": "2",
    "number": "1",
    "customer": "Zoë Ångström",
}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{order}-{product}-{number}", "1001-Canvas-1"),
        ("{order}-{product}-{variant}-{quantity}x-{number}", "1001-Canvas-30 - 40 cm-2x-1"),
        ("{customer}, {variant} ({quantity})", "Zoë Ångström, 30 - 40 cm (2)"),
        ("{unknown}{order}", "1001"),
        ("{order.__class__}{order!r}{0}", "order.__class__-order-r"),
        ("../{order}/{product}", "1001-Canvas"),
        ("{}", "photo"),
        ("", "photo"),
    ],
)
def test_a_name_is_made_from_the_shops_pattern(pattern: str, name: str) -> None:
    assert from_pattern(pattern, VALUES) == name


def test_what_is_empty_leaves_no_doubled_dash() -> None:
    pattern = "{order}-{product}-{variant}-{quantity}x-{number}"

    assert from_pattern(pattern, {**VALUES, "variant": ""}) == "1001-Canvas-2x-1"


def test_every_placeholder_has_its_value() -> None:
    assert set(PLACEHOLDERS) == set(VALUES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\system32", "C-Windows-system32"),
        ("a\0b\nc\td\u202egpj", "a-b-c-d-gpj"),
        ("CON", "CON-"),  # Windows knows a device of this name, with any ending
        ("nul.tar", "nul.tar-"),
        (" .hidden. ", "hidden"),
        ("-rf", "rf"),  # no option of a program's
        ("...", "photo"),
        ("😀" * 3, "photo"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_a_name_is_one_on_every_system(text: str, name: str) -> None:
    assert safe(text) == name


def test_a_long_name_is_cut_between_its_letters() -> None:
    name = safe("ß" * 300)

    assert name == "ß" * 60


def test_no_two_files_have_the_same_name() -> None:
    names = Names()

    given = [names.unique(name) for name in ("Rex", "rex", "Rex", "Rex (2)", "Bella")]

    assert given == ["Rex", "rex (2)", "Rex (3)", "Rex (2) (2)", "Bella"]

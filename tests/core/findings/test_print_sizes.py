"""What titles of real shops say of the size of a print, and what they leave open."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings import print_sizes
from core.findings.print_sizes import LengthUnit, PrintSize

CM, INCH, MM = LengthUnit.CM, LengthUnit.INCH, LengthUnit.MM

IN_A_CENTIMETRE_SHOP = [
    ("30 x 40 cm", 300, 400),
    ("30x40cm", 300, 400),
    ("30×40 cm / Oak frame", 300, 400),
    ("30 X 40 CM", 300, 400),
    ("30 х 40 см", 300, 400),  # Cyrillic letters
    ("30✕40 cm", 300, 400),
    ("30\u00a0×\u00a040\u202fcm", 300, 400),  # spaces that do not break
    ("３０ｘ４０ｃｍ", 300, 400),  # full width
    ("30 cm x 40 cm", 300, 400),
    ("30cm x 40cm", 300, 400),
    ("30cmx40cm", 300, 400),
    ("30 cm × 40", 300, 400),
    ("40x30 cm", 400, 300),
    ("50x70", 500, 700),
    ("100 x 150", 1000, 1500),
    ("8x10", 80, 100),
    ("Large (40 x 60)", 400, 600),
    ("XL - 60x90", 600, 900),
    ("Size: 20x30", 200, 300),
    ("18*24cm", 180, 240),
    ("40/60 cm", 400, 600),
    ("21,0 x 29,7 cm", 210, 297),
    ("29.7 x 42 cm", 297, 420),
    ("0,5 x 0.7 m", 500, 700),
    ("1 x 1,5 m", 1000, 1500),
    ("297 x 420 mm", 297, 420),
    ("297x420mm Poster", 297, 420),
    ("30 mal 40 cm", 300, 400),
    ("30 par 40 centimètres", 300, 400),
    ("30 por 40 cm", 300, 400),
    ("30 op 40 cm", 300, 400),
    ("12×16 in", 304.8, 406.4),
    ("12x16in", 304.8, 406.4),
    ("12 in x 16 in", 304.8, 406.4),
    ('12" x 16"', 304.8, 406.4),
    ("12''x16''", 304.8, 406.4),
    ("12″ × 16″", 304.8, 406.4),
    ("12′′ x 16′′", 304.8, 406.4),
    ("12” x 16”", 304.8, 406.4),
    ('24 x 36" Poster', 609.6, 914.4),
    ('12"w x 16"h', 304.8, 406.4),
    ("W30 x H40 cm", 300, 400),
    ("B 30 x H 40 cm", 300, 400),
    ("8 by 10 inches", 203.2, 254),
    ("8x10 inch", 203.2, 254),
    ("8x10in", 203.2, 254),
    ("8 x 10 in.", 203.2, 254),
    ("8½ x 11 in", 215.9, 279.4),
    ("8.5 x 11 inches", 215.9, 279.4),
    ("8 1/2 x 11 inches", 215.9, 279.4),
    ("16 x 20 Zoll", 406.4, 508),
    ("16 x 20 pouces", 406.4, 508),
    ("16 x 20 pulgadas", 406.4, 508),
    ("16 x 20 duim", 406.4, 508),
    ("3ft x 5ft banner", 914.4, 1524),
    ("2' x 3'", 609.6, 914.4),
    ("A3", 297, 420),
    ("a3", 297, 420),
    ("A4 / matte", 210, 297),
    ("Poster A2", 420, 594),
    ("DIN A2", 420, 594),
    ("DIN-A1 Plakat", 594, 841),
    ("Print only / A0", 841, 1189),
    ("A5 Postcard", 148, 210),
    ("Größe A3", 297, 420),
    ("A3+ / Lustre", 329, 483),
    ("B2", 500, 707),
    ("2x A4", 210, 297),
    ("Framed A3 - Black", 297, 420),
    ("A3 (29.7 x 42 cm)", 297, 420),
    ("B2 (50x70 cm)", 500, 700),
    ("A4 – 21 × 29.7 cm", 210, 297),
    ("4R", 101.6, 152.4),
    ("5R", 127, 177.8),
    ("S8R / glossy", 203.2, 304.8),
    ("8R (20x25 cm)", 200, 250),
    ("US Letter", 215.9, 279.4),
    ("Letter / Matte", 215.9, 279.4),
    ("Tabloid", 279.4, 431.8),
    # The same size twice
    ("30x40 cm (12x16 in)", 300, 400),
    ('12" x 16" (30 x 40 cm)', 304.8, 406.4),
    ("5x7 (13x18 cm)", 130, 180),
    ("50 x 70 cm / 20 x 28 inch", 500, 700),
    ("30x40 cm or 40x30 cm", 300, 400),
    # A third number that is a depth or a count
    ("20 x 20 x 4 cm", 200, 200),
    ("30x40x2 cm canvas", 300, 400),
    ("50cm x 70cm x 18mm", 500, 700),
    ("2 x 30x40 cm", 300, 400),
    ("2x 10x15", 100, 150),
    ("2x10x15 cm", 100, 150),
    ("6 x 4x6 in", 101.6, 152.4),
    ("10x15 x 12 cm", 100, 150),
    ("24 x 5x15 cm", 50, 150),
    ("Set of 3 / 20x30 cm", 200, 300),
    ("Set of 3 20x30 cm", 200, 300),
    ("24 Prints, 10x15", 100, 150),
    # One side that is enough
    ("20cm square", 200, 200),
    ("Square 20 cm", 200, 200),
    ("Quadratisch 20 cm", 200, 200),
    ("Ø 20 cm", 200, 200),
    ("⌀20cm", 200, 200),
    ("20 cm rund", 200, 200),
    ("Round 8 inch", 203.2, 203.2),
    ("20x20 cm square", 200, 200),
    # Beside something that is no size
    ("iPhone 15 / 7 x 14 cm", 70, 140),
    ("30x40 cm, 3000x4000 px", 300, 400),
    ("Poster Audi A4 / 50x70 cm", 500, 700),
    ("White / 8 x 9 cm", 80, 90),
    ("Poster-30x40cm", 300, 400),
    ("poster_30x40_matte", 300, 400),
]


@pytest.mark.parametrize(("title", "width", "height"), IN_A_CENTIMETRE_SHOP)
def test_a_size_is_read_in_millimetres(title: str, width: float, height: float) -> None:
    size = print_sizes.read(title, unit=CM)

    assert size == PrintSize(width, height)


UNKNOWN = [
    "",
    "Default Title",
    "S / M / L",
    "Large",
    "11oz mug",
    "11 oz / White",
    "iPhone 15 Pro",
    "iPhone 15 x 2",
    "Galaxy A3",
    "Samsung Galaxy A5 2017 case",
    "Samsung / A5",
    "Audi A4",
    "Poster Audi A4",
    "A4B",
    "BA4",
    "Vitamin B5",
    "Love letter print",
    "Letter board",
    "Photo A-Z",
    "1920x1080",
    "1920 x 1080 px",
    "300x400 px",
    "1080p",
    "10x",
    "x10",
    "10 x",
    "2x",
    "x",
    "30",
    "30 cm",
    "20x30%",
    "+49 30 1234567",
    "2024-12-24",
    "4:3",
    "1,000 x 1,500 mm",  # a thousand or one
    "0 x 40 cm",
    "2 x 3 mm",
    "1 x 100 cm",  # no print is a hundred times as long as wide
    "30 x 40 m",
    "600/800 cm",
    "30x40 m2",
    "30x40cm2pcs",
    # Two sizes
    "30x40 cm / 50x70 cm",
    "30x40/50x70",
    "8x10-16x20",
    "S 20x30, M 30x40, L 40x60",
    "A3 or A4",
    "A3/A4",
    "A3 (50 x 70 cm)",
    "Print 30x40 cm in frame 40x50 cm",
    # Two readings
    "30x40 in Eiche",
    "6 x15x3 cm",
    "10 x 15 x 12 cm",
    "20 x 20 x 20 cm",
    "10x20x30x40",
    "10 x 20 x 30 x 40 cm",
]


@pytest.mark.parametrize("title", UNKNOWN)
def test_what_is_not_said_clearly_stays_unknown(title: str) -> None:
    assert print_sizes.read(title, unit=CM) is None


@pytest.mark.parametrize(
    ("title", "unit", "width", "height"),
    [
        ("8x10", INCH, 203.2, 254),
        ("8x10", CM, 80, 100),
        ("297x420", MM, 297, 420),
        ("30x40 in oak", INCH, 762, 1016),
        ("8x10 (20x25 cm)", INCH, 200, 250),
        ("20x25 (8x10 in)", INCH, 203.2, 254),
        ("20x30 cm", INCH, 200, 300),
    ],
)
def test_numbers_without_a_unit_are_in_the_unit_of_the_shop(
    title: str, unit: LengthUnit, width: float, height: float
) -> None:
    assert print_sizes.read(title, unit=unit) == PrintSize(width, height)


@pytest.mark.parametrize(
    ("titles", "size"),
    [
        (["16x20 inch / Landscape"], PrintSize(508, 406.4, True)),
        (["Hochformat 30x45"], PrintSize(300, 450, True)),
        (["Fotoposter Querformat 30x45 cm"], PrintSize(450, 300, True)),
        (["40x30 cm (Portrait)"], PrintSize(300, 400, True)),
        (["A4 landscape"], PrintSize(297, 210, True)),
        (["A3", "Horizontal"], PrintSize(420, 297, True)),
        (["Vertical / 40x30 cm / Oak"], PrintSize(300, 400, True)),
        # The subject, not the way it lies
        (["40x30 cm", "Custom pet portrait"], PrintSize(400, 300)),
        (["30x40 cm", "Landscape photography print"], PrintSize(300, 400)),
        (["30x40 cm / Portrait or landscape"], PrintSize(300, 400)),
        (["30x40 cm / Portrait / Landscape"], PrintSize(300, 400)),
    ],
)
def test_only_a_title_that_says_how_the_print_lies_fixes_it(
    titles: list[str], size: PrintSize
) -> None:
    assert print_sizes.read(*titles, unit=CM) == size


@pytest.mark.parametrize(
    ("titles", "size"),
    [
        (["Large / Oak", "Photo poster 50x70 cm"], PrintSize(500, 700)),
        (["30x40 cm", "Photo poster 20x30 to 50x70 cm"], PrintSize(300, 400)),
        (["1920x1080 px", "Poster A3"], PrintSize(297, 420)),
        (["30x40 or 50x70", "Poster A3"], None),
        (["A5", "Phone case"], None),
        ([], None),
    ],
)
def test_the_first_title_that_names_a_size_counts(
    titles: list[str], size: PrintSize | None
) -> None:
    assert print_sizes.read(*titles, unit=CM) == size


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789 x×X*.,/-()\"'″½AaBb4RcminØby portaisquSL", max_size=60))
def test_whatever_stands_in_a_title_a_size_is_plausible_or_unknown(title: str) -> None:
    size = print_sizes.read(title, unit=CM)

    if size is not None:
        short, long = sorted((size.width, size.height))
        assert print_sizes.SHORTEST <= short <= long <= print_sizes.LONGEST


@pytest.mark.parametrize("piece", ["1", "9x", "9 x ", "1/", "a", "⌀ ", '"', "20cm ", "b 1", "a3 "])
def test_the_time_for_a_hostile_title_grows_with_its_length_and_no_faster(piece: str) -> None:
    short, long = (piece * (length // len(piece)) for length in (2_000, 20_000))

    growth = _seconds(long) / _seconds(short)

    assert growth < 40  # 10 where it is linear, 100 where it is quadratic


def _seconds(title: str) -> float:
    started = time.thread_time()
    for _ in range(5):
        print_sizes.read(title, unit=CM)
    return time.thread_time() - started

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
    ("1x 13 x 18", 130, 180),
    # Among words about prints
    ("Fotobuch A4", 210, 297),
    ("Kalender A3", 297, 420),
    ("Postkarte A6", 105, 148),
    ("Card A6", 105, 148),
    ("Puzzle A4", 210, 297),
    ("Acrylic A3", 297, 420),
    ("Fine Art A3", 297, 420),
    ("Matte A4", 210, 297),
    ("Black Frame A4", 210, 297),
    ("Saxophone poster A3", 297, 420),
    ("Microphone poster 30x40", 300, 400),
    ("Funda de cojín 45x45", 450, 450),
    ("Paris Poster A3", 297, 420),
    ("A3/29.7x42cm", 297, 420),
    ("12x16in/30x40cm", 304.8, 406.4),
    ("30x40 cm + Frame", 300, 400),
    ("10x15 mini", 100, 150),
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
    # From or up to a size
    "Leinwand ab 20x30 cm",
    "Custom poster up to 60x90 cm",
    "Poster from 20x30 cm",
    "Poster max. 60x90 cm",
    "bis zu 60x90 cm",
    "à partir de 20x30 cm",
    "desde 20x30 cm",
    "vanaf 20x30 cm",
    "20x30 cm und größer",
    "60x90 cm max",
    "30x40+",
    "30-40 x 50-60 cm",
    "30x40-2",
    "Poster ab A4",
    "A4 bis A2",
    # Clothes, and the length of a chain
    "98/104 cm",
    "110/116 cm",
    "86/92 cm",
    "Chain 45 cm, round",
    "Halskette 45 cm Kreis",
    "Tasse, Durchmesser 8 cm",
    # Codes that are no paper
    "A5 (folded to A6)",
    "A4 Avant",
    "A3 Sportback Poster",
    "A4 Poster of Audi A3",
    "B1 bomber",
    "Deutsch A1",
    "A4 2018",
    # Areas, footnotes, feet and inches
    "30x40²",
    "20x15¹",
    "30 x 40 cm²",
    "2' 6\" x 3'",
    "2' x 3' 6\"",
    # Two readings
    "5 x 10 x 15 cm",
    "30x40x20 cm",
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
    ("title", "in_centimetre_shop", "in_inch_shop"),
    [
        # Fractions are of inches
        ('7 7/8" x 10"', (200.02, 254), (200.02, 254)),
        ("7-7/8 x 10 in", (200.02, 254), (200.02, 254)),
        ('4 3/16 x 6"', (106.36, 152.4), (106.36, 152.4)),
        ('2⅛" x 3⅜"', (53.97, 85.72), (53.97, 85.72)),
        ("2.125 x 3.375 in", (53.97, 85.72), (53.97, 85.72)),
        ("1/2 x 3/4 in", (12.7, 19.05), (12.7, 19.05)),
        ("11 x 14 x 3/4 in", (279.4, 355.6), (279.4, 355.6)),
        ('16x20 3/4" depth', (406.4, 508), (406.4, 508)),
        ('16x20 1 1/2" deep', (406.4, 508), (406.4, 508)),
        ("3 1/8 x 5", None, (79.38, 127)),
        ("30x40 1/2", None, (762, 1028.7)),
        ("7 3/7 x 10 in", None, None),
        ("10 x 7 3/7 in", None, None),
        ("8⅓ x 10 in", None, None),
        ("8 10/16 x 11 in", None, None),
        ("1.000 x 1.500 mm", None, None),
        # A unit that the title names elsewhere
        ("8x10 (inches)", (203.2, 254), (203.2, 254)),
        ("8x10 (in)", (203.2, 254), (203.2, 254)),
        ("Size (inches): 8x10", (203.2, 254), (203.2, 254)),
        ("16x20, 1.5 inch gallery wrap", (406.4, 508), (406.4, 508)),
        ("16x20, 1.5 in gallery wrap", (406.4, 508), (406.4, 508)),
        ('18x24 / 1.5" deep', (457.2, 609.6), (457.2, 609.6)),
        ("60 x 40 (cm)", (600, 400), (600, 400)),
        ("30x40 [cm]", (300, 400), (300, 400)),
        ("30x40 см", (300, 400), (300, 400)),
        ("40x50 Leinwand 2cm", (400, 500), (400, 500)),
        ("mm 300x400", (300, 400), (300, 400)),
        ("30x40, 4 mm acrylic", (300, 400), None),
        ("Poster (cm) 30x40, 3 mm", (300, 400), (300, 400)),
        ("30x40 (cm/inch)", None, None),
        ("30x40 / 3 in 1", None, (762, 1016)),
        ('Poster "Route 66" 30x40', (300, 400), (762, 1016)),
        ("80's poster 30x40", (300, 400), (762, 1016)),
        # Numbers too large or too small to do without a unit
        ("210x297", None, None),
        ("105x148", None, None),  # the millimetres of A6
        ("300 x 400", None, None),
        ("210x297 (A4)", (210, 297), (210, 297)),
        ("2x1", None, None),
        ("2x3", None, None),
        ("2.5x3.5", None, (63.5, 88.9)),
        ("4x6", None, (101.6, 152.4)),
        ("4x6 Prints 100 count", None, (101.6, 152.4)),
        # Offers, grids and drives
        ("Oferta 2x1", None, None),
        ("Pack 3x2", None, None),
        ("3x3 collage", None, None),
        ("3x3 photo collage", None, None),
        ("5x5 grid", None, None),
        ("4x4 Jeep", None, None),
        ("4x4 Off Road Poster", None, None),
        ("4x4 Prints", None, (101.6, 101.6)),
        ("Collage 30x40", (300, 400), (762, 1016)),
        ("Collage 3x3 / 30x40 cm", (300, 400), (300, 400)),
        ("10x15 Fotos", (100, 150), (254, 381)),
        # Which side is the height
        ('24"H x 36"W', (914.4, 609.6), (914.4, 609.6)),
        ('36"W x 24"H', (914.4, 609.6), (914.4, 609.6)),
        ("(HxB) 40x30", (300, 400), (762, 1016)),
        ("40 x 30 cm (H x B)", (300, 400), (300, 400)),
        ("40 x 30 cm (B x H)", (400, 300), (400, 300)),
        ("L x B x H: 30 x 40 x 2 cm", (300, 400), (300, 400)),
        ("30cm (B) x 40cm (H)", (300, 400), (300, 400)),
        ("Höhe 40 cm x Breite 30 cm", (300, 400), (300, 400)),
        ("40 cm hoch x 30 cm breit", (300, 400), (300, 400)),
        # "in" beside a number, and between words
        ("8x10in frame", (203.2, 254), (203.2, 254)),
        ("8x10-inch frame", (203.2, 254), (203.2, 254)),
        ("8x10 in frame", None, (203.2, 254)),
        ("8-by-10", (80, 100), (203.2, 254)),
    ],
)
def test_a_title_means_the_same_in_every_shop_unless_it_leaves_the_unit_to_the_shop(
    title: str,
    in_centimetre_shop: tuple[float, float] | None,
    in_inch_shop: tuple[float, float] | None,
) -> None:
    read = [print_sizes.read(title, unit=unit) for unit in (CM, INCH)]

    assert [size and (size.width, size.height) for size in read] == [
        in_centimetre_shop,
        in_inch_shop,
    ]


@pytest.mark.parametrize(
    ("titles", "in_centimetre_shop", "in_inch_shop"),
    [
        (["16x20", "Canvas print (inches)"], (406.4, 508), (406.4, 508)),
        (["30x40", "Leinwand 2 cm"], (300, 400), (300, 400)),
        # The same size in another unit, or another size
        (["8x10", "Canvas 20x25 cm"], (80, 100), None),
        (["16x20", 'Canvas up to 24x36"'], None, (406.4, 508)),
        (["21 x 29.7", "Print (mm)"], None, None),
    ],
)
def test_the_other_title_may_name_the_unit(
    titles: list[str],
    in_centimetre_shop: tuple[float, float] | None,
    in_inch_shop: tuple[float, float] | None,
) -> None:
    read = [print_sizes.read(*titles, unit=unit) for unit in (CM, INCH)]

    assert [size and (size.width, size.height) for size in read] == [
        in_centimetre_shop,
        in_inch_shop,
    ]


@pytest.mark.parametrize(
    ("titles", "size"),
    [
        (["16x20 inch / Landscape"], PrintSize(508, 406.4, True)),
        (["Hochformat 30x45"], PrintSize(300, 450, True)),
        (["Fotoposter Querformat 30x45 cm"], PrintSize(450, 300, True)),
        (["40x30 cm (Portrait)"], PrintSize(300, 400, True)),
        (["A4 landscape"], PrintSize(297, 210, True)),
        (["A3 / Horizontal"], PrintSize(420, 297, True)),
        (["A4 quer"], PrintSize(297, 210, True)),
        (["DIN A3 quer"], PrintSize(420, 297, True)),
        (["A4 hoch"], PrintSize(210, 297, True)),
        (["30x40 quer"], PrintSize(400, 300, True)),
        (["Matte", "Fotobuch A4 quer"], PrintSize(297, 210, True)),
        (["Portrait", "Custom pet print 20x30"], PrintSize(200, 300, True)),
        (["30x20", "Poster in portrait format"], PrintSize(200, 300, True)),
        (["Vertical / 40x30 cm / Oak"], PrintSize(300, 400, True)),
        # The subject, not the way it lies
        (["40x30 cm", "Custom pet portrait"], PrintSize(400, 300)),
        (["30x40 cm", "Landscape photography print"], PrintSize(300, 400)),
        (["30x20 cm", "Watercolor | Portrait | Gift"], PrintSize(300, 200)),
        (["30x20 cm", "Portrait"], PrintSize(300, 200)),
        (["", "Pet | Portrait | A4"], PrintSize(210, 297)),
        (["40x30 cm hoch"], PrintSize(400, 300)),  # as likely 30 cm high
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
        (["300x400", "Poster A3"], None),
        (["Large", "Leinwand ab 20x30 cm"], None),
        (["30x40 cm", "Poster bis 60x90 cm"], PrintSize(300, 400)),
        # Codes of designs
        (["A1", "Photo mug"], None),
        (["B2 / White", "T-shirt"], None),
        (["A3", "Fototasse"], None),
        (["A2", "Keychain"], None),
        (["Letter", "Gold necklace"], None),
        (["18 inch circle", "Photo necklace"], None),
        (["A2", "Saxophone player"], PrintSize(420, 594)),
        (["30x40 cm", "T-shirt"], PrintSize(300, 400)),
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


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "9x", "9 x ", "1/", "a", "⌀ ", '"', "20cm ", "b 1", "a3 "),
        *("4x4 ", "1 1/2 ", "h x b ", " 'a", "(in) ", "2 in ", "from ", "30x40-"),
    ],
)
def test_the_time_for_a_hostile_title_grows_with_its_length_and_no_faster(piece: str) -> None:
    short, long = (piece * (length // len(piece)) for length in (2_000, 20_000))

    growth = _seconds(long) / _seconds(short)

    assert growth < 40  # 10 where it is linear, 100 where it is quadratic


def _seconds(title: str) -> float:
    started = time.thread_time()
    for _ in range(5):
        print_sizes.read(title, unit=CM)
    return time.thread_time() - started

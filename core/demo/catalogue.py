"""What the demo shop sells."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Variant:
    id: int
    sku: str
    title: str
    product: "Product"


@dataclass(frozen=True)
class Product:
    id: int
    handle: str
    title: str
    #: SKU to the variant's title. Print sizes stand in the titles, as in real shops.
    options: dict[str, str]
    needs_photo: bool = True
    ships: bool = True

    @property
    def kind(self) -> str:
        return "Photo gifts" if self.needs_photo else "Extras"

    @property
    def tags(self) -> list[str]:
        return ["photo"] if self.needs_photo else []

    @property
    def variants(self) -> list[Variant]:
        return [
            Variant(self.id * 10 + position, sku, title, self)
            for position, (sku, title) in enumerate(self.options.items(), start=1)
        ]


def _catalogue(products: Iterable[tuple[str, str, dict[str, str]]]) -> list[Product]:
    return [
        Product(8_100_000_000_000 + position, handle, title, options)
        for position, (handle, title, options) in enumerate(products, start=1)
    ]


PRODUCTS = [
    *_catalogue(
        [
            ("photo-mug", "Photo mug", {"MUG": "White / 8 x 9 cm", "MUG-B": "Black / 8 x 9 cm"}),
            ("photo-magnet", "Photo magnet", {"MAG": "7 x 7 cm", "MAG-L": "7 x 10 cm"}),
            ("photo-print", "Photo print", {"PRT-10": "10 × 15 cm", "PRT-13": "13 × 18 cm"}),
            ("photo-keyring", "Photo keyring", {"KEY": "4 x 5 cm"}),
            ("mini-canvas", "Mini canvas", {"CNV-13": "13 x 18 cm", "CNV-20": "20 x 20 cm"}),
            ("phone-case", "Phone case", {"CSE-15": "iPhone 15 / 7 x 14 cm"}),
            ("pet-portrait", "Pet portrait", {"PET-A5": "A5 / matte", "PET-A4": "A4 / matte"}),
            ("memorial-stone", "Memorial photo stone", {"MEM": "Slate / 10 x 10 cm"}),
            ("photo-poster", "Photo poster", {"PST-50": "50 x 70 cm", "PST-30": "30 x 40 cm"}),
            ("memory-box", "Memory box", {"BOX": "Mug, magnet and print"}),
        ]
    ),
    Product(8_100_000_000_051, "gift-card", "Gift card", {"GIFT": "25 €"}, False, False),
    Product(8_100_000_000_052, "gift-wrap", "Gift wrapping", {"WRAP": "Kraft paper"}, False),
]


@cache
def _by_sku() -> dict[str, Variant]:
    return {each.sku: each for product in PRODUCTS for each in product.variants}


def variant(sku: str) -> Variant:
    return _by_sku()[sku]


def sells(sku: str) -> bool:
    return sku in _by_sku()

"""The orders of the demo shop: some written down for what they show, the rest dealt out.

The photographs are small files, so small prints of them are good and posters are not.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.demo import holds, routing
from core.demo import properties as shapes
from core.demo.customers import CUSTOMERS
from core.demo.properties import Shape
from core.demo.records import (
    PHOTOS,
    Attribute,
    Group,
    Line,
    Order,
    now,
)

FIRST_NUMBER = 1001
USUAL_ORDERS = 38
DAYS = 10

# What prints well from which photograph; everything else is 512 pixels wide.
_SHARP = {"bridge-at-night", "citrus-slices", "dandelion-clock", "dandelions", "honey-bee"}
_MIDDLE = {"alps", "blue-eyed-cat", "boats", "sheep", "tiger-in-snow"}
_SHARP_SKUS = ["PRT-10", "PRT-10", "PRT-13", "CNV-13"]
_MIDDLE_SKUS = ["MAG-L", "CSE-15", "MUG"]
_SKUS = ["KEY", "KEY", "MAG", "MAG", "MUG", "MUG-B"]
_LARGE_SKUS = ["PST-50", "PST-30", "PET-A4"]
_WORSE = ["small", "soft", "dark", "moved", "screenshot", "sideways", "heic", "washed_out", "gps"]
_NOTES = [
    "Please crop close to the face.",
    "It's a birthday present, needed by the 30th if possible.",
    "Can you brighten it a little?",
    "Leave at the door please.",
]


@dataclass(frozen=True)
class Item:
    """A line to be: `photos` are file names, put into its properties in this shape."""

    sku: str
    photos: tuple[str, ...] = ()
    shape: Shape = shapes.theme
    quantity: int = 1
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Purchase:
    """An order to be."""

    items: tuple[Item, ...]
    note: str | None = None
    german: bool = False
    #: Properties of the whole order: photos, and what trackers leave there.
    on_order: tuple[str, ...] = ()
    #: A bundle whose customer filled in everything once.
    bundle: Item | None = None
    has_email: bool = True
    is_guest: bool = False
    is_cancelled: bool = False


def _one(sku: str, *photos: str, shape: Shape = shapes.theme, quantity: int = 1) -> Purchase:
    return Purchase((Item(sku, photos, shape, quantity),))


_WRITTEN = [
    # As it should be.
    _one("PRT-10", "dandelion-clock.jpg", quantity=2),
    _one("MAG", "golden-retriever.jpg", shape=shapes.zepto),
    _one("CNV-13", "honey-bee.jpg", shape=shapes.upload_kit),
    # Too few pixels for what was bought.
    _one("PST-50", "tabby-cat.jpg"),
    _one("PST-50", "dandelions.jpg", shape=shapes.hidden),
    _one("MUG", "small/golden-retriever.jpg", shape=shapes.upload_lift),
    # Poor pictures.
    _one("MAG", "soft/golden-retriever.jpg"),
    _one("PRT-10", "dark/citrus-slices.jpg", shape=shapes.customily),
    _one("CSE-15", "screenshot/tabby-cat.png", shape=shapes.zepto),
    _one("KEY", "moved/tabby-cat.jpg"),
    # Good pictures in awkward files.
    _one("PRT-10", "sideways/honey-bee.jpg"),
    _one("MAG", "heic/golden-retriever.heic"),
    _one("MUG-B", "alpha/parrot.png", shape=shapes.hidden),
    _one("KEY", "cmyk/sunflower.jpg"),
    _one("PST-30", "large/dandelions.jpg"),
    # No picture to be had.
    _one("PRT-10", "deleted/holiday-2231.jpg"),
    _one("MAG", "not_a_photo.jpg"),
    _one("MUG", "cut.jpg"),
    _one("KEY"),
    Purchase((Item("MAG", more=(("Photo to expect", "IMG_2231.HEIC"),)),)),
    # Several pictures.
    _one("PET-A5", "ginger-cat.jpg", "tabby-cat.jpg", "blue-eyed-cat.jpg", shape=shapes.comma_list),
    _one("PRT-13", "boats.jpg", "alps.jpg", shape=shapes.json_list),
    Purchase(
        (
            Item("MUG", ("pancakes.jpg",)),
            Item("MAG", ("pancakes.jpg",), shapes.hidden),
            Item("WRAP"),
        ),
        note="Same picture on both please!",
    ),
    # Pictures that belong to more than one line.
    Purchase(
        (Item("MUG"), Item("MAG"), Item("PRT-10")),
        bundle=Item("BOX", ("dandelion-clock.jpg",), shapes.zepto),
    ),
    Purchase((Item("KEY", quantity=3),), on_order=("owl.jpg",)),
    # Nothing to look at, nobody to ask, or nothing to do.
    Purchase((Item("GIFT"),), is_guest=True),
    Purchase((Item("CSE-15", ("tiger-in-snow.jpg",)),), has_email=False),
    Purchase((Item("MUG", ("sushi.jpg",)),), is_cancelled=True, note="Ordered twice by mistake."),
    Purchase((Item("MAG-L", ("sheep.jpg",)),), is_guest=True),
    # To be handled gently.
    Purchase(
        (Item("MEM", ("dark/golden-retriever.jpg",), more=(("Text", "Forever our good boy"),)),),
        note="Our dog crossed the rainbow bridge last month. This is the only photo we have.",
    ),
    Purchase((Item("MEM", ("blue-eyed-cat.jpg",), shapes.german_zepto),), german=True),
]


def first_orders(seed: int, photos: Iterable[str]) -> list[Order]:
    """What the shop begins with: placed over the last days, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a demo's chance, not a secret
    usual = _usual(chance, photos)
    purchases = [*_WRITTEN, *(next(usual) for _ in range(USUAL_ORDERS))]
    chance.shuffle(purchases)
    step = timedelta(days=DAYS) / len(purchases)
    begin = now() - timedelta(days=DAYS)
    return [
        _placed(FIRST_NUMBER + index, purchase, begin + step * (index + chance.random()), chance)
        for index, purchase in enumerate(purchases)
    ]


def more_orders(number: int, count: int, photos: Iterable[str]) -> list[Order]:
    """New orders, placed now, numbered on from `number`."""
    chance = random.Random()  # noqa: S311
    usual = _usual(chance, photos)
    return [_placed(number + index, next(usual), now(), chance) for index in range(count)]


def _usual(chance: random.Random, photos: Iterable[str]) -> Iterator[Purchase]:
    deal = _deck(chance, photos)
    while True:
        german = chance.random() < 0.15
        items = tuple(_item(chance, deal, german) for _ in range(chance.choice([1, 1, 1, 2])))
        note = chance.choice(_NOTES) if chance.random() < 0.2 and not german else None
        yield Purchase(items, note=note, german=german)


def _item(chance: random.Random, deal: Callable[[str], str], german: bool) -> Item:
    quantity = chance.choice([1, 1, 1, 1, 2, 3])
    if not german and chance.random() < 0.12:
        pair = (deal(""), deal(""))
        return Item("PRT-10", pair, chance.choice(shapes.SEVERAL), quantity)
    photo = deal(chance.choice(_WORSE) if chance.random() < 0.2 else "")
    name = photo.rpartition("/")[2].partition(".")[0]
    skus = _SHARP_SKUS if name in _SHARP else _MIDDLE_SKUS if name in _MIDDLE else _SKUS
    sku = chance.choice(_LARGE_SKUS if chance.random() < 0.12 else skus)
    return Item(sku, (photo,), chance.choice(shapes.GERMAN if german else shapes.USUAL), quantity)


def _deck(chance: random.Random, photos: Iterable[str]) -> Callable[[str], str]:
    """Deal photographs of a kind ("" for the originals), each once before any comes again."""
    names = sorted(photos)
    left: dict[str, list[str]] = {}

    def deal(kind: str) -> str:
        if not left.get(kind):
            of_kind = [name for name in names if name.rpartition("/")[0] == kind]
            left[kind] = [name for name in of_kind if name not in ("cut.jpg", "not_a_photo.jpg")]
            chance.shuffle(left[kind])
        return left[kind].pop()

    return deal


def _placed(number: int, purchase: Purchase, at: datetime, chance: random.Random) -> Order:
    of_language = [one for one in CUSTOMERS if (one.locale == "de") == purchase.german]
    customer = chance.choice(of_language)
    order = Order(
        number=number,
        created_at=at.replace(microsecond=0),
        updated_at=at.replace(microsecond=0),
        customer=None if purchase.is_guest else customer,
        email=customer.email if purchase.has_email else None,
        note=purchase.note,
        attributes=_on_order(purchase),
        lines=[],
    )
    if not purchase.has_email:
        order.customer = customer.model_copy(update={"email": None})
    if purchase.bundle:
        bundle = purchase.bundle
        made = Group(id=order.take_id(), sku=bundle.sku, attributes=_attributes(bundle))
        order.groups.append(made)
    for item in purchase.items:
        order.lines.append(_line(order, item))
    routing.route(order, order.updated_at)
    if purchase.is_cancelled:
        holds.cancel(order, at=order.updated_at)
    return order


def _line(order: Order, item: Item) -> Line:
    return Line(
        id=order.take_id(),
        sku=item.sku,
        quantity=item.quantity,
        current_quantity=item.quantity,
        attributes=_attributes(item),
        group=order.groups[0].id if order.groups else None,
    )


def _attributes(item: Item) -> list[Attribute]:
    shaped = item.shape([PHOTOS + photo for photo in item.photos]) if item.photos else []
    return [Attribute(key=key, value=value) for key, value in (*shaped, *item.more)]


def _on_order(purchase: Purchase) -> list[Attribute]:
    if not purchase.on_order:
        return []
    values = [("utm_content", "1202"), *shapes.theme([PHOTOS + one for one in purchase.on_order])]
    return [Attribute(key=key, value=value) for key, value in values]

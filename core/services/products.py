"""Products and variants as orders name them, and the size that each is printed in."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from core.errors import (
    ChangedMeanwhile,
    NotFound,
    PhotosNeededImplausible,
    QualityImplausible,
    SizeImplausible,
)
from core.findings import print_sizes
from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit, PrintSize
from core.findings.resolution import Quality
from core.integrations.shopify.orders import ShopifyLine
from core.models import EventName, Product, Role, Shop, Variant
from core.queries.print_areas import quality_of
from core.services import findings, history, sync
from core.services.actors import Actor
from core.services.storable import storable


class Made(NamedTuple):
    """How a product is made, and the bleed or wrap on every side in millimetres."""

    making: Making
    bleed: float


class Rules(NamedTuple):
    quality: Quality
    unit: LengthUnit | None


#: What Shopify calls the only variant of a product without options.
_ONLY_VARIANT = "Default Title"
_LARGEST_BLEED = 500  #: Millimetres
PHOTOS_NEEDED = range(101)  #: More are a photo book, whose pages nobody counts


def take_over(session: Session, shop: Shop, lines: Sequence[ShopifyLine]) -> Mapping[str, Variant]:
    """Bring up to date what these lines are of; return the variants by the lines' ids.

    The caller holds the shop's row, so that nobody else adds or corrects the same ones.
    """
    sold = [(line, line.product, line.variant) for line in lines if line.product and line.variant]
    known = {
        product.shopify_id: product
        for product in session.scalars(
            select(Product)
            .options(joinedload(Product.variants))
            .where(
                Product.shop_id == shop.id,
                Product.shopify_id.in_({product.id for _, product, _ in sold}),
            )
        ).unique()
    }
    variants: dict[str, Variant] = {}
    resized: set[Product] = set()
    for line, seen, of in sold:
        product = known.get(seen.id)
        if product is None:
            product = known[seen.id] = Product(shop_id=shop.id, shopify_id=seen.id, variants=[])
            session.add(product)
        product.title = storable(seen.title)
        variant = _variant(product, of.id, line.variant_title)
        before = _size_of(variant)
        _read_size(variant, product, shop.length_unit)
        if variant.id is not None and _size_of(variant) != before:
            resized.add(product)
        variants[line.id] = variant
    session.flush()
    for product in resized:
        findings.request(session, shop.id, product_id=product.id)
    return variants


def _variant(product: Product, shopify_id: str, title: str | None) -> Variant:
    variant = next((each for each in product.variants if each.shopify_id == shopify_id), None)
    if variant is None:
        variant = Variant(shopify_id=shopify_id, is_corrected=False)
        product.variants.append(variant)
    variant.title = "" if title == _ONLY_VARIANT else storable(title) or ""
    return variant


def _read_size(variant: Variant, product: Product, unit: LengthUnit | None) -> None:
    if not variant.is_corrected:
        _set_size(variant, print_sizes.read(variant.title, product.title, unit=unit))


def _set_size(variant: Variant, size: PrintSize | None) -> None:
    variant.width = size.width if size else None
    variant.height = size.height if size else None
    variant.is_fixed = size is not None and size.is_fixed


def _size_of(variant: Variant) -> tuple[float | None, float | None, bool]:
    return variant.width, variant.height, variant.is_fixed


def _is_plausible(size: PrintSize) -> bool:
    return all(
        print_sizes.SHORTEST <= side <= print_sizes.LONGEST for side in (size.width, size.height)
    )


def correct_size(
    session: Session, variant_id: int, size: PrintSize | None, *, manager: Actor
) -> None:
    """Set a variant's size by hand; None goes back to what its titles say."""
    manager.require(Role.MANAGER)
    if size is not None and not _is_plausible(size):
        raise SizeImplausible
    shop = _locked_shop(session, Variant.id == variant_id)
    variant = session.scalars(
        select(Variant)
        .options(joinedload(Variant.product))
        .where(Variant.id == variant_id)
        .execution_options(populate_existing=True)
    ).one()
    product = variant.product
    variant.is_corrected = size is not None
    if size is None:
        _read_size(variant, product, shop.length_unit)
    else:
        _set_size(variant, size)
    _changed(session, product, manager)


def set_making(
    session: Session, product_id: int, made: Made, *, seen: Made, manager: Actor
) -> None:
    """Say how a product is made. Raises `ChangedMeanwhile` if it is not as it was `seen`."""
    manager.require(Role.MANAGER)
    if not 0 <= made.bleed <= _LARGEST_BLEED:
        raise SizeImplausible
    _locked_shop(session, Product.id == product_id)
    product = session.get_one(Product, product_id, populate_existing=True)
    if Made(product.making, product.bleed) != seen:
        raise ChangedMeanwhile
    product.making, product.bleed = made.making, made.bleed
    _changed(session, product, manager)


def set_photos_needed(
    session: Session, product_id: int, photos: int | None, *, manager: Actor
) -> None:
    """Say how many photos a line of it needs, 0 for none; None: as its orders show.

    Open orders are read again, and what they lack is asked for.
    """
    manager.require(Role.MANAGER)
    if photos is not None and photos not in PHOTOS_NEEDED:
        raise PhotosNeededImplausible
    _locked_shop(session, Product.id == product_id)
    product = session.get_one(Product, product_id, populate_existing=True)
    if product.photos_needed != photos:
        product.photos_needed = photos
        history.record(
            session,
            EventName.PRODUCT_CHANGED,
            shop_id=product.shop_id,
            actor=manager,
            product=product.id,
            photos_needed=photos,
        )
        sync.refresh_anew(session, product.shop_id)


def set_quality(
    session: Session, shop_id: int, rules: Rules, *, seen: Rules, manager: Actor
) -> None:
    """Say what prints well in this shop, and what unit a size without one is in.

    Raises `ChangedMeanwhile` if that is not as it was `seen`.
    """
    manager.require(Role.MANAGER)
    quality, unit = rules
    hard, minimum, pixels = quality.hard_minimum_dpi, quality.minimum_dpi, quality.drawn_pixels
    if not (30 <= hard <= minimum <= 1200 and 200 <= pixels <= 10_000):
        raise QualityImplausible
    shop = session.get_one(Shop, shop_id, with_for_update={"key_share": True})
    if Rules(quality_of(shop), shop.length_unit) != seen:
        raise ChangedMeanwhile
    if shop.length_unit is not unit:
        shop.length_unit = unit
        for product in session.scalars(
            select(Product).options(joinedload(Product.variants)).where(Product.shop_id == shop_id)
        ).unique():
            for variant in product.variants:
                _read_size(variant, product, unit)
    shop.minimum_dpi = round(quality.minimum_dpi)
    shop.hard_minimum_dpi = round(quality.hard_minimum_dpi)
    shop.drawn_pixels = quality.drawn_pixels
    history.record(session, EventName.SHOP_CHANGED, shop_id=shop_id, actor=manager)
    findings.request(session, shop_id)


def _changed(session: Session, product: Product, manager: Actor) -> None:
    history.record(
        session,
        EventName.PRODUCT_CHANGED,
        shop_id=product.shop_id,
        actor=manager,
        product=product.id,
    )
    findings.request(session, product.shop_id, product_id=product.id)


def _locked_shop(session: Session, which: ColumnElement[bool]) -> Shop:
    """The shop that sells it, locked as a sync does, so that neither overwrites the other."""
    shop = session.scalars(
        select(Shop)
        .join(Product, Product.shop_id == Shop.id)
        .join(Variant, Variant.product_id == Product.id)
        .where(which)
        .limit(1)
        .with_for_update(of=Shop, key_share=True)
    ).one_or_none()
    if shop is None:
        raise NotFound
    return shop

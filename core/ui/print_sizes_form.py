"""A product with the sizes that it is printed in, and how a manager corrects them."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.errors import SizeImplausible
from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit, PrintSize
from core.models import Role
from core.queries.products import PrintedProduct, PrintedVariant
from core.services import products
from core.services.products import Made
from core.ui import actions, auth, lengths, photos_needed_form, plain

_MAKINGS = {Making.PRINTED: "Printed", Making.DRAWN: "Drawn after the photo"}
_FREE, _FIXED = "Turned as the photo lies", "Always as written here"
_SAVED = "Saved. Open photos are judged anew"


def draw(product: PrintedProduct, unit: LengthUnit) -> None:
    """`unit` is the shop's."""
    with st.container(border=True, gap="xsmall", key=f"product_{product.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                plain.heading(product.title, small=_made(product))
            # Its widgets are drawn once it is open: a page may hold a hundred of these.
            change = st.popover(
                "Change", key=f"change_{product.id}", icon=":material/edit:", on_change="rerun"
            )
        st.html(_sizes(product.variants, unit))
        if change.open:
            with change:
                _size_form(product, unit)
                _making_form(product)
                photos_needed_form.draw(product)


def _made(product: PrintedProduct) -> str:
    bleed = f", {product.bleed:g} mm more on every side" if product.bleed else ""
    needs = photos_needed_form.said(product)
    return _MAKINGS[product.making] + bleed + (f", {needs}" if needs else "")


def _sizes(variants: Sequence[PrintedVariant], unit: LengthUnit) -> str:
    """Unknown sizes first, since they are what is to be done here."""
    rows = "".join(
        f"<li><span>{escape(_title(variant))}</span>"
        f"<strong{' class=unknown' if variant.width is None else ''}>"
        f"{_size(variant, unit)}</strong>"
        f"<span class='source'>{_source(variant)}</span></li>"
        for variant in _unknown_first(variants)
    )
    return f"<ul class='print-sizes'>{rows}</ul>"


def _unknown_first(variants: Sequence[PrintedVariant]) -> Sequence[PrintedVariant]:
    return sorted(variants, key=lambda variant: variant.width is not None)


def _title(variant: PrintedVariant) -> str:
    return variant.title or "The only one"


def _size(variant: PrintedVariant, unit: LengthUnit) -> str:
    if variant.width is None or variant.height is None:
        return "Size unknown"
    return lengths.said(variant.width, variant.height, unit)


def _source(variant: PrintedVariant) -> str:
    if variant.width is None:
        return "no size in the titles, or several"
    fixed = ", never turned" if variant.is_fixed else ""
    return ("corrected" if variant.is_corrected else "read from the titles") + fixed


def _size_form(product: PrintedProduct, unit: LengthUnit) -> None:
    variants = {variant.id: variant for variant in _unknown_first(product.variants)}
    # Named after what there is to do: once a size is saved, the next unknown one is offered.
    unknown = sum(variant.width is None for variant in variants.values())
    chosen = st.selectbox(
        "Size of",
        list(variants),
        format_func=lambda id_: _title(variants[id_]),
        key=f"variant_{product.id}_{unknown}",
    )
    variant = variants[chosen]
    if variant.width is not None and variant.height is not None:
        unit = lengths.unit_of(variant.width, variant.height, unit)
    # Named after what is stored, for the same reason.
    key = f"{variant.id}_{variant.width}_{variant.height}_{variant.is_fixed}"
    with st.form(f"size_{key}", border=False):
        with st.container(horizontal=True):
            _side("Width", variant.width, unit, f"width_{key}")
            _side("Height", variant.height, unit, f"height_{key}")
            st.segmented_control(
                "Unit",
                list(LengthUnit),
                default=unit,
                required=True,
                format_func=lengths.SIGNS.__getitem__,
                key=f"unit_{key}",
            )
        st.radio(
            "On the product",
            [False, True],
            index=int(variant.is_fixed),
            format_func=lambda is_fixed: _FIXED if is_fixed else _FREE,
            key=f"fixed_{key}",
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                "Save size",
                key=f"save_size_{variant.id}",
                on_click=_correct,
                args=(variant.id, key),
            )
            if variant.is_corrected:
                st.form_submit_button(
                    "As the titles say",
                    key=f"titles_{variant.id}",
                    type="tertiary",
                    on_click=_go_by_titles,
                    args=(variant.id,),
                )


def _side(label: str, side: float | None, unit: LengthUnit, key: str) -> None:
    value = None if side is None else float(lengths.written(side, unit))
    st.number_input(label, min_value=0.0, value=value, step=1.0, format="%g", key=key, width=110)


def _making_form(product: PrintedProduct) -> None:
    stored = f"{product.id}_{product.making}_{product.bleed:g}"
    with st.form(f"making_{product.id}", border=False):
        st.segmented_control(
            "How it is made",
            list(Making),
            default=product.making,
            required=True,
            format_func=_MAKINGS.__getitem__,
            key=f"making_of_{stored}",
        )
        st.number_input(
            "Bleed or wrap on every side (mm)",
            min_value=0.0,
            value=product.bleed,
            step=1.0,
            format="%g",
            key=f"bleed_of_{stored}",
            help="What is printed beyond the size: cut off, or wrapped around an edge.",
        )
        st.form_submit_button(
            "Save",
            key=f"save_making_{product.id}",
            on_click=_make,
            args=(product.id, stored, Made(product.making, product.bleed)),
        )


def _correct(variant_id: int, key: str) -> None:
    said = st.session_state
    with actions.action(_SAVED) as session:
        manager = auth.signed_in(Role.MANAGER)
        width, height = said[f"width_{key}"], said[f"height_{key}"]
        if width is None or height is None:
            raise SizeImplausible
        each = said[f"unit_{key}"].millimetres
        size = PrintSize(width * each, height * each, said[f"fixed_{key}"])
        products.correct_size(session, variant_id, size, manager=manager)


def _go_by_titles(variant_id: int) -> None:
    with actions.action("The size is as the titles say. Open photos are judged anew") as session:
        manager = auth.signed_in(Role.MANAGER)
        products.correct_size(session, variant_id, None, manager=manager)


def _make(product_id: int, stored: str, seen: Made) -> None:
    making = st.session_state[f"making_of_{stored}"]
    made = Made(making, st.session_state[f"bleed_of_{stored}"])
    with actions.action(_SAVED) as session:
        manager = auth.signed_in(Role.MANAGER)
        products.set_making(session, product_id, made, seen=seen, manager=manager)

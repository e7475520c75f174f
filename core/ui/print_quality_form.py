"""What prints well in a shop, in numbers that a manager sets."""

from dataclasses import astuple

import streamlit as st

from core.findings.print_area import MM_PER_INCH
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality
from core.models import Role
from core.queries.products import PrintRules
from core.services import products
from core.services.products import Rules
from core.ui import actions, auth, lengths

UNITS = {
    LengthUnit.CM: "Centimetres",
    LengthUnit.INCH: "Inches",
    LengthUnit.MM: "Millimetres",
}
#: What phones have taken for ten years: 12 megapixels.
_PHONE = (4000, 3000)


def draw(rules: PrintRules) -> None:
    key = _keys(rules)
    if rules.unit is None:
        st.warning(
            "Nobody has said what unit sizes are in that have none, as “30x40”. Choose it here: "
            "until then they are unknown.",
            icon=":material/straighten:",
        )
    with st.container(border=True, key="quality"):
        with st.container(horizontal=True):
            unit = st.segmented_control(
                "Sizes without a unit are in",
                list(LengthUnit),
                default=rules.unit,
                required=rules.unit is not None,
                format_func=UNITS.__getitem__,
                key=key["unit"],
            )
            minimum = _number(
                "Prints well from (pixels per inch)",
                rules.quality.minimum_dpi,
                key["minimum"],
                "Fewer pixels on an inch of the print look soft. 150 suit what hangs on a wall, "
                "200 to 300 what is held in the hand.",
            )
            hard = _number(
                "Hard minimum (pixels per inch)",
                rules.quality.hard_minimum_dpi,
                key["hard"],
                "Below this, a photo is marked as too small and not only as small.",
            )
            drawn = _number(
                "Drawn after: shorter side (pixels)",
                rules.quality.drawn_pixels,
                key["drawn"],
                "For products that are drawn after the photo: the size of the print does not "
                "matter then.",
            )
        st.caption(_example(minimum, hard, drawn, unit))
        st.button("Save", key=f"save_quality_{rules.shop_id}", on_click=_save, args=(rules,))


def _number(label: str, value: float, key: str, help: str) -> int:
    # Which numbers make sense is for the service to say, in words.
    return st.number_input(
        label, min_value=1, value=round(value), step=10, key=key, help=help, width=240
    )


def _example(minimum: int, hard: int, drawn: int, unit: LengthUnit | None) -> str:
    return (
        f"A 12-megapixel phone photo then prints well up to {_largest(minimum, unit)}. Above "
        f"that it is marked as small, and above {_largest(hard, unit)} as too small. A "
        f"drawing needs at least {drawn:,} pixels on the shorter side."
    )


def _largest(dpi: int, unit: LengthUnit | None) -> str:
    across, down = (side * MM_PER_INCH / dpi for side in _PHONE)
    return lengths.about(across, down, unit or LengthUnit.CM) or "no size at all"


def _keys(rules: PrintRules) -> dict[str, str]:
    # Named after what is stored: once somebody else has changed it, the fields show that.
    stored = "_".join(str(value) for value in (rules.shop_id, rules.unit, *astuple(rules.quality)))
    return {name: f"{name}_{stored}" for name in ("unit", "minimum", "hard", "drawn")}


def _save(seen: PrintRules) -> None:
    said = {name: st.session_state[key] for name, key in _keys(seen).items()}
    quality = Quality(said["minimum"], said["hard"], said["drawn"])
    with actions.action("Saved. Open photos are judged anew") as session:
        manager = auth.signed_in(Role.MANAGER)
        products.set_quality(
            session,
            seen.shop_id,
            Rules(quality, said["unit"]),
            seen=Rules(seen.quality, seen.unit),
            manager=manager,
        )

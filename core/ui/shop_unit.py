"""What unit a new shop's sizes are in, asked once."""

import streamlit as st

from core.findings.print_sizes import LengthUnit
from core.models import Role
from core.queries.products import PrintRules
from core.services import products
from core.services.products import Rules
from core.ui import actions, auth
from core.ui.print_quality_form import UNITS


def draw(rules: PrintRules) -> None:
    """Nothing where it is known: from then on it is one of the settings."""
    if rules.unit is not None:
        return
    with st.container(gap="xxsmall", key=f"unknown_unit_{rules.shop_id}"):
        st.segmented_control(
            "Sizes without a unit, as “30x40”, are in",
            list(LengthUnit),
            format_func=UNITS.__getitem__,
            key=_key(rules),
            on_change=_save,
            args=(rules,),
        )
        st.caption(
            "Until you say so, no photo is too small for such a size, as nobody knows how large it "
            "is. Later it can be changed under Settings."
        )


def _key(rules: PrintRules) -> str:
    return f"unit_of_{rules.shop_id}"


def _save(seen: PrintRules) -> None:
    unit: LengthUnit = st.session_state[_key(seen)]
    with actions.action("Saved. Open photos are judged anew") as session:
        manager = auth.signed_in(Role.MANAGER)
        products.set_quality(
            session,
            seen.shop_id,
            Rules(seen.quality, unit),
            seen=Rules(seen.quality, seen.unit),
            manager=manager,
        )

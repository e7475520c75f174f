"""A photo that could not be fetched or opened, and what staff can do about it."""

from uuid import uuid4

import streamlit as st

from core.errors import NotFound
from core.models import Role
from core.queries.check_causes import Cause
from core.queries.issues import UncheckedPhoto
from core.queries.reasons import ActiveReason
from core.services import decisions, uploads
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.ui import actions, auth, format, plain

#: By `Unavailable.code` and `PictureRefused.code`, of what fetching a photo can end with.
WORDS = {
    "missing": "No photo came with this order, for a product that needs one.",
    "host_not_trusted": "The photo is on a site that nobody has trusted yet.",
    "forbidden_address": "The link leads into a private network, so it was not followed.",
    "bad_url": "The link is not one that can be followed.",
    "too_many_redirects": "The link leads round in circles.",
    "not_found": "There is no photo behind this link: the upload app may have deleted it.",
    "forbidden": "The site of the upload app does not give the photo out.",
    "throttled": "The site of the upload app was too busy for hours.",
    "server_error": "The site of the upload app has had an error for hours.",
    "timeout": "The site of the upload app has not answered in time for hours.",
    "connection": "The site of the upload app could not be reached for hours.",
    "disk_full": "Our disk was full for hours, so the photo could not be taken in.",
    "storage": "Our place for pictures could not be used for hours.",
    "decoder": "Our program that opens pictures has not worked for hours.",
    "killed": "Opening it was stopped three times: the machine may have too little memory.",
    "cut_short": "Only a part of the photo came through.",
    "not_a_picture_page": "The link leads to a web page, not to a photo.",
    "not_a_picture": "The file is not a picture.",
    "unknown_format": "The file is of a kind that cannot be opened here.",
    "too_small": "The picture is too small for any print.",
    "too_large": "The file is larger than 60 MB.",
    "too_many_pixels": "The picture has more pixels than can be opened safely.",
    "damaged": "The file is damaged or was cut off.",
    "too_complex": "The file takes too long to open, so it was stopped.",
    "gave_up": "It was tried several times and stopped each time.",
}


def draw_cause(cause: Cause, shop_id: int | None) -> None:
    """Offer to try again, together, what waits for one cause, in one shop or in all."""
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"cause_{cause.code}"
    ):
        st.text(words_for(cause.code), width="stretch")
        st.button(
            f"Try these {cause.photos} again",
            key=f"again_all_{cause.code}",
            icon=":material/refresh:",
            on_click=_try_all_again,
            args=(cause.code, shop_id),
        )


def draw(photo: UncheckedPhoto, reasons: list[ActiveReason], *, actor: Actor) -> None:
    with st.container(border=True, key=f"check_{photo.id}"):
        words, buttons = st.columns([7, 2])
        with words:
            plain.heading(f"{photo.order_name} · {photo.customer or 'No name'}")
            variant = f", {photo.variant}" if photo.variant else ""
            st.text(f"{photo.product}{variant}")
            st.warning(words_for(photo.code), icon=None)
            if photo.message:
                st.caption("The customer wrote:")
                plain.quote(photo.message)
            if photo.url:
                st.code(photo.url, language=None, wrap_lines=True)
            st.caption(f"Ordered {format.ago(photo.waiting_since)}")
        with buttons:
            _buttons(photo, reasons, actor)


def words_for(code: str) -> str:
    return WORDS.get(code, "The photo could not be taken in.")


def _buttons(photo: UncheckedPhoto, reasons: list[ActiveReason], actor: Actor) -> None:
    seen = PhotoVersion(photo.id, photo.version)
    if photo.url:
        st.button(
            "Try again",
            key=f"again_{photo.id}",
            icon=":material/refresh:",
            width="stretch",
            on_click=_try_again,
            args=(seen,),
        )
    with st.popover("Ask the customer", icon=":material/mail:", width="stretch"):
        _ask_form(seen, reasons)
    if photo.host and actor.role is Role.MANAGER:
        with st.popover("Trust this host", icon=":material/verified_user:", width="stretch"):
            st.caption("From now on, photos are fetched from")
            st.code(photo.host, language=None)
            st.button("Trust", key=f"trust_{photo.id}", on_click=_trust, args=(photo,))
    st.button(
        "Set aside",
        key=f"aside_{photo.id}",
        icon=":material/do_not_disturb_on:",
        width="stretch",
        help="Nothing is to be printed here. Nobody is mailed.",
        on_click=_set_aside,
        args=(seen,),
    )


def _ask_form(seen: PhotoVersion, reasons: list[ActiveReason]) -> None:
    # Outside the form: another reason shows other words at once.
    reason = st.selectbox(
        "Reason",
        reasons,
        format_func=lambda reason: reason.label,
        index=next((n for n, each in enumerate(reasons) if each.code == "missing_file"), 0),
        key=f"reason_{seen.id}",
    )
    st.caption("The customer will read:")
    plain.quote(reason.customer_text or "Only your comment.")
    with st.form(f"ask_{seen.id}", border=False):
        st.text_area("Comment for the customer", key=f"comment_{seen.id}", max_chars=2000)
        st.form_submit_button("Ask", on_click=_ask, args=(seen, reason.id))


def _try_again(photo: PhotoVersion) -> None:
    with actions.action("Fetching it again") as session:
        actor = auth.signed_in(Role.PROCESSOR)
        if not uploads.try_again(session, [photo], actor=actor):
            raise NotFound("Somebody else has taken care of this photo meanwhile.")


def _try_all_again(code: str, shop_id: int | None) -> None:
    with actions.action("Fetching them again") as session:
        actor = auth.signed_in(Role.PROCESSOR)
        if not uploads.try_all_again(session, code, actor=actor, shop_id=shop_id):
            raise NotFound("Somebody else has taken care of these photos meanwhile.")


def _ask(photo: PhotoVersion, reason_id: int) -> None:
    with actions.action("The customer will be asked") as session:
        actor = auth.signed_in(Role.PROCESSOR)
        outcome = decisions.ask_customer(
            session,
            [photo],
            reasons=[reason_id],
            comment=st.session_state[f"comment_{photo.id}"],
            reviewer=actor,
            batch=uuid4(),
        )
        if not outcome.decided:
            raise NotFound("Somebody else has taken care of this photo meanwhile.")


def _set_aside(photo: PhotoVersion) -> None:
    with actions.action("Set aside") as session:
        actor = auth.signed_in(Role.PROCESSOR)
        outcome = decisions.set_aside(session, [photo], reviewer=actor, batch=uuid4())
        if not outcome.decided:
            raise NotFound("Somebody else has taken care of this photo meanwhile.")


def _trust(photo: UncheckedPhoto) -> None:
    with actions.action("Its photos are fetched now") as session:
        manager = auth.signed_in(Role.MANAGER)
        uploads.trust_host(session, photo.shop_id, photo.host or "", manager=manager)

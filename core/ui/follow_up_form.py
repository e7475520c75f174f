"""How customers who stay silent are followed up, and what a change of that would do now."""

from collections.abc import Iterable
from zlib import crc32

import streamlit as st

from core import db
from core.errors import FollowUpImplausible
from core.models import Role, WhenSilent, utc_now
from core.queries import reasons, silence
from core.services import follow_up_rules, gentle
from core.services.follow_up_rules import FollowUpRules
from core.ui import actions, auth, format, plain

_WHEN_SILENT = {
    WhenSilent.WAIT: "Keep waiting, and tell a manager",
    WhenSilent.GO_ON: "Go on with the photo as it is",
}


def draw(shop_id: int) -> None:
    with db.transaction() as session:
        saved = follow_up_rules.of_shop(session, shop_id)
    # Named after what is stored: once somebody else has changed it, the fields show that.
    tag = f"{shop_id}_{crc32(repr(saved).encode()):x}"
    with st.container(border=True, key="follow_up"):
        with st.container(horizontal=True):
            deadline = st.number_input(
                "Answers are due after so many days",
                min_value=0,
                value=saved.answer_days,
                step=1,
                key=f"answer_days_{tag}",
                help="Calendar days after the mail was sent, at 10:00 in the shop's time zone.",
                width=280,
            )
            days = st.multiselect(
                "Reminders after so many days",
                sorted({*range(1, 31), *saved.reminder_days}),
                default=list(saved.reminder_days),
                key=f"reminder_days_{tag}",
                placeholder="No reminder",
                width=360,
            )
        when_silent, waits_for = _draw_policy(shop_id, saved, tag)
        words = st.text_area(
            "Gentle words, one word or phrase a line",
            "\n".join(saved.gentle_words),
            key=f"gentle_words_{tag}",
            height=120,
            help="An order with one of them in a product's title, a tag or its note is asked about "
            "more gently: softer words, one reminder, and nothing is ever decided by itself.",
        )
        rules = FollowUpRules(tuple(sorted(days)), deadline, when_silent, waits_for, _lines(words))
        _say_effect(shop_id, rules, saved)
        # With what has its effect on the screen, not with what was just typed over it.
        st.button(
            "Save",
            key=f"save_follow_up_{shop_id}",
            disabled=rules == saved,
            on_click=_save,
            args=(shop_id, rules, saved),
        )


def _draw_policy(
    shop_id: int, saved: FollowUpRules, tag: str
) -> tuple[WhenSilent, tuple[int, ...]]:
    when_silent = st.radio(
        "When nobody has answered by then",
        list(WhenSilent),
        index=list(WhenSilent).index(saved.when_silent),
        format_func=_WHEN_SILENT.__getitem__,
        key=f"when_silent_{tag}",
        help="Going on happens only where every reason allows to keep the photo and the mail has "
        "said so. The photo has its last look in Image approval.",
    )
    if when_silent is not WhenSilent.GO_ON:
        return WhenSilent.WAIT, saved.waits_for
    with db.transaction() as session:
        labels = {each.id: each.label for each in reasons.active(session, shop_id) if each.may_keep}
    chosen = st.multiselect(
        "Keep waiting all the same for",
        list(labels),
        default=[id_ for id_ in saved.waits_for if id_ in labels],
        format_func=lambda id_: plain.label(labels[id_]),
        key=f"waits_for_{tag}",
        placeholder="No reason",
    )
    hidden = {id_ for id_ in saved.waits_for if id_ not in labels}
    return when_silent, tuple(sorted({*chosen, *hidden}))


def _lines(text: str) -> tuple[str, ...]:
    """Each line once, without empty ones."""
    lines: Iterable[str] = (" ".join(line.split()) for line in text.replace("\0", "").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def _say_effect(shop_id: int, rules: FollowUpRules, saved: FollowUpRules) -> None:
    if not rules.is_plausible():
        st.error(str(FollowUpImplausible()), icon=None)
        return
    said = []
    with db.transaction() as session:
        if rules.answer_days != saved.answer_days:
            told = silence.count_told(session, shop_id)
            photos = format.counted(told, "open photo keeps", "open photos keep")
            said.append(f"{photos} the day that their customers were told; new mails say another.")
        if rules.reminder_days != saved.reminder_days:
            due = silence.count_to_remind(session, shop_id, rules.reminder_days, now=utc_now())
            customers = format.counted(due, "customer") if due else "No customer"
            said.append(f"{customers} would be reminded within minutes.")
        if rules.gentle_words != saved.gentle_words:
            found = gentle.count_open(session, shop_id, rules.gentle_words)
            orders = format.counted(found, "open order") if found else "No open order"
            said.append(f"{orders} would be asked about gently.")
    if (rules.when_silent, rules.waits_for) != (saved.when_silent, saved.waits_for):
        said.append(_policy_words(rules.when_silent))
    st.caption(" ".join(said) or "Nothing is changed for what was asked already.")


def _policy_words(when_silent: WhenSilent) -> str:
    if when_silent is WhenSilent.WAIT:
        return "From now on, nothing goes on by itself, whatever was said before."
    return "This holds for what is asked from now on: the mail says so."


def _save(shop_id: int, rules: FollowUpRules, saved: FollowUpRules) -> None:
    with actions.action("Saved") as session:
        manager = auth.signed_in(Role.MANAGER)
        follow_up_rules.set_rules(session, shop_id, rules, seen=saved, manager=manager)

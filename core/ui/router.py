"""Who you are decides the menu."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.config import ROOT
from core.models import Role
from core.services.actors import Actor
from core.ui import auth, mail_line, sign_in, state

ROLE_NAMES = {Role.PROCESSOR: "Processor", Role.MANAGER: "Manager"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of `pages/`, for one role."""

    script: str
    title: str
    icon: str
    role: Role = Role.PROCESSOR


# The first one is what `/` opens.
MENU = (
    Entry("approval", "Image approval", ":material/photo_library:"),
    Entry("to_check", "To check", ":material/troubleshoot:"),
    Entry("issues", "Image issues", ":material/folder_open:"),
    Entry("orders", "Orders", ":material/receipt_long:"),
    Entry("ready", "Ready to print", ":material/print:"),
    Entry("mail", "Mail", ":material/mail:"),
    Entry("statistics", "Statistics", ":material/bar_chart:", Role.MANAGER),
    Entry("shops", "Shops", ":material/storefront:", Role.MANAGER),
    Entry("find", "Photo finder", ":material/image_search:", Role.MANAGER),
    Entry("settings", "Settings", ":material/settings:", Role.MANAGER),
)
#: Other addresses that pages have, or had.
_ALSO = {MENU[0].script: MENU[0], "mailbox": next(each for each in MENU if each.script == "mail")}
CUSTOMERS = "my_photos"
STYLE = Path(__file__).with_name("page.css")


def customers_page() -> list[st.Page]:
    """For whoever has an order's link; in nobody's menu."""
    return [st.Page(ROOT / "pages" / f"{CUSTOMERS}.py", title="Your photos", visibility="hidden")]


def staff_pages(actor: Actor) -> list[st.Page]:
    pages = [_page(entry, actor) for entry in MENU]
    others = [
        _leading_to(pages[MENU.index(entry)], entry, address) for address, entry in _ALSO.items()
    ]
    return [*pages, *others]


def _leading_to(page: st.Page, entry: Entry, address: str) -> st.Page:
    def lead() -> None:
        st.switch_page(page)

    return st.Page(lead, title=entry.title, url_path=address, visibility="hidden")


def _page(entry: Entry, actor: Actor) -> st.Page:
    if actor.role not in (entry.role, Role.MANAGER):
        return st.Page(
            _draw_not_allowed, title=entry.title, url_path=entry.script, visibility="hidden"
        )
    is_first = entry is MENU[0]
    return st.Page(
        ROOT / "pages" / f"{entry.script}.py",
        title=entry.title,
        icon=entry.icon,
        url_path="" if is_first else entry.script,
        default=is_first,
    )


def _draw_not_allowed() -> None:
    st.info("This page is for managers.", icon=":material/lock:")


def sign_in_pages() -> list[st.Page]:
    """The sign-in screen at every page's own address, where one then lands."""
    return [
        st.Page(sign_in.screen, title="Loupe", url_path="", default=True),
        *(
            st.Page(sign_in.screen, title="Loupe", url_path=address)
            for address in dict.fromkeys([*(entry.script for entry in MENU), *_ALSO])
        ),
    ]


def draw_person(actor: Actor) -> None:
    with st.sidebar:
        st.caption(f"{actor.name} · {ROLE_NAMES[actor.role]}")
        st.button("Sign out", on_click=auth.sign_out, icon=":material/logout:")


actor = auth.whoever()
st.set_page_config(
    # A file of ours: Streamlit's named icons come from a server of Google's.
    page_icon=Path(__file__).with_name("icon.svg"),
    layout="wide" if actor else "centered",
    initial_sidebar_state=220 if actor else "auto",
)
st.html(STYLE)
if st.session_state.get(state.SIGNING_OUT):
    sign_in.end_session()
elif actor:
    page = st.navigation(staff_pages(actor) + customers_page())
    draw_person(actor)
    mail_line.draw()
    page.run()
else:
    st.navigation(sign_in_pages() + customers_page(), position="hidden").run()

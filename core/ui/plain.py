"""Show what others wrote, and pictures, without ever reading a text as markup."""

import re
from collections.abc import Mapping
from html import escape

import streamlit as st

#: Where Markdown begins to read an address that nobody marked as one; no escape keeps it from that.
_IN_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # cannot be seen


def label(text: str) -> str:
    """For a widget, whose label is Markdown."""
    text = _IN_ADDRESS.sub(_WORD_JOINER, text)
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def visible(text: str) -> str:
    """Without letters that cannot be seen, or turn others around."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)


def heading(text: str, *, small: str = "") -> None:
    """A line that stands out, and a quieter part behind it."""
    quiet = f" <span style='opacity: .65; font-weight: 400'>{escape(small)}</span>" if small else ""
    st.html(f"<div style='font-weight: 600; overflow-wrap: anywhere'>{escape(text)}{quiet}</div>")


def quote(text: str) -> None:
    """What a person wrote, line breaks kept."""
    st.html(
        "<blockquote style='margin: .25rem 0; padding: .25rem .75rem; white-space: pre-line; "
        "border-left: 3px solid color-mix(in srgb, currentColor 25%, transparent); "
        f"overflow-wrap: anywhere'>{escape(text)}</blockquote>"
    )


def facts(known: Mapping[str, str]) -> None:
    """Names with what they say, beside each other where there is room."""
    rows = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in known.items())
    st.html(f"<dl class='facts'>{''.join(rows)}</dl>")


def tags(*texts: str) -> None:
    st.html(
        "<div style='display: flex; flex-wrap: wrap; gap: .375rem'>"
        + "".join(
            "<span style='padding: 0 .5rem; border-radius: 1rem; font-size: .875em; "
            "border: 1px solid color-mix(in srgb, currentColor 30%, transparent)'>"
            f"{escape(text)}</span>"
            for text in texts
        )
        + "</div>"
    )


def picture(sha256: str | None, *, alt: str) -> None:
    """The grid's derivative; a click opens the large one."""
    if sha256 is None:
        st.html(
            "<div style='display: grid; place-items: center; aspect-ratio: 4 / 3; opacity: .65; "
            "border: 1px dashed currentColor; border-radius: .5rem'>No picture</div>"
        )
        return
    st.html(
        f"<a href='/photos/{sha256}/full' target='_blank' rel='noopener' style='color: inherit'>"
        f"<img src='/photos/{sha256}/grid' alt='{escape(alt, quote=True)}' loading='lazy' "
        "style='width: 100%; max-height: 14rem; object-fit: contain; border-radius: .5rem; "
        "background: color-mix(in srgb, currentColor 6%, transparent)'></a>"
    )

"""Which of the shops a page is about, where there are several."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core import db
from core.queries import shops


@dataclass(frozen=True, slots=True)
class ShopChoice:
    names: Mapping[int, str]  #: Of all shops
    shop_id: int | None  #: None: all of them

    @property
    def shops(self) -> list[int]:
        return list(self.names) if self.shop_id is None else [self.shop_id]

    def named(self, shop_id: int, text: str) -> str:
        """The text, with its shop where those of several are side by side."""
        if self.shop_id is not None or len(self.names) < 2:
            return text
        return f"{self.names[shop_id]}: {text}"


def draw() -> ShopChoice:
    with db.transaction() as session:
        names = shops.names(session)
    if len(names) < 2:
        return ShopChoice(names, None)
    chosen = st.selectbox(
        "Shop",
        list(names.values()),
        index=None,
        placeholder="All shops",
        # What the address of a page says: a bookmark finds it again.
        key="of_shop",
        bind="query-params",
        label_visibility="collapsed",
        width=200,
    )
    ids = {name: id_ for id_, name in names.items()}
    return ShopChoice(names, ids.get(chosen) if chosen else None)

"""A reviewer who has only the keyboard, and waits for nothing but what has to be seen."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum

from playwright.sync_api import Page

COMMENT = "Could you send the original from your phone?"
_FAR = 20  #: Presses of Tab from the first reason to the comment, at most
#: So many at once, at most, are decided without a question once that was chosen.
SPARED = 5


class Wait(StrEnum):
    NEXT = "the next photo"
    QUESTION = "a question"
    UNDONE = "an undone photo"
    VIEW = "full screen"


class Keyboard:
    """Counts what it did."""

    def __init__(self, page: Page, photos: int) -> None:
        self._page = page
        self._photos = photos
        #: Milliseconds until it was on screen.
        self.waits: dict[Wait, list[float]] = defaultdict(list)
        self.approved = self.rejected = self.undone = 0

    @property
    def left(self) -> int:
        return self._photos - self.approved - self.rejected

    def spare_questions(self) -> None:
        """Approve a first photo, and have single ones not asked about today."""
        self._find_tile()
        self._press("a", Wait.QUESTION, "asked")
        self._page.keyboard.press("d")
        self._approve("Enter")

    def approve(self) -> None:
        self._find_tile()
        self._approve("a")

    def approve_range(self, count: int) -> None:
        self._find_tile()
        for _ in range(count - 1):
            self._page.keyboard.press("Shift+ArrowRight")
        # Who is ahead of the server may find few: of those nobody is asked any more.
        if len(self._page.evaluate("watch.meant()")) <= SPARED:
            self._approve("a")
        else:
            self._press("a", Wait.QUESTION, "asked")
            self._approve("Enter")

    def reject(self) -> None:
        """For two reasons by their numbers, with a comment."""
        self._find_tile()
        self._press("r", Wait.QUESTION, "asked")
        self._page.keyboard.press("1")
        self._page.keyboard.press("2")
        for _ in range(_FAR):
            if self._page.evaluate("watch.isTyping()"):
                break
            self._page.keyboard.press("Tab")
        self._page.keyboard.insert_text(COMMENT)
        self.rejected += len(self._decide("Control+Enter"))

    def undo_approval(self) -> None:
        """Of a photo just approved, which then is among the others again."""
        self.approve()
        self._press("u", Wait.UNDONE, "returned", self._last)
        self.approved -= len(self._last)
        self.undone += len(self._last)

    def enter_full_screen(self) -> None:
        self._find_tile()
        self._press("Enter", Wait.VIEW, "opened")

    def leave_full_screen(self) -> None:
        self._press("Escape", Wait.VIEW, "closed")

    def _approve(self, key: str) -> None:
        self._last = self._decide(key)
        self.approved += len(self._last)

    def _decide(self, key: str) -> Sequence[int]:
        meant: list[int] = self._page.evaluate("watch.meant()")
        is_last = len(meant) == self.left
        self._press(key, Wait.NEXT, "follows", meant, is_last)
        return meant

    def _find_tile(self) -> None:
        """Where the page was empty for a moment, the keyboard is on no tile any more."""
        if not self._page.evaluate("watch.meant()"):
            self._page.keyboard.press("ArrowRight")

    def _press(self, key: str, wait: Wait, *sign: object) -> None:
        self._page.evaluate("sign => watch.arm(sign)", list(sign))
        self._page.keyboard.press(key)
        self.waits[wait] += self._page.evaluate("watch.waited")

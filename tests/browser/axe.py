"""What a page's markup does to people who cannot see it, as far as a machine can tell."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page


def serious_violations(page: Page, within: str) -> list[tuple[str, Any]]:
    """The rules broken, of level serious or worse, and where; `within` is a CSS selector."""
    found = Axe().run(page, context={"include": [[within]]})
    return [
        (violation["id"], [node["target"] for node in violation["nodes"]])
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]

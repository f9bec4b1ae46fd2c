"""Rules of accessibility that a page breaks, as axe-core finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: What WCAG 2.2 adds, and axe-core leaves out unless asked: targets of 24 pixels.
ASKED = {"rules": {"target-size": {"enabled": True}}}
#: The narrowest page that WCAG asks for (1.4.10, reflow), in pixels.
NARROW = 320


def broken(page: Page) -> str:
    """Return what a page breaks, in words; nothing if it breaks no rule."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=ASKED)
    ran = [rule["id"] for kind in ("passes", "inapplicable") for rule in found.response[kind]]
    assert "target-size" in ran or found.violations_count
    return found.generate_report() if found.violations_count else ""

"""The report opened as a reader opens it: from a file, with no internet, at a desk, magnified, and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.axe import NARROW, broken
from tests.test_report_compared import valley

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

OPEN = "document.querySelectorAll('details').forEach(folded => { folded.open = true })"


def report() -> Path:
    return valley()[0].folder / "report.html"


# 640 is a desk of 1280 at twice the size.
@pytest.mark.parametrize("wide", [1280, 640, NARROW])
def test_the_report_opens_by_itself(chromium: Browser, wide: int) -> None:
    page = chromium.new_page(viewport={"width": wide, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report().as_uri())
    assert page.locator("h1").count() == 1
    assert not [url for url in asked if not url.startswith(("data:", report().as_uri()))]
    assert not said
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    page.evaluate(OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    page.close()


@pytest.mark.parametrize("wide", [1280, NARROW])
def test_no_rule_of_accessibility_is_broken(chromium: Browser, wide: int) -> None:
    """The rules are those of axe-core: WCAG 2 and its good practice."""
    page = chromium.new_page(viewport={"width": wide, "height": 800})
    page.goto(report().as_uri())
    page.evaluate(OPEN)
    assert not (found := broken(page)), found
    page.close()


def test_a_folded_table_opens_by_keyboard(chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(report().as_uri())
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    page.close()


def test_on_paper_nothing_is_cut_off(chromium: Browser) -> None:
    """At the width of A4 within its margins, in points of the screen."""
    page = chromium.new_page(viewport={"width": round(186 / 25.4 * 96), "height": 1000})
    page.emulate_media(media="print")
    page.goto(report().as_uri())
    page.evaluate(OPEN)
    wide = page.evaluate("document.documentElement.clientWidth")
    rights = page.eval_on_selector_all(
        "svg, table", "found => found.map(one => one.getBoundingClientRect().right)"
    )
    assert max(rights) <= wide + 1
    page.close()

"""The report opened as a reader opens it: from a file, with no internet, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sufficiency.report.documents import documents
from tests.test_report import planned

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("wide", [1280, 390])
def test_the_report_opens_by_itself(chromium: Browser, tmp_path: Path, wide: int) -> None:
    file = tmp_path / "report.html"
    file.write_text(str(documents(*planned())["report.html"]), encoding="utf-8")
    page = chromium.new_page(viewport={"width": wide, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    assert page.locator("h1").count() == 1
    assert not [url for url in asked if not url.startswith(("data:", file.as_uri()))]
    assert not said
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    page.close()

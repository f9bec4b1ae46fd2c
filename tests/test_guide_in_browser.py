"""The guide's site as a reader opens it: from files, with no internet, at a desk and on a phone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("docs/index", "docs/data-dictionary", "docs/mathematics", "docs/commands", "README")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does: a warning is an error."""
    folder = tmp_path_factory.mktemp("guide")
    words = ["-b", "html", "-W", "--keep-going", "-q", "-c", "docs", "-d", str(folder / "trees")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, ".", str(folder / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


def opened(chromium: Browser, file: Path, wide: int) -> tuple[Page, list[str]]:
    """Open a page; return it with whatever it asked of elsewhere and complained of."""
    page = chromium.new_page(viewport={"width": wide, "height": 900})
    wrong: list[str] = []
    page.on("request", lambda one: None if one.url.startswith("file:") else wrong.append(one.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    return page, wrong


@pytest.mark.parametrize("wide", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_by_itself_and_breaks_no_rule_of_accessibility(
    chromium: Browser, site: Path, name: str, wide: int
) -> None:
    """The rules are those of axe-core: WCAG 2 and its good practice."""
    from axe_playwright_python.sync_playwright import Axe

    page, wrong = opened(chromium, site / f"{name}.html", wide)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    assert not wrong
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_first_page_leads_to_the_guide(chromium: Browser, site: Path) -> None:
    page, wrong = opened(chromium, site / "index.html", 1280)
    page.wait_for_url("**/docs/index.html")
    assert page.locator("h1").inner_text().startswith("The guide")
    assert not wrong
    page.close()


def test_a_search_needs_no_server(chromium: Browser, site: Path) -> None:
    page, wrong = opened(chromium, site / "search.html", 1280)
    page.goto(f"{(site / 'search.html').as_uri()}?q=detour_factor")
    page.locator("ul.search li a").first.wait_for()
    assert any("journeys" in (link or "") for link in hrefs(page))
    assert not wrong
    page.close()


def hrefs(page: Page) -> list[str | None]:
    """Return where the results of a search lead."""
    return [link.get_attribute("href") for link in page.locator("ul.search li a").all()]


def test_formulas_are_set_as_mathematics(chromium: Browser, site: Path) -> None:
    page, _ = opened(chromium, site / "docs/mathematics.html", 1280)
    assert page.locator("math").count() > 20
    assert page.locator("math[display=block]").count() > 5
    assert "\\" not in str(page.locator("math").first.text_content())
    page.close()

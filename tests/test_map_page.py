"""The page of maps: only what is published, nothing asked from outside, and a table that says what the map shows."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.maps.layers import LAYERS, Selection, shade
from sufficiency.maps.page.write import HIDDEN, write_page
from tests.axe import NARROW, broken
from tests.test_maps import HOSTILE, areas_table, sites, told

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_every_value_is_that_of_the_map_of_its_own() -> None:
    plan = told()
    data = data_of(write_page(plan))
    seen = 0
    for key, packed in data["values"]["plan"].items():
        year, need, phase = key.split()
        names = data["areas"][packed["geography"]]
        for layer in LAYERS.values():
            shading = shade(plan.areas, layer, Selection(int(year), need, phase))
            assert shading.geography == packed["geography"]
            for name, value in zip(names, packed["layers"][layer.key], strict=True):
                if name not in shading.by_area.index:
                    assert value is None
                elif shading.by_area[name] != shading.by_area[name]:
                    assert value == HIDDEN
                    seen += 1
                else:
                    assert value == pytest.approx(shading.by_area[name])
    assert seen, "nothing was withheld: the test shows nothing"


def test_only_its_own_script_may_run() -> None:
    page = write_page(told())
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'".replace("'", "&#39;") in page.replace("&#x27;", "&#39;")
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)


@settings(max_examples=10)
@given(st.sampled_from(HOSTILE))
def test_names_stay_names(name: str) -> None:
    page = write_page(replace(told(), sites=sites([name]), notice=name))
    assert "<script>alert" not in page
    assert data_of(page)


def test_without_shapes_there_is_no_page() -> None:
    assert write_page(told(areas=areas_table().assign(geography="areas of the case"))) == ""


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Page:
    """The page of a plan and another for the same children."""
    other = areas_table()
    other["mean_minutes"] = [
        value if isinstance(value, str) else value + 3 for value in other["mean_minutes"]
    ]
    file = tmp_path / "map.html"
    file.write_text(write_page(told(), replace(told(), areas=other, called="before")), "utf-8")
    page = chromium.new_page(viewport={"width": 1200, "height": 900}, has_touch=True)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: pytest.fail(message.text))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert not [url for url in asked if not url.startswith((file.as_uri(), "data:"))]
    return page


@pytest.mark.browser
def test_the_map_and_its_table_follow_what_is_chosen(opened: Page) -> None:
    opened.select_option("#layer", "journeys")
    rows = dict(row.split("\t") for row in opened.inner_text("#rows").split("\n"))
    key = next(iter(told().years[-1:]))
    shading = shade(told().areas, LAYERS["journeys"], Selection(int(key)))
    for name, value in shading.by_area.items():
        said = "not shown" if math.isnan(value) else f"{value:g}"
        assert rows[str(name)] == said
    assert opened.locator("g.key:visible").count() == 1
    opened.select_option("#view", "change")
    changes = {row.split("\t")[1] for row in opened.inner_text("#rows").split("\n")}
    assert changes <= {"−3", "not shown", "no children modelled"}
    assert "−3" in changes
    fills = opened.eval_on_selector_all(
        "[data-area]", "all => all.map(one => one.getAttribute('fill'))"
    )
    assert len(set(fills)) > 1


@pytest.mark.browser
def test_one_can_zoom_and_move_by_button_wheel_and_keyboard(opened: Page) -> None:
    def moved() -> str:
        found: str = opened.evaluate(
            "document.querySelector('g.ground').parentNode.getAttribute('transform')"
        )
        return found

    opened.click("[data-move=in]")
    near = moved()
    assert "scale(1.5" in near
    opened.focus("#map")
    opened.keyboard.press("ArrowRight")
    assert moved() != near
    opened.keyboard.press("0")
    assert "scale(1.0" in moved()
    opened.hover("rect.sea", position={"x": 30, "y": 30}, force=True)
    opened.mouse.wheel(0, -300)
    opened.wait_for_function(
        "!document.querySelector('g.ground').parentNode.getAttribute('transform').includes('scale(1.0')"
    )


@pytest.mark.browser
@pytest.mark.parametrize("wide", [1200, NARROW])
def test_no_rule_of_accessibility_is_broken(opened: Page, wide: int) -> None:
    opened.set_viewport_size({"width": wide, "height": 800})
    assert not (found := broken(opened)), found
    assert opened.evaluate("document.documentElement.scrollWidth") <= wide

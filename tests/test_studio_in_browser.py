"""The what-if page, used as a person uses it: by mouse, by keys alone, magnified, on a phone, with the studio gone."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.axe import NARROW
from tests.studio_page import PATIENCE_S, ROOT, Server, Visitor
from tests.town import change, write_town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

S1, HILL, BASE = "scheme:S1", "provision:H", "provision:R"
#: What a browser says of a studio that has gone, or refuses an edit: asked for by the tests.
EXPECTED = re.compile(
    "ERR_CONNECTION|Failed to fetch|status of 4(01|09|22)|ERR_EMPTY|ERR_INCOMPLETE"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A studio of the drawn town, shared by the tests that leave it as they found it."""
    town = write_town(tmp_path_factory.mktemp("studio"))
    change(town, "schemes.csv", "proposed,400000,2026,2027", "proposed,400000,2026,")
    with Server(town) as running:
        yield running


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Somebody before the page of a case in which nothing has been changed; the browser must not complain."""
    with Visitor(chromium, server) as visiting:
        visiting.start_afresh()
        yield visiting
        visiting.start_afresh()
        assert not [text for text in visiting.complaints if not EXPECTED.search(text)]


def test_the_page_shows_the_plan_and_asks_nothing_from_outside(visitor: Visitor) -> None:
    page = visitor.page
    visitor.map_drawn()
    assert page.locator("h1").inner_text() == "What if? A town"
    assert page.locator(".figure").count() >= 6
    assert page.locator("#map-one [data-site]").count() == 3
    assert page.locator("#rows-scheme tr").count() == 1
    assert page.locator("#gap tbody tr").count() >= 2
    assert "2026" in visitor.row(S1).inner_text()
    assert all(url.startswith(visitor.server.origin) for url in visitor.asked)


def test_a_scheme_is_switched_off_on_and_left_to_the_optimiser(visitor: Visitor) -> None:
    cost = visitor.figure("Cost")
    visitor.choose("S1", "No")
    assert "2026" not in visitor.row(S1).locator("td.told").inner_text()
    without = visitor.figure("Cost")
    assert without != cost
    visitor.choose("S1", "Yes")
    assert "opens" in visitor.row(S1).locator("td.told").inner_text()
    visitor.choose("S1", "Auto")
    assert visitor.figure("Cost") == cost


def test_undo_and_redo_by_button_and_by_keys(visitor: Visitor) -> None:
    page = visitor.page
    visitor.choose("S1", "No")
    page.locator("#tab-differences").click()
    assert page.locator("#differences li").count() == 1
    visitor.after(lambda: page.locator("#undo").click())
    assert "Nothing differs" in page.locator("#differences").inner_text()
    visitor.after(lambda: page.keyboard.press("Control+y"))
    assert "Nothing differs" not in page.locator("#differences").inner_text()
    visitor.after(lambda: page.keyboard.press("Control+z"))
    assert "Nothing differs" in page.locator("#differences").inner_text()
    page.locator("#tab-schemes").click()


def test_a_cell_is_typed_in_and_enter_goes_on(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#tab-places").click()
    hill = visitor.box(HILL, "places")
    hill.fill("5")
    visitor.after(lambda: hill.press("Enter"))
    assert hill.input_value() == "5"
    assert "edited" in (hill.get_attribute("class") or "")
    assert page.evaluate("document.activeElement.dataset.column") == "places"
    assert page.evaluate("document.activeElement.dataset.row") != HILL
    visitor.after(lambda: visitor.row(HILL).locator("td.tools button").click())
    assert hill.input_value() == "1"


def test_what_cannot_be_is_refused_in_plain_words_and_given_up_with_escape(
    visitor: Visitor,
) -> None:
    page = visitor.page
    capital = visitor.box(S1, "capital_gbp")
    capital.fill("lots")
    capital.press("Tab")
    page.locator("#refused").wait_for()
    assert "not made" in page.locator("#refused-words").inner_text()
    assert capital.get_attribute("aria-invalid") == "true"
    assert capital.input_value() == "lots"
    capital.focus()
    capital.press("Escape")
    assert capital.input_value() == "400,000"
    assert not page.locator("#refused").is_visible()


def test_a_refusal_goes_with_the_next_edit_that_is_made(visitor: Visitor) -> None:
    page = visitor.page
    capital = visitor.box(S1, "capital_gbp")
    capital.fill("lots")
    capital.press("Tab")
    page.locator("#refused").wait_for()
    places = visitor.box(S1, "places")
    places.fill("3")
    visitor.after(lambda: places.press("Tab"))
    page.locator("#refused").wait_for(state="hidden")
    assert capital.get_attribute("aria-invalid") == "true"
    capital.focus()
    capital.press("Escape")


def test_cells_are_pasted_from_excel(visitor: Visitor) -> None:
    page = visitor.page
    places = visitor.box(S1, "places")
    visitor.after(lambda: visitor.paste(places, "3\t£450,000\t2027\r\n"))
    assert places.input_value() == "3"
    assert visitor.box(S1, "capital_gbp").input_value() == "450,000"
    assert visitor.box(S1, "earliest_year").input_value() == "2027"
    visitor.after(lambda: page.locator("#undo").click())  # one paste is one step
    assert places.input_value() == "2"


def test_a_whole_table_goes_to_excel_and_back(visitor: Visitor) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.page
    page.locator("#copy-scheme").click()
    page.locator("#said", has_text="Copied").wait_for(state="attached")
    text: str = page.evaluate("navigator.clipboard.readText()")
    head, row = (line.split("\t") for line in text.split("\r\n"))
    assert head[:3] == ["Id", "Build?", "Scheme"]
    assert row[0] == "S1"
    row[head.index("Build?")] = "No"
    row[head.index("Places")] = "4"
    back = "\r\n".join("\t".join(line) for line in (head, row))
    visitor.after(lambda: visitor.paste(page.locator("#table-scheme"), back))
    assert visitor.row(S1).get_by_label("No:").is_checked()
    assert visitor.box(S1, "places").input_value() == "4"


def test_sliders_answer_to_keys_and_go_back_to_the_case(visitor: Visitor) -> None:
    page = visitor.page
    budget = page.get_by_label("Capital budget", exact=True)
    budget.focus()
    visitor.after(lambda: budget.press("Home"))
    assert "not chosen" in visitor.row(S1).inner_text()
    visitor.after(lambda: page.get_by_label("Capital budget: as in the case").click())
    assert "2026" in visitor.row(S1).inner_text()
    visitor.after(lambda: page.get_by_label("No limit").check())
    assert budget.is_disabled()
    exact = page.get_by_label(re.compile("Weight on .*exact"))
    exact.fill("12")
    visitor.after(lambda: exact.press("Enter"))
    assert "12" in page.locator("#sliders output").nth(2).inner_text()


def test_years_are_stepped_through(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Year shown").click()
    assert "in 2027/28" in page.locator("#figures-when").inner_text()
    page.locator("#year-back").click()
    assert page.locator("#year-words").inner_text() == "2026/27"
    assert "in 2026/27" in page.locator("#figures-when").inner_text()
    page.locator("#year").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#year-words").inner_text() == "2025/26"
    assert page.locator("#year-back").is_disabled()
    assert page.locator("#year").get_attribute("aria-valuetext") == "2025/26"
    page.get_by_role("button", name="Whole plan").click()


def test_a_site_is_moved_by_keys(visitor: Visitor) -> None:
    page = visitor.page
    visitor.map_drawn()
    visitor.reach_site("H")
    page.keyboard.press("m")
    assert page.locator("#placing").is_visible()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    page.locator("#said", has_text="3.0 km west").wait_for(state="attached")
    visitor.after(lambda: page.keyboard.press("Enter"))
    page.locator("#tab-differences").click()
    assert "Hill special" in page.locator("#differences").inner_text()
    page.locator("#tab-schemes").click()
    visitor.reach_site("H")
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert not page.locator("#placing").is_visible()


def test_a_site_is_moved_by_mouse_and_opened_by_a_click(visitor: Visitor) -> None:
    page = visitor.page
    visitor.map_drawn()
    left, top = visitor.spot("H")
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left - 30, top - 12, steps=4)
    page.mouse.move(left - 60, top - 25, steps=4)
    visitor.after(page.mouse.up)
    now = visitor.spot("H")
    assert abs(now[0] - (left - 60)) < 16
    assert abs(now[1] - (top - 25)) < 16
    page.mouse.click(*now)
    card = page.locator("#card")
    assert "Hill special" in card.inner_text()
    visitor.after(lambda: card.get_by_label("No:").check(force=True))
    assert visitor.row(S1).get_by_label("No:").is_checked()
    card.get_by_role("button", name="Close").click()
    assert not card.is_visible()


def test_a_base_is_dropped_on_the_map_and_taken_away(visitor: Visitor) -> None:
    page = visitor.page
    visitor.map_drawn()
    page.locator("#add-base").click()
    frame = page.locator("#map-one").bounding_box()
    assert frame
    page.mouse.click(frame["x"] + frame["width"] * 0.4, frame["y"] + frame["height"] * 0.5)
    page.locator("#base-name").fill("Meadow base")
    for tick in page.locator("#base-needs input").all():
        tick.uncheck()
    page.get_by_role("button", name="Add it").click()
    assert "at least one need" in page.locator("#base-fault").inner_text()
    page.locator('#base-needs input[value="SEMH"]').check()
    page.locator("#base-ncy_from").select_option("0")
    page.locator("#base-ncy_to").select_option("11")
    page.locator("#base-places").fill("8")
    page.locator("#base-capital_gbp").fill("£0.1m")
    visitor.after(lambda: page.get_by_role("button", name="Add it").click())
    row = page.locator("#rows-scheme tr", has_text="Meadow base")
    assert "opens" in row.inner_text()
    assert "Meadow base" in page.locator("#card").inner_text()
    assert page.locator("#map-one [data-site]").count() == 4
    visitor.after(lambda: page.get_by_label("Remove Meadow base").click())
    assert page.locator("#map-one [data-site]").count() == 3


def test_a_scenario_is_saved_opened_and_put_beside_another(visitor: Visitor) -> None:
    page = visitor.page
    visitor.choose("S1", "No")
    page.locator("#save-as").click()
    page.locator("#save-title").fill("No extension")
    page.locator("#save-form button[type=submit]").click()
    page.locator("#save-dialog").wait_for(state="hidden")
    page.locator("#scenario option", has_text="No extension").wait_for(state="attached")
    assert list((visitor.server.case / "scenarios").glob("*.toml"))
    visitor.after(lambda: page.locator("#scenario").select_option(""))
    assert visitor.row(S1).get_by_label("Auto:").is_checked()
    page.locator("#beside").click()
    page.locator("#two select").select_option("scenario:no-extension")
    page.locator("#beside-schemes tr.differs").wait_for()
    assert page.locator("#frame-two").is_visible()
    differs = page.locator("#beside-schemes tr.differs").inner_text()
    assert "Extension" in differs
    assert "2026" in differs
    assert page.locator("#beside-figures tbody tr").count() >= 6
    visitor.axe()
    page.locator("#two select").select_option("nothing")
    page.locator("#beside").click()
    visitor.after(lambda: page.locator("#scenario").select_option("no-extension"))
    assert visitor.row(S1).get_by_label("No:").is_checked()
    page.locator("#delete").click()
    page.locator("#scenario option", has_text="No extension").wait_for(state="detached")


@pytest.mark.slow
def test_one_click_makes_the_word_paper(visitor: Visitor) -> None:
    page = visitor.page
    visitor.choose("S1", "Yes")
    with page.expect_download(timeout=180_000) as downloading:
        page.get_by_role("button", name="Word paper").click()
    assert downloading.value.suggested_filename.endswith(".docx")
    assert page.locator("#papers-files a").count() >= 3
    report = page.locator("#papers-files a", has_text="Report")
    with visitor.context.expect_page() as opening:
        report.click()
    assert "A town" in opening.value.title()


def test_nothing_is_lost_on_reload(visitor: Visitor) -> None:
    visitor.choose("S1", "No")
    visitor.page.reload()
    visitor.settle(-1)
    assert visitor.row(S1).get_by_label("No:").is_checked()
    assert visitor.page.locator("#undo").is_enabled()


def test_a_second_window_follows(visitor: Visitor) -> None:
    other = visitor.context.new_page()
    other.goto(visitor.server.origin)
    other.locator("#page").wait_for()
    visitor.choose("S1", "No")
    other.wait_for_function(
        "() => document.querySelector('tr[data-row=\"scheme:S1\"] input[value=shut]').checked"
    )
    other.close()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"viewport": {"width": NARROW, "height": 844}},
        {"viewport": {"width": 720, "height": 450}},  # a desk of 1440 at twice the size
        {"color_scheme": "dark"},
        {"contrast": "more"},
    ],
    ids=["desk", "phone", "magnified", "dark", "contrast"],
)
def test_no_rule_of_accessibility_is_broken(
    chromium: Browser, server: Server, options: dict[str, Any]
) -> None:
    """The rules are those of axe-core: WCAG 2 and its good practice."""
    with Visitor(chromium, server, **options) as visiting:
        visiting.map_drawn()
        assert not visiting.too_wide()
        visiting.axe()
        visiting.page.locator("#tab-places").click()
        visiting.reach_site("H")
        visiting.page.keyboard.press("Enter")
        visiting.axe()
        assert not visiting.too_wide()
        visiting.page.locator("#help").click()
        visiting.axe()


def test_dialogs_break_no_rule(visitor: Visitor) -> None:
    visitor.map_drawn()
    visitor.page.locator("#add-base").click()
    visitor.axe()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#base").wait_for()
    visitor.axe()
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("#save-as").click()
    visitor.axe()
    visitor.page.keyboard.press("Escape")


def test_the_whole_way_by_keys(visitor: Visitor) -> None:
    """From the top of the page to a scheme switched off, with the focus seen at every stop."""
    page = visitor.page
    visitor.map_drawn()
    page.evaluate("document.activeElement.blur()")
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, marked = page.evaluate(FOCUS)
        seen.append(name)
        assert marked, f"the focus is not seen on {name}"
        if name.startswith("choice grid"):
            break
    else:
        pytest.fail(f"the table was not reached: {seen}")
    visitor.after(lambda: page.keyboard.press("ArrowLeft"))
    assert visitor.row(S1).get_by_label("No:").is_checked()
    for stop in ("scenario", "undo", "beside", "help", "year", "layer", "add-base", "frame-one"):
        assert stop in seen or stop == "undo", (stop, seen)


FOCUS = """() => {
  const here = document.activeElement, look = getComputedStyle(here);
  const next = here.nextElementSibling && getComputedStyle(here.nextElementSibling);
  const halo = here.querySelector?.('.halo') && getComputedStyle(here.querySelector('.halo'));
  const marked = parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== 'none'
    || next && parseFloat(next.outlineWidth) >= 2 && next.outlineStyle !== 'none'
    || halo && halo.stroke !== 'none' || here.matches('.skip');
  const name = here.id || here.name || here.dataset.site || here.textContent.trim().slice(0, 30);
  return [name || here.tagName, Boolean(marked)];
}"""


def test_forced_colours_still_tell_what_is_chosen(chromium: Browser, server: Server) -> None:
    with Visitor(chromium, server, forced_colors="active") as visiting:
        visiting.start_afresh()
        colours = (
            visiting.row(S1)
            .locator("fieldset span")
            .evaluate_all("spans => spans.map(span => getComputedStyle(span).backgroundColor)")
        )
        assert colours[0] != colours[1]
        assert colours[1] == colours[2]


def test_on_paper_nothing_is_cut_off(chromium: Browser, server: Server) -> None:
    """At the width of A4 on its side within its margins, in points of the screen."""
    size = {"width": round(277 / 25.4 * 96), "height": 720}
    with Visitor(chromium, server, viewport=size) as visiting:
        visiting.map_drawn()
        visiting.page.emulate_media(media="print")
        rights = visiting.page.eval_on_selector_all(
            "#page svg, #page table, #page dl",
            "found => found.map(one => one.getBoundingClientRect().right)",
        )
        assert max(rights) <= size["width"] + 1
        assert not visiting.page.locator("#undo").is_visible()


def test_the_first_visit_has_hints_that_can_be_skipped(chromium: Browser, tmp_path: Path) -> None:
    with Server(write_town(tmp_path)) as own, Visitor(chromium, own, hints=True) as first:
        hint = first.page.locator("#hint")
        assert "1 of 4" in hint.inner_text()
        first.axe()
        first.page.locator("#hint-next").click()
        assert "2 of 4" in hint.inner_text()
        first.page.keyboard.press("Escape")
        assert not hint.is_visible()
        first.page.reload()
        first.settle(-1)
        assert not hint.is_visible()


def test_a_studio_that_has_gone_is_told_and_nothing_is_lost(
    chromium: Browser, tmp_path: Path
) -> None:
    with Server(write_town(tmp_path)) as own, Visitor(chromium, own) as visiting:
        page = visiting.page
        visiting.choose("S1", "No")
        own.kill()
        page.locator("#link").wait_for(timeout=PATIENCE_S * 1000)
        assert "Nothing is lost" in page.locator("#link-words").inner_text()
        capital = visiting.box(S1, "capital_gbp")
        capital.fill("410000")
        capital.press("Tab")
        page.locator("#link-words", has_text="1 edit made since").wait_for()
        visiting.axe()
        own.start()
        other = visiting.context.new_page()
        other.goto(own.link)
        other.close()
        page.locator("#link").wait_for(state="hidden", timeout=PATIENCE_S * 1000)
        page.wait_for_function("() => document.getElementById('doing').dataset.kind === 'well'")
        assert visiting.row(S1).get_by_label("No:").is_checked()
        assert capital.input_value() == "410,000"
        page.reload()
        visiting.settle(-1)
        assert capital.input_value() == "410,000"
        assert not [text for text in visiting.complaints if not EXPECTED.search(text)]


@pytest.mark.slow
def test_a_borough_is_shaded_and_answers(chromium: Browser, tmp_path: Path) -> None:
    """The worked example: its map by home area, a dear scheme opened, and who gains and loses by it."""
    case = tmp_path / "banes"
    shutil.copytree(ROOT / "examples" / "banes", case)
    with Server(case) as own, Visitor(chromium, own) as visiting:
        page = visiting.page
        visiting.map_drawn()
        assert page.locator("#map-one .area[class*=shade-]").count() > 10
        areas = page.locator("#map-table tbody tr").count()
        assert areas >= page.locator("#map-one .area:not(.nobody)").count() > 10
        assert not page.locator("#map-note").inner_text()
        visiting.choose("P6", "Yes")
        assert "opens" in visiting.row("scheme:P6").locator("td.told").inner_text()
        page.locator("#winners tbody tr").first.wait_for(timeout=PATIENCE_S * 1000)
        assert not visiting.too_wide()
        visiting.axe()

"""The map: well formed whatever the names, nothing withheld in it, labels clear of each other."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
import shapely

from sufficiency.maps.classes import class_breaks, class_words
from sufficiency.maps.draw import Area, MapModel, Town, _frame, _scale_box, describe, render_map
from sufficiency.maps.lettering import Box, shorten, width, wrap
from sufficiency.maps.sites import KINDS, STATES, find_sites, letter

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = [
    "svg",
    "title",
    "desc",
    "defs",
    "pattern",
    "rect",
    "g",
    "path",
    "circle",
    "polygon",
    "text",
]
HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'single' ]]>",
    "Ysgol Llanfair 🌈 Mother’s Café",
    "St Aldhelm's " * 16,
    "a\x00null and a \x1b escape",
    "=cmd|' /C calc'!A0",
]


def square(column: int, row: int) -> shapely.Polygon:
    """One of six squares of 5 km."""
    west, south = 370_000 + column * 5_000, 160_000 + row * 5_000
    return shapely.box(west, south, west + 5_000, south + 5_000)


def sites(names: list[str], states: tuple[str, ...] = ("open",)) -> pd.DataFrame:
    """Sites close together in the middle of the map, of every kind in turn."""
    count = range(len(names))
    return pd.DataFrame(
        {
            "name": names,
            "kind": [[*KINDS][n % len(KINDS)] for n in count],
            "easting_m": [375_000 + (n % 4) * 1_300 for n in count],
            "northing_m": [163_000 + (n // 4) * 900 for n in count],
            "state": [states[n % len(states)] for n in count],
        }
    )


def model(**changes: object) -> MapModel:
    """Return six areas, one of them withheld and one with nothing to show."""
    values: list[float | None] = [12.5, 17.0, None, 31.25, None, 44.0]
    areas = [
        Area(f"BA{n} 1", square(n % 3, n // 3), value, withheld=n == 2)
        for n, value in enumerate(values)
    ]
    basic = MapModel(
        key="m1",
        title="Mean journey by home area",
        outline=shapely.union_all([area.geometry for area in areas]),
        areas=areas,
        provisions=sites([f"School number {n}" for n in range(12)]),
        legend="Mean journey",
        unit="minutes, one way",
        source="Synthetic children.",
        run_id="abc123",
    )
    return replace(basic, **changes)  # type: ignore[arg-type]


def parse(svg: str) -> ET.Element:
    """Read what we drew ourselves, so that nothing in it can be hostile to the reader."""
    return ET.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


def test_the_map_is_whole() -> None:
    svg = render_map(model(towns=[Town("Bath", 372_000, 168_000)]))
    root = parse(svg)
    assert root.get("role") == "img"
    ids = {element.get("id") for element in root.iter()}
    assert set((root.get("aria-labelledby") or "").split()) <= ids
    shown = texts(svg)
    wanted = ["Mean journey by home area", "Mean journey", "minutes, one way", "N", "Bath"]
    assert set(wanted) <= set(shown)
    assert "Synthetic children. Run abc123." in shown
    assert any(text.endswith(" km") for text in shown)


def test_the_same_model_gives_the_same_bytes() -> None:
    assert render_map(model()) == render_map(model())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    svg = render_map(
        model(
            title=name,
            legend=name,
            unit=name,
            source=name,
            run_id=name,
            key=name,
            towns=[Town(name, 372_000, 168_000)],
            provisions=sites([name] * 3, states=(name, "opens")),
            areas=[Area(name, square(0, 0), 5.0)],
        )
    )
    root = parse(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert {element.tag for element in root.iter()} <= {SVG + tag for tag in ELEMENTS}
    assert not re.search(r"<(?!/?[a-z])", svg)


def test_a_long_name_is_cut_on_the_map_and_whole_when_pointed_at() -> None:
    name = "St Aldhelm's Church of England Academy " * 5
    svg = render_map(model(provisions=sites([name])))
    assert any(text.endswith("…") and text.startswith("St Aldhelm") for text in texts(svg))
    titles = [element.text for element in parse(svg).iter(f"{SVG}title")]
    assert name in titles


def test_a_withheld_area_is_hatched_and_carries_no_number() -> None:
    svg = render_map(model(provisions=sites([])))
    paths = {
        (path.findtext(f"{SVG}title") or ""): path.get("fill")
        for path in parse(svg).iter(f"{SVG}path")
    }
    assert paths["BA2 1: not shown"] == "url(#m1-withheld)"
    assert paths["BA4 1: none"] not in {None, "none", "url(#m1-withheld)"}
    assert "fewer than 5 children: not shown" in texts(svg)
    assert "1 area is hatched: fewer than 5 children: not shown." in describe(model())


def test_a_withheld_area_with_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no value"):
        Area("BA1 1", square(0, 0), 3.0, withheld=True)


def test_labels_of_twelve_sites_are_clear_of_each_other_and_of_the_symbols() -> None:
    drawing = model(provisions=sites([f"School number {n}" for n in range(12)], ("open", "opens")))
    frame = _frame(drawing, 40)
    found = find_sites(drawing.provisions, frame)
    corner = _scale_box(drawing, frame, found)
    lettered, numbered = letter(found, [Town("Bath", 376_000, 164_000)], frame, corner)
    boxes = [box_of(text) for text in lettered]
    assert len(boxes) == 13
    assert len(numbered) <= 4
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]
    symbols = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in (site.spot for site in found)]
    assert not [1 for label in boxes for mark in symbols if label.meets(mark)]
    assert all(frame.box.holds(box) for box in boxes)


def box_of(text: str) -> Box:
    element = parse(text)
    x, y, size = (float(element.get(name) or 0) for name in ("x", "y", "font-size"))
    wide = width(element.text or "", size)
    left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor") or ""]
    return Box(left, y - size * 0.75, left + wide, y + size * 0.2)


def test_two_sites_at_one_place_are_both_seen() -> None:
    table = sites(["Aspire", "Three Ways"]).assign(easting_m=374_257.0, northing_m=161_935.0)
    one, other = find_sites(table, _frame(model(), 40))
    assert abs(one.spot[0] - other.spot[0]) + abs(one.spot[1] - other.spot[1]) >= 10


def test_sites_beyond_the_edge_are_counted() -> None:
    table = sites(["Near", "Far"])
    table.loc[1, "easting_m"] = 500_000.0
    assert "and 1 beyond the edge of the map" in texts(render_map(model(provisions=table)))


@pytest.mark.parametrize("state", STATES)
def test_a_scheme_is_ringed_and_in_the_key(state: str) -> None:
    assert STATES[state].words in texts(render_map(model(provisions=sites(["A"], (state,)))))


def test_classes_are_round_and_hold_about_equally_many() -> None:
    breaks = class_breaks([float(value) for value in range(3, 63)])
    assert breaks == (15.0, 25.0, 40.0, 50.0)
    assert class_words(breaks)[0] == "under 15"
    assert class_words(breaks)[-1] == "50 or more"


@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0], [float("nan"), 1.0]])
def test_too_few_values_are_one_class(values: list[float]) -> None:
    assert class_breaks(values) == ()
    areas = [Area(str(n), square(n, 0), value) for n, value in enumerate(values) if value == value]  # noqa: PLR0124
    render_map(model(areas=areas))


def test_lettering_fits_the_room() -> None:
    assert width(shorten("W" * 200, 11, 100), 11) <= 100
    lines = wrap("one two three " * 30, 11, 100, 3)
    assert len(lines) == 3
    assert all(width(line, 11) <= 100 for line in lines)
    assert wrap("", 11, 100, 3) == []

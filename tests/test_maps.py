"""The map: well formed whatever the names, nothing withheld in it, labels clear of each other."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.errors import DisclosureError, UsageError
from sufficiency.maps import LAYER_NAMES
from sufficiency.maps.base import Base
from sufficiency.maps.base_file import BASE_FILE, base_text, read_base
from sufficiency.maps.classes import CHANGE_PALETTE, change_breaks, class_breaks, class_words
from sufficiency.maps.draw import Area, MapModel, Town, describe, render_map, untitled_map
from sufficiency.maps.frame import fit
from sufficiency.maps.furniture import scale_box
from sufficiency.maps.layers import LAYERS, Selection, shade
from sufficiency.maps.lettering import Box, shorten, width, wrap
from sufficiency.maps.model import Road
from sufficiency.maps.page.write import write_page
from sufficiency.maps.plan_map import Told, catchment_map, layer_map, provision_map, reported
from sufficiency.maps.sites import KINDS, MOST_NAMES, STATES, around, find_sites, letter
from sufficiency.maps.typeset import to_pdf, to_png

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = [
    "svg",
    "title",
    "desc",
    "style",
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
            "id": [f"V{n}" for n in count],
            "name": names,
            "kind": [[*KINDS][n % len(KINDS)] for n in count],
            "easting_m": [375_000 + (n % 4) * 1_300 for n in count],
            "northing_m": [163_000 + (n // 4) * 900 for n in count],
            "state": [states[n % len(states)] for n in count],
            "schemes": ["S1" if n == 0 else "" for n in count],
        }
    )


def model(**changes: Any) -> MapModel:  # noqa: ANN401
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
    return replace(basic, **changes)


def parse(svg: str) -> ET.Element:
    """Read what we drew ourselves, so that nothing in it can be hostile to the reader."""
    return ET.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


def groups(svg: str) -> list[str]:
    return [group.get("class") or "" for group in parse(svg).iter(f"{SVG}g")]


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
    assert {"title", "ground", "areas", "sites", "scale", "labels", "key", "credit"} <= set(
        groups(svg)
    )


def test_an_area_says_what_it_shows_and_no_more() -> None:
    svg = render_map(model(data={"layer": "journeys", "need": "all"}))
    group = next(g for g in parse(svg).iter(f"{SVG}g") if g.get("class") == "areas")
    assert (group.get("data-layer"), group.get("data-need")) == ("journeys", "all")
    shown = {p.get("data-area"): (p.get("data-value"), p.get("data-state")) for p in group}
    assert shown["BA0 1"] == ("12.5", None)
    assert shown["BA2 1"] == (None, "withheld")
    assert shown["BA4 1"] == (None, "none")


def test_the_same_model_gives_the_same_bytes_whatever_the_order_of_rows() -> None:
    one = model(provisions=sites([f"School {n}" for n in range(30)]))
    shuffled = replace(
        one, provisions=one.provisions.sample(frac=1, random_state=1), areas=list(one.areas)[::-1]
    )
    assert render_map(one) == render_map(shuffled)


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
            data={"layer": name},
            roads=[
                Road("a", name[:8], shapely.LineString([(370_000, 161_000), (385_000, 169_000)]))
            ],
        )
    )
    root = parse(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert {element.tag for element in root.iter()} <= {SVG + tag for tag in ELEMENTS}
    assert not re.search(r"<(?!/?[a-z])", svg)
    assert to_png(svg, ppi=40)[:4] == b"\x89PNG"


def test_a_long_name_is_cut_on_the_map_and_whole_when_pointed_at() -> None:
    name = "St Aldhelm's Church of England Academy " * 5
    svg = render_map(model(provisions=sites([name])))
    assert any(text.endswith("…") and text.startswith("St Aldhelm") for text in texts(svg))
    titles = [element.text for element in parse(svg).iter(f"{SVG}title")]
    assert name in titles


def test_a_name_on_the_map_ends_before_its_place_where_that_is_clear() -> None:
    name = "Longmead special school site, Peasedown St John (illustrative)"
    drawn = texts(render_map(model(provisions=sites([name]))))
    assert "Longmead special school site" in drawn
    assert not any("…" in words for words in drawn)


def test_a_map_without_its_title_is_the_same_map_but_lower() -> None:
    svg = render_map(model(title="How far " * 20))
    bare = untitled_map(svg)
    assert [name for name in groups(bare) if name] == [
        name for name in groups(svg) if name not in ("", "title")
    ]
    high = [float(parse(one).get("viewBox", "").split()[3]) for one in (svg, bare)]
    (cut,) = re.findall(r"translate\(0 -(\d+)\)", bare)
    assert high[0] - high[1] == int(cut) > 50
    assert untitled_map(bare) == bare


def test_the_licences_of_a_map_are_never_cut() -> None:
    notice = "What the tables mark illustrative is fictional. " * 8
    svg = render_map(model(source=f"{notice} Open Government Licence."))
    assert "Open Government Licence." in " ".join(texts(svg))


def test_a_withheld_area_is_hatched_and_carries_no_number() -> None:
    svg = render_map(model(provisions=sites([])))
    paths = {
        (path.findtext(f"{SVG}title") or ""): path.get("fill")
        for path in parse(svg).iter(f"{SVG}path")
    }
    assert paths["BA2 1: not shown"] == "url(#m1-withheld)"
    assert paths["BA4 1: none"] not in {None, "none", "url(#m1-withheld)"}
    assert "fewer than 5 children: not" in " ".join(texts(svg))
    assert "1 area is hatched: fewer than 5 children: not shown." in describe(model())


def test_a_withheld_area_with_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no value"):
        Area("BA1 1", square(0, 0), 3.0, withheld=True)


place = st.tuples(
    st.integers(370_500, 384_500), st.integers(160_500, 169_500), st.sampled_from(["", *STATES])
)
name = st.text(st.characters(codec="ascii", categories=["L", "Zs"]), min_size=1, max_size=40)


@settings(max_examples=40)
@given(st.lists(st.tuples(place, name), max_size=40), st.lists(st.tuples(place, name), max_size=8))
def test_labels_are_clear_of_each_other_of_symbols_and_of_the_frame(
    schools: list[tuple[tuple[int, int, str], str]], named: list[tuple[tuple[int, int, str], str]]
) -> None:
    table = sites([text for _, text in schools])
    if schools:
        table["easting_m"], table["northing_m"], table["state"] = zip(
            *(where for where, _ in schools), strict=True
        )
    drawing = model(provisions=table)
    frame = fit(drawing.outline, 40)
    found = find_sites(table, frame)
    corner = scale_box(drawing.outline, frame, found)
    towns = [Town(text, e, n) for (e, n, _), text in named]
    lettered = letter(found, towns, frame, corner)
    assert not [p for p in itertools.combinations(lettered.boxes, 2) if p[0].meets(p[1])]
    assert all(frame.box.holds(box) and not box.meets(corner) for box in lettered.boxes)
    marks = [around(site) for site in lettered.sites]
    # a label at a corner of its own symbol may touch the box about it, but of no other
    assert all(sum(box.meets(mark) for mark in marks) <= 1 for box in lettered.boxes)
    assert len(lettered.listed) == len({site.number for site in lettered.listed})
    if len(found) > MOST_NAMES:
        assert len(lettered.listed) == len(found)


def test_two_sites_at_one_place_are_both_seen() -> None:
    table = sites(["Aspire", "Three Ways"]).assign(easting_m=374_257.0, northing_m=161_935.0)
    one, other = find_sites(table, fit(model().outline, 40))
    assert not around(one).meets(around(other))
    assert sum(site.home is not None for site in (one, other)) == 1


def test_sites_beyond_the_edge_are_counted() -> None:
    table = sites(["Near", "Far"])
    table.loc[1, "easting_m"] = 500_000.0
    assert "and 1 beyond the edge of the map" in texts(render_map(model(provisions=table)))


@pytest.mark.parametrize("state", STATES)
def test_a_scheme_is_ringed_and_in_the_key(state: str) -> None:
    shown = " ".join(texts(render_map(model(provisions=sites(["A"], (state,))))))
    assert STATES[state].words in shown


def test_roads_have_casings_and_numbers() -> None:
    road = Road("a", "A36", shapely.LineString([(370_000, 161_000), (385_000, 169_000)]))
    svg = render_map(model(roads=[road], provisions=sites([])))
    assert "A36" in texts(svg)
    assert [
        p.get("class") for p in parse(svg).iter(f"{SVG}path") if "casing" in (p.get("class") or "")
    ]


def test_classes_are_few_round_and_hold_about_equally_many() -> None:
    breaks = class_breaks([float(value) for value in range(3, 63)])
    assert breaks == (20.0, 30.0, 45.0)
    assert class_words(breaks)[0] == "under 20"
    assert class_words(breaks)[-1] == "45 or more"


@given(st.lists(st.floats(-1e4, 1e4), max_size=60))
def test_classes_rise_within_the_values_and_changes_are_alike_on_both_sides(
    values: list[float],
) -> None:
    breaks = class_breaks(values)
    assert list(breaks) == sorted(set(breaks))
    assert len(breaks) < len(CHANGE_PALETTE)
    assert all(min(values) < cut <= max(values) for cut in breaks)
    changes = change_breaks(values)
    assert [-cut for cut in changes[::-1]] == list(changes)


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


def areas_table(**changes: Any) -> pd.DataFrame:  # noqa: ANN401
    """Published areas: six sectors, two of them with something withheld."""
    table = pd.DataFrame(
        {
            "geography": "postcode sector",
            "area": [f"BA{n} 1" for n in range(6)],
            "need": "all",
            "phase": "all",
            "year": 2025,
            "children": [20, 30, "[c]", 40, 50, 60],
            "unplaced": 0,
            "independent": 0,
            "out_of_area": 5,
            "gap": [5, "[c]", "[c]", 10, 0, 30],
            "mean_minutes": [12.0, 20.0, "[c]", 33.0, np.nan, 5.0],
        }
    )
    return table.assign(**changes)


def told(**changes: Any) -> Told:  # noqa: ANN401
    origins = [("scheme", "S1", "BA0 1", 2025, 7.0), ("provision", "V0", "BA1 1", 2025, 9.0)]
    basic = Told(
        areas=areas_table(),
        origins=pd.DataFrame(origins, columns=["of", "id", "area", "year", "children"]).assign(
            geography="postcode sector"
        ),
        sites=sites(["Hill", "Dale"]),
        base=Base(model().outline, {area.name: area.geometry for area in model().areas}),
        years=[2025],
        run_id="abc",
    )
    return replace(basic, **changes)


@pytest.mark.parametrize("areas", [areas_table(year=2024), areas_table().iloc[:0]])
def test_nothing_is_shaded_where_all_have_left(areas: pd.DataFrame) -> None:
    assert reported(told(areas=areas)) == {}
    assert write_page(told(areas=areas)) == ""
    with pytest.raises(UsageError, match="the plan"):
        layer_map(told(areas=areas), LAYERS["gap"], Selection(2025))


def test_every_layer_is_named_for_the_command_line() -> None:
    assert tuple(LAYERS) == LAYER_NAMES


def test_a_share_is_of_published_numbers_and_withheld_where_either_is() -> None:
    found = shade(areas_table(), LAYERS["gap"], Selection(2025)).by_area
    assert found.fillna(-1).tolist() == [25, -1, -1, 25, 0, 50]
    minutes = shade(areas_table(), LAYERS["journeys"], Selection(2025)).by_area
    assert "BA4 1" not in minutes
    assert np.isnan(minutes["BA2 1"])


def test_a_change_is_withheld_where_either_plan_is() -> None:
    before = told(areas=areas_table(gap=["[c]", 6, 5, 20, 10, 30]), run_id="old")
    drawn = layer_map(told(), LAYERS["gap"], Selection(2025), before)
    values = {area.name: (area.value, area.withheld) for area in drawn.areas}
    assert values["BA0 1"] == values["BA1 1"] == values["BA2 1"] == (None, True)
    assert values["BA3 1"] == (-25.0, False)
    assert drawn.is_change
    svg = render_map(drawn)
    assert CHANGE_PALETTE[0] in svg
    assert "against run old" in " ".join(texts(svg))


def test_a_district_is_its_sectors_and_unknown_areas_are_not_shaded() -> None:
    table = areas_table(geography="postcode district", area=[f"BA{n}" for n in range(6)])
    drawn = layer_map(told(areas=table), LAYERS["gap"], Selection(2025))
    assert [area.name for area in drawn.areas] == [f"BA{n}" for n in range(6)]
    own = layer_map(
        told(areas=areas_table(geography="areas of the case")), LAYERS["gap"], Selection(2025)
    )
    assert all(area.value is None and not area.withheld for area in own.areas)
    assert "not shaded" in own.empty_words


@pytest.mark.parametrize(
    "chosen", [Selection(2031), Selection(2025, "XYZ"), Selection(2025, "all", "primary")]
)
def test_what_the_plan_has_not_is_refused(chosen: Selection) -> None:
    with pytest.raises(UsageError):
        layer_map(told(), LAYERS["gap"], chosen)


def test_a_catchment_has_only_lines_that_are_published_and_one_of_few_is_refused() -> None:
    drawn = catchment_map(told(), "S1", 2025)
    assert [(flow.area, flow.children) for flow in drawn.flows] == [("BA0 1", 7.0)]
    assert {area.name for area in drawn.areas if area.value is not None} == {"BA0 1"}
    assert parse(render_map(drawn)) is not None
    with pytest.raises(DisclosureError):
        catchment_map(told(), "V1", 2025)
    with pytest.raises(UsageError, match="no scheme or provision"):
        catchment_map(told(), "nothing", 2025)


def test_the_base_of_maps_is_read_as_it_was_written(tmp_path: Path) -> None:
    base = replace(
        told().base,
        land=shapely.box(360_000, 150_000, 395_000, 180_000),
        towns=[Town('"Bath" <b>', 372_000, 168_000)],
        roads=[Road("a", "A4", shapely.LineString([(370_000, 161_000), (380_000, 165_000)]))],
    )
    (tmp_path / "maps").mkdir()
    (tmp_path / BASE_FILE).write_text(base_text(base, told().sites), "utf-8")
    again, places = read_base(tmp_path)
    pd.testing.assert_frame_equal(places[told().sites.columns], told().sites, check_dtype=False)
    drawn, redrawn = (provision_map(told(base=b), "Provision") for b in (base, again))
    assert render_map(drawn) == render_map(redrawn)
    with pytest.raises(UsageError, match="plan the case again"):
        read_base(tmp_path / "maps")


def test_a_map_in_print_is_the_same_bytes_each_time() -> None:
    svg = render_map(model(), with_fonts=True)
    assert to_png(svg, ppi=60) == to_png(svg, ppi=60)
    assert to_pdf(svg) == to_pdf(svg)
    assert len(svg) < 100_000


def test_boxes_meet_and_hold() -> None:
    assert Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3))
    assert not Box(0, 0, 2, 2).meets(Box(2, 0, 3, 3))
    assert Box(0, 0, 2, 2).holds(Box(0, 0, 1, 2))

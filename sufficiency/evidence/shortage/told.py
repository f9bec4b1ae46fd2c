"""What is told of the transport cost of shortage: in words, tables, a map and a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import geographies, needs
from sufficiency.charts.canvas import Words
from sufficiency.charts.rows import Bars, draw_bars
from sufficiency.evidence.answer import About, Evidence, about
from sufficiency.evidence.area_map import area_map
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import DUST
from sufficiency.evidence.few import OTHERS, folded
from sufficiency.evidence.journey_savings import low_high
from sufficiency.evidence.shortage.find import NONE, Shortage, table
from sufficiency.pounds import money
from sufficiency.report.parts import (
    PHASE_WORDS,
    Drawing,
    Figure,
    Section,
    Table,
    academic,
    heading,
    numbers,
    stamp_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Schools that the chart shows at most.
BARS = 15
MEASURES = (
    "Two measures. Solved again: the same schemes and prices, but places for everyone at every local school; what "
    "journeys then differ by is what shortage costs, all children taken together. Nearest: each child by itself "
    "against the nearest suitable local school, full or not; the way to the nearest with room is due to shortage, "
    "the rest to price or preference, or the child is there already."
)
LOCAL = (
    "Local: in the council's area, and not independent. Only travel is counted: what placements would cost or save "
    "is no part of it, and nobody is without a place for it. Another school stands in a list of full schools where "
    "others would leave it for a local one and so make room."
)
RANGE = (
    "Vehicles and pounds are a range: whole vehicles of each area and school, rounded up, and pro rata. Miles and "
    "hours are there and back, of children whose transport the council pays."
)
BELOW_NOUGHT = (
    "Where a row is below nought, those children would travel further if local schools had room: to a place that "
    "suits and costs less."
)
#: Rows of a table that are read by few.
LONG = 24
#: Children who stand behind a row.
GUARDS = ("children", "moved", "children_nearest")
HEADS = (
    "Children who travel further",
    "Child-miles a year",
    "Child-hours a year",
    "Vehicles",
    "£ a year",
    "Child-miles, nearest measure",
)


def evidence(found: Shortage, year: int, asked: Mapping[str, object]) -> Evidence:
    """Say what was found, in detail for one academic year."""
    said = about(found.study.prepared, "shortage", asked)
    years = table(found, None)
    by_school, by_need, by_area, geography = _breakdowns(found, year)
    tables = {
        "shortage_by_year": _shown(found, years, fold=False),
        "shortage_by_school": _shown(found, by_school),
        "shortage_by_need": _shown(found, by_need),
        "shortage_by_area": _shown(found, by_area),
    }
    captions = {
        "shortage_by_year": "Extra travel because nearer local schools are full, by academic year",
        "shortage_by_school": f"Extra travel by the school that is full, {academic(year)}",
        "shortage_by_need": f"Extra travel by need and phase, {academic(year)}",
        "shortage_by_area": f"Extra travel by home area ({geography}), {academic(year)}",
    }
    drawings = [
        _chart(found, by_school, year, said),
        _map(found, by_area, geography, year, said),
    ]
    return Evidence(
        about=said,
        answer=_answer(found, year),
        section=Section(
            "shortage",
            "What full schools cost in travel",
            _leads(found, year),
            [
                _measures(found, year),
                _as_table(
                    captions["shortage_by_school"], ["Full school"], by_school, found, _name(found)
                ),
                _as_table(captions["shortage_by_area"], ["Home area"], by_area, found),
                _as_table(captions["shortage_by_need"], ["Need", "Phase"], by_need, found),
                _as_table(captions["shortage_by_year"], ["Year"], years, found, _year_word),
            ],
            _notes(found),
            [drawing for drawing in drawings if drawing],
        ),
        found=_found(found, year, tables),
        tables=tables,
        titles=captions,
        private={
            "shortage_by_year": years,
            "shortage_groups": table(found, None, ["area", "need", "phase", "cause"]),
        },
        figures=_figures(found, year),
        exit_code=0 if _proved(found) else NOT_PROVED,
    )


def _proved(found: Shortage) -> bool:
    return all(
        trial.solution.status.value == "optimal" for trial in (found.study.plan, found.freed)
    )


def _breakdowns(found: Shortage, year: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, str]:
    """Return the year by school, need and phase, and area, rows of few put together; and which areas those are."""
    threshold = found.counts.threshold
    by_school = table(found, year, ["cause"])
    by_school = by_school[by_school["cause"] != NONE]
    by_need = table(found, year, ["need", "phase"])
    by_area = table(found, year, ["area"])
    moving = by_area.assign(children=by_area["moved"])
    maps = geographies.geographies(by_area["area"])
    geography = geographies.choose(moving[["area", "children"]], [], maps, threshold)
    by_area = by_area.assign(area=by_area["area"].map(maps[geography]))
    by_area = by_area.groupby("area", as_index=False).sum()
    somebody = [
        rows[rows[list(GUARDS)].max(axis=1) > DUST] for rows in (by_school, by_need, by_area)
    ]
    keyed = zip(somebody, (["cause"], ["need", "phase"], ["area"]), strict=True)
    few = [folded(rows, keys, GUARDS, threshold) for rows, keys in keyed]
    return (
        _largest(few[0]),
        _in_order(few[1]),
        _largest(few[2]),
        geography,
    )


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort by miles, the row of the others last."""
    last = rows[rows.columns[0]] == OTHERS
    ranked = rows[~last].sort_values("child_miles", ascending=False, kind="stable")
    return pd.concat([ranked, rows[last]], ignore_index=True)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort needs and phases as the field does, the row of the others last."""
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    key = rows[["need", "phase"]].map(lambda name: order.get(name, len(order)))
    return rows.loc[key.sort_values(["need", "phase"], kind="stable").index].reset_index(drop=True)


def _shown(found: Shortage, rows: pd.DataFrame, *, fold: bool = True) -> pd.DataFrame:
    """Return a table as anyone may see it: children rounded, travel to whole figures, withheld where of few."""
    counts = found.counts
    hidden = ~rows[list(GUARDS)].map(counts.tells).all(axis=1) & (not fold)
    shown = rows.drop(columns="moved").copy()
    for column in shown.columns:
        if column.startswith("children"):
            shown[column] = [counts.shown(value) for value in rows[column]]
            shown[column] = shown[column].astype("Int64")
        elif column == "year":
            continue
        elif column.startswith("vehicles"):
            shown[column] = rows[column].round(1).mask(hidden)
        elif column.startswith(("child", "gbp")):
            shown[column] = rows[column].round(0).mask(hidden)
    return shown


def _as_table(
    caption: str,
    heads: Sequence[str],
    rows: pd.DataFrame,
    found: Shortage,
    write: Callable[[object], str] = str,
) -> Table:
    keys = list(rows.columns[: len(heads)])
    cells = [
        [
            *(heading(PHASE_WORDS.get(str(row[key]), write(row[key]))) for key in keys),
            *numbers(_cells(found, row)),
        ]
        for row in rows.to_dict("records")
    ]
    numeric = frozenset(range(len(heads), len(heads) + len(HEADS)))
    return Table(caption, [*heads, *HEADS], cells, numeric, folded=len(cells) > LONG)


def _cells(found: Shortage, row: Mapping[Any, Any]) -> list[str]:
    counts = found.counts
    if not all(counts.tells(row[guard]) for guard in GUARDS):
        return ["[c]"] * len(HEADS)
    return [
        counts.text(row["children"]),
        signed(row["child_miles"], rounded),
        signed(row["child_minutes"] / 60, rounded),
        between(*low_high(row, "vehicles"), "{:,.0f}".format),
        between(*low_high(row, "gbp"), money),
        signed(row["child_miles_nearest"], rounded),
    ]


def near(value: float) -> float:
    """Round to three figures, and small ones to whole."""
    if abs(value) < 1_000:
        return float(round(value)) + 0.0
    digits = len(f"{abs(value):.0f}") - 3
    return float(round(value, -digits))


def rounded(value: float) -> str:
    """Write a number to three figures."""
    return f"{near(value):,.0f}"


def between(low: float, high: float, write: Callable[[float], str]) -> str:
    """Write a range: both ends, or one where they read the same; a loss has a minus."""
    ends = [signed(value, write) for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def signed(value: float, write: Callable[[float], str]) -> str:
    """Write an amount with its sign before it, and nought without one."""
    text = write(abs(value))
    return text if value >= 0 or text == write(0.0) else f"−{text}"


def _name(found: Shortage) -> Callable[[object], str]:
    """Return how a school is called."""
    table = found.study.prepared.case.provisions
    names = dict(zip(table["provision_id"], table["name"], strict=True))
    return lambda school: names.get(str(school)) or str(school)


def _year_word(year: object) -> str:
    return academic(int(str(year)))


def _sum(found: Shortage, year: int) -> dict[str, float]:
    rows = table(found, None)
    (row,) = rows[rows["year"] == year].to_dict("records") or [dict.fromkeys(rows.columns, 0.0)]
    return {str(name): float(value) for name, value in row.items()}


def _answer(found: Shortage, year: int) -> str:
    row = _sum(found, year)
    children = found.counts.text(row["children"])
    if not all(found.counts.tells(row[guard]) for guard in GUARDS):
        return f"In {academic(year)} too few children travel further because a nearer school is full to tell of them."
    if row["children"] <= DUST:
        return f"In {academic(year)} nobody travels further because a nearer suitable local school is full."
    low, high = low_high(row, "gbp")
    bill = float(found.bill_gbp[year])
    share = (
        f" ({100 * low / bill:.0f}% to {100 * high / bill:.0f}% of the transport bill)"
        if bill > 0
        else ""
    )
    return (
        f"In {academic(year)}, {children} children travel further than they would if nearer suitable local schools "
        f"had room: {near(row['child_miles']):,.0f} child-miles and {between(low, high, money)} a year{share}."
    )


def _leads(found: Shortage, year: int) -> list[str]:
    said = [MEASURES, LOCAL]
    t = year - found.study.prepared.case.settings.base_year
    if found.gained[t] > DUST:
        said.append(
            f"Beside this, {found.counts.text(float(found.gained[t]))} children without a place would have one; their"
            " journeys are not counted."
        )
    return said


def _measures(found: Shortage, year: int) -> Table:
    """Set the two measures side by side."""
    heads = ["Extra travel", *HEADS[:5]]
    pairs = [
        ("Solved again: because nearer local schools are full", found.resolved),
        ("Nearest measure: the nearer school is full", found.full),
        ("Nearest measure: the nearer school has room", found.other),
    ]
    rows = []
    for label, pair in pairs:
        sums = pair.by()
        (row,) = sums[sums["year"] == year].to_dict("records") or [dict.fromkeys(sums.columns, 0.0)]
        row |= {"children": row["further"], "children_nearest": 0.0, "child_miles_nearest": 0.0}
        rows.append([heading(label), *numbers(_cells(found, row)[:5])])
    caption = f"Travel beyond the nearest suitable local school, {academic(year)}"
    return Table(caption, heads, rows, frozenset(range(1, 6)))


def _notes(found: Shortage) -> list[str]:
    journeys = found.study.prepared.travel.journeys.method
    return [
        RANGE,
        BELOW_NOUGHT,
        found.counts.note,
        f"Journeys: {journeys}.",
    ]


def _figures(found: Shortage, year: int) -> list[Figure]:
    row = _sum(found, year)
    cells = _cells(found, row)
    when = academic(year)
    return [
        Figure("Children who travel further because a nearer school is full", cells[0], when),
        Figure("Child-miles a year", cells[1], when),
        Figure("Transport a year", cells[4], "whole vehicles, and pro rata"),
    ]


def _found(found: Shortage, year: int, tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    """Return the same for machines."""
    plain = {
        name: [
            {key: None if pd.isna(value) else value for key, value in row.items()}
            for row in rows.astype(object).to_dict("records")
        ]
        for name, rows in tables.items()
    }
    return {
        "schema": 1,
        "year": year,
        "threshold": found.counts.threshold,
        "transport_bill_gbp": {int(str(y)): round(float(gbp)) for y, gbp in found.bill_gbp.items()},
        **plain,
        "travel": found.study.prepared.travel.journeys.method,
        "proved": _proved(found),
        "verified": True,
    }


def _chart(found: Shortage, by_school: pd.DataFrame, year: int, said: About) -> Drawing | None:
    rows = by_school[(by_school["cause"] != OTHERS) & (by_school["child_miles"] > 0)].head(BARS)
    if rows.empty:
        return None
    name = _name(found)
    first = name(rows["cause"].iloc[0])
    names = [name(school) for school in rows["cause"]]
    values = [near(value) for value in rows["child_miles"]]
    title = f"{first} costs most travel by being full, {academic(year)}"
    alt = "; ".join(f"{n}: {v:,.0f}" for n, v in zip(names, values, strict=True))
    words = Words(
        "shortageschools",
        title,
        "Extra child-miles a year of children who would be at the school if local schools had room",
        f"{said.title}. Modelled. {said.notice} {stamp_line(said.stamps)}",
        f"Child-miles a year by the school that is full. {alt}.",
    )
    svg = draw_bars(Bars(words, names, values, [0] * len(names)))
    return Drawing("shortageschools", title, words.alt, svg, kind="chart")


def _map(
    found: Shortage, by_area: pd.DataFrame, geography: str, year: int, said: About
) -> Drawing | None:
    told = by_area[by_area["area"] != OTHERS]
    values = {str(a): near(v) for a, v in zip(told["area"], told["child_miles"], strict=True)}
    everybody = set(found.resolved.before.loc[found.resolved.before["year"] == year, "area"])
    maps = geographies.geographies(found.resolved.before["area"])
    hidden = (
        {maps[geography][area] for area in everybody} - set(values)
        if len(told) < len(by_area)
        else set()
    )
    title = f"Where full schools make journeys longer, {academic(year)}"
    words = (
        "shortagemap",
        title,
        "Extra travel by home area",
        f"child-miles a year, by {geography}",
    )
    return area_map(found.study, said, words, values, hidden, geography)

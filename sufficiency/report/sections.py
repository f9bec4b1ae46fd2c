"""The sections of the report, one function each, in the order of `SECTIONS`."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs
from sufficiency.disclosure import WITHHELD
from sufficiency.evidence.naming import apart, year_groups
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import money
from sufficiency.report import compare, drawings
from sufficiency.report.parts import (
    NOTHING,
    PHASE_WORDS,
    Cell,
    Section,
    Table,
    academic,
    counted,
    figure,
    heading,
    is_missing,
    is_withheld,
    numbers,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from sufficiency.report.parts import Plan

DECISIONS = {
    "opens": "Opens in the plan",
    "committed": "Already committed",
    "not chosen": "Not chosen",
}


def schemes(plan: Plan) -> Section:
    """Say what is built, when and for whom, and what was passed over."""
    table = plan.published.schemes
    order = {decision: n for n, decision in enumerate(DECISIONS)}
    rows = table.assign(order=table["decision"].map(order)).sort_values(["order", "year"])
    cells = [_scheme(plan, row) for row in rows.to_dict("records")]
    heads = ["Scheme", "Where", "Decision", "Opens", "Capital", "Places in full", "Capital a place"]
    lead = "A scheme opens when the places it brings are worth more to the plan than they cost."
    budget = plan.context.settings.capital.budget_gbp
    if budget is not None:
        lead += " All that open fit the capital budget of each year, with unspent money carried forward."
    if not cells:
        return Section("schemes", "What is built, and when", ["The case proposes no schemes."])
    found = [
        Table("Schemes by decision and opening year", heads, cells, frozenset({4, 5, 6})),
        _served(plan),
    ]
    return Section(
        "schemes",
        "What is built, and when",
        [lead],
        [made for made in found if made],
        [withheld(plan)] if found[1] else [],
        [drawings.timeline(plan, rows)],
    )


def _scheme(plan: Plan, row: Mapping[Hashable, Any]) -> list[Cell]:
    """Return a scheme's row."""
    never = is_missing(row["year"]) or row["year"] is pd.NA
    each = row["gbp_per_place"]
    return [
        heading(str(row["name"])),
        Cell(plan.context.provisions.get(row["provision"], row["provision"])),
        Cell(DECISIONS[row["decision"]]),
        Cell(NOTHING if never else academic(int(row["year"]))),
        *numbers(
            [
                money(row["capital_gbp"], short=False),
                figure(row["places"]),
                NOTHING if is_missing(each) else money(each, short=False),
            ]
        ),
    ]


def _served(plan: Plan) -> Table | None:
    """Return whom each scheme serves in the last year: needs and phases of enough children by name."""
    table = plan.published.served
    rows = table[table["year"] == plan.last_year]
    if rows.empty:
        return None
    names = dict(
        zip(plan.published.schemes["scheme_id"], plan.published.schemes["name"], strict=True)
    )
    cells: list[list[Cell]] = []
    for scheme, found in rows.groupby("scheme", sort=False):
        shown = [row for row in found.to_dict("records") if not is_withheld(row["children"])]
        fewer = len(found) - len(shown)
        which = counted(fewer, "further group" if shown else "group")
        few = f"{which} withheld" if fewer else ""
        lines = [
            (f"{row['need']}, {PHASE_WORDS[row['phase']].lower()}", figure(row["children"]))
            for row in shown
        ]
        lines += [(few, WITHHELD)] if few else []
        for n, (who, count) in enumerate(lines):
            first = (
                [heading(str(names.get(scheme, scheme)), "rowgroup", len(lines))] if n == 0 else []
            )
            cells.append([*first, heading(who), *numbers([count])])
    title = (
        f"Whom the schemes serve in {academic(plan.last_year)}: children modelled in their places"
    )
    return Table(title, ["Scheme", "Need and phase", "Children"], cells, frozenset({2}))


def change(plan: Plan) -> Section | None:
    """Set the plan beside building nothing."""
    if plan.compared is None or plan.before is None:
        return None
    rows = [
        [heading(label), *numbers([before, after]), Cell(words)]
        for label, before, after, words in compare.rows(plan)
    ]
    heads = ["Measure", drawings.BASELINE, drawings.PLAN, "Change"]
    drawn = drawings.spending(plan)
    lead = (
        "Building nothing means the same children, prices and places, without the proposed schemes; "
        "committed schemes open all the same. Both are solved to their best."
    )
    return Section(
        "change",
        "What building changes",
        [lead],
        [Table("The plan beside building nothing", heads, rows, frozenset({1, 2}))],
        [
            (
                "High needs revenue, transport and capital are different budgets and are not added up. "
                "Savings are modelled, not banked."
            )
        ],
        [drawn] if drawn else [],
    )


def use(plan: Plan) -> Section:
    """Lay out how full each pool of places is."""
    table = plan.published.use
    years = sorted(int(year) for year in table["year"].unique())
    rows: list[list[Cell]] = []
    for provision, pools in groupby(_pools(plan), key=lambda pool: pool[0]):
        found = list(pools)
        for n, (_, codes, ages, cells) in enumerate(found):
            first = [heading(provision, "rowgroup", len(found))] if n == 0 else []
            whom = [heading(codes), Cell(ages)]
            rows.append([*first, *whom, *numbers(cells.get(y, NOTHING) for y in years)])
    heads = ["Provision", "Needs", "NCY", *map(academic, years)]
    return Section(
        "use",
        "How full each provision is",
        ["Children modelled of the places that this council's children may use."],
        [
            Table(
                "Places used, by provision",
                heads,
                rows,
                frozenset(range(3, len(heads))),
                folded=True,
            )
        ],
        [
            (
                f"{NOTHING} means no places in that year; a number alone, places without a limit. NCY is "
                "the National Curriculum year: 0 is Reception, 14 the last year of post-16."
            ),
            withheld(plan),
        ],
        [drawn] if (drawn := drawings.fullness(plan, _fullness(plan))) else [],
    )


def _fullness(plan: Plan) -> list[tuple[str, float, dict[int, object]]]:
    """Return, for each pool with limited places: its name, its most places, and by year its use in per cent."""
    pools: dict[tuple[str, str, int, int], tuple[float, dict[int, object]]] = {}
    for row in plan.published.use.to_dict("records"):
        if is_missing(row["places"]) or row["places"] is pd.NA:
            continue
        name = str(plan.context.provisions.get(row["provision"], row["provision"]))
        key = name, _any_of(str(row["needs"])), int(row["ncy_from"]), int(row["ncy_to"])
        most, by_year = pools.setdefault(key, (0.0, {}))
        pools[key] = max(most, float(row["places"])), by_year
        if not is_missing(row["use_pct"]):
            by_year[int(row["year"])] = row["use_pct"]
    keys = sorted(pools)
    alike = Counter(short_name(name) for name in {name for name, *_ in keys})
    names = [bare if alike[bare := short_name(name)] == 1 else name for name, *_ in keys]
    ages = [year_groups(low, high) for _, _, low, high in keys]
    aged = apart(names, [f"{name}, {age}" for name, age in zip(names, ages, strict=True)])
    called = apart(aged, [f"{name}: {key[1]}" for name, key in zip(aged, keys, strict=True)])
    return [(name, *pools[key]) for name, key in zip(called, keys, strict=True)]


def _pools(plan: Plan) -> list[tuple[str, str, str, dict[int, str]]]:
    """Return each pool's provision, whom it is for, and by year how many places are used."""
    pools: dict[tuple[str, str, int, int], dict[int, str]] = {}
    for row in plan.published.use.to_dict("records"):
        name = str(plan.context.provisions.get(row["provision"], row["provision"]))
        key = name, str(row["needs"]), int(row["ncy_from"]), int(row["ncy_to"])
        pools.setdefault(key, {})[int(row["year"])] = _occupied(row)
    return [
        (name, _any_of(codes), f"{low} to {high}", by_year)
        for (name, codes, low, high), by_year in sorted(pools.items())
    ]


def _any_of(codes: str) -> str:
    return "any need" if codes == needs.ANY else codes.replace("|", ", ")


def _occupied(row: Mapping[Hashable, Any]) -> str:
    used = figure(row["used"])
    return used if is_missing(row["places"]) else f"{used} of {figure(row['places'])}"

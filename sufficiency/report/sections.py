"""The sections of the report, one function each, in the order of `SECTIONS`."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs
from sufficiency.disclosure import WITHHELD
from sufficiency.pounds import money
from sufficiency.report import compare, drawings
from sufficiency.report.headline import at_least
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
    from collections.abc import Hashable, Mapping, Sequence

    from sufficiency.disclosure import Published
    from sufficiency.report.parts import Plan

DECISIONS = {
    "opens": "Opens in the plan",
    "committed": "Already committed",
    "not chosen": "Not chosen",
}
MEASURES = {
    "unplaced": (
        "Children modelled without a place",
        "Nobody is modelled without a place in any year.",
    ),
    "children": ("Children modelled, with a place or without", "No children are modelled."),
    "independent": (
        "Children modelled in independent provision",
        "Nobody is placed independently.",
    ),
    "out_of_area": (
        "Children modelled out of area, independent places included",
        "Nobody is placed out of area.",
    ),
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


def placements(plan: Plan) -> Section:
    """Show where children are placed: own places, out of area, independent, none."""
    published = plan.published
    drawn = [drawings.outcomes(plan), drawings.independent(plan)]
    tables = [_gap_table(published, measure) for measure in ("independent", "out_of_area")]
    found = [replace(table, folded=True) for table in tables if table]
    none = [
        MEASURES[m][1] for m, t in zip(("independent", "out_of_area"), tables, strict=True) if not t
    ]
    return Section(
        "placements",
        "Independent and out-of-area placements",
        [
            (
                "An independent place may be in this council's area or out of it; state places out of area are "
                "other councils' schools and bases."
            ),
            *none,
        ],
        found,
        [withheld(plan)],
        [drawing for drawing in drawn if drawing],
    )


def gap(plan: Plan) -> Section:
    """Lay out children by need, phase and year."""
    unplaced, children = (
        _gap_table(plan.published, measure) for measure in ("unplaced", "children")
    )
    found = [unplaced, replace(children, folded=True) if children else None]
    none = [MEASURES["unplaced"][1]] if not unplaced else []
    return Section(
        "gap",
        "The gap, by need and phase",
        [
            (
                "Each table counts the children modelled in each academic year; needs and phases with "
                "nobody in any year are left out."
            ),
            (
                f"{at_least(plan.summary['children'], plan)} children are modelled in all, each counted once. "
                "Some come later and some leave, so a year has fewer; their years add up to more."
            ),
            *none,
        ],
        [table for table in found if table],
        [withheld(plan)],
    )


def _gap_table(published: Published, measure: str) -> Table | None:
    """Return need and phase by year for one measure, without rows of noughts; None if all are."""
    table = published.gap
    years = sorted(int(year) for year in table["year"].unique())
    order = [*needs.NEEDS, needs.UNASSESSED]
    found: list[tuple[str, str, list[str]]] = []
    for (need, phase), rows in table.groupby(["need", "phase"], sort=False):
        value = dict(zip(rows["year"].astype(int), rows[measure], strict=True))
        if any(is_withheld(cell) or cell > 0 for cell in value.values()):
            found.append((str(need), str(phase), [figure(value.get(year, 0)) for year in years]))
    if not found:
        return None
    found.sort(key=lambda row: (order.index(row[0]), list(PHASE_WORDS).index(row[1])))
    rows_of = _of_everybody(published.outcomes, measure, years)
    for need, group in groupby(found, key=lambda row: row[0]):
        phases = list(group)
        for n, (_, phase, values) in enumerate(phases):
            first = [heading(_need(need), "rowgroup", len(phases))] if n == 0 else []
            rows_of.append([*first, heading(PHASE_WORDS[phase]), *numbers(values)])
    heads = ["Need", "Phase", *map(academic, years)]
    return Table(MEASURES[measure][0], heads, rows_of, frozenset(range(2, len(heads))))


def _of_everybody(outcomes: pd.DataFrame, measure: str, years: Sequence[int]) -> list[list[Cell]]:
    """Return the row of all needs and phases, where that is published."""
    if measure not in outcomes:
        return []
    value = dict(zip(outcomes["year"].astype(int), outcomes[measure], strict=True))
    found = numbers((figure(value.get(year, 0)) for year in years), is_total=True)
    return [[heading("All needs", "rowgroup"), heading(PHASE_WORDS["all"]), *found]]


def _need(code: str) -> str:
    return f"{needs.NEEDS[code]} ({code})" if code in needs.NEEDS else code


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
    names = [name for name, *_ in pools]
    return [
        (name if names.count(name) == 1 else f"{name}, {low} to {high}: {codes}", *found)
        for (name, codes, low, high), found in sorted(pools.items())
    ]


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

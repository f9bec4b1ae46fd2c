"""The sections of the report, one function each, in the order of `SECTIONS`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs
from sufficiency.disclosure import WITHHELD
from sufficiency.findings import ALL, BANDS
from sufficiency.ledger import ITEMS
from sufficiency.maps.draw import render_map
from sufficiency.report.parts import (
    NOTHING,
    Cell,
    Drawing,
    Section,
    Table,
    academic,
    figure,
    heading,
    is_missing,
    is_withheld,
    money,
    numbers,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from sufficiency.maps.draw import Area
    from sufficiency.report.parts import Plan

PHASE_WORDS = {"primary": "Primary", "secondary": "Secondary", "post16": "Post-16", ALL: "All"}
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
    "independent": ("Of them in independent provision", "Nobody is placed independently."),
    "out_of_area": ("Of them placed out of area", "Nobody is placed out of area."),
}
BAND_WORDS = {
    "under_15": "Under 15",
    "from_15_to_30": "15 to under 30",
    "from_30_to_45": "30 to under 45",
    "from_45_to_60": "45 to under 60",
    "from_60_to_75": "60 to under 75",
    "from_75": "75 or more",
}


def schemes(plan: Plan) -> Section:
    """Say what is built, when, and what was passed over."""
    table = plan.published.schemes
    order = {decision: n for n, decision in enumerate(DECISIONS)}
    rows = table.assign(order=table["decision"].map(order)).sort_values(["order", "year"])
    cells = [
        [
            heading(str(row["name"])),
            Cell(plan.context.provisions.get(row["provision"], row["provision"])),
            Cell(DECISIONS[row["decision"]]),
            Cell(
                NOTHING
                if is_missing(row["year"]) or row["year"] is pd.NA
                else academic(int(row["year"]))
            ),
            *numbers(
                [
                    money(row["capital_gbp"], short=False),
                    figure(row["places"]),
                    NOTHING
                    if is_missing(row["gbp_per_place"])
                    else money(row["gbp_per_place"], short=False),
                ]
            ),
        ]
        for row in rows.to_dict("records")
    ]
    heads = ["Scheme", "Where", "Decision", "Opens", "Capital", "Places in full", "Capital a place"]
    lead = "A scheme opens when the places it brings are worth more to the plan than they cost."
    budget = plan.context.settings.capital.budget_gbp
    if budget is not None:
        lead += " All that open fit the capital budget of each year, with unspent money carried forward."
    return Section(
        "schemes",
        "What is built, and when",
        [lead] if cells else ["The case proposes no schemes."],
        [Table("Schemes by decision and opening year", heads, cells, frozenset({4, 5, 6}))]
        if cells
        else [],
    )


def gap(plan: Plan) -> Section:
    """Lay out children by need, phase and year."""
    tables = [_gap_table(plan.published.gap, measure) for measure in MEASURES]
    none = [words for (_, words), table in zip(MEASURES.values(), tables, strict=True) if not table]
    return Section(
        "gap",
        "The gap, by need and phase",
        [
            (
                "Each table counts the children modelled in each academic year; needs and phases with "
                "nobody in any year are left out."
            ),
            *none,
        ],
        [table for table in tables if table],
        [withheld(plan)],
    )


def _gap_table(table: pd.DataFrame, measure: str) -> Table | None:
    """Return need and phase by year for one measure, without rows of noughts; None if all are."""
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
    rows_of: list[list[Cell]] = []
    for need, group in groupby(found, key=lambda row: row[0]):
        phases = list(group)
        for n, (_, phase, values) in enumerate(phases):
            first = [heading(_need(need), "rowgroup", len(phases))] if n == 0 else []
            rows_of.append([*first, heading(PHASE_WORDS[phase]), *numbers(values)])
    heads = ["Need", "Phase", *map(academic, years)]
    return Table(MEASURES[measure][0], heads, rows_of, frozenset(range(2, len(heads))))


def _need(code: str) -> str:
    return f"{needs.NEEDS[code]} ({code})" if code in needs.NEEDS else code


def ledger(plan: Plan) -> Section:
    """Lay out real money by budget, item and year."""
    table = plan.published.ledger
    years = sorted(int(year) for year in table["year"].unique())
    rows: list[list[Cell]] = []
    for budget, items in groupby(ITEMS, key=lambda item: ITEMS[item]):
        names = list(items)
        total = len(names) > 1
        for n, item in enumerate(names):
            span = len(names) + total
            first = [heading(budget.capitalize(), "rowgroup", span)] if n == 0 else []
            amounts = _amounts(table[table["item"] == item], years)
            rows.append([*first, heading(item.capitalize()), *numbers(amounts)])
        if total:
            sums = _amounts(table[table["budget"] == budget], years)
            rows.append([Cell("Together", "row", is_total=True), *numbers(sums, is_total=True)])
    settings = plan.context.settings
    heads = ["Budget", "Item", *map(academic, years), "All years", "Discounted"]
    title = f"Modelled spending by budget, £ thousand at {settings.money.price_base} prices"
    return Section(
        "money",
        "Whose money, and when",
        [
            (
                "High needs revenue, transport and capital are different budgets, so they are never added "
                "up. Children who stay where they are, existing places and committed schemes are included."
            )
        ],
        [Table(title, heads, rows, frozenset(range(2, len(heads))))],
        [
            (
                "The capital charge spreads the capital of schemes over their lifetimes. It is the same "
                "money as the capital cash, seen another way: do not add the two."
            ),
            (
                f"The last column discounts each year to {academic(settings.base_year)} at "
                f"{settings.money.discount_rate_pct:g}% a year."
            ),
        ],
    )


def _amounts(rows: pd.DataFrame, years: Sequence[int]) -> list[str]:
    by_year = rows.groupby("year")[["gbp", "gbp_discounted"]].sum()
    figures = [
        *by_year["gbp"].reindex(pd.Index(years)),
        by_year["gbp"].sum(),
        by_year["gbp_discounted"].sum(),
    ]
    return [figure(value / 1000) for value in figures]


def travel(plan: Plan) -> Section:
    """Lay out journeys by phase and year, and by band."""
    table = plan.published.travel
    soft = plan.context.settings.travel.soft_minutes
    told = [f"{minutes:g} for {PHASE_WORDS[phase].lower()}" for phase, minutes in soft.items()]
    guidance = f"Guidance in minutes: {', '.join(told)}."
    measures = {
        "mean_minutes": ("Mean", 1),
        "median_minutes": ("Median", 1),
        "p95_minutes": ("95% are within", 1),
        "over_45": ("Children over 45 minutes", 0),
        "over_75": ("Children over 75 minutes", 0),
    }
    rows = _by_year(
        table,
        [[figure(row[m], d) for m, (_, d) in measures.items()] for row in table.to_dict("records")],
    )
    heads = ["Year", "Phase", *(words for words, _ in measures.values())]
    whole = table[table["phase"] == ALL]
    bands = [
        [heading(academic(int(row["year"]))), *numbers(figure(row[band]) for band in BANDS)]
        for row in whole.to_dict("records")
    ]
    return Section(
        "travel",
        "How far children travel",
        [
            (
                f"Minutes are one way, from home to the place modelled. Method: {plan.summary['travel']}. "
                f"{guidance}"
            )
        ],
        [
            Table(
                "Journeys by year and phase, minutes one way", heads, rows, frozenset(range(2, 7))
            ),
            Table(
                "Children by length of journey, minutes one way, all phases",
                ["Year", *(BAND_WORDS[band] for band in BANDS)],
                bands,
                frozenset(range(1, 7)),
            ),
        ],
        [withheld(plan)],
    )


def _by_year(table: pd.DataFrame, values: list[list[str]]) -> list[list[Cell]]:
    """Head rows by year and phase, the year once for all its phases."""
    rows: list[list[Cell]] = []
    years = table["year"].astype(int).tolist()
    for n, (year, phase) in enumerate(zip(years, table["phase"], strict=True)):
        new = n == 0 or years[n - 1] != year
        first = [heading(academic(year), "rowgroup", years.count(year))] if new else []
        rows.append(
            [*first, heading(PHASE_WORDS[phase]), *numbers(values[n], is_total=phase == ALL)]
        )
    return rows


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
        [Table("Places used, by provision", heads, rows, frozenset(range(3, len(heads))))],
        [
            (
                f"{NOTHING} means no places in that year; a number alone, places without a limit. NCY is "
                "the National Curriculum year: 0 is Reception, 14 the last year of post-16."
            ),
            withheld(plan),
        ],
    )


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


def map_(plan: Plan) -> Section | None:
    """Show the map, when there is one, and its figures as a table."""
    model = plan.context.map
    if model is None:
        return None
    rows = [[heading(area.name), Cell(_shown(area), is_number=True)] for area in model.areas]
    unit = f"{model.legend}, {model.unit}"
    return Section(
        "map",
        "Where children travel from, and to",
        ["Shades are by home area. Symbols are provisions; a ring marks a scheme."],
        drawings=[
            Drawing(
                "journeys",
                unit,
                "Shades are by home area. Symbols are provisions; a ring marks a scheme.",
                render_map(model),
                Table(unit, ["Home area", model.legend], rows, frozenset({1})),
            )
        ],
    )


def _shown(area: Area) -> str:
    return WITHHELD if area.withheld else figure(area.value, 1)

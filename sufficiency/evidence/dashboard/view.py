"""What stands on the page of the dashboard: tiles, panels, the scorecard, what changed; text and small drawings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.evidence.dashboard import draw
from sufficiency.evidence.dashboard.card import card, recorded
from sufficiency.evidence.dashboard.lines import BY_KEY, LINES, PANELS
from sufficiency.evidence.dashboard.published import is_told
from sufficiency.evidence.dashboard.said import FINDINGS, NOTES
from sufficiency.evidence.dashboard.tables import (
    costs,
    needs_in_order,
    phases_of,
    schemes,
    spots,
)
from sufficiency.evidence.dashboard.words import (
    UNTOLD,
    Travel,
    against,
    at_least,
    building,
    ends,
    first_told,
    travel,
)
from sufficiency.needs import NEEDS
from sufficiency.pounds import money
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import PHASE_WORDS, academic, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.evidence.dashboard.card import Card
    from sufficiency.evidence.dashboard.lines import Line
    from sufficiency.evidence.dashboard.published import Run
    from sufficiency.evidence.dashboard.tables import Beside, Spot

STATES = {"opens": "proposed, opens", "committed": "decided already", "not chosen": "not chosen"}
#: As many years have a column of their own; of more, some.
MOST_YEARS = 8


@dataclass(frozen=True)
class Tile:
    """A headline: what it is, the figure, which way it goes, what to know of it, what the council recorded of it."""

    label: str
    value: str
    travel: Travel | None = None
    note: str = ""
    spark: str = ""
    recorded: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a panel: a figure in each year that has a column."""

    label: str
    deep: bool
    cells: Sequence[str]
    spark: str
    travel: Travel


@dataclass(frozen=True)
class Panel:
    """A panel of the page.

    Attributes
    ----------
    key, title
        Its anchor and its heading, in the words of the aim.
    finding
        What it shows, in a sentence.
    rows
        Its figures by year.
    notes
        What must be known of them.
    """

    key: str
    title: str
    finding: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Square:
    """A need in a phase: how many children, how many of them are not in a local place, and how, with a bar."""

    children: str
    gaps: Sequence[str]
    bar: str = ""


@dataclass(frozen=True)
class Matrix:
    """Needs by phases in one year; of needs `untold` every phase is withheld."""

    year: str
    phases: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Square | None]]]
    untold: Sequence[str]


@dataclass(frozen=True)
class Cost:
    """A kind of provision and what a child costs there."""

    kind: str
    gbp: str
    bar: str


@dataclass(frozen=True)
class Scheme:
    """A scheme, and for each year that has a column whether it is shut, opens by then, or is open."""

    name: str
    state: str
    opens: str
    places: str
    capital: str
    years: Sequence[str] = ()


@dataclass(frozen=True)
class Pack:
    """Reviews side by side in one year: what differs, and the names of what is the same in all of them."""

    year: str
    rows: Sequence[tuple[str, Sequence[str], Travel]]
    same: Sequence[str]


@dataclass(frozen=True)
class View:
    """All of it."""

    run: Run
    years: Sequence[str]
    span: str
    tiles: Sequence[Tile]
    panels: Sequence[Panel]
    matrix: Matrix | None
    costs: Sequence[Cost]
    costs_title: str
    costs_note: str
    schemes: Sequence[Scheme]
    building: str
    outcomes: str
    places: str
    gap_map: str
    card: Card | None
    packs: Sequence[str] = ()
    beside: Sequence[Pack] = ()


def view(run: Run, runs: Sequence[Run], found: Sequence[Beside]) -> View:
    """Return what stands on the page of a run.

    Parameters
    ----------
    runs, found
        Oldest first, if there are several, and what they are side by side.
    """
    shown = columns(run.years)
    last = academic(run.years[-1])
    costed = costs(run, run.years[0])
    return View(
        run=run,
        years=[academic(year) for year in shown],
        span=f"{academic(run.years[0])} to {last}" if len(run.years) > 1 else last,
        tiles=list(_tiles(run)),
        panels=[_panel(run, key, shown) for key in PANELS],
        matrix=matrix(run),
        costs=[
            Cost(
                str(row["kind"]), f"£{row['gbp']:,.0f}", draw.bar(row["gbp"] / costed["gbp"].max())
            )
            for row in costed.to_dict("records")
        ],
        costs_title=_costs_title(costed["told_pct"].max() if len(costed) else 0),
        costs_note=_costs_note(run),
        schemes=list(_schemes(run)),
        building=building(run),
        outcomes=draw.outcomes(run),
        places=draw.places(run),
        gap_map=run.gap_map if _shaded(run.gap_map) else "",
        card=card(run),
        packs=[one.dated for one in runs],
        beside=_packs(found),
    )


def _shaded(drawn: str) -> bool:
    """Whether a map tells of any area: one that is hatched all over says nothing."""
    return "Values run from" in drawn


def columns(years: Sequence[int]) -> list[int]:
    """Return the years that have a column: all, or the first, the last and some between them."""
    if len(years) <= MOST_YEARS:
        return list(years)
    step = -(-(len(years) - 1) // (MOST_YEARS - 1))
    return [*years[:-1:step], years[-1]]


def _row(run: Run, line: Line, shown: Sequence[int]) -> Row:
    values, least = line.of(run), line.least(run)
    points = line.points(values, run.years)
    deep = line.label[:1].islower()
    cells = [line.cell(values.get(year), least.get(year, 0.0)) for year in shown]
    way = Travel("", "")
    if line.adds_up:
        told = sum(v for v in values.values() if isinstance(v, float))
        way = Travel("", f"{line.write(told)} in all")
    elif len(run.years) > 1:
        way = travel(line, *ends(values, run.years))
        if way is UNTOLD:
            way = at_least(line, values.get(run.years[0]), least.get(run.years[-1], 0.0))
    return Row(line.label, deep, cells, draw.spark(points), way)


def _panel(run: Run, key: str, shown: Sequence[int]) -> Panel:
    rows = [_row(run, line, shown) for line in LINES if line.panel == key and line.of(run)]
    return Panel(key, PANELS[key], FINDINGS[key](run), rows, NOTES[key](run))


# Tiles


def _tiles(run: Run) -> list[Tile]:
    first, last = run.years[0], run.years[-1]
    need = first_told(run, "needing", "placed")
    label = need.label if need.key == "needing" else "Children with a place"
    elsewhere = [BY_KEY[key].of(run).get(first) for key in ("independent", "away")]
    both = [BY_KEY[key].write(v) for key, v in zip(("independent", "away"), elsewhere, strict=True)]
    return [
        _tile(run, need, f"{label}, {academic(first)}"),
        _tile(run, BY_KEY["without"], f"Without a place, {academic(first)}"),
        _tile(run, BY_KEY["independent"], f"In independent places, {academic(first)}",
              f"and {both[1]} in another council’s{_of_them(run, first)}"),
        _cost_tile(run),
        _tile(run, BY_KEY["minutes"], f"Mean journey, {academic(first)}",
              f"minutes, one way. {against(run)}".removesuffix(". ")),
        _building_tile(run, last),
    ]  # fmt: skip


def _tile(run: Run, line: Line, label: str, note: str = "") -> Tile:
    values = line.of(run)
    first, last = ends(values, run.years)
    points = line.points(values, run.years)
    way = None
    if len(run.years) > 1:
        found = travel(line, first, last)
        words = found.change if found is UNTOLD else f"{found.change} by {academic(run.years[-1])}"
        if found is UNTOLD and is_told(last):
            words = f"{line.write(last)} in {academic(run.years[-1])}"
        way = Travel(found.mark, words, found.verdict)
    shown = "withheld" if first == WITHHELD else line.write(first)
    return Tile(label, shown, way, note, draw.spark(points), recorded(run, line.key))


def _of_them(run: Run, year: int) -> str:
    """Say how many of those in another council's places are at colleges, where that is told."""
    many = BY_KEY["colleges"].of(run).get(year)
    return f", {figure(many)} of them at colleges" if is_told(many) and many else ""


def _cost_tile(run: Run) -> Tile:
    year = next((y for y in run.years if is_told(BY_KEY["fee"].of(run).get(y))), run.years[0])
    fee, state = (BY_KEY[key].of(run).get(year) for key in ("fee", "state_cost"))
    shown = BY_KEY["fee"].write(fee)
    note = f"against {BY_KEY['state_cost'].write(state)} for a state-funded place of any kind"
    return Tile(f"An independent place, a child, {academic(year)}", shown, None, note)


def _building_tile(run: Run, last: int) -> Tile:
    rows = schemes(run)
    opens = rows[rows["year"].notna()] if len(rows) else rows
    if not len(opens):
        return Tile("Schemes that open", f"0 of {len(rows)}" if len(rows) else "none proposed")
    places, capital = float(opens["places"].sum()), float(opens["capital_gbp"].sum())
    note = f"{figure(places)} places, {money(capital)} of capital"
    return Tile(f"Schemes open by {academic(last)}", f"{len(opens)} of {len(rows)}", None, note)


# Matrix, costs, schemes, packs


def matrix(run: Run) -> Matrix | None:
    """Return needs by phases in the last year of the plan; None for a plan of nobody."""
    year = run.years[-1]
    found = spots(run, year)
    if not found:
        return None
    most = max(
        (s.independent for s in found.values() if isinstance(s.independent, float)), default=0.0
    )
    phases = phases_of(found)
    rows, untold = [], []
    for need in needs_in_order(found):
        mine = [found.get((need, phase)) for phase in phases]
        if any(spot and is_told(spot.children) for spot in mine):
            rows.append((NEEDS.get(need, need), [_square(spot, most) for spot in mine]))
        else:
            untold.append(NEEDS.get(need, need))
    return Matrix(academic(year), [PHASE_WORDS[phase] for phase in phases], rows, untold)


def _square(spot: Spot | None, most: float) -> Square | None:
    if spot is None:
        return None
    words = (
        ("independent", spot.independent),
        ("out of area", spot.out_of_area),
        ("no place", spot.unplaced),
    )
    gaps = [f"{figure(v)} {name}" for name, v in words if v not in (None, 0.0)]
    share = spot.independent / most if isinstance(spot.independent, float) and most else 0.0
    return Square(figure(spot.children), gaps, draw.bar(share) if share else "")


def _costs_title(told_pct: float) -> str:
    """Say of how many children the costs by kind are: the rest are in places of few."""
    return f"What a child costs a year by kind of provision (of {told_pct:.0f}% of children)"


def _costs_note(run: Run) -> str:
    return (
        f"Top-up or fee, and transport, a child a year in {academic(run.years[0])}; place funding is paid besides. "
        "Of the placements whose rows are published; what the others cost is in the spending by year."
    )


def _schemes(run: Run) -> list[Scheme]:
    shown = columns(run.years)
    return [
        Scheme(
            name=str(row["name"]),
            state=STATES.get(str(row["status"]), str(row["status"])),
            opens=academic(int(row["year"])) if row["year"] > 0 else "",
            places=figure(row["places"]),
            capital=money(float(row["capital_gbp"])),
            years=_open(float(row["year"]), shown),
        )
        for row in schemes(run).to_dict("records")
    ]


def _open(opens: float, shown: Sequence[int]) -> list[str]:
    """Say for each year that has a column whether a scheme is shut ("shut"), opens by then ("opens"), or is "open"."""
    states = ["open" if opens <= year else "shut" for year in shown]
    if "open" in states and opens >= shown[0]:
        states[states.index("open")] = "opens"
    return states


def _packs(found: Sequence[Beside]) -> list[Pack]:
    packs = []
    for year in dict.fromkeys(one.year for one in found):
        mine = [one for one in found if one.year == year]
        same = [one for one in mine if len(set(one.values)) == 1 and is_told(one.values[0])]
        rows = [
            (_alone(one.line), [one.line.write(v) for v in one.values], one.change)
            for one in mine
            if one not in same
        ]
        packs.append(Pack(academic(year), rows, [_alone(one.line) for one in same]))
    return packs


def _alone(line: Line) -> str:
    """Return what a figure is called where it does not stand under another."""
    return {"without": "Children without a place"}.get(line.key, line.label)

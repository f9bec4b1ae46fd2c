"""The dashboard of a run, once for every reader: console, machines, tables, and a page of its own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency import __version__
from sufficiency.evidence.answer import About, Evidence
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.dashboard.lines import LINES, PANELS
from sufficiency.evidence.dashboard.page import page
from sufficiency.evidence.dashboard.published import value
from sufficiency.evidence.dashboard.tables import beside, costs, figures, schemes, spots
from sufficiency.evidence.dashboard.view import view
from sufficiency.evidence.dashboard.words import answer
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import (
    Cell,
    Figure,
    Section,
    Table,
    academic,
    heading,
    numbers,
)
from sufficiency.skipping import sentence as left_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sufficiency.evidence.dashboard.published import Run
    from sufficiency.evidence.dashboard.tables import Beside
    from sufficiency.evidence.dashboard.view import Panel, View

TITLES = {
    "figures": "Every figure of the dashboard by academic year",
    "need-by-phase": "Children by need and phase, and those not in a local place",
    "cost-by-kind": "What a child costs a year by kind of provision",
    "schemes": "Schemes by opening year",
    "scorecard": "What the council recorded and published",
    "packs": "Reviews side by side",
}


def evidence(runs: Sequence[Run]) -> Evidence:
    """Say what a run comes to, and what earlier ones did.

    Parameters
    ----------
    runs
        The run that is shown, and earlier ones, latest first.
    """
    run, oldest_first = runs[0], runs[::-1]
    about = _about(runs)
    found = beside(oldest_first) if len(runs) > 1 else []
    seen = view(run, oldest_first if found else [], found)
    said = answer(run)
    notes = list(_notes(run, several=bool(found)))
    return Evidence(
        about=about,
        answer=said,
        section=Section(
            "dashboard",
            "The right places, now and in the future",
            [*(panel.finding for panel in seen.panels), seen.building],
            list(_tables(seen)),
            notes,
        ),
        found=_summary(runs, found),
        tables=_published(run, seen, found, oldest_first),
        titles=TITLES,
        figures=[
            Figure(tile.label, tile.value, ". ".join(filter(None, (tile.note, tile.recorded))))
            for tile in seen.tiles
        ],
        page=page(about, said, seen, notes),
    )


def _about(runs: Sequence[Run]) -> About:
    run = runs[0]
    ids = [one.run_id for one in runs]
    digest = hashlib.sha256("|".join(["dashboard", *ids, __version__]).encode()).hexdigest()
    notices = [str(run.settings.get("notice", "")), left_out(run.summary.get("left_out") or {})]
    scenario = run.summary.get("scenario") or {}
    stamps = {
        **({"Scenario": str(scenario["title"])} if scenario else {}),
        "Run": digest[:12],
        "Plans" if len(ids) > 1 else "Plan": ", ".join(ids),
        "Data": run.data,
        "Counts withheld": f"under {run.threshold}",
        "Version": f"sufficiency {__version__}",
    }
    inputs = [dict(one.record["inputs_sha256"]) for one in runs]
    return About(
        command="dashboard",
        title=str(run.summary["title"]),
        period=f"{academic(run.years[0])} to {academic(run.years[-1])}",
        notice=" ".join(filter(None, notices)),
        stamps=stamps,
        inputs=inputs[0],
        asked={"plans": [one.name for one in runs], "runs": ids},
        others=inputs[1:],
    )


def _tables(seen: View) -> Iterator[Table]:
    """Yield every table of the page, for the console and the report."""
    for panel in seen.panels:
        yield _panel(seen, panel)
    yield from _need_by_phase(seen)
    if seen.costs:
        rows = [[heading(cost.kind), *numbers([cost.gbp])] for cost in seen.costs]
        heads = ["Kind of provision", "A child a year"]
        yield Table(f"{seen.costs_title}. {seen.costs_note}", heads, rows, frozenset([1]))
    if seen.schemes:
        rows = [
            [heading(s.name), Cell(s.state), Cell(s.opens), *numbers([s.places, s.capital])]
            for s in seen.schemes
        ]
        heads = ["Scheme", "State", "Opens", "Places", "Capital"]
        yield Table("Schemes by opening year", heads, rows, frozenset([3, 4]))
    yield from _scorecard(seen)
    for pack in seen.beside:
        rows = [
            [heading(label), *numbers(values), Cell(change.text)]
            for label, values, change in pack.rows
        ]
        heads = ["Measure", *seen.packs, "Since the last"]
        title = f"What changed since the last review: {pack.year}"
        yield Table(title, heads, rows, frozenset(range(1, len(heads) - 1)))


def _panel(seen: View, panel: Panel) -> Table:
    rows = [[heading(row.label), *numbers(row.cells), Cell(row.travel.text)] for row in panel.rows]
    heads = ["Measure", *seen.years, "Direction of travel"]
    return Table(panel.title, heads, rows, frozenset(range(1, len(heads) - 1)))


def _need_by_phase(seen: View) -> Iterator[Table]:
    if seen.matrix:
        rows = [
            [
                heading(need),
                *(Cell("; ".join([s.children, *s.gaps]) if s else "") for s in squares),
            ]
            for need, squares in seen.matrix.rows
        ]
        title = (
            f"Need by phase, {seen.matrix.year}: children, and of them those not in a local place"
        )
        yield Table(title, ["Need", *seen.matrix.phases], rows)


def _scorecard(seen: View) -> Iterator[Table]:
    for group in seen.card.groups if seen.card else []:
        rows = [
            [
                heading("; ".join([row.measure, *row.besides])),
                Cell(row.unit),
                *numbers(row.values),
                Cell(row.change.text),
            ]
            for row in group.rows
        ]
        heads = ["Measure", "Unit", *(" ".join(p.short) for p in group.periods), "Change"]
        title = f"{TITLES['scorecard']}: {group.title.lower()}"
        yield Table(title, heads, rows, frozenset(range(2, len(heads) - 1)))


def _notes(run: Run, *, several: bool) -> Iterator[str]:
    yield (
        f"{WITHHELD}: withheld, because fewer than {run.threshold} children are counted, or because such a count could "
        "be worked out from it. These are the figures of the plan’s own report; places needed, as modelled: none is a "
        "decision about any child."
    )
    yield "▲ more, ▼ less, ■ no change, from the first year of the plan to the last, or since the value before."
    if several:
        yield Counts(run.threshold).note


def _published(
    run: Run, seen: View, found: Sequence[Beside], runs: Sequence[Run]
) -> dict[str, pd.DataFrame]:
    year = run.years[-1]
    squares = [
        {"need": need, "phase": phase, "year": year, **vars(spot)}
        for (need, phase), spot in spots(run, year).items()
    ]
    tables = {
        "figures": figures(run),
        "need-by-phase": pd.DataFrame(squares),
        "cost-by-kind": costs(run, run.years[0]),
        "schemes": schemes(run),
    }
    if seen.card:
        recorded = run.table("scorecard")
        tables["scorecard"] = recorded.assign(
            **{name: recorded[name].map(value) for name in ("value", "target")}
        )
    if found:
        rows = [
            {
                "key": one.line.key,
                "measure": one.line.label,
                "unit": one.line.unit,
                "year": one.year,
            }
            | {"pack": runs[n].dated, "run_id": runs[n].run_id, "value": value}
            for one in found
            for n, value in enumerate(one.values)
        ]
        tables["packs"] = pd.DataFrame(rows)
    return {name: table for name, table in tables.items() if len(table)}


def _summary(runs: Sequence[Run], found: Sequence[Beside]) -> dict[str, object]:
    run = runs[0]
    panels = {
        panel: {
            line.key: {str(year): line.told(value) for year, value in line.of(run).items()}
            for line in LINES
            if line.panel == panel
        }
        for panel in PANELS
    }
    changed = [
        {
            "key": one.line.key,
            "year": one.year,
            "values": list(one.values),
            "change": one.change.text,
        }
        for one in found
    ]
    return {"panels": panels, "changed": changed, "threshold": run.threshold}

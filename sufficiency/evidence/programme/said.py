"""What is said of the recommended phasing: a list of actions, of dates, the capital it takes, and a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.charts.canvas import Words
from sufficiency.charts.rows import Span, Timeline, draw_timeline
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.naming import listed
from sufficiency.evidence.plain import plain_rows
from sufficiency.evidence.programme.find import ASSUMED, GIVEN, UNKNOWN
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import pounds
from sufficiency.report.parts import (
    Cell,
    Drawing,
    Section,
    Table,
    academic,
    counted,
    heading,
    numbers,
    stamp_line,
)

if TYPE_CHECKING:
    from datetime import date

    from sufficiency.evidence.answer import About
    from sufficiency.evidence.programme.find import Recommended
    from sufficiency.schemes import Scheme

#: Raised when a field of the summary changes its meaning.
SCHEMA = 1
TITLES = {
    "programme": "What to open, and when",
    "programme_dates": "What must be done by when",
    "programme_capital": "Capital by year against the budget",
}


def evidence(found: Recommended) -> Evidence:
    """Say what was found."""
    said = about(found.study.prepared, "programme", found.asked)
    tables = {
        "programme": actions(found),
        "programme_dates": dates(found),
        "programme_capital": capital(found),
    }
    tables = {name: table for name, table in tables.items() if len(table)}
    shown = [_actions(found), *([_dates(found)] if found.chosen else []), _capital(found)]
    return Evidence(
        about=said,
        answer=answer(found),
        section=Section(
            "programme",
            "The recommended programme, year by year",
            leads(found),
            shown,
            notes(found),
            [_chart(found, said)] if found.study.prepared.basis.schemes else [],
        ),
        found={
            "schema": SCHEMA,
            "base_year": found.base_year,
            "years": found.study.problem.periods,
            **{name: plain_rows(table) for name, table in tables.items()},
            "not_opened": [scheme.scheme_id for scheme in found.others],
            **_worth(found),
            "proved": found.exit_code == 0,
            "verified": True,
        },
        tables=tables,
        titles={name: TITLES[name] for name in tables},
        exit_code=found.exit_code,
    )


def answer(found: Recommended) -> str:
    """Say in a sentence what the programme opens, for how much, and what that changes."""
    if not found.chosen:
        return "The best programme opens no proposed scheme."
    places = sum(max(count for _, count in found.steps(scheme)) for scheme in found.chosen)
    spent = float(found.capital()[0].sum())
    said = f"Open {counted(len(found.chosen), 'scheme')} with {places:,.6g} places for {pounds(spent)} of capital"
    if decided := len(found.opened) - len(found.chosen):
        said += f", besides {counted(decided, 'scheme')} already decided"
    if found.nothing is None:
        return f"{said}."
    saved = found.nothing.account.cost_gbp - found.plan.account.cost_gbp
    counts = Counts.of(found.study.prepared.case.settings)
    fewer = counts.change(found.plan.account.unplaced, found.nothing.account.unplaced)
    placed = f", and {fewer:,} fewer child-years are without a place" if fewer else ""
    worth = f"{pounds(abs(saved))} {'less' if saved >= 0 else 'more'}"
    return f"{said}: against building nothing, real cost over the plan is {worth}{placed}."


def leads(found: Recommended) -> list[str]:
    """Say what is first to be decided, and what is not to be built."""
    said = []
    if found.chosen:
        first = min(found.chosen, key=found.latest_decision)
        day = found.latest_decision(first)
        when = f"by {written(day)}" if not _late(found, day) else _already(found, day)
        said.append(
            f"The first decision is on {first.scheme_id} ({short_name(first.name)}), {when}, for "
            f"{academic(found.opening[first.scheme_id])}."
        )
    if late := [s.scheme_id for s in found.chosen if _late(found, found.latest_decision(s))]:
        said.append(
            f"Due before the plan begins, so to be decided already, or the year is lost: {listed(late)}."
        )
    if found.others:
        said.append(
            f"Not in the programme: {listed([scheme.scheme_id for scheme in found.others])} (the command options "
            "tells what each would change)."
        )
    return said


def _late(found: Recommended, day: date) -> bool:
    """Whether a day is before the plan's first year begins."""
    return (day.year, day.month) < (found.base_year, 9)


def _already(found: Recommended, day: date) -> str:
    return f"due by {written(day)}, before the plan begins in September {found.base_year}"


def notes(found: Recommended) -> list[str]:
    """Say what dates rest on."""
    sources = {found.lead(scheme)[1] for scheme in found.chosen}
    dated = (
        "Schemes open with the academic year, in September. Place numbers go to the DfE by early December of the year "
        "before: the workbook for 2026/27 closed on 5 December 2025 (DfE, high needs place change process 2026 to "
        "2027), and other years' dates are taken to follow it. Plans name the place by 15 February of the year of a "
        "phase transfer, by 31 March after Year 11 (SEND Regulations 2014, regulation 18)."
    )
    said = [dated]
    if GIVEN in sources:
        said.append(
            "Building times marked given are those of the case (`lead_months` in `schemes`)."
        )
    if ASSUMED in sources:
        said.append(
            f"Building times marked assumed are the {found.lead_months:g} months of --lead-months, for schemes whose "
            "own the case does not give."
        )
    if UNKNOWN in sources:
        said.append(
            "No building time is given for some schemes, and none is made up: their latest decision is then that of "
            "the place numbers, and building needs an earlier one. Give `lead_months` in `schemes`, or --lead-months."
        )
    if found.nothing is not None:
        said.append(
            "Against building nothing: real cost is discounted, with capital as its yearly charge within the plan; "
            "children are counted beside it, and the two are never added up."
        )
        said.append(Counts.of(found.study.prepared.case.settings).note)
    return said


def written(day: date) -> str:
    """Write a date: "5 December 2025"."""
    return f"{day.day} {day:%B %Y}"


def actions(found: Recommended) -> pd.DataFrame:
    """Return a row a scheme that opens, in the order of years."""
    rows = []
    for scheme in found.opened:
        months, source = found.lead(scheme)
        steps = found.steps(scheme)
        rows.append(
            {
                "year": found.opening[scheme.scheme_id],
                "scheme_id": scheme.scheme_id,
                "name": scheme.name,
                "status": "committed" if scheme.committed else "proposed",
                "action": found.action(scheme),
                "places_at_first": steps[0][1] if steps else 0.0,
                "places_when_full": max((count for _, count in steps), default=0.0),
                "capital_gbp": scheme.capital_gbp,
                "lead_months": months,
                "lead_months_source": source,
                "latest_decision": ""
                if scheme.committed
                else found.latest_decision(scheme).isoformat(),
            }
        )
    return pd.DataFrame(rows)


def dates(found: Recommended) -> pd.DataFrame:
    """Return a row a deadline, in the order of dates."""
    return pd.DataFrame(
        [
            {
                "by": each.day.isoformat(),
                "scheme_id": each.scheme.scheme_id,
                "what": each.what,
                "opens": found.opening[each.scheme.scheme_id],
                "rests_on": each.rests_on,
                "before_the_plan": "yes" if _late(found, each.day) else "no",
            }
            for each in found.deadlines()
        ]
    )


def capital(found: Recommended) -> pd.DataFrame:
    """Return a row a year: capital of the proposed schemes, and the budget so far; blank where there is no limit."""
    spent, budget = found.capital()
    limited = np.isfinite(budget)
    so_far = np.cumsum(spent)
    return pd.DataFrame(
        {
            "year": found.base_year + np.arange(len(spent)),
            "capital_gbp": spent,
            "capital_so_far_gbp": so_far,
            "budget_so_far_gbp": np.where(limited, budget, np.nan),
            "left_gbp": np.where(limited, budget - so_far, np.nan),
        }
    )


def _worth(found: Recommended) -> dict[str, object]:
    counts = Counts.of(found.study.prepared.case.settings)
    told: dict[str, object] = {
        "cost_gbp": found.plan.account.cost_gbp,
        "unplaced_child_years": counts.shown(found.plan.account.unplaced),
    }
    if found.nothing is not None:
        told["nothing_built_cost_gbp"] = found.nothing.account.cost_gbp
        told["nothing_built_unplaced_child_years"] = counts.shown(found.nothing.account.unplaced)
    return told


def _actions(found: Recommended) -> Table:
    heads = ("Year", "Scheme", "Decide by", "Action")
    rows = [
        [
            heading(academic(found.opening[scheme.scheme_id])),
            Cell(scheme.scheme_id),
            Cell("already decided" if scheme.committed else _decide_by(found, scheme)),
            Cell(_capitalised(found.action(scheme))),
        ]
        for scheme in found.opened
    ]
    return Table("The programme", heads, rows)


def _decide_by(found: Recommended, scheme: Scheme) -> str:
    """Write the latest day to decide; without a building time it is only that on which place numbers are due."""
    day = written(found.latest_decision(scheme))
    return day if found.lead(scheme)[0] is not None else f"before {day}: building time not given"


def _capitalised(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _dates(found: Recommended) -> Table:
    """Return what must be done by when: schemes of the same day, deed and year in one row."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in found.deadlines():
        what = f"{each.what}{' (before the plan begins)' if _late(found, each.day) else ''}"
        opens = academic(found.opening[each.scheme.scheme_id])
        key = (written(each.day), what, opens, each.rests_on)
        alike.setdefault(key, []).append(each.scheme.scheme_id)
    rows = [
        [heading(day), Cell(listed(schemes)), Cell(what), Cell(opens), Cell(rests_on)]
        for (day, what, opens, rests_on), schemes in alike.items()
    ]
    heads = ("By", "Schemes", "What", "To open in", "Rests on")
    return Table("What must be done by when", heads, rows)


def _capital(found: Recommended) -> Table:
    heads = ("Year", "Capital", "So far", "Budget so far", "Left")
    rows = [
        [
            heading(academic(int(row["year"]))),
            *numbers(
                [
                    pounds(row["capital_gbp"]),
                    pounds(row["capital_so_far_gbp"]),
                    *(
                        ["no limit", "–"]
                        if row["budget_so_far_gbp"] != row["budget_so_far_gbp"]
                        else [pounds(row["budget_so_far_gbp"]), pounds(row["left_gbp"])]
                    ),
                ]
            ),
        ]
        for row in capital(found).to_dict("records")
    ]
    return Table("Capital of proposed schemes, by year", heads, rows, frozenset({1, 2, 3, 4}))


def _chart(found: Recommended, said: About) -> Drawing:
    years = range(found.base_year, found.base_year + found.study.problem.periods)
    title = "When each scheme opens"
    spans = [_span(found, scheme) for scheme in [*found.opened, *found.others]]
    each = "; ".join(
        f"{s.scheme_id} {found.opening[s.scheme_id]}: {found.action(s)}" for s in found.opened
    )
    others = listed([scheme.scheme_id for scheme in found.others])
    words = Words(
        key="programme",
        title=title,
        subtitle="The recommended programme: places when full, and capital",
        source=f"{said.title}. {stamp_line(said.stamps)}",
        alt=f"A timeline. {each}.{f' Not chosen: {others}.' if others else ''}",
    )
    key = [(0, "to open"), *([(1, "committed")] if any(s.committed for s in found.opened) else [])]
    chart = Timeline(words, [academic(year) for year in years], spans, key)
    return Drawing("programme", title, words.alt, draw_timeline(chart), kind="chart")


def _span(found: Recommended, scheme: Scheme) -> Span:
    name = f"{scheme.scheme_id} {scheme.name}"
    if scheme.scheme_id not in found.opening:
        return Span(name, None, pounds(scheme.capital_gbp))
    places = max((count for _, count in found.steps(scheme)), default=0.0)
    start = max(0, found.opening[scheme.scheme_id] - found.base_year)
    note = f"{places:,.6g} places, {pounds(scheme.capital_gbp)}"
    return Span(name, start, note, 1 if scheme.committed else 0)

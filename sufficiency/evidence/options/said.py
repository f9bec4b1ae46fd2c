"""What is said of the league table of schemes: a sentence, a chart, tables to read, and the same for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.charts.beside import Beside, Measure, draw_beside
from sufficiency.charts.canvas import Words
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.naming import listed
from sufficiency.evidence.options.reading import count, name_of, shown, told
from sufficiency.evidence.options.tables import Tables
from sufficiency.evidence.plain import plain_rows
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import pounds, saves
from sufficiency.report.parts import (
    Drawing,
    Section,
    academic,
    counted,
    in_words,
    stamp_line,
)

if TYPE_CHECKING:
    from sufficiency.evidence.answer import About
    from sufficiency.evidence.options.find import League, Place

#: Raised when a field of the summary changes its meaning.
SCHEMA = 1
TITLES = {
    "options": "The worth of each scheme, with it and without",
    "option_money": "What each scheme by itself saves, by year and item",
    "option_avoidance": "What each scheme by itself saves in its first year and in the last",
    "option_places": "Places of each scheme, and children in them",
    "option_serves": "Whom each scheme serves in the last year",
    "option_instead": "Where children would be without each scheme, all else as it is",
    "option_pairs": "Pairs of schemes, together and apart",
}


def evidence(league: League) -> Evidence:
    """Say what was found."""
    said, tables = about(league.study.prepared, "options", league.asked), Tables(league)
    found = {
        "options": tables.schemes(),
        "option_money": tables.money(),
        "option_avoidance": tables.avoidances(),
        "option_places": tables.places(),
        "option_serves": tables.serves(),
        "option_instead": tables.instead(),
        "option_pairs": tables.pairs(),
    }
    found = {name: table for name, table in found.items() if len(table)}
    return Evidence(
        about=said,
        answer=answer(tables),
        section=Section(
            "options",
            "What each scheme is worth",
            leads(tables),
            shown(tables),
            notes(tables),
            [_chart(tables, said)],
        ),
        found=_summary(tables, found),
        tables=found,
        titles={name: TITLES[name] for name in found},
        private=tables.private(),
        exit_code=league.exit_code,
    )


def answer(tables: Tables) -> str:
    """Say in a sentence which scheme is worth most, and how many are in the best programme."""
    league = tables.league
    chosen = [place for place in tables.known if place.chosen]
    opened = in_words(len(league.best.chosen)) if league.best.chosen else "none"
    all_of = counted(len(league.places), "scheme")
    said = f"The best programme opens {opened} of the {all_of} that could."
    if not chosen:
        return said
    first = chosen[0]
    children = tables.change(first, "unplaced")
    placed = "" if not children else f", and {children:,} more child-years would be without a place"
    worth = pounds(abs(first.worth.cost_gbp))
    dearer = "more" if first.worth.cost_gbp >= 0 else "less"
    return (
        f"{said} The one it would miss most is {first.scheme.scheme_id} ({short_name(first.scheme.name)}): without "
        f"it, the next best programme costs {worth} {dearer} over the plan{placed}."
    )


def leads(tables: Tables) -> list[str]:
    """Say how the table is to be read."""
    league = tables.league
    read = (
        "Each scheme's worth is the difference between two whole plans, both solved: the best with it and the best "
        "without it. For one that is not in the best programme, the year is that in which it would open. Money and "
        "children are two figures and are never added up."
    )
    said = [read]
    if shut := [place.scheme.scheme_id for place in league.places if not place.known]:
        one = f"No programme that keeps to the budget and the rules decides otherwise on {listed(shut)}."
        said.append(one)
    if league.closed:
        ids = listed([scheme.scheme_id for scheme in league.closed])
        said.append(
            f"Cannot open within the plan, by their dates, a committed scheme or the case's own choice: {ids}."
        )
    return said


def notes(tables: Tables) -> list[str]:
    """Say what must be known of the figures."""
    league, last = tables.league, academic(tables.years[-1])
    cost = (
        "Real cost is discounted to the first year, with capital as its yearly charge within the plan; there is no "
        "priority in it, and no value of time."
    )
    itself = (
        "A scheme's own business case leaves every other scheme as it is (of one not in the best programme, as in the "
        "best with it) and only places children anew: a scheme may pay for itself, and its money still be worth more "
        "in others. Every child is counted once in each year, so a placement avoided and a child who comes back are "
        "not counted twice."
    )
    lifetime = (
        f"The value over its lifetime lets what {last} saves go on to the end of the lifetime, which nobody has "
        "modelled; the value within the plan rests on the model alone. Payback after the plan's end does so, too."
    )
    vehicles = "Transport is a range: whole vehicles that are no longer hired, and each child's share of a vehicle."
    few = "What a year saves is not told where it is of few children: over what one costs, it would count them."
    said = [cost, itself, lifetime, vehicles, tables.counts.note, few]
    if league.left:
        more = counted(league.left, "more pair").capitalize()
        said.append(
            f"{more} of schemes with less in common were not looked at (--pairs looks at more)."
        )
    if league.spare_gbp >= 1:
        near = pounds(league.spare_gbp)
        said.append(
            f"Plans are proved within {near} of the best there are: a worth of less says nothing."
        )
    return said


def _chart(tables: Tables, said: About) -> Drawing:
    places = tables.known
    title = "What each scheme saves, and whom it spares"
    span = f"{academic(tables.years[0])} to {academic(tables.years[-1])}"
    rows = [_row(tables, place) for place in places]
    each = "; ".join(
        f"{place.scheme.scheme_id}: {saves(place.worth.cost_gbp)},"
        f" {told(row[1])} child-years without a place avoided, {told(row[2])} independent"
        for place, row in zip(places, rows, strict=True)
    )
    words = Words(
        key="options",
        title=title,
        subtitle=f"Best plan with each scheme against best plan without it, {span}; child-years; never added up",
        source=f"{said.title}. {stamp_line(said.stamps)}",
        alt=f"Three panels of bars, a scheme a row. {each}.",
    )
    measures = [
        Measure("Real cost saved", [row[0] for row in rows], 0, pounds),
        Measure("Without a place, fewer", [row[1] for row in rows], 1, count),
        Measure("Independent, fewer", [row[2] for row in rows], 2, count),
    ]
    measures = [m for m in measures if any(value is not None for value in m.values)]
    names = [f"{'' if p.chosen else '(not in) '}{name_of(p)}" for p in places]
    return Drawing(
        "options", title, words.alt, draw_beside(Beside(words, names, measures)), kind="chart"
    )


def _row(tables: Tables, place: Place) -> tuple[float, int | None, int | None]:
    return (
        place.worth.cost_gbp,
        tables.change(place, "unplaced"),
        tables.change(place, "independent"),
    )


def _summary(tables: Tables, found: dict[str, Any]) -> dict[str, object]:
    league = tables.league
    best = league.best
    return {
        "schema": SCHEMA,
        "base_year": tables.settings.base_year,
        "years": tables.settings.years,
        "best_programme": {
            "schemes": best.years,
            "capital_gbp": best.account.capital_gbp,
            "cost_gbp": best.account.cost_gbp,
            "unplaced_child_years": tables.counts.shown(best.account.unplaced),
        },
        **{name: plain_rows(table) for name, table in found.items() if name != "option_money"},
        "cannot_open": [scheme.scheme_id for scheme in league.closed],
        "pairs_not_looked_at": league.left,
        "counts": tables.counts.note,
        "proved": league.proved,
        "spare_gbp": round(league.spare_gbp, 2),
        "verified": True,
    }

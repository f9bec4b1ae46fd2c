"""What is said of the league table of schemes: a sentence, a chart, tables to read, and the same for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.charts.beside import Beside, Measure, draw_beside
from sufficiency.charts.canvas import Words
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.options_tables import Tables
from sufficiency.evidence.plain import NOT_TOLD, listing, plain_rows, pounds, saves
from sufficiency.report.parts import (
    PHASE_WORDS,
    Cell,
    Drawing,
    Section,
    Table,
    academic,
    counted,
    heading,
    in_words,
    numbers,
    stamp_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.evidence.answer import About
    from sufficiency.evidence.options import League, Place
    from sufficiency.evidence.pairs import Pair

#: Raised when a field of the summary changes its meaning.
SCHEMA = 1
NEVER, NONE = "never", "none"
#: Provisions named of those at which children would be instead.
WHERE_MOST = 3
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
    shown = [_worths(tables), _cases(tables), _years(tables), _whom(tables), _fallen(tables)]
    shown += [_decided(tables)] if any(place.chosen for place in tables.known) else []
    return Evidence(
        about=said,
        answer=answer(tables),
        section=Section(
            "options",
            "What each scheme is worth",
            leads(tables),
            [*shown, *([_pairs(tables)] if league.pairs else [])],
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
    opened, all_of = in_words(len(league.best.chosen)), counted(len(league.places), "scheme")
    said = f"The best programme opens {opened} of the {all_of} that could."
    if not chosen:
        return said
    first = chosen[0]
    children = tables.change(first, "unplaced")
    placed = "" if not children else f", and {children:,} more child-years would be without a place"
    worth = pounds(abs(first.worth.cost_gbp))
    dearer = "more" if first.worth.cost_gbp >= 0 else "less"
    return (
        f"{said} The one it would miss most is {first.scheme.scheme_id} ({first.scheme.name}): without it, the next "
        f"best programme costs {worth} {dearer} over the plan{placed}."
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
        one = f"No programme that keeps to the budget and the rules decides otherwise on {listing(shut)}."
        said.append(one)
    if league.closed:
        ids = listing([scheme.scheme_id for scheme in league.closed])
        said.append(f"Cannot open within the plan, by their dates or a committed scheme: {ids}.")
    return said


def notes(tables: Tables) -> list[str]:
    """Say what must be known of the figures."""
    league, last = tables.league, academic(tables.years[-1])
    cost = (
        "Real cost is discounted to the first year, with capital as its yearly charge within the plan; there is no "
        "priority in it, and no value of time."
    )
    itself = (
        "A scheme's own business case leaves every other scheme as it is, and only places children anew. Every child "
        "is counted once in each year, so a placement avoided and a child who comes back are not counted twice."
    )
    lifetime = (
        f"The value over its lifetime lets what {last} saves go on to the end of the lifetime, which nobody has "
        "modelled; the value within the plan rests on the model alone. Payback after the plan's end does so, too."
    )
    vehicles = "Transport is a range: whole vehicles that are no longer hired, and each child's share of a vehicle."
    said = [cost, itself, lifetime, vehicles, tables.counts.note]
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


def _name(place: Place) -> str:
    return f"{place.scheme.scheme_id} {place.scheme.name}"


def _told(count: int | None) -> str:
    if count is None:
        return NOT_TOLD
    return _count(count) if count else NONE


def _count(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


def _worths(tables: Tables) -> Table:
    heads = (
        "Scheme",
        "Best programme",
        "Cost with it",
        "Without it",
        "Worth",
        "Without a place, fewer",
        "Independent, fewer",
        "What it is",
    )
    rows = [
        [heading(place.scheme.scheme_id), *_worth(tables, place), Cell(place.scheme.name)]
        for place in tables.league.places
    ]
    caption = "Worth of each scheme, everything else decided anew: real cost, and child-years"
    return Table(caption, heads, rows, frozenset(range(2, 7)))


def _worth(tables: Tables, place: Place) -> list[Cell]:
    if not place.known:
        return [Cell("always in" if place.chosen else "cannot open"), *numbers(["–"] * 5)]
    year = tables.year_of(place)
    return [
        Cell(f"opens {year}" if place.chosen else f"not in ({year})"),
        *numbers(
            [
                pounds(place.having.account.cost_gbp),
                pounds(place.lacking.account.cost_gbp),
                saves(place.worth.cost_gbp),
                _told(tables.change(place, "unplaced")),
                _told(tables.change(place, "independent")),
            ]
        ),
    ]


def _cases(tables: Tables) -> Table:
    heads = (
        "Scheme",
        "Capital",
        "Places",
        "A place",
        "Independent child-years, fewer",
        "Payback, years",
        "Value within the plan",
        "Over its lifetime",
    )
    rows = [[heading(place.scheme.scheme_id), *_case(tables, place)] for place in tables.known]
    caption = "Business case of each scheme by itself, all other schemes as they are"
    return Table(caption, heads, rows, frozenset(range(1, 8)))


def _case(tables: Tables, place: Place) -> list[Cell]:
    worth, each = place.itself, tables.gbp_per_place(place)
    payback = NEVER if worth.payback is None else f"{worth.payback:.1f}"
    return numbers(
        [
            pounds(place.scheme.capital_gbp),
            f"{tables.full(place):,.6g}",
            "–" if each is None else pounds(each),
            _told(tables.change(place, "independent", itself=True)),
            f"{payback} (after the plan)" if worth.beyond else payback,
            saves(worth.cost_gbp),
            saves(worth.lifetime_gbp),
        ]
    )


def _years(tables: Tables) -> Table:
    heads = (
        "Scheme",
        "Year",
        "Independent fees",
        "Waiting",
        "Places and top-up",
        "High needs revenue",
        "Transport",
        "Capital charge",
    )
    rows = [row for place in tables.known for row in _two_years(tables, place)]
    caption = "What each scheme by itself saves (less than nought: costs) a year, budget by budget"
    return Table(caption, heads, rows, frozenset(range(2, 8)))


def _two_years(tables: Tables, place: Place) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for year in (tables.year_of(place), tables.years[-1]):
        found = tables.avoidance(place, year)
        low, high = pounds(found["transport_low_gbp"]), pounds(found["transport_high_gbp"])
        names = ("independent_fees", "waiting", "places_and_top_up", "high_needs_revenue")
        money = [pounds(found[f"{name}_gbp"]) for name in names]
        charge = pounds(found["capital_charge_gbp"])
        transport = low if low == high else f"{low} to {high}"
        rows.append(
            [
                heading(place.scheme.scheme_id),
                Cell(academic(year)),
                *numbers([*money, transport, charge]),
            ]
        )
    return rows


def _whom(tables: Tables) -> Table:
    heads = ("Scheme", "Children in its places by year", f"Serves in {academic(tables.years[-1])}")
    rows = [
        [
            heading(place.scheme.scheme_id),
            Cell(_filled(tables, place)),
            Cell(_serves(tables, place)),
        ]
        for place in tables.known
    ]
    return Table("Places filled year by year, and whom they serve", heads, rows)


def _filled(tables: Tables, place: Place) -> str:
    """Say how full a scheme's places are, a year or a run of alike years at a time."""
    runs: list[tuple[str, list[int]]] = []
    for n, year in enumerate(tables.years):
        if year >= tables.year_of(place):
            full = tables.filling(float(place.served.filled[n]), float(place.served.places[n]))
            if not runs or runs[-1][0] != full:
                runs.append((full, []))
            runs[-1][1].append(year)
    return "; ".join(
        f"{years[0]}{f' to {years[-1]}' if len(years) > 1 else ''}: {full}" for full, years in runs
    )


def _serves(tables: Tables, place: Place) -> str:
    last = tables.years[-1]
    groups = [
        f"{need} {PHASE_WORDS.get(phase, phase).lower()} ({shown:,})"
        for (need, phase), children in place.served.in_year(last, "need", "phase")
        if (shown := tables.counts.shown(children))
    ]
    areas = [
        f"{area} ({shown:,})"
        for (area,), children in place.served.in_year(last, "area")
        if area and (shown := tables.counts.shown(children))
    ]
    few = "groups too small to tell"
    homes = f"; from {', '.join(areas)}" if areas else ""
    return f"{', '.join(groups) or few}{homes}"


def _fallen(tables: Tables) -> Table:
    heads = ("Scheme", "Real cost", "Without a place", "Where children would be instead")
    instead = tables.instead()
    rows = []
    for place in tables.known:
        mine = instead[instead["scheme_id"] == place.scheme.scheme_id]
        where = [
            f"{name} {more:,} more"
            for name, more in zip(mine["name"], mine["child_years_more"], strict=True)
            if more > 0
        ]
        more = tables.change(place, "unplaced", itself=True)
        told = f"{_told(more)}{' more' if more else ''}"
        rows.append(
            [
                heading(place.scheme.scheme_id),
                *numbers([_more(place.itself.cost_gbp), told]),
                Cell("; ".join(where[:WHERE_MOST]) or "too few to tell"),
            ]
        )
    caption = "If a scheme fell through and nothing else were built: real cost, and child-years"
    return Table(caption, heads, rows, frozenset({1, 2}))


def _decided(tables: Tables) -> Table:
    rows = [
        [
            heading(place.scheme.scheme_id),
            *numbers([_more(place.worth.cost_gbp)]),
            Cell(_anew(tables, place)),
        ]
        for place in tables.known
        if place.chosen
    ]
    caption = "If a scheme of the best programme fell through and all else were decided anew"
    return Table(caption, ("Scheme", "Real cost", "What would change"), rows, frozenset({1}))


def _more(gbp: float) -> str:
    return f"{pounds(abs(gbp))} {'more' if gbp >= 0 else 'less'}"


def _anew(tables: Tables, place: Place) -> str:
    """Say which schemes open, go or move when a scheme is not to be had."""
    base = tables.years[0]
    ids = tables.ids
    parts = [f"{ids[k]} opens {base + place.lacking.opens[k]}" for k in place.instead]
    parts += [f"{ids[k]} does not open" for k in place.along]
    parts += [f"{ids[k]} {base + with_} becomes {base + other}" for k, with_, other in place.moved]
    return "; ".join(parts) or "no other scheme changes"


def _pairs(tables: Tables) -> Table:
    heads = ("Pair", "Why looked at", "They", "Together, against one by one")
    rows = [
        [
            heading(f"{tables.ids[pair.first]} and {tables.ids[pair.second]}"),
            Cell(pair.why),
            Cell(pair.verdict),
            Cell(_together(tables, pair)),
        ]
        for pair in tables.league.pairs
    ]
    return Table("Schemes that compete, and schemes that need each other", heads, rows)


def _together(tables: Tables, pair: Pair) -> str:
    gbp = pair.cost_gbp
    if gbp is None:
        return "–"
    said = f"{pounds(abs(gbp))} {'more' if gbp >= 0 else 'less'} saved"
    told = [tables.counts.shown(p.account.unplaced) for p in pair.programmes.values()]
    if any(count is None for count in told):
        return said
    both, one, other, neither = (
        tables.counts.shown(pair.programmes[state].account.unplaced) or 0
        for state in ((True, True), (True, False), (False, True), (False, False))
    )
    more = one + other - both - neither
    if not more:
        return said
    return f"{said}; {abs(more):,} {'more' if more > 0 else 'fewer'} child-years placed"


def _chart(tables: Tables, said: About) -> Drawing:
    places = tables.known
    title = "What each scheme saves, and whom it spares"
    span = f"{academic(tables.years[0])} to {academic(tables.years[-1])}"
    rows = [_row(tables, place) for place in places]
    each = "; ".join(
        f"{place.scheme.scheme_id}: {saves(place.worth.cost_gbp)},"
        f" {_told(row[1])} child-years without a place avoided, {_told(row[2])} independent"
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
        Measure("Without a place, fewer", [row[1] for row in rows], 1, _count),
        Measure("Independent, fewer", [row[2] for row in rows], 2, _count),
    ]
    measures = [m for m in measures if any(value is not None for value in m.values)]
    names = [f"{'' if p.chosen else '(not in) '}{_name(p)}" for p in places]
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

"""The league table of schemes as people read it: worth, business case, whom it serves, what stands in, pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.evidence.counts import WITHHELD
from sufficiency.pounds import pounds, saves
from sufficiency.report.parts import PHASE_WORDS, Cell, Table, academic, heading, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.evidence.options.find import Place
    from sufficiency.evidence.options.pairs import Pair
    from sufficiency.evidence.options.tables import Tables

NEVER, NONE = "never", "none"
#: Provisions named of those at which children would be instead.
WHERE_MOST = 3


def shown(tables: Tables) -> list[Table]:
    """Return every table that there is something to say in, in order."""
    found = [_worths(tables), _cases(tables), _years(tables), _whom(tables), _fallen(tables)]
    found += [_decided(tables)] if any(place.chosen for place in tables.known) else []
    return [*found, *([_pairs(tables)] if tables.league.pairs else [])]


def name_of(place: Place) -> str:
    """Return the reference and the name of a scheme."""
    return f"{place.scheme.scheme_id} {place.scheme.name}"


def told(number: int | None) -> str:
    """Write a count as it may be told."""
    if number is None:
        return WITHHELD
    return count(number) if number else NONE


def count(value: float) -> str:
    """Write a whole number, less than nought with a minus sign that reads as one."""
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
                told(tables.change(place, "unplaced")),
                told(tables.change(place, "independent")),
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
            told(tables.change(place, "independent", itself=True)),
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
        low, high = (_pounds(found[f"transport_{end}_gbp"]) for end in ("low", "high"))
        names = ("independent_fees", "waiting", "places_and_top_up", "high_needs_revenue")
        money = [_pounds(found[f"{name}_gbp"]) for name in names]
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


def _pounds(gbp: float | None) -> str:
    return WITHHELD if gbp is None else pounds(gbp)


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
        waits = f"{told(more)}{' more' if more else ''}"
        rows.append(
            [
                heading(place.scheme.scheme_id),
                *numbers([_more(place.itself.cost_gbp), waits]),
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
    unplaced = [tables.counts.shown(p.account.unplaced) for p in pair.programmes.values()]
    if any(number is None for number in unplaced):
        return said
    both, one, other, neither = (
        tables.counts.shown(pair.programmes[state].account.unplaced) or 0
        for state in ((True, True), (True, False), (False, True), (False, False))
    )
    more = one + other - both - neither
    if not more:
        return said
    return f"{said}; {abs(more):,} {'more' if more > 0 else 'fewer'} child-years placed"

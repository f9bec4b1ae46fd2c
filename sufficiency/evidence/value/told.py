"""What ``value`` says: tables for people and machines, and sentences; children under the rule of `counts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from sufficiency.annexes.pipeline import needs_of
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import WITHHELD
from sufficiency.evidence.naming import counts_note
from sufficiency.evidence.value.find import phase_range
from sufficiency.needs import NEEDS, PHASES
from sufficiency.pools import covers
from sufficiency.pounds import hundreds, near
from sufficiency.report.parts import (
    NOTHING,
    PHASE_WORDS,
    Cell,
    Section,
    Table,
    academic,
    heading,
    in_words,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.evidence.value.find import Valued, Worth
    from sufficiency.needs import PhaseName
    from sufficiency.report.parts import Drawing

#: Rows of the table that people read first.
MOST_SHOWN = 20
#: Child-years that are rounding.
DUST = 1e-6
#: Real money of a year under which a place saves nothing.
NOTHING_GBP = 1.0
PAIR = (
    "Every worth is a pair that is never added up: real money, without the priority on placing children or any value "
    "set on time, and years that children have a place instead of none."
)
BRACKET = (
    "Both ends are planned again with the schemes as the plan opens them, and recomputed without the solver: what one "
    "place more would save is the least, what one fewer would cost the most, that such a place is worth. One fewer can "
    "cost less than one more saves where children hold the places who stay in any case: the school is then over-full."
)
OPEN = "The schemes that the plan opens are not proved the best to the gap asked for: others may be better."


def evidence(found: Valued, asked: Mapping[str, Any], drawings: Sequence[Drawing]) -> Evidence:
    """Say what was found."""
    first = found.asked.places[0]
    section = Section(
        "value",
        "What a place more is worth",
        [headline(found), *sentences(found)],
        [ranked(found, first), by_need_table(found, first), *more_amounts(found)],
        [
            PAIR,
            BRACKET,
            *([] if found.proved else [OPEN]),
            *notes(found),
            counts_note(found.counts),
        ],
        drawings,
    )
    exact = frame(found, exact=True)
    return Evidence(
        about=about(found.study.prepared, "value", asked),
        answer=headline(found),
        section=Section(**{**vars(section), "lead": section.lead[1:]}),
        found=summarise(found),
        tables={"value": frame(found), "value_by_need": by_need(found, first)},
        titles={
            "value": "What places more save and places fewer cost, by provision and year",
            "value_by_need": "Where one place more is worth most, by need and phase",
        },
        private={"value": exact},
        exit_code=0 if found.proved else NOT_PROVED,
    )


def lasting(found: Valued, first: int) -> str:
    """Say for how long the places are there."""
    year = academic(found.basis.case.settings.base_year + first)
    return f"in {year} alone" if found.asked.one_year else f"from {year} on"


def places_words(places: float) -> str:
    """Write a number of places: "one place", "eight places"."""
    return "one place" if places == 1 else f"{in_words(int(places))} places"


def headline(found: Valued) -> str:
    """Say where a place is worth most."""
    places = found.asked.places[0]
    top = found.at(found.shown, places)
    best = [worth for worth in top if worth.saved > NOTHING_GBP]
    what = f"{places_words(places).capitalize()} more {lasting(found, found.shown)}"
    if not best:
        return f"{what} would save no money at any provision."
    most = "would save most" if len(top) > 1 else "would save money"
    plain = f"{what} {most} at {found.names[best[0].pool]}: {hundreds(best[0].saved)} a year of real money"
    if best[0].placed > DUST:
        plain += ", and a child would have a place who has none"
    if len(top) == 1:
        return f"{plain}."
    some = f"{in_words(len(best))} of the {in_words(len(top))} groups of places that were valued"
    return f"{plain}. It would save money in {some}."


def sentences(found: Valued) -> list[str]:
    """Say what the tables do not."""
    top = found.at(found.shown, found.asked.places[0])
    seats = [found.names[w.pool] for w in top if w.placed > DUST]
    idle = [found.names[w.pool] for w in top if w.more.is_none]
    said = []
    if seats:
        said.append(
            "A place more would go, at once or through others moving up, to a child who has none, at: "
            f"{'; '.join(seats)}."
        )
    elif not any(w.fewer and w.fewer.child_years > DUST for w in top):
        said.append(
            "No child gains or loses a place by one more or one fewer: only money and journeys change."
        )
    if idle:
        said.append(f"Worth nothing, as there is room or nobody would gain: {'; '.join(idle)}.")
    return said


def notes(found: Valued) -> list[str]:
    """Say what a place itself costs, and what is not valued."""
    said = [
        "Savings are before what the place itself costs: its place funding, which stands beside them, and building it."
    ]
    free = sorted(
        {
            found.provisions[key.provision_id]
            for key, total in zip(found.basis.pools.keys, found.payload.space.total, strict=True)
            if not pd.notna(total).all() or (total == float("inf")).all()
        }
    )
    if free:
        said.append(f"Not valued, as their places have no limit here: {'; '.join(free)}.")
    return said


def ranked(found: Valued, places: float) -> Table:
    """Return provisions by what a place more saves, as people read them."""
    worths = [
        worth
        for worth in found.at(found.shown, places)
        if not worth.more.is_none or (worth.fewer and not worth.fewer.is_none)
    ]
    some = f", the first {MOST_SHOWN}" if len(worths) > MOST_SHOWN else ""
    number = "One" if places == 1 else f"{places:g}"
    verb = ("saves", "costs") if places == 1 else ("save", "cost")
    columns = {
        f"{number} more {verb[0]}": [hundreds(w.saved) for w in worths],
        "Child-years placed": [_told(found, w.placed) for w in worths],
        f"{number} fewer {verb[1]}": [
            NOTHING if w.lost is None else hundreds(w.lost) for w in worths
        ],
        "Child-years lost": [
            NOTHING if w.fewer is None else _told(found, w.fewer.child_years) for w in worths
        ],
        "Place funding": [hundreds(found.funding[w.pool, w.first]) for w in worths],
    }
    told = {
        head: cells
        for head, cells in columns.items()
        if not head.startswith("Child-years") or set(cells) - {"0", NOTHING}
    }
    rows = [
        [heading(found.names[worth.pool]), *numbers(cells)]
        for worth, *cells in zip(worths, *told.values(), strict=True)
    ]
    caption = f"{places_words(places).capitalize()} more or fewer {lasting(found, found.shown)}, £ a year{some}"
    heads = ["Provision", *told]
    return Table(caption, heads, rows[:MOST_SHOWN], frozenset(range(1, len(heads))))


def _told(found: Valued, child_years: float) -> str:
    shown = found.counts.shown(child_years)
    return WITHHELD if shown is None else f"{shown:,}"


def more_amounts(found: Valued) -> list[Table]:
    """Return a table of what a class saves, set beside one place, for each further amount that was asked for."""
    one = {w.pool: w for w in found.at(found.shown, found.asked.places[0])}
    tables = []
    for places in found.asked.places[1:]:
        worths = [w for w in found.at(found.shown, places) if not w.more.is_none]
        rows = [
            [
                heading(found.names[worth.pool]),
                *numbers(
                    [
                        hundreds(worth.saved),
                        hundreds(worth.saved / places),
                        hundreds(one[worth.pool].saved / one[worth.pool].places),
                        _told(found, worth.placed),
                        "–" if worth.lost is None else hundreds(worth.lost),
                    ]
                ),
            ]
            for worth in worths
        ]
        heads = [
            *("Provision", f"{places:g} more save", "Each of them", "One alone, a place"),
            *("Child-years placed", f"{places:g} fewer cost"),
        ]
        caption = f"{places_words(places).capitalize()} more or fewer {lasting(found, found.shown)}, £ a year"
        tables.append(Table(caption, heads, rows[:MOST_SHOWN], frozenset(range(1, 6))))
    return tables


def by_need(found: Valued, places: float) -> pd.DataFrame:
    """Return where a place more is worth most for each need, phase and year, with the next best."""
    settings = found.basis.case.settings
    present = set(found.basis.cohorts.table["need"])
    rows = []
    for need in (code for code in NEEDS if code in present and found.asked.need in ("", code)):
        for phase in (one for one in PHASES if found.asked.phase in ("", one)):
            low, high = phase_range(phase, settings.leaving.last_ncy)
            for first in sorted({worth.first for worth in found.worths}):
                takes = [
                    worth
                    for worth in found.at(first, places)
                    if covers((key := found.basis.pools.keys[worth.pool]).needs, need)
                    and key.ncy_from <= high
                    and key.ncy_to >= low
                    and worth.saved > NOTHING_GBP
                ]
                if takes:
                    rows.append(_best_of(found, need, phase, first, takes))
    return pd.DataFrame(rows, columns=list(_best_of(found, "", "", 0, found.worths[:1])))


def _best_of(
    found: Valued, need: str, phase: str, first: int, takes: Sequence[Worth]
) -> dict[str, object]:
    keys, base = found.basis.pools.keys, found.basis.case.settings.base_year
    best, then = takes[0], takes[1] if len(takes) > 1 else None
    return {
        "need": need,
        "phase": phase,
        "from_year": base + first,
        "provision": keys[best.pool].provision_id,
        "name": found.names[best.pool],
        "saving_a_year_gbp": near(best.saved),
        "next_provision": keys[then.pool].provision_id if then else "",
        "next_name": found.names[then.pool] if then else "",
        "next_saving_a_year_gbp": near(then.saved) if then else None,
        "provisions": len(takes),
    }


def by_need_table(found: Valued, places: float) -> Table:
    """Return where a place more is worth most by need and phase, as people read it: needs that fare alike together."""
    table = by_need(found, places)
    year = found.basis.case.settings.base_year + found.shown
    alike: dict[tuple[str, ...], list[str]] = {}
    for row in table[table["from_year"] == year].to_dict("records"):
        after = (
            f"{row['next_name']} ({hundreds(float(row['next_saving_a_year_gbp']))})"
            if row["next_name"]
            else NOTHING
        )
        key = (
            str(row["phase"]),
            hundreds(float(row["saving_a_year_gbp"])),
            str(row["name"]),
            after,
        )
        alike.setdefault(key, []).append(str(row["need"]))
    every = len({str(need) for need in table["need"]})
    order = sorted(alike, key=lambda key: list(PHASES).index(cast("PhaseName", key[0])))
    rows = [
        [
            heading(PHASE_WORDS[key[0]]),
            Cell("Any need" if len(alike[key]) == every > 1 else ", ".join(alike[key])),
            *numbers([key[1]]),
            Cell(key[2]),
            Cell(key[3]),
        ]
        for key in order
    ]
    does = "saves" if places == 1 else "save"
    what = f"{places_words(places)} more {does} most"
    caption = f"Where {what} {lasting(found, found.shown)}, £ a year"
    return Table(caption, ["Phase", "Needs", "Saves", "Most at", "Next"], rows, frozenset({2}))


def frame(found: Valued, *, exact: bool = False) -> pd.DataFrame:
    """Return every worth, a row each; children as they may be told, unless it is exact."""
    rows = [_as_row(found, worth, exact=exact) for worth in found.worths]
    return pd.DataFrame(rows)


def _as_row(found: Valued, worth: Worth, *, exact: bool) -> dict[str, object]:
    key, base = found.basis.pools.keys[worth.pool], found.basis.case.settings.base_year
    more, fewer = worth.more, worth.fewer

    def children(years: float) -> object:
        return round(years + 0.0, 4) if exact else _number(found, years)

    def money(gbp: float) -> int:
        return round(gbp) if exact else near(gbp)

    row: dict[str, object] = {
        "provision": key.provision_id,
        "name": found.names[worth.pool],
        "needs": needs_of([key]),
        "ncy_from": key.ncy_from,
        "ncy_to": key.ncy_to,
        "from_year": base + worth.first,
        "to_year": base + worth.last,
        "places": worth.places,
        "saving_a_year_gbp": money(worth.saved),
        "saving_discounted_gbp": money(-more.cost_gbp),
        "child_years_placed": children(worth.placed),
        "fewer_cost_a_year_gbp": None if worth.lost is None else money(worth.lost),
        "fewer_cost_discounted_gbp": None if fewer is None else money(fewer.cost_gbp),
        "child_years_lost": None if fewer is None else children(fewer.child_years),
        "place_funding_a_year_gbp": round(float(found.funding[worth.pool, worth.first])),
    }
    if exact:
        row["saving_of_transport_gbp"] = round(-float(more.transport_gbp.sum()), 2) + 0.0
        row["independent_child_years_avoided"] = round(-float(more.independent.sum()), 4) + 0.0
        row["objective_saved_gbp"] = round(-more.objective_gbp, 2) + 0.0
        row["objective_of_fewer_gbp"] = None if fewer is None else round(fewer.objective_gbp, 2)
    return row


def _number(found: Valued, child_years: float) -> object:
    shown = found.counts.shown(child_years)
    return WITHHELD if shown is None else shown


def summarise(found: Valued) -> dict[str, object]:
    """Return what `summary.json` holds of it."""
    settings = found.basis.case.settings
    table = frame(found).astype(object)
    return {
        "schema": 1,
        "base_year": settings.base_year,
        "years": settings.years,
        "one_year": found.asked.one_year,
        "shown_from_year": settings.base_year + found.shown,
        "worths": table.where(table.notna(), None).to_dict("records"),
        "by_need": by_need(found, found.asked.places[0]).astype(object).to_dict("records"),
        "threshold": settings.disclosure.threshold,
        "proved": found.proved,
        "verified": True,
    }

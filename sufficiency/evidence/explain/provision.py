"""Why a provision is as full as it is: whom it serves, when it is full, what a place is worth, who is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models.verify import pool_load
from sufficiency import needs
from sufficiency.annexes.pipeline import needs_of, span
from sufficiency.child_years import SPARE
from sufficiency.evidence.counts import WITHHELD
from sufficiency.evidence.explain import pathways
from sufficiency.evidence.explain.explained import as_json
from sufficiency.evidence.explain.reasons import FULL, HERE, NOWHERE, STAYS, UNSUITABLE
from sufficiency.evidence.few import folded
from sufficiency.evidence.naming import TITLE, counts_note, listed, runs
from sufficiency.pounds import hundreds
from sufficiency.report.parts import NOTHING, PHASE_WORDS, Cell, Section, Table, heading, numbers

if TYPE_CHECKING:
    from models.problem import Floats, Ints
    from sufficiency.evidence.explain.explained import Explained
    from sufficiency.evidence.explain.reasons import People
    from sufficiency.evidence.value.find import Worth

#: Needs, phases and areas that are named in a sentence.
MOST_NAMED = 3


@dataclass(frozen=True)
class ProvisionExplained:
    """A provision in a year of a plan.

    Attributes
    ----------
    at
        Its position.
    """

    said: Explained
    at: int

    @property
    def name(self) -> str:
        """What it is called."""
        return self.said.name(self.at)

    @cached_property
    def pools(self) -> list[int]:
        """Its pools that have places in some year."""
        mine = np.flatnonzero(self.said.basis.pools.provision == self.at)
        return [int(q) for q in mine if (self.said.places[q] > 0).any()]

    @cached_property
    def load(self) -> Floats:
        """(Q, P) places taken, by those who stay, too."""
        plan, basis = self.said.study.plan, self.said.basis
        return pool_load(plan.problem, plan.solution.stay) + basis.placed.load(basis.pools)

    @cached_property
    def why(self) -> Ints:
        """(N,) the reason why each row of everybody is not there."""
        return self.said.reasons.why(self.at, self.said.everybody)

    @property
    def there(self) -> People:
        """The children there."""
        return self.said.everybody.only(self.why == HERE)

    @cached_property
    def turned_away(self) -> People:
        """Children whom it suits, for whom it is full, and who have no place or one that costs more."""
        rows = self.said.everybody
        dearer = self.said.reasons.dearer(self.at, rows, self.said.year)
        gains = (rows.provision == NOWHERE) | (np.nan_to_num(dearer) < -1.0)
        return rows.only((self.why == FULL) & gains)

    def full_years(self, pool: int) -> list[int] | None:
        """Return the academic years in which a pool is full; None where it has too few places to tell, or no limit."""
        places = self.said.places[pool]
        if not np.isfinite(places).all() or places.max() < self.said.counts.threshold:
            return None
        full = (places > 0) & (self.load[pool] >= places - SPARE)
        return [self.said.base_year + int(t) for t in np.flatnonzero(full)]

    @cached_property
    def came_from(self) -> pd.DataFrame:
        """Where those who come there were the year before."""
        return pathways.came_from(self.said, self.at)

    @cached_property
    def worths(self) -> dict[int, Worth]:
        """What a place more in each pool is worth from the first year to be decided, or the first with places."""
        found = {}
        for q in self.pools:
            years = np.flatnonzero(self.said.places[q] > 0)
            first = next((int(t) for t in years if t > 0), int(years[0]))
            worth = self.said.worth(q, first)
            if worth:
                found[q] = worth
        return found


def headline(found: ProvisionExplained) -> str:
    """Say whom it serves and when it is full."""
    said = found.said
    text = f"{found.name}: {_about(found, found.there.total)} there in {said.year_words}."
    for q in found.pools:
        years = found.full_years(q)
        of = f" for {said.pools[q].removeprefix(f'{found.name}, ')}" if len(found.pools) > 1 else ""
        if years is not None:
            full = (
                f" It is full{of} in {runs(years)}."
                if years
                else f" It has room{of} in every year."
            )
            text += full
    return text


def sentences(found: ProvisionExplained) -> list[str]:
    """Say who is there, what a place more is worth, and who is elsewhere because it is full."""
    said, counts = found.said, found.said.counts
    mix = named(found, found.there)
    parts = [f"The largest groups there are {listed(mix)}."] if mix else []
    parts.append(_homes(found))
    best = max(found.worths.values(), key=lambda worth: worth.saved, default=None)
    if best and not best.more.is_none:
        words = said.worth_words(best)
        parts.append(f"{words[0].upper()}{words[1:]}.")
    away = found.turned_away.total
    if counts.tells(away) and away > 0:
        parts.append(
            f"About {counts.text(away)} children whom it suits are elsewhere or without a place, at more cost, as it is"
            " full for them."
        )
    return [words for words in (*parts, _others(found)) if words]


def _about(found: ProvisionExplained, children: float) -> str:
    counts = found.said.counts
    if children <= 1e-6:
        return "nobody is"
    return (
        f"about {counts.text(children)} children are"
        if counts.tells(children)
        else f"{counts.few} children are"
    )


def named(found: ProvisionExplained, rows: People) -> list[str]:
    """Return the largest groups of need and phase of some children, those that may be told."""
    table = by_need(found, rows)
    told = table[table["children"] >= found.said.counts.threshold - 1e-6]
    top = told.sort_values("children", ascending=False, kind="stable").head(MOST_NAMED)
    return [
        f"{row['need']} {PHASE_WORDS[str(row['phase'])].lower()} (about {found.said.counts.text(row['children'])})"
        for row in top.to_dict("records")
    ]


def by_need(found: ProvisionExplained, rows: People) -> pd.DataFrame:
    """Return children by need and phase, in the order of the field."""
    need = found.said.basis.cohorts.table["need"].to_numpy()[rows.cohort]
    phase = [needs.phase(int(ncy)) for ncy in rows.ncy]
    table = pd.DataFrame({"need": need, "phase": phase, "children": rows.children})
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    summed: pd.DataFrame = table.groupby(["need", "phase"], as_index=False)[["children"]].sum()
    return summed.sort_values(["need", "phase"], key=lambda c: c.map(order)).reset_index(drop=True)


def section(found: ProvisionExplained) -> Section:
    """Return what people read."""
    said = found.said
    lead = sentences(found)
    notes = [
        (
            "What a place more saves is real money of the whole plan, planned again, with the schemes as the plan opens"
            " them, before what the place itself costs. Children who are elsewhere at more cost are counted by the"
            " year's price and transport; some of them may have other reasons to be there, too."
        ),
        counts_note(said.counts),
    ]
    tables = [_pools(found), _needs(found)]
    if not pathways.told(said, found.came_from).empty:
        tables.append(pathways.table(said, found.came_from))
    return Section("explain", TITLE, lead, tables, notes, [])


def _homes(found: ProvisionExplained) -> str:
    """Name the areas from which enough children come to be told."""
    rows, counts = found.there, found.said.counts
    area = found.said.basis.cohorts.table["area"].to_numpy()[rows.cohort]
    sums = pd.Series(rows.children).groupby(area).sum().sort_values(ascending=False, kind="stable")
    told = [f"{name} (about {counts.text(n)})" for name, n in sums.items() if n >= counts.threshold]
    return f"Its children live mostly in {listed(told[:6])}." if told else ""


def _others(found: ProvisionExplained) -> str:
    """Say how many whom it suits are elsewhere for other reasons."""
    counts, rows = found.said.counts, found.said.everybody
    suits = ~np.isin(found.why, UNSUITABLE)
    total = float(rows.children[suits].sum())
    stay = float(rows.children[found.why == STAYS].sum())
    if not counts.tells(total) or not counts.tells(stay) or stay <= 0:
        return ""
    return (
        f"By need, year group and kind it suits about {counts.text(total)} of the year's children; about"
        f" {counts.text(stay)} of those stay where they are placed already, which no plan changes."
    )


def _pools(found: ProvisionExplained) -> Table:
    said = found.said
    rows = []
    for q in found.pools:
        key, worth, years = said.basis.pools.keys[q], found.worths.get(q), found.full_years(q)
        places = said.places[q, said.year]
        known = [NOTHING, NOTHING] if worth is None else [hundreds(worth.saved), _lost(worth)]
        full = NOTHING if years is None else runs(years) or "never"
        rows.append(
            [
                heading(f"{span([key])}; {needs_of([key])}"),
                *numbers([f"{places:,.0f}" if np.isfinite(places) else "no limit", *known]),
                Cell(full),
            ]
        )
    when = said.year_words
    heads = ["Places for", f"Places {when}", "One more saves", "One fewer costs", "Full in"]
    return Table(
        "Its places, and what one of them is worth, £ a year", heads, rows, frozenset({1, 2, 3})
    )


def _lost(worth: Worth) -> str:
    return NOTHING if worth.lost is None else hundreds(worth.lost)


def _needs(found: ProvisionExplained) -> Table:
    counts = found.said.counts
    rows = [
        [
            heading(
                ", ".join(filter(None, (row["need"], PHASE_WORDS.get(row["phase"], "").lower())))
            ),
            *numbers([_told(counts, row[c]) for c in ("there", "away")]),
        ]
        for row in told(found).to_dict("records")
    ]
    return Table(
        f"Who is there, and who is elsewhere at more cost because it is full, {found.said.year_words}",
        ["Need and phase", "There", "Elsewhere"],
        rows,
        frozenset({1, 2}),
    )


def _told(counts: Any, children: float) -> str:  # noqa: ANN401 - `Counts`
    shown = counts.shown(children)
    return WITHHELD if shown is None else f"{shown:,}"


def table(found: ProvisionExplained) -> pd.DataFrame:
    """Return who is there and who is elsewhere because it is full, exactly, by need and phase."""
    here, away = (by_need(found, rows) for rows in (found.there, found.turned_away))
    both = here.merge(away, "outer", ["need", "phase"], suffixes=("", "_away"), sort=False).fillna(
        0.0
    )
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    both = both.rename(columns={"children": "there", "children_away": "away"})
    return both.sort_values(["need", "phase"], key=lambda c: c.map(order)).reset_index(drop=True)


def told(found: ProvisionExplained) -> pd.DataFrame:
    """Return the same with rows of few children put together."""
    return folded(table(found), ["need", "phase"], ["there", "away"], found.said.counts.threshold)


def frames(found: ProvisionExplained) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who is there and who is elsewhere as it may be told, and exactly."""
    rows = told(found)
    public = rows.assign(
        **{name: [_told(found.said.counts, n) for n in rows[name]] for name in ("there", "away")}
    )
    return public, table(found)


def summary(found: ProvisionExplained) -> dict[str, Any]:
    """Return it for machines."""
    said, counts = found.said, found.said.counts
    return {
        "provision": said.basis.provisions[found.at],
        "name": found.name,
        "year": said.base_year + said.year,
        "children": counts.shown(found.there.total),
        "turned_away": counts.shown(found.turned_away.total),
        "pools": [
            {
                "needs": key.needs,
                "ncy_from": key.ncy_from,
                "ncy_to": key.ncy_to,
                "full_in": found.full_years(q),
                "worth": as_json(found.worths.get(q), said),
            }
            for q in found.pools
            for key in (said.basis.pools.keys[q],)
        ],
        "by_need": frames(found)[0].to_dict("records"),
        "came_from": pathways.public(said, found.came_from).to_dict("records"),
    }

"""The plan in short: which schemes open and why not the others, where places are short, who has none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.annexes.pipeline import needs_of
from sufficiency.evidence.explain import shortage as explain_shortage
from sufficiency.evidence.explain.explained import as_json
from sufficiency.evidence.explain.provision import ProvisionExplained
from sufficiency.evidence.explain.shortage import Shortage
from sufficiency.evidence.naming import TITLE, counts_note, runs
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import hundreds, near
from sufficiency.report.parts import (
    Cell,
    Section,
    Table,
    academic,
    counted,
    heading,
    in_words,
    numbers,
)
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.evidence.explain.explained import Explained
    from sufficiency.evidence.value.find import Worth
    from sufficiency.schemes import Scheme

#: Pools that are told of, those whose places save most first.
MOST = 12
#: Warnings that are told of.
WARNINGS = 8


@dataclass(frozen=True)
class Summary:
    """A plan in short."""

    said: Explained

    @cached_property
    def shortage(self) -> Shortage:
        """Who has no place."""
        return Shortage(self.said)

    @cached_property
    def full(self) -> list[tuple[int, list[int], Worth]]:
        """Pools that are full in some year, with those years and the worth of a place from the first to be decided."""
        found = []
        for at in range(len(self.said.basis.provisions)):
            provision = ProvisionExplained(self.said, at)
            for q, worth in provision.worths.items():
                years = provision.full_years(q)
                if years and not worth.more.is_none:
                    found.append((q, years, worth))
        return sorted(found, key=lambda one: (-round(one[2].saved, 2), self.said.pools[one[0]]))


def headline(found: Summary) -> str:
    """Say what opens, who has no place, and where a place more would save most."""
    said = found.said
    mine = proposed(said.basis.schemes)
    opening = [scheme for scheme in mine if scheme.scheme_id in said.opening]
    some, every = (in_words(len(schemes)) for schemes in (opening, mine))
    text = (
        f"{some.capitalize()} of {every} proposed schemes open"
        if mine
        else "There is no scheme to choose"
    )
    text += f". {explain_shortage.headline(found.shortage)}."
    if found.full:
        q, _, worth = found.full[0]
        text += f" {said.pools[q]} is where a place more would save most: {hundreds(worth.saved)} a year."
    return text


def section(found: Summary) -> Section:
    """Return what people read."""
    tables = [
        table
        for table in (_schemes(found), _full(found), explain_shortage.table(found.shortage))
        if table
    ]
    lead = [*explain_shortage.sentences(found.shortage), *_warnings(found)]
    notes = [
        (
            "Ask further with --scheme, --provision, or --need, --phase and --area. What a place more saves is real"
            " money of the whole plan, planned again with it, before what the place itself costs."
        ),
        counts_note(found.said.counts),
    ]
    return Section("explain", TITLE, lead, tables, notes, [])


def state(found: Summary, scheme: Scheme) -> str:
    """Say whether a scheme opens, and, where that is plain without planning again, why not."""
    said = found.said
    if scheme.committed:
        return f"committed, opens {academic(scheme.earliest)}"
    if scheme.scheme_id in said.opening:
        return f"opens {academic(said.opening[scheme.scheme_id])}"
    partner = [
        other.scheme_id
        for other in said.basis.schemes
        if scheme.group and other.group == scheme.group and other.scheme_id in said.opening
    ]
    return f"not opened: {_hindrance(found, scheme, partner)}"


def _hindrance(found: Summary, scheme: Scheme, partner: Sequence[str]) -> str:
    """Say what keeps a scheme from opening."""
    if scheme.choice:
        return "the case says that it may not"
    if partner:
        return f"{partner[0]} opens, and only one may"
    if scheme.requires and scheme.requires not in found.said.opening:
        return f"{scheme.requires}, which it requires, does not open"
    if not _could(found, scheme):
        return "it may not open in any year of the plan"
    if not _affordable(found, scheme):
        return "the budget by its last year is too small for it alone"
    return "the money does more elsewhere, or it is not worth it"


def _could(found: Summary, scheme: Scheme) -> bool:
    ids = [other.scheme_id for other in proposed(found.said.basis.schemes)]
    return bool(found.said.study.problem.schemes.may_open[ids.index(scheme.scheme_id)].any())


def _affordable(found: Summary, scheme: Scheme) -> bool:
    schemes = found.said.study.problem.schemes
    ids = [other.scheme_id for other in proposed(found.said.basis.schemes)]
    years = schemes.may_open[ids.index(scheme.scheme_id)]
    return bool((schemes.budget[years] >= scheme.capital_gbp - 0.005).any())


def _schemes(found: Summary) -> Table | None:
    if not found.said.basis.schemes:
        return None
    rows = [
        [
            heading(f"{scheme.scheme_id} {short_name(scheme.name)}"),
            *numbers([hundreds(scheme.capital_gbp)]),
            Cell(state(found, scheme)),
        ]
        for scheme in found.said.basis.schemes
    ]
    return Table("Schemes", ["Scheme", "Capital", "In the plan"], rows, frozenset({1}))


def _full(found: Summary) -> Table | None:
    if not found.full:
        return None
    keys = found.said.basis.pools.keys
    rows = [
        [
            heading(found.said.pools[q]),
            *numbers([hundreds(worth.saved), hundreds(worth.lost or 0.0) if worth.fewer else "–"]),
            Cell(needs_of([keys[q]])),
            Cell(runs(years)),
        ]
        for q, years, worth in found.full[:MOST]
    ]
    some = f", the first {MOST}" if len(found.full) > MOST else ""
    return Table(
        f"Where places are short, and what one more is worth, £ a year{some}",
        ["Provision", "One more saves", "One fewer costs", "Needs", "Full in"],
        rows,
        frozenset({1, 2}),
    )


def _warnings(found: Summary) -> list[str]:
    """Return what was noticed of the data before planning, in the words of `check`."""
    faults = [fault for fault in found.said.study.prepared.faults if not fault.is_error]
    said = [f"Noticed before planning ({fault.code}): {fault.what}." for fault in faults[:WARNINGS]]
    more = len(faults) - WARNINGS
    return said + (
        [f"And {counted(more, 'warning')} more: sufficiency check lists them."] if more > 0 else []
    )


def frames(found: Summary) -> dict[str, pd.DataFrame]:
    """Return the tables that anyone may see."""
    said = found.said
    schemes = [
        {
            "scheme_id": scheme.scheme_id,
            "name": scheme.name,
            "capital_gbp": scheme.capital_gbp,
            "year": said.opening.get(scheme.scheme_id),
            "why": state(found, scheme),
        }
        for scheme in said.basis.schemes
    ]
    places = [
        {
            "provision": said.basis.pools.keys[q].provision_id,
            "name": said.pools[q],
            "needs": needs_of([said.basis.pools.keys[q]]),
            "full_in": "|".join(map(str, years)),
            "one_more_saves_a_year_gbp": near(worth.saved),
            "one_fewer_costs_a_year_gbp": None if worth.lost is None else near(worth.lost),
        }
        for q, years, worth in found.full
    ]
    tables = {"why_schemes": pd.DataFrame(schemes), "where_full": pd.DataFrame(places)}
    if found.shortage.total > explain_shortage.DUST:
        tables["without_a_place"] = explain_shortage.frames(found.shortage)[0]
    return {name: table for name, table in tables.items() if len(table)}


def summary(found: Summary) -> dict[str, Any]:
    """Return it for machines."""
    said, counts = found.said, found.said.counts
    return {
        "schemes": [
            {
                "scheme_id": s.scheme_id,
                "opens": said.opening.get(s.scheme_id),
                "why": state(found, s),
            }
            for s in said.basis.schemes
        ],
        "where_full": [
            {
                "provision": said.basis.pools.keys[q].provision_id,
                "full_in": years,
                "worth": as_json(worth, said),
            }
            for q, years, worth in found.full
        ],
        "unplaced_child_years": counts.shown(found.shortage.total),
        "what_would_have_to_give": [
            {
                "need": give.need,
                "phase": give.phase,
                "reason": give.reason,
                "by_year": [counts.shown(float(n)) for n in give.by_year],
                "gives": give.words,
            }
            for give in explain_shortage.told(found.shortage)
        ],
        "warnings": [
            {"code": fault.code, "what": fault.what}
            for fault in said.study.prepared.faults
            if not fault.is_error
        ],
    }

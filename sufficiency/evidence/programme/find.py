"""The recommended phasing as a plain list of actions, with the dates by which somebody must have decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from models import Status
from sufficiency.annexes.pipeline import needs_of
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.naming import provision_names, year_groups
from sufficiency.evidence.study import Study, Trial
from sufficiency.pounds import money
from sufficiency.schemes import OPEN, proposed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.problem import Floats
    from sufficiency.evidence.answer import Evidence
    from sufficiency.pools import PoolKey
    from sufficiency.progress import Progress
    from sufficiency.schemes import Scheme

#: Where a building time comes from.
GIVEN, ASSUMED, UNKNOWN = "given", "assumed", "not given"
"""What the case says; what ``--lead-months`` says; nobody says."""
#: Month and day, in the year before a scheme opens, by which the DfE must know places for the September after: the
#: workbook of the place change process for 2026/27 closed on 5 December 2025 (DfE, "High needs place change process
#: 2026 to 2027", 5 November 2025). Other years' dates were not published when this was written.
PLACE_NUMBERS = (12, 5)
#: Month and day, in the year of the opening, by which plans must name the place of children who change phase: by 15
#: February; by 31 March for those who go on after Year 11 (SEND Regulations 2014, regulation 18; IPSEA).
PLANS, PLANS_POST16 = (2, 15), (3, 31)
#: A scheme opens with the academic year.
OPENING = (9, 1)
#: First NCY after Year 11.
POST16 = 12


@dataclass(frozen=True)
class Deadline:
    """A date by which something must be done for a scheme to open when it should.

    Attributes
    ----------
    rests_on
        What the date follows from.
    """

    day: date
    scheme: Scheme
    what: str
    rests_on: str


@dataclass(frozen=True)
class Recommended:
    """The best programme, in words that a committee can act on.

    Attributes
    ----------
    plan, nothing
        The best plan; the best with no proposed scheme, or None where some must open.
    lead_months
        Months from decision to opening that are assumed where the case gives none; None where nothing is assumed.
    """

    study: Study
    plan: Trial
    nothing: Trial | None
    lead_months: float | None
    asked: Mapping[str, object]

    @property
    def exit_code(self) -> int:
        """0, or 5 when the plan is not proved best."""
        return 0 if self.plan.solution.status is Status.OPTIMAL else NOT_PROVED

    @property
    def base_year(self) -> int:
        """First academic year of the plan."""
        return self.study.prepared.case.settings.base_year

    @cached_property
    def opening(self) -> dict[str, int]:
        """The academic year in which each scheme opens, by id, committed ones included."""
        from sufficiency.findings import openings

        return openings(self.study.prepared.basis, self.plan.solution)

    @property
    def opened(self) -> list[Scheme]:
        """The schemes that open, committed ones included, in the order of their years."""
        schemes = self.study.prepared.basis.schemes
        mine = [scheme for scheme in schemes if scheme.scheme_id in self.opening]
        return sorted(mine, key=lambda scheme: (self.opening[scheme.scheme_id], scheme.scheme_id))

    @property
    def chosen(self) -> list[Scheme]:
        """The proposed schemes that open."""
        return [scheme for scheme in self.opened if not scheme.committed]

    @property
    def others(self) -> list[Scheme]:
        """The proposed schemes that do not open."""
        mine = proposed(self.study.prepared.basis.schemes)
        return [scheme for scheme in mine if scheme.scheme_id not in self.opening]

    def lead(self, scheme: Scheme) -> tuple[float | None, str]:
        """Return the months from the decision to fund a scheme to its opening, and where they come from."""
        table = self.study.prepared.case.schemes
        given = table.set_index("scheme_id")["lead_months"].get(scheme.scheme_id)
        if given is not None and given == given:  # noqa: PLR0124
            return float(given), GIVEN
        return self.lead_months, UNKNOWN if self.lead_months is None else ASSUMED

    def steps(self, scheme: Scheme) -> list[tuple[int, float]]:
        """Return the academic years of the plan in which a scheme's places change, from its opening, and how many."""
        base, years = self.base_year, self.study.problem.periods
        opens = self.opening[scheme.scheme_id]
        ages = np.arange(max(0, base + years - opens))
        places = sum((scheme.places(pool, ages) for pool in scheme.steps), np.zeros(len(ages)))
        found: list[tuple[int, float]] = []
        for age, count in enumerate(places.tolist()):
            if not found or found[-1][1] != count:
                found.append((opens + age, count))
        return found

    def action(self, scheme: Scheme) -> str:
        """Say what is to be done, where, and what it costs to build."""
        basis = self.study.prepared.basis
        keys = [basis.pools.keys[pool] for pool in scheme.steps]
        name = provision_names(basis)[scheme.provision_id]
        groups = year_groups(min(k.ncy_from for k in keys), max(k.ncy_to for k in keys))
        steps = self.steps(scheme) or [(self.opening[scheme.scheme_id], 0.0)]
        full = max(count for _, count in steps)
        more = "more " if self._has_places(scheme) else ""
        growing = [f"{count:,.6g} from {year}" for year, count in steps[1:]]
        built = f": {steps[0][1]:,.6g} at first, {', '.join(growing)}" if growing else ""
        return (
            f"open {full:,.6g} {more}places for {_needs(keys)}, {groups}, at {name}, "
            f"{money(scheme.capital_gbp, short=False)}{built}"
        )

    def _has_places(self, scheme: Scheme) -> bool:
        pools = self.study.prepared.basis.pools
        there = [key.provision_id == scheme.provision_id for key in pools.keys]
        return bool((pools.places[there] > 0).any())

    def deadlines(self) -> list[Deadline]:
        """Return what must be done by when for the proposed schemes that open, in the order of dates."""
        found = [deadline for scheme in self.chosen for deadline in self._of(scheme)]
        return sorted(found, key=lambda each: (each.day, each.scheme.scheme_id))

    def _of(self, scheme: Scheme) -> list[Deadline]:
        opens = self.opening[scheme.scheme_id]
        oldest = max(self.study.prepared.basis.pools.keys[pool].ncy_to for pool in scheme.steps)
        named = PLANS if oldest < POST16 else PLANS_POST16
        months, source = self.lead(scheme)
        found = [
            Deadline(
                date(opens - 1, *PLACE_NUMBERS),
                scheme,
                "place numbers to the DfE",
                "the place change process, as in 2026/27",
            ),
            Deadline(
                date(opens, *named),
                scheme,
                "plans name the places",
                "phase transfer, SEND Regulations 2014",
            ),
        ]
        if months is not None:
            decided = months_before(date(opens, *OPENING), months)
            why = f"{months:g} months from decision to opening, {source}"
            found.append(Deadline(decided, scheme, "decision to fund it", why))
        return found

    def latest_decision(self, scheme: Scheme) -> date:
        """Return the latest day on which a scheme can be decided on: that of building, or of place numbers."""
        first = ("decision to fund it", "place numbers to the DfE")
        return min(each.day for each in self._of(scheme) if each.what in first)

    def capital(self) -> tuple[Floats, Floats]:
        """(P,) capital of proposed schemes by year, and the budget of the years so far."""
        schemes = self.study.problem.schemes
        return schemes.capital @ self.plan.solution.opens, schemes.budget


def _needs(keys: Sequence[PoolKey]) -> str:
    words = needs_of(keys)
    return words if words.isupper() or "," in words else words[:1].lower() + words[1:]


def months_before(day: date, months: float) -> date:
    """Return the first of the month so many months before a first of a month; parts of a month count whole."""
    whole = int(np.ceil(months))
    index = day.year * 12 + day.month - 1 - whole
    return date(index // 12, index % 12 + 1, 1)


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the recommended phasing of a case."""
    from sufficiency.evidence.programme.said import evidence

    study = Study.asked(asked, progress)
    progress.step("solving")
    must = any(scheme.choice == OPEN for scheme in proposed(study.prepared.basis.schemes))
    opens = np.zeros_like(study.plan.solution.opens)
    nothing = None if must else study.fixed(opens)
    return evidence(Recommended(study, study.plan, nothing, asked["lead_months"], asked))

"""Step-downs: independent placements of now for which a suitable local place is there at the next natural transition.

The next transition of a placement is, whichever comes first: a review in the base year, the transfer to secondary or to
post-16, or the end of the stay as the plan models it. Where a stay goes on past a transfer, the plan does not move the
child; here it may choose again then, and may always stay on where it is. Three plans with the same schemes are set
side by side:

* *staying*: whoever is in an independent placement now goes on in one for as long as one takes them;
* the plan itself, which takes up what falls at the end of its stays;
* *stepping down*: everybody may choose at their next transition, at least cost, all children and places together.

The net saving is that of the whole network, staying less stepping down: a place that a step-down takes is taken from
nobody twice, so it is never to be added to independent placements avoided by other means.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.warm import Warm
from sufficiency import needs
from sufficiency.child_years import DUST
from sufficiency.cohorts import number_cohorts
from sufficiency.demand import on_roll
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.nearest import NOWHERE, Schools
from sufficiency.evidence.study import Trial, check
from sufficiency.evidence.what_if import dearer, required
from sufficiency.evidence.whereabouts import local_schools, side_by_side, whereabouts
from sufficiency.prices import NCY_LOW
from sufficiency.problem import build_problem
from sufficiency.stays import phase_number

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Bools, Floats
    from sufficiency.evidence.study import Study
    from sufficiency.problem import Basis

#: Stands between an area and the provision that a group of children is placed at, to follow it by itself.
MARK = "\x1f"
#: Which transition comes first.
REVIEW, TRANSFER, END = "review", "phase transfer", "end of the modelled stay"
#: What becomes of an independent placement.
LEAVES = "leaves school before a transition"
LATER = "no transition within the plan"
LOCAL = "steps down to a local place there is"
SCHEME = "steps down to a local place of a scheme"
ELSEWHERE = "steps down to another council's school"
NO_CHOICE = "local in any case: no independent school would take them"
UNPLACED = "without a place"
NONE_SUITS = "goes on: no suitable local school"
FULL = "goes on: suitable local schools are full"
DEARER = "goes on: a local place is there, but costs no less"
OUTCOMES = (LOCAL, SCHEME, ELSEWHERE, NO_CHOICE, FULL, NONE_SUITS, DEARER, UNPLACED, LATER, LEAVES)
#: Share of what a child without a place costs (priority included) by which a step-down is made dearer to rule it out.
RULED_OUT = 0.5


@dataclass(frozen=True)
class Transitions:
    """A case in which independent placements choose again at their next transition.

    Attributes
    ----------
    basis
        The case put together so, with room for whoever would stay on.
    groups
        The independent placements of now, a row a group: `cohort` (in `basis`), `provision` (its position), `ncy` (in
        the base year), `at` (year of the plan of the transition), `transition`, `children` (now) and `still` (of them
        on roll then; 0 where they have left).
    """

    basis: Basis
    groups: pd.DataFrame


@dataclass(frozen=True)
class StepDowns:
    """What was found.

    Attributes
    ----------
    staying, stepping
        The two plans of `transitions`; the plan itself is the study's.
    unbuilt
        As `stepping`, without any proposed scheme but those that must open.
    moves
        Step-downs at the next transition, a row a cohort, from one provision to another: see `_moves`.
    outcomes
        What becomes of every group: see `_outcomes`.
    unbuilt_moves
        Step-downs at the next transition in that.
    """

    study: Study
    transitions: Transitions
    staying: Trial
    stepping: Trial
    unbuilt: Trial
    moves: pd.DataFrame
    outcomes: pd.DataFrame
    unbuilt_moves: float


def find(study: Study) -> StepDowns:
    """Solve a case with everybody staying, and with step-downs at the next transition."""
    transitions = next_transitions(study)
    basis = transitions.basis
    journeys = study.prepared.travel.journeys
    warm, accounts = Warm(basis.problem), Accounts.of(basis, journeys.km, journeys.minutes)

    def best(problem: Problem, opens: Bools) -> Trial:
        solution = warm.assign(opens, problem, break_ties=True)
        check(problem, solution)
        return Trial(problem, solution, accounts.account(problem, solution))

    opens = study.plan.solution.opens
    staying = best(dearer(basis.problem, _ruled_out(transitions)), opens)
    stepping = best(basis.problem, opens)
    least = opens & required(basis.problem)[:, None]
    unbuilt = best(basis.problem, least) if (opens & ~least).any() else stepping
    moves = _moves(transitions, staying, stepping)
    bare = _moves(transitions, staying, unbuilt)
    return StepDowns(
        study=study,
        transitions=transitions,
        staying=staying,
        stepping=stepping,
        unbuilt=unbuilt,
        moves=moves,
        outcomes=_outcomes(study, transitions, stepping, moves),
        unbuilt_moves=float(bare["children"].sum()),
    )


def next_transitions(study: Study) -> Transitions:
    """Put the case together so that independent placements choose again at their next transition."""
    basis = study.prepared.basis
    groups = _marked(basis)
    now = groups[groups["at"] >= 0]
    positions = {provision: p for p, provision in enumerate(basis.provisions)}
    longest = basis.case.settings.years + max(needs.PHASES.values()) + 10
    at_most = groups["at"].where(groups["transition"] == TRANSFER, longest)
    again = groups.assign(at_most=at_most).drop(columns=["at", "transition"])
    built = build_problem(basis.case, again, study.prepared.travel.journeys, positions)
    # whoever may choose again may stay on, however full the school is
    freed = basis.placed.load(basis.pools) - built.placed.load(built.pools)
    room = np.maximum(built.problem.room, freed)
    built = replace(built, problem=replace(built.problem, room=room))
    _, cohort = number_cohorts(again)
    last, roll = basis.case.settings.leaving.last_ncy, on_roll(basis.case.settings)
    ncy, at = now["ncy"].to_numpy(np.int64), now["at"].to_numpy(np.int64)
    years_on = np.minimum(at, roll.shape[1] - 1)
    there = (ncy + at <= last) & (at < basis.case.settings.years)
    still = np.where(there, roll[ncy - NCY_LOW, years_on], 0.0)
    return Transitions(
        built,
        pd.DataFrame(
            {
                "cohort": cohort[now.index],
                "provision": now["provision"].to_numpy(np.int64),
                "ncy": ncy,
                "at": at,
                "transition": now["transition"].to_numpy(object),
                "children": now["children"].to_numpy(np.float64),
                "still": now["children"].to_numpy(np.float64) * still,
            }
        ),
    )


def _marked(basis: Basis) -> pd.DataFrame:
    """Return all groups, the independent placements of now in areas of their own.

    With `at`, the year of the plan of their next transition (-1 for all others), and `transition`.
    """
    groups, placed = basis.groups.reset_index(drop=True), basis.placed
    at, transition = np.full(len(groups), -1), np.full(len(groups), "", object)
    independent, where = independent_schools(basis), groups["provision"].to_numpy(np.int64)
    review = (groups["status"] == "review").to_numpy(bool) & independent[where]
    at[review], transition[review] = 0, REVIEW
    for g, n in enumerate(np.flatnonzero((groups["status"] == "placed").to_numpy())):
        if independent[placed.provision[g]]:
            at[n], transition[n] = _next(basis, g, str(groups["suits"].iloc[n]))
    names = np.array([*basis.provisions, ""], object)[groups["provision"].to_numpy(np.int64)]
    apart = groups["area"] + MARK + names + MARK + [str(year) for year in at]
    marked = groups["area"].where(at < 0, apart)
    return groups.assign(area=marked, at=at, transition=transition)


def _next(basis: Basis, group: int, suits: str) -> tuple[int, str]:
    """Return the year of a placed group's next transition, and which it is."""
    placed, costs = basis.placed, basis.costs
    p, ncy, length = (int(x[group]) for x in (placed.provision, placed.ncy, placed.length))
    after = [last + 1 for last in list(needs.PHASES.values())[:2]]
    transfer = min((first - ncy for first in after if first > ncy), default=length + 1)
    if transfer >= length:
        return length, TRANSFER if transfer == length else END
    origin = costs.origin(placed.cohort[[group]])[0]
    (phase,) = phase_number(np.array([ncy + transfer]))
    may_stay = costs.may_travel[phase, origin, p] and placed.pool[group] >= 0
    if may_stay and (not suits or costs.kinds[p] in suits.split("|")):
        return transfer, TRANSFER
    return length, END


def independent_schools(basis: Basis) -> Bools:
    """(V,) whether a provision is independent."""
    kinds = basis.costs.kinds
    settings = basis.case.settings
    return np.array([settings.base_kind(str(kind)) == "independent" for kind in kinds], bool)


def _ruled_out(transitions: Transitions) -> Floats:
    """Return (A,) pounds that rule step-downs out: on every stay of a marked cohort that is not independent."""
    basis = transitions.basis
    waiting = basis.case.settings.waiting
    yearly = RULED_OUT * (waiting.gbp_per_child_year + waiting.penalty_gbp_per_child_year)
    marked = np.zeros(len(basis.cohorts.table), bool)
    marked[transitions.groups["cohort"].to_numpy(np.int64)] = True
    stays = basis.stays
    down = marked[basis.cohorts.cohort[stays.state]] & ~independent_schools(basis)[stays.provision]
    return np.where(down, yearly * stays.length, 0.0)


def _moves(transitions: Transitions, staying: Trial, other: Trial) -> pd.DataFrame:
    """Return step-downs at the next transition: children who would go on, and are at a local school instead.

    Columns: `cohort`, `year` (of the plan), `ncy`, `before`, `after` (positions of provisions), `children`,
    `transition`, `scheme` (of the children, those in places of schemes), and pounds a child in that year: `fee_gbp`,
    `transport_before_gbp`, `price_gbp`, `place_funding_gbp` (of the scheme's place, if it is one), `transport_gbp`.
    """
    basis = transitions.basis
    groups = transitions.groups.set_index("cohort")
    both = side_by_side(*(whereabouts(basis, trial.solution) for trial in (staying, other)))
    at = both["cohort"].map(groups["at"]).fillna(-1)
    local, independent = local_schools(basis), independent_schools(basis)
    before, after = both["before"].to_numpy(np.int64), both["after"].to_numpy(np.int64)
    found = both[(both["year"] == at) & independent[before] & local[after]].reset_index(drop=True)
    cohort, ncy, year, before, after = (
        found[name].to_numpy(np.int64) for name in ("cohort", "ncy", "year", "before", "after")
    )
    costs, origin = basis.costs, basis.costs.origin(cohort)
    share, funding = _in_schemes(basis, other, found)
    moves: pd.DataFrame = found.assign(
        transition=found["cohort"].map(groups["transition"]),
        scheme=found["children"] * share,
        fee_gbp=costs.price(cohort, before, ncy, year),
        transport_before_gbp=costs.transport[origin, before],
        price_gbp=costs.price(cohort, after, ncy, year),
        place_funding_gbp=funding,
        transport_gbp=costs.transport[origin, after],
    )
    return moves


def _in_schemes(basis: Basis, trial: Trial, moves: pd.DataFrame) -> tuple[Floats, Floats]:
    """(N,), (N,) share of each move's children who are in places of schemes, and place funding a child for it.

    Of a pool with other places, too, the schemes' part is what is taken beyond those, as in every finding.
    """
    from models.verify import pool_load
    from sufficiency.catchments import added_by_scheme
    from sufficiency.findings import openings

    load = pool_load(basis.problem, trial.solution.stay) + basis.placed.load(basis.pools)
    opening = openings(basis, trial.solution)
    added = added_by_scheme(basis, opening)
    of_all = sum(added.values(), np.zeros_like(load))
    with np.errstate(invalid="ignore", divide="ignore"):
        taken = np.nan_to_num(np.clip(load - basis.pools.places, 0.0, of_all) / load)
        paid = np.nan_to_num(_funding(basis, opening) / of_all)
    stays, children = basis.stays, trial.solution.stay
    used = np.flatnonzero((children > 0) & (stays.pool >= 0))
    state = stays.state[used]
    year, pool = basis.cohorts.year[state], stays.pool[used]
    rows = pd.DataFrame(
        {
            "cohort": basis.cohorts.cohort[state],
            "year": year,
            "after": stays.provision[used],
            "all": children[used],
            "share": children[used] * taken[pool, year],
            "paid": children[used] * taken[pool, year] * paid[pool, year],
        }
    )
    sums = rows.groupby(["cohort", "year", "after"]).sum()
    mine = moves[["cohort", "year", "after"]].merge(sums, "left", ["cohort", "year", "after"])
    share, funding = (
        np.asarray(mine[name] / mine["all"], np.float64) for name in ("share", "paid")
    )
    return np.nan_to_num(share), np.nan_to_num(funding)


def _funding(basis: Basis, opening: dict[str, int]) -> Floats:
    """(Q, P) place funding of the places of open schemes."""
    settings = basis.case.settings
    paid = np.zeros_like(basis.pools.places)
    for scheme in basis.schemes:
        if scheme.scheme_id in opening:
            for pool in scheme.steps:
                alone = replace(scheme, steps={pool: scheme.steps[pool]})
                age = settings.base_year + np.arange(settings.years) - opening[scheme.scheme_id]
                paid[pool] += alone.funding_gbp(age)
    return paid


def _outcomes(
    study: Study, transitions: Transitions, stepping: Trial, moves: pd.DataFrame
) -> pd.DataFrame:
    """Return what becomes of every independent placement: a row a group and `outcome`, with `children`.

    Of those who choose within the plan, children on roll then; of the others, those of now.
    """
    basis, groups = transitions.basis, transitions.groups
    gone = groups[groups["still"] <= 0]
    leaves = gone["ncy"] + gone["at"] > basis.case.settings.leaving.last_ncy
    late = gone.assign(outcome=np.where(leaves, LEAVES, LATER))
    told = pd.concat(
        [
            _stepped(moves),
            _elsewhere(study, transitions, stepping, moves),
            _without(transitions, stepping),
        ]
    )
    told = told[told["children"] > DUST].groupby(["cohort", "outcome"], as_index=False).sum()
    chosen = groups.drop(columns="children").merge(told, "inner", "cohort")
    return pd.concat([late, chosen], ignore_index=True).drop(columns="still")


def _stepped(moves: pd.DataFrame) -> pd.DataFrame:
    """Return step-downs, to places there are and to those of schemes."""
    there = moves.assign(outcome=LOCAL, children=moves["children"] - moves["scheme"])
    built = moves.assign(outcome=SCHEME, children=moves["scheme"])
    return pd.concat([there, built])[["cohort", "outcome", "children"]]


def _elsewhere(
    study: Study, transitions: Transitions, stepping: Trial, moves: pd.DataFrame
) -> pd.DataFrame:
    """Return those who do not step down to a local school, with the reason."""
    basis = transitions.basis
    local, independent = local_schools(basis), independent_schools(basis)
    rows = whereabouts(basis, stepping.solution)
    at = rows["cohort"].map(transitions.groups.set_index("cohort")["at"])
    rows = rows[rows["year"] == at].reset_index(drop=True)
    provision = rows["provision"].to_numpy(np.int64)
    schools = Schools.of(basis, stepping.solution, study.prepared.travel.journeys)
    nearest, roomy = schools.nearest(rows.assign(since=rows["year"]), local)
    goes_on = np.where(nearest == NOWHERE, NONE_SUITS, np.where(roomy == NOWHERE, FULL, DEARER))
    rows["outcome"] = np.where(
        independent[provision], goes_on, np.where(local[provision], NO_CHOICE, ELSEWHERE)
    )
    found = rows.groupby(["cohort", "outcome"], as_index=False)[["children"]].sum()
    stepped = found["cohort"].map(moves.groupby("cohort")["children"].sum()).fillna(0.0)
    found["children"] -= stepped.where(found["outcome"] == NO_CHOICE, 0.0)
    return found


def _without(transitions: Transitions, stepping: Trial) -> pd.DataFrame:
    """Return those who have no place at their transition."""
    cohorts, groups = transitions.basis.cohorts, transitions.groups
    waits = pd.DataFrame(
        {"cohort": cohorts.cohort, "at": cohorts.year, "children": stepping.solution.unplaced}
    )
    mine = groups[["cohort", "at"]].merge(waits, "inner", ["cohort", "at"])
    told: pd.DataFrame = mine.assign(outcome=UNPLACED)[["cohort", "outcome", "children"]]
    return told


def groups_of(found: StepDowns) -> pd.DataFrame:
    """Return what becomes of every group in an independent placement, exactly."""
    basis, rows = found.transitions.basis, found.outcomes
    who = basis.cohorts.table.iloc[rows["cohort"]].reset_index(drop=True)
    names = np.array(basis.provisions, object)
    return pd.DataFrame(
        {
            "area": who["area"].str.split(MARK).str[0],
            "need": who["need"],
            "suits": who["suits"],
            "ncy_now": rows["ncy"],
            "provision_now": names[rows["provision"].to_numpy(np.int64)],
            "transition": rows["transition"],
            "year": rows["at"] + basis.case.settings.base_year,
            "outcome": rows["outcome"],
            "children": rows["children"],
        }
    )

"""The program in PuLP: one function per constraint family, each with its formula.

Sets and symbols
----------------
s
    states (one kind of unit in one period), with supply ``b_s`` and ``r_sk``, the share still on roll k periods later
a
    stays: from state ``s(a)``, in pool ``q(a)``, for ``l_a`` periods, at cost ``c_a`` a unit
q, t
    pools and periods, with room ``R_qt``
i
    rows of the side limits, with room ``L_i``
k
    schemes: opening in t costs ``f_kt``, spends ``K_k`` of the cumulative budget ``B_t`` and adds ``p_kqj`` places
    to pool q j periods later
x_a, u_s
    units taking up a stay, and units left without a place (continuous, at least 0)
y_kt
    1 if scheme k opens in period t

Objective: minimise ``sum_a c_a x_a + sum_s v_s u_s + sum_kt f_kt y_kt``.

The formulation is the multi-period capacitated facility location problem with modular expansion: Melo, Nickel and
Saldanha-da-Gama (2009), European Journal of Operational Research 196(2), 401-412. Flows stay continuous: whole
numbers there cost minutes and buy nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pulp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.problem import Floats, Ints, Problem

    Rows = Iterator[tuple[str, pulp.LpConstraint]]
    Term = tuple[pulp.LpVariable, float]


@dataclass(frozen=True)
class Variables:
    """The variables by position; a stay that was left out has none."""

    stay: Mapping[int, pulp.LpVariable]
    unplaced: Mapping[int, pulp.LpVariable]
    opens: Mapping[tuple[int, int], pulp.LpVariable]


@dataclass(frozen=True)
class Program:
    """A PuLP program with its variables and, by family, the names of its rows."""

    lp: pulp.LpProblem
    variables: Variables
    rows: Mapping[str, tuple[str, ...]]


class Family(Protocol):
    """One constraint family: its rows, named by position."""

    def __call__(self, problem: Problem, variables: Variables) -> Rows:
        """Yield (name, constraint)."""


def balance(problem: Problem, variables: Variables) -> Rows:
    """Everyone who seeks a place in a state takes up a stay or is unplaced.

    ``sum_{a: s(a)=s} x_a + u_s = b_s + sum_{a: next(a)=s} r_{s(a),l_a} x_a + sum_{z: next(z)=s} r_{z,1} u_z``
    (units), for every state s.
    """
    states, stays = problem.states, problem.stays
    terms: list[list[Term]] = [[] for _ in range(len(states))]
    for a, x in variables.stay.items():
        terms[stays.state[a]].append((x, 1.0))
        if problem.next_share[a] > 0:
            terms[stays.next[a]].append((x, -float(problem.next_share[a])))
    for s, u in variables.unplaced.items():
        terms[s].append((u, 1.0))
        if states.unplaced_next[s] >= 0 and states.on_roll[s, 1] > 0:
            terms[states.unplaced_next[s]].append((u, -float(states.on_roll[s, 1])))
    for s, row in enumerate(terms):
        yield f"balance_{s}", _sum(row) == float(states.supply[s])


def places(problem: Problem, variables: Variables) -> Rows:
    """A pool holds no more than its places and those that opened schemes add.

    ``sum_{a: q(a)=q, t(a) <= t < t(a)+l_a} r_{s(a),t-t(a)} x_a <= R_qt + sum_k sum_{j <= t} p_{k,q,t-j} y_kj``
    (units), for every pool q and period t with a limit.
    """
    terms = _gather(variables.stay, *problem.pool_use)
    for cell, row in _added_by_schemes(problem, variables).items():
        terms.setdefault(cell, []).extend(row)
    room = problem.room.ravel()
    for cell in sorted(terms):
        if np.isfinite(room[cell]):
            yield (
                f"places_{cell // problem.periods}_{cell % problem.periods}",
                _sum(terms[cell]) <= float(room[cell]),
            )


def limit(problem: Problem, variables: Variables) -> Rows:
    """A side limit counts the units it covers, whatever their pools.

    ``sum_{(a,j) in i} w_i,a r_{s(a),j} x_a <= L_i`` (units), for every row i; the weights are 1 unless given.
    """
    limits = problem.limits
    terms = _gather(variables.stay, limits.stay, limits.row, problem.limit_share)
    for row in sorted(terms):
        yield f"limit_{row}", _sum(terms[row]) <= float(limits.room[row])


def opens_once(problem: Problem, variables: Variables) -> Rows:
    """A scheme opens at most once, one that must once: ``sum_t y_kt <= 1`` (``= 1``) for every scheme k."""
    for k in range(len(problem.schemes)):
        row = [(y, 1.0) for (scheme, _), y in variables.opens.items() if scheme == k]
        if k in problem.schemes.must:
            yield f"opens_once_{k}", _sum(row) == 1
        elif row:
            yield f"opens_once_{k}", _sum(row) <= 1


def exclusive(problem: Problem, variables: Variables) -> Rows:
    """At most one scheme of a group opens: ``sum_{k in G} sum_t y_kt <= 1`` for every group G."""
    for g, group in enumerate(problem.schemes.exclusive):
        row = [(y, 1.0) for (scheme, _), y in variables.opens.items() if scheme in group]
        if row:
            yield f"exclusive_{g}", _sum(row) <= 1


def requires(problem: Problem, variables: Variables) -> Rows:
    """What a scheme requires is open in the same period or before.

    ``sum_{j <= t} y_kj <= sum_{j <= t} y_mj`` for every pair (k requires m) and period t.
    """
    for p, (scheme, other) in enumerate(problem.schemes.requires):
        for t in range(problem.periods):
            dependent = [
                (y, 1.0) for (k, j), y in variables.opens.items() if k == scheme and j <= t
            ]
            needed = [(y, -1.0) for (k, j), y in variables.opens.items() if k == other and j <= t]
            if dependent:
                yield f"requires_{p}_{t}", _sum(dependent + needed) <= 0


def budget(problem: Problem, variables: Variables) -> Rows:
    """Capital spent so far stays within the budget so far; what is not spent carries forward.

    ``sum_k K_k sum_{j <= t} y_kj <= B_t`` (pounds), for every period t with a limit.
    """
    schemes = problem.schemes
    for t in np.flatnonzero(np.isfinite(schemes.budget)):
        row = [(y, float(schemes.capital[k])) for (k, j), y in variables.opens.items() if j <= t]
        if row:
            yield f"budget_{t}", _sum(row) <= float(schemes.budget[t])


def differs(problem: Problem, variables: Variables) -> Rows:
    """A choice differs from others: so many schemes open that are not of one, or are of it and do not.

    ``sum_{k in D} sum_t y_kt - sum_{k not in D} sum_t y_kt <= |D| - d`` (schemes), for every other choice D.
    """
    for n, (other, least) in enumerate(problem.schemes.differs):
        row = [(y, 1.0 if k in other else -1.0) for (k, _), y in variables.opens.items()]
        yield f"differs_{n}", _sum(row) <= len(other) - least


def not_together(variables: Variables, by: int, schemes: Sequence[int]) -> pulp.LpConstraint:
    """Not all of some schemes open by a period: ``sum_{k in C} sum_{j <= t} y_kj <= |C| - 1``.

    Solvers work to a tolerance, a few pounds of a budget of millions. A choice that overspends by less is cut off
    so: the budget allows none that opens the same schemes by then.
    """
    row = [(y, 1.0) for (k, j), y in variables.opens.items() if k in schemes and j <= by]
    return _sum(row) <= len(schemes) - 1


#: Every family of the program, in the order of its rows. A golden text exists for each.
FAMILIES: dict[str, Family] = {
    "balance": balance,
    "places": places,
    "limit": limit,
    "opens_once": opens_once,
    "exclusive": exclusive,
    "requires": requires,
    "budget": budget,
    "differs": differs,
}


def formulate(
    problem: Problem,
    stay_cost: Floats | None = None,
    unplaced_cost: Floats | None = None,
    opening_cost: Floats | None = None,
    stays: Ints | None = None,
) -> Program:
    """Write the program of `problem`, with its own costs unless others are given.

    Parameters
    ----------
    stay_cost, unplaced_cost, opening_cost
        (A,), (S,) and (K, P) costs in place of the problem's own.
    stays
        Positions of the stays to write; all of them if None. The others are taken to be unused.
    """
    lp = pulp.LpProblem("places", pulp.LpMinimize)
    variables = _variables(
        lp, problem, range(len(problem.stays)) if stays is None else stays.tolist()
    )
    cost_a = problem.stays.cost if stay_cost is None else stay_cost
    cost_s = problem.states.unplaced_cost if unplaced_cost is None else unplaced_cost
    cost_y = problem.schemes.cost if opening_cost is None else opening_cost
    lp += _sum(
        [(x, float(cost_a[a])) for a, x in variables.stay.items()]
        + [(u, float(cost_s[s])) for s, u in variables.unplaced.items()]
        + [(y, float(cost_y[k, t])) for (k, t), y in variables.opens.items()]
    )
    rows: dict[str, tuple[str, ...]] = {}
    for name, family in FAMILIES.items():
        written = []
        for key, constraint in family(problem, variables):
            lp.addConstraint(constraint, key)
            written.append(key)
        rows[name] = tuple(written)
    return Program(lp, variables, rows)


def _variables(lp: pulp.LpProblem, problem: Problem, stays: Sequence[int] | range) -> Variables:
    # Names are positions: PuLP folds unlike names into one when they hold punctuation.
    may_open = np.argwhere(problem.schemes.may_open)
    return Variables(
        stay={a: lp.add_variable(f"x{a}", lowBound=0) for a in stays},
        unplaced={s: lp.add_variable(f"u{s}", lowBound=0) for s in range(len(problem.states))},
        opens={
            (int(k), int(t)): lp.add_variable(f"y{k}_{t}", cat=pulp.LpBinary) for k, t in may_open
        },
    )


def _sum(terms: Sequence[Term]) -> pulp.LpAffineExpression:
    return pulp.LpAffineExpression(terms)


def _gather(
    variables: Mapping[int, pulp.LpVariable], stay: Ints, row: Ints, share: Floats
) -> dict[int, list[Term]]:
    """Group (stay, row, share) entries by row; a row that only left-out stays use is there, and empty."""
    terms: dict[int, list[Term]] = {}
    for a, r, w in zip(stay.tolist(), row.tolist(), share.tolist(), strict=True):
        if w > 0:
            row_terms = terms.setdefault(r, [])
            if a in variables:
                row_terms.append((variables[a], w))
    return terms


def _added_by_schemes(problem: Problem, variables: Variables) -> dict[int, list[Term]]:
    schemes, periods = problem.schemes, problem.periods
    terms: dict[int, list[Term]] = {}
    for entry, (k, q) in enumerate(
        zip(schemes.scheme.tolist(), schemes.pool.tolist(), strict=True)
    ):
        for t0 in np.flatnonzero(schemes.may_open[k]).tolist():
            for t in range(t0, periods):
                added = float(schemes.places[entry, t - t0])
                if added > 0:
                    terms.setdefault(q * periods + t, []).append((variables.opens[k, t0], -added))
    return terms

"""Choose schemes by Benders decomposition: a small master decides what opens, the assignment prices it.

The value ``v(y)`` of the best assignment is convex in the places that the opened schemes add, and unplaced units
keep it finite whatever opens, so only optimality cuts are needed [1]_. The duals of the assignment at ``y'`` give

``v(y) >= B(mu) + sum_kt g_kt y_kt``,  ``g_kt = sum_{q, j >= t} p_{k,q,j-t} mu_qj``,

with ``B`` the bound that the duals prove without any scheme (`models.duals.lower_bound`): a cut is valid whichever
duals it is made from, so it may come from an assignment that is only nearly solved. Cuts are first made at points
between the relaxed master's and the core (in-out [2]_) until the relaxation is settled; then at the master's choices
and, for the other end of the duals there, at points from the choice towards the core, until bound and best meet. A
search that begins with a good choice and its cuts has that choice for a core, and no relaxation to settle. The master
(`models.master`) stops as soon as it has done what the gap of the round is worth.

References
----------
.. [1] Benders (1962), Numerische Mathematik 4, 238-252; Magnanti and Wong (1981), Operations Research 29, 464-484.
.. [2] Ben-Ameur and Neto (2007), "Acceleration of cutting-plane and column generation algorithms", Networks 49, 3-17.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from models.duals import lower_bound, shortfall, sound
from models.engines import NoAnswerError, Outcome
from models.master import NODES, Master
from models.solution import Status, overspent, too_alike

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.assignment import Assigned, Assignment
    from models.duals import Duals
    from models.problem import Bools, Floats, Problem

#: Weight of the master's point against the core while the relaxation is tightened.
INWARD = 0.5
#: Seconds that the master is given, however little time is left.
LEAST_SECONDS = 1.0
#: Cuts that are kept for later searches.
CUTS_KEPT = 60
#: Rounds on the relaxed master, and the share of the cost within which it is settled.
RELAXED_ROUNDS, SETTLED = 60, 2e-5
#: Share of the cost by which an assignment may be above its bound where schemes are open in part.
NEARLY = 1e-6
#: Share of the gap left at which the master may stop, and the widest gap at which it may.
OF_THE_GAP, WIDEST = 0.5, 2e-3
#: Share of the gap asked for within which a choice is of no more interest.
CLOSE = 0.999
#: How far from a choice towards the core further cuts are made, while the gap is wider than the one asked for.
TOWARDS_CORE = (0.2, 0.5)


@dataclass(frozen=True)
class Chosen:
    """What to open, the assignment that follows, and the least cost of any plan."""

    opens: Bools
    assigned: Assigned
    bound: float
    log: str


@dataclass
class Learned:
    """What a search found that holds for problems of the same structure, whatever their numbers.

    Attributes
    ----------
    assignment
        Kept warm; its costs and supply must be those of the problem to be solved.
    duals
        Every vector that made a cut. The cut is priced again for each problem, so it is always valid.
    openings
        Good choices: tried first where a problem allows them.
    """

    assignment: Assignment | None = None
    duals: list[Duals] = field(default_factory=list)
    openings: list[Bools] = field(default_factory=list)
    _below: dict[int, tuple[Duals, Floats]] = field(default_factory=dict)

    def bound(self, problem: Problem, duals: Duals) -> float:
        """Return the bound that duals prove; their reduced costs are looked at once."""
        if id(duals) not in self._below:
            self._below[id(duals)] = duals, shortfall(problem, duals)
        return lower_bound(problem, duals, self._below[id(duals)][1])

    def forget_others(self) -> None:
        """Forget the reduced costs of duals that are not kept."""
        kept = {id(duals) for duals in self.duals}
        self._below = {key: known for key, known in self._below.items() if key in kept}

    def costs_changed(self) -> None:
        """Forget the reduced costs: to be called where costs are others, or other places have limits."""
        self._below.clear()


@dataclass(frozen=True)
class _Cut:
    """``value >= constant + sum slope y``."""

    constant: float
    slope: Floats


def choose(
    problem: Problem,
    assignment: Assignment,
    opening_cost: Floats,
    gap: float,
    time_limit: float | None,
    progress: Callable[[str], None],
    learned: Learned | None = None,
) -> Chosen:
    """Choose schemes at least cost.

    Parameters
    ----------
    assignment
        Of the same problem; it is solved again and again.
    opening_cost
        (K, P) in place of the problem's own.
    gap
        Relative gap to prove.
    time_limit
        Seconds after which the best plan so far is returned, with the bound so far; None for no limit.
    learned
        From earlier searches; what this one finds is added to it.

    Raises
    ------
    NoAnswerError
        When what must open cannot, or no choice that opens it was found in time.
    """
    ends = time.perf_counter() + (np.inf if time_limit is None else time_limit)
    learned = learned or Learned()
    search = _Search(problem, assignment, opening_cost, learned)
    search.begin()
    core = search.known if search.known is not None else _settle(search, gap, ends, progress)
    rounds, share, nodes = 0, OF_THE_GAP, NODES
    while search.gap > gap and (rounds == 0 or time.perf_counter() < ends):
        # Once at least, so that a plan stopped at the limit opens what is known to be good.
        left = None if time_limit is None else max(LEAST_SECONDS, ends - time.perf_counter())
        opens = search.master.solve(
            relaxed=False,
            gap=max(gap / 2, min(WIDEST, share * search.gap)),
            under=search.best - CLOSE * gap * max(1.0, abs(search.best)),
            nodes=nodes,
            seconds=left,
        )
        rounds += 1
        nodes = 2 * nodes if opens is None else nodes
        if opens is not None and search.gap > gap:
            if search.price(opens):
                search.price_between(opens, core, gap, ends)
            elif share == 0:
                break  # it asks again for what is priced already: bound and best are as near as numbers allow
            else:
                share = 0.0
        progress(search.words())
    if not np.isfinite(search.best):
        raise NoAnswerError(Outcome(Status.UNSOLVED, search.bound, "no choice was found in time"))
    search.leave()
    return Chosen(
        search.opens,
        search.assigned,
        search.bound,
        f"{len(search.cuts)} cuts, {rounds} rounds of the master",
    )


def _settle(search: _Search, gap: float, ends: float, progress: Callable[[str], None]) -> Floats:
    """Cut at points between the relaxed master's and the core until the relaxation is settled; return the core."""
    core, least = np.zeros(search.shape), np.inf
    for _ in range(RELAXED_ROUNDS):
        opens = search.master.solve(relaxed=True)
        if opens is None or search.gap <= gap or time.perf_counter() > ends:
            break
        core = INWARD * opens + (1 - INWARD) * core
        least = min(least, search.cost_of(core))
        left = least - search.bound
        if left <= SETTLED * abs(least):
            break
        progress(f"the relaxation is within {left / abs(least):.4%}")
    return core


class _Search:
    """Cuts so far, the best plan so far, and the bound so far; `known` is a good choice that it began with."""

    def __init__(
        self, problem: Problem, assignment: Assignment, opening_cost: Floats, learned: Learned
    ) -> None:
        self._problem, self._assignment, self._cost = problem, assignment, opening_cost
        self._learned = learned
        self.shape = problem.schemes.may_open.shape
        self.cuts: list[_Cut] = []
        self._priced: dict[bytes, float] = {}
        self.best = np.inf
        self.opens = np.zeros(self.shape, bool)
        self.assigned: Assigned
        self.known: Floats | None = None
        size = float(problem.states.supply @ problem.states.unplaced_cost)
        self.master = Master(problem, opening_cost, size)

    @property
    def bound(self) -> float:
        """Least cost of any plan, as far as is proved."""
        return self.master.bound

    def words(self) -> str:
        """Say how far the search is: the best so far, and the bound."""
        if not np.isfinite(self.best):
            return f"none is under £{self.bound:,.0f}"
        apart = f"at most {max(0.0, self.gap):.4%} from the best there can be"
        return f"best so far £{self.best:,.0f}, none is under £{self.bound:,.0f}, {apart}"

    @property
    def gap(self) -> float:
        """Relative distance of best and bound; without end while there is no plan."""
        if not np.isfinite(self.best):
            return np.inf
        return (self.best - self.bound) / max(1.0, abs(self.best))

    def price(self, opens: Floats, tolerance: float = 0.0) -> bool:
        """Solve the assignment with schemes opened (in part, even), and keep the cut and a better plan.

        Returns
        -------
        False where the same was priced before.
        """
        key = np.round(opens, 9).tobytes()
        if key in self._priced:
            return False
        room = self._problem.room + _added(self._problem, opens)
        may_be = self._may_be(opens)
        assigned = self._assignment.solve(room, 0.0 if may_be else tolerance)
        self._keep(assigned.duals)
        total = assigned.cost + float((self._cost * opens).sum())
        self._priced[key] = total
        if total < self.best and may_be:
            self.best, self.opens, self.assigned = total, opens > 0.5, assigned
        return True

    def cost_of(self, opens: Floats) -> float:
        """Price schemes opened in part; return the cost, nearly."""
        self.price(opens, NEARLY)
        return self._priced[np.round(opens, 9).tobytes()]

    def price_between(self, opens: Floats, core: Floats, gap: float, ends: float) -> None:
        """Price points from a choice towards the core, while the gap is wide and there is time."""
        for share in TOWARDS_CORE:
            if self.gap > gap and time.perf_counter() < ends:
                self.price(share * core + (1 - share) * opens, NEARLY)

    def _keep(self, duals: Duals) -> None:
        """Keep the cut that duals make."""
        self.cuts.append(self._cut(duals))
        self._learned.duals.append(duals)
        self.master.cut(self.cuts[-1].constant, self.cuts[-1].slope)

    def begin(self) -> None:
        """Make the cuts that are known, and price what they make the best known choice; else to open nothing."""
        self.cuts = [self._cut(duals) for duals in self._learned.duals]
        for cut in self.cuts:
            self.master.cut(cut.constant, cut.slope)
        known = [opens.astype(float) for opens in self._learned.openings if self._allowed(opens)]
        self.price(min(known, key=self._at_least, default=np.zeros(self.shape)))
        if known and self.cuts and np.isfinite(self.best):
            self.known = self.opens.astype(float)

    def leave(self) -> None:
        """Leave what is worth knowing to later searches: cuts that count where this one looked, and its plan."""
        points = np.array([np.frombuffer(key) for key in self._priced])
        slopes = np.array([cut.slope.ravel() for cut in self.cuts])
        value = np.array([cut.constant for cut in self.cuts])[:, None] + slopes @ points.T
        slack = (value.max(axis=0) - value).min(axis=1)
        best = np.sort(np.argsort(slack, kind="stable")[:CUTS_KEPT])
        self._learned.duals[:] = [self._learned.duals[n] for n in best]
        self._learned.forget_others()
        if not any(np.array_equal(self.opens, known) for known in self._learned.openings):
            self._learned.openings.append(self.opens)

    def _at_least(self, opens: Floats) -> float:
        """Return what the cuts say that a choice costs, at least."""
        flows = max((c.constant + float((c.slope * opens).sum()) for c in self.cuts), default=0.0)
        return flows + float((self._cost * opens).sum())

    def _allowed(self, opens: Bools) -> bool:
        """Whether a choice keeps every rule on what opens."""
        schemes = self._problem.schemes
        once = opens.sum(axis=1)
        started = np.cumsum(opens, axis=1)
        return not (
            (opens & ~schemes.may_open).any()
            or (once > 1).any()
            or any(once[list(group)].sum() > 1 for group in schemes.exclusive)
            or any((started[k] > started[other]).any() for k, other in schemes.requires)
            or not once[list(schemes.must)].all()
            or overspent(schemes, opens)
            or (too_alike(schemes, opens) > 0).any()
        )

    def _may_be(self, opens: Floats) -> bool:
        """Whether schemes are opened wholly, those that must are, all within the budget to the penny, and others."""
        schemes = self._problem.schemes
        whole = np.abs(opens - np.round(opens)).max(initial=0.0) < 1e-9
        chosen = opens > 0.5
        must = bool(chosen[list(schemes.must)].any(axis=1).all())
        differs = not (too_alike(schemes, chosen) > 0).any()
        return bool(whole) and must and differs and not overspent(schemes, chosen)

    def _cut(self, duals: Duals) -> _Cut:
        constant = self._learned.bound(self._problem, duals)
        return _Cut(constant, slope_of(self._problem, duals))


def slope_of(problem: Problem, duals: Duals) -> Floats:
    """Return by how much a scheme that opens in a period lowers what duals prove, (K, P): 0 or less."""
    schemes = problem.schemes
    duals = sound(problem, duals)
    slope = np.zeros(schemes.may_open.shape)
    for entry, (k, q) in enumerate(zip(schemes.scheme, schemes.pool, strict=True)):
        for t in range(problem.periods):
            later = duals.places[q, t:]
            slope[k, t] += later @ schemes.places[entry, : len(later)]
    return slope


def _added(problem: Problem, opens: Floats) -> Floats:
    """(Q, P) places that schemes add, opened in part or whole."""
    added = np.zeros_like(problem.room)
    schemes = problem.schemes
    for entry, (k, q) in enumerate(zip(schemes.scheme, schemes.pool, strict=True)):
        for t in np.flatnonzero(opens[k] > 0):
            added[q, t:] += opens[k, t] * schemes.places[entry, : problem.periods - t]
    return added


def with_schemes_open(problem: Problem, opens: Bools) -> Problem:
    """Return the problem with the opened schemes' places as given room and nothing left to choose."""
    from models.problem import Schemes

    return replace(
        problem,
        room=problem.room + _added(problem, opens.astype(np.float64)),
        schemes=Schemes.none(problem.periods),
    )

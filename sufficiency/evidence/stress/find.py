"""Tests of the recommended plan: what becomes of it when things go otherwise, and what it would then change.

Each test is a row of `TESTS`: a family of worlds. In each the schemes are first kept as recommended, and placements
made again; then schemes are chosen again too. What a world is worth is a pair that is never added up: real money, and
children.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import Status
from models.warm import Warm
from sufficiency import __version__
from sufficiency.errors import UsageError
from sufficiency.evidence import runs
from sufficiency.evidence.accounts import Account
from sufficiency.evidence.stress import places as worlds_places
from sufficiency.evidence.stress import worlds
from sufficiency.evidence.study import Study, check
from sufficiency.sweep import Sweep, run_sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sufficiency.evidence.stress.worlds import Plan, World
    from sufficiency.progress import Progress

#: How schemes are in a run.
KEPT, AGAIN = "kept", "again"
#: Name of the test whose worlds are the headroom curve.
OCCUPANCY = "occupancy"
#: Per cent of the council's own places that are filled at most.
SHARES = (85.0, 90.0, 95.0)


@dataclass(frozen=True)
class Asked:
    """What is asked of the tests.

    Attributes
    ----------
    only
        Names of the tests to make; all if none are given.
    cost_pct, fees_pct
        How much dearer schemes and independent schools are.
    year
        From which a school is closed or redesignated, and neighbours take nobody new; None for the plan's second.
    close, redesignate
        Provisions that close, the largest if none are given; and those that take other needs, as ``ID=NEEDS``.
    occupancy
        Shares of the council's own places, in per cent.
    gap, workers, cluster
        As `runs` and `sufficiency.sweep.run_sweep`.
    """

    only: tuple[str, ...] = ()
    cost_pct: float = 20.0
    fees_pct: float = 10.0
    year: int | None = None
    close: tuple[str, ...] = ()
    redesignate: tuple[str, ...] = ()
    occupancy: tuple[float, ...] = SHARES
    gap: float = 1e-6
    workers: int | None = None
    cluster: str | None = None


@dataclass(frozen=True)
class Case:
    """One world of a test.

    Attributes
    ----------
    name
        What is otherwise, in a few words.
    world
        The world.
    """

    name: str
    world: World


@dataclass(frozen=True)
class Probe:
    """A row of the table of tests.

    Attributes
    ----------
    name
        One word, as `--test` takes it.
    title
        What happens, with ``{cost_pct}`` and the like.
    cases
        Yields the worlds.
    """

    name: str
    title: str
    cases: Callable[[Plan, Asked], Iterator[Case]]

    def can_be_made(self, plan: Plan, asked: Asked) -> bool:
        """Whether there is a year for it, or it is asked for by name: in a plan of one year none is left."""
        named = (
            asked.year is not None or asked.close or asked.redesignate or self.name in asked.only
        )
        return "{year}" not in self.title or plan.problem.periods > 1 or bool(named)


def _each(plan: Plan, make: Callable[[set[int]], World]) -> Iterator[Case]:
    """Yield the world in which all schemes that open are touched, and that of each alone."""
    opened = plan.opened()
    if len(opened) > 1:
        yield Case(f"all {len(opened)} schemes", make({k for k, _ in opened}))
    for k, _ in opened:
        yield Case(plan.schemes[k].scheme_id, make({k}))


def _slips(years: int) -> Callable[[Plan, Asked], Iterator[Case]]:
    def cases(plan: Plan, _: Asked) -> Iterator[Case]:
        return _each(plan, lambda which: worlds.slipped(plan, which, years))

    return cases


def _dearer(plan: Plan, asked: Asked) -> Iterator[Case]:
    return _each(plan, lambda which: worlds.dearer(plan, which, asked.cost_pct))


def _half_full(plan: Plan, _: Asked) -> Iterator[Case]:
    return _each(plan, lambda which: worlds.half_full(plan, which))


def _closes(plan: Plan, asked: Asked) -> Iterator[Case]:
    year = from_year(plan, asked)
    for provision in asked.close or filter(None, [worlds_places.largest(plan)]):
        yield Case(_known(plan, provision), worlds_places.closed(plan, provision, year))


def _redesignated(plan: Plan, asked: Asked) -> Iterator[Case]:
    from sufficiency import needs

    for words in asked.redesignate:
        provision, _, codes = words.partition("=")
        if not codes:
            raise UsageError("--redesignate takes a provision and its new needs: ID=ASD|SLCN")
        codes = needs.normalise(codes)
        world = worlds_places.redesignated(
            plan, _known(plan, provision), codes, from_year(plan, asked)
        )
        yield Case(f"{provision} for {codes.replace('|', ', ')}", world)


def _fees(plan: Plan, asked: Asked) -> Iterator[Case]:
    yield Case("independent schools", worlds_places.fees(plan, asked.fees_pct))


def _neighbours(plan: Plan, asked: Asked) -> Iterator[Case]:
    count = len(worlds_places.neighbours(plan))
    if count:
        world = worlds_places.no_newcomers(plan, from_year(plan, asked))
        yield Case(f"other councils' provision ({count})", world)


def _occupancy(plan: Plan, asked: Asked) -> Iterator[Case]:
    for pct in sorted(set(asked.occupancy) - {100.0}):
        yield Case(f"{pct:g}%", worlds_places.occupied(plan, pct))


#: Every test. Each is one row: its word, what happens, and its worlds.
TESTS = (
    Probe("slip1", "A scheme opens one year late", _slips(1)),
    Probe("slip2", "A scheme opens two years late", _slips(2)),
    Probe("cost", "A scheme costs {cost_pct:g}% more", _dearer),
    Probe("half", "A scheme has half its places in its first year", _half_full),
    Probe("close", "A school closes from {year}", _closes),
    Probe("redesignate", "A school takes other needs from {year}", _redesignated),
    Probe("fees", "Independent fees are {fees_pct:g}% higher", _fees),
    Probe("neighbours", "Other councils take nobody new from {year}", _neighbours),
    Probe(OCCUPANCY, "The council's own places are filled to at most", _occupancy),
)


def from_year(plan: Plan, asked: Asked) -> int:
    """Return the year from which places go; the plan's second, unless told.

    Raises
    ------
    UsageError
        When it is not within the plan, or its first year: children are placed in it already.
    """
    last = plan.base_year + plan.problem.periods - 1
    year = asked.year if asked.year is not None else min(plan.base_year + 1, last)
    if not plan.base_year < year <= last:
        raise UsageError(f"--from-year lies between {plan.base_year + 1} and {last}")
    return year


def _known(plan: Plan, provision: str) -> str:
    if provision not in plan.basis.provisions:
        raise UsageError(f"the case has no provision {provision}")
    return provision


@dataclass(frozen=True)
class Payload:
    """What a worker gets: the recommended plan's world and those of the tests; arrays without a name or a place.

    Attributes
    ----------
    worlds
        The plan as it is first.
    """

    worlds: tuple[World, ...]
    gap: float


def build(payload: Payload) -> runs.Warmed[Payload]:
    """Make a payload warm: the plan as it is, solved once."""
    warm = Warm(payload.worlds[0].problem)
    warm.solve(gap=payload.gap)
    return runs.Warmed.of(payload, warm)


def work(worker: runs.Warmed[Payload], task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best plan of a world, verified: with the schemes as recommended, or chosen again."""
    world = worker.payload.worlds[int(task["world"])]
    problem = world.as_given if task["schemes"] == KEPT else world.problem
    warm = worker.warm
    if warm.takes(problem):
        warm.back(worker.mark)
    else:
        warm = Warm(problem)
    if task["schemes"] == KEPT:
        solution = warm.assign(world.opens, problem)
    else:
        solution = warm.solve(problem, gap=worker.payload.gap)
    check(problem, solution)
    found = world.accounts.account(problem, solution).to_dict()
    return {
        "account": found,
        "proved": solution.status is Status.OPTIMAL,
        "spare_gbp": round(max(0.0, solution.objective - solution.bound), runs.DIGITS),
        "gap_pct": round(100 * solution.gap, runs.PCT_DIGITS),
    }


@dataclass(frozen=True)
class Outcome:
    """What became of the plan in one world.

    Attributes
    ----------
    test, title, name
        The test, what happens in it, and to what.
    kept, again
        With the schemes as recommended, and chosen again.
    over_budget_gbp
        Capital of the recommended schemes above the budget.
    spare_gbp
        Pounds by which the best plan may be better, with the schemes as recommended, and chosen again.
    """

    test: str
    title: str
    name: str
    kept: Account
    again: Account
    over_budget_gbp: float
    proved: bool
    spare_gbp: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Stress:
    """The recommended plan, by how much the best may be better than that, and what became of it."""

    plan: Plan
    asked: Asked
    as_it_is: Account
    outcomes: tuple[Outcome, ...]
    spare_gbp: float = 0.0

    def told_apart(self, outcome: Outcome, account: Account) -> bool:
        """Whether a change in real cost is more than the two plans may be from the best there are."""
        factor = self.plan.accounts.factor
        change = abs(account.real_gbp(factor) - self.as_it_is.real_gbp(factor))
        spare = outcome.spare_gbp[0 if account is outcome.kept else 1]
        return change > self.spare_gbp + spare

    @property
    def proved(self) -> bool:
        """Whether every plan is proved best to the gap asked for."""
        return all(outcome.proved for outcome in self.outcomes)

    def of(self, *tests: str) -> list[Outcome]:
        """Return the outcomes of some tests."""
        return [outcome for outcome in self.outcomes if outcome.test in tests]


def stress(study: Study, kept: Path, asked: Asked, progress: Progress) -> Stress:
    """Make the tests; `kept` is where runs are kept.

    Raises
    ------
    UsageError
        When a test cannot be made as asked.
    """
    progress.step("choosing schemes and placing children")
    best = study.plan
    plan = worlds.Plan(study.prepared, study.accounts, best.solution.opens)
    progress.step("making the tests")
    made = [
        (test, case)
        for test in TESTS
        if not asked.only or test.name in asked.only
        if test.can_be_made(plan, asked)
        for case in test.cases(plan, asked)
    ]
    if not made:
        raise UsageError("no test can be made of this plan: nothing in it could go so")
    payload = Payload((worlds.as_it_is(plan), *(case.world for _, case in made)), asked.gap)
    tasks = tuple(
        {"world": n, "schemes": how} for n in range(1, len(made) + 1) for how in (KEPT, AGAIN)
    )
    sweep = Sweep(build, work, payload, tasks, runs.key(payload, __version__, work))
    answers = run_sweep(
        sweep, kept, workers=asked.workers, cluster=asked.cluster, progress=progress
    )
    outcomes = [
        _outcome(plan, asked, test, case, both)
        for (test, case), *both in zip(made, answers[::2], answers[1::2], strict=True)
    ]
    spare = max(0.0, best.solution.objective - best.solution.bound)
    return Stress(plan, asked, best.account, tuple(outcomes), spare)


def _outcome(
    plan: Plan, asked: Asked, test: Probe, case: Case, both: Sequence[dict[str, Any]]
) -> Outcome:
    year = from_year(plan, asked) if "{year}" in test.title else 0
    title = test.title.format(cost_pct=asked.cost_pct, fees_pct=asked.fees_pct, year=year)
    return Outcome(
        test=test.name,
        title=title,
        name=case.name,
        kept=Account.from_dict(both[0]["account"]),
        again=Account.from_dict(both[1]["account"]),
        over_budget_gbp=case.world.over_budget(),
        proved=all(answer["proved"] for answer in both),
        spare_gbp=(both[0]["spare_gbp"], both[1]["spare_gbp"]),
    )

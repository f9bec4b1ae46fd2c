"""The verifier: a right answer breaks no rule, and each rule broken alone is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from models import Discrepancy, Problem, Solution, Status, solve, verify
from models.solution import NoValuesError
from models.verify import cost
from tests.drafts import plan
from tests.drawn import draw
from tests.problems import small

NAN, INF = float("nan"), float("inf")
OPENS = ((1, 1), (2, 1))
"""Scheme and period of the openings of the right answer."""


def answer(
    opens: tuple[tuple[int, int], ...] = OPENS,
    stay: Mapping[int, float] | None = None,
    unplaced: Mapping[int, float] | None = None,
) -> Solution:
    """Return the right answer to the small problem, or one that differs in what is given.

    One unit stays in pool 0 for both years, two wait, of whom one is left to seek again with two newcomers; the
    place that scheme 1 adds takes one of the three. Objective and bound are those of the answer.
    """
    flows = np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    waiting = np.array([2.0, 2.0])
    for array, given in ((flows, stay), (waiting, unplaced)):
        for index, value in (given or {}).items():
            array[index] = value
    opened = np.zeros((3, 2), bool)
    for scheme, period in opens:
        opened[scheme, period] = True
    draft = Solution(
        status=Status.OPTIMAL,
        stay=flows,
        unplaced=waiting,
        opens=opened,
        objective=0.0,
        bound=0.0,
        seconds=0.0,
        solver="by hand",
        log="",
    )
    found = cost(small(), draft)
    return replace(draft, objective=found, bound=found)


class Broken(NamedTuple):
    """One thing wrong with the right answer, and what must be said of it: rule, index, amount."""

    rule: str
    at: int
    amount: float
    made: Callable[[], Solution]


BROKEN = {
    "negative flow": Broken(
        "stay is not negative", 0, 1, lambda: answer(stay={0: -1}, unplaced={0: 3})
    ),
    "lost child": Broken("balance", 1, 1, lambda: answer(unplaced={1: 1})),
    "child from nowhere": Broken("balance", 0, 2, lambda: answer(unplaced={0: 4, 1: 3})),
    "over-full pool": Broken("places", 0, 1, lambda: answer(stay={0: 1}, unplaced={0: 1})),
    "over-full pool of a scheme": Broken("places", 3, 1, lambda: answer(())),
    "a place before it opens": Broken(
        "places", 2, 0.5, lambda: answer(stay={2: 0.5, 3: 0.75}, unplaced={0: 1.5, 1: 2.0})
    ),
    "limit": Broken("limit", 1, 1, lambda: answer(stay={4: 1}, unplaced={1: 1})),
    "opened when not allowed": Broken(
        "opens only when it may", 2, 1, lambda: answer(((1, 0), (2, 0)))
    ),
    "requires": Broken("requires", 0, 1, lambda: answer(((2, 1),), stay={3: 0}, unplaced={1: 3})),
    "budget": Broken("budget", 0, 50, lambda: answer(((0, 0),))),
    "exclusive": Broken("exclusive", 0, 1, lambda: answer(((0, 1), (1, 1), (2, 1)))),
    "wrong objective": Broken(
        "objective", 0, 1, lambda: replace(answer(), objective=answer().objective + 1)
    ),
    "bound above the objective": Broken(
        "bound", 0, 1, lambda: replace(answer(), bound=answer().bound + 1)
    ),
    "a flow that is no number": Broken("values", 0, NAN, lambda: answer(stay={0: NAN})),
    "a wait that is no number": Broken("values", 0, NAN, lambda: answer(unplaced={0: NAN})),
    "a flow without end": Broken("values", 0, NAN, lambda: answer(stay={0: INF})),
    "an objective that is no number": Broken(
        "objective", 0, NAN, lambda: replace(answer(), objective=NAN)
    ),
    "an objective without end": Broken(
        "objective", 0, INF, lambda: replace(answer(), objective=INF)
    ),
    "a bound that is no number": Broken("bound", 0, NAN, lambda: replace(answer(), bound=NAN)),
}


def test_a_right_answer_breaks_no_rule() -> None:
    right = answer()
    assert right.objective == 18 + 2000 + 15 + 1800 + 20 + 5
    assert verify(small(), right) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named(name: str) -> None:
    wanted = BROKEN[name]
    found = verify(small(), wanted.made())
    assert [(broken.rule, broken.index) for broken in found] == [(wanted.rule, wanted.at)]
    assert found[0].amount == pytest.approx(wanted.amount, nan_ok=True)


def test_opening_twice_is_named_though_the_group_is_broken_too() -> None:
    rules = {broken.rule for broken in verify(small(), answer(((1, 0), (1, 1), (2, 1))))}
    assert rules == {"opens once", "exclusive"}


def test_a_scheme_that_must_open_and_does_not_is_named() -> None:
    problem = small()
    must = replace(problem, schemes=replace(problem.schemes, must=(2, 0)))
    assert [(b.rule, b.index) for b in verify(must, answer())] == [("must open", 1)]


def test_a_choice_too_like_another_is_named() -> None:
    problem = small()
    other = replace(problem, schemes=replace(problem.schemes, differs=(((0,), 3), ((1, 0), 3))))
    assert [(b.rule, b.index, b.amount) for b in verify(other, answer())] == [("differs", 1, 1)]


def test_a_negative_wait_is_named_though_the_pool_is_over_full_too() -> None:
    rules = {b.rule for b in verify(small(), answer(stay={0: 3}, unplaced={0: -1}))}
    assert rules == {"unplaced is not negative", "places"}


def test_every_rule_is_broken_somewhere_here() -> None:
    from models.verify import _excesses

    alone = {broken.rule for broken in BROKEN.values()}
    together = {"opens once", "unplaced is not negative", "must open", "differs"}
    assert set(_excesses(small(), answer())) <= alone | together


def test_all_that_is_broken_is_said_at_once() -> None:
    wrong = replace(answer(((0, 0),), unplaced={0: 5, 1: 0}), objective=0.0, bound=9.0)
    rules = [broken.rule for broken in verify(small(), wrong)]
    assert rules == ["balance", "balance", "budget", "objective", "bound"]


def test_specks_of_a_solver_are_no_breach() -> None:
    assert verify(small(), answer(stay={0: -1e-7, 3: 1 + 1e-7})) == []


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.UNSOLVED])
def test_without_values_there_is_nothing_to_verify(status: Status) -> None:
    with pytest.raises(NoValuesError, match=status.value):
        verify(small(), replace(answer(), status=status))


def test_a_dearer_assignment_is_not_proved_best() -> None:
    found = solve(small())
    assert found.duals is not None
    flows = replace(found, stay=np.zeros(5), unplaced=np.array([3.0, 3.5]))
    honest = replace(flows, objective=cost(small(), flows))
    assert [broken.rule for broken in verify(small(), honest)] == ["assignment is proved best"]


@pytest.mark.parametrize("worth", [0.0, 5000.0, NAN])
def test_duals_that_prove_nothing_are_found(worth: float) -> None:
    found = solve(small())
    assert found.duals is not None
    duals = replace(found.duals, balance=np.array([worth, worth]))
    rules = [broken.rule for broken in verify(small(), replace(found, duals=duals))]
    assert rules == ["assignment is proved best"]


def test_a_breach_says_itself_in_a_line() -> None:
    assert str(Discrepancy("places", 3, 1.25)) == "places[3] is out by 1.25"


def test_the_solver_finds_an_answer_that_passes_and_costs_less() -> None:
    found = solve(small())
    assert verify(small(), found) == []
    assert found.objective <= answer().objective


@pytest.mark.parametrize("seed", range(8))
def test_a_unit_moved_in_a_drawn_answer_is_found(seed: int) -> None:
    """Whatever flow of a real answer is changed, the books no longer balance."""
    planned = plan(draw(seed))
    problem, solution = planned.basis.problem, planned.solution
    for a in np.flatnonzero(solution.stay > 0).tolist():
        assert "balance" in rules_of(problem, solution, a, 0.01)


def rules_of(problem: Problem, solution: Solution, stay: int, more: float) -> set[str]:
    changed = solution.stay.copy()
    changed[stay] += more
    return {broken.rule for broken in verify(problem, replace(solution, stay=changed))}

"""A case as a p-median model: on the last step it is our own problem, on those before children lack a place."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks import p_median
from models import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.problem import Ints
    from sufficiency.run import Prepared

CASE = p_median.ROOT / "examples" / "bucks-year-groups"
#: What `spopt` writes with PuLP is its own affair.
OLD_PULP = "ignore:Constructing LpVariable:DeprecationWarning"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings(OLD_PULP)]


def by_assignment(model: p_median.Model) -> Ints:
    """Solve a model without `spopt`: a column for each place, and scipy's assignment."""
    from scipy.optimize import linear_sum_assignment

    column = np.repeat(np.arange(len(model.capacity)), model.capacity.astype(int))
    _, place = linear_sum_assignment(model.cost[:, column])
    return np.asarray(column[place], np.int64)


#: `spopt` itself where it is installed: it belongs to the benchmarks' extra.
SOLVERS = [by_assignment, *([p_median.solve] if find_spec("spopt") else [])]


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return p_median.one_year(CASE)


@pytest.mark.parametrize("solver", SOLVERS, ids=["assignment", "spopt"][: len(SOLVERS)])
def test_with_a_facility_a_class_the_optimum_is_the_same(
    prepared: Prepared, solver: Callable[[p_median.Model], Ints]
) -> None:
    model, _ = p_median.by_place(prepared.basis)
    chosen = solver(model)
    cost = model.cost[np.arange(len(chosen)), chosen].sum()
    assert cost == pytest.approx(solve(prepared.basis.problem, gap=1e-9).objective, abs=0.01)


def test_with_a_facility_a_school_children_lack_a_place_in_their_year_group(
    prepared: Prepared,
) -> None:
    model = p_median.by_school(prepared.basis, p_median.distance(prepared))
    assert p_median.without_place(prepared.basis, by_assignment(model)) > 10


def test_of_our_own_plan_nobody_lacks_a_place(prepared: Prepared) -> None:
    model, facility = p_median.by_place(prepared.basis)
    provision = np.zeros(len(model.capacity), np.int64)
    provision[facility] = prepared.basis.stays.provision
    assert p_median.without_place(prepared.basis, provision[by_assignment(model)]) == 0


def test_everybody_at_one_school_is_counted_but_for_its_places(prepared: Prepared) -> None:
    who = p_median.children(prepared.basis.problem)
    school = prepared.basis.provisions.index("SP-KITE")
    lacking = p_median.without_place(prepared.basis, np.full(len(who), school))
    assert lacking >= len(who) - 54

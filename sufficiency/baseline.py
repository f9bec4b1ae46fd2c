"""If nothing is built: the same case without its proposed schemes, solved as exactly as the plan itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sufficiency.problem import build_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from geodata.travel import Journeys
    from models import Solution
    from sufficiency.case import Case
    from sufficiency.findings import Findings
    from sufficiency.problem import Basis


@dataclass(frozen=True)
class Baseline:
    """What the plan is compared with.

    Attributes
    ----------
    basis, solution, findings
        Those of the case without its proposed schemes.
    changes
        What becomes of whom: see `sufficiency.changes`.
    is_plan
        Whether it is the plan itself, which opens no proposed scheme.
    """

    basis: Basis
    solution: Solution
    findings: Findings
    changes: pd.DataFrame
    is_plan: bool = False


def unbuilt(case: Case) -> Case:
    """Return the case without its proposed schemes; committed ones stay, as nobody can undo them."""
    kept = case.schemes[case.schemes["status"] == "committed"]
    places = case.scheme_places[case.scheme_places["scheme_id"].isin(kept["scheme_id"])]
    return replace(case, schemes=kept, scheme_places=places)


def find_baseline(
    basis: Basis,
    solution: Solution,
    findings: Findings,
    journeys: Journeys,
    solve: Callable[[Basis], Solution],
) -> Baseline:
    """Find what becomes of everybody if nothing is built.

    Parameters
    ----------
    basis, solution, findings
        Those of the plan.
    solve
        Solves and verifies, as the plan was. It is not called where the plan builds nothing either.
    """
    from sufficiency.changes import compare
    from sufficiency.findings import find

    if not solution.opens.any():
        changes = compare((basis, solution), (basis, solution), journeys)
        return Baseline(basis, solution, findings, changes, is_plan=True)
    positions = {provision: p for p, provision in enumerate(basis.provisions)}
    bare = build_problem(unbuilt(basis.case), basis.groups, journeys, positions)
    answer = solve(bare)
    found = find(bare, answer, journeys, basis.children)
    return Baseline(bare, answer, found, compare((bare, answer), (basis, solution), journeys))

"""The solvers behind PuLP, and what each says of its own certainty."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pulp

from models.solution import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Above this many columns HiGHS's interior point method beats its simplex on these programs (3 to 4 times).
LARGE = 20_000


@dataclass(frozen=True)
class Outcome:
    """How one run of a solver ended: its status, the proven bound, and its last line."""

    status: Status
    bound: float
    log: str


class NoAnswerError(RuntimeError):
    """A solver ended without a plan."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.log)
        self.outcome = outcome


Engine = Callable[[pulp.LpProblem, float, float | None], Outcome]


def highs(lp: pulp.LpProblem, gap: float, time_limit: float | None) -> Outcome:
    """Solve with HiGHS in this process, to a relative `gap`, within `time_limit` seconds."""
    import highspy

    # The interior point method of HiGHS is for programs without integers only.
    method = "ipm" if len(lp.variables()) > LARGE and not lp.isMIP() else "choose"
    lp.solve(
        pulp.HiGHS(
            msg=False,
            gapRel=gap,
            timeLimit=time_limit,
            solver=method,
            random_seed=0,
        )
    )
    model = lp.solverModel
    ended = model.getModelStatus()
    info = model.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = info.mip_dual_bound if lp.isMIP() else info.objective_function_value
    words = model.modelStatusToString(ended)
    if ended == highspy.HighsModelStatus.kOptimal:
        return Outcome(Status.OPTIMAL, float(bound), words)
    if ended == highspy.HighsModelStatus.kInfeasible:
        return Outcome(Status.INFEASIBLE, math.inf, words)
    if found and lp.isMIP():
        return Outcome(Status.FEASIBLE, float(bound), words)
    return Outcome(Status.UNSOLVED, float(bound) if lp.isMIP() else -math.inf, words)


def cbc(lp: pulp.LpProblem, gap: float, time_limit: float | None) -> Outcome:
    """Solve with the CBC that PuLP brings, a child process, to a relative `gap`, within `time_limit` seconds."""
    from pulp.apis.coin_api import pulp_cbc_path

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        solver = pulp.COIN_CMD(
            path=pulp_cbc_path, msg=False, gapRel=gap, timeLimit=time_limit, logPath=str(log)
        )
        lp.solve(solver)
        text = log.read_text(errors="replace")
    status = {
        pulp.LpSolutionOptimal: Status.OPTIMAL,
        pulp.LpSolutionIntegerFeasible: Status.FEASIBLE,
        pulp.LpSolutionInfeasible: Status.INFEASIBLE,
    }.get(lp.sol_status, Status.UNSOLVED)
    bound = re.search(r"^Lower bound:\s+(\S+)", text, re.MULTILINE)
    result = re.search(r"^Result - (.+)$", text, re.MULTILINE)
    if bound:
        proven = float(bound.group(1))
    elif status is Status.OPTIMAL:
        proven = float(pulp.value(lp.objective))
    else:
        proven = -math.inf
    return Outcome(status, proven, result.group(1).strip() if result else "Optimal")


#: Solvers by the name a user gives, with how to look up their versions.
ENGINES: dict[str, Engine] = {"highs": highs, "cbc": cbc}

#: The solver whose duals have every digit; CBC writes its own to a file, with eight.
EXACT = "highs"


def version(name: str) -> str:
    """Return the solver's name and version for the run's record."""
    if name == "highs":
        import highspy

        found = f"{highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"
        return f"HiGHS {found} through PuLP {pulp.VERSION}"
    return f"CBC through PuLP {pulp.VERSION}"


def names() -> Sequence[str]:
    """Return the solvers' names, the default first."""
    return tuple(ENGINES)

"""One run, top to bottom: read, check, locate, travel, demand, problem, solve, verify, findings, write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sufficiency.errors import CaseError, NoPlanError, VerificationError
from sufficiency.faults import Fault, errors
from sufficiency.progress import Progress, Silent
from sufficiency.steps import Prepared, Steps, put_together
from sufficiency.write import check_target, whole_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from models import Solution
    from models.whole import Whole
    from sufficiency.already import Already
    from sufficiency.baseline import Baseline
    from sufficiency.case import Case
    from sufficiency.evidence.folder import Saved
    from sufficiency.findings import Findings
    from sufficiency.problem import Basis
    from sufficiency.scenario import Scenario
    from sufficiency.skipping import LeftOut

__all__ = [
    "Checked",
    "Extras",
    "Prepared",
    "Result",
    "Run",
    "check",
    "examine",
    "plan",
    "prepare",
]

#: No price, or two: found when everything is put together.
PRICES = ("E401", "E402")
#: A plan that stopped at a limit before it was proved best.
NOT_PROVED = 5


@dataclass(frozen=True)
class Run:
    """A finished run: what the documents are made from.

    Attributes
    ----------
    asked
        The options of the run: gap, time limit and solver; and that rows were left out, if so.
    baseline
        What becomes of everybody if nothing is built; None if nobody asked.
    already
        Earlier runs whose tables are public.
    rounding
        What it took to split no child; None if nobody asked.
    evidence
        What other commands found on the same case.
    scenario
        The differences from the case that were planned; None for the case as it is.
    """

    prepared: Prepared
    solution: Solution
    findings: Findings
    asked: dict[str, object]
    baseline: Baseline | None = None
    already: tuple[Already, ...] = ()
    rounding: Whole | None = None
    evidence: tuple[Saved, ...] = ()
    scenario: Scenario | None = None


@dataclass(frozen=True)
class Result:
    """What a run answers its caller: `summary.json`, and the exit code."""

    summary: dict[str, object]
    exit_code: int


@dataclass(frozen=True)
class Checked:
    """What was found in a case; ``case`` is None when it could not be read at all."""

    case: Case | None
    faults: list[Fault]
    left_out: tuple[LeftOut, ...]


class Extras(TypedDict, total=False):
    """What else may be asked of a plan.

    Attributes
    ----------
    baseline
        Whether to solve the case without its proposed schemes too, to compare the plan with; it is, unless told.
    published
        Folders of earlier plans that are public: no small number follows from them and this one together.
    whole_children
        Whether to split no child between places, as far as numbers of children are whole.
    tables_only
        Whether to write tables and figures alone: no report, papers, maps or annexes.
    scenario
        Name of the case's scenario to plan.
    evidence
        Folders of what other commands found on the same case, to be sections of the report.
    """

    baseline: bool
    published: Sequence[Path]
    whole_children: bool
    tables_only: bool
    scenario: str | None
    evidence: Sequence[Path]


def check(path: Path, progress: Progress | None = None) -> list[Fault]:
    """Find everything that is wrong with a case, short of solving it."""
    return examine(path, progress).faults


def examine(
    path: Path, progress: Progress | None = None, *, skip_bad_rows: bool = False
) -> Checked:
    """Find everything that is wrong with a case, and say which case that was."""
    return _prepare(path, progress or Silent(), skip_bad_rows=skip_bad_rows)[1]


def plan(
    path: Path,
    out: Path,
    gap: float = 1e-6,
    time_limit: float | None = None,
    solver: str = "highs",
    progress: Progress | None = None,
    *,
    skip_bad_rows: bool = False,
    **extras: Unpack[Extras],
) -> Result:
    """Plan a case and write the answer to a folder.

    Raises
    ------
    UsageError
        When a folder of an earlier plan is none.
    CaseError
        When the case has errors.
    NoPlanError
        When no plan was found.
    VerificationError
        When the answer does not add up: a bug of ours, and nothing is written.
    """
    from sufficiency.already import read_already
    from sufficiency.baseline import find_baseline
    from sufficiency.evidence.folder import read_all
    from sufficiency.findings import find
    from sufficiency.products import exit_code, write_run
    from sufficiency.scenario import read_scenario

    progress = progress or Silent()
    check_target(out)
    baseline, whole_children = extras.get("baseline", True), extras.get("whole_children", False)
    already = tuple(read_already(folder) for folder in extras.get("published", ()))
    name = extras.get("scenario") or ""
    scenario = read_scenario(path, name) if name else None
    prepared = prepare(path, progress, skip_bad_rows=skip_bad_rows, scenario=scenario)
    evidence = tuple(read_all(extras.get("evidence", ()), prepared.case.inputs))
    asked: dict[str, object] = {"gap": gap, "time_limit": time_limit, "solver": solver}
    basis, journeys = prepared.basis, prepared.travel.journeys
    progress.step("choosing schemes and placing children")
    solution = _solve(basis, asked, progress)
    rounding = _rounded(basis, solution, progress) if whole_children else None
    solution = rounding.solution if rounding else solution
    progress.step("working out what it means")
    findings = find(basis, solution, journeys, float(basis.children))
    before = None
    if baseline:
        progress.step("placing children as if nothing were built")
        solve_bare = partial(_solve_bare, asked=asked, whole_children=whole_children)
        before = find_baseline(basis, solution, findings, journeys, solve_bare)
    asked |= {"skip_bad_rows": True} if skip_bad_rows else {}
    asked |= {} if baseline else {"baseline": False}
    asked |= {"whole_children": True} if whole_children else {}
    asked |= {"published": [earlier.record["run_id"] for earlier in already]} if already else {}
    asked |= {"scenario": name} if name else {}
    asked |= {"evidence": [saved.run_id for saved in evidence]} if evidence else {}
    run = Run(prepared, solution, findings, asked, before, already, rounding, evidence, scenario)
    progress.step("writing")
    with whole_folder(out) as folder:
        summary = write_run(folder, run, tables_only=extras.get("tables_only", False))
    return Result(summary, exit_code(solution))


def prepare(
    path: Path,
    progress: Progress,
    *,
    skip_bad_rows: bool = False,
    scenario: Scenario | None = None,
) -> Prepared:
    """Read, check and put together a case.

    Parameters
    ----------
    scenario
        Differences to be applied to the case as it is read.
    skip_bad_rows
        Whether rows of children and journeys that have errors are left out; `skipping` says how.

    Raises
    ------
    CaseError
        With every fault, when any is an error.
    """
    prepared, checked = _prepare(path, progress, scenario, skip_bad_rows=skip_bad_rows)
    if prepared is None or errors(checked.faults):
        raise CaseError(checked.faults)
    return prepared


def _prepare(
    path: Path, progress: Progress, scenario: Scenario | None = None, *, skip_bad_rows: bool
) -> tuple[Prepared | None, Checked]:
    """Read a case and go as far as its faults allow; again without its bad rows, if they may go."""
    from sufficiency.case import read_case
    from sufficiency.skipping import bad_rows, notes, without

    progress.step("reading the case")
    case, given = read_case(path, scenario)
    if case is None:
        return None, Checked(None, given, ())
    left_out: list[LeftOut] = []
    prepared, faults = put_together(case, given, progress, Steps())
    while skip_bad_rows and (bad := bad_rows(case, faults)):
        left_out += bad
        case, given = without(case, given, bad)
        prepared, faults = put_together(case, given, progress, Steps())
    faults = [*notes(left_out), *faults, *_hidden(case, given, faults)]
    if prepared:
        prepared = replace(prepared, faults=tuple(faults), left_out=tuple(left_out))
    return prepared, Checked(case, faults, tuple(left_out))


def _hidden(case: Case, given: Sequence[Fault], faults: Sequence[Fault]) -> list[Fault]:
    """Return errors of prices, which only show once nothing else is wrong: so what is at fault is set aside."""
    from sufficiency.skipping import MAY_HIDE, bad_rows, without
    from sufficiency.stand_ins import stand_in

    if not errors(faults) or any(fault.code in PRICES for fault in faults):
        return []
    case, given = stand_in(case, given, faults)
    _, faults = put_together(case, given, Silent(), Steps())
    while bad := bad_rows(case, faults, MAY_HIDE):
        case, given = without(case, given, bad)
        _, faults = put_together(case, given, Silent(), Steps())
    return [fault for fault in faults if fault.code in PRICES]


def _solve(basis: Basis, asked: Mapping[str, Any], progress: Progress) -> Solution:
    """Solve a problem with the options asked for, and recompute the answer without the solver."""
    from models import solve

    solution = solve(
        basis.problem,
        gap=asked["gap"],
        time_limit=asked["time_limit"],
        solver=asked["solver"],
        progress=lambda words: progress.step(f"choosing schemes: {words}"),
    )
    if not solution.status.has_values:
        raise NoPlanError(f"no plan was found: {solution.log}")
    progress.step("recomputing the plan without the solver")
    _verify(basis, solution)
    return solution


def _solve_bare(basis: Basis, asked: Mapping[str, Any], *, whole_children: bool) -> Solution:
    """Solve the case without its schemes as the plan was."""
    solution = _solve(basis, asked, Silent())
    return _rounded(basis, solution, Silent()).solution if whole_children else solution


def _rounded(basis: Basis, solution: Solution, progress: Progress) -> Whole:
    """Split no child that is whole, and recompute the answer."""
    from models.whole import whole_units

    progress.step("giving each child a place of its own")
    found = whole_units(basis.problem, solution)
    _verify(basis, found.solution)
    return found


def _verify(basis: Basis, solution: Solution) -> None:
    from models import verify

    broken = verify(basis.problem, solution)
    if broken:
        words = "; ".join(str(rule) for rule in broken[:5])
        raise VerificationError(f"the answer does not add up ({words})")

"""The cases whose least objective is known from an independent program: every one must be met."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import solve
from sufficiency import run
from sufficiency.schemes import proposed
from tests.conftest import ROOT
from tests.plans import prepare

CASES = Path(os.environ.get("SUFFICIENCY_DATA", ROOT.parent / "shared" / "data")).parent / "cases"
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((CASES / "expected.json").read_text("utf-8")) if CASES.is_dir() else {}
)


def test_there_are_cases_of_both_sorts(shared_cases: Path) -> None:
    assert len(EXPECTED) == 140
    assert {name.partition("-")[0] for name in EXPECTED} == {"plain", "hard"}
    assert all((shared_cases / name).is_dir() for name in EXPECTED)


#: All of them are slow but for one in five: `test_decomposed` solves every one among the quick tests.
EACH = [
    pytest.param(name, marks=[pytest.mark.slow] if n % 5 else [])
    for n, name in enumerate(sorted(EXPECTED) or ["absent"])
]


@pytest.mark.parametrize("name", EACH)
def test_each_case_gives_the_known_objective(name: str, shared_cases: Path, tmp_path: Path) -> None:
    known = EXPECTED[name]["objective_gbp"]
    result = run.plan(shared_cases / name, tmp_path / "out", tables_only=True)
    summary: dict[str, Any] = result.summary
    assert summary["objective_gbp"] == pytest.approx(known, abs=max(1.0, 1e-6 * abs(known)))
    assert summary["bound_gbp"] <= summary["objective_gbp"]
    assert summary["verified"]
    assert result.exit_code == 0
    opened = {
        scheme["scheme_id"]: scheme["year"]
        for scheme in summary["schemes"]
        if scheme["year"] is not None
    }
    if opened != EXPECTED[name]["schemes"]:
        _is_as_good(shared_cases / name, opened, EXPECTED[name]["schemes"])


def _is_as_good(case: Path, ours: dict[str, int], theirs: dict[str, int]) -> None:
    """Other schemes than the known ones must cost the same, and be better by the rule for ties."""
    assert _objective(case, theirs) == pytest.approx(_objective(case, ours), abs=0.01)
    assert (len(ours), sorted(ours)) <= (len(theirs), sorted(theirs))


def _objective(case: Path, opened: dict[str, int]) -> float:
    """Return the least objective with just these schemes, each in its year."""
    prepared = prepare(case)
    problem, base = prepared.basis.problem, prepared.case.settings.base_year
    room, cost = problem.room.copy(), 0.0
    for k, scheme in enumerate(proposed(prepared.basis.schemes)):
        if scheme.scheme_id in opened:
            t = opened[scheme.scheme_id] - base
            cost += float(problem.schemes.cost[k, t])
            for entry in np.flatnonzero(problem.schemes.scheme == k):
                places = problem.schemes.places[entry]
                room[problem.schemes.pool[entry], t:] += places[: len(places) - t]
    fixed = replace(
        problem,
        room=room,
        schemes=replace(problem.schemes, may_open=np.zeros_like(problem.schemes.may_open)),
    )
    return solve(fixed, gap=0.0).objective + cost

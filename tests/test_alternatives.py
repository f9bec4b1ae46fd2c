"""Programmes near the best: against every choice of schemes there is, in a town where all can be tried."""

from __future__ import annotations

import json
from itertools import chain, combinations
from typing import TYPE_CHECKING

import pytest

from models import solve
from sufficiency.evidence import choices
from sufficiency.evidence.alternatives.find import (
    ALWAYS,
    NEVER,
    SWAPS,
    Alternatives,
    find_alternatives,
)
from sufficiency.evidence.choices import Asker
from sufficiency.evidence.study import Study
from sufficiency.progress import Silent
from tests.plans import invoke, prepare
from tests.sites import Row, write_sites

if TYPE_CHECKING:
    from pathlib import Path

#: A saves £50,000 a place and year for any of twelve children, less a twentieth of the capital.
SCHEMES: list[Row] = [
    ("ONE", "A", 100e3, 2025, "", "", "", {0: 6}),
    ("OTHER", "A", 110e3, 2025, "", "", "", {0: 6}),
    ("THIRD", "B", 200e3, 2025, "", "", "", {0: 6}),
    ("DEAR", "B", 9e6, 2025, "", "", "", {0: 6}),
]


def alternatives(case: Path, kept: Path, within_pct: float, count: int = 5) -> Alternatives:
    asker = Asker(Study(prepare(case), 1e-9), kept, 1, None, Silent())
    return find_alternatives(asker, within_pct, count, {})


def every_choice(case: Path) -> dict[frozenset[int], float]:
    """Return the least cost of every set of schemes that may open together."""
    problem = prepare(case).basis.problem
    names = range(len(problem.schemes))
    found = {}
    for chosen in chain.from_iterable(combinations(names, n) for n in range(len(names) + 1)):
        shut = [k for k in names if k not in chosen]
        answer = solve(choices.with_choice(problem, chosen, shut), gap=1e-9)
        if answer.status.has_values:
            found[frozenset(chosen)] = answer.objective
    return found


@pytest.mark.parametrize("within_pct", [0.0, 5.0, 100.0])
def test_roles_and_distances_are_those_of_every_choice(tmp_path: Path, within_pct: float) -> None:
    case = write_sites(tmp_path, SCHEMES)
    found = alternatives(case, tmp_path / "kept", within_pct)
    every = every_choice(case)
    ceiling = min(every.values()) * (1 + within_pct / 100) + 1e-6
    near = {chosen for chosen, cost in every.items() if cost <= ceiling}
    for k, role in enumerate(found.roles):
        inside = sum(k in chosen for chosen in near)
        assert role == (ALWAYS if inside == len(near) else SWAPS if inside else NEVER)
    before = [found.best.chosen]
    assert every[before[0]] == pytest.approx(min(every.values()), abs=0.01)
    for each in found.found[1:]:
        chosen = each.programme.chosen
        apart = {other: min(len(other ^ b) for b in before) for other in near}
        assert chosen in near
        assert each.apart == apart[chosen] == max(apart.values())
        assert each.proved
        before.append(chosen)
    assert len(found.found) == min(5, len(near))
    assert found.ended == (len(near) < 5)
    assert found.proved


def test_what_is_said(tmp_path: Path) -> None:
    case, out = write_sites(tmp_path, SCHEMES), tmp_path / "out"
    done = invoke("alternatives", case, "--out", out, "--within", "5", "--workers", "1")
    assert done.exit_code == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    # Twelve places of the three: £5,000 and £5,500 a year beat £10,000 by little; without two of them six children
    # are at the independent school, £300,000 a year more.
    assert summary["programmes"][0]["schemes"] == {"ONE": 2025, "OTHER": 2025}
    assert summary["in_some"] == ["ONE", "OTHER", "THIRD"]
    assert summary["in_none"] == ["DEAR"]
    assert "three schemes can be swapped" in " ".join(done.stdout.split())
    assert "opens THIRD and leaves out" in " ".join(done.stdout.split())
    page = (out / "alternatives.html").read_text("utf-8")
    assert summary["answer"] in page
    assert {row["unplaced_child_years"] for row in summary["programmes"]} == {0}
    assert "ONE" in (out / "alternatives.svg").read_text("utf-8")
    again = invoke("alternatives", case, "--out", out, "--within", "5", "--workers", "1")
    assert again.stdout == done.stdout


def test_where_nothing_swaps_it_says_so(tmp_path: Path) -> None:
    rows: list[Row] = [SCHEMES[0]]
    found = alternatives(write_sites(tmp_path, rows), tmp_path / "kept", 1.0)
    assert found.having(ALWAYS) == ["ONE"]
    assert len(found.found) == 1
    assert found.ended

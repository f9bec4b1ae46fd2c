"""The studio on the worked example: its figures are those of `plan`, hundreds of edits in a row, and memory steady."""

from __future__ import annotations

import json
import resource
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from models import verify
from sufficiency import worked_examples
from sufficiency.evidence.study import check
from tests.plans import plan
from tests.studio import Studio, studio
from tests.test_studio import to_the_pound
from tests.town import write_town

if TYPE_CHECKING:
    from pathlib import Path

    from models import Problem, Solution

#: Kilobytes that a thousand requests may add.
MOST_KB = 60_000


@pytest.fixture
def banes(tmp_path: Path) -> Path:
    worked_examples.copy("banes", tmp_path / "banes")
    return tmp_path / "banes"


@pytest.mark.slow
def test_the_figures_of_the_worked_example_are_those_of_plan(banes: Path) -> None:
    with studio(banes, drawn=True) as page:
        page.answered(400)
        page.do(
            {"op": "choice", "scheme": "P2", "value": "open"},
            {"op": "set", "row": "scheme:P6", "column": "places", "value": "50"},
            {"op": "set", "row": "provision:SP-FOSSEWAY", "column": "places", "value": "220"},
            {"op": "setting", "name": "budget", "value": "6m"},
            {"op": "setting", "name": "growth", "value": "105"},
        )
        page.post("/api/save", {"revision": 1, "title": "Mixed"})
        to_the_pound(page, plan(banes, banes.parent / "out", scenario="mixed"))
        assert page.get("/api/map").json["ready"]
        layer = page.state["answer"]["years"][-1]["layers"]["journeys"]["classes"]
        assert len({of for of in layer.values() if of >= 0}) > 1


def random_edit(rng: Random, page: Studio) -> dict[str, Any]:
    """Draw an edit as somebody at the page might make it."""
    state = page.state
    schemes = [row for row in state["grid"] if row["choice"] is not None]
    row = rng.choice(schemes)
    site = rng.choice(state["sites"])
    return rng.choice(
        [
            {"op": "choice", "scheme": row["id"], "value": rng.choice(["", "open", "shut"])},
            {"op": "set", "row": row["row"], "column": "places", "value": rng.randint(0, 6)},
            {"op": "set", "row": row["row"], "column": "capital_gbp", "value": f"{rng.randint(0, 900)}k"},
            {"op": "set", "row": row["row"], "column": "earliest_year", "value": rng.choice([2025, 2026, 2027])},
            {"op": "set", "row": "provision:R", "column": "places", "value": rng.randint(0, 5)},
            {"op": "set", "row": "provision:H", "column": "gbp_per_child", "value": rng.randint(0, 90000)},
            {"op": "setting", "name": "budget", "value": rng.choice([None, 0, 500000, "2m"])},
            {"op": "setting", "name": "growth", "value": rng.choice([0, 50, 100, 180])},
            {"op": "setting", "name": "hour", "value": rng.choice([0, 5, 20])},
            {"op": "move", "provision": site["id"], "x": 370000 + rng.randint(0, 20000), "y": -165000},
            {"op": "base", "name": "Another", "x": 376000, "y": -164000, "needs": "SEMH|ASD", "places": 2,
             "ncy_from": 0, "ncy_to": 14, "capital_gbp": rng.randint(0, 200000)},
            {"op": "remove", "row": row["row"]},
            {"op": "reset", "row": row["row"]},
        ]
    )  # fmt: skip


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the answers of the engine, each recomputed without the solver once more, by the test."""
    counted: list[int] = []

    def again(problem: Problem, solution: Solution) -> None:
        check(problem, solution)
        assert verify(problem, solution) == []
        counted.append(1)

    monkeypatch.setattr("sufficiency.studio.engine.check", again)
    return counted


@pytest.mark.slow
def test_two_hundred_edits_in_a_row(tmp_path: Path, checked: list[int]) -> None:
    rng, made = Random(5), 0
    town = write_town(tmp_path)
    with studio(town) as page:
        page.answered()
        for n in range(1000):
            if made == 200:
                break
            answer = page.do(random_edit(rng, page))
            assert answer.status in {200, 422}, answer.body
            made += answer.status == 200
            if rng.random() < 0.1:
                page.post("/api/undo", {"revision": page.session.work.revision})
            state = page.until(
                lambda state: state["problem"] or (state["answer"] and state["answer"]["current"])
            )
            assert "The solver failed" not in state["problem"], n
        assert made == 200
        assert len(checked) > 200
        page.post("/api/save", {"revision": page.session.work.revision, "title": "After all"})
        if not page.state["problem"]:
            to_the_pound(page, plan(town, tmp_path / "out", scenario="after-all"))


@pytest.mark.slow
def test_a_thousand_requests_leave_memory_as_it_was(tmp_path: Path) -> None:
    def ask(page: Studio, times: int) -> None:
        for n in range(times):
            page.get("/api/state?seen=none")
            page.get(("/", "/api/case", "/api/map", "/page/main.js", "/font/regular.woff2")[n % 5])
            page.do({"op": "setting", "name": "hour", "value": n % 7})
            page.get("/api/state", cookie=None)
            assert json.loads(page.post("/api/edit", b"[").body)["error"]

    with studio(write_town(tmp_path)) as page:
        ask(page, 60)
        page.answered()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ask(page, 200)
        page.answered()
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KB

"""Many demand futures of a county, swept in processes: schemes stay, children come in other numbers."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.instances import INSTANCES, affordable
from models.warm import Warm
from sufficiency.sweep import Sweep, run_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Bools
    from models.warm import Mark

#: Standard deviation of the growth that all arrivals share.
GROWTH = 0.08


class Ready(NamedTuple):
    """What a worker works with: the warm model, the schemes, and what was known at first."""

    model: Warm
    opens: Bools
    mark: Mark


def build(instance: str) -> Ready:
    """Solve once, to be warm."""
    model = Warm(INSTANCES[instance]())
    opens, _ = affordable(model.problem)
    model.assign(opens)
    return Ready(model, opens, model.mark())


def work(ready: Ready, task: Mapping[str, int]) -> dict[str, float]:
    """Draw a future, place its children, and verify.

    Raises
    ------
    ArithmeticError
        When the answer does not verify.
    """
    from models import verify

    rng = np.random.default_rng(task["future"])
    problem = ready.model.problem
    expected = problem.states.supply * max(0.0, rng.normal(1.0, GROWTH))
    states = replace(problem.states, supply=rng.poisson(expected).astype(np.float64))
    drawn = problem.with_numbers(states=states)
    ready.model.back(ready.mark)
    found = ready.model.assign(ready.opens, drawn)
    if verify(drawn, found):
        raise ArithmeticError("the answer does not verify")
    return {"cost": found.objective}


def sweep(instance: str, count: int, workers: int | None) -> float:
    """Return the mean cost of so many futures, in as many processes as asked for, or as are worth it."""
    tasks = tuple({"future": n} for n in range(count))
    with tempfile.TemporaryDirectory() as folder:
        answers = run_sweep(
            Sweep(build, work, instance, tasks, "benchmark"), Path(folder), workers=workers
        )
    return float(np.mean([answer["cost"] for answer in answers]))

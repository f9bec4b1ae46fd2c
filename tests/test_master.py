"""The master program where HiGHS contradicts itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.master import Master
from tests.problems import small


class Contrary:
    """HiGHS, but the first time it calls a solution optimal that breaks a row."""

    def __init__(self, highs: Any) -> None:  # noqa: ANN401
        self._highs = highs
        self.asked: list[tuple[str, str]] = []
        self.runs = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._highs, name)

    def setOptionValue(self, name: str, value: Any) -> Any:  # noqa: ANN401, N802
        self.asked.append((name, str(value)))
        return self._highs.setOptionValue(name, value)

    def run(self) -> Any:  # noqa: ANN401
        self.runs += 1
        return self._highs.run()

    def getInfo(self) -> Any:  # noqa: ANN401, N802
        info = self._highs.getInfo()
        if self.runs > 1:
            return info
        return SimpleNamespace(primal_solution_status=1, mip_dual_bound=np.inf)


@pytest.mark.parametrize("relaxed", [False, True])
def test_a_solution_that_breaks_a_row_is_asked_for_again(relaxed: bool) -> None:
    problem = small()
    honest = Master(problem, problem.schemes.cost, 1e3)
    wanted = honest.solve(relaxed=relaxed)
    master: Any = Master(problem, problem.schemes.cost, 1e3)
    master._highs = contrary = Contrary(master._highs)
    found = master.solve(relaxed=relaxed)
    assert contrary.runs == 2
    assert [value for name, value in contrary.asked if name == "presolve"] == ["off", "choose"]
    assert found is not None
    assert wanted is not None
    assert found.tolist() == wanted.tolist()
    assert master.bound == pytest.approx(honest.bound)

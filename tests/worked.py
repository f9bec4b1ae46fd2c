"""The worked examples: where they are, what their READMEs say, and the best plan of each."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.evidence.study import Study
from sufficiency.progress import Silent
from sufficiency.run import prepare
from sufficiency.scenario import read_scenario
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from sufficiency.evidence.accounts import Account
    from sufficiency.evidence.study import Trial

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
#: All follow a council's paper.
PAPERS = sorted(path.parent.name for path in EXAMPLES.glob("*/case.toml"))
#: Of plans of the same money, what a tie decides may differ by so much.
NEAR = 0.02


@cache
def readme(name: str) -> str:
    """Return what an example's README says."""
    return (EXAMPLES / name / "README.md").read_text(encoding="utf-8")


def commands(name: str) -> list[list[str]]:
    """Return the words of each command that the README tells to run."""
    blocks = re.findall(r"```sh\n(.+?)```", readme(name), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def figures(name: str) -> dict[str, list[float]]:
    """Return the rows of the tables under "What comes out", by their labels; £, commas and % taken off."""
    part = readme(name).partition("## What comes out")[2].partition("\n## ")[0]
    found: dict[str, list[float]] = {}
    for line in part.splitlines():
        label, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        texts = [re.sub(r"[£,%]", "", cell).replace("−", "-") for cell in cells]
        if line.startswith("|") and all(re.fullmatch(r"-?\d[\d.]*", text) for text in texts):
            found[label] = [float(text) for text in texts]
    return found


def table(name: str, title: str) -> pd.DataFrame:
    """Return a table of an example as it stands in its file."""
    return pd.read_csv(EXAMPLES / name / f"{title}.csv", dtype=str, keep_default_na=False)


@dataclass
class Worked:
    """An example or a scenario of it, planned, and what nothing built comes to."""

    name: str
    study: Study

    @cached_property
    def unbuilt(self) -> Trial:
        """The best placements without any proposed scheme."""
        schemes = self.study.problem.schemes
        free = self.study.problem.with_numbers(schemes=replace(schemes, must=()))
        return self.study.fixed(np.zeros(schemes.may_open.shape, dtype=np.bool_), free)

    @cached_property
    def account(self) -> Account:
        """What the best plan comes to."""
        return self.study.plan.account

    @property
    def years(self) -> list[int]:
        """The years of the plan."""
        settings = self.study.prepared.case.settings
        return list(range(settings.base_year, settings.last_year + 1))

    def opened(self) -> dict[str, int]:
        """Return the proposed schemes that open, with their year."""
        ids = proposed(self.study.prepared.basis.schemes)
        found = zip(ids, self.account.opens.tolist(), strict=True)
        return {scheme.scheme_id: self.years[at] for scheme, at in found if at >= 0}

    def budget(self, name: str, *, unbuilt: bool = False) -> dict[int, float]:
        """Return pounds of a budget by year."""
        account = self.unbuilt.account if unbuilt else self.account
        return dict(zip(self.years, account.budget(name).tolist(), strict=True))

    def outcome(self, name: str, *, unbuilt: bool = False) -> dict[int, float]:
        """Return children of an outcome by year."""
        account = self.unbuilt.account if unbuilt else self.account
        return dict(zip(self.years, account.outcome(name).tolist(), strict=True))

    def avoided(self, name: str) -> dict[int, float]:
        """Return pounds of a budget by year, less than if nothing were built."""
        bare, built = self.budget(name, unbuilt=True), self.budget(name)
        return {year: bare[year] - built[year] for year in self.years}


@cache
def planned(name: str, scenario: str = "") -> Worked:
    """Put an example together, once."""
    case = EXAMPLES / name
    asked = read_scenario(case, scenario) if scenario else None
    return Worked(name, Study(prepare(case, Silent(), scenario=asked)))


def scheme_places(name: str, schemes: set[str], years_open: int) -> float:
    """Return the places that schemes have in a year of theirs."""
    rows = table(name, "scheme_places")
    rows = rows[rows["scheme_id"].isin(schemes) & (rows["years_open"].astype(int) == years_open)]
    return float(rows["places"].astype(float).sum())

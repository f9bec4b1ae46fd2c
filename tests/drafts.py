"""Cases made in memory: how to write one, and how to plan one without its files."""

from __future__ import annotations

import copy
import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import Solution, solve
from sufficiency import values
from sufficiency.case import Case
from sufficiency.demand import people, read_demand
from sufficiency.faults import errors
from sufficiency.journeys import find_journeys
from sufficiency.locate import locate
from sufficiency.problem import Basis, build_problem
from sufficiency.settings import Settings
from sufficiency.tables import TABLES

Row = dict[str, Any]


@dataclass
class Draft:
    """A case before it is written: settings as in TOML, and rows by table."""

    settings: dict[str, Any]
    tables: dict[str, list[Row]]

    def copy(self) -> Draft:
        return copy.deepcopy(self)

    def write(self, folder: Path) -> Path:
        """Write it as a case and return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "case.toml").write_text(_toml(self.settings), encoding="utf-8")
        for name, rows in self.tables.items():
            if rows:
                with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                    columns = list(dict.fromkeys(column for row in rows for column in row))
                    writer = csv.DictWriter(stream, columns, restval="")
                    writer.writeheader()
                    writer.writerows(rows)
        return folder

    def case(self) -> Case:
        """Return it as the case that reading its files would give, unchecked."""
        frames: dict[str, Any] = {}
        for table in TABLES.values():
            rows = self.tables.get(table.name, [])
            text = [[str(row.get(name, "")) for name in table.names] for row in rows]
            frame = values.text_frame(text, table.names, list(range(2, len(rows) + 2)))
            frames[table.name] = values.typed(frame, table, self.settings["base_year"])
        settings = Settings.model_validate(self.settings)
        return Case(Path(), settings, **frames, inputs={}, files={name: name for name in TABLES})


@dataclass(frozen=True)
class Planned:
    """A draft, built and solved."""

    basis: Basis
    solution: Solution

    @property
    def objective(self) -> float:
        return self.solution.objective

    @property
    def opening(self) -> dict[str, int]:
        """Year in which each proposed scheme opens; those that do not are not in it."""
        ids = [scheme.scheme_id for scheme in self.basis.schemes if not scheme.committed]
        found = zip(ids, self.solution.opening().tolist(), strict=True)
        return {name: self.basis.case.settings.base_year + t for name, t in found if t >= 0}

    def children_at(self, provision: str) -> float:
        """Children who take up a stay at a provision by the plan's decision."""
        mine = self.basis.stays.provision == self.basis.provisions.index(provision)
        return float(self.solution.stay[mine].sum())


def plan(draft: Draft, solver: str = "highs") -> Planned:
    """Build and solve a draft without its files."""
    basis = build(draft)
    return Planned(basis, solve(basis.problem, solver=solver))


def build(draft: Draft) -> Basis:
    """Put a draft's problem together without its files, as a run does."""
    case = draft.case()
    everyone = people(case)
    located = locate(case, everyone)
    everyone["area"] = located.area
    positions = {name: p for p, name in enumerate(sorted(case.provisions["provision_id"]))}
    travel = find_journeys(case, everyone, located, positions)
    demand = read_demand(case, everyone, travel.origin, positions)
    basis = build_problem(case, demand.groups, travel.journeys, positions)
    assert not errors(list(basis.faults)), basis.faults
    return basis


def _toml(settings: dict[str, Any]) -> str:
    lines = [f"{key} = {json.dumps(v)}" for key, v in settings.items() if not isinstance(v, dict)]
    for section, table in settings.items():
        if isinstance(table, dict):
            lines += [f"[{section}]", *(f"{key} = {_inline(v)}" for key, v in table.items())]
    return "\n".join(lines) + "\n"


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(v)}" for key, v in value.items()) + " }"
    assert not isinstance(value, float) or math.isfinite(value)
    return json.dumps(value)

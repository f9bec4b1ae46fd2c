"""What is public already: the tables of earlier runs, which must tell nothing together with those of this one.

Only what stands outside their private folders is read. Of a run for the same children, numbers of children are the
same, and what was shown then is known now; of the same plan, every number is. Of a run for other children, a number
that has changed by less than the threshold would tell of so few: it is withheld now.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from sufficiency.cube import Block
from sufficiency.errors import UsageError
from sufficiency.rendering import WITHHELD
from sufficiency.safe import harmless
from sufficiency.scenario import FOLDER
from sufficiency.suppression import DUST
from sufficiency.write import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from sufficiency.masks import Rules
    from sufficiency.suppression import Bools, Floats
    from sufficiency.tabulate import Tabulated

    Row = dict[str, str]

#: What heads the rows of each table.
KEYS = {
    "gap": ("need", "phase", "year"),
    "areas": ("geography", "area", "need", "phase", "year"),
    "placements": ("area", "need", "phase", "provision", "year"),
    "unplaced": ("area", "need", "phase", "year", "reason"),
    "use": ("provision", "needs", "ncy_from", "ncy_to", "year"),
    "travel": ("year", "phase"),
    "served": ("scheme", "need", "phase", "year"),
    "origins": ("of", "id", "area", "year"),
    "outcomes": ("year",),
}
#: Files that hold children and all else.
WORKBOOKS = (".xlsx",)
#: Inputs that say nothing about who the children are.
NOT_CHILDREN = {
    "case.toml",
    "limits.csv",
    "places.csv",
    "prices.csv",
    "provisions.csv",
    "scheme_places.csv",
    "schemes.csv",
    "scorecard.csv",
    "travel.csv",
}
#: Settings that do.
OF_CHILDREN = ("base_year", "years", "leaving", "demand")


@dataclass(frozen=True)
class Already:
    """A run whose tables are public.

    Attributes
    ----------
    folder
        Its name.
    record, summary
        Its `run.json` and `summary.json`.
    tables
        By name, the rows as they are written.
    """

    folder: str
    record: Mapping[str, Any]
    summary: Mapping[str, Any]
    tables: Mapping[str, Sequence[Row]]

    @property
    def geography(self) -> dict[str, str]:
        """The geography of each of its tables."""
        found: dict[str, str] = self.record["disclosure"]["geography"]
        return found


@dataclass(frozen=True)
class Compared:
    """An earlier run beside this one: whether it is for the same children, and whether it is the same plan."""

    run: Already
    same_children: bool
    same_plan: bool


def read_already(folder: Path) -> Already:
    """Read the tables of a run that are public.

    Raises
    ------
    UsageError
        When `folder` is no run of ours, or of a version that did not say how its tables were made.
    """
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        summary = json.loads((folder / "summary.json").read_text("utf-8"))
        found = {name: _rows(folder / f"{name}.csv") for name in KEYS}
    except (OSError, ValueError) as error:
        words = (
            f"{folder} is not the folder of a plan (or not all of it); name the whole folder of one"
        )
        raise UsageError(words) from error
    if not isinstance(record, dict) or "geography" not in record.get("disclosure", {}):
        raise UsageError(
            f"{folder} does not say how its tables were made: plan it again to name it"
        )
    return Already(folder.resolve().name, record, summary, found)


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def compare(earlier: Already, record: Mapping[str, Any], summary: Mapping[str, Any]) -> Compared:
    """Say what an earlier run has in common with the one of `record` and `summary`."""
    then, now = earlier.record, record
    files = {*then["inputs_sha256"], *now["inputs_sha256"]} - NOT_CHILDREN
    scenarios = {name for name in files if name.startswith(f"{FOLDER}/")}
    files -= scenarios
    changed = {
        name for name in files if then["inputs_sha256"].get(name) != now["inputs_sha256"].get(name)
    }
    # a workbook changes as a whole: whether its children did, their own hash says
    children = not changed or (
        all(name.lower().endswith(WORKBOOKS) for name in changed)
        and then.get("children_sha256") == now.get("children_sha256", "")
    )
    # as a scenario may change them, too
    children &= not scenarios or then.get("children_sha256") == now.get("children_sha256", "")
    children &= all(then["settings"].get(name) == now["settings"][name] for name in OF_CHILDREN)
    children &= then.get("left_out") == now.get("left_out")
    plan = children and all(
        earlier.summary.get(name) == summary[name]
        for name in ("objective_gbp", "cost_gbp", "schemes", "ledger_gbp", "travel")
    )
    return Compared(earlier, children, plan)


def known(plan: Tabulated, compared: Compared, rules: Rules) -> Iterator[Block]:
    """Give the cells of a plan that an earlier run tells, and those that must not be told because of it.

    Told: always shown. Withheld then, or changed by too few since: guarded.
    """
    for block in plan.blocks:
        name, table = block.table.split("/")[0], plan.tables.get(block.table)
        if name not in KEYS or table is None:
            continue
        is_demand = name in {"gap", "areas"} and block.column == "children"
        if not compared.same_plan and not is_demand:
            continue
        then = _then(table, name, block.column, compared.run)
        if compared.same_children:
            told = np.isfinite(then)
            yield _only(block, told, np.inf, guard=False)
            if not compared.same_plan:
                yield _only(block, np.isnan(then), block.cost, guard=True)
        elif not rules.round_to:
            changed = np.abs(block.counts - np.nan_to_num(then))
            few = np.isfinite(then) & (changed > DUST) & (changed < rules.threshold - DUST)
            yield _only(block, few, block.cost, guard=True)


def _then(table: pd.DataFrame, name: str, column: str, run: Already) -> Floats:
    """(R,) what an earlier run shows for each row: NaN where it withheld, nothing where it had no such row."""
    keys = KEYS[name]
    if "geography" in keys and "geography" not in table:
        keys = tuple(key for key in keys if key != "geography")
    shown: dict[tuple[str, ...], str] = {
        tuple(row[key] for key in keys): row.get(column, WITHHELD) for row in run.tables[name]
    }
    absent = "0" if name in {"gap", "areas"} else WITHHELD
    heads = zip(*(table[key].map(_text) for key in keys), strict=True)
    found = [shown.get(head, absent) for head in heads]
    return np.array([np.nan if text == WITHHELD else float(text) for text in found], np.float64)


def _text(value: object) -> str:
    """Return what heads a row as it is written: a name that would be a formula has a quote in front."""
    return f"{value:g}" if isinstance(value, float) else str(harmless(value))


def _only(block: Block, rows: Bools, cost: float, *, guard: bool) -> Block:
    """Return some of the cells of a block, as cells of no table of ours."""
    return Block(
        table="",
        column=block.column,
        counts=block.counts[rows],
        years=block.years[rows],
        sums=sparse.csr_array(block.sums[np.flatnonzero(rows)]),
        cost=cost,
        guard=guard,
    )

"""A finished run as anyone may see it: its published tables and nothing of its private folder."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import scorecard
from sufficiency.errors import UsageError
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import academic
from sufficiency.who_is_where import PROVISIONS
from sufficiency.write import RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sufficiency.progress import Progress

#: A figure as published: a number, `WITHHELD`, or nothing.
Value = float | str | None
#: The tables that are read, with the columns that are; those that need not be there; the map.
NEEDED = {
    "gap": "need phase year children unplaced independent out_of_area",
    "ledger": "year item gbp",
    "outcomes": "year local away independent unplaced",
    "placements": "provision year children gbp",
    PROVISIONS: "provision kind independent out_of_area",
    "schemes": "scheme_id name decision year places capital_gbp",
    "travel": "year phase children mean_km mean_minutes over_45 over_75",
    "use": "provision year places used",
}
OPTIONAL = {
    scorecard.FILE: "measure part_of period value unit aim target source note",
    "changes": "year phase need all_shorter all_longer",
}
MAP = "maps/gap.svg"
CASE = "case.toml"


@dataclass(frozen=True)
class Run:
    """What a run published.

    Attributes
    ----------
    name
        What its folder is called.
    record, summary
        What `run.json` and `summary.json` say.
    tables
        By name, every cell as the text that was written.
    gap_map
        The map of the gap; "" if there is none.
    """

    name: str
    record: Mapping[str, Any]
    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    gap_map: str = ""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting as it was used, nested."""
        found: Mapping[str, Any] = self.record["settings"]
        return found

    @property
    def run_id(self) -> str:
        """The run's own letters and digits."""
        return str(self.record["run_id"])

    @property
    def threshold(self) -> int:
        """Fewer children than this are not told."""
        return int(self.summary["threshold"])

    @cached_property
    def years(self) -> list[int]:
        """The academic years of the plan."""
        base = int(self.summary["base_year"])
        return [base + n for n in range(int(self.summary["years"]))]

    @property
    def dated(self) -> str:
        """What the run is called beside others: the date of its data, else the review that it is of."""
        scenario = self.summary.get("scenario") or {}
        return str(self.settings.get("data_date") or scenario.get("title") or self.name)

    @property
    def data(self) -> str:
        """The date of its data."""
        return str(self.settings["data_date"]) or f"academic year {academic(self.years[0])}"

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; without rows where the run has none."""
        found = self.tables.get(name)
        return pd.DataFrame() if found is None else found

    def by_year(self, name: str, column: str, **only: str) -> dict[int, Value]:
        """Return a column of a table that has a row a year once it is narrowed to `only`."""
        rows = self.table(name)
        for key, wanted in only.items():
            rows = rows[rows[key] == wanted]
        if rows.empty:
            return {}
        return {int(y): value(v) for y, v in zip(rows["year"], rows[column], strict=True)}

    def money(self, *items: str) -> dict[int, float]:
        """Return pounds by year of some items of the ledger."""
        rows = self.table("ledger")
        mine = rows[rows["item"].isin(items)]
        sums = mine["gbp"].astype(float).groupby(mine["year"].astype(int)).sum()
        return {year: float(sums.get(year, 0.0)) for year in self.years}

    @cached_property
    def provisions(self) -> pd.DataFrame:
        """The provisions by id: `name`, `kind`, `independent` and `out_of_area`."""
        rows = self.table(PROVISIONS).set_index("provision")
        flags = {name: rows[name] == "True" for name in ("independent", "out_of_area")}
        return rows.assign(**flags)


def value(text: object) -> Value:
    """Read a cell as it was published."""
    written = str(text)
    if written in ("", "nan"):
        return None
    return WITHHELD if written == WITHHELD else float(written)


def is_told(shown: Value) -> bool:
    """Whether a figure is there and not withheld."""
    return shown is not None and shown != WITHHELD


def of(make: Callable[..., float], *values: Value) -> Value:
    """Work a figure out of others: withheld if any of them is, nothing if any is missing."""
    if any(v == WITHHELD for v in values):
        return WITHHELD
    if any(v is None for v in values):
        return None
    return make(*values)


def read_run(folder: Path) -> Run:
    """Read what a run published from its folder.

    Raises
    ------
    UsageError
        When there is no finished plan, not all of it, or a table is not as the plan wrote it.
    """
    if not (folder / RECORD).is_file():
        raise UsageError(f"{folder} holds no finished plan; make one with sufficiency plan")
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        written = record["files"]
        summary = json.loads(_as_written(folder, "summary.json", written))
        names = [f"{name}.csv" for name in NEEDED]
        names += [f"{name}.csv" for name in OPTIONAL if f"{name}.csv" in written]
        tables = {}
        for name in names:
            _as_written(folder, name, written)
            tables[Path(name).stem] = pd.read_csv(
                folder / name, encoding="utf-8-sig", dtype=str, keep_default_na=False
            )
        drawn = _as_written(folder, MAP, written) if MAP in written else ""
        run = Run(folder.resolve().name, record, summary, tables, drawn)
        _is_all_there(run)
        if run.years:
            return run
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} lacks what a dashboard needs of a plan, as this version writes it; plan it again"
        ) from error
    raise UsageError(f"{folder} holds a plan of no years")


def _is_all_there(run: Run) -> None:
    """See that a run says what the page does.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it lacks something, as one of another version may.
    """
    for name, columns in (NEEDED | OPTIONAL).items():
        if name in run.tables and (lacks := set(columns.split()) - set(run.tables[name])):
            raise KeyError(name, *lacks)
    settings, summary = run.settings, run.summary
    for held, *keys in (
        (run.record, "run_id"),
        (run.record["disclosure"], "published"),
        (settings, "disclosure", "data_date"),
        (settings["money"], "price_base"),
        (summary, "title", "travel", "threshold", "ledger_gbp"),
        (dict(run.record["inputs_sha256"]),),
    ):
        if lacks := set(keys) - set(held):
            raise KeyError(*lacks)


def _as_written(folder: Path, name: str, written: Mapping[str, str]) -> str:
    """Return a file's text, if it is as the plan wrote it.

    Raises
    ------
    UsageError
        When somebody changed it since: its figures would no longer be those of the report.
    """
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != written[name]:
        raise UsageError(f"{folder / name} was changed after the plan was written; plan it again")
    return content.decode("utf-8")


def read_or_plan(path: Path, progress: Progress) -> Run:
    """Read what a run published, or plan a case first.

    Raises
    ------
    UsageError
        When the folder is neither.
    """
    if (path / RECORD).is_file() or not (path / CASE).is_file():
        return read_run(path)
    from sufficiency.run import plan

    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "plan"
        plan(path, made, progress=progress, tables_only=True)
        return replace(read_run(made), name=path.resolve().name)


def told_together(runs: Sequence[Run]) -> None:
    """See that runs may stand side by side: each knew of those before it that they are public.

    Raises
    ------
    UsageError
        When one is there twice, no year is planned by all, or one was planned as if an earlier one were not public: a
        figure of the two could then differ by one child.
    """
    ids = [run.run_id for run in runs]
    if len(set(ids)) < len(ids):
        raise UsageError("a plan is there twice; give folders of different plans")
    if not set.intersection(*(set(run.years) for run in runs)):
        raise UsageError("the plans have no academic year in common; there is nothing to compare")
    for n, run in enumerate(runs):
        for other in runs[n + 1 :]:
            if not (_knows(run, other) or _knows(other, run)):
                raise UsageError(
                    f"{run.name} was planned as if {other.name} were not public, so that their difference could "
                    f"tell of a child; plan it again with --published {other.name}"
                )


def _knows(run: Run, other: Run) -> bool:
    """Whether a run was planned so that it tells nothing together with another."""
    return other.run_id in run.record["disclosure"]["published"]

"""Plan a case as a user would, and read what was written as anyone else would."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

import cli
from sufficiency import run

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from sufficiency.run import Prepared

Row = dict[str, str]


@dataclass(frozen=True)
class Written:
    """A run's folder."""

    folder: Path

    def table(self, name: str) -> list[Row]:
        """Return the rows of a published table, or of ``private/NAME``."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def json(self, name: str) -> dict[str, Any]:
        """Return ``NAME.json``."""
        record: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        return record

    @property
    def summary(self) -> dict[str, Any]:
        """Return ``summary.json``."""
        return self.json("summary")


def plan(case: Path, out: Path, **options: Any) -> Written:  # noqa: ANN401
    """Plan in this process; tables and figures alone, which is quicker, unless the papers are asked for."""
    run.plan(case, out, **({"tables_only": True} | options))
    return Written(out)


def prepare(case: Path) -> Prepared:
    """Read a case and put it together, short of solving."""
    from sufficiency.progress import Silent

    return run.prepare(case, Silent())


def invoke(*words: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def write_tables(folder: Path, settings: str, **tables: list[list[object]]) -> Path:
    """Write a case of ``case.toml`` and tables, each a list of rows with its header first."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(settings, encoding="utf-8")
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return folder

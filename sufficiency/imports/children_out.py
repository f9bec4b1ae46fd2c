"""What every import of children ends with: rows in an order of their own, numbers, counts, files.

A child's reference is a running number after the rows are sorted by what they say, so that it
tells nothing that its row does not. Counts by school under `FEW` are not shown exactly.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.case import read_case
from sufficiency.case_files import SETTINGS, put_tables
from sufficiency.errors import UsageError
from sufficiency.imports.children_fates import LEFT_OUT, PLACED, REVIEW, SEEKING
from sufficiency.settings import Settings
from sufficiency.write import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sufficiency.case import Case
    from sufficiency.faults import Fault

FEW = 5
ORDER = (PLACED, REVIEW, SEEKING, LEFT_OUT)
HOME = ("postcode", "easting_m", "northing_m", "area")
COLUMNS = (*HOME, "need", "need_2", "suits", "ncy", "start_year", "current_provision", "status")


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Attributes
    ----------
    summary
        To print or to write as JSON: ``people`` (outcome, why, how many; they add up to ``total``),
        and lists of schools. It holds no child's data.
    files
        The files written.
    """

    summary: dict[str, Any]
    faults: tuple[Fault, ...]
    files: tuple[Path, ...] = field(default=())


def case_at(folder: Path) -> Case | None:
    """Return the case in a folder as far as it can be read; None where there is none yet."""
    return read_case(folder)[0] if (folder / SETTINGS).is_file() else None


def shown(number: int) -> int | str:
    """Return a count of children at one school as it may be shown."""
    return f"fewer than {FEW}" if 0 < number < FEW else number


def tally(outcomes: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Count outcomes and why, in order: placed, seeking, left out; the most first."""
    counts = Counter(outcomes)
    ranked = sorted(counts.items(), key=lambda item: (ORDER.index(item[0][0]), -item[1], item[0]))
    return [{"people": n, "outcome": outcome, "why": why} for (outcome, why), n in ranked]


def numbered(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sort rows by what they say and number them.

    Parameters
    ----------
    rows
        The columns of `COLUMNS`, and `key`: a reference of the source, which settles ties only.

    Returns
    -------
    The rows with ``child_id``; `key` is still there and must not be written to the case.
    """
    ordered = rows.sort_values([*COLUMNS, key], kind="stable").reset_index(drop=True)
    digits = max(5, len(str(len(ordered))))
    ids = [f"C{number:0{digits}d}" for number in range(1, len(ordered) + 1)]
    return ordered.assign(child_id=pd.Series(ids, dtype="str"))


def write_children(
    folder: Path, rows: pd.DataFrame, *, base_year: int, replace: bool
) -> tuple[Path, ...]:
    """Write `children.csv`; a column that is blank throughout is left out, if it may be.

    Raises
    ------
    UsageError
        As `sufficiency.case_files.put_tables`.
    """
    kept = ["child_id"]
    for name in ("children", *COLUMNS):
        if name not in rows:
            continue
        blank = rows[name].isna() | (rows[name].astype("str") == "")
        if not blank.all() or name in {"need", "ncy", "current_provision", "status"}:
            kept.append(name)
    tables = {"children": rows[kept]}
    title = "Children imported, " + str(base_year)
    return tuple(put_tables(folder, tables, title=title, base_year=base_year, replace=replace))


def check_key(path: Path, folder: Path, *, replace: bool) -> None:
    """Refuse a place for the key before anything is written.

    Raises
    ------
    UsageError
        When it is there already, lies in the case's folder, or its own folder is missing.
    """
    if path.resolve().is_relative_to(folder.resolve()):
        raise UsageError("the key must lie outside the case's folder: keep the two apart")
    if path.exists() and not replace:
        raise UsageError(f"{path} is there already; say --replace to replace it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write the key in")


def write_key(path: Path, rows: pd.DataFrame, key: str, name: str) -> None:
    """Write which child is which row of the source, readable by its owner only."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    write_csv(path, rows[["child_id", key]].rename(columns={key: name}))


def settings_year(case: Case | None, given: int | None, otherwise: int | None) -> int:
    """Return the plan's first year: as asked, as the case says, or as the source says.

    Raises
    ------
    UsageError
        When none of them says.
    """
    for year in (given, case.settings.base_year if case else None, otherwise):
        if year is not None:
            return year
    raise UsageError("say the plan's first academic year: --base-year 2025, say")


def last_ncy_of(case: Case | None) -> int:
    """Return the last year group that the case plans for."""
    return (case.settings if case else Settings()).leaving.last_ncy

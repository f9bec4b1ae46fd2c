"""A fault: one thing wrong with a case, where it is and how to mend it; never a cell's value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sufficiency.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd


@dataclass(frozen=True)
class Fault:
    """One kind of problem in one place.

    Attributes
    ----------
    code
        Stable: ``E…`` is an error and stops the run, ``W…`` a warning and does not.
    where
        What the user calls it: ``children.csv``, ``council.xlsx, sheet prices``, ``case.toml``.
    what, remedy
        Plain words. They name columns, codes that may be used and rows, never what a cell holds.
    column
        The column or setting at fault, or "" for the whole file.
    rows
        Spreadsheet row numbers (the header is row 1), in order; empty for the whole file.
    """

    code: str
    where: str
    what: str
    remedy: str
    column: str = ""
    rows: tuple[int, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether the fault stops the run."""
        return self.code.startswith("E")

    def published(self, of_children: Collection[str], threshold: int) -> Fault:
        """Return the fault as it may be published: how many rows of children it has would tell how many children.

        Parameters
        ----------
        of_children
            What the tables of children and of their journeys are called.
        """
        if self.where not in of_children or not self.rows:
            return self
        rows = len(self.rows)
        about = f"fewer than {threshold}" if rows < threshold else f"about {5 * ((rows + 2) // 5)}"
        return replace(self, what=f"{self.what} ({about} rows)", rows=())

    def place(self, most: int = 6) -> str:
        """Where to look: file, column and the first rows, as one phrase."""
        words = [self.where]
        if self.column:
            words.append(self.column)
        if self.rows:
            words.append(f"row{'s' if len(self.rows) > 1 else ''} {listed_rows(self.rows, most)}")
        return ", ".join(words)


def listed_rows(rows: tuple[int, ...], most: int) -> str:
    """Write the first row numbers, and how many more there are."""
    shown = ", ".join(str(row) for row in rows[:most])
    return f"{shown} and {len(rows) - most} more" if len(rows) > most else shown


def errors(faults: Iterable[Fault]) -> list[Fault]:
    """Return those faults that stop a run."""
    return [fault for fault in faults if fault.is_error]


def rows_of(bad: pd.Series[bool]) -> tuple[int, ...]:
    """Return the row numbers where ``bad`` is true; unknown counts as not bad."""
    return tuple(int(row) for row in bad.index[bad.fillna(value=False).astype(bool)])


def faults_as_rows(faults: Iterable[Fault]) -> list[dict[str, object]]:
    """Return faults as rows to print or to write as JSON, errors before warnings."""
    ordered = sorted(faults, key=lambda fault: not fault.is_error)
    return [
        {
            "code": fault.code,
            "severity": "error" if fault.is_error else "warning",
            "title": CODES.get(fault.code, ""),
            "where": fault.where,
            "column": fault.column,
            "rows": list(fault.rows),
            "what": fault.what,
            "remedy": fault.remedy,
        }
        for fault in ordered
    ]

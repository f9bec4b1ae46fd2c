"""Leaving out rows that have errors, when that is asked for, and saying so.

Only rows of children and of journeys may go: a plan without some children is a plan for the others.
A school, a price or a scheme less would be another plan, so an error there still stops the run.
Whatever the rows left behind break is found by checking again, until nothing new is found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sufficiency.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sufficiency.case import Case

TABLES_OF_ROWS = ("children", "new_children", "travel")
#: Rows that a check may set aside to look at what they hide; no other fault follows from their absence.
MAY_HIDE = (*TABLES_OF_ROWS, "limits", "schemes", "scheme_places")
REMEDY = "mend them and plan again without --skip-bad-rows: the plan does not know of them"


@dataclass(frozen=True)
class LeftOut:
    """Rows of one table, left out for one kind of mistake.

    Attributes
    ----------
    where
        What the user calls the table.
    total
        Rows the table had.
    """

    table: str
    where: str
    total: int
    fault: Fault


def bad_rows(
    case: Case, faults: Iterable[Fault], tables: Sequence[str] = TABLES_OF_ROWS
) -> list[LeftOut]:
    """Return the rows of `tables` with errors that may be left out and still leave some of their table."""
    found: list[LeftOut] = []
    for table in tables:
        frame, where = case.table(table), case.files[table]
        if table not in case.whole:
            continue
        for fault in faults:
            rows = tuple(row for row in fault.rows if row in frame.index)
            if fault.is_error and fault.where == where and rows:
                found.append(LeftOut(table, where, len(frame), replace(fault, rows=rows)))
    everything = {table for table in tables if _all_gone(case, table, found)}
    return [left for left in found if left.table not in everything]


def _all_gone(case: Case, table: str, found: Sequence[LeftOut]) -> bool:
    """Whether nothing would be left of a table that the case needs."""
    gone = {row for left in found if left.table == table for row in left.fault.rows}
    return table == "children" and len(gone) >= len(case.table(table))


def without(
    case: Case, faults: Iterable[Fault], found: Iterable[LeftOut]
) -> tuple[Case, list[Fault]]:
    """Return a case without the rows, and those of its faults that remain."""
    gone: dict[str, set[int]] = {}
    for left in found:
        gone.setdefault(left.table, set()).update(left.fault.rows)
    frames: dict[str, Any] = {
        name: case.table(name).drop(index=sorted(rows), errors="ignore")
        for name, rows in gone.items()
    }
    by_place = {case.files[name]: rows for name, rows in gone.items()}
    remaining = []
    for fault in faults:
        rows = tuple(row for row in fault.rows if row not in by_place.get(fault.where, set()))
        if rows or not fault.rows:
            remaining.append(replace(fault, rows=rows))
    return replace(case, **frames), remaining


def notes(left_out: Iterable[LeftOut]) -> list[Fault]:
    """Return a warning for each kind of mistake that rows were left out for."""
    return [
        Fault(
            "W1401",
            left.where,
            f"left out of the plan for {left.fault.code}: {left.fault.what}",
            REMEDY,
            left.fault.column,
            left.fault.rows,
        )
        for left in left_out
    ]


def tally(left_out: Sequence[LeftOut]) -> dict[str, dict[str, object]]:
    """Return, by table, how many rows were left out, of how many, and how many for which code."""
    found: dict[str, dict[str, object]] = {}
    for table in dict.fromkeys(left.table for left in left_out):
        here = [left for left in left_out if left.table == table]
        codes: dict[str, set[int]] = {}
        for left in here:
            codes.setdefault(left.fault.code, set()).update(left.fault.rows)
        found[table] = {
            "rows": len(set().union(*codes.values())),
            "of": max(left.total for left in here),
            "codes": {code: len(rows) for code, rows in sorted(codes.items())},
        }
    return found


def sentence(counts: Mapping[str, Mapping[str, object]]) -> str:
    """Say what was left out, in one sentence; "" for nothing."""
    if not counts:
        return ""
    parts = [
        f"{here['rows']:,} of {here['of']:,} rows of {table} ({', '.join(_codes(here))})"
        for table, here in counts.items()
    ]
    return f"Left out because they have errors, and not counted anywhere: {'; '.join(parts)}."


def _codes(here: Mapping[str, object]) -> list[str]:
    codes = here["codes"]
    return sorted(codes) if isinstance(codes, dict) else []

"""What is wrong with a case, as a table that reads well on a terminal, and what to do next."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

from sufficiency.console import counted, paragraph
from sufficiency.faults import Fault, listed_rows
from sufficiency.skipping import bad_rows
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sufficiency.run import Checked

HEADS = ("", "Code", "Where", "Rows", "What is wrong", "How to mend it")
#: Of the room that is left, the shares of where, what and how.
SHARES = (0.28, 0.32, 0.40)
SHEET = ", sheet "


def faults_text(faults: Sequence[Fault], columns: int) -> str:
    """Return all faults, errors first, as a table with a closing count."""
    table = faults_table(faults, columns)
    return f"{table}\n\n{count_line(faults, columns)}" if table else count_line(faults, columns)


def faults_json(faults: Sequence[Fault]) -> dict[str, object]:
    """Return faults as machines read them, with their counts."""
    errors = sum(fault.is_error for fault in faults)
    rows = [asdict(fault) for fault in faults]
    return {"errors": errors, "warnings": len(faults) - errors, "faults": rows}


def faults_table(faults: Sequence[Fault], columns: int) -> str:
    """Return faults as a table whose texts wrap; "" for none."""
    ordered = sorted(faults, key=lambda f: (not f.is_error, f.code, f.where, f.rows))
    rows = [
        (
            "ERROR" if fault.is_error else "warning",
            fault.code,
            where(fault),
            f"{len(fault.rows):,}" if fault.rows else "",
            fault.what,
            fault.remedy,
        )
        for fault in ordered
    ]
    if not rows:
        return ""
    code = max(4, *(len(row[1]) for row in rows))
    number = max(4, *(len(row[3]) for row in rows))
    room = columns - 7 - code - number - 10
    first, second = int(room * SHARES[0]), int(room * SHARES[1])
    wide = (7, code, first, number, second, room - first - second)
    lines = [*_lines(HEADS, wide), "─" * columns]
    for row in rows:
        lines += _lines(row, wide)
    return "\n".join(lines)


def where(fault: Fault) -> str:
    """Say where a fault is, a sheet without the name of its workbook."""
    short = fault.where.rpartition(SHEET)[2]
    words = [short, fault.column] if fault.column else [short]
    if fault.rows:
        words.append(f"row{'s' if len(fault.rows) > 1 else ''} {listed_rows(fault.rows, 6)}")
    return ", ".join(words)


def _lines(cells: Sequence[str], wide: Sequence[int]) -> list[str]:
    """Wrap the cells of one row beside each other; numbers stand right."""
    parts = [
        textwrap.wrap(cell, width, break_long_words=True) or [""]
        for cell, width in zip(cells, wide, strict=True)
    ]
    deep = max(map(len, parts))
    padded = [part + [""] * (deep - len(part)) for part in parts]
    return [
        "  ".join(
            f"{text:>{width}}" if at == 3 else f"{text:<{width}}"
            for at, (text, width) in enumerate(zip(line, wide, strict=True))
        ).rstrip()
        for line in zip(*padded, strict=True)
    ]


def count_line(faults: Sequence[Fault], columns: int, rows: int = 0) -> str:
    """Return the closing line: how many rows have errors, of how many, and what follows.

    Parameters
    ----------
    rows
        How many rows the case has; 0 where that is not known.
    """
    errors = [fault for fault in faults if fault.is_error]
    count = f"{counted(len(errors), 'error')}, {counted(len(faults) - len(errors), 'warning')}"
    bad = len({(fault.where, row) for fault in errors for row in fault.rows})
    if not errors:
        return paragraph(f"{count}. The case can be planned.", columns)
    if bad and rows:
        have = "has" if bad == 1 else "have"
        count = f"{bad:,} of {counted(rows, 'row')} {have} errors ({count})"
    text = f"{count}. Values are not shown, because they may be personal data."
    return paragraph(text, columns)


def check_text(
    checked: Checked, path: Path, columns: int, copy: Path | None, lost: list[str]
) -> str:
    """Return what `check` says: the table, the count, where the marked-up copy is, what to do next.

    Parameters
    ----------
    copy
        The marked-up copy, or None if there is none.
    lost
        What the copy could not keep.
    """
    faults, case = checked.faults, checked.case
    rows = sum(len(case.table(name)) for name in TABLES) if case else 0
    blocks = [faults_table(faults, columns), count_line(faults, columns, rows)]
    last = []
    if copy:
        what = "a sheet Problems with links, coloured cells with comments"
        last.append(paragraph(f"Marked-up copy: {copy} ({what}). Your own is unchanged.", columns))
    if lost:
        words = "The copy lacks: " if copy else "Marked-up copy: "
        last.append(paragraph(f"{words}{'; '.join(lost)}.", columns))
    if any(fault.is_error for fault in faults):
        last.append(paragraph(_next(checked, path, copy), columns))
    return "\n\n".join(block for block in (*blocks, "\n".join(last)) if block)


def _next(checked: Checked, path: Path, copy: Path | None) -> str:
    """Say what to do about the errors."""
    words = f"Next: mend them, then run: sufficiency check {path}"
    if copy is None and checked.case is not None:
        words += " (--mark-up makes a copy with every cell marked)"
    if checked.case is None or checked.left_out:
        return words
    bad = bad_rows(checked.case, checked.faults)
    errors = [fault for fault in checked.faults if fault.is_error]
    if bad and len(bad) == len(errors):
        gone = len({(left.where, row) for left in bad for row in left.fault.rows})
        words += f"; or plan with --skip-bad-rows, which leaves the {counted(gone, 'row')} out"
    return words

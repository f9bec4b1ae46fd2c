"""The sheet of problems in a marked-up copy: a line each, with links to the cells."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from sufficiency.faults import listed_rows
from sufficiency.safe import plain
from sufficiency.workbook.look import (
    EDGE,
    INK,
    NAVY,
    NEEDED,
    TEXT,
    cell_of,
    fit_to_page,
    link_to,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sufficiency.faults import Fault

    Line = tuple[Fault, str, tuple[str, ...]]

PROBLEMS = "Problems"
#: Links to single cells on a line.
LINKS = 5
WIDTHS = {
    "": 10, "Code": 8, "Sheet": 17, "Column": 20, "Rows": 20, "How many": 11,
    "What is wrong": 46, "How to mend it": 52,
}  # fmt: skip
RED, AMBER = "A4262C", "7A4B00"
HEAD_ROW = 5


def write_problems(book: Workbook, name: str, lines: Sequence[Line], lost: Sequence[str]) -> None:
    """Put the sheet of problems first and open the workbook there."""
    sheet = book.create_sheet(_free_title(book), 0)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = RED
    errors = sum(fault.is_error for fault, _, _ in lines)
    _write(sheet, 1, 1, PROBLEMS, size=18, bold=True)
    kinds = f"{_count(errors, 'error')} and {_count(len(lines) - errors, 'warning')}, by kind."
    _write(
        sheet, 2, 1,
        f"Found in {name}: {kinds} Red cells must be mended before planning; amber ones are worth a "
        "look. Their comments say what is wrong.",
    )  # fmt: skip
    words = "Mend them in your own file, then check it again: this copy is only to look things up."
    if lost:
        words += " It lacks: " + "; ".join(lost) + "."
    _write(sheet, 3, 1, words)
    _heads(sheet)
    for row, line in enumerate(lines, start=HEAD_ROW + 1):
        _line(sheet, row, *line)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    last = get_column_letter(len(WIDTHS) + LINKS)
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last}{max(HEAD_ROW + len(lines), HEAD_ROW + 1)}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    fit_to_page(sheet)
    for other in book.worksheets:
        other.sheet_view.tabSelected = False
    book.active = 0
    sheet.sheet_view.tabSelected = True


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _free_title(book: Workbook) -> str:
    """Return a title that no sheet of the user's has."""
    taken = {title.lower() for title in book.sheetnames}
    title, number = PROBLEMS, 2
    while title.lower() in taken:
        title, number = f"{PROBLEMS} {number}", number + 1
    return title


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _write(
    sheet: Worksheet, row: int, at: int, text: str, *, size: int = 11, bold: bool = False
) -> None:
    cell = cell_of(sheet, row, at)
    cell.value = plain(text)
    cell.data_type = "s"
    cell.font = Font(TEXT, size, bold=bold, color=INK)


def _heads(sheet: Worksheet) -> None:
    """Write the headings of the list."""
    names = [*WIDTHS, "Jump to", *[""] * (LINKS - 1)]
    for at, name in enumerate(names, start=1):
        _write(sheet, HEAD_ROW, at, name or ("Severity" if at == 1 else ""), bold=True)
        cell = cell_of(sheet, HEAD_ROW, at)
        cell.font = Font(TEXT, 11, bold=True, color=NEEDED.ink)
        cell.fill = PatternFill("solid", fgColor=NAVY)
        cell.alignment = Alignment(vertical="center")
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(name, 8) if name else 8
    sheet.column_dimensions["A"].width = 11
    sheet.row_dimensions[HEAD_ROW].height = 22


def _line(sheet: Worksheet, row: int, fault: Fault, title: str, cells: tuple[str, ...]) -> None:
    """Write one problem, with links to the first of its cells."""
    texts = (
        "ERROR" if fault.is_error else "warning",
        fault.code,
        title or fault.where,
        fault.column or "(whole row)" if fault.rows else fault.column,
        listed_rows(fault.rows, 12),
        "",
        _sentence(fault.what),
        _sentence(fault.remedy),
    )
    for at, text in enumerate(texts, start=1):
        _write(sheet, row, at, text)
        cell_of(sheet, row, at).alignment = Alignment(wrap_text=True, vertical="top")
        cell_of(sheet, row, at).border = EDGE
    ink = RED if fault.is_error else AMBER
    cell_of(sheet, row, 1).font = Font(TEXT, 11, bold=True, color=ink)
    if fault.rows:
        cell_of(sheet, row, 6).value = len(fault.rows)
        cell_of(sheet, row, 6).alignment = Alignment(horizontal="center", vertical="top")
    for at in range(len(WIDTHS) + 1, len(WIDTHS) + LINKS + 1):
        cell_of(sheet, row, at).border = EDGE
        cell_of(sheet, row, at).alignment = Alignment(vertical="top")
    for at, cells_at in enumerate(cells[:LINKS] if title else (), start=len(WIDTHS) + 1):
        first = cells_at.partition(":")[0]
        link = cell_of(sheet, row, at)
        link.value = first
        link_to(link, title, first)
    deep = max(len(fault.what) / 48, len(fault.remedy) / 54, len(texts[4]) / 20)
    sheet.row_dimensions[row].height = 15 * max(1, ceil(deep)) + 5

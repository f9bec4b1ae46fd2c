"""The sheets of a workbook that are for people, not for reading as data."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Font, PatternFill

from sufficiency import needs
from sufficiency.settings import KINDS
from sufficiency.source import SETTINGS
from sufficiency.tables import TABLES
from sufficiency.workbook.examples import ROWS
from sufficiency.workbook.look import (
    GREY,
    INK,
    PALE,
    STYLES,
    TEXT,
    cell_of,
    fill_in,
    fit_to_page,
    link_to,
    style_of,
)
from sufficiency.workbook.words import CODES_WORDS, EXAMPLES_WORDS, STEPS, TITLE, WORDS, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet


def _line(sheet: Worksheet, row: int, text: str, *, size: int = 11, bold: bool = False) -> Cell:
    """Write a line of plain text into column A."""
    cell = cell_of(sheet, row, 1)
    cell.value = text
    cell.font = Font(TEXT, size, bold=bold, color=INK)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def read_me(sheet: Worksheet) -> None:
    """Write the first sheet: what to do, what the colours mean, which sheets there are."""
    sheet.sheet_view.showGridLines = False
    for letter, width in (("A", 26), ("B", 16), ("C", 84)):
        sheet.column_dimensions[letter].width = width
    _line(sheet, 1, TITLE, size=18, bold=True).alignment = Alignment(wrap_text=False)
    row = 3
    for heading, words in (("What to do", STEPS), ("Good to know", WORDS)):
        _line(sheet, row, heading, size=13, bold=True)
        sheet.row_dimensions[row].height = 20
        for text in paragraphs(words):
            row += 1
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
            _line(sheet, row, text)
            sheet.row_dimensions[row].height = 15 * ceil(len(text) / 146) + 5
        row += 2
    _line(sheet, row, "Headings", size=13, bold=True)
    for style in STYLES:
        row += 1
        cell = _line(sheet, row, "a column")
        cell.fill = PatternFill("solid", fgColor=style.fill)
        cell.font = Font(TEXT, 11, bold=True, color=style.ink)
        sheet.cell(row, 2, style.tells).font = Font(TEXT, 11, color=INK)
    row += 2
    _line(sheet, row, "Sheets", size=13, bold=True)
    for name, need, meaning in _sheets():
        row += 1
        link_to(_line(sheet, row, name), name)
        sheet.cell(row, 2, need).font = Font(TEXT, 11, color=INK)
        sheet.cell(row, 3, meaning).font = Font(TEXT, 11, color=INK)
    fit_to_page(sheet)


def _sheets() -> Iterator[tuple[str, str, str]]:
    yield SETTINGS, "needed", "The plan's title, its years, and the assumptions; blank = default"
    for table in TABLES.values():
        yield table.name, "needed" if table.required else "optional", table.meaning
    yield "Examples", "not read", EXAMPLES_WORDS
    yield "Codes", "not read", CODES_WORDS


def examples(sheet: Worksheet) -> None:
    """Write a few rows of every table, to look at."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = GREY
    _line(sheet, 1, "Examples", size=18, bold=True).alignment = Alignment(wrap_text=False)
    _line(sheet, 2, EXAMPLES_WORDS).alignment = Alignment(wrap_text=False)
    row = 4
    for table in TABLES.values():
        if table.name not in ROWS:
            continue
        _line(sheet, row, table.name, size=13, bold=True).alignment = Alignment(wrap_text=False)
        used = [c for c in table.columns if any(c.name in given for given in ROWS[table.name])]
        for at, column in enumerate(used, start=1):
            cell = cell_of(sheet, row + 1, at)
            cell.value = column.name
            style = style_of(column)
            cell.font = Font(TEXT, 11, bold=True, color=style.ink)
            cell.fill = PatternFill("solid", fgColor=style.fill)
        for number, given in enumerate(ROWS[table.name], start=row + 2):
            for at, column in enumerate(used, start=1):
                if column.name in given:
                    cell = cell_of(sheet, number, at)
                    fill_in(cell, str(given[column.name]), table, column.name)
                    cell.alignment = Alignment(horizontal="left")
        row += len(ROWS[table.name]) + 3
    for at, width in enumerate((18, 34, 16, 16, 14, 18, 16, 20, 14, 18), start=1):
        sheet.column_dimensions[cell_of(sheet, 1, at).column_letter].width = width
    fit_to_page(sheet)


def codes(sheet: Worksheet) -> None:
    """Write the codes that the tables use, with their names."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = GREY
    _line(sheet, 1, "Codes", size=18, bold=True)
    row = 3
    years = {"0": "Reception", "1 to 6": "primary", "7 to 11": "secondary", "12 to 14": "post-16"}
    blocks: dict[str, dict[str, str]] = {"need": needs.NEEDS, "kind": KINDS, "ncy": years}
    for name, codes in blocks.items():
        for at, text in enumerate((name, "what it is"), start=1):
            cell = sheet.cell(row, at, text)
            cell.font = Font(TEXT, 11, bold=True, color=INK)
            cell.fill = PatternFill("solid", fgColor=PALE)
        for code, title in codes.items():
            row += 1
            _line(sheet, row, code)
            sheet.cell(row, 2, title).font = Font(TEXT, 11, color=INK)
        row += 2
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 60
    fit_to_page(sheet)

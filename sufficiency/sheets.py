"""Sheets: a CSV file or a workbook's sheet as rows of text, with what is wrong with its shape."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sufficiency.faults import Fault
from sufficiency.workbook.guard import look_inside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

SAVE_AS = "in Excel: File, Save As, and choose `CSV UTF-8 (Comma delimited)`"
MOST_EXACT = 10**15
"""Excel keeps fifteen digits: a longer number has lost some."""


@dataclass(frozen=True)
class Sheet:
    """The text of a table before its columns are known.

    Attributes
    ----------
    header
        Column names as given, stripped.
    rows
        Cells as text, as many in a row as the header has.
    numbers
        The spreadsheet row number of each of ``rows`` (the header is row 1).
    marks
        Column position to the cells there that a workbook holds as a number or a date:
        ``{position: {row number: "whole" | "number" | "date"}}``; empty for CSV.
    """

    where: str
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    marks: dict[int, dict[int, str]] = field(default_factory=dict)


def read_csv(data: bytes, where: str, delimiter: str = ",") -> tuple[Sheet | None, list[Fault]]:
    """Read a CSV file's bytes: UTF-8, with or without BOM, any line endings."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return None, [Fault("E103", where, "the file is not UTF-8", SAVE_AS, rows=(row,))]
    if "\x00" in text:
        return None, [Fault("E103", where, "the file is not text in UTF-8", SAVE_AS)]
    try:
        grid = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter))
    except csv.Error:
        remedy = "look for a quotation mark that is opened and never closed; or " + SAVE_AS
        return None, [Fault("E104", where, "the file is not well-formed CSV", remedy)]
    return _sheet(where, grid, {})


def read_workbook(
    path: Path, names: Collection[str]
) -> tuple[dict[str, tuple[Sheet | None, list[Fault]]], list[Fault]]:
    """Read the sheets of an ``.xlsx`` workbook that are called one of ``names``, in lower case.

    Of formulas the values are read, as the workbook was last saved.

    Returns
    -------
    Sheets (and what is wrong with their shape) by title, None for those not asked for; and what is
    wrong with the workbook.
    """
    from python_calamine import CalamineError, CalamineWorkbook, ZipError

    unsolved, faults = look_inside(path, names)
    if faults:
        return {}, faults
    sheets: dict[str, tuple[Sheet | None, list[Fault]]] = {}
    try:
        with CalamineWorkbook.from_path(path) as book:
            for title in book.sheet_names:
                if title.strip().lower() not in names:
                    sheets[title] = None, []
                    continue
                cells = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
                where = f"{path.name}, sheet {title}"
                text = [[_text(value) for value in row] for row in cells]
                sheet, found = _sheet(where, text, _marks(cells))
                sheets[title] = sheet, [*found, *_unsolved(sheet, unsolved.get(title, {}))]
    except (CalamineError, ZipError, OSError, ValueError):
        remedy = "open it in Excel and save it as `Excel Workbook (.xlsx)`, without a password"
        return {}, [Fault("E110", path.name, "the workbook cannot be read", remedy)]
    return sheets, []


def _unsolved(sheet: Sheet | None, formulas: Mapping[int, tuple[int, ...]]) -> Iterator[Fault]:
    """Report formulas without a value: they would read as blank."""
    for position, rows in formulas.items():
        if sheet and position < len(sheet.header):
            what = "formulas that have not been worked out, so that they read as blank"
            remedy = "open the workbook in Excel, save it, and check again; or paste the values"
            yield Fault("E1405", sheet.where, what, remedy, sheet.header[position].lower(), rows)


def _sheet(
    where: str, grid: Sequence[list[str]], marks: dict[int, dict[int, str]]
) -> tuple[Sheet | None, list[Fault]]:
    """Cut blank rows and columns off, and see that every row has the header's cells."""
    stripped = [[cell.strip() for cell in row] for row in grid]
    if not stripped or not any(stripped[0]):
        what = "the first row is blank" if any(map(any, stripped)) else "there is nothing in it"
        remedy = "put the column names in row 1"
        return None, [Fault("E105", where, what, remedy)]
    header = _without_blank_end(stripped[0])
    body = [(n, row) for n, row in enumerate(stripped[1:], start=2) if any(row)]
    cut = [(n, row, _without_blank_end(row)) for n, row in body]
    long = tuple(n for n, _, row in cut if len(row) > len(header))
    short = tuple(n for n, row, _ in cut if len(row) < len(header))
    faults = []
    if long:
        remedy = "put a text that has a comma in quotation marks, or add the column's name"
        what = "more cells than the header has columns"
        faults.append(Fault("E108", where, what, remedy, rows=long))
    if short:
        remedy = "add the commas of the blank cells, or complete the row"
        what = "fewer cells than the header has columns"
        faults.append(Fault("E108", where, what, remedy, rows=short))
    width = len(header)
    rows = [(row + [""] * width)[:width] for _, row in body]
    return Sheet(where, header, rows, [n for n, _ in body], marks), faults


def _without_blank_end(row: list[str]) -> list[str]:
    """Drop the blank cells at the end of a row."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


def _text(value: object) -> str:
    """Write a workbook's cell as it would stand in a CSV file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return "" if value is None else str(value)


def _marks(cells: Sequence[Sequence[object]]) -> dict[int, dict[int, str]]:
    """Note which cells of a workbook are numbers or dates rather than text."""
    marks: dict[int, dict[int, str]] = {}
    for number, row in enumerate(cells, start=1):
        for position, value in enumerate(row):
            if mark := _mark(value):
                marks.setdefault(position, {})[number] = mark
    return marks


def _mark(value: object) -> str:
    if isinstance(value, str) or value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "whole" if 0 <= value < MOST_EXACT and value == int(value) else "number"
    return "date"

"""A marked-up copy of a workbook: a list of its problems with links, coloured cells, comments.

The colours are conditional formats laid over the cells, so the user's own fills, fonts and number
formats stay as they are, and a copy that is mended and checked again can be cleaned of old marks.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from openpyxl import load_workbook
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from sufficiency.errors import UsageError
from sufficiency.source import SETTINGS
from sufficiency.tables import TABLES
from sufficiency.workbook.look import cell_of, sized_comment
from sufficiency.workbook.problems import PROBLEMS, write_problems
from sufficiency.workbook.template import book_of, put_in_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.worksheet.worksheet import Worksheet

    from sufficiency.faults import Fault
    from sufficiency.run import Checked

MARKER = "sufficiency check"
#: A formula that is true and that nobody else writes: it tells our colours from the user's.
OURS = f'LEN("{MARKER}")>0'
RULER = "\n────────\n"
COLOURS = {True: "F6B7B1", False: "FFE69A"}
#: Cells of one fault that get a comment; the others are coloured all the same.
MOST_COMMENTS = 300
#: Parts of a workbook that cannot be carried over into the copy, and what a reader calls them.
LOST = {
    r"xl/media/": "pictures",
    r"xl/charts/": "charts may look plainer",
    r"xl/drawings/drawing\d+\.xml": "shapes and text boxes",
    r"xl/slicers/": "slicers",
    r"xl/(ctrlProps|activeX)/": "buttons and other controls",
    r"xl/threadedComments/": "conversations (threaded comments)",
    r"xl/connections\.xml": "data connections",
}
#: Marks in a sheet's own text of what is dropped.
LOST_INSIDE = {
    b"x14:dataValidation ": "drop-downs whose list stands on another sheet",
    b"x14:cfRule ": "data bars, icons and other newer conditional formats",
    b"x14:sparkline>": "sparklines",
}


@dataclass(frozen=True)
class Spot:
    """Where a fault is in the copy: the cells to mark, the first of them the one to jump to."""

    fault: Fault
    sheet: str = ""
    cells: tuple[str, ...] = ()


def name_copy(path: Path) -> Path:
    """Return a free name beside a workbook, or a case's folder: ``council-checked.xlsx``."""
    name = path.resolve().name if path.is_dir() else path.resolve().stem
    stem = re.sub(r"-checked(-\d+)?$", "", name)
    first = path.resolve().with_name(f"{stem}-checked.xlsx")
    found, number = first, 2
    while found.exists():
        found, number = first.with_name(f"{stem}-checked-{number}.xlsx"), number + 1
    return found


def check_copy(path: Path, copy: Path) -> None:
    """Refuse a place for the copy where something is already, or that is no workbook's name.

    Raises
    ------
    UsageError
    """
    if copy.suffix.lower() != ".xlsx":
        raise UsageError(f"{copy} is not a workbook's name; end it in .xlsx")
    if copy.exists() or copy.resolve() == path.resolve():
        raise UsageError(f"{copy} exists already and is left as it is; name a new file")
    if not copy.resolve().parent.is_dir():
        raise UsageError(f"there is no folder {copy.parent} to put the marked-up copy in")


def mark_checked(checked: Checked, path: Path, asked: str) -> tuple[Path | None, list[str]]:
    """Mark what a check found in a copy, if there is anything to mark.

    Parameters
    ----------
    path
        The case that was checked.
    asked
        Where the copy goes; "" for a free name beside the case.

    Returns
    -------
    The copy, or None without problems or where the case cannot be opened; and what it lacks.

    Raises
    ------
    UsageError
        When there is something at `asked` already.
    """
    copy = type(path)(asked) if asked else name_copy(path)
    check_copy(path, copy)
    if checked.case is None or not checked.faults:
        return None, []
    try:
        return copy, mark_up(path, copy, checked.faults, checked.case.files)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None, ["no copy could be made: save the workbook again in Excel, then try again"]


def mark_up(path: Path, copy: Path, faults: Sequence[Fault], files: Mapping[str, str]) -> list[str]:
    """Write a copy of a case as a workbook with its problems marked; the case is not changed.

    Parameters
    ----------
    path
        A workbook, or a folder, which becomes one.
    files
        Table to what faults call it, as `Case.files`.

    Returns
    -------
    What the copy could not keep of the user's workbook, in plain words.
    """
    lost = [] if path.is_dir() else what_is_lost(path)
    book = book_of(path) if path.is_dir() else _open(path)
    unmark(book)
    sheets = {files[name]: _sheet_of(book, name) for name in [*TABLES, SETTINGS] if name in files}
    ordered = sorted(faults, key=lambda fault: (not fault.is_error, fault.code))
    spots = [find_spot(fault, sheets.get(fault.where)) for fault in ordered]
    for sheet in {sheet for sheet in sheets.values() if sheet is not None}:
        _mark(sheet, [spot for spot in spots if spot.sheet == sheet.title])
    write_problems(book, path.name, [(s.fault, s.sheet, s.cells) for s in spots], lost)
    put_in_place(book, copy)
    return lost


def _open(path: Path) -> Workbook:
    """Open the user's workbook with its formulas and formats."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(path, rich_text=True)


def what_is_lost(path: Path) -> list[str]:
    """Return what of a workbook the copy will not have."""
    found: dict[str, int] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            found |= {words: 1 for pattern, words in LOST.items() if re.match(pattern, name)}
            if name.startswith("xl/worksheets/sheet"):
                data = archive.read(name)
                found |= {words: 1 for mark, words in LOST_INSIDE.items() if mark in data}
    return list(found)


def _sheet_of(book: Workbook, name: str) -> Worksheet | None:
    """Return the sheet of a table, by its name in any case."""
    for sheet in book.worksheets:
        if sheet.title.strip().lower() == name:
            return cast("Worksheet", sheet)
    return None


def find_spot(fault: Fault, sheet: Worksheet | None) -> Spot:
    """Return the cells of a fault: in its rows and column, else the heading, else the whole row."""
    if sheet is None:
        return Spot(fault)
    here = Spot(fault, sheet.title)
    if sheet.title.strip().lower() == SETTINGS:
        return replace(here, cells=_setting_cells(sheet, fault))
    header = [str(cell.value or "").strip().lower() for cell in sheet[1]]
    if fault.column and fault.column.lower() in header:
        letter = get_column_letter(header.index(fault.column.lower()) + 1)
        return replace(here, cells=tuple(f"{letter}{row}" for row in fault.rows or (1,)))
    end = get_column_letter(max((n for n, name in enumerate(header, 1) if name), default=1))
    rows = tuple(f"A{row}:{end}{row}" for row in fault.rows)
    return replace(here, cells=rows or ("A1",))


def _setting_cells(sheet: Worksheet, fault: Fault) -> tuple[str, ...]:
    """Return the value of the setting at fault, or of those that belong to it."""
    if fault.rows:
        return tuple(f"B{row}" for row in fault.rows)
    header = [str(cell.value or "").strip().lower() for cell in sheet[1]]
    if "name" not in header or "value" not in header:
        return ("A1",)
    at, held = header.index("name") + 1, header.index("value") + 1
    names = {row: str(sheet.cell(row, at).value or "") for row in range(2, sheet.max_row + 1)}
    wanted = fault.column
    while wanted:
        rows = [r for r, name in names.items() if name == wanted or name.startswith(wanted + ".")]
        if rows:
            return tuple(f"{get_column_letter(held)}{row}" for row in rows)
        wanted = wanted.rpartition(".")[0]
    return ("A1",)


def _mark(sheet: Worksheet, spots: Sequence[Spot]) -> None:
    """Colour the cells of one sheet and say in comments what is wrong."""
    texts: dict[str, list[str]] = defaultdict(list)
    for spot in spots:
        kind = "Error" if spot.fault.is_error else "Warning"
        for cells in spot.cells[:MOST_COMMENTS]:
            mend = spot.fault.remedy + ("" if spot.fault.remedy.endswith("?") else ".")
            text = f"{kind} {spot.fault.code}: {spot.fault.what}.\nTo mend: {mend}"
            texts[cells.partition(":")[0]].append(text)
    for is_error in (True, False):
        coloured = [c for spot in spots if spot.fault.is_error is is_error for c in spot.cells]
        _colour(sheet, dict.fromkeys(coloured), COLOURS[is_error])
    for cell, said in texts.items():
        at = sheet[cell]
        at.comment = _with_theirs("\n\n".join(said), at.comment)


def _colour(sheet: Worksheet, cells: Iterable[str], colour: str) -> None:
    """Lay a colour over cells, neighbours in a column as one range."""
    ranges = _ranges(cells)
    fill = PatternFill(start_color=colour, end_color=colour, fill_type="solid")
    rule_of: Any = FormulaRule  # openpyxl gives it no types
    for start in range(0, len(ranges), 500):
        rule = rule_of([OURS], fill=fill, stopIfTrue=True)
        sheet.conditional_formatting.add(" ".join(ranges[start : start + 500]), rule)


def _ranges(cells: Iterable[str]) -> list[str]:
    """Join cells of one column that follow each other; ranges are left as they are."""
    found: list[str] = []
    columns: dict[str, set[int]] = defaultdict(set)
    for cell in cells:
        if ":" in cell:
            found.append(cell)
        else:
            letters = cell.rstrip("0123456789")
            columns[letters].add(int(cell[len(letters) :]))
    for letters, rows in columns.items():
        first = last = None
        for row in [*sorted(rows), None]:
            if first is None or last is None:
                first = last = row
            elif row == last + 1:
                last = row
            else:
                found.append(f"{letters}{first}" + (f":{letters}{last}" if last > first else ""))
                first = last = row
    return found


def _with_theirs(text: str, theirs: Comment | None) -> Comment:
    """Return our comment; the user's own follows under a ruler."""
    own = f"{RULER}{theirs.text}" if theirs and theirs.text else ""
    comment = sized_comment(text + own, MARKER)
    if theirs and theirs.width and theirs.height and own:
        comment.height += theirs.height // 2
    return comment


def unmark(book: Workbook) -> None:
    """Take our marks of an earlier check out of a workbook."""
    if PROBLEMS in book.sheetnames and book[PROBLEMS]["A1"].value == PROBLEMS:
        book.remove(book[PROBLEMS])
    for sheet in book.worksheets:
        _uncolour(cast("Worksheet", sheet))
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment and cell.comment.author == MARKER:
                    theirs = cell.comment.text.partition(RULER)[2]
                    at = cell_of(cast("Worksheet", sheet), cell.row or 1, cell.column or 1)
                    at.comment = sized_comment(theirs, "") if theirs else None


def _uncolour(sheet: Worksheet) -> None:
    """Keep all conditional formats but ours."""
    kept = ConditionalFormattingList()
    for formats in sheet.conditional_formatting:
        for rule in formats.rules:
            if OURS not in (rule.formula or []):
                kept.add(str(formats.sqref), rule)
    sheet.conditional_formatting = kept

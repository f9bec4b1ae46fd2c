"""How a sheet of a workbook looks: headings with notes, formats, drop-downs, widths, frozen panes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from sufficiency import needs
from sufficiency.safe import plain
from sufficiency.tables import LOCATION, NUMBERS, WHOLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from sufficiency.tables import Column, Table

AUTHOR = "sufficiency"
NAVY, BLUE, PALE, GREY, SAND = "12436D", "2073BC", "DCE8F4", "F3F2F1", "FFF3D6"
INK = "0B0C0C"
TEXT, TEXT_FORMAT = "Arial", "@"
#: Rows below the last filled one that have the drop-downs too.
SPARE_ROWS = 5_000
#: Excel takes no longer list, and no longer message, in a rule.
MOST_SIGNS = 255
#: Columns of which a row needs one or another.
EITHER = {*(column.name for column in LOCATION), "ncy", "birth_date"}


class Style(NamedTuple):
    """Fill and ink of a heading, and what it tells."""

    fill: str
    ink: str
    tells: str


NEEDED = Style(NAVY, "FFFFFF", "needed: fill in every row")
ONE_OF = Style(BLUE, "FFFFFF", "one of these is needed: the note on the heading says which")
OPTIONAL = Style(PALE, INK, "may stay blank: the note on the heading says what blank means")
STYLES = (NEEDED, ONE_OF, OPTIONAL)
EDGE = Border(bottom=Side("thin", "B1B4B6"))

_WIDTHS = {
    "postcode": 12, "id": 18, "text": 16, "needs": 24, "need": 10, "kind": 14, "kinds": 30,
    "choice": 12, "date": 14, "period": 14, "number": 12, "whole": 10, "year": 10, "ncy": 9,
}  # fmt: skip
_FORMATS = {"£": "#,##0", "m": "0", "degrees": "0.000000"}


def style_of(column: Column) -> Style:
    """Return how the heading of a column looks."""
    if column.required:
        return NEEDED
    return ONE_OF if column.name in EITHER else OPTIONAL


def number_format(column: Column) -> str:
    """Return the format of a column's cells; references are text, so that Excel leaves them alone."""
    if column.kind == "date":
        return "yyyy-mm-dd"
    if column.kind in WHOLES:
        return "0"
    return _FORMATS.get(column.unit, "General") if column.kind in NUMBERS else TEXT_FORMAT


def note(column: Column) -> str:
    """Return what the note on a heading says."""
    style = style_of(column)
    lines = [column.meaning[:1].upper() + column.meaning[1:] + "."]
    if column.unit and column.unit not in {"NCY", "year"}:
        lines.append(f"Unit: {column.unit}.")
    if column.kind in {"needs", "kinds"}:
        lines.append("Join several by a bar: a|b.")
    if column.least is not None and column.most is not None and column.kind != "year":
        lines.append(f"From {column.least:,.10g} to {column.most:,.10g}.")
    if column.default:
        lines.append(f"Blank means {column.default.replace('_', ' ')}.")
    if style is NEEDED:
        lines.append("Needed.")
    elif column.name in {"ncy", "birth_date"}:
        lines.append("One of ncy and birth_date is needed.")
    elif style is ONE_OF:
        lines.append(
            "One of these is needed: postcode; easting_m and northing_m; lat and lon. "
            "Coordinates go before the postcode."
        )
    return "\n".join(lines)


def write_heading(cell: Cell, column: Column) -> None:
    """Write a column's name, its note and its look into the first row."""
    style = style_of(column)
    cell.value = column.name
    cell.number_format = TEXT_FORMAT
    cell.font = Font(TEXT, 11, bold=True, color=style.ink)
    cell.fill = PatternFill("solid", fgColor=style.fill)
    cell.alignment = Alignment(vertical="center")
    cell.border = EDGE
    cell.comment = sized_comment(note(column), AUTHOR)


def sized_comment(text: str, author: str) -> Comment:
    """Return a comment whose box is about as tall as its text."""
    lines = sum(1 + len(line) // 40 for line in text.splitlines())
    return Comment(text, author, width=300, height=28 + 17 * lines)


def lay_out(
    sheet: Worksheet, columns: Sequence[Column], kinds: Collection[str], last_row: int
) -> None:
    """Write the headings of a table, and give its columns their formats, widths and drop-downs."""
    for at, column in enumerate(columns, start=1):
        letter = get_column_letter(at)
        write_heading(cell_of(sheet, 1, at), column)
        shape = sheet.column_dimensions[letter]
        shape.width = max(_WIDTHS[column.kind], len(column.name) + 5)
        if column.name == "name":
            shape.width = 44
        shape.number_format = number_format(column)
        shape.font = Font(TEXT, 11, color=INK)
        rule = validation(column, kinds)
        if rule:
            rule.add(f"{letter}2:{letter}{last_row + SPARE_ROWS}")
            sheet.add_data_validation(rule)
    finish(sheet, len(columns), "B2")


def finish(sheet: Worksheet, columns: int, freeze: str) -> None:
    """Freeze the heading, let it filter, and print it on every page, as wide as the page."""
    sheet.freeze_panes = freeze
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{max(sheet.max_row, 2)}"
    sheet.row_dimensions[1].height = 22
    sheet.print_title_rows = "1:1"
    fit_to_page(sheet)


def fit_to_page(sheet: Worksheet) -> None:
    """Print landscape on A4, as wide as the page and as long as it needs."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def fill_in(cell: Cell, text: str, table: Table, name: str) -> None:
    """Write one cell: a number or a date where it reads as one, else the text as it is."""
    column = table.column(name) if name in table.names else None
    if column and column.kind in NUMBERS and (number := _plain_number(text)) is not None:
        cell.value = number
    elif column and column.kind == "date" and (date := needs.read_date(text)):
        cell.value = date
    else:
        write_text(cell, text)
    if column:
        cell.number_format = number_format(column)
    cell.font = Font(TEXT, 11, color=INK)


def _plain_number(text: str) -> float | int | None:
    """Return a number that reads back as it was written, else None."""
    try:
        number = float(text)
    except ValueError:
        return None
    if number.is_integer() and abs(number) < 10**15:
        return int(number)
    return number if abs(number) < 10**15 else None


def write_text(cell: Cell, text: str) -> None:
    """Write text as text, even where it begins as a formula does; without what no workbook can hold."""
    cell.value = plain(text)
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT


def link_to(cell: Cell, title: str, place: str = "A1") -> None:
    """Make a cell a link to a cell of a sheet."""
    quoted = title.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{place}")
    cell.font = Font(TEXT, 11, color=NAVY, underline="single")


def cell_of(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell that can be written: the first of those it is merged with, if it is."""
    return cast("Cell", sheet.cell(row, column))


def choices(column: Column, kinds: Collection[str]) -> list[str]:
    """Return what a drop-down of a column offers; nothing where it has none."""
    match column.kind:
        case "need":
            return list(needs.NEEDS)
        case "needs":
            return [needs.ANY, *needs.NEEDS]
        case "kind" | "kinds":
            return list(kinds)
        case "choice":
            return list(column.choices)
    return ["home"] if column.name == "la" else []


def validation(column: Column, kinds: Collection[str]) -> DataValidation | None:
    """Return the rule of a column's cells: a list to choose from, or limits of a number.

    A list stands in the rule itself: Excel writes one that points to another sheet in a way that
    few programs can keep. Every rule warns and none forbids, since `check` has the last word.
    """
    offered = choices(column, kinds)
    if len(",".join(offered)) > MOST_SIGNS - 2:
        return None
    if offered:
        several = column.kind in {"needs", "kinds"} or column.name == "la"
        rule = DataValidation("list", formula1=f'"{",".join(offered)}"', allow_blank=True)
        rule.showErrorMessage = not several
        rule.error = f"{column.name} is one of: {', '.join(offered)}"
    elif column.kind in NUMBERS and column.least is not None and column.most is not None:
        sort: Literal["whole", "decimal"] = "whole" if column.kind in WHOLES else "decimal"
        low, high = f"{column.least:.12g}", f"{column.most:.12g}"
        rule = DataValidation(sort, operator="between", formula1=low, formula2=high)
        rule.allow_blank = rule.showErrorMessage = True
        rule.error = f"{column.name} is a number from {low} to {high}"
    else:
        return None
    rule.error = rule.error[:MOST_SIGNS]
    rule.errorTitle, rule.errorStyle = "Please look again", "warning"
    return rule

"""A case as one workbook: a blank template to fill in, or a folder's case put into it.

Sheets, headings, notes and drop-downs follow the declared tables and settings. The sheets `Read me`,
`Examples` and `Codes` are for people: they carry no table's name, so nobody reads them as data.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from sufficiency import needs
from sufficiency.errors import UsageError
from sufficiency.setting_travel import SOFT_MINUTES
from sufficiency.settings import KINDS, Settings, describe_settings
from sufficiency.source import SETTINGS, read_folder
from sufficiency.tables import TABLES, Table
from sufficiency.workbook.look import (
    BLUE,
    EDGE,
    INK,
    NAVY,
    NEEDED,
    OPTIONAL,
    SAND,
    TEXT,
    cell_of,
    fill_in,
    finish,
    lay_out,
    write_text,
)
from sufficiency.workbook.pages import codes, examples, read_me

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from sufficiency.sheets import Sheet

FIRST_YEAR = 2025
#: Settings that are a table of their own: the names a template offers in it, and their defaults.
INNER: dict[str, dict[str, str]] = {
    "leaving.continue_pct": dict.fromkeys(["11", "12", "13"], "100"),
    "travel.max_minutes": dict.fromkeys(needs.PHASES, ""),
    "travel.soft_minutes": {phase: f"{minutes:g}" for phase, minutes in SOFT_MINUTES.items()},
    "capital.budget_gbp": {str(FIRST_YEAR + n): "" for n in range(7)},
}
SETTING_WIDTHS = {"name": 40, "value": 34, "default": 18, "unit": 18, "meaning": 70}


def new_template(path: Path) -> None:
    """Write a blank template.

    Raises
    ------
    UsageError
        When there is something at `path`, or it is not named ``.xlsx``.
    """
    _save(_book({}, {}, {}), path)


def from_folder(folder: Path, path: Path) -> None:
    """Write the case in a folder as a workbook that reads as the same case.

    Rows keep their numbers. Settings that the case does not give stay blank: their defaults hold.

    Raises
    ------
    UsageError
        As `new_template` does.
    """
    _save(book_of(folder), path)


def book_of(folder: Path) -> Workbook:
    """Return the case in a folder as a workbook; a file that cannot be read gives no rows."""
    source = read_folder(folder)
    given = dict(_flat(source.settings or {}))
    kinds = dict.fromkeys(name.split(".")[1] for name in given if name.startswith("kinds."))
    return _book(given, {name: sheet for name, sheet in source.sheets.items() if sheet}, kinds)


def _save(book: Workbook, path: Path) -> None:
    """Write a workbook, whole or not at all, where there is nothing yet."""
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path} is not a workbook's name; end it in .xlsx")
    if path.exists():
        raise UsageError(f"{path} exists already and is left as it is; name a new file")
    path.parent.mkdir(parents=True, exist_ok=True)
    put_in_place(book, path)


def put_in_place(book: Workbook, path: Path) -> None:
    """Write a workbook beside its place, then rename it there."""
    with tempfile.TemporaryDirectory(prefix=".workbook-", dir=path.parent) as drafts:
        draft = Path(drafts) / path.name
        book.save(draft)
        draft.replace(path)


def _book(
    given: Mapping[str, object], sheets: Mapping[str, Sheet], own_kinds: Mapping[str, object]
) -> Workbook:
    """Return a workbook with every sheet, and in it what is given."""
    book = Workbook()
    book.remove(book.worksheets[0])
    read_me(book.create_sheet("Read me"))
    _settings(book.create_sheet(SETTINGS), given)
    for table in TABLES.values():
        sheet = book.create_sheet(table.name)
        sheet.sheet_properties.tabColor = NAVY if table.required else BLUE
        _table(sheet, table, sheets.get(table.name), [*KINDS, *own_kinds])
    examples(book.create_sheet("Examples"))
    codes(book.create_sheet("Codes"))
    book.properties.title, book.properties.creator = "A case for sufficiency", "sufficiency"
    return book


def _table(sheet: Worksheet, table: Table, given: Sheet | None, kinds: list[str]) -> None:
    """Write a table's headings and the rows given; columns that nobody declared come last."""
    rows = list(zip(given.numbers, given.rows, strict=True)) if given else []
    lay_out(sheet, table.columns, kinds, rows[-1][0] if rows else 1)
    if given is None:
        return
    places = _places(sheet, table, given.header)
    for number, row in rows:
        for name, at, text in zip(given.header, places, row, strict=True):
            if text:
                fill_in(cell_of(sheet, number, at), text, table, name.lower())


def _places(sheet: Worksheet, table: Table, header: list[str]) -> list[int]:
    """Return the column in which each column given goes; write the headings of strange ones."""
    places, free = [], len(table.columns) + 1
    seen: set[str] = set()
    for name in header:
        if name.lower() in table.names and name.lower() not in seen:
            places.append(table.names.index(name.lower()) + 1)
        else:
            write_text(cell_of(sheet, 1, free), name)
            places.append(free)
            free += 1
        seen.add(name.lower())
    return places


def _settings(sheet: Worksheet, given: Mapping[str, object]) -> None:
    """Write the settings: every one there is, then what else is given."""
    sheet.sheet_properties.tabColor = NAVY
    for at, (name, width) in enumerate(SETTING_WIDTHS.items(), start=1):
        cell = cell_of(sheet, 1, at)
        cell.value = name
        style = NEEDED if name in {"name", "value"} else OPTIONAL
        cell.font = Font(TEXT, 11, bold=True, color=style.ink)
        cell.fill = PatternFill("solid", fgColor=style.fill)
        sheet.column_dimensions[cell.column_letter].width = width
    rows = {row["name"]: row for row in _offered(given)}
    rows |= {name: {"name": name} for name in given if name not in rows}
    for number, row in enumerate(rows.values(), start=2):
        for at, name in enumerate(SETTING_WIDTHS, start=1):
            cell = cell_of(sheet, number, at)
            cell.font = Font(TEXT, 11, color=INK)
            cell.border = EDGE
            cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left")
            if name == "value":
                cell.fill = PatternFill("solid", fgColor=SAND)
                _set(cell, row["name"], given.get(row["name"]))
            elif row.get(name):
                write_text(cell, row[name])
        _offer(sheet, row["name"], number)
    finish(sheet, len(SETTING_WIDTHS), "C2")


def _offered(given: Mapping[str, object]) -> Iterator[dict[str, str]]:
    """Yield the settings a template offers; one that is a table has a row for each name in it."""
    for row in describe_settings():
        if row["name"].startswith("kinds."):
            continue
        inner = INNER.get(row["name"], {})
        if row["name"] in given or not inner:
            yield row
        else:
            yield from (
                row | {"name": f"{row['name']}.{key}", "default": default}
                for key, default in inner.items()
            )


def _set(cell: Cell, name: str, value: object) -> None:
    """Write a setting's value so that it reads back as what it is."""
    if value is None:
        return
    if isinstance(value, int | float):
        cell.value = value
        if abs(value) >= 10_000:
            cell.number_format = "#,##0"
    elif isinstance(value, str) and (
        name.rsplit(".", maxsplit=1)[-1] == "title" or not _is_toml(value)
    ):
        write_text(cell, value)
    else:
        write_text(cell, _toml(value))


def _is_toml(text: str) -> bool:
    """Whether a bare text would read as something else than itself."""
    import tomllib

    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return False
    return True


def _toml(value: object) -> str:
    """Write a value as it would stand in ``case.toml``."""
    import json

    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    import json

    return key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)


def _offer(sheet: Worksheet, name: str, row: int) -> None:
    """Give the value of a setting that is one of a few words a drop-down."""
    field: Any = None
    model: Any = Settings
    for step in name.split("."):
        field = getattr(model, "model_fields", {}).get(step)
        model = getattr(field, "annotation", None)
    words = get_args(model) if get_origin(model) is Literal else ()
    words = ("true", "false") if model is bool else words
    if words:
        rule = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
        rule.add(f"B{row}")
        sheet.add_data_validation(rule)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield the dotted names and values of nested settings; an empty table is a value."""
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value

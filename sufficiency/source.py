"""What a folder or a workbook holds, before it is understood: settings as TOML, tables as text."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sufficiency.faults import Fault
from sufficiency.sheets import Sheet, read_csv, read_workbook
from sufficiency.tables import TABLES
from sufficiency.workbook.guard import SUFFIXES
from sufficiency.workbook.percent import percentages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SETTINGS = "settings"


@dataclass(frozen=True)
class Source:
    """What a folder or a workbook holds, before it is understood."""

    settings: Mapping[str, Any] | None
    sheets: Mapping[str, Sheet | None]
    files: Mapping[str, str]
    inputs: Mapping[str, str]
    faults: list[Fault]


def read_source(path: Path) -> Source | None:
    """Read a folder with ``case.toml`` and CSV files, or a workbook; None for anything else."""
    if path.is_dir() and (path / "case.toml").is_file():
        return read_folder(path)
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        return _read_book(path)
    return None


def read_folder(path: Path) -> Source:
    """Read ``case.toml`` and the CSV files of a folder, not yet understood."""
    data = (path / "case.toml").read_bytes()
    settings, faults = _toml(data)
    inputs = {"case.toml": _sha256(data)}
    sheets: dict[str, Sheet | None] = {}
    files = {name: f"{name}.csv" for name in TABLES} | {SETTINGS: "case.toml"}
    for file in sorted(path.iterdir()):
        name = file.stem.lower()
        if not file.is_file() or file.suffix.lower() != ".csv":
            continue
        if name not in TABLES or name in sheets:
            faults += _misspelt(name, file.name, file.name, sheets)
            continue
        files[name] = file.name
        try:
            data = file.read_bytes()
        except OSError:
            sheets[name] = None
            remedy = "close it in other programs, and see that you may read it"
            faults.append(Fault("E104", file.name, "the file cannot be opened", remedy))
            continue
        inputs[file.name] = _sha256(data)
        sheets[name], found = read_csv(data, file.name)
        faults += found
    return Source(settings, sheets, files, inputs, faults)


def _read_book(path: Path) -> Source:
    """Read the sheets of a workbook."""
    files = {name: f"{path.name}, sheet {name}" for name in [*TABLES, SETTINGS]}
    book, faults = read_workbook(path, files)
    if faults:
        return Source(None, {}, files, {}, faults)
    sheets: dict[str, Sheet | None] = {}
    for title, (sheet, found) in book.items():
        name = title.strip().lower()
        if name in files and name not in sheets:
            files[name] = f"{path.name}, sheet {title}"
            sheets[name] = sheet
            faults += found
        else:
            faults += _misspelt(name, f"sheet {title}", f"{path.name}, sheet {title}", sheets)
    faults += _percentages(path, sheets)
    settings, found = _settings_sheet(sheets, files[SETTINGS])
    inputs = {path.name: _sha256(path.read_bytes())}
    sheets = {name: sheet for name, sheet in sheets.items() if name != SETTINGS}
    return Source(settings, sheets, files, inputs, faults + found)


def _percentages(path: Path, sheets: Mapping[str, Sheet | None]) -> Iterator[Fault]:
    """Report numbers that are formatted as percentages, in the columns that are read."""
    what = "a percentage of Excel's, which holds 5% as 0.05"
    remedy = "format the cell as a number, and write 5 for 5%"
    read = {sheet.where.rpartition(", sheet ")[2]: name for name, sheet in sheets.items() if sheet}
    for title, cells in percentages(path, read).items():
        name, sheet = read[title], sheets[read[title]]
        header = [head.lower() for head in sheet.header] if sheet else []
        for position, rows in cells.items():
            column = header[position] if position < len(header) else ""
            if sheet and name == SETTINGS and column == "value" and "name" in header:
                named = dict(zip(sheet.numbers, sheet.rows, strict=True))
                for row in rows:
                    setting = named[row][header.index("name")]
                    yield Fault("E1406", sheet.where, what, remedy, setting)
            elif sheet and name in TABLES and column in TABLES[name].names:
                yield Fault("E1406", sheet.where, what, remedy, column, rows)


def _misspelt(name: str, title: str, where: str, seen: Iterable[str]) -> Iterator[Fault]:
    """Warn of a file or sheet that looks like a table spelt wrongly, or given twice."""
    if name in seen:
        yield Fault("E112", where, "the table is there twice", "take one out")
    elif near := difflib.get_close_matches(name, [*TABLES, SETTINGS], n=1, cutoff=0.75):
        what = f"{title} is not read"
        yield Fault("W102", where, what, f"did you mean `{near[0]}`?")


def _toml(data: bytes) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Read ``case.toml``; the parser's place is passed on, its text is not."""
    try:
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n")), []
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return None, [Fault("E103", "case.toml", "not UTF-8", "save it as UTF-8", rows=(row,))]
    except tomllib.TOMLDecodeError as error:
        remedy = f"put it right {str(error).rpartition('(')[2].rstrip(')')}; texts need quotes"
        return None, [Fault("E111", "case.toml", "the file is not well-formed TOML", remedy)]


def _settings_sheet(
    sheets: Mapping[str, Sheet | None], where: str
) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Read the sheet ``settings``: columns ``name`` (dotted) and ``value``."""
    if SETTINGS not in sheets:
        remedy = "add a sheet `settings` with the columns name and value"
        return None, [Fault("E102", where, "the sheet is missing", remedy)]
    sheet = sheets[SETTINGS]
    if sheet is None:
        return None, []
    header = [name.lower() for name in sheet.header]
    if not {"name", "value"} <= set(header):
        remedy = "put name and value in row 1"
        return None, [Fault("E106", where, "the columns name and value are missing", remedy)]
    table: dict[str, Any] = {}
    at, held = header.index("name"), header.index("value")
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        steps = row[at].split(".")
        value = row[held] if steps[-1] == "title" else _value(row[held])
        if row[at] and row[held] and not _put(table, steps, value):
            remedy = "give each setting once"
            return None, [Fault("E111", where, "a setting is there twice", remedy, rows=(number,))]
    return table, []


def _put(table: dict[str, Any], steps: list[str], value: object) -> bool:
    """Set a dotted name in a nested table; False when it is there already."""
    for step in steps[:-1]:
        inner: object = table.setdefault(step, {})
        if not isinstance(inner, dict):
            return False
        table = inner
    if steps[-1] in table:
        return False
    table[steps[-1]] = value
    return True


def _value(text: str) -> object:
    """Read a setting's text as TOML would (a number, a table), else as the text it is."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

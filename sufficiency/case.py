"""A case: settings and tables, read from a folder of CSV or from one workbook.

Whatever is wrong is returned as faults, all at once; bad data never raises.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from sufficiency import values
from sufficiency.faults import Fault
from sufficiency.settings import Settings, read_settings, sound_part
from sufficiency.sheets import Sheet, read_csv, read_workbook
from sufficiency.tables import TABLES, Table
from sufficiency.workbook.guard import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

SETTINGS = "settings"
ALL_WHOLE = frozenset([*TABLES, SETTINGS])


@dataclass(frozen=True)
class Case:
    """Everything the user gave, typed and checked cell by cell.

    Every table is there with all its declared columns; its index, ``row``, is the row number in
    the spreadsheet. Text is "" where blank, whole numbers are ``Int64``, others ``float64``.

    Attributes
    ----------
    inputs
        Name of each file read to its SHA-256.
    files
        Table (and ``settings``) to what a message calls it.
    whole
        Tables (and ``settings``) that were there in full shape; only they can be judged further.
    """

    path: Path
    settings: Settings
    children: pd.DataFrame
    new_children: pd.DataFrame
    provisions: pd.DataFrame
    places: pd.DataFrame
    limits: pd.DataFrame
    prices: pd.DataFrame
    schemes: pd.DataFrame
    scheme_places: pd.DataFrame
    travel: pd.DataFrame
    population: pd.DataFrame
    rates: pd.DataFrame
    new_plans: pd.DataFrame
    inputs: Mapping[str, str]
    files: Mapping[str, str]
    whole: frozenset[str] = ALL_WHOLE

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    @property
    def folder(self) -> Path:
        """Where paths in the settings start from."""
        return self.path if self.path.is_dir() else self.path.parent


@dataclass(frozen=True)
class Source:
    """What a folder or a workbook holds, before it is understood."""

    settings: Mapping[str, Any] | None
    sheets: Mapping[str, Sheet | None]
    files: Mapping[str, str]
    inputs: Mapping[str, str]
    faults: list[Fault]


def read_case(path: Path) -> tuple[Case | None, list[Fault]]:
    """Read a case: a folder with ``case.toml`` and CSV files, or one ``.xlsx`` workbook.

    Returns
    -------
    The case, and every fault of its files, settings, columns and cells. The case is None only when
    ``path`` is no case at all; with faults that are errors it serves further checks, not a plan.
    """
    if path.is_dir() and (path / "case.toml").is_file():
        source = read_folder(path)
    elif path.is_file() and path.suffix.lower() in SUFFIXES:
        source = _read_book(path)
    else:
        remedy = (
            "give a folder with a case.toml, or one .xlsx workbook; `sufficiency new` makes one"
        )
        return None, [Fault("E101", path.name or str(path), "this is not a case", remedy)]
    if source.settings is None and not source.sheets:
        return None, source.faults
    return _understand(path, source)


def _understand(path: Path, source: Source) -> tuple[Case, list[Fault]]:
    """Check settings, columns and cells of what was read, and give them their types."""
    where = source.files[SETTINGS]
    settings, faults = read_settings(source.settings or {}, where)
    rest = sound_part(source.settings or {}, faults)
    known = settings or read_settings(rest)[0] or Settings()
    faults = source.faults + faults
    whole = {SETTINGS} if settings and source.settings is not None else set()
    frames: dict[str, pd.DataFrame] = {}
    for table in TABLES.values():
        frame, found, sound = _read_table(table, source, known)
        frames[table.name] = frame
        faults += found
        whole |= {table.name} if sound else set()
    inputs = dict(source.inputs)
    faults += _named_files(path if path.is_dir() else path.parent, known, where, inputs)
    case = Case(
        path=path,
        settings=known,
        **frames,
        inputs=inputs,
        files=source.files,
        whole=frozenset(whole),
    )
    return case, faults


def _read_table(
    table: Table, source: Source, settings: Settings
) -> tuple[pd.DataFrame, list[Fault], bool]:
    """Return a table's typed frame, its faults, and whether it is there in full shape."""
    where = source.files[table.name]
    if table.name not in source.sheets:
        needed = table.required or (table.name == "travel" and settings.travel.method == "table")
        remedy = f"add {where} with the columns {', '.join(table.names)}"
        faults = [Fault("E102", where, "the table is missing", remedy)] if needed else []
        return values.typed(values.blank(table), table, settings.base_year), faults, not needed
    sheet = source.sheets[table.name]
    if sheet is None:
        return values.typed(values.blank(table), table, settings.base_year), [], False
    frame, absent, faults = _columns(sheet, table)
    sound = not any(fault.is_error for fault in faults)
    if sound and table.required and not sheet.rows:
        faults.append(Fault("E109", where, "the table is empty", "add a row"))
        sound = False
    faults += list(_numeric_references(sheet, table))
    faults += values.check(frame, table, settings.all_kinds, where, absent)
    return values.typed(frame, table, settings.base_year), faults, sound


def _columns(sheet: Sheet, table: Table) -> tuple[pd.DataFrame, list[str], list[Fault]]:
    """Sort a sheet's columns into the declared ones.

    Returns
    -------
    The text of all declared columns, the names of those the sheet lacks, and the faults.
    """
    header = [name.lower() for name in sheet.header]
    absent = [name for name in table.names if name not in header]
    if not set(header) & set(table.names):
        remedy = f"put the column names in row 1, separated by commas: {', '.join(table.names)}"
        fault = Fault("E105", sheet.where, "the first row does not hold the column names", remedy)
        return values.blank(table), table.names, [fault]
    faults = list(_wrong_columns(sheet, header, table))
    frame = values.text_frame(sheet.rows, [str(i) for i in range(len(header))], sheet.numbers)
    frame = frame[[str(header.index(name)) for name in table.names if name in header]]
    frame.columns = [name for name in table.names if name in header]
    return frame.reindex(columns=table.names, fill_value="").astype("str"), absent, faults


def _wrong_columns(sheet: Sheet, header: list[str], table: Table) -> Iterator[Fault]:
    """Report columns that are missing, given twice, or unknown."""
    for column in table.columns:
        if column.required and column.name not in header:
            what = f"the column `{column.name}` is missing"
            yield Fault("E106", sheet.where, what, f"add it: {column.meaning}", column.name)
        if header.count(column.name) > 1:
            what = "the column is there more than once"
            yield Fault("E107", sheet.where, what, "take one out", column.name)
    for name in dict.fromkeys(header):
        if name not in table.names:
            near = difflib.get_close_matches(name, table.names, n=1)
            remedy = f"did you mean `{near[0]}`?" if near else "it is not read; take it out"
            what = "there is no such column" if name else "a column has no name"
            yield Fault("W101", sheet.where, what, remedy, name)


def _numeric_references(sheet: Sheet, table: Table) -> Iterator[Fault]:
    """Report references and postcodes that a workbook holds as numbers or dates.

    A column of nothing but whole numbers is taken as it reads; a mixture may have lost leading
    zeros or an exponent (``1E5``), so it is refused.
    """
    for position, name in enumerate(sheet.header):
        known = name.lower() in table.names
        kind = table.column(name.lower()).kind if known else ""
        marks = sheet.marks.get(position, {})
        marks = {row: mark for row, mark in marks.items() if row > 1}
        if kind not in {"id", "postcode"} or not marks:
            continue
        rows = tuple(sorted(marks))
        filled = sum(bool(row[position]) for row in sheet.rows)
        if kind == "id" and set(marks.values()) == {"whole"} and filled == len(marks):
            remedy = "check that none began with 0, and format the column as Text"
            what = "references held as numbers are read as whole numbers"
            yield Fault("W103", sheet.where, what, remedy, name.lower(), rows)
        else:
            remedy = "format the column as Text and type the values again"
            what = "a reference or postcode is held as a number or date"
            yield Fault("E608", sheet.where, what, remedy, name.lower(), rows)


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
    settings, found = _settings_sheet(sheets, files[SETTINGS])
    inputs = {path.name: _sha256(path.read_bytes())}
    sheets = {name: sheet for name, sheet in sheets.items() if name != SETTINGS}
    return Source(settings, sheets, files, inputs, faults + found)


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


def _named_files(
    folder: Path, settings: Settings, where: str, inputs: dict[str, str]
) -> Iterator[Fault]:
    """Note the hash of files that the settings name, and report those that are not there."""
    named = {
        "travel.roads": settings.travel.roads,
        "travel.postcodes": settings.travel.postcodes,
        "demand.forecast": settings.demand.forecast,
    }
    for key, name in named.items():
        if not name:
            continue
        if outside(name):
            what = "a path outside the case is not followed"
            remedy = "put the file, or a link to it, in the case's folder and name it from there"
            yield Fault("E114", where, what, remedy, key)
            continue
        path = folder / name
        if not path.exists():
            remedy = "give its path, starting from the case's folder"
            yield Fault("E113", where, "the file named here is not there", remedy, key)
        parts = sorted(path.rglob("*.csv")) if path.is_dir() else [path] if path.exists() else []
        for part in parts:
            label = name if part == path else f"{name}/{part.relative_to(path).as_posix()}"
            with part.open("rb") as stream:
                inputs[label] = hashlib.file_digest(stream, "sha256").hexdigest()


def outside(name: str) -> bool:
    """Whether a path that the settings name leaves the case's folder, on any system."""
    return any(
        path.is_absolute() or path.anchor or ".." in path.parts
        for path in (PurePosixPath(name), PureWindowsPath(name))
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

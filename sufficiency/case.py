"""A case: settings and tables, read from a folder of CSV or from one workbook.

Whatever is wrong is returned as faults, all at once; bad data never raises.
"""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from sufficiency import values
from sufficiency.differences import apply
from sufficiency.faults import Fault
from sufficiency.settings import Settings, read_settings, sound_part
from sufficiency.source import SETTINGS, read_source
from sufficiency.tables import TABLES, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from sufficiency.scenario import Scenario
    from sufficiency.sheets import Sheet
    from sufficiency.source import Source

#: What the faults of files that the settings name are found under.
FILES = "files"
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
    reading
        What it was read from, for differences to be applied to (`changed`).
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
    areas: pd.DataFrame
    scorecard: pd.DataFrame
    inputs: Mapping[str, str]
    files: Mapping[str, str]
    whole: frozenset[str] = ALL_WHOLE
    reading: Reading | None = field(default=None, repr=False, compare=False)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its name."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    @property
    def folder(self) -> Path:
        """Where paths in the settings start from."""
        return self.path if self.path.is_dir() else self.path.parent


@dataclass(frozen=True)
class Reading:
    """What a case was made of.

    Attributes
    ----------
    found
        The faults of each table, and of the files that the settings name (`FILES`).
    """

    source: Source
    found: Mapping[str, list[Fault]]


def read_case(path: Path, scenario: Scenario | None = None) -> tuple[Case | None, list[Fault]]:
    """Read a case: a folder with ``case.toml`` and CSV files, or one ``.xlsx`` workbook.

    Parameters
    ----------
    scenario
        Differences to be applied to what was read, before anything is checked.

    Returns
    -------
    The case, and every fault of its files, settings, columns and cells. The case is None only when
    ``path`` is no case at all; with faults that are errors it serves further checks, not a plan.
    """
    source = read_source(path)
    if source is None:
        remedy = (
            "give a folder with a case.toml, or one .xlsx workbook; `sufficiency new` makes one"
        )
        return None, [Fault("E101", path.name or str(path), "this is not a case", remedy)]
    if source.settings is None and not source.sheets:
        return None, source.faults
    return _understand(path, apply(source, scenario) if scenario else source)


def changed(case: Case, scenario: Scenario) -> tuple[Case, list[Fault]]:
    """Return a case with differences applied, and every fault, as `read_case` of both; only what differs is read again.

    Parameters
    ----------
    case
        As it was read: none of its rows left out, and without errors.
    """
    if case.reading is None:
        raise ValueError("the case was not read from anything")
    return _understand(case.path, apply(case.reading.source, scenario), case, scenario.tables)


def _understand(
    path: Path, source: Source, was: Case | None = None, touched: Collection[str] = ()
) -> tuple[Case, list[Fault]]:
    """Check settings, columns and cells of what was read, and give them their types.

    Parameters
    ----------
    was, touched
        The case that it was, and the tables that are not as they were.
    """
    where = source.files[SETTINGS]
    settings, faults = read_settings(source.settings or {}, where)
    rest = sound_part(source.settings or {}, faults)
    known = settings or read_settings(rest)[0] or Settings()
    faults = source.faults + faults
    whole = {SETTINGS} if settings and source.settings is not None else set()
    frames: dict[str, pd.DataFrame] = {}
    by_table: dict[str, list[Fault]] = {}
    for table in TABLES.values():
        if was and was.reading and table.name not in touched and _reads_alike(was.settings, known):
            sound = table.name in was.whole
            frames[table.name], found = was.table(table.name), was.reading.found[table.name]
        else:
            frames[table.name], found, sound = _read_table(table, source, known)
        by_table[table.name] = found
        whole |= {table.name} if sound else set()
    inputs = dict(source.inputs)
    folder = path if path.is_dir() else path.parent
    if was and was.reading and _named(was.settings) == _named(known):
        inputs |= {name: was.inputs[name] for name in was.inputs if name not in inputs}
        by_table[FILES] = was.reading.found[FILES]
    else:
        by_table[FILES] = list(_named_files(folder, known, where, inputs))
    case = Case(
        path=path,
        settings=known,
        **frames,
        inputs=inputs,
        files=source.files,
        whole=frozenset(whole),
        reading=Reading(source, by_table),
    )
    return case, [*faults, *(fault for found in by_table.values() for fault in found)]


def _reads_alike(one: Settings, other: Settings) -> bool:
    """Whether tables read alike with either settings."""
    return one.base_year == other.base_year and one.all_kinds == other.all_kinds


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


def _named(settings: Settings) -> dict[str, str]:
    """Return the files that settings name, by setting."""
    return {
        "travel.roads": settings.travel.roads,
        "travel.postcodes": settings.travel.postcodes,
        "demand.forecast": settings.demand.forecast,
    }


def _named_files(
    folder: Path, settings: Settings, where: str, inputs: dict[str, str]
) -> Iterator[Fault]:
    """Note the hash of files that the settings name, and report those that are not there."""
    for key, name in _named(settings).items():
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

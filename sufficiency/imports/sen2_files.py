"""The files of a SEN2 return as COLLECT exports them ("Blade" CSVs), read without names.

Only the columns named in `PARTS` are kept, row by row, as a file is read: surname, forename, UPN,
ULN, ethnicity and sex are passed over and never reach a table. Columns are found by name, so that
the layouts before 1.2, 1.2 and 1.3 can all be read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.faults import Fault
from sufficiency.sheets import SAVE_AS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

AGAIN = "export it from COLLECT again, and copy it whole"
NAME = re.compile(r"(?:Blade-Export_(\d\d-\d\d-\d{4})_)?([a-z0-9]+)\.csv", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BLADE_DATE = re.compile(r"(\d{4})-([A-Za-z]{3})-(\d{1,2})")
_TIME = re.compile(r"[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?$")
PLAIN_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True)
class Part:
    """One file of the export.

    Attributes
    ----------
    needed
        Columns that every version has and that are kept; the first is the key of a row.
    optional
        Columns that are kept where a version has them; blank elsewhere.
    parent
        The part that the second needed column refers to; "" for the first of the tree.
    """

    name: str
    needed: tuple[str, ...]
    parent: str = ""
    optional: tuple[str, ...] = ()


_SETTING = ("urn", "ukprn", "sensetting", "placementrank")
_FLAGS = ("senunitindicator", "resourcedprovisionindicator")
PARTS: tuple[Part, ...] = (
    Part("person", ("persontableid", "personbirthdate", "postcode")),
    Part("requests", ("requeststableid", "persontableid"), "person"),
    Part("assessment", ("assessmenttableid", "requeststableid"), "requests"),
    Part("namedplan", ("namedplantableid", "assessmenttableid", "ceasedate"), "assessment"),
    Part("plandetail", ("plandetailtableid", "namedplantableid", *_SETTING, *_FLAGS), "namedplan"),
    Part("activeplans", ("activeplanstableid", "requeststableid"), "requests", ("res",)),
    Part(
        "placementdetail",
        ("placementdetailtableid", "activeplanstableid", *_SETTING, "entrydate", "leavingdate", *_FLAGS),
        "activeplans",
        ("res",),
    ),
    Part("senneed", ("senneedtableid", "activeplanstableid", "sentype", "sentyperank"), "activeplans"),
)  # fmt: skip
#: Exported with the others, but about the council, not about people: it need not be there.
HEADER = "sen2"
#: Columns by which a layout is known; none of them is kept.
VERSIONS = (
    ("requests", "requestsource", "1.3 or later"),
    ("activeplans", "phasetransferfinaldate", "1.3 or later"),
    ("person", "gendercurrent", "before 1.2"),
    ("activeplans", "res", "before 1.2"),
)


@dataclass(frozen=True)
class Export:
    """The parts of an export, as text.

    Attributes
    ----------
    parts
        By name: the columns of `PARTS`, "" for blank. The index, ``row``, is the spreadsheet's row
        number; rows are in order of their contents, so that the order of a file does not matter.
    files
        Part to the name of its file.
    date
        When it was exported, as the files' names say; None where they do not.
    version
        Which layout it has.
    """

    parts: Mapping[str, pd.DataFrame]
    files: Mapping[str, str]
    date: dt.date | None
    version: str


def read_export(folder: Path) -> tuple[Export | None, list[Fault]]:
    """Read the files of an export in `folder`.

    Returns
    -------
    The export, or None where a fault is an error, and all faults.
    """
    paths, date, faults = _find(folder)
    if faults:
        return None, faults
    parts, headers = {}, {}
    for part in PARTS:
        frame, headers[part.name], found = _read(paths[part.name], part)
        faults += found
        if frame is not None:
            parts[part.name] = frame
    files = {name: path.name for name, path in paths.items()}
    if len(parts) == len(PARTS):
        faults += [fault for part in PARTS for fault in _strays(part, parts, files)]
        faults += _nobody(parts["person"], files["person"])
    if any(fault.is_error for fault in faults):
        return None, faults
    version = next((name for part, column, name in VERSIONS if column in headers[part]), "1.2")
    return Export(parts, files, date, version), faults


def _find(folder: Path) -> tuple[dict[str, Path], dt.date | None, list[Fault]]:
    """Find the file of each part, and the date in their names."""
    found: dict[str, list[Path]] = {}
    dates: dict[str, set[str]] = {}
    for path in sorted(folder.iterdir()):
        named = NAME.fullmatch(path.name)
        if named and path.is_file() and (part := named[2].lower()) in {p.name for p in PARTS}:
            found.setdefault(part, []).append(path)
            dates.setdefault(named[1] or "", set()).add(part)
    faults = []
    if missing := [part.name for part in PARTS if part.name not in found]:
        what = f"no file for {', '.join(missing)}"
        remedy = (
            "put all files of one export in the folder, named as COLLECT names them: "
            "Blade-Export_DD-MM-YYYY_person.csv and so on"
        )
        faults.append(Fault("E1201", folder.name, what, remedy))
    if len(dates) > 1 or any(len(paths) > 1 for paths in found.values()):
        what = "the files are of more than one export"
        faults.append(Fault("E1202", folder.name, what, "leave the files of one export only"))
    day = next(iter(dates), "")
    return {part: paths[0] for part, paths in found.items()}, _of_name(day), faults


def _of_name(day: str) -> dt.date | None:
    """Read the date in a file's name."""
    return read_date(day) if day else None


def _read(path: Path, part: Part) -> tuple[pd.DataFrame | None, list[str], list[Fault]]:
    """Read one file: the kept columns, all column names, and what is wrong."""
    text, faults = _decode(path)
    if text is None:
        return None, [], faults
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(records, [])]
        missing = [name for name in part.needed if name not in header]
        if missing:
            return None, header, [*faults, _columns_missing(path.name, missing)]
        rows, numbers, uneven = _keep(records, header, part)
    except csv.Error:
        what = f"row {records.line_num} is not well-formed: a quotation mark is never closed, or the file is cut"
        return None, [], [*faults, Fault("E1203", path.name, what, AGAIN)]
    if uneven:
        what = (
            "rows have not as many cells as there are columns: the file is cut off or was changed"
        )
        return None, header, [*faults, Fault("E1203", path.name, what, AGAIN, rows=tuple(uneven))]
    names = [*part.needed, *part.optional]
    index = pd.Index(numbers, dtype="int64", name="row")
    frame = pd.DataFrame(rows, columns=names, index=index, dtype="str")
    once, twice = _once(frame)
    return once, header, [*faults, *twice_faults(path.name, twice)]


def _columns_missing(where: str, missing: list[str]) -> Fault:
    what = f"the columns {', '.join(missing)} are missing"
    remedy = (
        "layouts up to version 1.3 are known; export the CSV files from COLLECT again, and leave "
        "their first row as it is"
    )
    return Fault("E1204", where, what, remedy)


def _keep(
    records: Iterator[list[str]], header: list[str], part: Part
) -> tuple[list[list[str]], list[int], list[int]]:
    """Keep the wanted cells of each row; also its number, and the numbers of uneven rows."""
    at = [header.index(n) if n in header else -1 for n in (*part.needed, *part.optional)]
    rows, numbers, uneven = [], [], []
    for number, cells in enumerate(records, start=2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            uneven.append(number)
            continue
        rows.append([cells[i].strip() if i >= 0 else "" for i in at])
        numbers.append(number)
    return rows, numbers, uneven


def _decode(path: Path) -> tuple[str | None, list[Fault]]:
    """Return a file's text: UTF-8, else Windows-1252, where every kept column reads the same."""
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        what = "the file is not text in UTF-8"
        return None, [Fault("E1203", path.name, what, f"{AGAIN}; or {SAVE_AS}")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        what = "the file is neither UTF-8 nor Windows-1252"
        return None, [Fault("E1203", path.name, what, AGAIN)]
    what = "the file is not UTF-8; it was read as Windows-1252"
    return text, [Fault("W1201", path.name, what, "nothing need be done: no name is kept")]


def _once(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Keep one row a key, in order of content; return also the rows left out."""
    ordered = frame.sort_values(list(frame.columns), kind="stable")
    again = ordered.duplicated(subset=ordered.columns[0])
    return ordered[~again], tuple(sorted(int(str(row)) for row in ordered.index[again]))


def twice_faults(where: str, rows: tuple[int, ...]) -> list[Fault]:
    """Warn of rows whose key another row has too."""
    what = "rows have the reference of another row; one of each was read"
    remedy = "nothing need be done if they are alike; else correct the return"
    return [Fault("W1202", where, what, remedy, rows=rows)] if rows else []


def _strays(
    part: Part, parts: Mapping[str, pd.DataFrame], files: Mapping[str, str]
) -> Iterator[Fault]:
    """Find rows that refer to no row of their parent: a file was cut, or is of another export."""
    if not part.parent:
        return
    own, parent = parts[part.name], parts[part.parent]
    key = part.needed[1]
    lost = ~own[key].isin(set(parent.iloc[:, 0]))
    if lost.any():
        rows = tuple(sorted(int(str(row)) for row in own.index[lost]))
        what = f"rows belong to no row of {files[part.parent]}: a file is cut off, or of another export"
        yield Fault("E1205", files[part.name], what, AGAIN, key, rows)


def _nobody(person: pd.DataFrame, where: str) -> list[Fault]:
    if len(person):
        return []
    return [Fault("E1206", where, "there is nobody in the file", AGAIN)]


def read_date(text: str) -> dt.date | None:
    """Read a date as COLLECT writes it (``2022-Sep-28 00:00:00``), or a plain one; None for others.

    The month's name is English whatever the machine speaks.
    """
    day = _TIME.sub("", text.strip())
    if blade := _BLADE_DATE.fullmatch(day):
        name = blade[2].lower()
        if name not in MONTHS:
            return None
        day = f"{blade[1]}-{MONTHS.index(name) + 1:02d}-{int(blade[3]):02d}"
    for pattern in PLAIN_DATES:
        try:
            return dt.datetime.strptime(day, pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None

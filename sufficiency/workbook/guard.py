"""A look inside a workbook before it is opened: what it is, how much it holds, and its formulas.

A workbook is a zip archive of XML, so a small file may unpack to gigabytes, or hold one cell at the
far corner of a sheet that a reader fills with blanks. Nothing here is kept in memory but one part.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from posixpath import join, normpath
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sufficiency.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    Unsolved = Mapping[str, Mapping[int, tuple[int, ...]]]

MEGABYTE = 2**20
MOST_PART = 300 * MEGABYTE
MOST_WHOLE = 600 * MEGABYTE
MOST_PARTS = 5_000
#: A part that is large and shrinks more than so many times is no table anybody typed.
LARGE, MOST_RATIO = 10 * MEGABYTE, 200
#: Cells, blank ones included, of a sheet from its first corner to its last: some 600 MB when read.
MOST_CELLS = 20_000_000
SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SAVE = "open it in Excel and save it as `Excel Workbook (.xlsx)`"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
#: What reading a damaged file raises; `NotImplementedError` is zipfile's for a compression that it does not know.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

FILLED = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
ROWS = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*?\s)?r="([0-9]{1,7})"')
NAMELESS = re.compile(rb'<(?:\w+:)?c(?:\s(?![^>]*\br=")[^>]*)?>')
UNSOLVED = re.compile(
    rb'<(?:\w+:)?c\s(?![^>]*\bt="str")(?:[^>]*?\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?"
    rb"</(?:\w+:)?c>"
)


def look_inside(path: Path, names: Collection[str]) -> tuple[Unsolved, list[Fault]]:
    """See whether a workbook can safely be opened.

    Parameters
    ----------
    names
        The sheets that matter, in lower case.

    Returns
    -------
    Formulas of these sheets that hold no value, as rows by column (the first is 0) by the sheet's
    name; and the faults. With a fault the workbook is not to be opened.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
            fault = _another_kind(path, head)
            if fault:
                return {}, [fault]
        with zipfile.ZipFile(path) as archive:
            fault = too_much(path, archive) or _macros(path, archive)
            if fault:
                return {}, [fault]
            return _sheets(path, archive, names)
    except BROKEN:
        what = "the workbook cannot be read: it is damaged or was cut short"
        return {}, [Fault("E110", path.name, what, f"copy it again, or {SAVE}")]
    except OSError:
        what = "the workbook cannot be opened"
        return {}, [
            Fault("E110", path.name, what, "close it in Excel, and see that you may read it")
        ]


def _another_kind(path: Path, head: bytes) -> Fault | None:
    """Tell from its name and first bytes what a file is that is no ``.xlsx`` workbook."""
    if head.startswith(OLE):
        secret = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()[: 64 * MEGABYTE]
        if secret:
            what = "the workbook has a password"
            remedy = "in Excel: File, Info, Protect Workbook, Encrypt, and empty the password"
            return Fault("E1401", path.name, what, remedy)
        return Fault("E1402", path.name, "a workbook of Excel 97 to 2003 is not read", SAVE)
    if path.suffix.lower() == ".xlsm":
        what = "workbooks that may hold macros are not opened"
        return Fault("E1402", path.name, what, SAVE + "; nothing else is lost")
    if path.suffix.lower() != ".xlsx":
        what = f"a workbook of the kind {path.suffix.lower()} is not read"
        return Fault("E1402", path.name, what, SAVE)
    if not head.startswith(b"PK"):
        what = "the file is no workbook, whatever its name"
        remedy = f"if it is CSV, put it in a folder with a case.toml; else {SAVE}"
        return Fault("E110", path.name, what, remedy)
    return None


def too_much(path: Path, archive: zipfile.ZipFile) -> Fault | None:
    """Refuse what unpacks to more than any council's tables do."""
    parts = archive.infolist()
    whole = sum(part.file_size for part in parts)
    steep = any(p.file_size > max(LARGE, MOST_RATIO * p.compress_size) for p in parts)
    large = whole > MOST_WHOLE or any(part.file_size > MOST_PART for part in parts)
    if not (steep or large or len(parts) > MOST_PARTS):
        return None
    what = (
        f"unpacks to {whole / MEGABYTE:,.0f} MB in {len(parts):,} parts, more than is opened "
        f"({MOST_PART // MEGABYTE} MB a part, {MOST_WHOLE // MEGABYTE} MB in all, "
        f"{MOST_RATIO} times its size)"
    )
    remedy = "if it is yours, give the large tables as CSV in a folder; if not, do not open it"
    return Fault("E1403", path.name, what, remedy)


def _macros(path: Path, archive: zipfile.ZipFile) -> Fault | None:
    """Refuse a workbook that holds macros, whatever its name says."""
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        what = "workbooks with macros are not opened"
        return Fault("E1402", path.name, what, SAVE + "; nothing else is lost")
    return None


def _sheets(
    path: Path, archive: zipfile.ZipFile, names: Collection[str]
) -> tuple[Unsolved, list[Fault]]:
    """Read every part once, which proves it whole, and look at the sheets that matter."""
    wanted = {part: title for title, part in sheet_parts(archive) if title.strip().lower() in names}
    unsolved: dict[str, dict[int, tuple[int, ...]]] = {}
    faults: list[Fault] = []
    for part in archive.namelist():
        data = archive.read(part)
        if b"<!DOCTYPE" in data[:4096]:
            raise ValueError(part)
        if part in wanted:
            title = wanted[part]
            faults += _too_far(f"{path.name}, sheet {title}", data)
            unsolved[title] = _unsolved(data) if b"<f" in data or b":f" in data else {}
    return unsolved, faults


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the title of every sheet, and the part of the archive that holds it."""
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = {link.get("Id", ""): link.get("Target", "") for link in links}
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    found = []
    for sheet in book.findall(".//{*}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        if link in target:
            part = normpath(join("/xl", target[link])).lstrip("/")
            found.append((sheet.get("name", ""), part))
    return found


def _too_far(where: str, data: bytes) -> Iterator[Fault]:
    """Refuse a sheet whose last filled cell is so far out that its blanks would fill the memory."""
    found = FILLED.findall(data)
    rows = max((int(row) for row in {row for _, row in found}), default=0)
    columns = max((column_number(name.decode()) for name in {name for name, _ in found}), default=0)
    if NAMELESS.search(data):
        rows = max([rows, *map(int, ROWS.findall(data))], default=rows)
        columns = max(columns, *(part.count(b"<c") for part in data.split(b"<row")))
    if rows * columns > MOST_CELLS:
        what = f"the sheet reaches to row {rows:,} and column {columns:,}: too far to be read"
        remedy = "delete the rows and columns after the table's end, or give it as CSV in a folder"
        yield Fault("E1404", where, what, remedy)


def _unsolved(data: bytes) -> dict[int, tuple[int, ...]]:
    """Return the rows, by column, of formulas that nobody has worked out yet."""
    found: dict[int, list[int]] = {}
    for name, row in UNSOLVED.findall(data):
        found.setdefault(column_number(name.decode()) - 1, []).append(int(row))
    return {column: tuple(rows) for column, rows in found.items()}


def column_number(letters: str) -> int:
    """Return the number of a column by its letters: 1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number

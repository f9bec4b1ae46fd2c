"""Read a GIAS extract: by column name, row by row, keeping only what bears on places.

The extract of all England has 140 columns and 61 MB; a row is read, judged and let go, so that a
few megabytes are held at a time.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.imports.gias_columns import KNOWN, MATTER, NEEDED, READ, USED
from sufficiency.imports.gias_schools import School, read_day, read_school

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

AGAIN = "download the extract again from Get Information about Schools, and unzip it"
RESAVE = AGAIN + "; or in Excel choose File, Save As, `CSV UTF-8 (Comma delimited)`"
REFILL = "tick all establishment fields when you download, or fill in what rests on them"
MANY = 50
"""So many rows should have a value in every column that matters."""
CHUNK = 1 << 20
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
"""How a zip or workbook, a gzip and an old workbook begin."""
MARRED = {
    "utf-8": re.compile(rb"\xc3\x83\xc2[\x80-\xbf]|\xc3\xa2\xe2\x82\xac|\xef\xbf\xbd"),
    "cp1252": re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x98-\x9d]"),
}
"""What is left where UTF-8 was once taken for Windows-1252, or a file is half one, half the other."""
_DAY = re.compile(r"(\d{2})[-/](\d{2})[-/](\d{4})")
_NAMED_DAY = re.compile(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?!\d)")


@dataclass(frozen=True)
class Extract:
    """What a GIAS extract says about places.

    Attributes
    ----------
    schools
        Every establishment that has, or had, SEND places; and all of the council asked for.
    councils
        Name of each council in the file to its code.
    rows
        How many rows it has.
    date
        The day of the extract: in the file's name, else the last day anything changed.
    faults
        Warnings about the file; what stops the reading is raised.
    """

    name: str
    schools: tuple[School, ...]
    councils: dict[str, str]
    date: dt.date | None
    rows: int
    faults: tuple[Fault, ...]


def read_extract(path: Path, wanted: Callable[[School], bool]) -> Extract:
    """Read an extract of establishment fields.

    Parameters
    ----------
    wanted
        Whether an establishment is kept although it has no SEND places: the council's own, to
        measure from, and those that may take places over.

    Raises
    ------
    CaseError
        When the file is no extract, is broken, or lacks a needed column.
    """
    rows = Rows(path, NEEDED, "establishment fields")
    schools: dict[str, School] = {}
    twice: list[int] = []
    bare: list[int] = []
    councils: dict[str, str] = {}
    latest = ""
    filled: set[str] = set()
    for number, cells in rows:
        councils[cells.get("la (name)", "")] = cells.get("la (code)", "")
        latest = max(latest, _sortable(cells.get("lastchangeddate", "")))
        filled.update(name for name, text in cells.items() if text)
        school = read_school(number, cells)
        if not school.urn:
            bare.append(number)
        elif school.kind or wanted(school):
            twice += [number] if school.urn in schools else []
            schools[school.urn] = school
    councils.pop("", None)
    faults = [
        *rows.faults,
        *_number_faults(path.name, bare, twice),
        *_column_faults(path.name, rows.header, filled if rows.count >= MANY else None),
    ]
    return Extract(
        path.name,
        tuple(schools.values()),
        dict(sorted(councils.items())),
        _date(path.name, latest),
        rows.count,
        tuple(faults),
    )


class Rows:
    """The rows of a CSV file by column name, one at a time; every broken row is found.

    Iterating gives the row number (the header is row 1) and the cells of the columns used, by name
    in lower case. A file that is broken raises `CaseError` with all that is wrong, at the latest
    when the last row has been read: do nothing that lasts before that.
    """

    def __init__(self, path: Path, needed: tuple[str, ...], content: str) -> None:
        self._path, self._needed, self._content = path, needed, content
        self._encoding, self.faults = _encoding(path)
        self.header: list[str] = []
        self.count = 0
        self._end = ""

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        bad: list[int] = []
        ends: set[str] = set()
        with self._path.open(encoding=self._encoding, newline="") as stream:
            lines = csv.reader(self._lines(stream), strict=True)
            try:
                self.header = self._checked(next(lines, []))
                at = [(i, n) for i, n in enumerate(_lower(self.header)) if n in READ]
                for number, row in enumerate(lines, start=2):
                    ends.add(self._end)
                    if len(row) == len(self.header):
                        self.count += 1
                        yield number, {name: row[i] for i, name in at}
                    elif any(row):
                        bad.append(number)
            except csv.Error:
                self._stop("E1103", "a quotation mark is opened and never closed: the file was cut")
        if bad:
            what = "more or fewer cells than the header has columns: the file was cut or edited"
            self._stop("E1103", what, tuple(bad))
        if not self.count:
            self._stop("E1101", "the file has no rows")
        if len(ends - {""}) > 1:
            what = "lines end in more than one way: parts of several files, perhaps"
            self.faults.append(
                Fault("W1103", self._path.name, what, AGAIN + " if rows are missing")
            )

    def _lines(self, stream: Iterable[str]) -> Iterator[str]:
        """Hand lines on, noting how the last one ended: that is how its record ended."""
        for line in stream:
            self._end = line[len(line.rstrip("\r\n")) :]
            yield line

    def _checked(self, header: list[str]) -> list[str]:
        """Return the header if it is what it should be."""
        names = _lower(header)
        missing = [name for name in self._needed if name.lower() not in names]
        if len(missing) == len(self._needed):
            what = f"the first row does not hold the column names of GIAS {self._content}"
            self._stop("E1101", what)
        if missing:
            what = f"needed columns are missing: {', '.join(missing)}"
            self._stop("E1104", what, remedy=f"tick all {self._content} when you download")
        twice = [name for name, n in Counter(names).items() if n > 1 and name in READ]
        if twice:
            self._stop("E1104", f"columns are there twice: {', '.join(twice)}")
        return header

    def _stop(self, code: str, what: str, rows: tuple[int, ...] = (), remedy: str = RESAVE) -> None:
        raise CaseError([Fault(code, self._path.name, what, remedy, rows=rows)])


def _lower(header: list[str]) -> list[str]:
    return [" ".join(name.split()).lower() for name in header]


def _encoding(path: Path) -> tuple[str, list[Fault]]:
    """Find out how a file's text is written: UTF-8, else Windows-1252, as GIAS publishes it.

    Raises
    ------
    CaseError
        When it is neither, or no text at all.
    """
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252")}
    marred = dict.fromkeys(decoders, False)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if b"\x00" in chunk or chunk.startswith(ARCHIVES):
                decoders.clear()
            decoders = {name: it for name, it in decoders.items() if _decodes(it, chunk)}
            marred = {name: marred[name] or bool(MARRED[name].search(chunk)) for name in decoders}
            if not decoders:
                what = "the file is not text in UTF-8 or Windows-1252 (zipped, or a workbook?)"
                raise CaseError([Fault("E1102", path.name, what, RESAVE)])
    name = next(iter(decoders))
    faults = []
    if marred[name]:
        what = "some names hold letters that were damaged when the file was saved"
        faults.append(Fault("W1104", path.name, what, AGAIN + ", and do not save it in between"))
    return ("utf-8-sig" if name == "utf-8" else name), faults


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _number_faults(name: str, bare: list[int], twice: list[int]) -> Iterator[Fault]:
    """Report rows whose URN was there before; refuse those that have none."""
    if bare:
        what = "rows without a URN: the file was cut or edited"
        raise CaseError([Fault("E1103", name, what, RESAVE, "URN", tuple(bare))])
    if twice:
        what = "schools that are there more than once: the last row of each is used"
        yield Fault("W1106", name, what, AGAIN, "URN", tuple(twice))


def _column_faults(name: str, header: list[str], filled: set[str] | None) -> Iterator[Fault]:
    """Say which columns the extract lacks or leaves blank, and which are new to us.

    ``filled`` names those with a value in some row; None where there are too few rows to tell.
    """
    given = dict(zip(_lower(header), header, strict=True))
    absent = [column for column in USED.values() if column.lower() not in given]
    if absent:
        what = f"columns that this extract lacks, taken as blank: {', '.join(absent)}"
        yield Fault("W1101", name, what, REFILL)
    there = [c for c in MATTER if c.lower() in given]
    blank = [c for c in there if filled is not None and c.lower() not in filled]
    if blank:
        what = f"columns that are blank in every row: {', '.join(blank)}"
        yield Fault("W1105", name, what, REFILL)
    new = [given[column] for column in given if column and column not in KNOWN]
    if new:
        what = f"columns that are new, and not read: {', '.join(new)}"
        yield Fault("W1102", name, what, "nothing to do: none is needed")


def _sortable(day: str) -> str:
    """Turn ``dd-mm-yyyy`` round, so that the latest is the greatest text; "" for anything else."""
    found = _DAY.fullmatch(day.strip())
    return f"{found[3]}-{found[2]}-{found[1]}" if found else ""


def _date(name: str, latest: str) -> dt.date | None:
    """Return the day in a file's name, as GIAS writes it, else the latest change in it."""
    for found in _NAMED_DAY.finditer(name):
        if day := read_day("-".join(found.groups())):
            return day
    return read_day(latest)

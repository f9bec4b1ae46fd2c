"""The DfE's published high needs place numbers as they stand: a sheet with its headings on row 4.

Only the layout is known to us, from the names that the Financial Benchmarking and Insights Tool
reads: the sheet `High_Needs_Places`, the column URN, and columns of places with the academic year
in their names. So headings are looked for in the first rows, and columns known by their words.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.workbook.guard import BROKEN, look_inside, too_much

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHEET = "High_Needs_Places"
#: Rows in which the headings are looked for; the published file has them on row 4.
HEAD_ROWS = 12
YEAR = re.compile(r"(20\d\d)\s*(?:to|/|-)\s*(?:20)?\d\d", re.IGNORECASE)
BLANKS = {"", "-", "–", "n/a", "na", "..", ":", "z"}
LAYOUT = (
    f"give the ODS as the DfE publishes it (sheet {SHEET}), or that sheet as CSV: a column URN, and "
    "columns of places that name their academic year, as in `2024 to 2025 ... pre-16 SEN Unit/RP "
    "Places (@£6k)`"
)


@dataclass(frozen=True)
class Column:
    """What a column of places counts.

    Attributes
    ----------
    words
        All of these stand in its heading, in lower case.
    kinds
        Kinds of provision that its places can be of.
    is_pre_16
        Whether they are for NCY 11 and below, rather than 12 and above.
    gbp
        Place funding of one, a year.
    """

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    is_pre_16: bool
    gbp: float


#: The first that fits counts. £10,000 a special or alternative place, £6,000 or £10,000 one in a unit
#: or base, as its heading says; £6,000 a post-16 place in mainstream, £10,000 in a special school.
COLUMNS = (
    Column(("pre-16", "unit", "6k"), ("base",), is_pre_16=True, gbp=6000),
    Column(("pre-16", "unit", "10k"), ("base",), is_pre_16=True, gbp=10000),
    Column(("pre-16", " ap "), ("alternative",), is_pre_16=True, gbp=10000),
    Column(("pre-16", "special"), ("special",), is_pre_16=True, gbp=10000),
    Column(("16", "special"), ("special",), is_pre_16=False, gbp=10000),
    Column(("16 to 18",), ("special", "base", "college"), is_pre_16=False, gbp=6000),
    Column(("16-19",), ("special", "base", "college"), is_pre_16=False, gbp=6000),
    Column(("post-16",), ("special", "base", "college"), is_pre_16=False, gbp=6000),
)


@dataclass(frozen=True)
class Count:
    """Places of one school in one column."""

    urn: str
    name: str
    column: Column
    places: float


@dataclass(frozen=True)
class PlaceNumbers:
    """What the file says: the academic year, its schools by URN with their names, and the places."""

    year: int
    schools: dict[str, str]
    counts: tuple[Count, ...]


def read_place_numbers(path: Path) -> PlaceNumbers:
    """Read a file of place numbers: ``.ods``, ``.xlsx`` or ``.csv``.

    Raises
    ------
    CaseError
        When it cannot be read, or is laid out otherwise.
    """
    grid = _grid(path)
    head = next((at for at, row in enumerate(grid[:HEAD_ROWS]) if "urn" in map(str.lower, row)), -1)
    if head < 0:
        what = f"no heading URN in the first {HEAD_ROWS} rows"
        raise CaseError([Fault("E1411", path.name, what, LAYOUT)])
    header = [" ".join(name.split()) for name in grid[head]]
    year, columns = _columns(header)
    if not columns:
        what = "no column of places that names its academic year"
        raise CaseError([Fault("E1411", path.name, what, LAYOUT)])
    at_urn = [name.lower() for name in header].index("urn")
    at_name = next((at for at, name in enumerate(header) if "name" in name.lower().split()), -1)
    schools: dict[str, str] = {}
    counts: list[Count] = []
    bad: dict[str, list[int]] = {}
    for number, row in enumerate(grid[head + 1 :], start=head + 2):
        urn = row[at_urn].removesuffix(".0")
        if not re.fullmatch(r"\d{5,7}", urn):
            continue
        schools[urn] = row[at_name] if at_name >= 0 else ""
        for at, column in columns.items():
            places = _places(row[at])
            if places is None:
                bad.setdefault(header[at], []).append(number)
            elif places:
                counts.append(Count(urn, schools[urn], column, places))
    if bad:
        raise CaseError(list(_not_numbers(path, bad)))
    return PlaceNumbers(year, schools, tuple(counts))


def _columns(header: list[str]) -> tuple[int, dict[int, Column]]:
    """Return the latest academic year that has places, and its columns."""
    found: dict[int, dict[int, Column]] = {}
    for at, name in enumerate(header):
        year = YEAR.search(name)
        words = f" {name.lower()} "
        column = next((c for c in COLUMNS if all(word in words for word in c.words)), None)
        if year and column:
            found.setdefault(int(year[1]), {})[at] = column
    return max(found.items(), default=(0, {}))


def _places(text: str) -> float | None:
    """Return a number of places, 0 where blank, None where it is no number."""
    if text.strip().lower() in BLANKS:
        return 0.0
    try:
        places = float(text.replace(",", ""))
    except ValueError:
        return None
    return places if 0 <= places < 1e6 else None


def _not_numbers(path: Path, bad: dict[str, list[int]]) -> Iterator[Fault]:
    for name, rows in bad.items():
        remedy = "give a plain number, or leave it blank"
        yield Fault("E1412", path.name, "not a number of places", remedy, name, tuple(rows))


def _grid(path: Path) -> list[list[str]]:
    """Return the sheet's cells as text, all rows as long as the longest."""
    kind = path.suffix.lower()
    rows = _text_grid(path) if kind == ".csv" else _sheet_grid(path, kind)
    wide = max(map(len, rows), default=0)
    return [row + [""] * (wide - len(row)) for row in rows]


def _text_grid(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def _sheet_grid(path: Path, kind: str) -> list[list[str]]:
    """Return the cells of the sheet of places, or of the only sheet there is."""
    from python_calamine import CalamineError, CalamineWorkbook

    faults = look_inside(path, [SHEET.lower()])[1] if kind == ".xlsx" else _guard(path)
    if faults:
        raise CaseError(faults)
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            title = next((n for n in names if n.strip().lower() == SHEET.lower()), "")
            if not title and len(names) != 1:
                raise CaseError([Fault("E1411", path.name, f"no sheet {SHEET}", LAYOUT)])
            cells = book.get_sheet_by_name(title or names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        fault = Fault("E1411", path.name, "the file cannot be read", LAYOUT)
        raise CaseError([fault]) from None
    return [[_text(value) for value in row] for row in cells]


def _guard(path: Path) -> list[Fault]:
    """Refuse an ODS that is none, or that unpacks to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            fault = too_much(path, archive)
    except BROKEN:
        fault = Fault("E1411", path.name, "the file is damaged, or no ODS", LAYOUT)
    return [fault] if fault else []


def _text(value: object) -> str:
    """Write a cell as text; a whole number without its decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()

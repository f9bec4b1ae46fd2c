"""Values: the cells of a table as text are checked column by column, then given their types.

The checks are a pandera schema built from the declared table; its lazy validation finds every bad
cell at once. What is reported names rows, and codes that may be used, never what a cell holds.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import needs, periods
from sufficiency.faults import Fault
from sufficiency.tables import BASE_YEAR, NUMBERS, WHOLES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import pandera.pandas as pa

    from sufficiency.tables import Column, Table

    Test = Callable[["pd.Series[str]"], "pd.Series[bool]"]

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAMAGE = re.compile(
    rf"\d+\.0+|\d+(\.\d+)?E\+\d+|\d{{1,2}}-({MONTHS})(-\d{{2,4}})?|({MONTHS})-\d{{2,4}}"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}([T ].*)?|#(N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!)|#+"
)
"""What a spreadsheet makes of a reference or postcode it took for a number or a date."""
MOST_WHOLE = 10**15


def schema(table: Table, kinds: Collection[str], skip: Collection[str] = ()) -> pa.DataFrameSchema:
    """Build the pandera schema of a table's text.

    Parameters
    ----------
    kinds
        Kinds of provision that the case knows.
    skip
        Columns to leave alone: those that the file does not have, or has blank.
    """
    import pandera.pandas as pa

    asked = {c.name: list(_tests(c, kinds)) for c in table.columns if c.name not in skip}
    return pa.DataFrameSchema(
        {
            name: pa.Column(
                checks=[pa.Check(test, error=code) for code, test in tests], nullable=True
            )
            for name, tests in asked.items()
            if tests
        }
    )


def check(
    frame: pd.DataFrame,
    table: Table,
    kinds: Mapping[str, str],
    where: str,
    skip: Collection[str] = (),
) -> list[Fault]:
    """Check every cell of a table's text; one fault for each column and kind of mistake."""
    from pandera.errors import SchemaErrors

    idle = [c.name for c in table.columns if not c.required and (frame[c.name] == "").all()]
    try:
        schema(table, kinds, [*skip, *idle]).validate(frame, lazy=True)
    except SchemaErrors as errors:
        found = errors.failure_cases
        return [
            fault
            for column in table.columns
            for code in sorted(set(found.loc[found["column"] == column.name, "check"]))
            for fault in _faults(
                str(code),
                column,
                frame.loc[_rows(found, column.name, str(code)), column.name],
                kinds,
                where,
            )
        ]
    return []


def _rows(found: pd.DataFrame, column: str, code: str) -> list[int]:
    """Return the rows that failed one check of one column, in order."""
    return sorted(found.loc[(found["column"] == column) & (found["check"] == code), "index"])


def _tests(column: Column, kinds: Collection[str]) -> Iterator[tuple[str, Test]]:
    """Yield the code and the test of everything that is asked of a column; blanks pass."""
    if column.required:
        yield "E601", lambda cells: cells != ""
    if column.kind in NUMBERS:
        yield "E602", lambda cells: (cells == "") | number(cells).notna()
    if column.kind in WHOLES:
        yield "E603", lambda cells: ~(number(cells) % 1 > 0)
    if column.least is not None and column.most is not None:
        low, high = column.least, column.most
        yield "E604", lambda cells: ~((number(cells) < low) | (number(cells) > high))
    match column.kind:
        case "need":
            yield "E605", partial(_each, good=needs.is_need)
        case "needs":
            yield (
                "E605",
                partial(_every, good=lambda code: code == needs.ANY or needs.is_need(code)),
            )
        case "kind":
            yield "E606", partial(_each, good=lambda code: code.lower() in kinds)
        case "kinds":
            yield "E606", partial(_every, good=lambda code: code.lower() in kinds)
        case "choice":
            yield "E606", partial(_each, good=lambda code: code.lower() in column.choices)
        case "date" | "period":
            code, read = _READ[column.kind]
            yield code, partial(_each, good=lambda text: read(text) is not None)
        case "id" | "postcode":
            yield "E608", lambda cells: ~cells.str.fullmatch(DAMAGE)


_READ: dict[str, tuple[str, Callable[[str], object]]] = {
    "date": ("E607", needs.read_date),
    "period": ("E609", periods.read),
}


def _each(cells: pd.Series[str], good: Callable[[str], bool]) -> pd.Series[bool]:
    """Test each different cell once, upper case; blanks pass."""
    verdict = {text: not text or good(text.upper()) for text in cells.unique()}
    return cells.map(verdict).astype(bool)


def _every(cells: pd.Series[str], good: Callable[[str], bool]) -> pd.Series[bool]:
    """Test every part of each cell that is joined by bars; a cell of bars alone fails."""
    return _each(cells, lambda text: bool(needs.split(text)) and all(map(good, needs.split(text))))


def number(cells: pd.Series[str]) -> pd.Series[float]:
    """Read text as numbers; NaN for blank, for anything else, and for infinity."""
    read = pd.to_numeric(cells.to_numpy(dtype=object), errors="coerce").astype(float)
    return pd.Series(np.where(np.isfinite(read), read, np.nan), index=cells.index)


WHAT = {
    "E601": "blank, but a value is needed",
    "E602": "not a number",
    "E603": "not a whole number",
    "E604": "out of range",
    "E605": "not a need code",
    "E606": "not one of the names that may stand here",
    "E607": "not a date",
    "E608": "a spreadsheet has turned a reference or postcode into a number, date or error",
    "E609": "not a quarter, term, month, day or year",
}


def _faults(
    code: str, column: Column, cells: pd.Series[str], kinds: Mapping[str, str], where: str
) -> Iterator[Fault]:
    """Report the bad cells of one column; unknown codes apart by the nearest known one."""
    groups: dict[str, list[int]] = {}
    for row, text in cells.items():
        groups.setdefault(_remedy(code, column, text, kinds), []).append(int(str(row)))
    for remedy, rows in groups.items():
        yield Fault(code, where, WHAT[code], remedy, column.name, tuple(rows))


def _remedy(code: str, column: Column, text: str, kinds: Mapping[str, str]) -> str:
    """Say how to mend a bad cell, without saying what it holds."""
    if code == "E604":
        unit = f" {column.unit}" if column.unit and column.unit != "£" else ""
        return f"give a number from {column.least:.12g} to {column.most:.12g}{unit}"
    if code == "E605":
        return _offer_needs(text)
    return {
        "E601": f"give {column.meaning}",
        "E602": _PLAIN.get(column.kind, "give a plain number, without commas, £, % or words"),
        "E603": "give a whole number, without decimals",
        "E606": "use one of: "
        + ", ".join(column.choices or kinds)
        + ("; join several by a bar" if column.kind == "kinds" else ""),
        "E607": "write dates as yyyy-mm-dd or dd/mm/yyyy",
        "E608": "format the column as Text in the spreadsheet and type the value again",
        "E609": f"write it as one of: {periods.FORMS}",
    }[code]


_PLAIN = {
    "year": "give the year of its September as a number, such as 2025",
    "ncy": "give the year group as a number: Reception is 0, Year 1 is 1",
}


def _offer_needs(text: str) -> str:
    """Offer the nearest codes to those of a cell that are unknown."""
    if re.search("[,;/&+]", text):
        return "join codes by a bar: ASD|SEMH"
    unknown = [code for code in needs.split(text) if not needs.is_need(code) and code != needs.ANY]
    near = sorted({code for part in unknown if (code := needs.nearest(part))})
    if near and len(unknown) == len(near):
        return f"did you mean {' and '.join(near)}?"
    return "use the codes of SEN2: " + ", ".join(needs.NEEDS)


def typed(frame: pd.DataFrame, table: Table, base_year: int) -> pd.DataFrame:
    """Give a table's text its types; what cannot be read becomes blank.

    Text is ``str`` with "" for blank, whole numbers ``Int64``, other numbers ``float64`` with NaN.
    """
    columns = {
        column.name: _typed(frame[column.name], column, base_year) for column in table.columns
    }
    return pd.DataFrame(columns, index=frame.index)


def _typed(cells: pd.Series[str], column: Column, base_year: int) -> pd.Series[Any]:
    default = str(base_year) if column.default == BASE_YEAR else column.default
    filled = cells.mask(cells == "", default) if default else cells
    if column.kind in WHOLES:
        return whole(number(filled))
    if column.kind in NUMBERS:
        return number(filled)
    spell = _SPELL.get(column.kind, str)
    return filled.map({text: spell(text) for text in filled.unique()}).astype("str")


def whole(numbers: pd.Series[float]) -> pd.Series[int]:
    """Return numbers as ``Int64``, blank where they are not whole."""
    return numbers.where((numbers % 1 == 0) & (numbers.abs() < MOST_WHOLE)).astype("Int64")


def _iso(text: str) -> str:
    date = needs.read_date(text)
    return date.isoformat() if date else ""


def _lower(text: str) -> str:
    return "|".join(dict.fromkeys(part.lower() for part in needs.split(text)))


_SPELL: dict[str, Callable[[str], str]] = {
    "need": str.upper,
    "needs": needs.normalise,
    "kind": str.lower,
    "kinds": _lower,
    "choice": str.lower,
    "postcode": str.upper,
    "date": _iso,
    "period": periods.spell,
}


def blank(table: Table) -> pd.DataFrame:
    """Return a table without rows, all its columns text."""
    return text_frame([], table.names, [])


def text_frame(rows: Iterable[list[str]], names: list[str], index: list[int]) -> pd.DataFrame:
    """Return rows of text as a frame whose index, ``row``, is the spreadsheet's row number."""
    return pd.DataFrame(
        list(rows), columns=names, index=pd.Index(index, dtype="int64", name="row"), dtype="str"
    )

"""A figure of a claim: a number as it is written, or one looked up in a table or a record."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.evidence.counts import Counts
from sufficiency.write import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: No figure of a council's is larger.
LARGEST = Decimal(10) ** 15
#: The tables of a case that list children.
OF_CHILDREN = ("children", "new_children")
#: What a look-up may say.
LOOK_UP = ("file", "column", "where", "key")
#: What people write behind a number, in powers of ten.
LARGE = {"": 0, "k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
_WHOLE = r"\d{1,3}(?:,\d{3})+|\d+"
_NUMBER = rf"(?:[-−+]\s*£?|£\s*[-−+]?)?\s*(?:(?:{_WHOLE})(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?"
_ONE = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<large>k|m|bn|thousand|million|billion)?\s*(?:%|per ?cent)?",
    re.IGNORECASE,
)
_TWO = re.compile(r"\s*(?:–|\bto\b|(?<=[\d%kmn])\s*-\s*(?=[£\d]))\s*", re.IGNORECASE)
_GIVE = "give a number, such as 1234, 10.8, £49,000 or £2.8m"


class FigureError(ValueError):
    """A figure cannot be read: its words say what is wrong and how to mend it, and quote no cell."""


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes
    ----------
    half
        Half of the last place that is written: 10.8 is anything from 10.75 to 10.85.
    source
        Where it was looked up, or "" for one that is written in the claim.
    spread
        Of a range, half of what lies between its ends, with `value` in the middle; else 0.
    """

    value: float
    half: float
    source: str = ""
    spread: float = 0.0


def read_figure(given: object, folder: Path) -> Figure:
    """Read a figure; files are looked for from a folder.

    Raises
    ------
    FigureError
        When it is neither a number nor a look-up that finds one.
    """
    if isinstance(given, dict):
        return _looked_up(given, folder)
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        raise FigureError("give a number, or {file, column, where} to look one up")
    return written(str(given))


def written(text: str) -> Figure:
    """Read a number as people write it, 1,234, £49,000, £2.8m or 10.8%, or a range, 10.8 to 15.

    Raises
    ------
    FigureError
        When it is none.
    """
    ends = _TWO.split(text.strip().removeprefix("between "))
    if len(ends) > 2 or not all(ends):
        raise FigureError(_GIVE)
    last, large = _one(ends[-1])
    if len(ends) == 1:
        return last
    first, _ = _one(ends[0], large)
    if first.value > last.value:
        raise FigureError("give the lower end of a range first")
    middle, half = (first.value + last.value) / 2, min(first.half, last.half)
    return Figure(middle, half, spread=(last.value - first.value) / 2)


def _one(text: str, large: str = "") -> tuple[Figure, str]:
    """Read one number, and what stands behind it: what stands behind the other end of a range, if nothing does."""
    match = _ONE.fullmatch(text.strip())
    if match is None:
        commas = "; a comma stands between thousands only, decimals have a point"
        raise FigureError(_GIVE + (commas if re.search(r"\d,\d", text) else ""))
    large = (match["large"] or large).lower()
    bare = re.sub(r"[,£\s+]", "", match["number"]).replace("−", "-")
    try:
        number = Decimal(bare).scaleb(LARGE[large])
    except ArithmeticError:
        raise FigureError(_GIVE) from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.copy_abs() > LARGEST:
        raise FigureError(_GIVE)
    return Figure(float(number), 0.5 * 10.0 ** _place(exponent, large)), large


def _place(exponent: int, large: str) -> int:
    """Return the last place written, as a power of ten: ones in 49,000, hundred thousands in £2.8m."""
    return exponent if large else min(exponent, 0)


def _looked_up(given: Mapping[str, Any], folder: Path) -> Figure:
    if unknown := sorted(given.keys() - set(LOOK_UP)):
        raise FigureError(f"a look-up has no {unknown[0]!r}; it has {', '.join(LOOK_UP)}")
    if not isinstance(given.get("where", {}), dict):
        raise FigureError("say where as a table: where = { year = 2025 }")
    path = folder / str(given.get("file", ""))
    if not path.is_file():
        raise FigureError(
            "name a file that is there, seen from the claims' own folder or from --data"
        )
    if path.suffix.lower() == ".json":
        return _in_record(given, path)
    return _in_table(given, path)


def _in_record(given: Mapping[str, Any], path: Path) -> Figure:
    """Look a figure up in a JSON record, by its keys with dots between."""
    try:
        value = json.loads(path.read_text("utf-8"))
        for key in str(given["key"]).split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
        number = float(value)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        raise FigureError("its key leads to no number in that record") from None
    return _found(number, f"{given['file']}, {given['key']}")


def _in_table(given: Mapping[str, Any], path: Path) -> Figure:
    """Add up a column of the rows of a CSV table that are as wanted; without a column, count them."""
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError):
        raise FigureError("it cannot be read as a CSV table in UTF-8") from None
    column, where = str(given.get("column", "")), dict(given.get("where", {}))
    if not column and not where:
        raise FigureError("name a column to add up, or say where, to count rows")
    missing = [name for name in (*([column] if column else []), *where) if name not in table]
    if missing:
        raise FigureError(
            f"the table has no column {missing[0]!r}; it has {', '.join(map(str, table.columns))}"
        )
    rows = table
    for name, wanted in where.items():
        rows = rows[
            rows[name].str.strip().str.lower().isin([one.lower() for one in _any_of(wanted)])
        ]
    ones = pd.Series(1.0, rows.index)
    numbers = pd.to_numeric(rows[column].str.replace(",", ""), errors="coerce") if column else ones
    if rows.empty or not (numbers.abs() <= float(LARGEST)).all():
        raise FigureError(
            "no row is as wanted" if rows.empty else "a cell of it is withheld or is no number"
        )
    said = ", ".join(f"{name} {' or '.join(_any_of(wanted))}" for name, wanted in where.items())
    source = f"{given['file']}, {column or 'rows'}" + (f" of {said}" if said else "")
    total = float(numbers.sum())
    if _is_of_children(path) and 0 < total < Counts().threshold:
        raise FigureError("it would tell of few children: look it up in a plan's public tables")
    return _found(total, source)


def _is_of_children(path: Path) -> bool:
    """Whether a table is personal data: it lists children, or stands in a plan's private folder."""
    return path.stem.lower() in OF_CHILDREN or PRIVATE in path.parts[-3:-1]


def _found(number: float, source: str) -> Figure:
    """Return a number that was looked up, if it is one that a council could have."""
    if not abs(number) <= float(LARGEST):
        raise FigureError("what it finds is no number, or too large for one")
    return Figure(number, 0.0, source)


def _any_of(wanted: object) -> list[str]:
    """Return what a cell may be: one text or number, or any of a list."""
    several = wanted if isinstance(wanted, list) else [wanted]
    return [str(one).strip() for one in several]

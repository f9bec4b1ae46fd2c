"""A figure of a claim: a number as it is written, or one looked up in a table or a record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: No figure of a council's is larger.
LARGEST = Decimal(10) ** 15
#: What a look-up may say.
LOOK_UP = ("file", "column", "where", "key")


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
    """

    value: float
    half: float
    source: str = ""


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
    """Read a number as people write it: 1,234, £49,000, 10.8%.

    Raises
    ------
    FigureError
        When it is none.
    """
    bare = text.strip().replace(",", "").replace("_", "").removeprefix("£").removesuffix("%")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise FigureError("give a number, such as 1234, 10.8 or £49,000") from None
    exponent = number.as_tuple().exponent
    if not number.is_finite() or not isinstance(exponent, int) or number.copy_abs() > LARGEST:
        raise FigureError("give a number, such as 1234, 10.8 or £49,000")
    return Figure(float(number), 0.5 * 10.0 ** min(exponent, 0))


def _looked_up(given: Mapping[str, Any], folder: Path) -> Figure:
    if unknown := sorted(given.keys() - set(LOOK_UP)):
        raise FigureError(f"a look-up has no {unknown[0]!r}; it has {', '.join(LOOK_UP)}")
    path = folder / str(given.get("file", ""))
    if not path.is_file():
        raise FigureError("name a file that is there, seen from the claims' own folder")
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
    return Figure(number, 0.0, f"{path.name}, {given['key']}")


def _in_table(given: Mapping[str, Any], path: Path) -> Figure:
    """Add up a column of the rows of a CSV table in which every other column is as wanted."""
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError):
        raise FigureError("it cannot be read as a CSV table in UTF-8") from None
    column, where = str(given.get("column", "")), dict(given.get("where", {}))
    missing = [name for name in (column, *where) if name not in table]
    if missing:
        raise FigureError(
            f"the table has no column {missing[0]!r}; it has {', '.join(map(str, table.columns))}"
        )
    rows = table
    for name, wanted in where.items():
        rows = rows[rows[name].str.strip().str.lower() == str(wanted).strip().lower()]
    numbers = pd.to_numeric(rows[column].str.replace(",", ""), errors="coerce")
    if rows.empty or numbers.isna().any():
        raise FigureError(
            "no row is as wanted" if rows.empty else "a cell of it is withheld or is no number"
        )
    said = ", ".join(f"{name} {wanted}" for name, wanted in where.items())
    return Figure(
        float(numbers.sum()), 0.0, f"{path.name}, {column}" + (f" of {said}" if said else "")
    )

"""A file of claims as it is written: TOML with a ``[[claims]]`` each, or CSV with a row each, as Excel saves it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault
from sufficiency.scenario import offer
from sufficiency.sheets import read_csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What a file says of itself, besides its claims.
HEADS = ("title", "source")
#: What stands between the cells of a CSV file: a comma, a semicolon where commas are decimals, a tab.
DELIMITERS = (",", ";", "\t")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class Written:
    """A claim as it is written.

    Attributes
    ----------
    cells
        What it says, by name.
    where
        What a message calls it.
    rows
        Its row of a CSV file; nothing in TOML.
    """

    cells: Mapping[str, Any]
    where: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class File:
    """A file of claims, and what it says of itself."""

    claims: list[Written]
    head: Mapping[str, Any] = field(default_factory=dict)


def read_file(path: Path) -> File:
    """Read a file of claims as it is written.

    Raises
    ------
    UsageError
        When it is neither TOML nor CSV.
    CaseError
        When it is badly formed, or holds no claim.
    """
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        raise UsageError(f"{path.name} is a workbook: save its sheet of claims as CSV")
    found = _csv(path) if kind in {".csv", ".txt", ".tsv"} else _toml(path)
    if not found.claims:
        remedy = "add [[claims]], or rows below the header"
        raise CaseError([Fault("E1701", path.name, "it holds no claim", remedy)])
    return found


def _toml(path: Path) -> File:
    try:
        text = path.read_text("utf-8-sig").replace("\r\n", "\n")
        head = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path.name} is not TOML: {error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} cannot be read: save it as TOML or CSV in UTF-8") from None
    except (ValueError, RecursionError):
        raise UsageError(
            f"{path.name} is not TOML: a number too long, or too many brackets"
        ) from None
    known = ["claims", *HEADS]
    if unknown := sorted(head.keys() - set(known)):
        remedy = offer(unknown[0], known) or "write each claim under a line [[claims]]"
        raise CaseError([Fault("E1703", path.name, "there is no such part", remedy, unknown[0])])
    claims = head.get("claims", [])
    if not isinstance(claims, list) or not all(isinstance(row, dict) for row in claims):
        raise UsageError(f"{path.name}: write each claim under a line [[claims]]")
    written = [
        Written(_with_parts(row), f"{path.name}, claim {row.get('id') or number}")
        for number, row in enumerate(claims, start=1)
    ]
    return File(written, head)


def _csv(path: Path) -> File:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # Excel's plain "CSV"
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    sheet, faults = read_csv(text.encode("utf-8"), path.name, delimiter)
    if sheet is None or faults:
        raise CaseError(faults)
    names = ["_".join(name.lower().split()) for name in sheet.header]
    claims = []
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        cells = {name: text for name, text in zip(names, map(str.strip, row), strict=True) if text}
        if cells:
            claims.append(Written(_in_cells(cells), path.name, (number,)))
    return File(claims)


def _in_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of CSV with what is a table in TOML: ``a=1|b=2`` in parts, ``file=…|column=…`` anywhere."""
    found: dict[str, Any] = dict(cells)
    for name, text in cells.items():
        if text.lower().startswith("file="):
            found[name] = _look_up(text)
    if "parts" in cells:
        pairs = [part.rpartition("=") for part in cells["parts"].split("|")]
        found["parts"] = [(name.strip(), value.strip()) for name, _, value in pairs]
    return _with_parts(found)


def _look_up(text: str) -> dict[str, Any]:
    """Return ``file=t.csv|column=n|year=2025`` as a look-up: what is not one of its own names is looked for."""
    pairs = [part.partition("=")[::2] for part in text.split("|")]
    given = {name.strip(): value.strip() for name, value in pairs}
    own: dict[str, Any] = {
        name: given.pop(name) for name in ("file", "column", "key") if name in given
    }
    return own | ({"where": given} if given else {})


def _with_parts(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim whose parts all have a name of their own: those without are numbered."""
    parts = cells.get("parts")
    if isinstance(parts, list):
        pairs = [part if isinstance(part, tuple) else ("", part) for part in parts]
        times = Counter(name for name, _ in pairs)
        parts = {
            name if name and times[name] == 1 else f"{name} {at}".strip(): value
            for at, (name, value) in enumerate(pairs, start=1)
        }
        return {**cells, "parts": parts}
    return dict(cells)

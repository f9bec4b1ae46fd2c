"""A file of claims: TOML with a ``[[claims]]`` each, or CSV with a row each; every fault of it at once."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sufficiency.claims.figures import Figure, FigureError, read_figure
from sufficiency.claims.kinds import DIRECTIONS, KINDS
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: What a claim may say besides figures: its name, its words, its kind, whether it should hold, and why it does not.
WORDS = ("id", "says", "kind", "expect", "why", "source", "direction")
EXPECT = ("holds", "fails")
#: The nearest that claimed figures were rounded to, where that is more than the last place written.
ROUNDED = "rounded_to"


@dataclass(frozen=True)
class Claim:
    """A statement and the figures in it.

    Attributes
    ----------
    given, claimed
        Figures that the statement starts from; those that it says follow.
    direction
        "up", "down" or "same", if it says where a change goes; else "".
    rounded_to
        What the claimed figures were rounded to; 0 for the last place written.
    expected
        Whether its author expects it to hold, with the reason if not.
    """

    name: str
    says: str
    kind: str
    given: Mapping[str, Figure]
    claimed: Mapping[str, Figure] = field(default_factory=dict)
    direction: str = ""
    rounded_to: float = 0.0
    expected: bool = True
    why: str = ""
    source: str = ""


@dataclass(frozen=True)
class Claims:
    """A file of claims."""

    title: str
    source: str
    claims: tuple[Claim, ...]


def read_claims(path: Path) -> Claims:
    """Read a file of claims.

    Raises
    ------
    UsageError
        When it is neither TOML nor CSV.
    CaseError
        With every fault in it.
    """
    head, rows = _rows(path)
    found: list[Claim] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows, start=1):
        where = f"{path.name}, claim {row.get('id') or number}"
        wrong = list(_faults(row, where, path))
        faults += wrong
        if not wrong:
            found.append(_claim(row, number, path))
    if not rows:
        faults.append(
            Fault(
                "E1701", path.name, "it holds no claim", "add [[claims]], or rows below the header"
            )
        )
    if faults:
        raise CaseError(faults)
    return Claims(str(head.get("title", path.stem)), str(head.get("source", "")), tuple(found))


def _rows(path: Path) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """Return what a file says of itself, and its claims as they are written."""
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".csv":
            rows = [
                {k.strip(): v.strip() for k, v in row.items() if k and v and v.strip()}
                for row in csv.DictReader(text.splitlines())
            ]
            return {}, [_with_parts(row) for row in rows]
        head = tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path.name} is not TOML: {error}") from None
    except (UnicodeDecodeError, csv.Error, AttributeError):
        raise UsageError(f"{path.name} cannot be read: save it as TOML or CSV in UTF-8") from None
    claims = head.get("claims", [])
    if not isinstance(claims, list) or not all(isinstance(row, dict) for row in claims):
        raise UsageError(f"{path.name}: write each claim under a line [[claims]]")
    return head, claims


def _with_parts(row: dict[str, str]) -> dict[str, Any]:
    """Return a row of CSV whose parts, ``special=400|base=230``, are a table as in TOML."""
    if "parts" not in row:
        return dict(row)
    parts = dict(part.rpartition("=")[::2] for part in row["parts"].split("|"))
    return {**row, "parts": parts}


def _faults(row: Mapping[str, Any], where: str, path: Path) -> Iterator[Fault]:
    kind = KINDS.get(str(row.get("kind", "")))
    if kind is None:
        yield Fault("E1702", where, "not a kind of claim", f"use one of {', '.join(KINDS)}", "kind")
        return
    known = {*WORDS, ROUNDED, *kind.needs, *kind.takes, *kind.derives}
    for name in sorted(row.keys() - known):
        yield Fault(
            "E1703", where, "there is no such figure", f"use {', '.join(sorted(known))}", name
        )
    for name in kind.needs:
        if name not in row:
            yield Fault(
                "E1704", where, "a figure is missing", f"{row['kind']}: {kind.meaning}", name
            )
    if not row.keys() & kind.derives.keys() and "direction" not in row:
        yield Fault(
            "E1704", where, "it claims nothing", f"add one of {', '.join(kind.derives)}", "kind"
        )
    if "direction" in row and (not kind.directed or not _direction(row["direction"])):
        words = ", ".join(word for known in DIRECTIONS.values() for word in known)
        yield Fault("E1705", where, "not a direction of this kind", f"say {words}", "direction")
    if str(row.get("expect", "holds")) not in EXPECT:
        yield Fault("E1705", where, "not an expectation", "say holds or fails", "expect")
    for name, value in _figures(row):
        try:
            read_figure(value, path.parent)
        except FigureError as error:
            yield Fault("E1706", where, "not a figure", str(error), name)


def _figures(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the figures of a claim as they are written; those of its parts are ``parts.NAME``."""
    for name, value in row.items():
        if name in WORDS:
            continue
        if name == "parts" and isinstance(value, dict):
            yield from ((f"parts.{part}", number) for part, number in value.items())
        else:
            yield name, value


def _direction(word: object) -> str:
    """Return where a word says that a change goes; "" for no such word."""
    said = str(word).strip().lower()
    return next((way for way, words in DIRECTIONS.items() if said in words), "")


def _claim(row: Mapping[str, Any], number: int, path: Path) -> Claim:
    kind = KINDS[row["kind"]]
    figures = {name: read_figure(value, path.parent) for name, value in _figures(row)}
    rounded = figures.pop(ROUNDED, None)
    return Claim(
        name=str(row.get("id") or number),
        says=str(row.get("says", "")),
        kind=row["kind"],
        given={name: f for name, f in figures.items() if name not in kind.derives},
        claimed={name: f for name, f in figures.items() if name in kind.derives},
        direction=_direction(row["direction"]) if "direction" in row else "",
        rounded_to=rounded.value if rounded else 0.0,
        expected=str(row.get("expect", "holds")) == "holds",
        why=str(row.get("why", "")),
        source=str(row.get("source", "")),
    )

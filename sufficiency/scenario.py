"""Scenarios: small files of differences from a case, applied to its settings and raw tables before anything is checked.

A scenario is ``scenarios/NAME.toml`` in the case's folder (beside it, for a workbook)::

    title = "Two more bases, and more money"
    [settings.capital]              # as in case.toml; a table of years or needs replaces the case's
    budget_gbp = { 2026 = 9000000 }
    [changed.schemes.P1]            # columns of a row, by its key
    choice = "open"
    [[added.provisions]]            # rows
    provision_id = "NEW-1"
    [removed]                       # rows, by key or owner; settings by their dotted names
    scheme_places = ["P1"]

A table whose rows have no key of one column is changed by removing all rows of an owner (`OWNERS`) and adding others.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

FOLDER = "scenarios"
SETTINGS = "settings"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
#: A file larger than this is none of ours.
MOST_BYTES = 5_000_000
#: The column by which rows of each table are found.
OWNERS: dict[str, str] = {
    name: table.key[0]
    if len(table.key) == 1
    else next((owner for owner in ("scheme_id", "provision_id") if owner in table.names), "")
    or table.key[0]
    for name, table in TABLES.items()
}
#: Tables with a row for each key, whose single columns can be changed.
KEYED = tuple(name for name, table in TABLES.items() if len(table.key) == 1)
#: Tables whose references are never printed.
OF_CHILDREN = ("children", "new_children")

Cell = str | int | float
Row = dict[str, Cell]


@dataclass(frozen=True)
class Scenario:
    """Differences from a case.

    Attributes
    ----------
    name
        What it is called on the command line, or "" for one that is not saved.
    settings
        Settings as in ``case.toml``.
    changed
        By table and key, columns with another value ("" for a blank).
    added, removed
        By table, rows; and keys or owners (of `OWNERS`) whose rows go. Rows go before rows come.
    """

    name: str = ""
    title: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    added: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """What a message calls it."""
        return f"{FOLDER}/{self.name}.toml" if self.name else "the scenario"

    @property
    def tables(self) -> frozenset[str]:
        """The tables that it touches; `settings` among them."""
        touched = {*self.changed, *self.added, *self.removed}
        return frozenset(touched | ({SETTINGS} if self.settings else set()))

    def plain(self) -> dict[str, Any]:
        """Return it as the table that its file holds, without what is empty."""
        parts = {
            "title": self.title,
            SETTINGS: dict(self.settings),
            "changed": {t: dict(rows) for t, rows in self.changed.items() if rows},
            "added": {t: list(rows) for t, rows in self.added.items() if rows},
            "removed": {t: list(keys) for t, keys in self.removed.items() if keys},
        }
        return {name: part for name, part in parts.items() if part}


def folder_of(case: Path) -> Path:
    """Return where the scenarios of a case are."""
    return (case if case.is_dir() else case.parent) / FOLDER


def scenario_names(case: Path) -> list[str]:
    """Return the names of a case's scenarios."""
    folder = folder_of(case)
    found = folder.glob("*.toml") if folder.is_dir() else ()
    return sorted(path.stem for path in found if NAME.fullmatch(path.stem))


def read_scenario(case: Path, name: str) -> Scenario:
    """Read a scenario of a case by its name.

    Raises
    ------
    UsageError
        When the case has none of that name.
    CaseError
        When the file is no scenario.
    """
    path = folder_of(case) / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        known = ", ".join(scenario_names(case)) or "none yet"
        raise UsageError(f"{case.name} has no scenario of that name in {FOLDER}/: there is {known}")
    if path.stat().st_size > MOST_BYTES:
        raise CaseError([Fault("E121", f"{FOLDER}/{name}.toml", "the file is too large", _REDO)])
    scenario, faults = parse(path.read_bytes(), name)
    if faults:
        raise CaseError(faults)
    return scenario


_REDO = "write it as the guide shows, or save it anew from `sufficiency studio`"


def parse(data: bytes, name: str) -> tuple[Scenario, list[Fault]]:
    """Read the bytes of a scenario's file; what is wrong with its shape is returned as faults."""
    empty = Scenario(name)
    try:
        table = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        return empty, [Fault("E121", empty.where, "not UTF-8", "save it as UTF-8")]
    except tomllib.TOMLDecodeError as error:
        remedy = f"put it right {str(error).rpartition('(')[2].rstrip(')')}; texts need quotes"
        return empty, [Fault("E121", empty.where, "the file is not well-formed TOML", remedy)]
    faults = list(_shape(table, empty.where))
    if faults:
        return empty, faults
    return from_plain(table, name), []


def from_plain(table: Mapping[str, Any], name: str = "") -> Scenario:
    """Return the scenario of a table in the shape of its file."""
    return Scenario(
        name,
        table.get("title", ""),
        table.get(SETTINGS, {}),
        table.get("changed", {}),
        table.get("added", {}),
        table.get("removed", {}),
    )


def _shape(table: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """Find parts that no scenario has, and values that are no text or number."""
    known = ["title", SETTINGS, "changed", "added", "removed"]
    for part in table:
        if part not in known:
            near = offer(part, known) or "use one of: " + ", ".join(known)
            yield Fault("E122", where, "a scenario has no such part", near, part)
    if not isinstance(table.get("title", ""), str):
        yield Fault("E123", where, "not a text", "put the title in quotes", "title")
    for part, kind, words in _PARTS:
        given = table.get(part, {})
        if not isinstance(given, dict):
            yield Fault("E123", where, "not a table", f"write {words}", part)
            continue
        for name, value in given.items():
            if part != SETTINGS and not kind(value):
                yield Fault(
                    "E123",
                    where,
                    "not in the shape it has to be",
                    f"write {words}",
                    f"{part}.{name}",
                )


def _is_cell(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_row(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_cell, value.values()))


_PARTS: tuple[tuple[str, Any, str], ...] = (
    (SETTINGS, None, "[settings.SECTION]"),
    (
        "changed",
        lambda rows: isinstance(rows, dict) and all(map(_is_row, rows.values())),
        "[changed.TABLE.KEY], and columns with a text or a number each",
    ),
    (
        "added",
        lambda rows: isinstance(rows, list) and all(map(_is_row, rows)),
        "[[added.TABLE]], and columns with a text or a number each",
    ),
    (
        "removed",
        lambda keys: isinstance(keys, list) and all(isinstance(key, str) for key in keys),
        'TABLE = ["KEY", "KEY"]',
    ),
)  # fmt: skip


def digest(scenario: Scenario) -> str:
    """Return the hash of a scenario's differences: the same however its file is laid out."""
    plain = {name: part for name, part in scenario.plain().items() if name != "title"}
    return hashlib.sha256(repr(_sorted(plain)).encode()).hexdigest()


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return [(str(key), _sorted(part)) for key, part in sorted(value.items(), key=str)]
    return [_sorted(part) for part in value] if isinstance(value, list) else value


def offer(given: str, known: Sequence[str]) -> str:
    """Offer the nearest known name, or "" when none is near."""
    near = difflib.get_close_matches(given, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def to_toml(scenario: Scenario) -> str:
    """Write a scenario as its file."""
    plain = scenario.plain()
    lines = [f"title = {_quoted(scenario.title)}"] if scenario.title else []
    lines += _table((SETTINGS,), plain.get(SETTINGS, {}))
    for table, rows in plain.get("changed", {}).items():
        for key, cells in rows.items():
            lines += _table(("changed", table, key), cells)
    for table, added in plain.get("added", {}).items():
        for cells in added:
            lines += ["", f"[[added.{_quoted_key(table)}]]", *_cells(cells)]
    lines += _table(("removed",), plain.get("removed", {}))
    return "\n".join(lines).lstrip("\n") + "\n"


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> list[str]:
    """Write a table and those within it; what is keyed by years or needs stands on one line."""
    from sufficiency.settings import is_section

    inner = {
        key: value
        for key, value in table.items()
        if isinstance(value, dict) and path[0] == SETTINGS and is_section((*path[1:], key))
    }
    own = {key: value for key, value in table.items() if key not in inner}
    head = ["", f"[{'.'.join(map(_quoted_key, path))}]", *_cells(own)] if own else []
    return head + [line for key, value in inner.items() for line in _table((*path, key), value)]


def _cells(cells: Mapping[str, Any]) -> list[str]:
    return [f"{_quoted_key(str(name))} = {_value(value)}" for name, value in cells.items()]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        inside = ", ".join(f"{_quoted_key(str(k))} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _quoted(str(value))


def _quoted_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    """Write a text as TOML does: JSON's escapes, and those of what JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")

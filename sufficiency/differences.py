"""A scenario's differences, applied to what a case holds before it is understood: text in cells, settings as read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sufficiency.faults import Fault
from sufficiency.scenario import KEYED, OF_CHILDREN, OWNERS, SETTINGS, digest, offer
from sufficiency.sheets import Sheet
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sufficiency.scenario import Cell, Row, Scenario
    from sufficiency.source import Source


def apply(source: Source, scenario: Scenario) -> Source:
    """Return what a case holds with the differences applied, not yet checked, and the scenario's own faults."""
    faults = [*source.faults, *_unknown_parts(scenario)]
    label = {
        name: f"{source.files[name]} with {scenario.where}"
        for name in scenario.tables
        if name in source.files
    }
    sheets = dict(source.sheets)
    for name in sorted(scenario.tables & set(TABLES)):
        given = sheets.get(name, Sheet(label[name], [], [], []))
        if given is None or not (
            given.header or name in scenario.added or name in scenario.changed
        ):
            continue  # a file that could not be read is reported already; of no rows none can go
        changed, found = _applied(replace(given, where=label[name]), name, scenario)
        sheets[name] = changed
        faults += found
    settings = source.settings
    if SETTINGS in label and settings is not None:
        gone = list(scenario.removed.get(SETTINGS, ()))
        settings, found = _without(settings, gone, scenario.where)
        settings = merged(settings, scenario.settings)
        faults += found
    inputs = dict(source.inputs) | {scenario.where: digest(scenario)}
    return replace(
        source,
        settings=settings,
        sheets=sheets,
        files=dict(source.files) | label,
        inputs=inputs,
        faults=faults,
    )


def told(scenario: Scenario) -> list[str]:
    """Return a scenario's differences, a phrase each; of tables of children not how many rows are others."""
    words = [f"setting {name} = {value}" for name, value in _settings(scenario.settings)]
    words += [f"setting {name} left out" for name in scenario.removed.get(SETTINGS, ())]
    for table in (name for name in TABLES if name in scenario.tables):
        changed, added = scenario.changed.get(table, {}), scenario.added.get(table, ())
        gone = scenario.removed.get(table, ())
        if table in OF_CHILDREN:
            does = [
                word
                for word, rows in (("changed", changed), ("added", added), ("left out", gone))
                if rows
            ]
            words.append(f"{table}: rows {', '.join(does)}")
            continue
        for key, cells in changed.items():
            inside = ", ".join(f"{name} = {text(cell) or 'blank'}" for name, cell in cells.items())
            words.append(f"{table} {key}: {inside}")
        owners = dict.fromkeys(str(row.get(OWNERS[table], "")) for row in added)
        words += [f"{table} of {key} {'replaced' if key in gone else 'added'}" for key in owners]
        words += [f"{table} of {key} left out" for key in gone if key not in owners]
    return words


def _settings(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, object]]:
    """Yield settings by their dotted names."""
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _settings(value, name)
        else:
            yield name, value


def _unknown_parts(scenario: Scenario) -> Iterator[Fault]:
    """Find tables that there are not, and changes by key in tables without one."""
    for part in ("changed", "added", "removed"):
        known = [*TABLES, *([SETTINGS] if part == "removed" else [])]
        for name in getattr(scenario, part):
            if name not in known:
                remedy = offer(name, known) or "see `sufficiency tables`"
                yield Fault(
                    "E122", scenario.where, "there is no such table", remedy, f"{part}.{name}"
                )
            elif part == "changed" and name not in KEYED:
                remedy = f"remove all rows of a {OWNERS[name]} ([removed]) and add others ([[added.{name}]])"
                what = "rows of this table have no key of their own"
                yield Fault("E122", scenario.where, what, remedy, f"changed.{name}")


def _applied(sheet: Sheet, name: str, scenario: Scenario) -> tuple[Sheet, list[Fault]]:
    """Return a sheet with the differences of one table applied."""
    grid = _Grid(sheet)
    faults = [
        *_remove(grid, name, scenario),
        *(_change(grid, name, scenario) if name in KEYED else ()),
        *_add(grid, name, scenario),
    ]
    return grid.sheet(), faults


class _Grid:
    """A sheet while its cells are changed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.header = [title.lower() for title in sheet.header]
        self.rows = [list(row) for row in sheet.rows]
        self.numbers = list(sheet.numbers)
        self._marks = {at: dict(marks) for at, marks in sheet.marks.items()}
        self._whole = {at for at, marks in sheet.marks.items() if set(marks.values()) == {"whole"}}
        self._last = max([1, *sheet.numbers])

    def column(self, name: str) -> int:
        """Return the position of a column, which is added if it is not there."""
        if name not in self.header:
            self.header.append(name)
            for row in self.rows:
                row.append("")
        return self.header.index(name)

    def put(self, row: int, name: str, value: Cell) -> None:
        """Write a cell; in a workbook's column of whole numbers it is one too."""
        at = self.column(name)
        self.rows[row][at] = text(value)
        marks = self._marks.get(at)
        if marks is not None:
            marks.pop(self.numbers[row], None)
            if at in self._whole and text(value):
                marks[self.numbers[row]] = "whole"

    def add(self, cells: Row) -> None:
        """Add a row under the last."""
        self._last += 1
        self.rows.append([""] * len(self.header))
        self.numbers.append(self._last)
        for name, value in cells.items():
            self.put(len(self.rows) - 1, name, value)

    def keep(self, wanted: Sequence[bool]) -> None:
        """Drop the other rows."""
        gone = {n for n, keep in zip(self.numbers, wanted, strict=True) if not keep}
        self.rows = [row for row, keep in zip(self.rows, wanted, strict=True) if keep]
        self.numbers = [n for n in self.numbers if n not in gone]
        for marks in self._marks.values():
            for number in gone & set(marks):
                del marks[number]

    def sheet(self) -> Sheet:
        """Return the sheet as it is now."""
        header = [*self._sheet.header, *self.header[len(self._sheet.header) :]]
        return Sheet(self._sheet.where, header, self.rows, self.numbers, self._marks)


def _remove(grid: _Grid, name: str, scenario: Scenario) -> Iterator[Fault]:
    gone = scenario.removed.get(name, ())
    if not gone:
        return
    at = grid.column(OWNERS[name])
    held = {row[at] for row in grid.rows}
    for key in dict.fromkeys(gone):
        if key not in held and name in KEYED:
            yield _no_row(name, key, held, scenario, f"removed.{name}")
    grid.keep([row[at] not in set(gone) for row in grid.rows])


def _change(grid: _Grid, name: str, scenario: Scenario) -> Iterator[Fault]:
    changes = scenario.changed.get(name, {})
    if not changes:
        return
    at = grid.column(OWNERS[name])
    rows: dict[str, list[int]] = {}
    for number, row in enumerate(grid.rows):
        rows.setdefault(row[at], []).append(number)
    for key, cells in changes.items():
        if key not in rows:
            yield _no_row(name, key, set(rows), scenario, f"changed.{name}")
        yield from _strange_columns(name, cells, scenario, f"changed.{name}")
        for at_row in rows.get(key, ()):
            for column in _known(name, cells):
                grid.put(at_row, column, cells[column])


def _add(grid: _Grid, name: str, scenario: Scenario) -> Iterator[Fault]:
    for cells in scenario.added.get(name, ()):
        yield from _strange_columns(name, cells, scenario, f"added.{name}")
        grid.add({column: cells[column] for column in _known(name, cells)})


def _known(name: str, cells: Row) -> list[str]:
    return [column for column in cells if column in TABLES[name].names]


def _strange_columns(name: str, cells: Row, scenario: Scenario, place: str) -> Iterator[Fault]:
    for column in cells:
        if column not in TABLES[name].names:
            remedy = offer(column, TABLES[name].names) or f"see `sufficiency tables {name}`"
            what = "there is no such column"
            yield Fault("E122", scenario.where, what, remedy, f"{place}.{column}")


def _no_row(name: str, key: str, held: set[str], scenario: Scenario, place: str) -> Fault:
    """Report a key that the case does not have; a child's is not printed."""
    near = "" if name in OF_CHILDREN else offer(key, sorted(held))
    where = place if name in OF_CHILDREN else f"{place}.{key}"
    remedy = near or f"look at {OWNERS[name]} in the case's table"
    return Fault("E122", scenario.where, f"{name} has no such {OWNERS[name]}", remedy, where)


def merged(
    settings: Mapping[str, Any], other: Mapping[str, Any], at: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return settings with others in their place: section by section, but a table of years or needs as a whole."""
    from sufficiency.settings import is_section

    both = dict(settings)
    for key, value in other.items():
        own = both.get(key)
        if isinstance(own, dict) and isinstance(value, dict) and is_section((*at, key)):
            both[key] = merged(own, value, (*at, key))
        else:
            both[key] = value
    return both


def _without(
    settings: Mapping[str, Any], gone: Sequence[str], where: str
) -> tuple[dict[str, Any], list[Fault]]:
    """Return settings without some, named with dots; one that is not there is no fault."""
    left: dict[str, Any] = dict(settings)
    faults = []
    for name in gone:
        if not re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", name):
            remedy = "write budget_gbp of [capital] as capital.budget_gbp"
            faults.append(
                Fault("E122", where, "not the name of a setting", remedy, "removed.settings")
            )
        _drop(left, name.split("."))
    return left, faults


def _drop(table: dict[str, Any], steps: list[str]) -> None:
    """Take a setting out of nested tables, which are copied on the way."""
    for step in steps[:-1]:
        if not isinstance(table.get(step), dict):
            return
        table[step] = dict(table[step])
        table = table[step]
    table.pop(steps[-1], None)


def text(value: Cell) -> str:
    """Return a value as it would stand in a CSV file."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()

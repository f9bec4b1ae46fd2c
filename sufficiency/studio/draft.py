"""A scenario while it is edited: what the case has, what differs, and rows that belong to one owner."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sufficiency.differences import text
from sufficiency.pools import blank
from sufficiency.scenario import OWNERS, Scenario, from_plain
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sufficiency.case import Case
    from sufficiency.scenario import Cell, Row


@dataclass
class Draft:
    """Differences from a case, to be changed in place.

    Attributes
    ----------
    case
        As it is without them.
    plain
        The differences, as `Scenario.plain`.
    """

    case: Case
    plain: dict[str, Any]

    @classmethod
    def of(cls, case: Case, scenario: Scenario) -> Draft:
        """Return a draft that is changed apart from its scenario."""
        return cls(case, copy.deepcopy(scenario.plain()))

    def scenario(self, name: str = "") -> Scenario:
        """Return the differences, without those that are none."""
        return from_plain(_tidy(self.plain), name)

    def ids(self, table: str) -> list[str]:
        """Return the keys of a table's rows, added ones last."""
        own = [key for key in self._own(table)[OWNERS[table]] if key not in self._gone(table)]
        return [*own, *(str(row[OWNERS[table]]) for row in self._added(table))]

    def is_new(self, table: str, key: str) -> bool:
        """Whether a row was added."""
        return any(row[OWNERS[table]] == key for row in self._added(table))

    def cell(self, table: str, key: str, column: str) -> Cell:
        """Return a cell of a keyed table as it is now, "" for a blank."""
        return self.row(table, key).get(column, "")

    def row(self, table: str, key: str) -> Row:
        """Return a row of a keyed table as it is now, without its blanks."""
        added = [row for row in self._added(table) if row[OWNERS[table]] == key]
        own = _rows(self._own(table), OWNERS[table], key)
        changed = self.plain.get("changed", {}).get(table, {}).get(key, {})
        row = {**(added or own or [{}])[0], **changed}
        return {column: value for column, value in row.items() if value != ""}

    def put(self, table: str, key: str, column: str, value: Cell) -> None:
        """Write a cell of a keyed table; what the case has is no difference."""
        for row in self._added(table):
            if row[OWNERS[table]] == key:
                row.update({column: value})
                return
        own = (_rows(self._own(table), OWNERS[table], key) or [{}])[0]
        cells = self.plain.setdefault("changed", {}).setdefault(table, {}).setdefault(key, {})
        cells[column] = value
        if text(value) == text(own.get(column, "")):
            del cells[column]

    def rows(self, table: str, owner: str) -> list[Row]:
        """Return an owner's rows as they are now, without their blanks."""
        added = [dict(row) for row in self._added(table) if row.get(OWNERS[table]) == owner]
        if owner in self._gone(table):
            return added
        return [*_rows(self._own(table), OWNERS[table], owner), *added]

    def own_rows(self, table: str, owner: str) -> list[Row]:
        """Return an owner's rows as the case has them."""
        return _rows(self._own(table), OWNERS[table], owner)

    def put_rows(self, table: str, owner: str, rows: Iterable[Row]) -> None:
        """Replace an owner's rows; those that the case has are no difference."""
        rows = [{OWNERS[table]: owner, **row} for row in rows]
        own = self.own_rows(table, owner)
        self.forget(table, owner)
        if [_texts(row) for row in rows] == [_texts(row) for row in own]:
            return
        if own:
            self.plain.setdefault("removed", {}).setdefault(table, []).append(owner)
        self.plain.setdefault("added", {}).setdefault(table, []).extend(rows)

    def forget(self, table: str, owner: str) -> None:
        """Take back every difference of an owner's rows."""
        self.plain.get("changed", {}).get(table, {}).pop(owner, None)
        removed, added = self._gone(table), self._added(table)
        removed[:] = [key for key in removed if key != owner]
        added[:] = [row for row in added if row.get(OWNERS[table]) != owner]

    def setting(self, name: str) -> Any:  # noqa: ANN401 - as in case.toml
        """Return a setting that differs, by its dotted name; None if it does not."""
        table: Any = self.plain.get("settings", {})
        for step in name.split("."):
            table = table.get(step) if isinstance(table, dict) else None
        return table

    def put_setting(self, name: str, value: object) -> None:
        """Set a setting by its dotted name; None leaves the case's own."""
        *path, last = name.split(".")
        removed = self.plain.setdefault("removed", {}).setdefault("settings", [])
        removed[:] = [gone for gone in removed if gone != name]
        table = self.plain.setdefault("settings", {})
        for step in path:
            table = table.setdefault(step, {})
        table.pop(last, None)
        if value is not None:
            table[last] = value

    def drop_setting(self, name: str) -> None:
        """Leave a setting of the case out."""
        self.put_setting(name, None)
        self.plain["removed"]["settings"].append(name)

    def _own(self, table: str) -> pd.DataFrame:
        return self.case.table(table)

    def _added(self, table: str) -> list[Row]:
        rows: list[Row] = self.plain.setdefault("added", {}).setdefault(table, [])
        return rows

    def _gone(self, table: str) -> list[str]:
        gone: list[str] = self.plain.setdefault("removed", {}).setdefault(table, [])
        return gone


def _rows(frame: pd.DataFrame, column: str, key: str) -> list[Row]:
    """Return the rows of a key as they would stand in a file, without their blanks."""
    found = frame[frame[column] == key].to_dict("records")
    return [
        {
            str(name): _plain(value)
            for name, value in row.items()
            if not (blank(value) or value == "")
        }
        for row in found
    ]


def _plain(value: Any) -> Cell:  # noqa: ANN401 - numpy's numbers
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float) and number.is_integer():
        return int(number)
    cell: Cell = number
    return cell


def _texts(row: Row) -> dict[str, str]:
    return {name: text(value) for name, value in row.items() if value != ""}


def _tidy(plain: dict[str, Any]) -> dict[str, Any]:
    """Return differences without what is empty, in the order of the tables."""
    order = [*TABLES, "settings"]
    parts: dict[str, Any] = {
        "title": plain.get("title", ""),
        "settings": _filled(plain.get("settings", {})),
    }
    for part in ("changed", "added", "removed"):
        given = plain.get(part, {})
        parts[part] = {name: _filled(given[name]) for name in order if _filled(given.get(name))}
    return parts


def _filled(value: Any) -> Any:  # noqa: ANN401 - as in case.toml
    """Return a table without tables that hold nothing; a table of years may be empty and mean that."""
    if not isinstance(value, dict):
        return value
    inside = {key: _filled(part) for key, part in value.items()}
    return {
        key: part
        for key, part in inside.items()
        if part != {} or (value[key] == {} and key in _MAY_BE_EMPTY)
    }


#: Settings that say something when they are empty.
_MAY_BE_EMPTY = {"budget_gbp"}

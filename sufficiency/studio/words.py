"""A scenario's differences in words, and faults as the page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.faults import errors
from sufficiency.pounds import money
from sufficiency.report.parts import figure
from sufficiency.scenario import OF_CHILDREN, OWNERS
from sufficiency.studio.edits import CHOICES, COLUMNS
from sufficiency.studio.grid import full
from sufficiency.studio.sliders import SLIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sufficiency.case import Case
    from sufficiency.faults import Fault
    from sufficiency.settings import Settings
    from sufficiency.studio.draft import Draft

#: Settings that a slider tells of.
TOLD = {
    "capital.budget_gbp": "budget",
    "demand.arrivals_pct": "growth",
    "travel.gbp_per_child_hour": "hour",
}


def differences(draft: Draft, settings: Settings) -> list[str]:
    """Return a scenario's differences, a phrase each.

    Parameters
    ----------
    settings
        With the differences.
    """
    return [
        *_of_settings(draft, settings),
        *_of_schemes(draft),
        *_of_provisions(draft),
        *_others(draft),
    ]


def _of_settings(draft: Draft, settings: Settings) -> Iterator[str]:
    own = draft.case.settings
    gone = draft.plain.get("removed", {}).get("settings", [])
    for name in [*dict.fromkeys([*_names(draft.plain.get("settings", {})), *gone])]:
        slider = SLIDERS.get(TOLD.get(name, ""))
        if slider:
            now, was = (slider.text(slider.value(each)) for each in (settings, own))
            yield f"{slider.label}: {now} instead of {was}"
        else:
            yield f"{name} is another"


def _names(table: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the dotted names of settings; a table of years is one."""
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict) and name not in TOLD:
            yield from _names(value, name)
        else:
            yield name


def _of_schemes(draft: Draft) -> Iterator[str]:
    for key in draft.ids("schemes"):
        called = str(draft.cell("schemes", key, "name") or key)
        if draft.is_new("schemes", key):
            choice = str(draft.cell("schemes", key, "choice"))
            yield f"New: {called}" + (f" ({CHOICES[choice]})" if choice else "")
            continue
        for column, value in draft.plain.get("changed", {}).get("schemes", {}).get(key, {}).items():
            if column == "choice":
                yield f"{called}: {CHOICES.get(str(value), str(value))}"
            else:
                yield f"{called}: {COLUMNS.get(column, column)} {_written(column, value)}"
        yield from _of_places(draft, "scheme", key, called)


def _of_provisions(draft: Draft) -> Iterator[str]:
    for key in draft.ids("provisions"):
        called = str(draft.cell("provisions", key, "name") or key)
        if draft.is_new("provisions", key):
            continue
        changed = draft.plain.get("changed", {}).get("provisions", {}).get(key, {})
        if {"easting_m", "northing_m", "postcode", "lat", "lon"} & set(changed):
            yield f"{called}: at another place"
        yield from _of_places(draft, "provision", key, called)
        if draft.rows("prices", key) != draft.own_rows("prices", key):
            yield f"{called}: another price"


def _of_places(draft: Draft, of: str, key: str, called: str) -> Iterator[str]:
    table = "scheme_places" if of == "scheme" else "places"
    own, now = draft.own_rows(table, key), draft.rows(table, key)
    if own == now:
        return
    totals = [
        full(draft, of, rows) if all("places" in row for row in rows) else None
        for rows in (now, own)
    ]
    words = ["no limit" if total is None else figure(total) for total in totals]
    if words[0] == words[1]:
        yield f"{called}: other needs, year groups or funding of its places"
    else:
        yield f"{called}: {words[0]} places instead of {words[1]}"


def _others(draft: Draft) -> Iterator[str]:
    """Tell of tables that the page does not edit: a scenario written by hand may change any."""
    shown = {"schemes", "scheme_places", "provisions", "places", "prices", "settings"}
    touched = {
        name
        for part in ("changed", "added", "removed")
        for name, rows in draft.plain.get(part, {}).items()
        if rows
    }
    for name in sorted(touched - shown):
        yield f"table {name} is another"


def _written(column: str, value: object) -> str:
    if value == "":
        return "blank"
    return money(float(str(value))) if column.endswith("_gbp") else str(value)


def fault_rows(faults: Sequence[Fault], case: Case | None) -> list[dict[str, Any]]:
    """Return errors as the page has them, with the rows' own ids; never a child's."""
    names = {where: name for name, where in case.files.items()} if case else {}
    return [
        {
            "code": fault.code,
            "where": fault.where,
            "what": fault.what,
            "remedy": fault.remedy,
            "column": fault.column,
            "table": names.get(fault.where, ""),
            "id": _id(fault, case, names.get(fault.where, "")),
        }
        for fault in errors(faults)
    ]


def _id(fault: Fault, case: Case | None, table: str) -> str:
    if case is None or table not in OWNERS or table in OF_CHILDREN or not fault.rows:
        return ""
    frame = case.table(table)
    return str(frame.at[fault.rows[0], OWNERS[table]]) if fault.rows[0] in frame.index else ""


def sentence(faults: list[dict[str, Any]]) -> str:
    """Say in a sentence what is wrong, and how to mend it."""
    if not faults:
        return "that cannot be done"
    first = faults[0]
    of = " of ".join(part for part in (first["column"].replace("_", " "), first["id"]) if part)
    more = f" There are {len(faults) - 1} more faults." if len(faults) > 1 else ""
    return f"{of + ': ' if of else ''}{first['what']}; {first['remedy']}.{more}"

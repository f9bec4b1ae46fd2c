"""What is done on the page, a row each: an operation changes a draft of the scenario, or says why it cannot."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.studio import new_base
from sufficiency.studio.amounts import amount, in_proportion, needed, shared
from sufficiency.studio.sliders import SLIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sufficiency.scenario import Cell, Row
    from sufficiency.studio.draft import Draft

#: Columns of the grid, and what messages call them.
COLUMNS = {
    "name": "name",
    "places": "places",
    "capital_gbp": "capital",
    "earliest_year": "earliest year",
    "latest_year": "latest year",
    "lifetime_years": "lifetime",
    "gbp_per_child": "price",
    "place_funding_gbp": "place funding",
    "needs": "needs",
    "ncy_from": "first year group",
    "ncy_to": "last year group",
}
#: Columns of the grid that a scheme has in its own row.
OF_A_SCHEME = ("name", "capital_gbp", "earliest_year", "latest_year", "lifetime_years")
#: Columns that all rows of places share.
OF_PLACES = ("needs", "ncy_from", "ncy_to", "place_funding_gbp")
CHOICES = {"": "the plan chooses", "open": "must open", "shut": "stays shut"}


@dataclass
class Done:
    """What operations did: in words, for undo, and which schemes they made."""

    words: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


def apply_ops(draft: Draft, ops: list[Mapping[str, Any]]) -> Done:
    """Apply operations to a draft, in order.

    Raises
    ------
    UsageError
        When one cannot be done; the draft is then of no use.
    """
    done = Done()
    for op in ops:
        if not isinstance(op, dict) or op.get("op") not in OPERATIONS:
            raise UsageError(
                "the page asked for something that this studio does not know: reload it"
            )
        done.words.append(OPERATIONS[str(op["op"])](draft, op, done))
    return done


def _choice(draft: Draft, op: Mapping[str, Any], _: Done) -> str:
    scheme, value = _scheme(draft, op.get("scheme")), op.get("value")
    if value not in CHOICES:
        raise UsageError("a scheme is chosen by the plan, must open, or stays shut")
    if draft.cell("schemes", scheme, "status") == "committed":
        raise UsageError(f"{_called(draft, scheme)} is committed: it opens in any case")
    draft.put("schemes", scheme, "choice", value)
    return f"{_called(draft, scheme)}: {CHOICES[value]}"


def _set(draft: Draft, op: Mapping[str, Any], _: Done) -> str:
    of, key = _row(draft, op.get("row"))
    column, given = str(op.get("column")), op.get("value")
    if column not in COLUMNS:
        raise UsageError("there is no such column on the page: reload it")
    called = f"{_name(draft, of, key)}, {COLUMNS[column]}"
    if column == "places":
        _set_places(draft, of, key, given, called)
    elif column == "gbp_per_child":
        _set_price(draft, of, key, given, called)
    elif column in OF_PLACES:
        _set_in_places(draft, of, key, column, given, called)
    elif of == "provision":
        raise UsageError(f"{called}: only a scheme has it")
    else:
        draft.put("schemes", key, column, _cell(column, given, called))
    return f"{called}: {_typed(given)}"


def _cell(column: str, given: object, called: str) -> Cell:
    """Return what is typed as it stands in a table; whether it may stand there, the case's own checks say."""
    if column in {"name", "needs"}:
        words = str(given or "").strip()
        if len(words) > 200:
            raise UsageError(f"{called}: too long")
        return (
            re.sub(r"\s*[,;/+]\s*|\s+and\s+|\s+", "|", words).upper()
            if column == "needs"
            else words
        )
    number = amount(given, called)
    if number is None:
        return ""
    return int(number) if number == int(number) else number


def _set_places(draft: Draft, of: str, key: str, given: object, called: str) -> None:
    table = "scheme_places" if of == "scheme" else "places"
    rows = draft.rows(table, key)
    number = amount(given, called)
    if not rows:
        raise UsageError(f"{called}: it has no places to change")
    if of == "provision" and any("places" not in row for row in rows):
        if len(rows) > 1:
            raise UsageError(
                f"{called}: it has places without a limit in several pools; edit the case"
            )
        number_or_none = {} if number is None else {"places": _plain(number)}
        draft.put_rows(
            table, key, [{k: v for k, v in rows[0].items() if k != "places"} | number_or_none]
        )
        return
    if number is None or number < 0:
        raise UsageError(f"{called}: give a number of places")
    now = full_rows(draft, of, rows)
    was = sum(float(rows[n]["places"]) for n in now)
    new = shared(number, [float(rows[n]["places"]) for n in now])
    by_row = dict(zip(now, new, strict=True))
    factor = number / was if was else 0.0
    changed: list[Row] = []
    for n, row in enumerate(rows):
        scaled = by_row[n] if n in by_row else in_proportion(float(row["places"]), factor)
        changed.append(row | {"places": _plain(scaled)})
    draft.put_rows(table, key, changed)


def full_rows(draft: Draft, of: str, rows: list[Row]) -> list[int]:
    """Return which rows of places are those in full: a scheme's last of each pool, a provision's in the first year."""
    if of == "provision":
        year = draft.case.settings.base_year
        first = [
            n
            for n, row in enumerate(rows)
            if int(row.get("from_year", 0)) <= year <= int(row.get("to_year", 9999))
        ]
        return first or list(range(len(rows)))
    last: dict[tuple[Any, ...], int] = {}
    for n, row in enumerate(rows):
        pool = (row["needs"], row["ncy_from"], row["ncy_to"])
        if pool not in last or int(row["years_open"]) >= int(rows[last[pool]]["years_open"]):
            last[pool] = n
    return sorted(last.values())


def _set_price(draft: Draft, of: str, key: str, given: object, called: str) -> None:
    provision = key if of == "provision" else str(draft.cell("schemes", key, "provision_id"))
    rows = draft.rows("prices", provision)
    if len(rows) != 1:
        raise UsageError(f"{called}: it has {len(rows)} prices; edit them in the case")
    draft.put_rows(
        "prices", provision, [rows[0] | {"gbp_per_child": _plain(needed(given, called))}]
    )


def _set_in_places(
    draft: Draft, of: str, key: str, column: str, given: object, called: str
) -> None:
    table = "scheme_places" if of == "scheme" else "places"
    rows = draft.rows(table, key)
    if column != "place_funding_gbp" and len({row.get(column) for row in rows}) > 1:
        raise UsageError(f"{called}: its places are not all alike; edit them in the case")
    draft.put_rows(table, key, [row | {column: _cell(column, given, called)} for row in rows])


def _setting(draft: Draft, op: Mapping[str, Any], _: Done) -> str:
    name, given = str(op.get("name")), op.get("value")
    slider = SLIDERS.get(name)
    if slider:
        slider.put(draft, amount(given, slider.label))
        return f"{slider.label}: {_typed(given)}"
    if (
        not re.fullmatch(r"[a-z_]+(\.[A-Za-z0-9_]+){0,3}", name)
        or name.split(".", maxsplit=1)[0] in _NOT_HERE
    ):
        raise UsageError("this setting cannot be changed on the page")
    draft.put_setting(name, given)
    return f"{name}: {_typed(given)}"


#: Settings that name files or say what is told of children: no scenario of the page changes them.
_NOT_HERE = ("disclosure", "map", "title", "notice", "data_date", "kinds")


def _move(draft: Draft, op: Mapping[str, Any], _: Done) -> str:
    provision = str(op.get("provision"))
    if provision not in draft.ids("provisions"):
        raise UsageError("there is no such site any more")
    if draft.case.settings.travel.method == "table":
        raise UsageError("journeys of this case come from a table, so that a site cannot be moved")
    easting, northing = point(op)
    for column, value in (("easting_m", easting), ("northing_m", northing)):
        draft.put("provisions", provision, column, value)
    for column in ("postcode", "lat", "lon"):
        draft.put("provisions", provision, column, "")
    return f"{_name(draft, 'provision', provision)} moved"


def point(op: Mapping[str, Any]) -> tuple[int, int]:
    """Return easting and northing of a point of the map, whose y runs downwards.

    Raises
    ------
    UsageError
        When it is not on the British National Grid.
    """
    x, y = needed(op.get("x"), "the place"), needed(op.get("y"), "the place")
    if not (0 < x < 700_000 and 0 < -y < 1_300_000):
        raise UsageError("that is outside the country")
    return math.floor(x + 0.5), math.floor(0.5 - y)


def _base(draft: Draft, op: Mapping[str, Any], done: Done) -> str:
    if draft.case.settings.travel.method == "table":
        raise UsageError(
            "journeys of this case come from a table, so that there are none to a new site"
        )
    given = {name: op[name] for name in new_base.ASKED if op.get(name) not in (None, "")}
    asked = new_base.defaults(draft.case) | given
    numbers = {name: _plain(needed(asked[name], label)) for name, label in new_base.NUMBERS.items()}
    words = {name: str(asked[name]).strip() for name in ("kind", "needs")}
    words["needs"] = str(_cell("needs", words["needs"], "needs"))
    name = str(op.get("name") or "").strip()[:200] or "New base"
    choice = op.get("choice", "")
    if choice not in CHOICES:
        raise UsageError("a scheme is chosen by the plan, must open, or stays shut")
    scheme = new_base.add(draft, name, point(op), numbers | words, str(choice))
    done.made.append(scheme)
    return f"{name} put on the map"


def _remove(draft: Draft, op: Mapping[str, Any], _: Done) -> str:
    of, key = _row(draft, op.get("row"))
    if of != "scheme" or not draft.is_new("schemes", key):
        raise UsageError(
            "only what was put on the map here can be taken off it: let others stay shut"
        )
    called = _called(draft, key)
    new_base.take_out(draft, key)
    return f"{called} taken off the map"


def _reset(draft: Draft, op: Mapping[str, Any], _: Done) -> str:
    of, key = _row(draft, op.get("row"))
    called = _name(draft, of, key)
    if of == "scheme" and draft.is_new("schemes", key):
        raise UsageError(f"{called} was put on the map here: take it off instead")
    provision = str(draft.cell("schemes", key, "provision_id")) if of == "scheme" else key
    if of == "scheme":
        for table in ("schemes", "scheme_places"):
            draft.forget(table, key)
    else:
        draft.forget("places", key)
    for table in ("provisions", "prices"):
        if not draft.is_new("provisions", provision):
            draft.forget(table, provision)
    return f"{called} as in the case"


def _clear(draft: Draft, _op: Mapping[str, Any], _: Done) -> str:
    draft.plain.clear()
    return "everything as in the case"


OPERATIONS: dict[str, Callable[[Draft, Mapping[str, Any], Done], str]] = {
    "choice": _choice,
    "set": _set,
    "setting": _setting,
    "move": _move,
    "base": _base,
    "remove": _remove,
    "reset": _reset,
    "clear": _clear,
}


def _scheme(draft: Draft, key: object) -> str:
    if key not in draft.ids("schemes"):
        raise UsageError("there is no such scheme any more")
    return str(key)


def _row(draft: Draft, given: object) -> tuple[str, str]:
    of, _, key = str(given).partition(":")
    table = {"scheme": "schemes", "provision": "provisions"}.get(of)
    if table is None or key not in draft.ids(table):
        raise UsageError("there is no such row any more")
    return of, key


def _name(draft: Draft, of: str, key: str) -> str:
    table = "schemes" if of == "scheme" else "provisions"
    return str(draft.cell(table, key, "name") or key)


def _called(draft: Draft, scheme: str) -> str:
    return _name(draft, "scheme", scheme)


def _typed(given: object) -> str:
    return (
        "blank"
        if given is None or given == ""
        else f"{given:,.10g}"
        if isinstance(given, float | int)
        else str(given)[:80]
    )


def _plain(number: float) -> Cell:
    return int(number) if number == int(number) else number

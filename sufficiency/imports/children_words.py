"""What a council's own export says of a child, put into our words: needs, year groups, statuses.

Each reader returns the cells in our words and the rows that it could not read, by remedy. No
message holds what a cell says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sufficiency import needs
from sufficiency.checks.children import IDENTIFYING
from sufficiency.faults import Fault, rows_of
from sufficiency.imports.children_schools import YES
from sufficiency.imports.sen2_files import read_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

_YEAR = re.compile(r"(?:nc|ncy|y|yr|year|n c y)?\s*(-?\d{1,2})(?:\.0)?", re.IGNORECASE)
_EARLY = {"r": 0, "rec": 0, "reception": 0, "yr": 0, "n2": -1, "nursery 2": -1, "nursery": -1,
          "n1": -2, "nursery 1": -2}  # fmt: skip
_NAMES = {name.casefold(): code for code, name in needs.NEEDS.items()}
_PREFIX = re.compile(r"([A-Za-z]{2,4})\s*[-:–]\s*\S.*")
STATUSES = ("placed", "seeking", "review", "left out")


def translated(cells: pd.Series[str], meanings: Mapping[str, str]) -> pd.Series[str]:
    """Replace what the map says has another meaning."""
    known = {text: meanings.get(text.casefold(), text) for text in cells.unique()}
    return cells.map(known).astype("str")


def read_need(text: str) -> str:
    """Return the code of a need: given so, by its SEN2 name, or as ``CODE - name``; else "?".

    A name that is only near is not taken: the user says what it means.
    """
    if not text or needs.is_need(text.upper()):
        return text.upper()
    prefix = _PREFIX.fullmatch(text)
    if prefix and needs.is_need(prefix[1].upper()):
        return prefix[1].upper()
    return _NAMES.get(text.casefold(), "?")


def read_year(text: str) -> str:
    """Return a year group as a number: ``Year 7`` as 7, Reception as 0; "?" for no year group."""
    words = " ".join(text.casefold().split())
    if words in _EARLY:
        return str(_EARLY[words])
    found = _YEAR.fullmatch(words)
    return str(int(found[1])) if found else "?" if words else ""


def read_flag(text: str) -> str:
    """Return "yes" where a cell says so, in any of a few ways."""
    return "yes" if text.casefold() in YES else ""


def read_status(text: str) -> str:
    """Return a status, or "?" for what is none."""
    word = text.casefold()
    return word if word in STATUSES or not word else "?"


def read_born(text: str) -> str:
    """Return a date of birth as yyyy-mm-dd; "?" where it cannot be read."""
    date = read_date(text) if text else None
    return date.isoformat() if date else "?" if text else ""


READERS: dict[str, Callable[[str], str]] = {
    "need": read_need,
    "need_2": read_need,
    "ncy": read_year,
    "birth_date": read_born,
    "in_base": read_flag,
    "status": read_status,
    "suits": str.lower,
}


def put_in_words(
    cells: pd.DataFrame, values: Mapping[str, Mapping[str, str]], where: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Put every mapped column into our words."""
    said, faults = cells.copy(), []
    for target in cells.columns:
        meant = translated(cells[target], values.get(target, {}))
        read = READERS.get(target, str)
        said[target] = meant.map({text: read(text) for text in meant.unique()}).astype("str")
        faults += list(_not_read(meant, said[target], target, where))
        said[target] = said[target].mask(said[target] == "?", "")
    return said, faults


def _not_read(
    meant: pd.Series[str], said: pd.Series[str], target: str, where: str
) -> Iterator[Fault]:
    """Report the cells of one column that could not be read, apart by remedy."""
    remedies: dict[str, list[int]] = {}
    for row, text in meant[said == "?"].items():
        remedies.setdefault(_remedy(target, text), []).append(int(str(row)))
    for remedy, rows in remedies.items():
        what = "a value that is not ours, and that the map gives no meaning"
        yield Fault("E1306", where, what, remedy, target, tuple(rows))


def _remedy(target: str, text: str) -> str:
    if target in {"need", "need_2"}:
        near = needs.nearest(text)
        asked = f"do they mean {near}? " if near else ""
        return f"{asked}Say what these values mean under [values.{target}] in the map"
    if target == "status":
        return f"say under [values.status] which of {', '.join(STATUSES)} they mean"
    if target == "ncy":
        return "give year groups as numbers, Reception as 0; or say under [values.ncy]"
    return "write dates as yyyy-mm-dd or dd/mm/yyyy"


def references_that_identify(ids: pd.Series[str], where: str) -> Iterator[Fault]:
    """Refuse references like names, pupil numbers or dates of birth, given twice, or blank."""
    dated = ids.map(lambda text: read_date(text) is not None).astype(bool)
    named = ids.str.upper().str.fullmatch(IDENTIFYING) | ids.str.fullmatch(IDENTIFYING)
    tests = {
        "looks like a name, a unique pupil number or a date": named | dated,
        "a reference that another row has too": ids.duplicated(keep=False) & (ids != ""),
        "no reference": ids == "",
    }
    for what, bad in tests.items():
        if rows := rows_of(bad):
            remedy = "take child_id out of the map: the children are numbered then"
            yield Fault("E1307", where, what, remedy, "child_id", rows)

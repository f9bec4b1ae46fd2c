"""Stand-ins for cells on which no price rests, so that a wrong one does not hide a missing price."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sufficiency.checks.points import LOCATION, points
from sufficiency.skipping import bad_rows, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from sufficiency.case import Case
    from sufficiency.faults import Fault

#: By table and column, what may stand for a number that is wrong.
NUMBERS = {
    ("places", "places"): 1.0,
    ("places", "place_funding_gbp"): 0.0,
    ("prices", "gbp_per_child"): 0.0,
}
UNKNOWN_PROVISION = "E704"


def stand_in(
    case: Case, given: Iterable[Fault], faults: Sequence[Fault]
) -> tuple[Case, list[Fault]]:
    """Return a case that tells which prices are missing, in spite of some of its faults.

    A number that is wrong is replaced, a provision without a sound place is put amid the others, and rows of
    places and prices at provisions that do not exist are left out. All else stays as it is.

    Parameters
    ----------
    given
        The faults of reading, of which those remain that are not stood in for.
    """
    strays = [fault for fault in faults if fault.code == UNKNOWN_PROVISION]
    case, remaining = without(case, given, bad_rows(case, strays, ("places", "prices")))
    frames = {name: case.table(name).copy() for name in ("provisions", "places", "prices")}
    mended = set()
    for (table, column), number in NUMBERS.items():
        if rows := _rows(case, faults, table, (column,)):
            frames[table].loc[rows, column] = number
            mended.add((case.files[table], column))
    if _amid_the_others(frames["provisions"], _rows(case, faults, "provisions", LOCATION)):
        mended |= {(case.files["provisions"], column) for column in LOCATION}
    remaining = [fault for fault in remaining if (fault.where, fault.column) not in mended]
    case = replace(
        case, provisions=frames["provisions"], places=frames["places"], prices=frames["prices"]
    )
    return case, remaining


def _rows(case: Case, faults: Iterable[Fault], table: str, columns: tuple[str, ...]) -> list[int]:
    """Rows of a whole table with errors in some columns."""
    if table not in case.whole:
        return []
    here = [f for f in faults if f.is_error and f.where == case.files[table]]
    rows = {row for fault in here if fault.column in columns for row in fault.rows}
    return sorted(rows & set(case.table(table).index))


def _amid_the_others(provisions: pd.DataFrame, rows: list[int]) -> bool:
    """Put provisions in the middle of those that give sound coordinates, if any do."""
    middle = points(provisions.drop(index=rows)).dropna().median()
    if not rows or middle.isna().any():
        return False
    provisions.loc[rows, ["lat", "lon"]] = float("nan")
    provisions.loc[rows, "postcode"] = ""
    for column in ("easting_m", "northing_m"):
        provisions.loc[rows, column] = middle[column]
    return True

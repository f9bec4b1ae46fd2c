"""Ranges: of NCYs and of years, in pools, limits, prices and schemes' places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.faults import Fault, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case

POOL = ["provision_id", "needs", "ncy_from", "ncy_to"]
SCHEME_POOL = ["scheme_id", "needs", "ncy_from", "ncy_to", "years_open"]


def ncy_wrong_way_round(case: Case) -> Iterator[Fault]:
    """Find rows whose last NCY is below the first."""
    for table in ("places", "limits", "prices", "scheme_places"):
        frame = case.table(table)
        if rows := rows_of(frame["ncy_from"] > frame["ncy_to"]):
            what = "ncy_from is above ncy_to"
            yield Fault("E801", case.files[table], what, "swap them", "ncy_from", rows)


def years_wrong_way_round(case: Case) -> Iterator[Fault]:
    """Find rows whose last year is before the first."""
    for table in ("places", "limits"):
        frame = case.table(table)
        if rows := rows_of(frame["from_year"] > frame["to_year"]):
            what = "from_year is after to_year"
            yield Fault("E802", case.files[table], what, "swap them", "from_year", rows)


def overlapping_years(case: Case) -> Iterator[Fault]:
    """Find rows of one pool whose years overlap; rows of 0 places are not read at all.

    Rows alike in provision, needs and NCY range are one pool.
    """
    rows = case.places.loc[case.places["places"] != 0, [*POOL, "from_year", "to_year"]]
    rows = rows.dropna(subset=["ncy_from", "ncy_to"])
    rows["first"] = rows["from_year"].fillna(0)
    rows["last"] = rows["to_year"].fillna(9999)
    rows = rows.sort_values("first", kind="stable")
    before = rows.groupby(POOL, sort=False)["last"].shift()
    reached = before.groupby([rows[name] for name in POOL], sort=False).cummax()
    if found := rows_of((rows["first"] <= reached).sort_index()):
        what = "the years overlap with another row of the same provision, needs and NCY range"
        remedy = "end one row before the next begins, or make the rows one"
        yield Fault("E803", case.files["places"], what, remedy, "from_year", found)


def years_open_twice(case: Case) -> Iterator[Fault]:
    """Find a scheme's pool with two rows for the same ``years_open``."""
    if rows := rows_of(case.scheme_places.duplicated(SCHEME_POOL, keep=False)):
        what = "two rows for the same scheme, needs, NCY range and years_open"
        remedy = "keep one; places are totals, not increments"
        yield Fault("E804", case.files["scheme_places"], what, remedy, "years_open", rows)

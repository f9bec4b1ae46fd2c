"""Children: their year, where they are now, and references that could identify them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency import needs
from sufficiency.faults import Fault, rows_of
from sufficiency.values import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case

BOTH = ("children", "new_children")
WORD = r"[^\W\d_]{2,}"
IDENTIFYING = re.compile(rf"[A-Z]\d{{11}}[0-9A-Z]|{WORD}([ ,.'’-]+{WORD})+")
"""A unique pupil number, or words like a name: they may be something else."""
CAPITALISED = r"(?:[^\W\d_a-z](?:['’-]?[^\W\d_]+)+)"
NAME = re.compile(
    rf"{CAPITALISED}(?:(?:, ?| )(?:[a-z]{{2,3}} )*{CAPITALISED})+(?: [^\W\d_a-z]\.?)?"
)
"""Two or more words with capitals, parted by a space or comma: ``Khan, Aisha``."""
DATE = re.compile(
    r"(?<!\d)(?:[0-3]?\d[/. -][01]?\d[/. -](?:19|20)?\d\d|(?:19|20)\d\d[/. -][01]?\d[/. -][0-3]?\d)(?!\d)"
)
"""A day, month and year, either way round, alone or within a reference."""


def ncy_by_birth(frame: pd.DataFrame) -> pd.Series[int]:
    """Return the NCY in ``start_year`` that each birth date gives; blank without one."""
    born = pd.to_datetime(frame["birth_date"], format="%Y-%m-%d", errors="coerce")
    return frame["start_year"] - whole((born.dt.year + (born.dt.month >= 9)).astype(float)) - 4


def ncy_at_start(frame: pd.DataFrame) -> pd.Series[int]:
    """Return the NCY in ``start_year``: ``ncy`` where given, else from ``birth_date``."""
    return frame["ncy"].fillna(ncy_by_birth(frame))


def status_of(frame: pd.DataFrame) -> pd.Series[str]:
    """Return ``status`` with blanks filled in: placed where there is a current provision."""
    default = (frame["current_provision"] != "").map({True: "placed", False: "seeking"})
    return frame["status"].where(frame["status"] != "", default).astype("str")


def no_year(case: Case) -> Iterator[Fault]:
    """Find children with neither ``ncy`` nor ``birth_date``."""
    for table in BOTH:
        frame = case.table(table)
        if rows := rows_of(frame["ncy"].isna() & (frame["birth_date"] == "")):
            what = "neither ncy nor birth_date can be read"
            yield Fault("E501", case.files[table], what, "give one of the two", "ncy", rows)


def impossible_birth_dates(case: Case) -> Iterator[Fault]:
    """Find birth dates of children who would be under 0 or over 24 in their start year."""
    for table in BOTH:
        ncy = ncy_by_birth(case.table(table))
        if rows := rows_of((ncy < -4) | (ncy > 20)):
            what = "the NCY that follows is outside -4 to 20"
            remedy = "check the dates, and start_year"
            yield Fault("E502", case.files[table], what, remedy, "birth_date", rows)


def years_that_disagree(case: Case) -> Iterator[Fault]:
    """Warn of children whose ``ncy`` is not the one that ``birth_date`` gives."""
    for table in BOTH:
        frame = case.table(table)
        if rows := rows_of(frame["ncy"] != ncy_by_birth(frame)):
            what = "birth_date gives another NCY in start_year; ncy is used"
            remedy = "correct it, unless the child is taught out of its year"
            yield Fault("W521", case.files[table], what, remedy, "ncy", rows)


def placed_nowhere(case: Case) -> Iterator[Fault]:
    """Find ``placed`` and ``review`` children whose provision is blank or unknown."""
    frame = case.children
    known = frame["current_provision"].isin(set(case.provisions["provision_id"]) - {""})
    if rows := rows_of(status_of(frame).isin(["placed", "review"]) & ~known):
        what = f"a placed or review child needs a provision of {case.files['provisions']}"
        remedy = "give its current_provision, or make it seeking"
        yield Fault("E503", case.files["children"], what, remedy, "current_provision", rows)


def review_without_journey(case: Case) -> Iterator[Fault]:
    """Find ``review`` children whose own provision is missing from ``travel``."""
    if case.settings.travel.method != "table":
        return
    frame = case.children
    own = pd.MultiIndex.from_frame(frame[["child_id", "current_provision"]])
    there = own.isin(pd.MultiIndex.from_frame(case.travel[["child_id", "provision_id"]]))
    at = (status_of(frame) == "review") & (frame["current_provision"] != "")
    if rows := rows_of(at & ~there):
        what = f"no row in {case.files['travel']} for a review child's own provision"
        yield Fault("E504", case.files["children"], what, "add it", "current_provision", rows)


def below_reception(case: Case) -> Iterator[Fault]:
    """Find children below Reception when they come on roll, unless some pool reaches them.

    ``placed`` and ``review`` children, and those who start before the plan, come in the base year.
    """
    base = case.settings.base_year
    pools = case.places.loc[case.places["places"] != 0, "ncy_from"]
    reach = pd.concat([pools, case.scheme_places["ncy_from"]]).min()
    lowest = 0 if pd.isna(reach) else min(0, int(reach))
    for table in BOTH:
        frame = case.table(table)
        starts = frame["start_year"].clip(lower=base)
        if table == "children":
            starts = starts.mask(status_of(frame).isin(["placed", "review"]), base)
        if rows := rows_of(ncy_at_start(frame) + starts - frame["start_year"] < lowest):
            what = "below Reception on coming on roll, and no pool reaches so low"
            remedy = "correct ncy or start_year, or add a pool with a lower ncy_from"
            yield Fault("E505", case.files[table], what, remedy, "ncy", rows)


def not_assessed(case: Case) -> Iterator[Fault]:
    """Warn of needs given as ``NSA``, a school-census code that no plan should have."""
    for table in BOTH:
        for column in ("need", "need_2"):
            if rows := rows_of(case.table(table)[column] == needs.UNASSESSED):
                what = "NSA is a code of SEN support: for a plan it means need unknown"
                remedy = "give the primary need; only pools and prices for * or NSA fit"
                yield Fault("W522", case.files[table], what, remedy, column, rows)


def names_and_dates(case: Case) -> Iterator[Fault]:
    """Find references that are a person's name or hold a date of birth."""
    for table in BOTH:
        ids = case.table(table)["child_id"]
        if rows := rows_of(ids.str.fullmatch(NAME) | ids.str.contains(DATE)):
            what = "looks like a name or a date of birth"
            remedy = "replace it with a reference that means nothing outside your own records"
            yield Fault("E523", case.files[table], what, remedy, "child_id", rows)


def identifying_references(case: Case) -> Iterator[Fault]:
    """Warn of references that may be a name or a unique pupil number."""
    for table in BOTH:
        ids = case.table(table)["child_id"]
        if rows := rows_of(ids.str.fullmatch(IDENTIFYING) & ~ids.str.fullmatch(NAME)):
            what = "looks like a name or a unique pupil number"
            remedy = "use references that identify nobody outside your own records"
            yield Fault("W523", case.files[table], what, remedy, "child_id", rows)


def unused_provisions(case: Case) -> Iterator[Fault]:
    """Warn of arrivals with a current provision: all arrivals are seeking."""
    if rows := rows_of(case.new_children["current_provision"] != ""):
        what = "children who arrive are all seeking; where they are now is not used"
        remedy = "move those who are placed to the table children"
        where = case.files["new_children"]
        yield Fault("W524", where, what, remedy, "current_provision", rows)

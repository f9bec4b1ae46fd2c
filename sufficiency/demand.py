"""Who needs a place, when: the children of a case, dated to the plan and grouped where they are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.faults import Fault
from sufficiency.setting_demand import SCALES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats, Ints
    from sufficiency.case import Case
    from sufficiency.setting_demand import Demand as Rule
    from sufficiency.settings import Settings

#: What makes two children alike; those alike in all of these are one group.
ALIKE = ["origin", "area", "need", "need_2", "suits", "ncy", "year", "status", "provision"]


@dataclass(frozen=True)
class Demand:
    """Groups of alike children.

    Attributes
    ----------
    groups
        A row a group: the columns of `ALIKE` and `children`. `year` counts from the base year; `provision` is a
        position, or -1; `status` is ``placed``, ``review`` or ``seeking``.
    faults
        Children who have left, or who come after the plan.
    """

    groups: pd.DataFrame
    faults: tuple[Fault, ...]


def people(case: Case) -> pd.DataFrame:
    """Return both tables of children as one, with `status` filled in; `table` and `row` say where each stands."""
    tables = []
    for name, frame in (("children", case.children), ("new_children", case.new_children)):
        given = frame.assign(table=name, row=frame.index)
        if name == "new_children":
            given["status"], given["current_provision"] = "seeking", ""
        tables.append(given)
    both = pd.concat(tables, ignore_index=True)
    usual = np.where(both["current_provision"] != "", "placed", "seeking")
    both["status"] = np.where(both["status"] == "", usual, both["status"])
    both["children"] = both["children"].fillna(1.0)
    both["start_year"] = both["start_year"].fillna(case.settings.base_year)
    return _arrivals_scaled(both, case.settings.demand)


def _arrivals_scaled(both: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Scale the arrivals that the case lists; projected ones scale themselves."""
    arriving = (both["table"] == "new_children") & (both["children"] > 0)
    if rule.model_fields_set & SCALES:
        share = both["need"].map(rule.share_of_arrivals)
        both["children"] = both["children"].where(~arriving, both["children"] * share)
    return both


def read_demand(
    case: Case, everyone: pd.DataFrame, origin: Ints, positions: Mapping[str, int]
) -> Demand:
    """Date everyone to the plan and group those who are alike.

    Parameters
    ----------
    everyone
        As from `people`, with `area` filled in.
    origin
        Position of each one's home in the matrix of journeys.
    positions
        Position of each provision by id.
    """
    rows = dated(everyone, case.settings)
    rows["origin"] = origin
    rows["provision"] = rows["current_provision"].map(positions).fillna(-1).astype(int)
    rows.loc[rows["status"] == "seeking", "provision"] = -1
    rows["need_2"] = rows["need_2"].where(rows["need_2"] != rows["need"], "")
    left = rows["ncy"] > case.settings.leaving.last_ncy
    late = (rows["year"] >= case.settings.years) & ~left
    staying = rows[~left & ~late & (rows["children"] > 0)]
    groups = staying.groupby(ALIKE, as_index=False, sort=True)[["children"]].sum()
    faults = [*_reported(case, rows[left], *LEFT), *_reported(case, rows[late], *LATE)]
    return Demand(groups, tuple(faults))


LEFT = (
    "W501",
    "are past the last year group and have left",
    "nothing to do if that is right; else mend `ncy`",
)
LATE = (
    "W502",
    "need a place only after the plan ends",
    "nothing to do, or lengthen the plan: `years`",
)


def on_roll(settings: Settings) -> Floats:
    """(NCY, k) share of children of each NCY still on roll k years later; NCY counts from -4.

    The product of `continue_pct` over the years between; nothing after `last_ncy`.
    """
    ncys = np.arange(-4, 21)
    go_on = np.array([settings.leaving.continue_pct.get(int(ncy), 100.0) / 100 for ncy in ncys])
    go_on[ncys >= settings.leaving.last_ncy] = 0.0
    share = np.zeros((len(ncys), max(len(ncys), settings.years) + 1))
    share[:, 0] = 1.0
    for k in range(1, len(ncys)):
        share[: len(ncys) - k, k] = share[: len(ncys) - k, k - 1] * go_on[k - 1 : len(ncys) - 1]
    return share


def dated(everyone: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Add `year` (from the base year) and the `ncy` of that year.

    For those on roll, and for a `start_year` before the plan, `start_year` only dates the NCY.
    """
    rows = everyone.copy()
    start = rows["start_year"].astype(int)
    born = rows["birth_date"].map(needs.read_date)
    given = rows["ncy"].astype("float64")
    from_birth = [needs.ncy_of(b, s) if b else np.nan for b, s in zip(born, start, strict=True)]
    ncy = given.fillna(pd.Series(from_birth, index=rows.index, dtype="float64")).astype(int)
    dates_only = (rows["status"] != "seeking") | (start < settings.base_year)
    rows["year"] = np.where(dates_only, 0, start - settings.base_year)
    rows["ncy"] = np.where(dates_only, ncy + settings.base_year - start, ncy)
    return rows


def _reported(case: Case, rows: pd.DataFrame, code: str, what: str, remedy: str) -> list[Fault]:
    return [
        Fault(
            code,
            case.files[str(table)],
            f"rows of children {what}",
            remedy,
            "ncy",
            tuple(found["row"]),
        )
        for table, found in rows.groupby("table", sort=True)
    ]

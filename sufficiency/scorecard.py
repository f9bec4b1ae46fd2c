"""What the council has recorded and published, quarter by quarter: as the case lists it, less what is of few children.

No plan reads it. A plan writes it beside its own tables, so that one folder holds what was and what is to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import periods
from sufficiency.rendering import WITHHELD
from sufficiency.suppression import DUST
from sufficiency.tables import PEOPLE, TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The stem of its file in a plan's folder.
FILE = "scorecard"


def publish(rows: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return a scorecard as anyone may see it: ``[c]`` for what would tell of few children.

    Parameters
    ----------
    rows
        The table of the case.
    threshold
        Fewer people than this are withheld.
    """
    shown = rows[TABLES[FILE].names].reset_index(drop=True)
    hidden = withheld(rows, threshold).to_numpy()
    return shown.assign(value=shown["value"].astype(object).mask(hidden, WITHHELD))


def withheld(rows: pd.DataFrame, threshold: int) -> pd.Series[bool]:
    """Say of every row whether its value is withheld.

    A value of few people is; so are all parts of a measure in a period in which one of them, or what they leave of the
    whole, is of few; and the parts of what is withheld.
    """
    found = pd.Series(data=False, index=rows.index)
    for _, mine in rows.groupby(rows["period"].map(_days), sort=False):
        people = _people(mine)
        hidden = _few(people, threshold)
        while True:
            more = hidden | mine["part_of"].isin(_opened(mine, people, hidden, threshold))
            if (more == hidden).all():
                break
            hidden = more
        found |= hidden.reindex(rows.index, fill_value=False)
    return found


def _days(period: str) -> str:
    """Return what is the same for a quarter of the calendar and for that of the financial year."""
    found = periods.read(period)
    return f"{found.first} {found.last}" if found else period


def _people(mine: pd.DataFrame) -> pd.Series[float]:
    """Return how many people stand behind each value of a period; NaN where it counts none.

    A share of a share is of the people behind that one.
    """
    counts = mine["value"].where(mine["unit"].isin(PEOPLE))
    while True:
        wholes = counts[counts.notna()].groupby(mine["measure"]).min()
        shares = (mine["value"] / 100 * mine["part_of"].map(wholes)).where(mine["unit"] == "%")
        more = counts.fillna(shares)
        if more.notna().sum() == counts.notna().sum():
            return counts
        counts = more


def _few(counts: pd.Series[float], threshold: int) -> pd.Series[bool]:
    return (counts.abs() > DUST) & (counts.abs() < threshold - DUST)


def _opened(
    mine: pd.DataFrame, people: pd.Series[float], hidden: pd.Series[bool], threshold: int
) -> Sequence[str]:
    """Return the measures whose parts would tell of few in this period."""
    found = []
    for measure, parts in people.groupby(mine["part_of"]):
        wholes = people[mine["measure"] == measure]
        is_share = mine.loc[parts.index, "unit"] == "%"
        told = [parts.sum(), parts[is_share].sum(), parts[~is_share].sum(), *parts.dropna()]
        left = np.subtract.outer(wholes.to_numpy(np.float64), told).ravel()
        tells = hidden[parts.index].any() or hidden[wholes.index].any()
        if measure and (tells or _few(pd.Series(left), threshold).any()):
            found.append(str(measure))
    return found

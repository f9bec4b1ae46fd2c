"""Rows of few children put together, so that every row told is of enough of them and the rows still add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.evidence.counts import DUST

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What the rows of few children are called together.
OTHERS = "all others"


def folded(
    table: pd.DataFrame, keys: Sequence[str], guards: Sequence[str], threshold: int
) -> pd.DataFrame:
    """Return a table of sums in which each row is of nobody, or of at least `threshold` children, by every guard.

    Rows that are not are put together as `OTHERS`, last; and with them, while those are too few still, the row of
    fewest children that is left. If all are too few there is no row.

    Parameters
    ----------
    keys
        Columns that head the rows.
    guards
        Numbers of children who stand behind a row; all other columns are sums.
    """
    few = ~pd.concat([_tells(table[guard], threshold) for guard in guards], axis=1).all(axis=1)
    order = table[list(guards)].max(axis=1)
    while few.any() and not _enough(table.loc[few, list(guards)].sum(), threshold):
        left = order[~few & (order > DUST)]
        if left.empty:
            return table.iloc[:0]
        few[left.sort_values(kind="stable").index[0]] = True
    if not few.any():
        return table
    sums = table.loc[few].drop(columns=list(keys)).sum()
    others = pd.DataFrame([sums]).assign(**dict.fromkeys(keys, "") | {keys[0]: OTHERS})
    return pd.concat([table[~few], others[list(table.columns)]], ignore_index=True)


def _tells(children: pd.Series, threshold: int) -> pd.Series:
    return (children.abs() <= DUST) | (children >= threshold - DUST)


def _enough(sums: pd.Series, threshold: int) -> bool:
    return bool(_tells(sums, threshold).all())

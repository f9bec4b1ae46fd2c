"""The paths that lead to a provision: where the children who come there were the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.evidence.counts import DUST
from sufficiency.evidence.few import folded
from sufficiency.evidence.naming import runs
from sufficiency.report.parts import Table, heading, numbers

if TYPE_CHECKING:
    from sufficiency.evidence.explain.explained import Explained

#: Where those were who were nowhere the year before: without a place, and not yet among the children of the plan.
WAITED, NEW = "waiting for a place", "new in the plan"
COLUMNS = ["from", "children"]


def came_from(said: Explained, at: int) -> pd.DataFrame:
    """Return where the children who come to a provision were the year before, over all years of the plan, exactly.

    Children of one cohort who part ways are followed in proportion: of those who leave a place, as many come here as
    of all who go anywhere else.

    Returns
    -------
    `from` (a provision's name, `WAITED` or `NEW`) and `children`, most first.
    """
    placed, waits = said.study.tables(said.study.plan)
    where = pd.concat([placed, waits.assign(provision=WAITED)])
    where = where.groupby(["cohort", "year", "provision"], as_index=False)[["children"]].sum()
    wanted = said.basis.provisions[at]
    flows = [
        _arrivals(rows, wanted, year)
        for _, rows in where[where["cohort"].isin(_cohorts(where, wanted))].groupby("cohort")
        for year in range(said.base_year + 1, int(where["year"].max()) + 1)
    ]
    found = pd.concat([*flows, pd.Series(dtype="float64")])
    summed = found.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
    names = [said.names.get(name, name) for name in summed.index]
    table = pd.DataFrame({"from": names, "children": summed.to_numpy()}, columns=COLUMNS)
    return table[table["children"] > DUST].reset_index(drop=True)


def _cohorts(where: pd.DataFrame, wanted: str) -> pd.Series:
    return where.loc[where["provision"] == wanted, "cohort"]


def _arrivals(rows: pd.DataFrame, wanted: str, year: int) -> pd.Series:
    """Return those of a cohort who come to a provision in a year, by where they were the year before."""
    now, before = (
        rows[rows["year"] == at].set_index("provision")["children"] for at in (year, year - 1)
    )
    if wanted not in now:
        return pd.Series(dtype="float64")
    if before.empty:
        return pd.Series({NEW: now[wanted]})
    stayed = before * min(1.0, now.sum() / before.sum())  # some leave school
    change = now.sub(stayed, fill_value=0.0)
    gains, losses = change.clip(lower=0.0), -change.clip(upper=0.0)
    if gains.get(wanted, 0.0) <= DUST or losses.sum() <= DUST:
        return pd.Series(dtype="float64")
    came: pd.Series = losses[losses > DUST] * (gains[wanted] / gains.sum())
    return came


def table(said: Explained, exact: pd.DataFrame) -> Table:
    """Return what people read of it."""
    rows = [
        [heading(str(row["from"])), *numbers([str(row["children"])])]
        for row in public(said, exact).to_dict("records")
    ]
    years = runs(range(said.base_year + 1, said.basis.case.settings.last_year + 1))
    title = f"Where those who come there were the year before, {years} together"
    return Table(title, ["From", "Children"], rows, frozenset({1}))


def public(said: Explained, exact: pd.DataFrame) -> pd.DataFrame:
    """Return it as it may be told: rows of few children put together, numbers rounded."""
    rows = told(said, exact)
    return rows.assign(children=[said.counts.cell(n) for n in rows["children"]])


def told(said: Explained, exact: pd.DataFrame) -> pd.DataFrame:
    """Return it with rows of few children put together."""
    return folded(exact, ["from"], ["children"], said.counts.threshold)

"""The one cube that every table is made of: atoms, groups of alike children, and which cell counts which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from sufficiency.findings import BANDS
from sufficiency.needs import ANY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.findings import Findings
    from sufficiency.suppression import Bools, Floats, Ints

#: What tells atoms apart.
ALIKE = [
    "area",
    "need",
    "phase",
    "ncy",
    "year",
    "provision",
    "pool",
    "independent",
    "out_of_area",
    "unplaced",
    "reason",
    "travels",
    *BANDS,
    "over_45",
    "over_75",
]
#: Pounds a child, of the ledger's items that prices make.
MONEY = ("fees", "top_up")
#: A year has atoms of nobody elsewhere only if they are no more than this.
MOST_ELSEWHERE = 3000


@dataclass(frozen=True)
class Block:
    """One count of one table: a cell a row.

    Attributes
    ----------
    table, column
        Where it stands.
    counts, years
        (R,) what each cell counts, and the academic year it is of.
    sums
        (R, N) how much each atom adds to it.
    cost
        What withholding one of its cells costs, beside others; inf = never withheld.
    listed
        Whether a row is there only because somebody is in it.
    may_shut
        Whether the count is left out altogether where too much of it is small.
    guard
        Whether its cells must not be told though they are large.
    shut_before
        Before this year it is left out altogether.
    """

    table: str
    column: str
    counts: Floats
    years: Ints
    sums: sparse.csr_array
    cost: float
    listed: bool = False
    may_shut: bool = False
    guard: bool = False
    shut_before: int = 0


def make_atoms(findings: Findings) -> pd.DataFrame:
    """Return the atoms of a plan: `ALIKE`, `children`, and the pounds of `fees` and `top_up` a child.

    Where anybody waits in a year, there is an atom without children for whoever might: an attacker cannot know who.
    """
    placed = findings.somewhere
    minutes = placed["minutes"]
    lower = [0.0, *list(BANDS.values())[:-1]]
    bands = {
        name: (minutes >= low) & (minutes < high)
        for (name, high), low in zip(BANDS.items(), lower, strict=True)
    }
    placed = placed.assign(
        unplaced=False,
        reason="",
        travels=minutes.notna(),
        over_45=minutes > 45,
        over_75=minutes > 75,
        **bands,
        fees=placed["price_gbp"].where(placed["independent"], 0.0),
        top_up=placed["price_gbp"].where(~placed["independent"], 0.0),
    )
    waits = _waiting(findings)
    sums = ["children", *MONEY]
    both = pd.concat([placed[[*ALIKE, *sums]], waits[[*ALIKE, *sums]]], ignore_index=True)
    atoms = both.groupby(ALIKE, as_index=False, sort=True)[sums].sum()
    for money in MONEY:
        atoms[money] = (atoms[money] / atoms["children"]).fillna(0.0)
    atoms = pd.concat([atoms, _elsewhere(findings, atoms)], ignore_index=True)
    return atoms.assign(gap=atoms[["unplaced", "independent", "out_of_area"]].any(axis=1))


def _elsewhere(findings: Findings, atoms: pd.DataFrame) -> pd.DataFrame:
    """Return atoms of nobody, for children who might as well be at another provision, of years of few such atoms.

    They are those whom a pool takes, with a journey as somebody there has it. An attacker cannot know that nobody is
    in them; without them less can be shown to be safe, which matters where there are few children.
    """
    somebody = atoms[atoms["children"] > 0]
    placed = somebody[(somebody["pool"] >= 0) & ~somebody["unplaced"]]
    groups = somebody[["area", "need", "phase", "ncy", "year"]].drop_duplicates()
    flags = placed[["provision", "independent", "out_of_area"]].drop_duplicates("provision")
    way = [*BANDS, "travels", "over_45", "over_75"]
    ways = placed[["provision", *way]].drop_duplicates("provision")
    prices = placed.groupby("provision", as_index=False)[list(MONEY)].mean()
    pools = findings.use[["year", "pool", "provision", "needs", "ncy_from", "ncy_to"]]
    found = [placed.iloc[:0]]
    for year, mine in groups.groupby("year"):
        there = pools[pools["year"] == year]
        if len(mine) * len(there) <= MOST_ELSEWHERE:
            both = mine.merge(there, on="year").merge(flags, on="provision")
            both = both.merge(ways, on="provision").merge(prices, on="provision")
            found.append(both[_takes(both)])
    nobody = pd.concat(found, ignore_index=True)[[*set(ALIKE) - {"unplaced", "reason"}, *MONEY]]
    nobody = nobody.assign(unplaced=False, reason="", children=0.0)[list(atoms.columns)]
    keys = ["area", "need", "phase", "ncy", "year", "pool"]
    known = pd.MultiIndex.from_frame(placed[keys])
    return nobody[~pd.MultiIndex.from_frame(nobody[keys]).isin(known)]


def _takes(rows: pd.DataFrame) -> Bools:
    """Whether a pool takes a need and a year group, as anyone may know."""
    needs = [
        codes == ANY or need in codes.split("|")
        for codes, need in zip(rows["needs"], rows["need"], strict=True)
    ]
    ages = (rows["ncy"] >= rows["ncy_from"]) & (rows["ncy"] <= rows["ncy_to"])
    return np.array(needs, bool) & ages.to_numpy(bool)


def _waiting(findings: Findings) -> pd.DataFrame:
    """Return those who wait, as atoms, and as many rows of nobody as there are groups who might."""
    without = findings.without
    keys = ["area", "need", "phase", "ncy", "year"]
    reasons = without.drop_duplicates("year").set_index("year")["reason"]
    everyone = pd.concat([findings.somewhere[keys], without[keys]], ignore_index=True)
    groups = everyone[everyone["year"].isin(reasons.index)].drop_duplicates()
    might = groups.assign(children=0.0, reason=groups["year"].map(reasons))
    both = pd.concat([without[[*keys, "children", "reason"]], might], ignore_index=True)
    flags = dict.fromkeys(["independent", "out_of_area", "travels", *BANDS, "over_45", "over_75"])
    return both.assign(
        **dict.fromkeys(flags, False), unplaced=True, provision="", pool=-1, fees=0.0, top_up=0.0
    )


@dataclass(frozen=True)
class Rows:
    """Which atoms belong to which rows of a table: `row` and `atom`, a pair each; an atom may be in several rows."""

    row: Ints
    atom: Ints

    def block(
        self,
        where: tuple[str, str],
        table: pd.DataFrame,
        weight: Floats,
        children: Floats,
        cost: float,
        *,
        listed: bool = False,
        may_shut: bool = False,
        shut_before: int = 0,
    ) -> Block:
        """Return the cells of one count.

        Parameters
        ----------
        where
            Table and column.
        weight
            How much of each pair counts.
        children
            (N,) in each atom.
        """
        counts = weight != 0
        cells = (weight[counts], (self.row[counts], self.atom[counts]))
        sums = sparse.csr_array(cells, (len(table), len(children)))
        sums.sum_duplicates()
        values = np.asarray(sums @ children, np.float64)
        years = table["year"].to_numpy(np.int64)
        return Block(*where, values, years, sums, cost, listed, may_shut, shut_before=shut_before)


def find_rows(table: pd.DataFrame, keys: Sequence[str], variants: Sequence[pd.DataFrame]) -> Rows:
    """Find the rows of a table that atoms belong to.

    Parameters
    ----------
    keys
        Columns that head the rows.
    variants
        The atoms under the `keys` of the table: as they are, and again under ``all`` where there are such rows. A
        column `atom` says which, if they are not in order.
    """
    number = {head: n for n, head in enumerate(_heads(table, keys))}
    rows = [[number.get(head, -1) for head in _heads(variant, keys)] for variant in variants]
    atoms = [variant.get("atom", pd.Series(range(len(variant)))) for variant in variants]
    row, atom = np.concatenate(rows).astype(np.int64), np.concatenate(atoms).astype(np.int64)
    return Rows(row[row >= 0], atom[row >= 0])


def _heads(table: pd.DataFrame, keys: Sequence[str]) -> list[tuple[object, ...]]:
    return list(zip(*(table[key] for key in keys), strict=True))

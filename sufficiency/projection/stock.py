"""Children with a plan, rolled forward; and how new plans are spread over year groups."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sufficiency import needs
from sufficiency.demand import dated, on_roll
from sufficiency.prices import NCY_LOW

if TYPE_CHECKING:
    import pandas as pd

    from models.problem import Floats
    from sufficiency.settings import Settings

ENGLAND = Path(__file__).parents[1] / "data" / "england.toml"
SOURCE = "DfE, Education, health and care plans, 2025 release: new plans in England by age and need, 2024"
NCYS = np.arange(NCY_LOW, 21)
#: England's profile counts like so many plans of the council's own.
ENGLAND_COUNTS_AS = 20.0


@dataclass(frozen=True)
class Stock:
    """Children known today, in every year of the plan.

    Attributes
    ----------
    needs
        Needs that anyone has, or that the case expects.
    children
        (needs, NCYs, years) of them on roll; NCYs count from `NCY_LOW`.
    roll
        (NCYs, k) share on roll k years later.
    last_ncy
        The last NCY there is.
    """

    needs: tuple[str, ...]
    children: Floats
    roll: Floats
    last_ncy: int

    @property
    def years(self) -> int:
        """How many years the plan has."""
        return int(self.children.shape[2])


def read_stock(everyone: pd.DataFrame, settings: Settings, expected: set[str]) -> Stock:
    """Roll everyone forward to the end of the plan.

    Parameters
    ----------
    everyone
        As from `demand.people`.
    expected
        Needs that the demand's own tables name.
    """
    rows = dated(everyone, settings)
    codes = tuple(code for code in (*needs.NEEDS, needs.UNASSESSED)
                  if code in expected or (rows["need"] == code).any())  # fmt: skip
    roll = on_roll(settings)
    children = np.zeros((len(codes), len(NCYS), settings.years))
    kept = rows[(rows["ncy"] <= settings.leaving.last_ncy) & (rows["year"] < settings.years)]
    summed = kept.groupby(["need", "ncy", "year"], as_index=False)["children"].sum()
    for row in summed.itertuples():
        at, first, year = codes.index(str(row.need)), int(row.ncy) - NCY_LOW, int(row.year)
        for k in range(min(settings.years - year, len(NCYS) - first)):
            children[at, first + k, year + k] += row.children * roll[first, k]
    return Stock(codes, children, roll, settings.leaving.last_ncy)


def profiles(stock: Stock, new_plans: pd.DataFrame) -> Floats:
    """(needs, NCYs) how new plans of each need are spread over year groups; each row adds up to 1.

    The council's own past new plans, where they name the NCY, and England's, which count like twenty plans more.
    """
    own = np.zeros((len(stock.needs), len(NCYS)))
    known = new_plans[new_plans["ncy"].notna()]
    for need, ncy, plans in zip(known["need"], known["ncy"], known["plans"], strict=True):
        if 0 <= ncy <= stock.last_ncy:
            own[stock.needs.index(need), int(ncy) - NCY_LOW] += plans
    england = np.array([_england(need) for need in stock.needs]).reshape(-1, len(NCYS))
    england[:, stock.last_ncy < NCYS] = 0.0
    england /= np.maximum(england.sum(axis=1, keepdims=True), 1e-12)
    both = own + ENGLAND_COUNTS_AS * england
    return np.asarray(both / np.maximum(both.sum(axis=1, keepdims=True), 1e-12), np.float64)


@cache
def _published() -> tuple[tuple[str, ...], Floats]:
    """Return England's needs, and its (needs, NCYs) new plans of a year."""
    table = tomllib.loads(ENGLAND.read_text(encoding="utf-8"))
    names = tuple(table["source"]["needs"])
    counts = np.zeros((len(names), len(NCYS)))
    for age, row in table["new_plans_by_age_and_need"].items():
        counts[:, min(max(int(age) - 3, 0), 20) - NCY_LOW] += row
    return names, counts


def _england(need: str) -> Floats:
    """(NCYs,) new plans of a need in England; all needs together for one that is not published."""
    names, counts = _published()
    found = counts[names.index(need)] if need in names else counts.sum(axis=0)
    return np.asarray(found.copy(), np.float64)

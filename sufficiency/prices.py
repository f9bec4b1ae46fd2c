"""What a place costs a child a year: the one row of `prices` that applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sufficiency import needs
from sufficiency.faults import Fault
from sufficiency.pools import Row, blank, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.problem import Bools, Floats, Ints
    from sufficiency.case import Case
    from sufficiency.stays import Costs, StayYears

#: In a table of prices: no row applies, or two do.
NONE, TWO = np.nan, -1.0
#: The youngest and oldest NCY that a plan can come from (a plan may begin at birth and run to 25).
NCY_LOW, NCY_HIGH = -4, 20


class Prices:
    """Prices by provision and a child's needs, as (NCY, year) arrays worked out once.

    Exactly one row applies to a child in a year: of the rows that fit `need`, NCY and year (only if there are
    none, of those that fit `need_2`), one naming the need beats ``*``, then the most recent `from_year` not after
    the year.
    """

    def __init__(self, case: Case, positions: Mapping[str, int]) -> None:
        self._base, self._years = case.settings.base_year, case.settings.years
        self._rows: dict[int, list[Row]] = {}
        for row in records(case.prices):
            self._rows.setdefault(positions[row["provision_id"]], []).append(row)
        self._known: dict[tuple[int, str, str], Floats] = {}

    def of(self, provision: int, need: str, need_2: str) -> Floats:
        """(NCY, P) pounds a child a year, NCY from `NCY_LOW`; `NONE` or `TWO` where not one row applies."""
        key = (provision, need, need_2)
        if key not in self._known:
            first = self._by_need(provision, need)
            second = self._by_need(provision, need_2) if need_2 else first
            self._known[key] = np.where(np.isnan(first), second, first)
        return self._known[key]

    def _by_need(self, provision: int, need: str) -> Floats:
        found = np.full((NCY_HIGH - NCY_LOW + 1, self._years), NONE)
        for rows in self._by_rank(provision, need):
            applies = np.zeros(found.shape, bool)
            twice = applies.copy()
            for row in rows:
                span = self._span(row)
                twice[span] |= applies[span]
                applies[span] = True
                found[span] = row["gbp_per_child"]
            found[twice] = TWO
        return found

    def _by_rank(self, provision: int, need: str) -> list[list[Row]]:
        """Rows that could fit a need, in sets of equal rank, the weakest first."""
        ranked: dict[tuple[bool, float], list[Row]] = {}
        for row in self._rows.get(provision, []):
            anyone = row["needs"] == needs.ANY
            if anyone or need in row["needs"].split("|"):
                from_year = -np.inf if blank(row["from_year"]) else float(row["from_year"])
                ranked.setdefault((not anyone, from_year), []).append(row)
        return [ranked[rank] for rank in sorted(ranked)]

    def _span(self, row: Row) -> tuple[slice, slice]:
        first = 0 if blank(row["from_year"]) else max(0, int(row["from_year"]) - self._base)
        low, high = max(NCY_LOW, int(row["ncy_from"])), int(row["ncy_to"])
        return slice(low - NCY_LOW, high - NCY_LOW + 1), slice(first, None)


def placed_without_price(case: Case, years: StayYears, provisions: Sequence[str]) -> list[Fault]:
    """Warn of children who stay where they are and whose price is not known: the ledger counts nothing for them."""
    unknown = np.isnan(years.price_gbp) | (years.price_gbp == TWO)
    names = sorted({provisions[p] for p in years.provision[unknown]})
    if not names:
        return []
    what = f"not one price applies to some children who stay at {', '.join(names)}: the ledger counts none"
    return [
        Fault("W401", case.files["prices"], what, "add or mend the row of prices", "gbp_per_child")
    ]


def price_faults(
    case: Case, costs: Costs, stays: Sequence[StayYears], provisions: Sequence[str]
) -> Iterator[Fault]:
    """Report provisions without a price, or with two, for a child whom a place there could take."""
    for years in stays:
        for wrong, words in (
            (
                np.isnan(years.price_gbp),
                ("E401", "no price for a child it could take", "add a row of prices that fits"),
            ),
            (
                years.price_gbp == TWO,
                ("E402", "two prices that both fit", "leave one row that fits, or name the need"),
            ),
        ):
            for provision in np.unique(years.provision[wrong]):
                mine = wrong & (years.provision == provision)
                yield _price_fault(case, costs, years, mine, provisions[provision], words)


def _price_fault(
    case: Case,
    costs: Costs,
    years: StayYears,
    mine: Bools,
    provision_id: str,
    words: tuple[str, str, str],
) -> Fault:
    code, what, remedy = words
    codes = ", ".join(
        sorted({costs.pairs[n][0] for n in np.unique(costs.pair[years.cohort[mine]])})
    )
    ncys, span = years.ncy[mine], years.year[mine] + case.settings.base_year
    when = f"NCY {_from_to(ncys)}, {_from_to(span)}"
    return Fault(
        code,
        case.files["prices"],
        f"{provision_id} has {what}: {codes}, {when}",
        remedy,
        "gbp_per_child",
    )


def _from_to(numbers: Ints) -> str:
    """Write the first and the last of some numbers: "3 to 6", or "3"."""
    first, last = numbers.min(), numbers.max()
    return f"{first} to {last}" if last > first else f"{first}"

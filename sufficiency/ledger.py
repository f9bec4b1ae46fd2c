"""The ledger: every pound by year, item and whose budget it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.schemes import ages, discount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats
    from sufficiency.problem import Basis

REVENUE, TRANSPORT, CAPITAL, CHARGE = "high needs revenue", "transport", "capital", "capital charge"

#: Items in the order of the ledger, and the budget each falls on. The annuity spreads the capital cash over a
#: scheme's lifetime: the two are one sum seen twice and are never added, so each has a budget of its own.
ITEMS: dict[str, str] = {
    "place funding": REVENUE,
    "top-up": REVENUE,
    "independent fees": REVENUE,
    "waiting": REVENUE,
    "moves at review": REVENUE,
    "transport": TRANSPORT,
    "capital cash": CAPITAL,
    "capital annuity": CHARGE,
}


def build_ledger(
    basis: Basis,
    spent: pd.DataFrame,
    waiting: pd.DataFrame,
    opening: Mapping[str, int],
    moved: float,
) -> pd.DataFrame:
    """Return the ledger, a row a year and item.

    Existing places, committed schemes and children who stay are in it, though no decision changes them.

    Columns
    -------
    `year`, `budget`, `item`, `gbp` (of the price base's year) and `gbp_discounted` (to the base year).
    """
    settings = basis.case.settings
    years = settings.base_year + np.arange(settings.years)
    independent = spent["independent"]
    amounts = {
        "place funding": basis.pools.funding_gbp.sum(axis=0) + _scheme_funding(basis, opening),
        "top-up": _yearly(spent[~independent], "price_gbp", years),
        "independent fees": _yearly(spent[independent], "price_gbp", years),
        "waiting": _yearly(waiting, "gbp", years),
        "moves at review": np.where(
            years == settings.base_year, moved * settings.review.gbp_per_move, 0.0
        ),
        "transport": _yearly(spent, "transport_gbp", years),
        "capital cash": _capital_cash(basis, opening),
        "capital annuity": _annuity(basis, opening),
    }
    factor = discount(settings)
    rows = [
        (int(year), ITEMS[item], item, gbp[n], gbp[n] * factor[n])
        for n, year in enumerate(years)
        for item, gbp in amounts.items()
    ]
    return pd.DataFrame(rows, columns=["year", "budget", "item", "gbp", "gbp_discounted"])


def _yearly(
    rows: pd.DataFrame, column: str, years: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    return rows.groupby("year")[column].sum().reindex(years, fill_value=0.0).to_numpy(np.float64)


def _scheme_funding(basis: Basis, opening: Mapping[str, int]) -> Floats:
    settings = basis.case.settings
    total = np.zeros(settings.years)
    for scheme in basis.schemes:
        if scheme.scheme_id in opening:
            total += scheme.funding_gbp(
                ages(opening[scheme.scheme_id], settings.base_year, settings.years)
            )
    return total


def _capital_cash(basis: Basis, opening: Mapping[str, int]) -> Floats:
    settings = basis.case.settings
    total = np.zeros(settings.years)
    for scheme in basis.schemes:
        year = opening.get(scheme.scheme_id, settings.base_year - 1) - settings.base_year
        if 0 <= year < settings.years:
            total[year] += scheme.capital_gbp
    return total


def _annuity(basis: Basis, opening: Mapping[str, int]) -> Floats:
    settings = basis.case.settings
    total = np.zeros(settings.years)
    for scheme in basis.schemes:
        if scheme.scheme_id in opening:
            open_ages = ages(opening[scheme.scheme_id], settings.base_year, settings.years)
            total += np.where(open_ages >= 0, scheme.annuity_gbp, 0.0)
    return total

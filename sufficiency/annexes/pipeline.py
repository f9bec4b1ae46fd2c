"""The pipeline of schemes: site, need, phase, places year by year, money and what the plan decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.report.parts import academic
from sufficiency.schemes import ages

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from sufficiency.case import Case
    from sufficiency.pools import PoolKey, Pools
    from sufficiency.schemes import Scheme

NOTES = (
    "Places are those of a year, if the scheme opens when the plan opens it; one that is not chosen has none.",
    "Revenue is place funding when built up in full, a year; top-up follows the child and is not in it.",
    "Capital a place divides the capital by the places when built up in full.",
)

#: Columns before those of the years.
HEADS = [
    *("Scheme", "Site", "Kind", "Needs", "Year groups", "Status", "Decision", "Opens in"),
    *("Capital (£)", "Places in full", "Capital a place (£)", "Revenue in full (£ a year)"),
]


def pipeline(
    case: Case, schemes: Iterable[Scheme], pools: Pools, published: pd.DataFrame
) -> pd.DataFrame:
    """Return a row a scheme, in the order of decision and opening year.

    Parameters
    ----------
    published
        `schemes.csv`: decision and opening year by `scheme_id`.
    """
    names = dict(zip(case.provisions["provision_id"], case.provisions["name"], strict=True))
    kinds = dict(zip(case.provisions["provision_id"], case.provisions["kind"], strict=True))
    decided = {str(row["scheme_id"]): row for row in published.to_dict("records")}
    rows = [
        _row(case, scheme, pools, decided[scheme.scheme_id], names, kinds) for scheme in schemes
    ]
    frame = pd.DataFrame(rows)
    if frame.empty:
        return pd.DataFrame(columns=HEADS)
    order = {"Committed": 0, "Opens": 1, "Not chosen": 2}
    return frame.sort_values(
        ["Decision", "Opens in", "Scheme"],
        key=lambda c: c.map(order) if c.name == "Decision" else c,
        kind="stable",
    ).reset_index(drop=True)


def _row(
    case: Case,
    scheme: Scheme,
    pools: Pools,
    decided: Mapping[Hashable, Any],
    names: dict[str, str],
    kinds: dict[str, str],
) -> dict[str, object]:
    keys = [pools.keys[pool] for pool in scheme.steps]
    full = sum(steps[-1].places for steps in scheme.steps.values())
    funding = sum(s[-1].places * s[-1].place_funding_gbp for s in scheme.steps.values())
    year = None if pd.isna(decided["year"]) else int(decided["year"])
    return {
        "Scheme": scheme.name or scheme.scheme_id,
        "Site": names.get(scheme.provision_id, scheme.provision_id),
        "Kind": str(kinds.get(scheme.provision_id, "")).capitalize(),
        "Needs": needs_of(keys),
        "Year groups": span(keys),
        "Status": "Committed" if scheme.committed else "Proposed",
        "Decision": str(decided["decision"]).capitalize(),
        "Opens in": "" if year is None else academic(year),
        "Capital (£)": scheme.capital_gbp,
        "Places in full": full,
        "Capital a place (£)": scheme.capital_gbp / full if full else None,
        "Revenue in full (£ a year)": funding,
    } | _by_year(case, scheme, year)


def _by_year(case: Case, scheme: Scheme, opens: int | None) -> dict[str, object]:
    """Return the places of a scheme in each year of the plan."""
    base, years = case.settings.base_year, case.settings.years
    places = np.zeros(years)
    if opens is not None:
        since = ages(opens, base, years)
        for pool in scheme.steps:
            places += scheme.places(pool, since)
    return {f"Places {academic(base + t)}": float(places[t]) for t in range(years)}


def needs_of(keys: Iterable[PoolKey]) -> str:
    """Return the needs that pools are for, in words."""
    codes = {code for key in keys for code in key.needs.split("|")}
    if needs.ANY in codes:
        return "Any need"
    return ", ".join(code for code in [*needs.NEEDS, needs.UNASSESSED] if code in codes)


def span(keys: Iterable[PoolKey]) -> str:
    """Return the year groups that pools span: "Reception to Year 6"."""
    found = list(keys)
    if not found:
        return ""
    low, high = min(key.ncy_from for key in found), max(key.ncy_to for key in found)
    first = "Reception" if low == 0 else f"Year {low}" if low > 0 else f"NCY {low}"
    return first if low == high else f"{first} to Year {high}"

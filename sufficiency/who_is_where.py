"""Who is where in each year of a plan, exactly: what a plan leaves in its private folder, to be compared with another.

A cohort is told by what stays the same about its children (`cohorts.SAME`), so that those of two plans can be paired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.cohorts import SAME

if TYPE_CHECKING:
    from pathlib import Path

    from sufficiency.problem import Basis

#: Names of files in the private folder of a plan, and of two of them if nothing is built.
FILE, LEDGER = "whereabouts", "ledger"
UNBUILT, UNBUILT_LEDGER = "unbuilt-whereabouts", "unbuilt-ledger"
#: The name of the public file of its provisions, which says nothing of a child.
PROVISIONS = "provisions"
#: The provision of children without a place.
NONE = ""
KEYS = [*SAME, "year", "ncy", "provision"]
TEXT = ["area", "need", "need_2", "suits", "provision"]


def whereabouts(basis: Basis, somewhere: pd.DataFrame, without: pd.DataFrame) -> pd.DataFrame:
    """Return children by cohort, year and provision, those without a place included.

    Parameters
    ----------
    somewhere, without
        As from `child_years`.

    Returns
    -------
    `SAME`; `year` (an academic one), `ncy`, `provision` (`NONE` for those without a place); `children`, `km` and
    `minutes` (one way; NaN where no journey is known) and `transport_gbp` (of all of them, a year).
    """
    both = pd.concat([somewhere, without.assign(provision=NONE)], ignore_index=True)
    keys = ["cohort", "year", "ncy", "provision"]
    rows = both.groupby(keys, as_index=False).agg(
        children=("children", "sum"),
        km=("km", "first"),
        minutes=("minutes", "first"),
        transport_gbp=("transport_gbp", "sum"),
    )
    table = basis.cohorts.table.iloc[rows["cohort"]].reset_index(drop=True)
    return pd.concat([table[SAME], rows.drop(columns="cohort")], axis=1)


def provisions(basis: Basis) -> pd.DataFrame:
    """Return what a comparison asks of each provision: `provision`, `name`, `kind`, `independent`, `out_of_area`."""
    listed = basis.case.provisions.sort_values("provision_id", ignore_index=True)
    kinds = listed["kind"].astype(str)
    return pd.DataFrame(
        {
            "provision": listed["provision_id"],
            "name": listed["name"].where(listed["name"] != "", listed["provision_id"]),
            "kind": kinds,
            "independent": kinds.map(basis.case.settings.base_kind) == "independent",
            "out_of_area": listed["la"].str.lower() != "home",
        }
    )


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read who is where, or the provisions, back.

    Raises
    ------
    OSError, ValueError
        When it is not there, or none of ours.
    """
    return pd.read_csv(
        folder / f"{name}.csv",
        encoding="utf-8-sig",
        dtype=dict.fromkeys([*TEXT, "name", "kind"], str),
        keep_default_na=False,
        na_values={column: [""] for column in ("km", "minutes", "transport_gbp")},
    )

"""Homes that may be built: a small table of sites, and the children with a plan who would come to live there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import values
from sufficiency.demand import dated
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault, errors
from sufficiency.pools import records
from sufficiency.projection import space
from sufficiency.projection.numbers import ANYWHERE
from sufficiency.projection.project import as_children
from sufficiency.projection.stock import NCYS, read_stock
from sufficiency.sheets import read_csv
from sufficiency.tables import Column, Table

if TYPE_CHECKING:
    from pathlib import Path

    from models.problem import Floats
    from sufficiency.pools import Row
    from sufficiency.steps import Prepared

#: The columns of the table.
HOUSING = Table(
    "housing",
    "Sites where homes may be built",
    (
        Column("site", "text", "name of the site", required=True),
        Column("easting_m", "number", "of the site", required=True, least=0, most=700_000),
        Column("northing_m", "number", "of the site", required=True, least=0, most=1_300_000),
        Column("homes", "number", "homes that may be built", required=True, least=0, most=1e6),
        Column(
            "plans_per_100_homes",
            "number",
            "children with a plan who need a place of this case, for each hundred homes",
            required=True,
            least=0,
            most=100,
        ),
        Column("from_year", "year", "first year in which children come", required=True, least=1990, most=2200),
        Column("to_year", "year", "last year in which children come", required=True, least=1990, most=2200),
        Column("chance_pct", "number", "chance that it is built", default="100", least=0, most=100),
    ),
)  # fmt: skip


def read_housing(path: Path) -> pd.DataFrame:
    """Read a table of sites.

    Raises
    ------
    CaseError
        With everything that is wrong with it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be opened") from error
    sheet, faults = read_csv(data, path.name)
    if sheet is None or errors(faults):
        raise CaseError(faults)
    header = [name.strip().lower() for name in sheet.header]
    missing = [c.name for c in HOUSING.columns if c.required and c.name not in header]
    if missing:
        what = f"the table of housing lacks {', '.join(missing)}"
        raise CaseError([Fault("E201", path.name, what, "add the columns")])
    at = {name: header.index(name) for name in HOUSING.names if name in header}
    text = [[row[at[name]] if name in at else "" for name in HOUSING.names] for row in sheet.rows]
    frame = values.text_frame(text, HOUSING.names, sheet.numbers)
    faults += values.check(frame, HOUSING, {}, path.name)
    if errors(faults):
        raise CaseError(faults)
    sites = values.typed(frame, HOUSING, 0)
    if (sites["to_year"] < sites["from_year"]).any():
        what = "a site's children stop coming before they begin"
        raise CaseError([Fault("E201", path.name, what, "mend from_year and to_year", "to_year")])
    return sites


def children_of(prepared: Prepared, sites: pd.DataFrame) -> pd.DataFrame:
    """Return the children of all sites, built as expected, in the columns of `Prepared.everyone`; `site` says whose.

    They have the needs and ages of the children with a plan now, come evenly over the site's years, and suit what such
    children suit.
    """
    everyone, case = prepared.everyone, prepared.case
    now = everyone[everyone["table"] == "children"]
    stock = read_stock(now, case.settings, set())
    share = stock.children[:, :, 0] / max(stock.children[:, :, 0].sum(), 1e-12)
    suits = space.suits_shares(now.assign(ncy_now=dated(now, case.settings)["ncy"]))
    homes = prepared.located.homes
    parts = []
    for number, site in enumerate(records(sites)):
        point = np.array([[float(site["easting_m"]), float(site["northing_m"])]])
        nearest = int(((homes - point) ** 2).sum(axis=1).argmin())
        label = str(everyone["area"].iloc[nearest])
        spots = space.Spots(point, (label,), {ANYWHERE: np.ones(1)})
        arrivals = _arrivals(prepared, site, stock.needs, share)
        if not len(arrivals):
            continue
        rows = as_children(
            space.settle(arrivals, spots, suits, 1.0), spots, case.settings.base_year, everyone
        )
        rows["child_id"] = [f"housing-{number}-{n}" for n in range(len(rows))]
        parts.append(rows.assign(table="housing", site=number))
    empty = everyone.iloc[:0].assign(site=pd.Series(dtype="int64"))
    return pd.concat(parts, ignore_index=True) if parts else empty


def _arrivals(prepared: Prepared, site: Row, codes: tuple[str, ...], share: Floats) -> pd.DataFrame:
    """Return who comes to a site, by need, NCY and year of the plan."""
    settings = prepared.case.settings
    first, last = int(site["from_year"]), int(site["to_year"])
    yearly = site["homes"] * site["plans_per_100_homes"] / 100 / (last - first + 1)
    years = range(max(first, settings.base_year), min(last, settings.last_year) + 1)
    rows = [
        (code, int(ncy), ANYWHERE, year - settings.base_year, yearly * share[i, n])
        for year in years
        for i, code in enumerate(codes)
        for n, ncy in enumerate(NCYS)
        if yearly * share[i, n] > 0
    ]
    return pd.DataFrame(rows, columns=["need", "ncy", "area", "year", "children"])

"""Whom a scheme's places serve, and where those children would be without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sufficiency import catchments
from sufficiency.schemes import ages

if TYPE_CHECKING:
    import pandas as pd

    from models.problem import Floats
    from sufficiency.evidence.choices import Programme
    from sufficiency.schemes import Scheme

#: Fewer children than this are the solver's dust.
DUST = 1e-6


@dataclass(frozen=True)
class Served:
    """Children in a scheme's places, exact.

    Attributes
    ----------
    places, filled
        (P,) places of the scheme, and children in them, by year.
    rows
        `need`, `phase`, `area`, `year` and `children`.
    """

    places: Floats
    filled: Floats
    rows: pd.DataFrame

    def in_year(self, year: int, *by: str) -> list[tuple[tuple[str, ...], float]]:
        """Return children of a year by need, phase or area, most first."""
        of_year = self.rows[self.rows["year"] == year]
        summed = of_year.groupby(list(by), as_index=False)[["children"]].sum()
        summed = summed.sort_values("children", ascending=False, kind="stable")
        return _keyed(summed, by)

    def mix(self) -> dict[tuple[str, ...], float]:
        """Return children over all years by need, phase and area."""
        by = ("need", "phase", "area")
        return dict(_keyed(self.rows.groupby(list(by), as_index=False)[["children"]].sum(), by))


def _keyed(summed: pd.DataFrame, by: tuple[str, ...]) -> list[tuple[tuple[str, ...], float]]:
    rows = summed[[*by, "children"]].to_numpy(object).tolist()
    return [(tuple(map(str, row[:-1])), float(row[-1])) for row in rows]


def served(programme: Programme, scheme: Scheme) -> Served:
    """Return whom a scheme's places serve in a programme that opens it."""
    study = programme.study
    settings = study.prepared.case.settings
    rows = _in_schemes(programme)
    there = rows[rows["scheme"] == scheme.scheme_id]
    there = there.assign(children=there["children"] * there["share"])
    keys = ["need", "phase", "area", "year"]
    mine: pd.DataFrame = there.groupby(keys, as_index=False)[["children"]].sum()
    years = settings.base_year + np.arange(settings.years)
    filled = mine.groupby("year")["children"].sum().reindex(years, fill_value=0.0)
    age = ages(programme.years[scheme.scheme_id], settings.base_year, settings.years)
    places = sum((scheme.places(pool, age) for pool in scheme.steps), np.zeros(settings.years))
    return Served(places, filled.to_numpy(np.float64), mine)


def _in_schemes(programme: Programme) -> pd.DataFrame:
    """Return the children in the places of a programme's schemes; worked out once."""
    from sufficiency.findings import openings

    kept: dict[str, pd.DataFrame] = programme.__dict__.setdefault("_in_schemes", {})
    if "rows" not in kept:
        basis = programme.study.prepared.basis
        opening = openings(basis, programme.solution)
        kept["rows"] = catchments.in_schemes(
            basis, programme.solution, programme.somewhere, opening
        )
    return kept["rows"]


def elsewhere(having: Programme, lacking: Programme) -> pd.DataFrame:
    """Return where children are without a scheme: child-years by provision, with it and without.

    A row a provision at which there are more without it, most first: `provision`, `having` and `lacking`.
    """
    sides = [
        side.somewhere.groupby("provision")["children"].sum().rename(name)
        for name, side in (("having", having), ("lacking", lacking))
    ]
    both = sides[0].to_frame().join(sides[1], how="outer").fillna(0.0)
    more = both[both["lacking"] - both["having"] > DUST]
    order = (more["having"] - more["lacking"]).sort_values(kind="stable").index
    return more.loc[order].reset_index()

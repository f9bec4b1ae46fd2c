"""Whom schemes and provisions serve: children in a scheme's places, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.verify import pool_load
from sufficiency.schemes import ages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models import Solution
    from models.problem import Floats
    from sufficiency.problem import Basis

SCHEME, PROVISION = "scheme", "provision"


def in_schemes(
    basis: Basis, solution: Solution, somewhere: pd.DataFrame, opening: Mapping[str, int]
) -> pd.DataFrame:
    """Return the children in the places of schemes: rows of `somewhere` with `scheme` and the share that counts.

    Of a pool with other places, too, the schemes' part is what is taken beyond those; it is shared between the
    schemes by their places, and between needs, phases and areas as the pool is.

    Columns: those of `child_years.spent`, `scheme` and `share` (of the row's children).
    """
    load = pool_load(basis.problem, solution.stay) + basis.placed.load(basis.pools)
    added = added_by_scheme(basis, opening)
    of_all = sum(added.values(), np.zeros_like(load))
    with np.errstate(invalid="ignore", divide="ignore"):
        taken = np.clip(load - basis.pools.places, 0.0, of_all) / load
        found = [
            (scheme, np.nan_to_num(taken * places / of_all)) for scheme, places in added.items()
        ]
    pool = somewhere["pool"].to_numpy()
    year = somewhere["year"].to_numpy() - basis.case.settings.base_year
    tables = []
    for scheme, shares in found:
        share = np.where(pool >= 0, shares[pool, year], 0.0)
        tables.append(somewhere.assign(scheme=scheme, share=share)[share > 0])
    empty = somewhere.iloc[:0].assign(scheme="", share=0.0)
    return pd.concat(tables, ignore_index=True) if tables else empty


def served(children: pd.DataFrame) -> pd.DataFrame:
    """Return children in the places of each scheme by need, phase and year, from `in_schemes`."""
    rows = children.assign(children=children["children"] * children["share"])
    keys = ["scheme", "need", "phase", "year"]
    return rows.groupby(keys, as_index=False)[["children"]].sum()


def origins(somewhere: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Return children of each scheme and provision by home area: `of` (which of the two), `id`, `area`, `year`."""
    to_scheme = children.assign(
        of=SCHEME, id=children["scheme"], children=children["children"] * children["share"]
    )
    to_provision = somewhere.assign(of=PROVISION, id=somewhere["provision"])
    keys = ["of", "id", "area", "year"]
    both = pd.concat([to_scheme[[*keys, "children"]], to_provision[[*keys, "children"]]])
    return both.groupby(keys, as_index=False)[["children"]].sum()


def added_by_scheme(basis: Basis, opening: Mapping[str, int]) -> dict[str, Floats]:
    """Return (Q, P) places that each open scheme adds."""
    settings = basis.case.settings
    found: dict[str, Floats] = {}
    for scheme in basis.schemes:
        if scheme.scheme_id in opening:
            places = np.zeros_like(basis.pools.places)
            age = ages(opening[scheme.scheme_id], settings.base_year, settings.years)
            for pool in scheme.steps:
                places[pool] += scheme.places(pool, age)
            found[scheme.scheme_id] = places
    return found

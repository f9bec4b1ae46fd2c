"""Children who are somewhere in the base year: where, for how long, and what room they leave to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sufficiency import needs
from sufficiency.faults import Fault
from sufficiency.pools import covers
from sufficiency.stays import StayYears, stay_years

if TYPE_CHECKING:
    import pandas as pd

    from models.problem import Floats, Ints
    from sufficiency.case import Case
    from sufficiency.pools import Pools
    from sufficiency.settings import Settings
    from sufficiency.stays import Costs


@dataclass(frozen=True)
class Standing:
    """Groups of `placed` or of `review` children, as they stand in the base year.

    Attributes
    ----------
    cohort, ncy, provision
        (G,) cohort, NCY in the base year, and position of the provision.
    pool
        (G,) the pool they hold a place of, or -1.
    length
        (G,) years they stay there if nobody moves them.
    children
        (G,) how many.
    years
        Each year of those stays.
    """

    cohort: Ints
    ncy: Ints
    provision: Ints
    pool: Ints
    length: Ints
    children: Floats
    years: StayYears

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.cohort)

    @property
    def there(self) -> Floats:
        """(N,) children there in each of the years."""
        return self.years.share * self.children[self.years.stay]

    def load(self, pools: Pools) -> Floats:
        """(Q, P) places that they take if all stay."""
        taking = self.years.pool >= 0
        cell = self.years.pool[taking] * pools.places.shape[1] + self.years.year[taking]
        load = np.bincount(cell, self.there[taking], pools.places.size)
        return np.asarray(load, np.float64).reshape(pools.places.shape)


def read_standing(
    status: str,
    settings: Settings,
    groups: pd.DataFrame,
    cohort: Ints,
    pools: Pools,
    costs: Costs,
    roll: Floats,
) -> Standing:
    """Return the groups of one `status` as they stand.

    Parameters
    ----------
    groups, cohort
        All groups of alike children, and the cohort of each. A column `at_most`, if there is one, says after how many
        years a group chooses again, though its place would be there for longer.
    roll
        (NCY, k) share on roll, as from `demand.on_roll`.
    """
    mine = (groups["status"] == status).to_numpy()
    rows, cohort = groups[mine], cohort[mine]
    provision, ncy = rows["provision"].to_numpy(np.int64), rows["ncy"].to_numpy(np.int64)
    left = pools.years_left()
    found = [
        _place(pools, left, int(p), costs.pairs[pair], int(n), settings)
        for p, pair, n in zip(provision, costs.pair[cohort], ncy, strict=True)
    ]
    pool = np.array([pool for pool, _ in found], np.int64)
    length = np.array([length for _, length in found], np.int64)
    if "at_most" in rows:
        length = np.minimum(length, rows["at_most"].to_numpy(np.int64))
    start = np.zeros(len(cohort), np.int64)
    return Standing(
        cohort=cohort,
        ncy=ncy,
        provision=provision,
        pool=pool,
        length=length,
        children=rows["children"].to_numpy(np.float64),
        years=stay_years(costs, cohort, ncy, start, provision, pool, length, roll),
    )


def room_for_others(pools: Pools, placed: Standing, review: Standing) -> Floats:
    """(Q, P) ``max(places - placed still there, review there if all stayed, 0)``, without schemes."""
    free = pools.places - placed.load(pools)
    return np.maximum(np.maximum(free, review.load(pools)), 0.0)


def standing_faults(case: Case, pools: Pools, placed: Standing, review: Standing) -> list[Fault]:
    """Report provisions whose children no pool covers, and pools that are over-full."""
    ids = {int(p): key.provision_id for p, key in zip(pools.provision, pools.keys, strict=True)}
    at = np.concatenate([placed.provision[placed.pool < 0], review.provision[review.pool < 0]])
    unknown = sorted({ids.get(int(p), "a provision without places") for p in at})
    taken = placed.load(pools) + review.load(pools)
    over = sorted(
        {
            pools.keys[q].provision_id
            for q in np.flatnonzero((taken > pools.places + 1e-9).any(axis=1))
        }
    )
    faults = []
    if unknown:
        faults.append(
            Fault(
                "W511",
                case.files["places"],
                f"no places cover some of the children who are at {_listed(unknown)} now: they stay to the end of"
                " their phase and take no modelled place",
                "add the places they hold (need and year group), or mend their need, NCY or provision",
            )
        )
    if over:
        faults.append(
            Fault(
                "W512",
                case.files["places"],
                f"more children are on roll than there are places at {_listed(over)}",
                "nothing to do if the school is over-full: its room for others is then none; else mend `places`",
                "places",
            )
        )
    return faults


def _listed(names: list[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _place(
    pools: Pools,
    left: Ints,
    provision: int,
    pair: tuple[str, str],
    ncy: int,
    settings: Settings,
) -> tuple[int, int]:
    """Return the pool of which a child at a provision holds a place, and for how many years it stays.

    Of the provision's pools with places in the base year that cover its need and NCY, whatever it suits: the one
    with the highest `ncy_to`, among equals the one whose first row stands earliest. Without one (-1) the child
    stays to the end of its phase. `left` is `Pools.years_left`.
    """
    last = settings.leaving.last_ncy
    fits = [
        q
        for q in np.flatnonzero((pools.provision == provision) & pools.has_places[:, 0]).tolist()
        if not pools.keys[q].of_schemes
        and pools.keys[q].ncy_from <= ncy <= pools.keys[q].ncy_to
        and covers(pools.keys[q].needs, *pair)
    ]
    if not fits:
        ends = [
            end for end in (needs.PHASES["primary"], needs.PHASES["secondary"], last) if end >= ncy
        ]
        return -1, min(min(ends) - ncy + 1, last - ncy + 1, settings.years)
    best = max(fits, key=lambda q: (pools.keys[q].ncy_to, -pools.first_row[q]))
    length = min(pools.keys[best].ncy_to, last) - ncy + 1
    return best, min(length, int(left[best, 0]))

"""Synthetic children of the few totals that a council's paper gives, cohort by cohort.

Where a whole age by need by placement table is published, :mod:`sufficiency.synth.children` follows it. A strategy or a
committee paper says less: so many in independent schools, so many who wait, half of them primary. Each such total is a
cohort of ``synth.toml``::

    [[cohorts]]
    name = "awaiting a specialist place, primary"
    children = 72                          # exactly so many are drawn
    kind = ""                              # the kind of their present provision; "" = they seek a place
    needs = { ASD = 40, SEMH = 32 }        # odds; exact where they add up to `children`
    ncy = { 1 = 3, 2 = 3, 3 = 4 }          # odds by year group in the base year
    suits = { "base|special|independent" = 60, "special|independent" = 40 }   # odds

``provision`` names one provision instead of a kind, ``status = "review"`` marks those looked at in the base year, and
``years = { 2025 = 40, 2026 = 40 }`` makes a cohort of arrivals, so many a year. Homes are postcodes of the council;
``[homes] points`` gathers them on so many of those, each standing for the postcodes nearest to it, and children who
are then alike share a row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sufficiency.synth.draw import Draw, Homes, Pools
    from sufficiency.synth.recipe import Floats

CHILDREN = (
    "child_id", "children", "postcode", "need", "suits", "ncy", "current_provision", "status",
)  # fmt: skip
NEW_CHILDREN = ("child_id", "children", "postcode", "need", "suits", "ncy", "start_year")
#: A place is e (2.7) times likelier than one so many kilometres further away, unless the recipe says.
NEARNESS_KM = 6.0

#: postcode, need, suits, NCY, and provision and status or start year.
Alike = tuple[str, ...]


@dataclass(frozen=True)
class Cohort:
    """Children of one published or assumed total.

    Attributes
    ----------
    needs, ncy, suits
        Odds; in a range of year groups all are alike.
    years
        Children who arrive in each academic year; empty for those known in the base year.
    """

    name: str
    children: int
    needs: Mapping[str, float]
    ncy: Mapping[int, float]
    suits: Mapping[str, float]
    kind: str = ""
    provision: str = ""
    status: str = ""
    years: Mapping[int, int] = field(default_factory=dict)

    @property
    def placed(self) -> bool:
        """Whether its children have a place."""
        return bool(self.kind or self.provision)


@dataclass(frozen=True, eq=False)
class Points:
    """Where children live: homes by position, and how many postcodes each stands for."""

    at: tuple[int, ...]
    weight: Floats


def read_cohorts(table: Mapping[str, Any]) -> tuple[Cohort, ...]:
    """Read the cohorts of a recipe.

    Raises
    ------
    UsageError
        When one lacks something, names what there is not, or its arrivals do not add up.
    """
    found = []
    for row in table["cohorts"]:
        label = str(row.get("name", "one without a name"))
        try:
            given = dict(row) | {
                "ncy": {int(ncy): float(odds) for ncy, odds in row["ncy"].items()},
                "years": {int(year): int(n) for year, n in row.get("years", {}).items()},
            }
            cohort = Cohort(**given)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            message = f"synth.toml, cohort {label}: something is missing or unknown ({error})"
            raise UsageError(message) from error
        if cohort.years and sum(cohort.years.values()) != cohort.children:
            message = f"synth.toml, cohort {label}: its years do not add up to its children"
            raise UsageError(message)
        found.append(cohort)
    return tuple(found)


def draw_cohorts(
    cohorts: Sequence[Cohort], options: Mapping[str, Any], pools: Pools, homes: Homes, draw: Draw
) -> tuple[tuple[Alike, ...], tuple[Alike, ...]]:
    """Draw the rows of both tables of children.

    Parameters
    ----------
    options
        The recipe's other settings: ``homes.points``, ``travel.nearness_km``.

    Returns
    -------
    Rows of `CHILDREN` and of `NEW_CHILDREN`, without their headers.
    """
    points = gather(homes, int(options["homes"].get("points", 0)), draw)
    near_km = float(options.get("travel", {}).get("nearness_km", NEARNESS_KM))
    left = pools.empty()
    now: list[Alike] = []
    later: list[Alike] = []
    for cohort in cohorts:
        rows = _rows(cohort, points, draw)
        if cohort.years:
            years = [year for year, n in cohort.years.items() for _ in range(n)]
            order = draw.order(len(rows))
            later += [
                (homes.postcodes[home], need, suits, str(ncy), str(year))
                for (home, need, suits, ncy), year in zip(
                    [rows[i] for i in order], years, strict=True
                )
            ]
            continue
        schools = _place(cohort, rows, left, homes, near_km, draw)
        status = cohort.status or ("placed" if cohort.placed else "seeking")
        now += [
            (homes.postcodes[home], need, suits, str(ncy), school, status)
            for (home, need, suits, ncy), school in zip(rows, schools, strict=True)
        ]
    first = _numbered(now, 1)
    return first, _numbered(later, len(first) + 1)


def gather(homes: Homes, points: int, draw: Draw) -> Points:
    """Choose where children live: every home, or so many of them, each for those nearest to it."""
    if not points or points >= len(homes):
        return Points(tuple(range(len(homes))), np.ones(len(homes)))
    from scipy.spatial import cKDTree

    at = sorted(draw.order(len(homes))[:points])
    all_points = np.column_stack([homes.easting_m, homes.northing_m])
    nearest = cKDTree(all_points[at]).query(all_points)[1]
    return Points(tuple(at), np.bincount(nearest, minlength=points).astype(np.float64))


def _rows(cohort: Cohort, points: Points, draw: Draw) -> list[tuple[int, str, str, int]]:
    """Return home, need, suits and NCY of each child of a cohort."""
    need_odds = np.array(list(cohort.needs.values()), dtype=np.float64)
    ncy_odds = np.array(list(cohort.ncy.values()), dtype=np.float64)
    share = np.outer(need_odds / need_odds.sum(), ncy_odds / ncy_odds.sum())
    counts = draw.round(share * cohort.children)
    suits, suit_odds = list(cohort.suits), np.array(list(cohort.suits.values()), dtype=np.float64)
    return [
        (points.at[draw.pick(points.weight)], need, suits[draw.pick(suit_odds)], ncy)
        for i, need in enumerate(cohort.needs)
        for j, ncy in enumerate(cohort.ncy)
        for _ in range(int(counts[i, j]))
    ]


def _place(
    cohort: Cohort,
    rows: Sequence[tuple[int, str, str, int]],
    pools: Pools,
    homes: Homes,
    near_km: float,
    draw: Draw,
) -> list[str]:
    """Return the present provision of each child: a near one with a place left, the hardest to place first."""
    schools = [""] * len(rows)
    if not cohort.placed:
        return schools
    can = [_pools_for(cohort, need, ncy, pools) for _, need, _, ncy in rows]
    for i in sorted(draw.order(len(rows)), key=lambda i: len(can[i])):
        free = [q for q in can[i] if pools.left[q] >= 1]
        if not free:
            _, need, _, ncy = rows[i]
            message = (
                f"synth.toml, cohort {cohort.name}: no place is left for {need} in year group {ncy}"
            )
            raise UsageError(message)
        far = homes.km_to(rows[i][0], pools)[free] / near_km
        chosen = free[draw.pick(np.exp(far.min() - far))]
        pools.left[chosen] -= 1
        schools[i] = pools.provision[chosen]
    return schools


def _pools_for(cohort: Cohort, need: str, ncy: int, pools: Pools) -> list[int]:
    """Return the pools of the cohort's kind, or provision, that take a need and year group."""
    return [
        q
        for q, takes in enumerate(pools.needs)
        if pools.ncy_from[q] <= ncy <= pools.ncy_to[q]
        and (need in takes or "*" in takes)
        and (not cohort.kind or pools.kind[q] == cohort.kind)
        and cohort.provision in ("", pools.provision[q])
    ]


def _numbered(rows: Iterable[Alike], first: int) -> tuple[Alike, ...]:
    """Give each row a number, those alike once with their count."""
    alike = Counter(rows)
    return tuple(
        (f"SYN-{number:06d}", str(alike[row]), *row)
        for number, row in enumerate(sorted(alike), first)
    )

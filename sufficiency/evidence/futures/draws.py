"""Futures, drawn by a stated rule: how arrivals grow, which needs they have, what fees and transport cost.

Every parameter draws from a stream of its own, seeded by the seed, the future's number and the parameter's: the same
seed gives the same futures, a longer sample begins with the shorter one, and a new parameter changes no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats, Ints

#: A parameter's draws stay within so many of its standard deviations.
WITHIN = 3.0
#: The 5th and 95th percentile are so many standard deviations from the middle.
P95 = 1.6448536269514722


@dataclass(frozen=True)
class Parameter:
    """What is drawn, a row each.

    Attributes
    ----------
    name
        One word; `--NAME-spread` sets its standard deviation.
    what, unit
        What it is, and what its spread is in.
    spread
        Standard deviation unless told.
    source
        Where that comes from; ASSUMED where it was chosen.
    """

    name: str
    what: str
    unit: str
    spread: float
    source: str


#: Every parameter, in the order of its stream: never change the order, add at the end.
PARAMETERS = (
    Parameter(
        "growth",
        "growth of arrivals a year, all needs alike, against the case's",
        "points a year",
        3.0,
        "ASSUMED; plans in England grew 9.3% to 11.5% a year from 2019 to 2025 (DfE, EHC plans 2025), councils told of "
        "4.6% (Hillingdon) to 15% (Wiltshire)",
    ),
    Parameter(
        "needs",
        "growth of each need's arrivals a year beside that: the mix of needs",
        "points a year",
        2.0,
        "ASSUMED",
    ),
    Parameter(
        "fees",
        "change of independent fees a year, in real terms",
        "% a year",
        3.0,
        "ASSUMED; England's average fee went from £54,000 (2020/21) to £64,000 (2024/25), 4.3% a year in cash "
        "(DfE, PQ 100030)",
    ),
    Parameter(
        "transport",
        "level of transport prices in all years",
        "%",
        10.0,
        "ASSUMED; a county's cost a child went from £6,280 to £8,299 in five years (CCN and IMPOWER, 2024)",
    ),
    Parameter(
        "yield",
        "children with a plan from a home that is built",
        "%",
        25.0,
        "ASSUMED",
    ),
)
#: Streams besides those of the parameters.
CHANCE, BUILT = 100, 101


@dataclass(frozen=True)
class Draws:
    """What was drawn of each of F futures.

    Attributes
    ----------
    seed
        Of all of them.
    growth
        (F,) points a year, and
    needs
        (F, needs) points a year beside that.
    level
        (F,) standard deviations from the middle: the same draw as `growth`, for a case with a low and a high scenario.
    fees, transport
        (F,) per cent a year; ratio.
    homes
        (F, sites) ratio of children a home; 0 where the site is not built.
    """

    seed: int
    growth: Floats
    needs: Floats
    level: Floats
    fees: Floats
    transport: Floats
    homes: Floats

    def __len__(self) -> int:
        """Return the number of futures."""
        return len(self.growth)

    def fee_factor(self, future: int, years: int) -> Floats:
        """(P,) what an independent fee of each year is, as a ratio to the case's."""
        factor = (1 + self.fees[future] / 100) ** np.arange(years)
        return np.asarray(factor, np.float64)


def draw(
    count: int, seed: int, needs: int, chances: Floats, spreads: Mapping[str, float] | None = None
) -> Draws:
    """Draw futures.

    Parameters
    ----------
    needs
        How many needs arrivals have.
    chances
        (sites,) chance that each is built, as a share.
    spreads
        Standard deviation of parameters by name, where it is not the parameter's own.
    """
    known = {parameter.name: parameter.spread for parameter in PARAMETERS} | dict(spreads or {})
    sites = len(chances)
    sizes = {"needs": needs, "yield": sites}
    drawn = {
        parameter.name: np.array(
            [_normal(seed, n, stream, sizes.get(parameter.name, 1)) for n in range(count)]
        ).reshape(count, -1)
        for stream, parameter in enumerate(PARAMETERS)
    }
    uniform = np.array([stream_of(seed, n, BUILT).random(sites) for n in range(count)])
    built = uniform.reshape(count, sites) < chances
    yielded = np.exp(drawn["yield"].reshape(count, sites) * known["yield"] / 100)
    return Draws(
        seed=seed,
        growth=known["growth"] * drawn["growth"][:, 0],
        needs=known["needs"] * drawn["needs"],
        level=drawn["growth"][:, 0],
        fees=known["fees"] * drawn["fees"][:, 0],
        transport=np.exp(drawn["transport"][:, 0] * known["transport"] / 100),
        homes=np.where(built, yielded, 0.0),
    )


def stream_of(seed: int, future: int, stream: int) -> np.random.Generator:
    """Return the generator of a future's stream."""
    return np.random.default_rng([seed, future, stream])


def _normal(seed: int, future: int, stream: int, size: int) -> Floats:
    found = stream_of(seed, future, stream).standard_normal(size)
    return np.clip(found, -WITHIN, WITHIN)


def growth_factor(draws: Draws, need: Ints, year: Ints, *, common: bool = True) -> Floats:
    """(F, N) ratio of arrivals of a need in a year of the plan to the case's: ``(1 + growth)^year``.

    Parameters
    ----------
    common
        Whether the growth that all needs share counts, besides each need's own.
    """
    points = draws.needs[:, need] + (draws.growth[:, None] if common else 0.0)
    return np.asarray(np.maximum(0.0, 1 + points / 100) ** year, np.float64)


def between(draws: Draws, low: Floats, central: Floats, high: Floats) -> Floats:
    """(F, N) numbers between low and high: straight through the 5th percentile, the middle and the 95th.

    Parameters
    ----------
    low, central, high
        (N,) what is expected in each scenario.
    """
    share = draws.level[:, None] / P95
    out = np.where(share < 0, central + share * (central - low), central + share * (high - central))
    return np.asarray(np.maximum(0.0, out), np.float64)

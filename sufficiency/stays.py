"""Stays: which pools a child could go to, for how long, and what each year of a stay costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sufficiency import needs
from sufficiency.pools import covers
from sufficiency.prices import NCY_LOW, Prices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geodata.travel import Journeys
    from models.problem import Bools, Floats, Ints
    from sufficiency.case import Case
    from sufficiency.cohorts import Cohorts
    from sufficiency.pools import Pools
    from sufficiency.settings import Settings

PHASES = tuple(needs.PHASES)


@dataclass(frozen=True)
class StayYears:
    """Every year of every stay, as one long table of arrays.

    Attributes
    ----------
    stay, cohort
        (N,) position of the stay; the cohort of its children.
    offset, year, ncy
        (N,) years since it began; year of the plan; NCY then.
    provision, pool
        (N,) where; pool -1 takes no place.
    share
        (N,) of the stay's children, those still on roll.
    price_gbp, transport_gbp, time_gbp
        (N,) a child a year: top-up or fee, transport, and the value set on time (priority aside from money).
    """

    stay: Ints
    cohort: Ints
    offset: Ints
    year: Ints
    ncy: Ints
    provision: Ints
    pool: Ints
    share: Floats
    price_gbp: Floats
    transport_gbp: Floats
    time_gbp: Floats

    @property
    def cost_gbp(self) -> Floats:
        """(N,) what a year of the stay costs in the objective, undiscounted, for a child who is there.

        A price that is not known counts nothing: it is an error, and the problem is not solved.
        """
        return np.nan_to_num(self.price_gbp) + self.transport_gbp + self.time_gbp


class Costs:
    """What a year at a provision costs a child of a cohort: price, transport and time.

    ``transport = days (gbp_per_day + gbp_per_km km journeys_per_day) / children_per_vehicle eligible_pct / 100``,
    nothing at or under `over_km`; ``time = days 2 (gbp_per_child_hour minutes / 60 + gbp_per_minute_over max(0,
    minutes - soft_minutes))`` with the soft minutes of the phase on entry.
    """

    def __init__(
        self, case: Case, positions: Mapping[str, int], cohorts: pd.DataFrame, journeys: Journeys
    ) -> None:
        self._settings: Settings = case.settings
        self.years = case.settings.years
        self._prices = Prices(case, positions)
        self.kinds: list[str] = list(
            case.provisions.set_index("provision_id").loc[list(positions), "kind"]
        )
        self._journeys = journeys
        self._origin = cohorts["origin"].to_numpy(np.int64)
        pairs = list(zip(cohorts["need"], cohorts["need_2"], strict=True))
        self.pairs = sorted(set(pairs))
        number = {pair: n for n, pair in enumerate(self.pairs)}
        self.pair = np.array([number[pair] for pair in pairs], np.int64)

    def price(self, cohort: Ints, provision: Ints, ncy: Ints, year: Ints) -> Floats:
        """(N,) pounds a child a year; `prices.NONE` or `prices.TWO` where not one row applies."""
        found = np.empty(len(cohort))
        for where in self._runs(provision * len(self.pairs) + self.pair[cohort]):
            p, pair = int(provision[where[0]]), self.pairs[self.pair[cohort[where[0]]]]
            found[where] = self._prices.of(p, *pair)[ncy[where] - NCY_LOW, year[where]]
        return found

    @cached_property
    def transport(self) -> Floats:
        """(origins, provisions) pounds a child a year; 0 where there is no journey to be had."""
        reachable = self._journeys.reachable
        km = np.where(reachable, self._journeys.km, 0.0)
        columns = []
        for p, kind in enumerate(self.kinds):
            rule = self._settings.transport_for(kind)
            vehicle = rule.days * (
                rule.gbp_per_day + rule.gbp_per_km * km[:, p] * rule.journeys_per_day
            )
            child = vehicle / rule.children_per_vehicle * rule.eligible_pct / 100
            columns.append(np.where((km[:, p] > rule.over_km) & reachable[:, p], child, 0.0))
        return np.array(columns).T.reshape(km.shape)

    @cached_property
    def time(self) -> Floats:
        """(phases, origins, provisions) pounds a child a year, by phase on entry."""
        travel = self._settings.travel
        minutes = np.where(np.isfinite(self._journeys.minutes), self._journeys.minutes, 0.0)
        days = np.array([self._settings.transport_for(kind).days for kind in self.kinds])
        soft = np.array([travel.soft_minutes[phase] for phase in PHASES])[:, None, None]
        over = np.maximum(0.0, minutes - soft)
        journey = travel.gbp_per_child_hour * minutes / 60 + travel.gbp_per_minute_over * over
        return np.asarray(2 * days * journey, np.float64)

    @cached_property
    def may_travel(self) -> Bools:
        """(phases, origins, provisions) whether a journey can be had and is not too long for the phase on entry."""
        minutes = self._journeys.minutes
        most = self._settings.travel.max_minutes
        return np.array(
            [np.isfinite(minutes) & (minutes <= most.get(phase, np.inf)) for phase in PHASES]
        )

    def origin(self, cohort: Ints) -> Ints:
        """(N,) where children of a cohort live."""
        return self._origin[cohort]

    @staticmethod
    def _runs(key: Ints) -> Sequence[Ints]:
        order = np.argsort(key, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(key[order])) + 1) if len(key) else []


def phase_number(ncy: Ints) -> Ints:
    """(N,) position in `PHASES` of the phase of each NCY."""
    return (ncy > needs.PHASES["primary"]).astype(np.int64) + (ncy > needs.PHASES["secondary"])


def stay_years(
    costs: Costs,
    cohort: Ints,
    ncy: Ints,
    year: Ints,
    provision: Ints,
    pool: Ints,
    length: Ints,
    roll: Floats,
) -> StayYears:
    """Spell out stays year by year, leaving out years in which nobody is left.

    Parameters
    ----------
    cohort, ncy, year, provision, pool, length
        (A,) of each stay, as it begins.
    roll
        (NCY, k) share on roll, as from `demand.on_roll`.
    """
    stay = np.repeat(np.arange(len(length)), length)
    offset = np.arange(len(stay)) - np.repeat(np.cumsum(length) - length, length)
    share = roll[ncy[stay] - NCY_LOW, offset]
    there = share > 0
    stay, offset, share = stay[there], offset[there], share[there]
    origin, at = costs.origin(cohort[stay]), provision[stay]
    return StayYears(
        stay=stay,
        cohort=cohort[stay],
        offset=offset,
        year=year[stay] + offset,
        ncy=ncy[stay] + offset,
        provision=at,
        pool=pool[stay],
        share=share,
        price_gbp=costs.price(cohort[stay], at, ncy[stay] + offset, year[stay] + offset),
        transport_gbp=costs.transport[origin, at],
        time_gbp=costs.time[phase_number(ncy[stay]), origin, at],
    )


def eligible(
    case: Case, cohorts: Cohorts, costs: Costs, pools: Pools, might_have: Bools, peopled: Bools
) -> tuple[Ints, Ints, Ints]:
    """Find every stay that is open to a child: state, pool and length, in the order of pools.

    A pool takes children whose `need` or `need_2` is among its needs, whose NCY is in its range, whom its kind
    suits and for whom the journey is not too long. A stay runs to the end of the pool's NCY range or of its years,
    of the child's schooling, or of the plan.

    Parameters
    ----------
    might_have
        (Q, P) whether the pool could have a place in a year, with every scheme that may be open.
    peopled
        (S,) whether anybody can be in a state at all.
    """
    last_ncy, years = case.settings.leaving.last_ncy, case.settings.years
    texts, text = np.unique(cohorts.table["suits"].to_numpy(str), return_inverse=True)
    suited = {
        kind: np.array([not suits or kind in suits.split("|") for suits in texts], bool)[text]
        for kind in set(costs.kinds)
    }
    origin = costs.origin(cohorts.cohort)
    may_travel, left = costs.may_travel, pools.years_left()
    phase = phase_number(cohorts.ncy)
    found: list[tuple[Ints, Ints, Ints]] = []
    for q, key in enumerate(pools.keys):
        p = int(pools.provision[q])
        taken = np.array([covers(key.needs, *pair) for pair in costs.pairs], bool)
        suits = suited[costs.kinds[p]]
        ok = taken[costs.pair[cohorts.cohort]] & suits[cohorts.cohort] & might_have[q, cohorts.year]
        ok &= (cohorts.ncy >= key.ncy_from) & (cohorts.ncy <= min(key.ncy_to, last_ncy))
        ok &= may_travel[phase, origin, p] & peopled
        state = np.flatnonzero(ok)
        ncy, year = cohorts.ncy[state], cohorts.year[state]
        length = np.minimum(min(key.ncy_to, last_ncy) - ncy + 1, left[q, year])
        found.append((state, np.full(len(state), q), np.minimum(length, years - year)))
    empty = np.zeros(0, np.int64)
    states, of_pool, lengths = zip(*found, strict=True) if found else ((empty,), (empty,), (empty,))
    return np.concatenate(states), np.concatenate(of_pool), np.concatenate(lengths)

"""Capital schemes: when each may open, what it adds, what it costs a year, and what ties it to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models import Schemes
from sufficiency.pools import Pools, Row, blank, pool_key, records, zero_if_blank

if TYPE_CHECKING:
    from models.problem import Bools, Floats, Ints
    from sufficiency.case import Case
    from sufficiency.settings import Settings


#: What may be asked of a proposed scheme, besides nothing.
OPEN, SHUT = "open", "shut"


@dataclass(frozen=True)
class Step:
    """What a scheme provides in one pool from some years after its opening, until the next step."""

    years_open: int
    places: float
    place_funding_gbp: float


@dataclass(frozen=True)
class Scheme:
    """One scheme of the case.

    Attributes
    ----------
    annuity_gbp
        Yearly charge that repays the capital over its lifetime at the discount rate.
    lifetime_years
        Years over which its capital is spread.
    earliest, latest
        First and last academic year in which it may open.
    choice
        ``open`` if it must open, ``shut`` if it may not, "" if the plan chooses.
    steps
        Its build-up in each pool (by position), in the order of `years_open`.
    """

    scheme_id: str
    name: str
    provision_id: str
    committed: bool
    capital_gbp: float
    annuity_gbp: float
    lifetime_years: float
    earliest: int
    latest: int
    group: str
    requires: str
    choice: str
    steps: dict[int, tuple[Step, ...]]

    def places(self, pool: int, ages: Ints) -> Floats:
        """Places in a pool so many years after opening; none before the pool's first step."""
        return np.array([step.places if (step := self._step(pool, age)) else 0.0 for age in ages])

    def funding_gbp(self, ages: Ints) -> Floats:
        """Place funding of all its pools so many years after opening."""
        steps = [[self._step(pool, age) for pool in self.steps] for age in ages]
        return np.array([sum(s.places * s.place_funding_gbp for s in row if s) for row in steps])

    def _step(self, pool: int, age: int) -> Step | None:
        reached = [step for step in self.steps[pool] if step.years_open <= age]
        return reached[-1] if reached else None


def read_schemes(case: Case, pools: Pools) -> tuple[Scheme, ...]:
    """Return the schemes in the order of their ids."""
    rows = sorted(records(case.schemes), key=lambda row: str(row["scheme_id"]))
    return tuple(_scheme(case, pools, row) for row in rows)


def annuity(capital_gbp: float, rate: float, lifetime_years: float) -> float:
    """Return the yearly charge that repays capital: ``C r / (1 - (1+r)^-n)``, or ``C / n`` at r = 0.

    Parameters
    ----------
    capital_gbp, lifetime_years
        Capital in pounds; years over which it is repaid.
    rate
        Discount rate as a share (0.035).
    """
    if rate == 0:
        return capital_gbp / lifetime_years
    return float(capital_gbp * rate / (1 - (1 + rate) ** -lifetime_years))


def discount(settings: Settings) -> Floats:
    """(P,) what a pound of each year of the plan is worth in the base year."""
    rate = settings.money.discount_rate_pct / 100
    return (1 + rate) ** -np.arange(settings.years, dtype=np.float64)


def committed_places(schemes: tuple[Scheme, ...], pools: Pools, base_year: int) -> Floats:
    """(Q, P) places that committed schemes add to pools in each year."""
    added = np.zeros_like(pools.places)
    for scheme in schemes:
        if scheme.committed:
            for pool in scheme.steps:
                added[pool] += scheme.places(pool, ages(scheme.earliest, base_year, added.shape[1]))
    return added


def ages(opening_year: int, base_year: int, years: int) -> Ints:
    """(P,) years since a scheme opened, in each year of the plan; negative before."""
    return base_year + np.arange(years) - opening_year


def proposed(schemes: tuple[Scheme, ...]) -> tuple[Scheme, ...]:
    """Return the schemes that the plan may open or not."""
    return tuple(scheme for scheme in schemes if not scheme.committed)


def choice(case: Case, schemes: tuple[Scheme, ...]) -> Schemes:
    """Return the choice among proposed schemes as arrays, costs discounted to the base year."""
    settings = case.settings
    base, years = settings.base_year, settings.years
    mine = proposed(schemes)
    position = {scheme.scheme_id: k for k, scheme in enumerate(mine)}
    entries = [(s, pool) for s in mine for pool in sorted(s.steps)]
    groups = sorted({s.group for s in mine if s.group})
    return Schemes(
        may_open=np.array([_may_open(s, schemes, base, years) for s in mine], bool).reshape(
            len(mine), years
        ),
        cost=np.array([_opening_cost(s, settings) for s in mine]).reshape(len(mine), years),
        capital=np.array([s.capital_gbp for s in mine], np.float64),
        budget=cumulative_budget(settings),
        scheme=np.array([position[s.scheme_id] for s, _ in entries], np.int64),
        pool=np.array([pool for _, pool in entries], np.int64),
        places=np.array([s.places(pool, np.arange(years)) for s, pool in entries]).reshape(
            len(entries), years
        ),
        exclusive=tuple(
            tuple(position[s.scheme_id] for s in mine if s.group == group) for group in groups
        ),
        requires=tuple(
            (position[s.scheme_id], position[s.requires]) for s in mine if s.requires in position
        ),
        must=tuple(k for k, s in enumerate(mine) if s.choice == OPEN),
    )


def could_open(case: Case, schemes: tuple[Scheme, ...]) -> Bools:
    """(K, P) whether proposed schemes could open by their dates and the committed ones, shut as they may be.

    Children's stays are laid out for these, so that to shut a scheme changes numbers and no structure.
    """
    base, years = case.settings.base_year, case.settings.years
    could = [_could_open(scheme, schemes, base, years) for scheme in proposed(schemes)]
    return np.array(could, bool).reshape(len(could), years)


def cumulative_budget(settings: Settings) -> Floats:
    """(P,) capital that may have been spent by each year; what is not spent carries forward."""
    budget = settings.capital.budget_gbp
    if budget is None:
        return np.full(settings.years, np.inf)
    ends = settings.base_year + np.arange(settings.years)
    return np.array(
        [sum(gbp for year, gbp in budget.items() if year <= end) for end in ends], np.float64
    )


def _scheme(case: Case, pools: Pools, row: Row) -> Scheme:
    settings = case.settings
    capital = zero_if_blank(row["capital_gbp"])
    return Scheme(
        scheme_id=row["scheme_id"],
        name=row["name"] or row["scheme_id"],
        provision_id=row["provision_id"],
        committed=row["status"] == "committed",
        capital_gbp=capital,
        annuity_gbp=annuity(capital, settings.money.discount_rate_pct / 100, row["lifetime_years"]),
        lifetime_years=float(row["lifetime_years"]),
        earliest=int(row["earliest_year"]),
        latest=settings.last_year if blank(row["latest_year"]) else int(row["latest_year"]),
        group=row["exclusive_group"],
        requires=row["requires"],
        choice=row["choice"],
        steps=_steps(case, pools, row),
    )


def _steps(case: Case, pools: Pools, scheme: Row) -> dict[int, tuple[Step, ...]]:
    steps: dict[int, list[Step]] = {}
    for row in records(case.scheme_places):
        if row["scheme_id"] == scheme["scheme_id"]:
            pool = pools.of_scheme(pool_key(scheme["provision_id"], row))
            step = Step(
                int(row["years_open"]),
                float(row["places"]),
                zero_if_blank(row["place_funding_gbp"]),
            )
            steps.setdefault(pool, []).append(step)
    return {
        pool: tuple(sorted(found, key=lambda step: step.years_open))
        for pool, found in steps.items()
    }


def _may_open(scheme: Scheme, schemes: tuple[Scheme, ...], base_year: int, years: int) -> Bools:
    could = _could_open(scheme, schemes, base_year, years)
    return could & (scheme.choice != SHUT)


def _could_open(scheme: Scheme, schemes: tuple[Scheme, ...], base_year: int, years: int) -> Bools:
    """(P,) years in which it may open, given its own dates and the committed schemes it is tied to."""
    year = base_year + np.arange(years)
    committed = {other.scheme_id: other for other in schemes if other.committed}
    needed = committed.get(scheme.requires)
    from_year = max(scheme.earliest, needed.earliest if needed else scheme.earliest)
    closed = any(other.group == scheme.group for other in committed.values() if scheme.group)
    return np.zeros(years, bool) if closed else (year >= from_year) & (year <= scheme.latest)


def _opening_cost(scheme: Scheme, settings: Settings) -> Floats:
    """(P,) discounted place funding and annuity to the end of the plan, by opening year."""
    years = settings.years
    yearly = discount(settings)
    return np.array(
        [
            yearly[opening:] @ (scheme.funding_gbp(np.arange(years - opening)) + scheme.annuity_gbp)
            for opening in range(years)
        ]
    )

"""Money by item and year, and children by outcome and year, of any plan of a problem: arrays alone, so it may travel.

The worth of a plan is a pair that is never added up: real money, and children. Money is that of the ledger, with what
no decision changes in it; `cost_gbp` is what the plan decides, discounted, without the priority on placing children
and without the value set on time: as `findings.cost_gbp`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.ledger import ITEMS
from sufficiency.schemes import ages, discount, proposed

if TYPE_CHECKING:
    from models import Problem, Solution
    from models.problem import Bools, Floats, Ints
    from sufficiency.problem import Basis
    from sufficiency.schemes import Scheme
    from sufficiency.stays import StayYears

#: What is counted of children, by year: `km` and `minutes` are sums over children of one way, where a journey is known.
OUTCOMES = ("children", "unplaced", "independent", "out_of_area", "km", "minutes")
#: Items of the ledger that are no decision's real money: the charge stands for the cash.
NOT_DECIDED = "capital cash"
#: Digits after the point of what is told: how far sums are the same on any number of cores.
DIGITS = 4


@dataclass(frozen=True)
class Account:
    """What a plan costs and what becomes of children in it.

    Attributes
    ----------
    ledger
        (items, P) pounds by `ledger.ITEMS` and year, undiscounted.
    outcomes
        (6, P) children by `OUTCOMES` and year.
    opens
        (K,) period in which each proposed scheme opens, or -1.
    cost_gbp
        Real money that the plan decides, discounted.
    capital_gbp
        Capital of the proposed schemes that open.
    """

    ledger: Floats
    outcomes: Floats
    opens: Ints
    cost_gbp: float
    capital_gbp: float

    def item(self, name: str) -> Floats:
        """(P,) pounds of an item by year."""
        return np.asarray(self.ledger[list(ITEMS).index(name)], np.float64)

    def budget(self, name: str) -> Floats:
        """(P,) pounds of all items of a budget by year."""
        mine = [n for n, budget in enumerate(ITEMS.values()) if budget == name]
        return np.asarray(self.ledger[mine].sum(axis=0), np.float64)

    def outcome(self, name: str) -> Floats:
        """(P,) children of an outcome by year."""
        return np.asarray(self.outcomes[OUTCOMES.index(name)], np.float64)

    @property
    def unplaced(self) -> float:
        """Years that children spend without a place."""
        return float(self.outcome("unplaced").sum())

    def real_gbp(self, factor: Floats) -> float:
        """Return all real money, discounted: what no decision changes in it, too.

        Parameters
        ----------
        factor
            (P,) what a pound of each year is worth in the base year.
        """
        return float((self.ledger.sum(axis=0) - self.item(NOT_DECIDED)) @ factor)

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain values, rounded alike on every machine."""
        return {
            "ledger": np.round(self.ledger, DIGITS).tolist(),
            "outcomes": np.round(self.outcomes, DIGITS).tolist(),
            "opens": self.opens.tolist(),
            "cost_gbp": round(self.cost_gbp, DIGITS),
            "capital_gbp": round(self.capital_gbp, DIGITS),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Account:
        """Return what `to_dict` was given."""
        return cls(
            np.array(plain["ledger"], np.float64),
            np.array(plain["outcomes"], np.float64),
            np.array(plain["opens"], np.int64),
            float(plain["cost_gbp"]),
            float(plain["capital_gbp"]),
        )


@dataclass(frozen=True)
class Rows:
    """Years of stays with what they cost and where they are, a child.

    Attributes
    ----------
    stay, year
        (N,) the stay, and the year of the plan.
    share, price_gbp, transport_gbp
        (N,) share still on roll; top-up or fee, and transport, a year.
    independent, away
        (N,) whether it is in an independent provision; in another council's area.
    km, minutes
        (N,) one way; 0 where no journey is known.
    """

    stay: Ints
    year: Ints
    share: Floats
    price_gbp: Floats
    transport_gbp: Floats
    independent: Bools
    away: Bools
    km: Floats
    minutes: Floats

    def add_up(self, children: Floats, years: int) -> tuple[Floats, Floats]:
        """Return the ledger, (items, P), and outcomes, (6, P), of so many children of each stay."""
        used = np.flatnonzero(children[self.stay] > 0)
        year = self.year[used]
        there = children[self.stay[used]] * self.share[used]

        def yearly(amount: Floats) -> Floats:
            return np.asarray(np.bincount(year, amount, years), np.float64)

        price, own = there * self.price_gbp[used], ~self.independent[used]
        ledger = np.zeros((len(ITEMS), years))
        of = {name: n for n, name in enumerate(ITEMS)}
        ledger[of["top-up"]] = yearly(price * own)
        ledger[of["independent fees"]] = yearly(price * ~own)
        ledger[of["transport"]] = yearly(there * self.transport_gbp[used])
        outcomes = [
            yearly(there),
            np.zeros(years),
            yearly(there * ~own),
            yearly(there * self.away[used]),
            yearly(there * self.km[used]),
            yearly(there * self.minutes[used]),
        ]
        return ledger, np.array(outcomes)


@dataclass(frozen=True)
class Accounts:
    """What every decision of a problem costs and moves.

    Attributes
    ----------
    rows
        The years of the problem's stays.
    moves
        (A,) pounds for a move at review, in the base year.
    waiting_gbp
        Pounds a year for a child without a place.
    fixed, standing
        The ledger and outcomes of what no decision changes.
    of_scheme
        (K, P, items, P) ledger of each proposed scheme by the period in which it opens.
    factor
        (P,) what a pound of each year is worth in the base year.
    """

    rows: Rows
    moves: Floats
    waiting_gbp: float
    fixed: Floats
    standing: Floats
    of_scheme: Floats
    factor: Floats

    @classmethod
    def of(cls, basis: Basis, km: Floats, minutes: Floats) -> Accounts:
        """Return the accounts of a case.

        Parameters
        ----------
        km, minutes
            (origins, provisions) journeys one way.
        """
        settings = basis.case.settings
        staying = basis.placed.children
        fixed, standing = _rows(basis, basis.placed.years, km, minutes).add_up(
            staying, settings.years
        )
        fixed[list(ITEMS).index("place funding")] += basis.pools.funding_gbp.sum(axis=0)
        committed = [scheme for scheme in basis.schemes if scheme.committed]
        for scheme in committed:
            fixed += _of_scheme(scheme, scheme.earliest, basis)
        base = settings.base_year
        of_scheme = np.array(
            [
                [_of_scheme(scheme, base + t, basis) for t in range(settings.years)]
                for scheme in proposed(basis.schemes)
            ]
        ).reshape(-1, settings.years, len(ITEMS), settings.years)
        return cls(
            rows=_rows(basis, basis.years, km, minutes),
            moves=np.where(basis.stays.moves, settings.review.gbp_per_move, 0.0),
            waiting_gbp=settings.waiting.gbp_per_child_year,
            fixed=fixed,
            standing=standing,
            of_scheme=of_scheme,
            factor=discount(settings),
        )

    def account(self, problem: Problem, solution: Solution) -> Account:
        """Return what a plan of a problem with these costs comes to."""
        ledger, outcomes = self.rows.add_up(solution.stay, problem.periods)
        of = {name: n for n, name in enumerate(ITEMS)}
        waits = np.bincount(problem.states.period, solution.unplaced, problem.periods)
        outcomes[OUTCOMES.index("unplaced")] += waits
        outcomes[OUTCOMES.index("children")] += waits
        ledger[of["waiting"]] += self.waiting_gbp * waits
        ledger[of["moves at review"], 0] += float(self.moves @ solution.stay)
        ledger += np.einsum("kt,ktiy->iy", solution.opens.astype(np.float64), self.of_scheme)
        decided = np.delete(ledger, of[NOT_DECIDED], axis=0).sum(axis=0)
        return Account(
            ledger=ledger + self.fixed,
            outcomes=outcomes + self.standing,
            opens=solution.opening(),
            cost_gbp=float(decided @ self.factor),
            capital_gbp=float((problem.schemes.capital @ solution.opens).sum()),
        )


def _rows(basis: Basis, years: StayYears, km: Floats, minutes: Floats) -> Rows:
    settings = basis.case.settings
    listed = basis.case.provisions.set_index("provision_id").loc[list(basis.provisions)]
    kinds = [settings.base_kind(str(kind)) == "independent" for kind in listed["kind"]]
    away = listed["la"].str.lower().ne("home").to_numpy(bool)
    origin = basis.costs.origin(years.cohort)
    known = [np.where(np.isfinite(table), table, 0.0) for table in (km, minutes)]
    return Rows(
        stay=years.stay,
        year=years.year,
        share=years.share,
        price_gbp=np.maximum(0.0, np.nan_to_num(years.price_gbp)),
        transport_gbp=years.transport_gbp,
        independent=np.array(kinds, bool)[years.provision],
        away=away[years.provision],
        km=known[0][origin, years.provision],
        minutes=known[1][origin, years.provision],
    )


def _of_scheme(scheme: Scheme, opening: int, basis: Basis) -> Floats:
    """(items, P) the ledger of a scheme that opens in an academic year."""
    settings = basis.case.settings
    age = ages(opening, settings.base_year, settings.years)
    ledger, of = np.zeros((len(ITEMS), settings.years)), list(ITEMS)
    ledger[of.index("place funding")] = scheme.funding_gbp(age)
    ledger[of.index("capital annuity")] = np.where(age >= 0, scheme.annuity_gbp, 0.0)
    ledger[of.index("capital cash")] = np.where(age == 0, scheme.capital_gbp, 0.0)
    return ledger

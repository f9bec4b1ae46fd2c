"""What a scheme is worth: two programmes side by side, with it and without, each the best there is.

Everything is a difference between two whole plans, so a child is counted once in each of its years: a place that spares
a child an independent school is not counted again for who leaves one. Pounds and children are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.ledger import CAPITAL, CHARGE, REVENUE, TRANSPORT

if TYPE_CHECKING:
    from models.problem import Floats
    from sufficiency.evidence.accounts import Account

#: Pounds that are none.
NOTHING = 0.5


@dataclass(frozen=True)
class Worth:
    """What a scheme changes: `having` it against `lacking` it.

    Attributes
    ----------
    having, lacking
        The best plan with it, and the best without.
    opening
        Period in which it opens in the former.
    lifetime
        Years over which its capital is spread.
    rate
        Discount rate, as a share.
    """

    having: Account
    lacking: Account
    opening: int
    lifetime: float
    rate: float

    @property
    def years(self) -> int:
        """Length of the plan."""
        return int(self.having.ledger.shape[1])

    @property
    def cost_gbp(self) -> float:
        """Real money saved over the plan, discounted: capital as its yearly charge."""
        return self.lacking.cost_gbp - self.having.cost_gbp

    @property
    def capital_gbp(self) -> float:
        """Capital spent more with it than without, where other schemes would stand in for it."""
        return self.having.capital_gbp - self.lacking.capital_gbp

    def saved(self, budget: str) -> Floats:
        """(P,) pounds of a budget saved in each year."""
        return self.lacking.budget(budget) - self.having.budget(budget)

    def item(self, name: str) -> Floats:
        """(P,) pounds of an item of the ledger saved in each year."""
        return self.lacking.item(name) - self.having.item(name)

    @property
    def running(self) -> Floats:
        """(P,) pounds saved in each year to run: high needs revenue and transport."""
        return self.saved(REVENUE) + self.saved(TRANSPORT)

    @property
    def net(self) -> Floats:
        """(P,) pounds saved in each year, the yearly charge for capital taken off."""
        return self.running + self.saved(CHARGE)

    @property
    def lifetime_gbp(self) -> float:
        """Net present value over its lifetime: after the plan, the last year's saving goes on to its end."""
        years = np.arange(max(self.years, int(self.opening + self.lifetime)))
        net = np.full(len(years), self.net[-1])
        net[: self.years] = self.net
        return float(net @ (1 + self.rate) ** -years.astype(np.float64))

    @property
    def payback(self) -> float | None:
        """Years from the opening until what it saves to run has repaid its capital; None when it never does.

        Capital is that spent more than without it, at the beginning of a year; savings come evenly through the year.
        After the plan the last year's saving goes on, to the end of the lifetime.
        """
        capital, running = self.saved(CAPITAL), self.running
        left, paid = 0.0, 0.0
        for year in range(self.years):
            begun = left + capital[year]
            left = begun + running[year]
            if begun < -NOTHING and left >= -NOTHING:
                paid = year - self.opening - begun / running[year]
        if left >= -NOTHING:
            return max(0.0, float(paid))
        if running[-1] <= NOTHING:
            return None
        years = self.years - self.opening - left / float(running[-1])
        return years if years <= self.lifetime else None

    @property
    def beyond(self) -> bool:
        """Whether the payback lies after the plan's end."""
        return self.payback is not None and self.payback > self.years - self.opening

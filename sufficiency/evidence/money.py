"""The real money of any plan of a problem, without the priority on placing children and the value set on time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.duals import total
from sufficiency.schemes import discount

if TYPE_CHECKING:
    from models import Solution
    from models.problem import Floats
    from sufficiency.problem import Basis


@dataclass(frozen=True)
class RealMoney:
    """What each decision costs in real money, discounted to the base year.

    Attributes
    ----------
    stay, unplaced
        (A,) and (S,) pounds a child.
    opening
        (K, P) pounds of a scheme that opens in a year.
    """

    stay: Floats
    unplaced: Floats
    opening: Floats

    def of(self, solution: Solution) -> float:
        """Return the real money of what a plan decides."""
        money = total(self.stay, solution.stay) + total(self.unplaced, solution.unplaced)
        return money + total(self.opening, solution.opens)


def real_money(basis: Basis) -> RealMoney:
    """Return the real money of a case's decisions."""
    settings, problem, years = basis.case.settings, basis.problem, basis.years
    factor = discount(settings)
    yearly = factor[years.year] * years.share * (years.price_gbp + years.transport_gbp)
    stays = np.bincount(years.stay, yearly, len(problem.stays))
    return RealMoney(
        stay=stays + settings.review.gbp_per_move * basis.stays.moves,
        unplaced=factor[problem.states.period] * settings.waiting.gbp_per_child_year,
        opening=problem.schemes.cost,
    )

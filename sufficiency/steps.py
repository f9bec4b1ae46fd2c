"""The steps from a case to its problem, in order: a step that needs sound input is not taken on errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.faults import Fault, errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from models.problem import Ints
    from sufficiency.case import Case
    from sufficiency.demand import Demand
    from sufficiency.journeys import Travel
    from sufficiency.locate import Located
    from sufficiency.problem import Basis
    from sufficiency.progress import Progress
    from sufficiency.projection import Projection
    from sufficiency.skipping import LeftOut


@dataclass(frozen=True)
class Prepared:
    """A case that has been read, checked, located and put together: all but solved.

    Attributes
    ----------
    faults
        Everything that was found; of them, in `projected`, what the projection found.
    """

    case: Case
    everyone: pd.DataFrame
    located: Located
    projection: Projection
    travel: Travel
    demand: Demand
    basis: Basis
    faults: tuple[Fault, ...]
    projected: tuple[Fault, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Steps:
    """The steps that take long, each taken from nothing; `sufficiency.again` keeps what it can."""

    def locate(self, case: Case, everyone: pd.DataFrame) -> Located:
        """Find homes and provisions."""
        from sufficiency.locate import locate

        return locate(case, everyone)

    def project(
        self, case: Case, everyone: pd.DataFrame, located: Located
    ) -> tuple[Projection, list[Fault]]:
        """Project arrivals, all of them."""
        from sufficiency.projection.project import project

        return project(case, everyone, located)

    def travel(
        self,
        case: Case,
        everyone: pd.DataFrame,
        located: Located,
        positions: Mapping[str, int],
        progress: Progress,
    ) -> Travel:
        """Measure journeys."""
        from sufficiency.journeys import find_journeys

        return find_journeys(case, everyone, located, positions, progress)

    def demand(
        self, case: Case, everyone: pd.DataFrame, origin: Ints, positions: Mapping[str, int]
    ) -> Demand:
        """Group those who are alike."""
        from sufficiency.demand import read_demand

        return read_demand(case, everyone, origin, positions)


def put_together(
    case: Case, given: Sequence[Fault], progress: Progress, steps: Steps
) -> tuple[Prepared | None, list[Fault]]:
    """Go as far as the faults allow.

    Parameters
    ----------
    given
        The faults of reading.
    """
    from sufficiency.checks import check_case
    from sufficiency.demand import people
    from sufficiency.problem import build_problem
    from sufficiency.projection.project import with_arrivals

    progress.step("checking it")
    faults = [*given, *check_case(case)]
    if "children" not in case.whole:
        return None, faults
    everyone = people(case)
    progress.step("finding homes and provisions")
    located = steps.locate(case, everyone)
    faults += located.faults
    if errors(faults):
        return None, faults
    everyone["area"] = located.area
    progress.step("projecting arrivals")
    projection, found = steps.project(case, everyone, located)
    projection = projection.scaled(case.settings.demand)
    faults += found
    if errors(faults):
        return None, faults
    everyone, located = with_arrivals(everyone, located, projection)
    positions = {
        provision: p for p, provision in enumerate(sorted(case.provisions["provision_id"]))
    }
    progress.step("measuring journeys")
    travel = steps.travel(case, everyone, located, positions, progress)
    faults += travel.faults
    progress.step("putting the problem together")
    demand = steps.demand(case, everyone, travel.origin, positions)
    basis = build_problem(case, demand.groups, travel.journeys, positions)
    faults += [*demand.faults, *basis.faults]
    parts = (case, everyone, located, projection, travel, demand, basis)
    return Prepared(*parts, tuple(faults), tuple(found)), faults

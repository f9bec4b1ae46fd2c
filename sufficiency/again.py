"""The same case with differences, put together again: only what they touch is read, located or measured anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.errors import CaseError
from sufficiency.faults import errors
from sufficiency.progress import Silent
from sufficiency.setting_demand import SCALES
from sufficiency.steps import Prepared, Steps, put_together

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.problem import Ints
    from sufficiency.case import Case
    from sufficiency.demand import Demand
    from sufficiency.faults import Fault
    from sufficiency.journeys import Travel
    from sufficiency.locate import Located
    from sufficiency.progress import Progress
    from sufficiency.projection import Projection
    from sufficiency.scenario import Scenario
    from sufficiency.settings import Settings

#: Tables that say who needs a place; and those that say who will.
CHILDREN = ("children", "new_children")
ARRIVING = ("population", "rates", "new_plans")
#: Settings on which no arrival rests; and those of journeys on which no journey does.
NOT_ARRIVALS: dict[str, Any] = {
    "title": True, "data_date": True, "notice": True, "money": True, "waiting": True, "transport": True,
    "review": True, "capital": True, "disclosure": True, "map": True,
    "travel": {"detour_factor", "speed_kph", "max_minutes", "soft_minutes", "gbp_per_minute_over",
               "gbp_per_child_hour", "roads", "postcodes"},
    "demand": set(SCALES),
}  # fmt: skip
NOT_JOURNEYS = {
    "max_minutes",
    "soft_minutes",
    "gbp_per_minute_over",
    "gbp_per_child_hour",
    "postcodes",
}


def again(prepared: Prepared, scenario: Scenario, progress: Progress | None = None) -> Prepared:
    """Apply differences to a case that is put together, and put together what they touch.

    The result is that of `run.prepare` with the scenario, number for number.

    Parameters
    ----------
    scenario
        Differences from the case as it was prepared, which may have been with differences of its own.

    Raises
    ------
    CaseError
        With every fault, when any is an error.
    """
    from sufficiency.case import changed
    from sufficiency.skipping import notes, without

    case, given = changed(prepared.case, scenario)
    if prepared.left_out:
        case, given = without(case, given, prepared.left_out)
    steps = Kept(prepared, scenario.tables)
    found, faults = put_together(case, given, progress or Silent(), steps)
    faults = [*notes(prepared.left_out), *faults]
    if found is None or errors(faults):
        raise CaseError(faults)
    return replace(found, faults=tuple(faults), left_out=prepared.left_out)


class Kept(Steps):
    """Steps that keep what differences do not touch.

    Parameters
    ----------
    before, touched
        The case as it was, and the tables that are not as they were.
    """

    def __init__(self, before: Prepared, touched: frozenset[str]) -> None:
        self._before, self._touched = before, touched
        self._own = len(before.everyone) - len(before.projection.rows)

    def locate(self, case: Case, everyone: pd.DataFrame) -> Located:
        """Find what has moved: homes and provisions, provisions, or nothing."""
        before = self._before
        postcodes = [c.settings.travel.postcodes for c in (case, before.case)]
        if self._same(*CHILDREN) and postcodes[0] == postcodes[1]:
            kept = replace(
                before.located,
                homes=before.located.homes[: self._own],
                area=before.located.area.iloc[: self._own],
            )
            return kept if self._same("provisions") else self._relocated(case, everyone, kept)
        return super().locate(case, everyone)

    def _relocated(self, case: Case, everyone: pd.DataFrame, kept: Located) -> Located:
        """Find the provisions alone."""
        found = super().locate(case, everyone.iloc[:0])
        old = self._before.case.files["provisions"]
        faults = [fault for fault in kept.faults if fault.where != old]
        stamp = kept.stamp or found.stamp
        return replace(
            kept, provisions=found.provisions, stamp=stamp, faults=(*faults, *found.faults)
        )

    def project(
        self, case: Case, everyone: pd.DataFrame, located: Located
    ) -> tuple[Projection, list[Fault]]:
        """Keep the arrivals, unless anything says that others come."""
        before = self._before
        if (
            self._same(*CHILDREN, *ARRIVING)
            and self._same_homes(located)
            and _of_arrivals(case.settings) == _of_arrivals(before.case.settings)
        ):
            return before.projection.whole or before.projection, list(before.projected)
        return super().project(case, everyone, located)

    def travel(
        self,
        case: Case,
        everyone: pd.DataFrame,
        located: Located,
        positions: Mapping[str, int],
        progress: Progress,
    ) -> Travel:
        """Keep the journeys; of those by road, measure only to places that are new."""
        before, rule = self._before, case.settings.travel
        alike = (
            self._same(*CHILDREN, "travel")
            and np.array_equal(located.homes, before.located.homes, equal_nan=True)
            and _of_journeys(case.settings) == _of_journeys(before.case.settings)
        )
        if not alike or (rule.method == "table" and not self._same("provisions")):
            return super().travel(case, everyone, located, positions, progress)
        if self._same("provisions"):
            return before.travel
        if rule.method == "road":
            return self._by_road(case, everyone, located, positions, progress)
        return super().travel(case, everyone, located, positions, progress)

    def _by_road(
        self,
        case: Case,
        everyone: pd.DataFrame,
        located: Located,
        positions: Mapping[str, int],
        progress: Progress,
    ) -> Travel:
        """Measure journeys to the provisions that stand elsewhere than they did, and keep the others."""
        before = self._before.travel
        stood = _points(self._before.case, self._before.located)
        stand = _points(case, located)
        moved = [name for name in positions if stood.get(name) != stand[name]]
        of_moved = case.provisions["provision_id"].isin(moved).to_numpy()
        part = replace(case, provisions=case.provisions[of_moved])
        homes = replace(located, provisions=located.provisions[of_moved])
        own = {name: p for p, name in enumerate(sorted(moved))}
        found = super().travel(part, everyone, homes, own, progress) if moved else before
        old = {name: p for p, name in enumerate(sorted(stood))}
        km, minutes = (
            np.column_stack([new[:, own[name]] if name in own else kept[:, old[name]] for name in positions])
            for kept, new in (
                (before.journeys.km, found.journeys.km),
                (before.journeys.minutes, found.journeys.minutes),
            )
        )  # fmt: skip
        faults = dict.fromkeys([*before.faults, *found.faults])
        return replace(
            before,
            journeys=replace(before.journeys, km=km, minutes=minutes),
            faults=tuple(faults),
        )

    def demand(
        self, case: Case, everyone: pd.DataFrame, origin: Ints, positions: Mapping[str, int]
    ) -> Demand:
        """Keep the groups if everybody and every provision's position is as it was."""
        before = self._before
        settings, old = case.settings, before.case.settings
        if (
            np.array_equal(origin, before.travel.origin)
            and everyone.equals(before.everyone)
            and tuple(positions) == before.basis.provisions
            and (settings.base_year, settings.years, settings.leaving)
            == (old.base_year, old.years, old.leaving)
        ):
            return before.demand
        return super().demand(case, everyone, origin, positions)

    def _same(self, *tables: str) -> bool:
        return not self._touched & set(tables)

    def _same_homes(self, located: Located) -> bool:
        return np.array_equal(
            located.homes, self._before.located.homes[: self._own], equal_nan=True
        )


def _of_arrivals(settings: Settings) -> dict[str, Any]:
    """Return the settings on which arrivals rest."""
    rests = settings.model_dump(exclude=NOT_ARRIVALS)
    return rests | {"asked": "demand" in settings.model_fields_set and settings.demand.projects}


def _of_journeys(settings: Settings) -> dict[str, Any]:
    return settings.travel.model_dump(exclude=NOT_JOURNEYS)


def _points(case: Case, located: Located) -> dict[str, tuple[float, ...]]:
    names = case.provisions["provision_id"]
    return {str(n): tuple(p) for n, p in zip(names, located.provisions.tolist(), strict=True)}

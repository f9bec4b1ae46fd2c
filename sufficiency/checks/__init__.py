"""Checks of a whole case: small pure functions, each a row below; all run, all faults reported.

A check is given the case and returns what it finds. It runs when the tables it reads (and
``settings``) were there in full shape; a cell that could not be read is blank and is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.checks import children, demand, links, plan, points, ranges, schemes, scorecard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sufficiency.case import Case
    from sufficiency.faults import Fault

    Check = Callable[[Case], Iterable[Fault]]

CHECKS: tuple[tuple[Check, str], ...] = (
    (links.references_used_twice, ""),
    (links.children_in_both_tables, "children new_children"),
    (links.journeys_twice, "travel"),
    (links.unknown_provisions, "provisions"),
    (links.unknown_schemes, "schemes"),
    (links.stray_journeys, "children new_children provisions travel settings"),
    (links.children_without_journeys, "children new_children travel settings"),
    (children.no_year, ""),
    (children.impossible_birth_dates, ""),
    (children.years_that_disagree, ""),
    (children.placed_nowhere, "children provisions"),
    (children.review_without_journey, "children travel settings"),
    (children.below_reception, "places scheme_places settings"),
    (children.not_assessed, ""),
    (children.names_and_dates, ""),
    (children.identifying_references, ""),
    (children.unused_provisions, ""),
    (ranges.ncy_wrong_way_round, ""),
    (ranges.years_wrong_way_round, ""),
    (ranges.overlapping_years, "places"),
    (ranges.years_open_twice, "scheme_places"),
    (schemes.circles, "schemes"),
    (schemes.committed_on_proposed, "schemes"),
    (schemes.committed_on_later, "schemes"),
    (schemes.two_committed, "schemes"),
    (schemes.committed_and_shut, "schemes"),
    (schemes.must_and_must_not, "schemes settings"),
    (schemes.must_beyond_budget, "schemes settings"),
    (schemes.never_open, "schemes settings"),
    (schemes.without_places, "schemes scheme_places"),
    (schemes.open_empty, "scheme_places"),
    (schemes.useless, "schemes scheme_places places limits settings"),
    (points.no_location, "settings"),
    (points.half_a_location, ""),
    (points.wrong_locations, ""),
    (points.disagreeing_locations, ""),
    (points.far_away, ""),
    (plan.roads_missing, "settings"),
    (plan.map_files_unread, "settings"),
    (plan.small_penalty, "prices settings"),
    (plan.unused_budget, "settings"),
    (demand.listed_and_projected, "new_children settings"),
    (demand.no_method, "rates new_plans settings"),
    (demand.scenario_without_numbers, "settings"),
    (demand.one_growth_for_all, "settings"),
    (demand.rates_without_population, "population rates new_plans settings"),
    (demand.population_by_area_and_without, "population"),
    (demand.said_twice, "population rates new_plans"),
    (scorecard.said_twice, "scorecard"),
    (scorecard.parts_of_nothing, "scorecard"),
    (scorecard.units_that_differ, "scorecard"),
    (scorecard.few_children, "scorecard settings"),
)


def check_case(case: Case) -> list[Fault]:
    """Run every check that the case allows and return all faults, in the checks' order."""
    return [
        fault
        for check, reads in CHECKS
        if case.whole.issuperset(reads.split())
        for fault in check(case)
    ]

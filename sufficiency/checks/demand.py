"""`[demand]`: it says how many will come, its scenario has numbers, and its tables fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.faults import Fault, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case


def _asked(case: Case) -> bool:
    return "demand" in case.settings.model_fields_set and case.settings.demand.projects


def listed_and_projected(case: Case) -> Iterator[Fault]:
    """Warn of a projection beside a list of arrivals: the list is what counts."""
    if _asked(case) and len(case.new_children):
        what = f"arrivals are listed in {case.files['new_children']}, so that none are projected"
        remedy = "take out the one that you do not mean"
        yield Fault("W1601", case.files["settings"], what, remedy, "demand")


def no_method(case: Case) -> Iterator[Fault]:
    """Find a `[demand]` that says nothing of how many will come, or says it twice."""
    rule = case.settings.demand
    tables = len(case.rates) + len(case.new_plans)
    grows = rule.growth_pct is not None or bool(rule.growth_by_need_pct)
    where = case.files["settings"]
    if _asked(case) and not (rule.forecast or tables or grows):
        what = "it says nothing of how many children will come"
        remedy = "give growth_pct, forecast, or the tables population and rates or new_plans"
        yield Fault("E1601", where, what, remedy, "demand")
    if rule.forecast and (grows or tables):
        what = "a forecast is given, so that growth and rates are not used"
        yield Fault("W1601", where, what, "take out what you do not mean", "demand.forecast")


def scenario_without_numbers(case: Case) -> Iterator[Fault]:
    """Find a scenario that nothing is said of, and growth whose low is not the lowest."""
    rule, where = case.settings.demand, case.files["settings"]
    given = {"low": rule.growth_low_pct, "high": rule.growth_high_pct}
    if rule.scenario in given and given[rule.scenario] is None and not rule.forecast:
        name = f"growth_{rule.scenario}_pct"
        what = f"the {rule.scenario} scenario has no growth"
        yield Fault("E1602", where, what, f"add {name}", f"demand.{name}")
    order = [rule.growth_low_pct, rule.growth_pct or 0.0, rule.growth_high_pct]
    known = [pct for pct in order if pct is not None]
    if known != sorted(known):
        what = "growth is not in the order low, central, high"
        yield Fault("E1602", where, what, "put the three in order", "demand.growth_pct")


def one_growth_for_all(case: Case) -> Iterator[Fault]:
    """Warn of one growth for all needs and year groups: needs grow apart."""
    rule = case.settings.demand
    if rule.growth_pct and not (rule.growth_by_need_pct or rule.growth_by_ncy_pct or rule.forecast):
        what = "all needs and year groups grow alike; in truth they grow apart"
        remedy = "say what you know in growth_by_need_pct and growth_by_ncy_pct"
        yield Fault("W1602", case.files["settings"], what, remedy, "demand.growth_pct")


def rates_without_population(case: Case) -> Iterator[Fault]:
    """Find rates, or new plans to work them out from, without a population to apply them to."""
    needed = [name for name in ("rates", "new_plans") if len(case.table(name))]
    if _asked(case) and needed and not len(case.population) and not case.settings.demand.forecast:
        what = f"{case.files[needed[0]]} needs a population"
        remedy = f"add {case.files['population']}: year, ncy, population"
        yield Fault("E1603", case.files["population"], what, remedy)


def population_by_area_and_without(case: Case) -> Iterator[Fault]:
    """Find a population that is by area in some rows and whole in others: it would count twice."""
    blank = case.population["area"] == ""
    if blank.any() and not blank.all():
        what = "some rows are of an area and some of the whole council, so that people count twice"
        remedy = "give the area in every row, or in none"
        yield Fault("E1606", case.files["population"], what, remedy, "area", rows_of(blank))


def said_twice(case: Case) -> Iterator[Fault]:
    """Find two rows that say the same of a population, a rate or a year's new plans."""
    keys = {
        "population": ["year", "ncy", "area"],
        "rates": ["need", "ncy"],
        "new_plans": ["year", "need", "ncy"],
    }
    for table, key in keys.items():
        twice = case.table(table).duplicated(key, keep=False)
        if rows := rows_of(twice):
            what = f"two rows for the same {', '.join(key)}"
            yield Fault("E1607", case.files[table], what, "keep one of them", key[-1], rows)

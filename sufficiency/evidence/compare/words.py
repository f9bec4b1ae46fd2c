"""Plans side by side in words and figures: how a range, a change and a caution are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.evidence.counts import WITHHELD
from sufficiency.needs import NEEDS
from sufficiency.pounds import less_or_more, money
from sufficiency.report.parts import NOTHING, PHASE_WORDS, academic, counted
from sufficiency.settings import describe_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sufficiency.evidence.compare.find import Sides
    from sufficiency.evidence.compare.finished import Finished
    from sufficiency.evidence.compare.told import Comparison, Measure


def ranged(low: object, high: object, write: Callable[[float], str]) -> str:
    """Write a range with signs: "−2 to 14"; one figure where both ends are written alike."""
    if WITHHELD in (low, high):
        return WITHHELD
    ends = [signed(float(str(end)), write) for end in (low, high)]
    return " to ".join(dict.fromkeys(ends))


def signed(value: float, write: Callable[[float], str]) -> str:
    """Write a figure with a minus that is read as one; none on what is written as nought."""
    text = write(abs(value))
    return text if value >= 0 or text == write(0.0) else f"−{text}"


def takes(row: Mapping[str, object], where: str = "") -> str:
    """Say how much less or more transport takes in a year, of a row of `told_savings`."""
    if row["gbp_low"] == WITHHELD:
        return f"what transport saves{where} is not told, as few children change"
    said = less(float(str(row["gbp_low"])), float(str(row["gbp_high"])))
    return f"transport{where} takes {said} a year"


def less(least: float, most: float) -> str:
    """Say how much less money, or more, is spent: "£1.2m to £1.4m less"."""
    if money(least) == money(most) or least == most == 0:
        return less_or_more(most, 0.0)
    if least < 0 < most:
        return f"between {money(-least)} more and {money(most)} less"
    small, big = sorted((abs(least), abs(most)))
    return f"{money(small)} to {money(big)} {'less' if most > 0 else 'more'}"


def sentence(found: Comparison, option: int) -> str:
    """Say what an option changes: pounds and children side by side, never added up."""
    side, plan = found.sides[option], option + 1
    cost = [found.measures[n]["cost_gbp"] for n in (0, plan)]
    waits = [found.measures[n]["unplaced_child_years"] for n in (0, plan)]
    before, after = (found.counts.text(count) for count in waits)
    children = (
        f"{before} child-years without a place either way"
        if before == after
        else f"child-years without a place go from {before} to {after}"
    )
    travel = takes(total(found, option, found.last_year))
    return (
        f"{side.after.name} against {side.before.name}: real cost is {less_or_more(*cost)} (discounted), "
        f"{children}, and by {academic(found.last_year)} {travel}."
    )


def total(found: Comparison, option: int, year: int) -> Mapping[str, object]:
    """Return what transport saves in all in a year, as told."""
    rows = found.told_savings
    mine = rows[(rows["option"] == option) & (rows["by"] == "all") & (rows["year"] == year)]
    return {str(name): value for name, value in mine.iloc[0].items()}


def scenario_words(plan: Finished) -> str:
    """Say which scenario a plan is of; "" for the case as it is."""
    scenario = plan.summary.get("scenario")
    if not scenario:
        return ""
    name, title = scenario["name"], scenario["title"]
    return f"{plan.name} is of the scenario {name}{f': {title}' if title != name else ''}."


def cautions(side: Sides) -> Iterator[str]:
    """Yield what keeps two plans from being compared as they stand."""
    before, after = side.before, side.after
    if not side.same_children:
        yield (
            f"{after.name} is not of the same children as {before.name}: what differs is partly who comes. "
            "Who gains and who loses is not told."
        )
    elif not side.same_homes:
        yield (
            f"Homes in {after.name} are not numbered as in {before.name}, so children cannot be paired: who gains "
            "and who loses is not told."
        )
    if not side.same_journeys:
        yield f"Journeys in {after.name} were measured in another way: travel is partly that."
    if before.years != after.years:
        years = counted(len(side.years), "year")
        yield f"{after.name} plans other years: yearly figures are of the {years} that both plan."
    bases = [plan.settings["money"]["price_base"] for plan in (before, after)]
    if bases[0] != bases[1]:
        yield f"Prices are of {bases[0]} and of {bases[1]}: money is not like for like."
    for plan in (before, after):
        if plan.summary.get("status") != "optimal":
            yield f"{plan.name} stopped before it was proved best."


def group_name(by: str, group: object, found: Comparison) -> str:
    """Return what a need, phase, area or provision is called."""
    name = str(group)
    if by == "need":
        return f"{NEEDS[name]} ({name})" if name in NEEDS else name
    if by == "phase":
        return PHASE_WORDS.get(name, name)
    if by == "provision":
        for plan in found.plans:
            if name in plan.provisions.index:
                return str(plan.provisions["name"][name])
    return name


def setting_name(name: str) -> str:
    """Return what a setting is called: what it means, and its name in the case."""
    meanings = {row["name"]: row["meaning"].replace("`", "") for row in describe_settings()}
    first, *steps = name.split(".")
    shorter = (name, name.rpartition(".")[0], f"{first}.{steps[-1]}" if steps else "")
    meaning = next((meanings[one] for one in shorter if one in meanings), "")
    return f"{meaning[:1].upper()}{meaning[1:]} ({name})" if meaning else name


def measured(found: Comparison, measure: Measure, plan: int) -> str:
    """Write a measure of a plan as it may be told."""
    exact = float(found.measures[plan][measure.key])
    if measure.kind == "count":
        return found.counts.text(exact)
    if measure.kind == "gbp":
        return money(exact)
    told = found.told(measure, plan)
    return NOTHING if told is None or told != told else f"{told:,.0f}"  # noqa: PLR0124


def change(found: Comparison, measure: Measure, plan: int) -> str:
    """Write how a measure changes from the baseline."""
    before, after = (float(found.measures[n][measure.key]) for n in (0, plan))
    if measure.kind == "count":
        return found.counts.text_of_change(before, after)
    if measure.kind == "gbp":
        return less_or_more(before, after)
    first, last = (found.told(measure, n) for n in (0, plan))
    if first is None or last is None or first != first or last != last:  # noqa: PLR0124
        return NOTHING
    more = last - first
    if measure.kind == "minutes":
        return f"{abs(more):,.0f} {'shorter' if more < 0 else 'longer'}" if more else "the same"
    return f"{abs(more):,.0f} {'fewer' if more < 0 else 'more'}" if more else "the same"

"""What is said of step-downs in sentences: the finding, what it rests on, and why rows do not add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.evidence.counts import DUST
from sufficiency.evidence.what_if import required
from sufficiency.pounds import SAME_GBP, money
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    import pandas as pd

    from sufficiency.evidence.counts import Counts
    from sufficiency.evidence.stepdowns.find import StepDowns

EVIDENCE = (
    "Evidence for planning places, not a decision on any child. Section 39 of the Children and Families Act 2014 asks "
    "of each child whether the school that the family asks for is suitable, and whether it is compatible with the "
    "efficient use of resources; cost counts in that test alone, child by child, and a review decides."
)
NETWORK = (
    "The saving is of the whole network, solved with everybody staying on and solved with step-downs: other children "
    "who then have no local place are in it. Do not add to it independent placements avoided by other means: they "
    "would be the same places, counted twice."
)
MARGINAL = (
    "In the comparison of a placement with a local place, top-up and transport are those of the child. Place funding "
    "is counted where the place is a scheme's; that of other places is paid whether they are taken or not. Capital is "
    "no part of it. Means are to £100, and what a row saves is of the rounded number of children."
)
UNDISCOUNTED = "Savings by year, and over the plan, are in the prices of the case's price base, not discounted."


def answer(found: StepDowns, years: pd.DataFrame, counts: Counts) -> str:
    """Say how many could step down, and what that saves."""
    now = counts.text(float(found.transitions.groups["children"].sum()))
    down = float(found.moves["children"].sum())
    if down <= DUST:
        return f"Of {now} independent placements now, none has a suitable local place at its next transition."
    scheme = counts.text(float(found.moves["scheme"].sum()))
    best = years.sort_values("saved_gbp", kind="stable").iloc[-1]
    built = "none" if scheme == "0" else scheme
    saved, already = (float(years[name].sum()) for name in ("saved_gbp", "saved_in_plan_gbp"))
    most = f"{money(float(best['saved_gbp']))} a year ({academic(int(best['year']))})"
    does = f"saves {money(saved)} net" if saved >= 0 else f"costs {money(-saved)} more"
    return (
        f"Of {now} independent placements now, {counts.text(down)} have a suitable local place at their next "
        f"transition ({built} of them in a scheme's place). Over the plan that {does} in the whole "
        f"network{f', at most {most}' if saved >= 0 else ''}{_in_plan(saved, already)}."
    )


def _in_plan(saved: float, already: float) -> str:
    """Say how much of what is saved the plan has already, where that is a part of it."""
    if 0 <= already <= max(saved, 0.0) or abs(already - saved) < SAME_GBP:
        return f"; {money(already)} of it is in the plan already"
    return (
        f"; the plan as it is comes to {money(abs(already))} {'less' if already > 0 else 'more'} than everybody "
        "staying on in an independent school, that or another, at each transition"
    )


def swapped(years: pd.DataFrame, counts: Counts) -> list[str]:
    """Say so where as many children are independent with step-downs as without."""
    told = [
        [counts.shown(n) for n in years[f"independent_{name}"]]
        for name in ("staying", "stepping_down")
    ]
    if told[0] != told[1] or None in told[0]:
        return []
    said = (
        "About as many children are in independent schools with these step-downs as without: the local places that "
        "they take are places that other children would have had. More local places save more than these moves do."
    )
    return [said]


def adds_up(found: StepDowns, outcomes: pd.Series, counts: Counts) -> list[str]:
    """Say why the rows of what becomes of placements do not add up, where they do not."""
    told = [counts.shown(float(children)) for children in outcomes]
    now = counts.shown(float(found.transitions.groups["children"].sum()))
    if None not in told and sum(filter(None, told)) == now:
        return []
    said = (
        "What becomes of the placements of now does not add up to them: each row is rounded by itself or withheld, "
        "and those who choose again are counted when they do, when some have left school."
    )
    return [said]


def unbuilt(found: StepDowns, counts: Counts) -> str:
    """Say how many would step down if nothing were built."""
    but = " but those that must open" if required(found.study.problem).any() else ""
    return (
        f"Without any proposed scheme{but} {counts.text(found.unbuilt_moves)} would step down to a local school, and "
        f"with those of the plan {counts.text(float(found.moves['children'].sum()))}: a scheme may also make room by "
        "taking other children."
    )

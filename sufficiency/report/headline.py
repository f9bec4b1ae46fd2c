"""What a report says first: the answer in a sentence, a paragraph on it, and the figures at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.naming import runs
from sufficiency.ledger import REVENUE, TRANSPORT
from sufficiency.pounds import less_or_more, money
from sufficiency.report.parts import (
    NOTHING,
    Figure,
    academic,
    by_budget,
    counted,
    direction,
    figure,
    in_words,
    is_missing,
    is_withheld,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.disclosure import Published
    from sufficiency.report.parts import Plan

#: Fewer child-years than this are none.
NONE = 0.05


def answer(plan: Plan) -> str:
    """Say in a sentence what the plan is: what opens, for how much, what it saves, and who still waits."""
    schemes = plan.published.schemes
    opens = schemes[schemes["decision"] == "opens"]
    proposed = int((schemes["status"] == "proposed").sum())
    if not proposed:
        return f"With the places there are, {_still(plan)}."
    if opens.empty:
        return f"Of {counted(proposed, 'proposed scheme')} none opens; {_still(plan)}."
    added = float(opens["places"].sum())
    return (
        f"Opening {_which(len(opens), proposed)} adds {figure(added)} "
        f"place{'' if added == 1 else 's'} for {money(float(opens['capital_gbp'].sum()))} of capital; "
        f"{_spends(plan)}{_still(plan)}."
    )


def _spends(plan: Plan) -> str:
    """Say what it does to high needs spending."""
    if plan.before is None:
        return ""
    before, after = (
        by_budget(ledger)[REVENUE] for ledger in (plan.before["ledger_gbp"], _ledger(plan))
    )
    words = less_or_more(before, after)
    much = (
        "the same"
        if words == "the same"
        else words.replace("less", "lower").replace("more", "higher")
    )
    same = "as" if words == "the same" else "than"
    return f"over {_years(plan)} high needs spending is {much} {same} if nothing were built, and "


def _still(plan: Plan) -> str:
    """Say who has no place, and what that is against building nothing."""
    now = plan.summary["unplaced_child_years"]
    remain = f"{at_least(now, plan, 'about ')} child-years without a place remain"
    if plan.before is None:
        return "nobody is left without a place" if now < NONE else remain
    then = plan.before["unplaced_child_years"]
    words = [at_least(count, plan) for count in (then, now)]
    if now < NONE:
        instead = "" if then < NONE else f", instead of {words[0]} child-years"
        return f"nobody is left without a place{instead or ' either way'}"
    if words[0] == words[1]:
        return f"{remain} either way"
    way = "fall" if now < then else "rise"
    start = words[0] if then >= NONE else "none"
    return f"child-years without a place {way} from {start} to {words[1]}"


def at_least(count: float, plan: Plan, before: str = "") -> str:
    """Write a count of children, or of their years; under the threshold only that it is."""
    least = plan.summary["threshold"]
    return f"fewer than {least}" if NONE <= count < least else f"{before}{count:,.0f}"


def _which(opens: int, proposed: int) -> str:
    if opens < proposed:
        return f"{in_words(opens)} of {counted(proposed, 'proposed scheme')}"
    all_of = "all" if proposed > 1 else "the"
    return f"{all_of} {counted(proposed, 'proposed scheme')}"


def explained(plan: Plan) -> str:
    """Say when, and what the plan costs in real money."""
    ledger = _ledger(plan)
    revenue = by_budget(ledger)[REVENUE]
    stopped = (
        ""
        if plan.summary["status"] == "optimal"
        else "The search was stopped before this plan was proved best, so it is provisional. "
    )
    against = (
        ""
        if plan.context.compared is None
        else "“If nothing is built” is the same case without its proposed schemes, solved in the same way. "
        if plan.compared
        else "As no proposed scheme opens, this is also what happens if nothing is built. "
    )
    return (
        f"{stopped}{_when(plan)}{_waiting(plan)}Over {_years(plan)} modelled high needs spending (places, "
        f"top-up, independent fees, waiting and moves) is {money(revenue)}, and for transport "
        f"{money(ledger['transport'])}, at {plan.context.settings.money.price_base} prices. {against}"
        "These are places needed, as modelled: "
        "no figure here is a decision about any child."
    )


def _when(plan: Plan) -> str:
    schemes = plan.published.schemes
    opens = schemes[schemes["decision"] == "opens"]
    if opens.empty:
        return ""
    first, last = int(opens["year"].min()), int(opens["year"].max())
    span = (
        f"from {academic(first)} to {academic(last)}" if first < last else f"in {academic(first)}"
    )
    return f"The scheme{' opens' if len(opens) == 1 else 's open'} {span}. "


def _waiting(plan: Plan) -> str:
    """Say that all who wait do so before a scheme opens, where that is so: no plan could have helped them."""
    schemes, outcomes = plan.published.schemes, plan.published.outcomes
    opens = schemes[schemes["decision"] == "opens"]
    if opens.empty or outcomes.empty:
        return ""
    counts = zip(outcomes["year"].astype(int), outcomes["unplaced"], strict=True)
    waits = [year for year, count in counts if is_withheld(count) or float(str(count)) > 0]
    if not waits or max(waits) >= int(opens["year"].min()):
        return ""
    return f"All who are modelled without a place are so in {runs(waits)}, before any of these schemes opens. "


def headline(plan: Plan) -> list[Figure]:
    """Return the figures at the top, each with its change against building nothing."""
    schemes = plan.published.schemes
    opens = schemes[schemes["decision"] == "opens"]
    proposed = int((schemes["status"] == "proposed").sum())
    others = "; the others are listed below" if len(opens) < proposed else ""
    return [
        Figure(
            "Proposed schemes that open",
            f"{len(opens)} of {proposed}",
            f"{figure(opens['places'].sum())} places once built up in full{others}",
        ),
        Figure(
            "Capital of schemes that open",
            money(float(opens["capital_gbp"].sum())),
            "cash, in opening years",
        ),
        _of_budget(plan, "High needs revenue", REVENUE),
        _of_budget(plan, "Transport", TRANSPORT),
        _waits(plan),
        _fees(plan),
        *_journeys(plan),
    ]


def _of_budget(plan: Plan, label: str, budget: str) -> Figure:
    after = by_budget(_ledger(plan))[budget]
    prices = f"{plan.context.settings.money.price_base} prices, not discounted"
    change = ""
    if plan.before is not None:
        change = against(by_budget(plan.before["ledger_gbp"])[budget], after)
    return Figure(f"{label}, {_years(plan)}", money(after), prices, change)


def against(before: float, after: float) -> str:
    """Write a change of money against building nothing, with an arrow beside the words."""
    words = less_or_more(before, after)
    if words == "the same":
        return "the same if nothing is built"
    return f"{'▼' if after < before else '▲'} {words} than if nothing is built"


def was(before: object, after: object, written: str) -> str:
    """Write what a published figure is if nothing is built, and which way the plan takes it."""
    if is_withheld(before) or is_missing(before):
        return ""
    ways = {"lower": "▼ down from ", "higher": "▲ up from ", "the same": "the same as ", "": ""}
    return f"{ways[direction(before, after)]}{written} if nothing is built"


def _waits(plan: Plan) -> Figure:
    now, before = plan.summary["unplaced_child_years"], plan.before
    change = ""
    if before is not None:
        then = before["unplaced_child_years"]
        words = [at_least(count, plan) for count in (then, now)]
        change = (
            "the same if nothing is built" if words[0] == words[1] else was(then, now, words[0])
        )
    return Figure(
        "Child-years without a place",
        at_least(now, plan),
        f"over {_years(plan)}; {at_least(plan.summary['children'], plan)} children are modelled in all, "
        "each counted once",
        change,
    )


def _fees(plan: Plan) -> Figure:
    """Return independent fees in the last year, and in the first."""
    first, last = plan.summary["base_year"], plan.last_year
    now = _fees_by_year(plan.published)
    change = ""
    if plan.compared:
        change = against(_fees_by_year(plan.compared.baseline)[last], now[last])
    note = f"{money(now[first])} in {academic(first)}" if first < last else ""
    return Figure(f"Independent fees, {academic(last)}", money(now[last]), note, change)


def _fees_by_year(published: Published) -> dict[int, float]:
    rows = published.ledger[published.ledger["item"] == "independent fees"]
    return dict(zip(rows["year"].astype(int), rows["gbp"].astype(float), strict=True))


def _journeys(plan: Plan) -> list[Figure]:
    """Return the mean journey, and how many are over 45 minutes, in the last year."""
    first, last = plan.summary["base_year"], plan.last_year
    means, over = (of_all(plan.published, name) for name in ("mean_minutes", "over_45"))
    changes = ["", ""]
    if plan.compared:
        for n, (name, now, digits) in enumerate((("mean_minutes", means, 1), ("over_45", over, 0))):
            then = of_all(plan.compared.baseline, name).get(last)
            changes[n] = was(then, now.get(last), figure(then, digits))
    started = f"{figure(means.get(first), 1)} in {academic(first)}; one way"
    return [
        Figure(
            f"Mean journey, {academic(last)}",
            _minutes(means.get(last)),
            started if first < last else "one way",
            changes[0],
        ),
        Figure(
            f"Over 45 minutes, {academic(last)}",
            figure(over.get(last, NOTHING)),
            "children whose modelled journey is longer, one way",
            changes[1],
        ),
    ]


def _minutes(value: object) -> str:
    """Write a mean journey; nothing is added to what is withheld or missing."""
    plain = is_withheld(value) or is_missing(value)
    return figure(value) if plain else f"{figure(value, 1)} minutes"


def of_all(published: Published, column: str) -> Mapping[int, object]:
    """Return a figure of all phases' journeys, by year."""
    rows = published.travel[published.travel["phase"] == "all"]
    return dict(zip(rows["year"].astype(int), rows[column], strict=True))


def _ledger(plan: Plan) -> Mapping[str, Any]:
    ledger: Mapping[str, Any] = plan.summary["ledger_gbp"]
    return ledger


def _years(plan: Plan) -> str:
    return counted(plan.summary["years"], "year")

"""What a report says, once for every document: the answer, headline figures, and its sections in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.report.basis import assumptions, data, method, proof
from sufficiency.report.parts import (
    Figure,
    Paper,
    Plan,
    Section,
    academic,
    counted,
    figure,
    in_words,
    is_missing,
    is_withheld,
    money,
)
from sufficiency.report.sections import gap, ledger, map_, schemes, travel, use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sufficiency.disclosure import Published

SECTIONS: tuple[Callable[[Plan], Section | None], ...] = (
    schemes,
    map_,
    gap,
    travel,
    ledger,
    use,
    assumptions,
    data,
    proof,
    method,
)


def compose(plan: Plan) -> Paper:
    """Say all that a report says, once, for every document that is made of it.

    No count of children is added or subtracted here: `plan.published` holds the tables as anyone may see them.
    The objective and its bound carry the priority on placing children and are shown nowhere.
    """
    summary, context = plan.summary, plan.context
    sections = [make(plan) for make in SECTIONS]
    last = summary["base_year"] + summary["years"] - 1
    return Paper(
        title=str(summary["title"]),
        period=f"{academic(summary['base_year'])} to {academic(last)}",
        notice=context.notice,
        answer=answer(plan),
        explained=explained(plan),
        figures=headline(plan),
        sections=[section for section in sections if section is not None],
        stamps={
            "Run": str(summary["run_id"]),
            "Version": f"sufficiency {context.version}",
            "Counts withheld": f"under {summary['threshold']}",
        },
    )


def answer(plan: Plan) -> str:
    """Say in a sentence what the plan is: what opens, for how much, and who still waits."""
    schemes, waits = plan.published.schemes, plan.summary["unplaced_child_years"]
    opens = schemes[schemes["decision"] == "opens"]
    proposed = int((schemes["status"] == "proposed").sum())
    still = (
        "nobody is left without a place"
        if waits < 0.05
        else f"{_at_least(waits, plan, 'about ')} child-years without a place remain"
    )
    if not proposed:
        return f"With the places there are, {still}."
    if opens.empty:
        return f"Of {counted(proposed, 'proposed scheme')} none opens; {still}."
    added = float(opens["places"].sum())
    return (
        f"Opening {_which(len(opens), proposed)} adds {figure(added)} "
        f"place{'' if added == 1 else 's'} for {money(float(opens['capital_gbp'].sum()))} of capital; "
        f"{still}."
    )


def _at_least(count: float, plan: Plan, before: str = "") -> str:
    """Write a count of children, or of their years; under the threshold only that it is."""
    least = plan.summary["threshold"]
    return f"fewer than {least}" if 0.05 <= count < least else f"{before}{count:,.0f}"


def _which(opens: int, proposed: int) -> str:
    if opens < proposed:
        return f"{in_words(opens)} of {counted(proposed, 'proposed scheme')}"
    all_of = "all" if proposed > 1 else "the"
    return f"{all_of} {counted(proposed, 'proposed scheme')}"


def explained(plan: Plan) -> str:
    """Say when, and what the plan costs in real money."""
    summary, schemes = plan.summary, plan.published.schemes
    opens = schemes[schemes["decision"] == "opens"]
    ledger = summary["ledger_gbp"]
    revenue = ledger["place funding"] + ledger["top-up"] + ledger["independent fees"]
    when = ""
    if not opens.empty:
        first, last = int(opens["year"].min()), int(opens["year"].max())
        span = (
            f"in {academic(first)}"
            if first == last
            else f"from {academic(first)} to {academic(last)}"
        )
        those = "The scheme opens" if len(opens) == 1 else "The schemes open"
        when = f"{those} {span}. "
    stopped = (
        ""
        if summary["status"] == "optimal"
        else "The search was stopped before this plan was proved best, so it is provisional. "
    )
    return (
        f"{stopped}{when}Over {_years(summary)} the modelled bill for places, top-up and independent fees is "
        f"{money(revenue)}, and for transport {money(ledger['transport'])}, at "
        f"{plan.context.settings.money.price_base} prices. These are places needed, as modelled: "
        "no figure here is a decision about any child."
    )


def headline(plan: Plan) -> list[Figure]:
    """Return the figures at the top."""
    published, summary = plan.published, plan.summary
    schemes = published.schemes
    opens = schemes[schemes["decision"] == "opens"]
    proposed = int((schemes["status"] == "proposed").sum())
    first, last = summary["base_year"], summary["base_year"] + summary["years"] - 1
    fees = published.ledger[published.ledger["item"] == "independent fees"].set_index("year")["gbp"]
    mean = _of_all(published, "mean_minutes")
    return [
        Figure(
            "Proposed schemes that open",
            f"{len(opens)} of {proposed}",
            "the others are listed below" if len(opens) < proposed else "",
        ),
        Figure("Places they add", figure(opens["places"].sum()), "once built up in full"),
        Figure(
            "Capital of schemes that open",
            money(float(opens["capital_gbp"].sum())),
            "cash, in opening years",
        ),
        Figure(
            "Without a place",
            f"{_at_least(summary['unplaced_child_years'], plan)} child-years",
            f"over {_years(summary)}; {_at_least(summary['children'], plan)} children are modelled",
        ),
        Figure(
            f"Independent fees, {academic(last)}",
            money(float(fees[last])),
            f"{money(float(fees[first]))} in {academic(first)}" if first < last else "",
        ),
        Figure(
            f"Mean journey, {academic(last)}",
            _minutes(mean.get(last)),
            f"{figure(mean.get(first), 1)} in {academic(first)}; one way"
            if first < last
            else "one way",
        ),
    ]


def _minutes(value: object) -> str:
    """Write a mean journey; nothing is added to what is withheld or missing."""
    plain = is_withheld(value) or is_missing(value)
    return figure(value) if plain else f"{figure(value, 1)} minutes"


def _of_all(published: Published, column: str) -> Mapping[int, object]:
    """Return a figure of all phases' journeys, by year."""
    rows = published.travel[published.travel["phase"] == "all"]
    return dict(zip(rows["year"].astype(int), rows[column], strict=True))


def _years(summary: Mapping[str, Any]) -> str:
    return counted(summary["years"], "year")

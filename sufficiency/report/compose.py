"""What a report says, once for every document: the answer, headline figures, and its sections in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.report.basis import assumptions, data, method, proof
from sufficiency.report.gap import gap, placements
from sufficiency.report.headline import answer, explained, headline
from sufficiency.report.journeys import travel
from sufficiency.report.map_section import map_
from sufficiency.report.money import ledger
from sufficiency.report.parts import Paper, Plan, Section, academic, stamps
from sufficiency.report.sections import change, schemes, use

if TYPE_CHECKING:
    from collections.abc import Callable

#: What the plan says itself; then what other commands found; then what it all rests on.
SECTIONS: tuple[Callable[[Plan], Section | None], ...] = (
    change,
    schemes,
    map_,
    gap,
    placements,
    travel,
    ledger,
    use,
)
BASIS: tuple[Callable[[Plan], Section | None], ...] = (
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
    own, basis = ([make(plan) for make in makers] for makers in (SECTIONS, BASIS))
    sections = [*own, *context.evidence, *basis]
    return Paper(
        title=str(summary["title"]),
        period=f"{academic(summary['base_year'])} to {academic(plan.last_year)}",
        notice=context.notice,
        answer=answer(plan),
        explained=explained(plan),
        figures=headline(plan),
        sections=[section for section in sections if section is not None],
        stamps=stamps(plan),
    )

"""Cost against travel: the best plan at each value of an hour of children's travelling, at the case's own budget.

Each point minimises real cost and priority plus the value of the hours that children travel (both discounted alike), so
where that is above nought no plan has fewer hours at no more cost: such a *supported* point is proved. Plans between
two points that no value of an hour makes best are not looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from sufficiency.evidence import runs
from sufficiency.evidence.what_if import hours_of, over_stays, with_hours_at
from sufficiency.pounds import pounds
from sufficiency.report.parts import Cell, Table, heading, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats
    from sufficiency.evidence.counts import Counts
    from sufficiency.evidence.study import Study

#: Pounds that an hour of a child's travelling is worth, in turn.
HOURS = (0.0, 5.0, 10.0, 20.0, 50.0, 100.0)
#: Hours are told to the nearest so many.
NEAREST = 10


@dataclass(frozen=True)
class Weighted(runs.Payload):
    """A payload with what children's travelling comes to.

    Attributes
    ----------
    hours
        (A,) hours of one child's whole stay, there and back on every school day, discounted as money is.
    undiscounted
        (A,) the same as they are.
    now_gbp
        What an hour is worth in the problem's costs.
    """

    hours: Floats
    undiscounted: Floats
    now_gbp: float


def payload_of(study: Study) -> Weighted:
    """Return what workers need."""
    yearly = hours_of(study)
    return Weighted(
        replace(study.problem),
        study.accounts,
        study.gap,
        over_stays(study, yearly),
        over_stays(study, yearly, discounted=False),
        study.prepared.case.settings.travel.gbp_per_child_hour,
    )


def at_value(worker: runs.Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best plan where an hour of a child's travelling is worth so much, with the hours travelled."""
    payload = cast("Weighted", worker.payload)
    worker.warm.back(worker.mark)
    more = float(task["gbp_per_child_hour"]) - payload.now_gbp
    problem = with_hours_at(payload.problem, payload.hours, more)
    solution = worker.warm.solve(problem, gap=payload.gap)
    return runs.told(problem, solution, payload.accounts) | {
        "hours": round(float(payload.undiscounted @ solution.stay), 3),
        "discounted_hours": round(float(payload.hours @ solution.stay), 3),
    }


@dataclass(frozen=True)
class Travelled:
    """The points, from no value of an hour to the highest.

    Attributes
    ----------
    values
        Pounds an hour.
    answers
        As `at_value` gives them.
    years
        Opening year of each scheme that opens, by id.
    """

    values: tuple[float, ...]
    answers: tuple[Mapping[str, Any], ...]
    years: tuple[Mapping[str, int], ...]
    counts: Counts
    plan_years: int

    @property
    def proved(self) -> bool:
        """Whether each point is proved best to the gap asked for."""
        return all(runs.proved(dict(answer)) for answer in self.answers)

    def hours(self, answer: Mapping[str, Any]) -> int | None:
        """Return the hours a year that children travel, as may be told; None where they are of too few."""
        children = max(answer["outcomes"][0], default=0.0)
        if not self.counts.tells(float(children)):
            return None
        return NEAREST * round(float(answer["hours"]) / self.plan_years / NEAREST)


def table(found: Travelled) -> pd.DataFrame:
    """Return a row a value of an hour."""
    return pd.DataFrame(
        [
            {
                "gbp_per_child_hour": value,
                "hours_a_year": found.hours(answer),
                "cost_gbp": answer["cost_gbp"],
                "unplaced_child_years": found.counts.shown(float(answer["unplaced_child_years"])),
                "capital_gbp": answer["capital_gbp"],
                "opens": "|".join(f"{name} {year}" for name, year in sorted(years.items())),
                "gap_pct": answer["gap_pct"],
            }
            for value, answer, years in zip(found.values, found.answers, found.years, strict=True)
        ]
    )


def as_table(found: Travelled) -> Table:
    """Return the points as people read them."""
    heads = (
        "Value of a child's hour",
        "Child-hours of travel a year",
        "Real cost",
        "Without a place",
        "Opens",
    )
    rows = [
        [
            heading(f"£{value:,.6g}"),
            *numbers(
                [
                    "[c]" if (hours := found.hours(answer)) is None else f"{hours:,}",
                    pounds(float(answer["cost_gbp"])),
                    found.counts.text(float(answer["unplaced_child_years"])),
                ]
            ),
            Cell(", ".join(f"{name} {year}" for name, year in sorted(years.items()))),
        ]
        for value, answer, years in zip(found.values, found.answers, found.years, strict=True)
    ]
    caption = (
        "Cost against travel: the best plan at each value of an hour, at the case's own budget"
    )
    return Table(caption, heads, rows, frozenset({1, 2, 3}))


def sentences(found: Travelled) -> list[str]:
    """Say what less travel costs, and what is proved of it."""
    first, last = found.answers[0], found.answers[-1]
    hours = [found.hours(answer) for answer in (first, last)]
    said = []
    if hours[0] is not None and hours[1] is not None:
        more = float(last["cost_gbp"]) - float(first["cost_gbp"])
        said.append(
            f"Children can travel {hours[0] - hours[1]:,} hours a year less ({hours[0]:,} to {hours[1]:,}) for "
            f"{pounds(more)} more over the plan."
        )
    proved = (
        "Each point of cost against travel is proved: at that value of an hour no plan is better, so above £0 none has "
        "fewer hours (discounted as money is) at no more cost and with as many children placed. Points that no value "
        "of an hour makes best are not shown. The hours are those of the children whom the plan places, there and "
        "back on every school day."
    )
    return [*said, proved]

"""The tables of fairness as anyone may see them, and exactly: journeys by group, options with their price, areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.child_years import DUST
from sufficiency.evidence.fairness.find import (
    BREAKDOWNS,
    PLAN,
    TAIL,
    TENTH,
    Choice,
    Fairness,
    area_means,
    gains_and_losses,
    measured,
    travellers,
)
from sufficiency.evidence.fairness.solve import AREAS, CAP, HOURS
from sufficiency.report.parts import academic
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.counts import Counts

#: Thresholds of years that children travel from which a mean has one digit after the point, and two.
DIGITS = (20, 400)
#: What stands before the areas in which an option cannot be met.
NOT_IN = "not in "
#: Journeys that are counted by how long they are.
MEASURES = ("over_45", "over_75", "over_guidance")


def tells_tail(children: float, counts: Counts) -> bool:
    """Whether the longest tenth is of enough children to be told: never of one child's journey."""
    return children * TENTH >= TAIL * counts.threshold - DUST


def exact(found: Fairness) -> pd.DataFrame:
    """Return the measures of every option by group, exactly."""
    rows = [
        {"option": choice.title, "by": by, "group": group, **figures}
        for choice in found.choices
        for by, group, figures in measured(found, choice)
    ]
    return pd.DataFrame(rows)


def journeys(found: Fairness, counts: Counts) -> pd.DataFrame:
    """Return the journeys of the plan by group as anyone may see them."""
    rows = [
        {"by": by, "group": _label(found, by, group), **_shown(figures, counts)}
        for by, group, figures in measured(found, found.plan)
    ]
    frame = pd.DataFrame(rows)
    whole = ["children", "mean_minutes", "longest_tenth_minutes", *MEASURES]
    frame[whole] = frame[whole].astype("Int64")
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    by = {name: n for n, name in enumerate(["all", *BREAKDOWNS])}
    ranks = pd.DataFrame(
        {
            "by": frame["by"].map(by),
            "group": frame["group"].map(order).fillna(99),
            "name": frame["group"],
        }
    )
    return frame.loc[ranks.sort_values(list(ranks.columns), kind="stable").index].reset_index(
        drop=True
    )


def _label(found: Fairness, by: str, group: str) -> str:
    """Return how a group is called: an area by its label, where it has one."""
    if by != "area":
        return group
    areas = found.study.prepared.case.areas
    labels = dict(zip(areas["area"], areas["label"], strict=True))
    return labels.get(group) or group


def _shown(figures: Mapping[str, float], counts: Counts) -> dict[str, int | None]:
    children = figures["children"]
    some = children > DUST and counts.tells(children)
    tail = some and tells_tail(children, counts)
    told: dict[str, int | None] = {
        "children": counts.shown(children),
        "mean_minutes": round(figures["mean"]) if some else None,
        "longest_tenth_minutes": round(figures["tenth"]) if tail else None,
    }
    for name in MEASURES:
        safe = counts.tells(figures[name]) and counts.tells(children - figures[name])
        told[name] = counts.shown(figures[name]) if some and safe else None
    return told


def option_rows(found: Fairness, counts: Counts) -> pd.DataFrame:
    """Return the options with their price as anyone may see them."""
    rows = []
    for choice in found.choices:
        account = choice.trial.account
        every = travellers(found.study, choice.trial, None)
        _, _, figures = next(measured(found, choice))
        longer, shorter = gains_and_losses(found, choice)
        digits = sum(every["children"].sum() >= n * counts.threshold for n in DIGITS)
        mean = float(np.average(every["minutes"], weights=every["children"])) if len(every) else 0.0
        rows.append(
            {
                "option": choice.key,
                "title": choice.title,
                "gbp_per_hour": choice.gbp_per_hour if choice.key == HOURS else None,
                "cost_gbp": round(account.cost_gbp),
                "price_gbp": round(found.price_gbp(choice)) + 0,
                "told_apart": "yes" if found.told_apart(choice) else "no",
                "unplaced_child_years": counts.shown(account.unplaced),
                "mean_minutes": round(mean, digits),
                **{
                    name: value
                    for name, value in _shown(figures, counts).items()
                    if name in {"longest_tenth_minutes", *MEASURES}
                },
                "longer": counts.shown(longer),
                "shorter": counts.shown(shorter),
                "schemes": _schemes(found, choice),
                "met": _met(found, choice, counts),
            }
        )
    frame = pd.DataFrame(rows)
    whole = ["unplaced_child_years", "longest_tenth_minutes", *MEASURES, "longer", "shorter"]
    frame[whole] = frame[whole].astype("Int64")
    return frame


def _schemes(found: Fairness, choice: Choice) -> str:
    """Return the schemes that open, or how they differ from the plan's."""
    base = found.study.prepared.case.settings.base_year
    names = [scheme.scheme_id for scheme in proposed(found.study.prepared.basis.schemes)]
    now, then = (one.trial.solution.opening() for one in (choice, found.plan))
    if choice.key == PLAN:
        return ", ".join(f"{n} {base + t}" for n, t in zip(names, now, strict=True) if t >= 0)
    changes = [
        f"{name} {'not opened' if t < 0 else base + int(t)}"
        for name, t, was in zip(names, now, then, strict=True)
        if t != was
    ]
    return ", ".join(changes) or "as in the plan"


def _met(found: Fairness, choice: Choice, counts: Counts) -> str:
    """Say whether an option can be met."""
    if choice.key == AREAS:
        return f"{NOT_IN}{', '.join(sorted(choice.unmet))}" if choice.unmet else "yes"
    if choice.key == CAP:
        if not choice.unmet:
            return "yes"
        there, decided = (choice.unmet.get(name, 0.0) for name in ("there", "decided"))
        parts = [f"{counts.text(decided)} have no other place"] if decided > DUST else []
        parts += [f"{counts.text(there)} are there already"] if there > DUST else []
        return f"not for all in {academic(found.year)}: {', '.join(parts)}"
    return ""


def area_rows(found: Fairness, counts: Counts) -> pd.DataFrame:
    """Return each area's mean journey in whole minutes, where it is of enough children."""
    exact = area_means(found)
    some = exact["children_now"].map(counts.tells) & exact["children"].map(counts.tells)
    some &= exact["children"] > DUST
    shown = pd.DataFrame({"area": exact["area"]})
    shown["children"] = pd.array([counts.shown(n) for n in exact["children"]], "Int64")
    for name in ("now", PLAN, AREAS, CAP):
        if name in exact:
            minutes = [
                round(m) if ok else None
                for m, ok in zip(exact[name].fillna(0.0), some, strict=True)
            ]
            shown[name.replace(" ", "_")] = pd.array(minutes, "Int64")
    return shown

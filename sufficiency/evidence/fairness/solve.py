"""The options of fairness, solved in workers: each begins with what was learned when the plan was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from models.warm import Known, Warm
from sufficiency.evidence import runs
from sufficiency.evidence.choices import flows, told
from sufficiency.evidence.fairness.options import AreaCaps, capped, no_area_worse
from sufficiency.evidence.study import check
from sufficiency.evidence.what_if import dearer, hours_of, over_stays, with_hours_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.problem import Floats
    from sufficiency.evidence.study import Study

#: Which option a task is of, and those there are.
OPTION = "option"
AREAS, CAP, HOURS = "no area worse", "cap", "hours"


@dataclass(frozen=True)
class Payload(runs.Payload):
    """A payload with what the options change.

    Attributes
    ----------
    known
        What was learned when the plan was found.
    hours
        (A,) hours of one child's whole stay, discounted.
    now_gbp
        What an hour is worth in the problem's costs.
    capped
        (A,) pounds that steer away from journeys over the cap.
    caps
        The problem in which no area is worse than today; None where nobody is placed today.
    """

    known: Known
    hours: Floats
    now_gbp: float
    capped: Floats
    caps: AreaCaps | None


def payload_of(study: Study, now: pd.DataFrame, most: Mapping[str, float]) -> Payload:
    """Return what workers need; `now` and `most` as in `options`."""
    caps = no_area_worse(study, now) if len(now) else None
    return Payload(
        replace(study.problem),
        study.accounts,
        study.gap,
        study.warm.known,
        over_stays(study, hours_of(study)),
        study.prepared.case.settings.travel.gbp_per_child_hour,
        capped(study, most),
        caps,
    )


def build(payload: Payload) -> runs.Worker:
    """Make a payload warm by what is known of the plan: nothing is solved."""
    warm = Warm(payload.problem, payload.known)
    return runs.Worker.of(payload, warm)


def work(worker: runs.Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best plan of an option, verified, with its flows."""
    payload = cast("Payload", worker.payload)
    if task[OPTION] == AREAS:
        return _no_area_worse(payload)
    worker.warm.back(worker.mark)
    if task[OPTION] == CAP:
        problem = dearer(payload.problem, payload.capped)
    else:
        more = float(task["gbp"]) - payload.now_gbp
        problem = with_hours_at(payload.problem, payload.hours, more)
    return told(worker, problem, worker.warm.solve(problem, gap=payload.gap))


def _no_area_worse(payload: Payload) -> dict[str, Any]:
    """Return the best plan in which no area is worse than today, and by how much it is where that cannot be."""
    caps = cast("AreaCaps", payload.caps)
    found = Warm(caps.problem, caps.known(payload.known)).solve(gap=payload.gap)
    check(caps.problem, found)
    own = caps.trimmed(found)
    account = payload.accounts.account(payload.problem, own)
    excess = dict(zip(caps.areas, caps.excess(found).tolist(), strict=True))
    return runs.plain(own, account) | flows(own) | {"excess": excess}

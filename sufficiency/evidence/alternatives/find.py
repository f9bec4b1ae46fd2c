"""Other programmes that cost little more than the best: what they share, and what swaps.

The best is the first. Each next one differs from all before it by as many schemes as any within the ceiling can
(`models.diverse`). Which schemes are in every programme within the ceiling, and which in none, is proved apart from
that: each is decided otherwise, all else anew, and the best such programme is above the ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.evidence import choices, runs
from sufficiency.evidence.choices import Asker, Programme, schemes_of
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.study import Study

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress

#: Programmes, the best among them, and how far above its cost they may be, in per cent.
COUNT, WITHIN_PCT = 5, 1.0
#: What a scheme is to the programmes within the ceiling.
ALWAYS, NEVER, SWAPS, OPEN = "in every one", "in none", "in some", "not proved"


@dataclass(frozen=True)
class Alternative:
    """A programme that is unlike those before it.

    Attributes
    ----------
    apart
        By how many schemes it differs from the nearest of those before it; 0 for the best.
    proved
        Whether none within the ceiling is proved to differ by more.
    """

    programme: Programme
    apart: int
    proved: bool


@dataclass(frozen=True)
class Alternatives:
    """The programmes, the best first, and what each scheme is to all within the ceiling.

    Attributes
    ----------
    roles
        For each proposed scheme by position: `ALWAYS`, `NEVER`, `SWAPS`, or `OPEN` where the gap leaves it open.
    ended
        Whether fewer than were asked for are within the ceiling.
    """

    study: Study
    found: tuple[Alternative, ...]
    roles: tuple[str, ...]
    within_pct: float
    ended: bool
    asked: Mapping[str, object]

    @property
    def best(self) -> Programme:
        """The best programme."""
        return self.found[0].programme

    @property
    def proved(self) -> bool:
        """Whether everything that is said is proved."""
        return (
            self.best.proved and OPEN not in self.roles and all(each.proved for each in self.found)
        )

    @property
    def exit_code(self) -> int:
        """0, or 5 when something is not proved."""
        return 0 if self.proved else NOT_PROVED

    def having(self, role: str) -> list[str]:
        """Return the ids of schemes that have a role."""
        named = zip(schemes_of(self.study), self.roles, strict=True)
        return [scheme.scheme_id for scheme, mine in named if mine == role]


def find_alternatives(
    asker: Asker, within_pct: float, count: int, asked: Mapping[str, object]
) -> Alternatives:
    """Find the programmes within a share of the best that differ most, and what they all share."""
    study = asker.study
    (best,) = asker.programmes([choices.task()])
    ceiling = best.objective * (1 + within_pct / 100)
    roles = _roles(asker, best, ceiling)
    found = [Alternative(best, 0, proved=True)]
    if count > 1 and {SWAPS, OPEN} & set(roles):
        task = {
            "must": [k for k, role in enumerate(roles) if role == ALWAYS],
            "shut": [k for k, role in enumerate(roles) if role == NEVER],
            "first": sorted(best.chosen),
            "ceiling_gbp": ceiling,
            "count": count - 1,
        }
        (answer,) = asker.answers(unlike, [task])
        found += [
            Alternative(Programme(study, each), int(each["apart"]), bool(each["farthest"]))
            for each in answer["programmes"]
        ]
    ended = len(found) < count
    return Alternatives(study, tuple(found), roles, within_pct, ended, asked)


def _roles(asker: Asker, best: Programme, ceiling: float) -> tuple[str, ...]:
    """Return what each scheme is to the programmes within the ceiling, by deciding otherwise on it."""
    may = [bool(periods.any()) for periods in asker.study.problem.schemes.may_open]
    asked = [k for k, possible in enumerate(may) if possible]
    tasks = [choices.task(shut=[k]) if k in best.chosen else choices.task(must=[k]) for k in asked]
    roles = [NEVER] * len(may)
    for k, other in zip(asked, asker.programmes(tasks), strict=True):
        if not other.exists or other.bound > ceiling:
            roles[k] = ALWAYS if k in best.chosen else NEVER
        else:
            roles[k] = SWAPS if other.objective <= ceiling else OPEN
    return tuple(roles)


def unlike(worker: runs.Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return programmes within a ceiling, each as unlike the first and those before it as can be."""
    from models.diverse import farthest_first

    worker.warm.back(worker.mark)
    payload = worker.payload
    problem = choices.with_choice(payload.problem, task["must"], task["shut"])
    ceiling, gap = float(task["ceiling_gbp"]), payload.gap
    found = farthest_first(
        worker.warm, problem, tuple(task["first"]), ceiling, int(task["count"]), gap
    )
    told = [
        choices.told(worker, payload.problem, each.solution)
        | {"apart": each.apart, "farthest": each.proved}
        for each in found
    ]
    return {"programmes": told}


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the alternatives to a case's best programme.

    Raises
    ------
    UsageError
        When there is nothing to choose.
    """
    from sufficiency.evidence.alternatives.said import evidence

    study = Study.asked(asked, progress)
    within = WITHIN_PCT if asked["within"] is None else float(asked["within"])
    count = COUNT if asked["count"] is None else int(asked["count"])
    if within < 0:
        raise UsageError("--within takes a share in per cent, at least 0")
    asker = Asker.of(study, asked, progress)
    return evidence(find_alternatives(asker, within, count, asked))

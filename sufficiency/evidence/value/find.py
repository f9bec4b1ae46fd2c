"""``value``: what one place more is worth and what one fewer costs, by provision, need, phase and year.

Both ends are planned again, with the schemes as the best plan opens them (`evidence.worth`). A place lasts from the
September of a year to the end of the plan (or of its pool's places), or is there in that year alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from models import Status
from sufficiency import __version__
from sufficiency.errors import UsageError
from sufficiency.evidence import runs
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.naming import pool_names, provision_names
from sufficiency.evidence.value.worth import Change, Payload, Worker, payload_of
from sufficiency.needs import PHASES
from sufficiency.pools import covers
from sufficiency.prices import NCY_LOW
from sufficiency.schemes import ages
from sufficiency.sweep import Sweep, kept_in, run_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.problem import Floats, Ints
    from sufficiency.evidence.study import Study
    from sufficiency.needs import PhaseName
    from sufficiency.problem import Basis
    from sufficiency.progress import Progress
    from sufficiency.schemes import Step

#: Places of a question at most.
MOST = 500


@dataclass(frozen=True)
class Worth:
    """What places in a pool are worth.

    Attributes
    ----------
    pool
        Its position.
    first, last
        Years of the plan from and to which the places are there.
    places
        How many more, and fewer.
    more, fewer
        What they change; `fewer` is None where there are not so many.
    """

    pool: int
    first: int
    last: int
    places: float
    more: Change
    fewer: Change | None

    @property
    def years(self) -> int:
        """For how many years the places are there."""
        return self.last - self.first + 1

    @property
    def saved(self) -> float:
        """Real money that more places save, a year that they are there; negative where they cost."""
        return -float(self.more.money_gbp.sum()) / self.years + 0.0

    @property
    def placed(self) -> float:
        """Years that children have a place by it instead of none."""
        return -self.more.child_years + 0.0

    @property
    def lost(self) -> float | None:
        """Real money that fewer places cost, a year."""
        return None if self.fewer is None else float(self.fewer.money_gbp.sum()) / self.years


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    places
        How many places more and fewer.
    from_year
        The only academic year from which places are valued; None for every one.
    one_year
        Whether a place is there in one year alone.
    provision, need, phase
        The only pools that are valued; "" for all.
    """

    places: tuple[int, ...] = (1, 8)
    from_year: int | None = None
    one_year: bool = False
    provision: str = ""
    need: str = ""
    phase: str = ""


@dataclass(frozen=True)
class Valued:
    """The worth of places in a plan."""

    study: Study
    asked: Asked
    payload: Payload
    worths: tuple[Worth, ...]

    @property
    def proved(self) -> bool:
        """Whether the schemes are proved best; placements with those are proved to the penny in any case."""
        return self.study.plan.solution.status is Status.OPTIMAL

    @property
    def basis(self) -> Basis:
        """The case, put together."""
        return self.study.prepared.basis

    @cached_property
    def counts(self) -> Counts:
        """What may be told of children."""
        return Counts.of(self.basis.case.settings)

    @cached_property
    def names(self) -> list[str]:
        """(Q,) what pools are called."""
        return pool_names(self.basis)

    @cached_property
    def short_names(self) -> list[str]:
        """(Q,) what pools are called where there is little room."""
        return pool_names(self.basis, short=True)

    @cached_property
    def provisions(self) -> dict[str, str]:
        """What provisions are called, by id."""
        return provision_names(self.basis)

    @cached_property
    def funding(self) -> Floats:
        """(Q, P) place funding of a place, a year."""
        return place_funding(
            self.basis, self.study.plan.solution.opening(), self.payload.space.total
        )

    @property
    def shown(self) -> int:
        """The year of the plan from which the places are there that are told of first: the first to be decided."""
        firsts = sorted({worth.first for worth in self.worths})
        return next((first for first in firsts if first > 0), firsts[0])

    def at(self, first: int, places: float) -> list[Worth]:
        """Return the worths of so many places from a year on, those that save most first."""
        found = [w for w in self.worths if w.first == first and w.places == places]
        return sorted(found, key=lambda w: (-round(w.saved, 2), self.names[w.pool]))


def amounts(text: str) -> tuple[int, ...]:
    """Return the numbers of a list such as ``1,8``, each once, in the order given.

    Raises
    ------
    UsageError
        When one is no number of places.
    """
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and 0 < int(word) <= MOST for word in words):
        raise UsageError(f"--places takes whole numbers up to {MOST} with commas between: 1,8")
    return tuple(dict.fromkeys(map(int, words)))


def find(study: Study, asked: Asked, options: Mapping[str, Any], progress: Progress) -> Valued:
    """Value the places of a case's best plan.

    Parameters
    ----------
    options
        `workers`, `cluster`, and `kept`: where answers are kept, or None.

    Raises
    ------
    UsageError
        When nothing of the case has such places.
    """
    progress.step("finding the best plan")
    payload = payload_of(study, study.plan)
    pools = chosen(study.prepared.basis, payload, asked)
    tasks = [
        task for q in pools for task in tasks_of(payload.space.total, q, asked, base_of(study))
    ]
    if not tasks:
        raise UsageError("no provision has a limited number of such places, so none has a worth")
    key = runs.key(cast("Any", payload), __version__, work)
    sweep = Sweep(Worker, work, payload, tasks, key)
    limits = {name: options.get(name) for name in ("workers", "cluster")}
    with kept_in(options.get("kept")) as kept:
        answers = run_sweep(sweep, kept, progress=progress, **limits)
    worths = [
        worth for task, answer in zip(tasks, answers, strict=True) for worth in read(task, answer)
    ]
    return Valued(study, asked, payload, tuple(worths))


def base_of(study: Study) -> int:
    """Return the first academic year."""
    return study.prepared.case.settings.base_year


def chosen(basis: Basis, payload: Payload, asked: Asked) -> list[int]:
    """Return the pools that are valued: those with a limited number of places in some year."""
    if asked.provision and asked.provision not in basis.provisions:
        known = ", ".join(sorted({key.provision_id for key in basis.pools.keys}))
        raise UsageError(f"there is no provision {asked.provision}: give one of {known}")
    low, high = phase_range(asked.phase, basis.case.settings.leaving.last_ncy)
    total, found = payload.space.total, []
    for q, key in enumerate(basis.pools.keys):
        wanted = not asked.provision or key.provision_id == asked.provision
        wanted &= not asked.need or covers(key.needs, asked.need)
        wanted &= key.ncy_from <= high and key.ncy_to >= low
        if wanted and ((total[q] > 0) & np.isfinite(total[q])).any():
            found.append(q)
    return found


def phase_range(phase: str, last_ncy: int) -> tuple[int, int]:
    """Return the first and last NCY of a phase; "" is all of them."""
    if not phase:
        return NCY_LOW, last_ncy
    names, ends = list(PHASES), list(PHASES.values())
    n = names.index(cast("PhaseName", phase))
    return (0 if n == 0 else ends[n - 1] + 1), (last_ncy if n == len(ends) - 1 else ends[n])


def tasks_of(total: Floats, pool: int, asked: Asked, base_year: int) -> list[dict[str, Any]]:
    """Return what is worked out of a pool: a task an amount of places, with all years that are asked for."""
    there = (total[pool] > 0) & np.isfinite(total[pool])
    spans = []
    for first in np.flatnonzero(there).tolist():
        if asked.from_year is not None and base_year + first != asked.from_year:
            continue
        ends = np.flatnonzero(~there[first:])
        last = first + int(ends[0]) - 1 if len(ends) else len(there) - 1
        spans.append([first, first if asked.one_year else last])
    return [{"pool": pool, "places": n, "spans": spans} for n in asked.places] if spans else []


def work(worker: Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return both ends of the worth of places in a pool, for each span of years."""
    ends = [
        worker.worth(task["pool"], first, last, task["places"]) for first, last in task["spans"]
    ]
    return {"ends": [[more.to_dict(), fewer and fewer.to_dict()] for more, fewer in ends]}


def read(task: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Worth]:
    """Return the answer to a task as worths."""
    return [
        Worth(
            task["pool"],
            first,
            last,
            task["places"],
            Change.from_dict(more),
            None if fewer is None else Change.from_dict(fewer),
        )
        for (first, last), (more, fewer) in zip(task["spans"], answer["ends"], strict=True)
    ]


def place_funding(basis: Basis, opening: Ints, total: Floats) -> Floats:
    """(Q, P) what a place of each pool costs in place funding a year, whoever is in it: the mean of its places."""
    settings = basis.case.settings
    paid = basis.pools.funding_gbp.copy()
    opens = iter(opening.tolist())
    for scheme in basis.schemes:
        first = scheme.earliest - settings.base_year if scheme.committed else int(next(opens))
        if not scheme.committed and first < 0:
            continue
        age = ages(settings.base_year + first, settings.base_year, settings.years)
        for pool in scheme.steps:
            steps = reached(scheme.steps[pool], age)
            paid[pool] += [step.places * step.place_funding_gbp if step else 0.0 for step in steps]
    limited = np.isfinite(total) & (total > 0)
    return np.where(limited, paid / np.where(limited, total, 1.0), 0.0)


def reached(steps: Sequence[Step], age: Ints) -> list[Step | None]:
    """Return the step of a scheme's build-up that holds so many years after its opening."""
    return [next((s for s in reversed(steps) if s.years_open <= years), None) for years in age]

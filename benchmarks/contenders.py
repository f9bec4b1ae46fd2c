"""Who tries a task, each as a function that gets everything ready and returns the work to be timed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import peers, tasks, travel
from benchmarks.instances import INSTANCES, affordable, drawn_as_flow
from benchmarks.peers import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.tasks import Task
    from models import Problem, Solution
    from models.problem import Bools

    Peer = Callable[[Problem, float, float], Found]

#: Edits that are tried one after the other.
EDITS = 5
#: Demand futures of a sweep, and how many of them one process is tried on.
FUTURES, FEW_FUTURES = 500, 50


class NotProvedError(RuntimeError):
    """Our answer was not proved, or did not verify: a bug of ours."""


@dataclass(frozen=True)
class Job:
    """Work that is ready to be timed, again and again.

    Attributes
    ----------
    work
        What is timed.
    scale
        How many times the work the whole task is, where only a part of it is tried.
    note
        What a reader must know.
    times
        How often the work must be tried.
    """

    work: Callable[[], Found]
    scale: float = 1.0
    note: str = ""
    times: int = 1


def _checked(problem: Problem, solution: Solution, gap: float) -> Found:
    from models import Status, verify

    wrong = [str(one) for one in verify(problem, solution)]
    if wrong or solution.status is not Status.OPTIMAL or solution.gap > max(gap, 1e-6):
        raise NotProvedError(f"{solution.status.value}, gap {solution.gap:.2g} {wrong[:3]}")
    return Found(solution.objective)


def ours(task: Task) -> Job:
    """From the problem's arrays to a solution that is proved and verified."""
    from models import solve

    problem = INSTANCES[task.instance]()

    def work() -> Found:
        fresh = replace(problem)  # nothing of it is worked out yet
        return _checked(fresh, solve(fresh, gap=max(task.gap, 1e-6)), task.gap)

    return Job(work)


def peer(one: Peer, task: Task) -> Job:
    """A peer on the same arrays."""
    problem = INSTANCES[task.instance]()
    return Job(partial(one, problem, task.gap, task.limit))


def flow(task: Task) -> Job:
    """The flow engine alone: its work, and putting the arcs in the order it asks for; the network is drawn before."""
    drawn = drawn_as_flow(INSTANCES[task.instance]())
    return Job(partial(peers.flow_alone, drawn))


def warm(task: Task) -> Job:
    """One edit of a plan that is open on the desk: a scheme more or less, places, demand; solved again and verified."""
    from models.warm import Warm

    problem = INSTANCES[task.instance]()
    model = Warm(problem)
    chosen, after = affordable(problem)
    model.assign(chosen)
    edits = cycle(_edits(problem, chosen, after))

    def work() -> Found:
        opens, edited = next(edits)
        return _checked(edited, model.assign(opens, edited), task.gap)

    return Job(work, note="the median of five edits in turn; no page is drawn", times=EDITS)


def _edits(problem: Problem, chosen: Bools, after: int) -> Iterator[tuple[Bools, Problem]]:
    """Close a scheme, open another, take places away, add places, and more children."""
    for scheme in (int(np.flatnonzero(chosen[:, 3])[-1]), after):
        other = chosen.copy()
        other[scheme, 3] = not other[scheme, 3]
        yield other, problem
    for pool, factor in ((3, 0.8), (11, 1.25)):
        room = problem.room.copy()
        room[pool] = np.round(room[pool] * factor)
        yield chosen, problem.with_numbers(room=room)
    supply = problem.states.supply.copy()
    supply[np.flatnonzero(supply)[::20]] += 1
    yield chosen, problem.with_numbers(states=replace(problem.states, supply=supply))


def futures(count: int, workers: int | None, task: Task) -> Job:
    """A sweep of demand futures, from nothing: workers start, build and warm up on the clock."""
    from benchmarks.futures import sweep

    tried = "" if count == FUTURES else f"tried on {count} of {FUTURES}"
    return Job(lambda: Found(sweep(task.instance, count, workers)), FUTURES / count, tried)


def road(make: Callable[[travel.Setting], tuple[Callable[[], object], float, str]], _: Task) -> Job:
    """One way of reckoning journeys by road, on the network of `benchmarks.travel`."""
    work, scale, note = make(travel.setting())

    def timed() -> Found:
        work()
        return Found(0.0)

    return Job(timed, scale, note)


CONTENDERS: dict[str, Callable[[Task], Job]] = {
    tasks.OURS: ours,
    tasks.WARM: warm,
    tasks.SWEEP: partial(futures, FUTURES, None),
    tasks.ONE_PROCESS: partial(futures, FEW_FUTURES, 1),
    tasks.FLOW: flow,
    tasks.CBC: partial(peer, peers.pulp_cbc),
    tasks.PULP_HIGHS: partial(peer, peers.pulp_highs),
    tasks.IPM: partial(peer, partial(peers.highs, solver="ipm")),
    tasks.SIMPLEX: partial(peer, partial(peers.highs, solver="simplex")),
    tasks.MIP: partial(peer, peers.highs),
    tasks.SPOPT: partial(peer, peers.spopt_p_median),
    tasks.ROADS: partial(road, travel.ours),
    tasks.SCIPY: partial(road, travel.in_scipy),
    tasks.NETWORKX: partial(road, travel.in_networkx),
    tasks.OSMNX: partial(road, travel.in_osmnx),
}

#: The least instance of a task's kind, on which everything is loaded and tried before the clock starts.
FIRST = {
    "one year": "one year, 100 groups",
    "stays": "stays, 60 decisions",
    "schemes": "schemes, 60 decisions",
}


def first_of(task: Task) -> Task | None:
    """Return the task on the least instance of its kind, or None where there is none."""
    least = FIRST.get(task.instance.split(",")[0])
    return replace(task, instance=least) if least else None

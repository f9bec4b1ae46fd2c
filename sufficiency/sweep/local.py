"""Work off a sweep in processes of this machine, or in this one where more would not pay."""

from __future__ import annotations

import os
import pickle
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any

from sufficiency.sweep.job import SweepError, WorkersLostError, chunks, told, work_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sufficiency.sweep.job import Outcome, Result, Sweep, Task

#: Tasks for each process under which it does not pay to start another: it has to import and build first.
WORTH_A_PROCESS = 3
#: Times that all processes are tried, before tasks are tried one at a time: then it is clear which is the death of its
#: process; and how often that one may be.
TOGETHER, DEATHS = 2, 2

#: What this worker works with: what was built, and the function.
_STATE: dict[str, Any] = {}


def processes(tasks: int, asked: int | None) -> int:
    """Return how many processes to use for so many tasks: those asked for, or as many as are worth it."""
    if asked is not None:
        return max(1, min(asked, tasks))
    return max(1, min(os.cpu_count() or 1, tasks // WORTH_A_PROCESS))


def work_locally(
    sweep: Sweep, positions: Sequence[int], workers: int | None
) -> Iterator[list[Outcome]]:
    """Yield the outcomes of tasks, chunk by chunk, as they come.

    Raises
    ------
    WorkersLostError
        When a task keeps killing its process.
    """
    count = processes(len(positions), workers)
    if count == 1:
        state = sweep.build(sweep.payload)
        for position in positions:
            yield work_off(state, sweep.work, [(position, sweep.tasks[position])])
        return
    left = list(positions)
    for _ in range(TOGETHER):
        for outcomes in _in_pool(sweep, left, count):
            yield outcomes
            _strike(left, outcomes)
    deaths: Counter[int] = Counter()
    while alive := [position for position in left if deaths[position] < DEATHS]:
        for outcomes in _in_pool(sweep, alive, 1):
            yield outcomes
            _strike(left, outcomes)
        # One process takes them in order: it died of the first that is not done.
        deaths.update([position for position in alive if position in left][:1])
    if left:
        words = "; ".join(told(sweep.tasks[position]) for position in left[:3])
        raise WorkersLostError(f"processes died again and again at {len(left)} runs ({words})")


def _strike(left: list[int], outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        left.remove(outcome.position)


def _in_pool(sweep: Sweep, positions: Sequence[int], count: int) -> Iterator[list[Outcome]]:
    """Yield what the processes of one pool get done before one of them dies, if it does."""
    parts = list(chunks(positions, count)) if count > 1 else [[n] for n in positions]
    if not parts:
        return
    given = pickle.dumps((sweep.build, sweep.work, sweep.payload), pickle.HIGHEST_PROTOCOL)
    pool = ProcessPoolExecutor(
        min(count, len(parts)),
        mp_context=get_context("spawn"),  # the only way on Windows; the same everywhere
        initializer=_begin,
        initargs=(given,),
    )
    try:
        futures = [pool.submit(_chunk, [(n, sweep.tasks[n]) for n in part]) for part in parts]
        for future in as_completed(futures):
            if future.exception() is None:
                yield future.result()
            elif not isinstance(future.exception(), BrokenProcessPool):
                raise SweepError("a worker could not answer") from future.exception()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(given: bytes) -> None:
    """Build, once in each process, what tasks are worked off with; end when the parent does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    build, _STATE["work"], payload = pickle.loads(given)  # noqa: S301 - from our own parent
    _STATE["built"] = build(payload)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _chunk(chunk: list[tuple[int, Task]]) -> list[Outcome]:
    work: Callable[[Any, Task], Result] = _STATE["work"]
    return work_off(_STATE["built"], work, chunk)

"""Run a sweep: what is kept already is read, the rest worked off, every answer kept as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.progress import Progress, Silent
from sufficiency.sweep.job import SweepError, told
from sufficiency.sweep.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sufficiency.sweep.job import Outcome, Result, Sweep


def run_sweep(
    sweep: Sweep,
    folder: Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Run every task of a sweep that was not run before.

    Parameters
    ----------
    folder
        Where answers are kept, to go on from when the sweep is stopped.
    workers
        Processes of this machine; None for as many as are worth it. Not used with a cluster.
    cluster
        Address of a dask scheduler (``tcp://host:8786``); None for this machine.

    Returns
    -------
    list
        The answers in the order of the tasks, the same however they were worked off.

    Raises
    ------
    SweepError
        When a task went wrong; it says which, and the others' answers are kept.
    WorkersLostError
        When workers keep dying, or the cluster goes away; what was done is kept.
    UsageError
        When the cluster cannot be used.
    """
    progress = progress or Silent()
    journal = Journal(folder)
    answers = {n: answer for n, name in enumerate(sweep.names) if (answer := journal.read(name))}
    left = [n for n in range(len(sweep.tasks)) if n not in answers]
    wrong: list[Outcome] = []
    if left:
        _say(progress, len(answers), len(sweep.tasks))
        for outcomes in _working(sweep, left, workers, cluster):
            for outcome in outcomes:
                if outcome.result is None:
                    wrong.append(outcome)
                else:
                    name = sweep.names[outcome.position]
                    answers[outcome.position] = journal.keep(name, outcome.result)
            _say(progress, len(answers), len(sweep.tasks))
    if wrong:
        raise _error(sweep, wrong)
    return [answers[n] for n in range(len(sweep.tasks))]


def _working(
    sweep: Sweep, left: list[int], workers: int | None, cluster: str | None
) -> Iterator[list[Outcome]]:
    if cluster is not None:
        from sufficiency.sweep.cluster import work_on_cluster

        return work_on_cluster(sweep, left, cluster)
    from sufficiency.sweep.local import work_locally

    return work_locally(sweep, left, workers)


def _say(progress: Progress, done: int, all_of: int) -> None:
    progress.step(f"{done} of {all_of} runs done")


def _error(sweep: Sweep, wrong: list[Outcome]) -> SweepError:
    first = min(wrong, key=lambda outcome: outcome.position)
    error = SweepError(
        f"{len(wrong)} of {len(sweep.tasks)} runs went wrong; the first"
        f" ({told(sweep.tasks[first.position])}) with {first.error}; the others are kept"
    )
    error.add_note(first.details)
    return error

"""What a sweep is: one payload, many small tasks, and how a chunk of them is worked off."""

from __future__ import annotations

import hashlib
import json
import traceback
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sufficiency.errors import SufficiencyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Task = Mapping[str, Any]
    Result = dict[str, Any]

#: Tasks in a chunk at most, and chunks that each worker gets, about, so that all end at about the same time.
CHUNK_MOST, CHUNKS_EACH = 25, 4


class SweepError(SufficiencyError):
    """Runs of a sweep went wrong: a bug of ours. It says which, and what is kept; its notes have the rest."""

    quotes_nothing = True


class WorkersLostError(SufficiencyError):
    """Workers died, or the cluster went away; what was done is kept."""

    exit_code = 2


@dataclass(frozen=True)
class Sweep:
    """Many runs of one thing.

    Attributes
    ----------
    build
        Makes of the payload what tasks are worked off with; called once in each worker.
    work
        Answers a task with plain values, as JSON has them. It must give the same answer to the same task whatever
        was asked before, and be a function of a module, as `build`, so that workers can import both.
    payload
        What every worker gets, once: anything that pickles.
    tasks
        Plain values each, and no two alike.
    key
        What the answers depend on besides the task: inputs, options, version. Kept answers are used again under
        the same key only.
    """

    build: Callable[[Any], Any]
    work: Callable[[Any, Task], Result]
    payload: Any
    tasks: Sequence[Task]
    key: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each task's answer: the same for the same task under the same key."""
        return tuple(self._name(task) for task in self.tasks)

    def _name(self, task: Task) -> str:
        words = json.dumps([self.key, self.work.__qualname__, task], sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Outcome:
    """What became of a task: an answer, or what went wrong.

    Attributes
    ----------
    position
        Of the task in the sweep.
    error, details
        The kind of error, and all that is known of it, which may quote data; blank when all went well.
    """

    position: int
    result: Result | None
    error: str = ""
    details: str = ""


def work_off(
    state: Any,  # noqa: ANN401 - whatever `build` makes
    work: Callable[[Any, Task], Result],
    chunk: Sequence[tuple[int, Task]],
) -> list[Outcome]:
    """Work off a chunk of tasks, each with its position; an error of one does not keep the others."""
    return [_outcome(state, work, position, task) for position, task in chunk]


def _outcome(
    state: Any,  # noqa: ANN401
    work: Callable[[Any, Task], Result],
    position: int,
    task: Task,
) -> Outcome:
    try:
        return Outcome(position, work(state, task))
    except Exception as error:  # noqa: BLE001 - told to whoever asked, with its task
        return Outcome(position, None, type(error).__name__, traceback.format_exc())


def chunks(positions: Sequence[int], workers: int) -> Iterator[Sequence[int]]:
    """Yield the positions in chunks for so many workers."""
    size = min(CHUNK_MOST, max(1, len(positions) // (CHUNKS_EACH * workers)))
    for first in range(0, len(positions), size):
        yield positions[first : first + size]


def told(task: Task) -> str:
    """Say which task, in one line."""
    return ", ".join(f"{name} {value}" for name, value in task.items())

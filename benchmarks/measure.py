"""Measure one contender at one task, in a process of its own: ``python -m benchmarks.measure TASK CONTENDER LIMIT``.

The last line printed is JSON: processor seconds (user and system, of this process and of those it waited for) and
seconds on the clock, the value found and how it ended. Libraries are loaded and tried on the least instance, and the
instance is made, before the clock starts. Quick work is tried several times and the medians are given.
"""

from __future__ import annotations

import json
import math
import resource
import statistics
import sys
import time
from dataclasses import asdict, replace

from benchmarks.contenders import CONTENDERS, first_of
from benchmarks.tasks import ONE_PROCESS, SWEEP, TASKS, WARM

#: Work is tried again until it took so many seconds, or so many times.
ENOUGH_SECONDS, ENOUGH_TIMES = 1.5, 5

#: Who needs no try on the least instance before: a solve comes first anyway, or belongs to the work.
ALONE = (WARM, SWEEP, ONE_PROCESS)


def cpu_seconds() -> float:
    """Return user and system seconds of this process and of those it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mb() -> float:
    """Return the resident memory, at its most, of the largest single process: this one or one it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(one.ru_maxrss for one in used) / 1024


def measure(task_name: str, contender: str, limit: float) -> dict[str, object]:
    """Try one contender at one task, within so many seconds on the clock."""
    task = replace(next(task for task in TASKS if task.name == task_name), limit=limit)
    first = first_of(task)
    if first and contender not in ALONE:
        CONTENDERS[contender](first).work()
    job = CONTENDERS[contender](task)
    tried: list[tuple[float, float]] = []
    while not tried or len(tried) < job.times or _again(tried):
        cpu, wall = cpu_seconds(), time.perf_counter()
        found = job.work()
        tried.append((cpu_seconds() - cpu, time.perf_counter() - wall))
        if not found.finished:
            break
    cpu, wall = (statistics.median(column) * job.scale for column in zip(*tried, strict=True))
    gap = found.gap if math.isfinite(found.gap) else None
    timed = {"cpu": cpu, "wall": wall, "peak_mb": peak_mb(), "note": job.note}
    return timed | asdict(found) | {"gap": gap}


def _again(tried: list[tuple[float, float]]) -> bool:
    return len(tried) < ENOUGH_TIMES and sum(cpu for cpu, _ in tried) < ENOUGH_SECONDS


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], float(sys.argv[3]))))

"""Measure every task and read the bars: ``python -m benchmarks.suite [--large] [--only WORD]``.

Each measurement is a child process of its own, one at a time, so that memory is its own and nobody disturbs another.
Contenders take turns, and short ones are measured in several rounds. Measurements are kept in ``results.json``, from
which ``results.md`` and the growth curves are drawn; the last line printed says how many bars are met.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import chart, record, report
from benchmarks.tasks import BARS, COUNTRY, Measured, chosen, last_line, read_bars, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.tasks import Results, Task

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks"
#: Rounds of what takes less than so many seconds; the rest is measured once.
ROUNDS, SHORT_SECONDS = 3, 6.0
#: A child is ended after its limit, so many times over and so many seconds for set-up.
PATIENCE, SET_UP_SECONDS = 1.5, 60.0
#: A peer's limit is so many times what judges the bar, within so many seconds; and at most so many times as long
#: where other work takes the processors.
ENOUGH, LONGEST, MOST_STRETCHED = 1.1, 600.0, 4.0
#: Share by which two costs may differ that were both proved.
SAME = 1e-6


def command(task: Task, contender: str, limit: float) -> list[str]:
    """Return what measures a contender: a JSON line is the last that it prints."""
    if contender == COUNTRY:
        return [sys.executable, str(HERE / "country.py")]
    return [sys.executable, "-m", "benchmarks.measure", task.name, contender, f"{limit:.0f}"]


def limit_now(task: Task, ours: Measured | None = None) -> float:
    """Return seconds on the clock that a contender is given.

    Enough to judge the bar, once our own seconds are known; and longer on a machine that other work keeps busy, so
    that the seconds of processor are as many.
    """
    faster = [bar.value for bar in BARS if bar.task == task.name and bar.kind == "faster"]
    judged = ENOUGH * max(faster, default=0.0) * ours.cpu if ours and ours.finished else 0.0
    shared = os.getloadavg()[0] / (os.cpu_count() or 1)
    return max(task.limit, min(judged, LONGEST)) * min(MOST_STRETCHED, max(1.0, shared))


def measure(task: Task, contender: str, limit: float) -> Measured:
    """Measure once, in a child of its own that is ended when it overstays."""
    before, began = _children_cpu(), time.monotonic()
    child = subprocess.Popen(
        command(task, contender, limit),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=PATIENCE * limit + SET_UP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        spent = _children_cpu() - before, time.monotonic() - began
        return Measured(task.name, contender, *spent, 0.0, 1, "stopped", gap=math.inf)
    if child.returncode:
        said = (err.strip().splitlines() or [f"ended from outside ({child.returncode})"])[-1]
        return Measured(task.name, contender, 0.0, 0.0, 0.0, 1, f"failed: {said[:120]}")
    return read(task, contender, json.loads(out.strip().splitlines()[-1]))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read(task: Task, contender: str, said: dict[str, Any]) -> Measured:
    """Turn what a child printed into a measurement."""
    return Measured(
        task.name,
        contender,
        said["cpu"],
        said["wall"],
        said["peak_mb"],
        1,
        "finished" if said["finished"] else "stopped",
        said["value"],
        math.inf if said["gap"] is None else said["gap"],
        said["note"],
    )


def median(rounds: Sequence[Measured]) -> Measured:
    """Return the medians of several rounds of one contender, and the highest peak."""
    return replace(
        rounds[0],
        cpu=statistics.median(one.cpu for one in rounds),
        wall=statistics.median(one.wall for one in rounds),
        peak_mb=max(one.peak_mb for one in rounds),
        rounds=len(rounds),
        ended=next((one.ended for one in rounds if not one.finished), "finished"),
    )


def agreed(task: Task, found: Sequence[Measured]) -> list[Measured]:
    """Mark ours as failed where another proved a plan that costs something else."""
    ours, *others = found
    allowed = max(1.0, abs(ours.value)) * max(SAME, task.gap)
    unlike = [
        other.contender
        for other in others
        if task.same and other.finished and abs(other.value - ours.value) > allowed
    ]
    if ours.finished and unlike:
        ours = replace(ours, ended=f"failed: not the cost that {unlike[0]} found")
    return [ours, *others]


def run_task(task: Task) -> list[Measured]:
    """Measure every contender of a task, in turns; the slow ones once."""
    rounds: dict[str, list[Measured]] = {contender: [] for contender in task.contenders}
    for turn in range(ROUNDS):
        for contender, found in rounds.items():
            if turn and not (found[0].finished and found[0].wall < SHORT_SECONDS):
                continue
            ours = next(iter(rounds[task.contenders[0]]), None)
            found.append(measure(task, contender, limit_now(task, ours)))
            if not turn:
                print(f"  {contender:24} {in_words(found[0])}", flush=True)
    return agreed(task, [median(found) for found in rounds.values()])


def in_words(one: Measured) -> str:
    """Say one measurement in a line."""
    if one.ended not in {"finished", "stopped"}:
        return one.ended
    over = "" if one.finished else "stopped after "
    return f"{over}{seconds(one.cpu)} s of processor, {seconds(one.wall)} s, {one.peak_mb:.0f} MB"


def main() -> int:
    """Measure, keep, draw and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", maxsplit=1)[0])
    parser.add_argument("--large", action="store_true", help="region and country")
    parser.add_argument("--only", default="", help="tasks whose name holds this; nothing is kept")
    parser.add_argument("--draw", action="store_true", help="only draw what was measured before")
    asked = parser.parse_args()
    mine = chosen(large=asked.large, only=asked.only)
    results = record.load(HERE / "results.json")
    if not asked.draw:
        results = measure_all(mine, results, large=asked.large, kept=not asked.only)
    if not asked.only:
        keep(results)
    print(report.bars(results, mine))
    print(last_line(read_bars(results, mine)))
    return 0


def measure_all(among: Sequence[Task], before: Results, *, large: bool, kept: bool) -> Results:
    """Measure task after task, saying how each went; what is measured is kept at once, in case the run is stopped."""
    about, found, results = record.machine(), [], before
    for task in among:
        print(task.name, flush=True)
        found += run_task(task)
        results = record.merged(before, found, about, large=large)
        if kept:
            record.save(results, HERE / "results.json")
    return results


def keep(results: Results) -> None:
    """Write the measurements, the page and the figure."""
    record.save(results, HERE / "results.json")
    (HERE / "results.md").write_text(report.page(results), encoding="utf-8")
    figure = ROOT / "docs" / "growth.svg"
    figure.parent.mkdir(exist_ok=True)
    figure.write_text(chart.growth(results), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""The table of results as Markdown: bars first, then every measurement, then what it was measured on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchmarks.tasks import BARS, TASKS, chosen, last_line, read_bars, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.tasks import Measured, Results, Task

HEAD = """# Benchmarks

Written by `make bench` and `make bench-large`; `benchmarks/tasks.py` declares the tasks and the bars. Read ratios, not
absolutes: everything of one task was measured in one run, on the same instance, in processes of their own, one after
the other. Seconds are of the processor (user and system, with child processes), from the problem's arrays in memory to
the answer; ours include the proof and its verification. Libraries are loaded before the clock starts. Short work is the
median of several rounds in turn. A peer that was stopped at its time limit (two to ten minutes, longer where other work
takes the processors) gives a lower bound (>). Memory is the highest of the largest single process, instance and
libraries included.
"""
NOTES = """## How to read it

* **PuLP→CBC, PuLP→HiGHS**: a plain script (`benchmarks/peers.py`), a variable a stay, solved with
  defaults, its values read.
* **HiGHS, ipm / simplex / mip**: the whole program as one matrix, built with numpy; the status of every option
  is read. With schemes fixed, the bar of the borough is against whichever method was faster; in the county the simplex
  method takes longer than interior point. With schemes to choose it is HiGHS's own choice: interior point for its
  relaxations took longer when it was tried.
* **flow engine alone**: pylmcf on a network that is drawn already, money in whole pennies: it finds the structure in
  nothing, breaks no ties, and proves and checks nothing.
* **spopt**: the capacitated p-median with every provision open, which knows neither limits within a school nor stays,
  and sends a group to one school, whole; so it is tried on a case without such limits.
* **schemes**: a plan proved to 0.1%, with years of opening, by ours and by HiGHS.
* **what-if edit**: schemes are as the user set them; an edit is a scheme more or less, places, or children; the plan is
  made again, proved and verified. Drawing a page is not in it.
"""

#: States, stays and pools of each instance; a test counts them.
SIZES = {
    "one year, 1,000 groups": (1_000, 10_238, 41),
    "one year, 3,000 groups": (3_000, 37_392, 61),
    "one year, 8,000 groups": (8_000, 237_150, 111),
    "one year, 20,000 groups": (20_000, 714_776, 251),
    "one year, 59,000 groups": (59_000, 2_418_230, 401),
    "stays, 1,000 decisions": (3_898, 39_318, 31),
    "stays, borough": (10_930, 197_646, 51),
    "stays, county": (26_870, 678_542, 81),
    "schemes, borough": (10_930, 197_646, 51),
    "schemes, county": (26_870, 678_542, 81),
}


def page(results: Results) -> str:
    """Return the whole page."""
    parts = [HEAD, "## Bars", bars(results)]
    for name, about in results.runs.items():
        counted = last_line(read_bars(results, chosen(large=name == "bench-large")))
        parts.append(f"`make {name}`: {counted}")
        parts.append(measured_on(about))
    parts += ["## Measurements", measurements(results), NOTES, "## Instances", sizes()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def bars(results: Results, among: Sequence[Task] = TASKS) -> str:
    """Return the table of the bars of some tasks."""
    readings, words = read_bars(results, among), {bar.name: bar.words for bar in BARS}
    rows = [
        (name, words[name], reading.text, "met" if reading.met else "**not met**")
        for name, reading in readings.items()
    ]
    return table(("work", "bar", "measured", ""), rows)


def sizes() -> str:
    """Return the table of instances."""
    rows = [(name, *(f"{number:,}" for number in counted)) for name, counted in SIZES.items()]
    return table(("instance", "states", "stays", "pools"), rows)


def measurements(results: Results) -> str:
    """Return the table of everything measured; the ratio is to ours."""
    rows: list[Sequence[str]] = []
    for task in TASKS:
        mine = [one for one in results.measured if one.task == task.name]
        rows += [_row(task, one, mine[0]) for one in mine]
    head = ("task", "who", "processor s", "clock s", "× ours", "peak MB", "rounds", "")
    return table(head, rows)


def _row(task: Task, one: Measured, ours: Measured) -> Sequence[str]:
    if one.ended not in {"finished", "stopped"}:
        return (task.name, one.contender, "", "", "", "", "", one.ended)
    over = "" if one.finished else "> "
    ratio = f"{over}{one.cpu / ours.cpu:.3g}" if ours.finished and ours.cpu else ""
    return (
        task.name,
        one.contender,
        over + seconds(one.cpu),
        over + seconds(one.wall),
        ratio,
        f"{one.peak_mb:,.0f}" if one.peak_mb else "",
        str(one.rounds),
        _remark(one),
    )


def _remark(one: Measured) -> str:
    if one.finished:
        return one.note
    left = f"gap {one.gap:.2%}" if math.isfinite(one.gap) else "no plan"
    return f"stopped at its limit: {left}"


def measured_on(about: Mapping[str, str]) -> str:
    """Say when, where and with what."""
    words = dict(about)
    load = float(words.pop("load"))
    busy = " **The machine was busy with other work: ratios are less sure.**" if load > 1 else ""
    first = f"Measured {words.pop('measured')}, on {words.pop('machine')}; load at the start {load:g}.{busy}"
    return f"{first} {', '.join(f'{name} {version}' for name, version in words.items())}."


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

"""What is measured, and where the tool must be: two declared tables. Nothing heavy is imported here.

A task is one instance and everyone who tries it, ours first. A bar reads the measurements of one task.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OURS, WARM, ROADS, COUNTRY, SWEEP, ONE_PROCESS = (
    "sufficiency",
    "sufficiency, warm",
    "geodata.network",
    "benchmarks/country.py",
    "sufficiency, sweep",
    "the same in one process",
)
FLOW, CBC, PULP_HIGHS = "flow engine alone", "PuLP→CBC", "PuLP→HiGHS"
IPM, SIMPLEX, MIP, SPOPT = "HiGHS, ipm", "HiGHS, simplex", "HiGHS, mip", "spopt"
SCIPY, NETWORKX, OSMNX = "scipy's Dijkstra", "networkx", "osmnx"


@dataclass(frozen=True)
class Task:
    """One instance and who tries it.

    Attributes
    ----------
    instance
        Its name in `benchmarks.instances.INSTANCES`, or what the contenders know it by.
    contenders
        Ours first.
    curve, size
        The growth curve that it is a point of, and where; "" for none.
    gap
        Relative gap to be proved, 0 for the optimum.
    limit
        Seconds that each contender is given, at least.
    same
        Whether all must find the same cost.
    large
        Whether it belongs to the large benchmark.
    """

    name: str
    instance: str
    contenders: tuple[str, ...]
    curve: str = ""
    size: int = 0
    gap: float = 0.0
    limit: float = 120.0
    same: bool = True
    large: bool = False


@dataclass(frozen=True)
class Measured:
    """How one contender did at one task: medians over its rounds, and the highest peak of memory.

    Attributes
    ----------
    cpu, wall
        Seconds, of the process and of those it started.
    peak_mb
        Resident memory of the largest single process, instance and libraries included.
    ended
        "finished", "stopped" at the limit, or why it failed.
    gap
        What was left unproved when it was stopped; inf if it had no plan.
    note
        What a reader must know of the figure.
    """

    task: str
    contender: str
    cpu: float
    wall: float
    peak_mb: float
    rounds: int
    ended: str
    value: float = 0.0
    gap: float = 0.0
    note: str = ""

    @property
    def finished(self) -> bool:
        """Whether the figure is of finished work."""
        return self.ended == "finished"


@dataclass(frozen=True)
class Reading:
    """What a bar reads: the figure in words, and whether the bar is met."""

    text: str
    met: bool


@dataclass(frozen=True)
class Bar:
    """A figure that the tool must reach.

    Attributes
    ----------
    kind
        "faster" (than the best of the peers, so many times), "within" (so many times the peer), "seconds" (of
        processor: what the clock says without other work), "memory" (GB).
    value
        The figure: at least for "faster", at most for the others.
    peers
        Who is compared with; of several, the one that did best.
    """

    name: str
    task: str
    kind: str
    value: float
    ours: str = OURS
    peers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The bar as the table says it."""
        return {
            "faster": f"≥ {self.value:g}× faster than {' or '.join(self.peers)}",
            "within": f"≤ {self.value:g}× {' or '.join(self.peers)}",
            "seconds": f"≤ {self.value:g} s",
            "memory": f"finishes within {self.value:g} GB",
        }[self.kind]

    def read(self, measured: Mapping[tuple[str, str], Measured]) -> Reading | None:
        """Read the bar off the measurements; None when its task was not measured."""
        ours = measured.get((self.task, self.ours))
        if ours is None:
            return None
        if not ours.finished:
            return Reading(f"ours: {ours.ended}", met=False)
        return READS[self.kind](self, ours, [measured.get((self.task, p)) for p in self.peers])


def _faster(bar: Bar, ours: Measured, peers: list[Measured | None]) -> Reading:
    """Compare processor seconds; a peer that was stopped gives a lower bound."""
    there = [peer for peer in peers if peer and (peer.finished or peer.ended == "stopped")]
    if not there:
        return Reading("no peer finished", met=False)
    best = min(there, key=lambda peer: (not peer.finished, peer.cpu))
    ratio = best.cpu / ours.cpu
    more = "" if best.finished else "> "
    return Reading(f"{more}{ratio:.1f}× ({best.contender})", ratio >= bar.value)


def _within(bar: Bar, ours: Measured, peers: list[Measured | None]) -> Reading:
    there = [peer for peer in peers if peer and peer.finished]
    if not there:
        return Reading("no peer finished", met=False)
    ratio = ours.cpu / min(peer.cpu for peer in there)
    return Reading(f"{ratio:.2f}×", ratio <= bar.value)


def _seconds(bar: Bar, ours: Measured, _: list[Measured | None]) -> Reading:
    return Reading(f"{seconds(ours.cpu)} s", ours.cpu <= bar.value)


def _memory(bar: Bar, ours: Measured, _: list[Measured | None]) -> Reading:
    text = f"{ours.peak_mb / 1000:.1f} GB, {seconds(ours.cpu)} s"
    return Reading(text, ours.peak_mb <= 1000 * bar.value)


#: How each kind of bar is read.
READS: dict[str, Callable[[Bar, Measured, list[Measured | None]], Reading]] = {
    "faster": _faster,
    "within": _within,
    "seconds": _seconds,
    "memory": _memory,
}


def seconds(value: float) -> str:
    """Write seconds with two digits that mean something."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}" if value >= 0.1 else f"{value:.3f}"


ONE_YEAR, STAYS, SCHEMES = "one year", "seven years, schemes fixed", "seven years, choosing schemes"

TASKS: tuple[Task, ...] = (
    Task(
        "one year, 1,000 groups",
        "one year, 1,000 groups",
        (OURS, FLOW, CBC, PULP_HIGHS, IPM, SIMPLEX),
        ONE_YEAR,
        1_000,
    ),
    Task(
        "one year, 3,000 groups",
        "one year, 3,000 groups",
        (OURS, FLOW, CBC, PULP_HIGHS, IPM, SIMPLEX),
        ONE_YEAR,
        3_000,
    ),
    Task(
        "one year, 8,000 groups",
        "one year, 8,000 groups",
        (OURS, FLOW, CBC, IPM),
        ONE_YEAR,
        8_000,
    ),
    Task(
        "one year, without limits within schools",
        "one year, 1,000 groups, no limits",
        (OURS, SPOPT, CBC),
        same=False,
    ),
    Task("stays, 1,000 decisions", "stays, 1,000 decisions", (OURS, IPM, CBC), STAYS, 1_000),
    Task("stays, borough", "stays, borough", (OURS, IPM, SIMPLEX), STAYS, 2_800),
    Task("stays, county", "stays, county", (OURS, IPM), STAYS, 6_900),
    Task(
        "20 schemes, borough", "schemes, borough", (OURS, MIP), SCHEMES, 2_800, gap=1e-3, limit=180
    ),
    Task("30 schemes, county", "schemes, county", (OURS, MIP), SCHEMES, 6_900, gap=1e-3, limit=180),
    Task("what-if edit, county", "schemes, county", (WARM,)),
    Task(
        "travel, 100,000 nodes × 100 provisions",
        "100000 nodes, 100 provisions",
        (ROADS, SCIPY, NETWORKX, OSMNX),
        same=False,
    ),
    Task(
        "one year, 20,000 groups",
        "one year, 20,000 groups",
        (OURS, FLOW, CBC, IPM),
        ONE_YEAR,
        20_000,
        limit=300,
        large=True,
    ),
    Task(
        "one year, region",
        "one year, 59,000 groups",
        (OURS, FLOW, IPM),
        ONE_YEAR,
        59_000,
        limit=600,
        large=True,
    ),
    Task(
        "stays, borough, as scripts",
        "stays, borough",
        (OURS, CBC, PULP_HIGHS),
        limit=300,
        large=True,
    ),
    Task(
        "20 schemes, borough, as a script",
        "schemes, borough",
        (OURS, CBC),
        gap=1e-3,
        limit=300,
        large=True,
    ),
    Task("one year, country", "", (COUNTRY,), ONE_YEAR, 640_000, limit=1800, large=True),
    Task(
        "500 demand futures, county",
        "schemes, county",
        (SWEEP, ONE_PROCESS),
        limit=1800,
        same=False,
        large=True,
    ),
)

_SMALL, _COUNCIL = "one year, 3,000 groups", "one year, 8,000 groups"
_ROADS = "travel, 100,000 nodes × 100 provisions"

#: Where the tool must be. Names hold no comma: the last line printed lists them.
BARS: tuple[Bar, ...] = (
    Bar("small council against CBC", _SMALL, "faster", 20, peers=(CBC,)),
    Bar("small council against the flow engine", _SMALL, "within", 3, peers=(FLOW,)),
    Bar("council against CBC", _COUNCIL, "faster", 20, peers=(CBC,)),
    Bar("council against the flow engine", _COUNCIL, "within", 3, peers=(FLOW,)),
    Bar("borough stays against HiGHS", "stays, borough", "faster", 4, peers=(IPM, SIMPLEX)),
    Bar("county stays against HiGHS", "stays, county", "faster", 4, peers=(IPM,)),
    Bar("borough schemes against HiGHS", "20 schemes, borough", "faster", 10, peers=(MIP,)),
    Bar("borough schemes in seconds", "20 schemes, borough", "seconds", 10),
    Bar("county schemes against HiGHS", "30 schemes, county", "faster", 10, peers=(MIP,)),
    Bar("county schemes in seconds", "30 schemes, county", "seconds", 60),
    Bar("county edit in seconds", "what-if edit, county", "seconds", 1, ours=WARM),
    Bar("travel against scipy", _ROADS, "within", 1.5, ours=ROADS, peers=(SCIPY,)),
    Bar("country in memory", "one year, country", "memory", 8, ours=COUNTRY),
    Bar("500 futures in seconds", "500 demand futures, county", "seconds", 1800, ours=SWEEP),
)


@dataclass(frozen=True)
class Results:
    """Everything that was measured, and on what.

    Attributes
    ----------
    runs
        For "bench" and "bench-large": when, on what machine, with which versions.
    """

    measured: tuple[Measured, ...]
    runs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def by_key(self) -> dict[tuple[str, str], Measured]:
        """Return measurements by task and contender."""
        return {(m.task, m.contender): m for m in self.measured}


def last_line(readings: Mapping[str, Reading]) -> str:
    """Say how many bars are met, and name those that are not."""
    missed = [name for name, reading in readings.items() if not reading.met]
    line = f"bars: {len(readings) - len(missed)} of {len(readings)} met"
    return line if not missed else f"{line}; not met: {', '.join(missed)}"


def chosen(*, large: bool, only: str = "") -> tuple[Task, ...]:
    """Return the tasks of one of the two benchmarks, or those of them whose name holds a word."""
    return tuple(task for task in TASKS if task.large is large and only in task.name)


def read_bars(results: Results, among: Sequence[Task]) -> dict[str, Reading]:
    """Read every bar of some tasks; what was not measured is not met."""
    found, mine = results.by_key(), {task.name for task in among}
    unmeasured = Reading("not measured", met=False)
    return {bar.name: bar.read(found) or unmeasured for bar in BARS if bar.task in mine}

"""What was measured, kept as JSON, with the machine and the versions it was measured on."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING

from benchmarks.tasks import TASKS, Measured, Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PACKAGES = (
    "highspy",
    "PuLP",
    "pylmcf",
    "numpy",
    "scipy",
    "spopt",
    "networkx",
    "osmnx",
)


def machine() -> dict[str, str]:
    """Describe the machine, what else runs on it, and the versions of everything that is timed."""
    versions = {name: _version(name) for name in PACKAGES}
    return {
        "measured": datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.system()}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": sys.version.split()[0],
        **versions,
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123
            named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    except OSError:
        named = []
    return named[0] if named else platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def load(path: Path) -> Results:
    """Read what was measured before; nothing, where nothing was."""
    if not path.exists():
        return Results(())
    kept = json.loads(path.read_text(encoding="utf-8"))
    measured = [
        Measured(**(row | {"gap": math.inf if row["gap"] is None else row["gap"]}))
        for row in kept["measured"]
    ]
    return Results(tuple(measured), kept["runs"])


def save(results: Results, path: Path) -> None:
    """Write it, a measurement a line."""
    rows = [asdict(one) for one in results.measured]
    finite = [row | {"gap": row["gap"] if math.isfinite(row["gap"]) else None} for row in rows]
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in finite)
    runs = json.dumps(results.runs, ensure_ascii=False, indent=1)
    path.write_text(f'{{"runs": {runs},\n"measured": [\n{lines}\n]}}\n', encoding="utf-8")


def merged(
    before: Results, fresh: Sequence[Measured], about: Mapping[str, str], *, large: bool
) -> Results:
    """Put new measurements in the place of those of the same benchmark, in the order of the tasks.

    What is declared no longer is dropped.
    """
    size = {(task.name, who): task.large for task in TASKS for who in task.contenders}
    order = {task.name: n for n, task in enumerate(TASKS)}
    kept = [one for one in before.measured if size.get((one.task, one.contender)) is not large]
    declared = [one for one in (*kept, *fresh) if (one.task, one.contender) in size]
    rows = sorted(declared, key=lambda one: order[one.task])
    name = "bench-large" if large else "bench"
    return replace(before, measured=tuple(rows), runs={**before.runs, name: dict(about)})

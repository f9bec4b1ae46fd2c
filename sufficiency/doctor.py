"""Is this machine ready? Versions, a tiny solve, the postcode directory, room to write."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from sufficiency import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

#: The oldest Python that the tool runs on.
OLDEST_PYTHON = (3, 11)
#: Free disk below this many megabytes is a fault; a run writes far less, its temporary files may not.
LEAST_FREE_MB = 500
#: The packages whose version may change what a plan says.
PACKAGES = (
    "highspy",
    "PuLP",
    "numpy",
    "pandas",
    "scipy",
    "geopandas",
    "shapely",
    "pyproj",
    "osmnx",
)
SOLVERS = ("highs", "cbc")

REINSTALL = "install sufficiency again"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and how to mend it if it is not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine(folder: Path | None = None) -> list[Finding]:
    """Look at everything that a run needs; a failed look is a finding, never an exception.

    Parameters
    ----------
    folder
        Where plans will be written; the current folder unless told.
    """
    here = Path.cwd() if folder is None else folder
    looks: dict[str, Callable[[], str]] = {
        "sufficiency": lambda: __version__,
        "Python": _python,
        **{name: partial(metadata.version, name) for name in PACKAGES},
        **{f"solver {name}": partial(_solve, name) for name in SOLVERS},
        "postcodes": _postcodes,
        "this folder": partial(_write_in, here),
        "temporary files": partial(_write_in, Path(tempfile.gettempdir())),
        "free disk": partial(_free_disk, here),
        "road cache": _road_cache,
    }
    return [_look(name, look) for name, look in looks.items()]


class _UnwellError(Exception):
    """Found, but not well: what was found, and how to mend it."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.remedy = remedy


def _look(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, ok=True, found=look())
    except _UnwellError as unwell:
        return Finding(name, ok=False, found=str(unwell), remedy=unwell.remedy)
    except metadata.PackageNotFoundError:
        return Finding(name, ok=False, found="not installed", remedy=REINSTALL)
    except Exception as error:  # noqa: BLE001 - whatever it is, the doctor reports it
        return Finding(name, ok=False, found=f"{type(error).__name__}: {error}", remedy=REINSTALL)


def _python() -> str:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        raise _UnwellError(version, "install Python 3.11 or newer")
    return f"{version} on {platform.system()} {platform.machine()}"


def _solve(solver: str) -> str:
    """Place one child in the one place there is."""
    import numpy as np

    import models

    one, first = np.ones(1), np.zeros(1, np.int64)
    problem = models.Problem(
        states=models.States(first, one, np.ones((1, 2)), 10 * one, first - 1),
        stays=models.Stays(first, first, first + 1, one, first - 1, 0 * one),
        room=np.ones((1, 1)),
        limits=models.SideLimits(np.zeros(0), *[np.zeros(0, np.int64)] * 3),
        schemes=models.Schemes.none(1),
    )
    solution = models.solve(problem, solver=solver)
    if models.verify(problem, solution):
        raise _UnwellError("gives a wrong answer", "choose the other with --solver, and tell us")
    return f"{solution.solver}, solved in {solution.seconds:.2f} s"


def _postcodes() -> str:
    """Find the one postcode that everybody in the trade knows: Parliament's."""
    from geodata.postcodes import Directory

    directory = Directory.bundled(["SW1A 0AA"])
    if directory.lookup(["SW1A 0AA"])["reason"].iloc[0]:
        raise _UnwellError("the bundled directory does not know Westminster", REINSTALL)
    return directory.edition


def _write_in(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        found = f"cannot write in {folder}: {error.strerror}"
        raise _UnwellError(found, "run from a folder that is yours") from error
    return f"can write in {folder}"


def _free_disk(folder: Path) -> str:
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < LEAST_FREE_MB:
        raise _UnwellError(f"{free_mb} MB", f"free at least {LEAST_FREE_MB} MB")
    return f"{free_mb:,} MB"


def _road_cache() -> str:
    """Say where road networks are kept from run to run, and how many there are."""
    from geodata.road_cache import kept
    from sufficiency.user_cache import cache_folder

    folder = cache_folder()
    if folder is None:
        return "off: road files are read anew each time"
    number, size = kept(folder)
    return f"{number} kept, {size / 1e6:.0f} MB in {folder}"

"""The folder of a command of many runs: it grows while they run, and its tables are there whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Exact, for whoever runs it: the answer of every run, from which an interrupted command goes on.
PRIVATE, RUNS = "private", "runs"


def open_folder(out: Path, names: Sequence[str]) -> Path:
    """Make a folder ready, new or from an earlier run of the same command; return where runs are kept.

    Parameters
    ----------
    names
        The files that the command writes.

    Raises
    ------
    UsageError
        When `out` is a file, or holds something else.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder to --out")
    others = {path.name for path in out.iterdir()} - {*names, PRIVATE} if out.is_dir() else set()
    foreign = (out / PRIVATE).is_dir() and {p.name for p in (out / PRIVATE).iterdir()} - {RUNS}
    if others or foreign:
        raise UsageError(f"{out} holds something else; give another folder to --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / PRIVATE).mkdir(mode=0o700, exist_ok=True)
    return out / PRIVATE / RUNS


def put(out: Path, name: str, write: Callable[[Path], None]) -> None:
    """Write one file of the folder: whole, in the place of an earlier one, or not at all."""
    with tempfile.TemporaryDirectory(dir=out / PRIVATE) as draft:
        path = Path(draft) / name
        write(path)
        path.replace(out / name)

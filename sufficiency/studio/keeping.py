"""What the studio keeps in the case's folder: the scenarios, and the work in hand, so that nothing is lost.

Files are written whole or not at all. The user's own files are never touched: a scenario of the same name is only
replaced when that was asked for, and one that is deleted can be had back.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from typing import TYPE_CHECKING, Any

from sufficiency.errors import SufficiencyError, UsageError
from sufficiency.scenario import MOST_BYTES, NAME, folder_of, read_scenario, to_toml

if TYPE_CHECKING:
    from pathlib import Path

    from sufficiency.scenario import Scenario

#: Folders within the folder of scenarios: the work in hand, and what was deleted.
WORK, DELETED = ".studio", ".deleted"
#: The version of the file of the work in hand.
FORM = 1


class ExistsError(UsageError):
    """There is a scenario of that name already."""


def write_whole(path: Path, data: str) -> None:
    """Write a file, readable by its owner alone, or leave it as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 - over an existing file on Windows, too
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise


def name_of(title: str) -> str:
    """Make a file's name of a title: "Two more bases" is two-more-bases."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return words or "scenario"


def free_name(case: Path, title: str) -> str:
    """Return a name that no scenario has yet."""
    name = name_of(title)
    folder = folder_of(case)
    tries = [name, *(f"{name[:56]}-{n}" for n in range(2, 1000))]
    return next(free for free in tries if not (folder / f"{free}.toml").exists())


def save(case: Path, scenario: Scenario, *, replace: bool) -> None:
    """Write a scenario to the case.

    Raises
    ------
    ExistsError
        When there is one of that name and it is not to be replaced.
    UsageError
        When the name can be none of a file, or the scenario is too large.
    """
    if not NAME.fullmatch(scenario.name):
        raise UsageError("a name is made of letters, digits and hyphens, 60 at most")
    path = folder_of(case) / f"{scenario.name}.toml"
    if path.exists() and not replace:
        raise ExistsError(f"there is a scenario of the name {scenario.name} already")
    text = to_toml(scenario)
    if len(text) > MOST_BYTES:
        raise UsageError("the scenario is too large to be saved")
    write_whole(path, text)


def delete(case: Path, name: str) -> None:
    """Move a scenario to where deleted ones are kept.

    Raises
    ------
    UsageError
        When there is none.
    """
    folder = folder_of(case)
    path = folder / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UsageError("there is no scenario of that name any more")
    (folder / DELETED).mkdir(exist_ok=True)
    tries = [f"{name}.toml", *(f"{name}-{n}.toml" for n in range(2, 1000))]
    free = next(to for to in tries if not (folder / DELETED / to).exists())
    path.replace(folder / DELETED / free)


class Saved:
    """The scenarios of a case, each read again when its file is another."""

    def __init__(self, case: Path) -> None:
        self._case = case
        self._known: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}

    def plain(self, name: str) -> dict[str, Any] | None:
        """Return a scenario as its file has it; None if there is none that can be read."""
        try:
            found = (folder_of(self._case) / f"{name}.toml").stat()
            mark = (found.st_mtime_ns, found.st_size)
            if name not in self._known or self._known[name][0] != mark:
                self._known[name] = mark, read_scenario(self._case, name).plain()
        except (OSError, SufficiencyError):
            return None
        return self._known[name][1]


def work_file(case: Path) -> Path:
    """Return where the work in hand on a case is kept."""
    return folder_of(case) / WORK / f"{case.stem if case.is_file() else 'case'}.json"


def keep_work(case: Path, work: dict[str, Any]) -> None:
    """Keep the work in hand."""
    write_whole(work_file(case), json.dumps({"form": FORM, **work}))


def kept_work(case: Path) -> dict[str, Any]:
    """Return the work in hand as it was kept; nothing if there is none, or none that can be read."""
    path = work_file(case)
    try:
        if path.stat().st_size > 10 * MOST_BYTES:
            return {}
        work = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return work if isinstance(work, dict) and work.get("form") == FORM else {}


def set_aside(case: Path) -> None:
    """Put work aside that the case no longer allows, so that it is not lost."""
    path = work_file(case)
    with contextlib.suppress(OSError):
        path.replace(path.with_suffix(".old.json"))

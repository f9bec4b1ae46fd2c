"""The worked examples that ship with the tool, and copying one to start a case of one's own."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from sufficiency.errors import UsageError

#: The example that `sufficiency new FOLDER` copies.
DEFAULT = "banes"

#: Folders that an installed wheel and a checkout keep the examples in; the first that exists is used.
_PLACES = (Path(__file__).parent / "examples", Path(__file__).parents[1] / "examples")


def folder() -> Path:
    """Return the folder that holds the examples.

    Raises
    ------
    UsageError
        If the installation has none.
    """
    for place in _PLACES:
        if place.is_dir():
            return place
    message = "this installation has no worked examples; install sufficiency again"
    raise UsageError(message)


def titles() -> dict[str, str]:
    """Return the title of every worked example by its name, in order of name."""
    found: dict[str, str] = {}
    for settings in sorted(folder().glob("*/case.toml")):
        with settings.open("rb") as file:
            found[settings.parent.name] = str(tomllib.load(file).get("title", ""))
    return found


def find(name: str) -> Path:
    """Return the folder of the example `name`.

    Raises
    ------
    UsageError
        If there is no such example.
    """
    names = sorted(titles())
    if name not in names:
        message = f"there is no worked example {name!r}; there is {', '.join(names)}"
        raise UsageError(message)
    return folder() / name


def copy(name: str, target: Path) -> None:
    """Copy the example `name` to `target`, which must not exist yet or be an empty folder.

    Raises
    ------
    UsageError
        If there is no such example, or if `target` holds something already.
    """
    example = find(name)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        message = f"{target} exists already and is left as it is; name a new folder"
        raise UsageError(message)
    shutil.copytree(example, target, dirs_exist_ok=True)

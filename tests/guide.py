"""The guide: its pages, what they tell to run, and what a reader has before each of them.

A page runs in an empty folder. What it takes for granted (a case, an extract of GIAS, an export of children) is laid
out by its row in `ROWS`; all of it is invented. Only lines of ``sh`` fences that begin with ``sufficiency`` run.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from click.testing import CliRunner

import cli
from geodata.grid import to_wgs84
from sufficiency import worked_examples
from tests import blade, test_fetch, test_import_children, test_import_gias, test_import_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = {path.name: path for path in sorted(DOCS.glob("*.md"))}
#: Fences of a page: its language, and what stands in it.
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """What a page needs.

    Attributes
    ----------
    lay
        Each lays something out in the folder where the page runs, before its first command.
    before
        What the reader does by hand before a command, by that command or how it begins: put a file right, say.
    exits
        Exit codes other than 0, by a command or how it begins.
    """

    lay: tuple[Callable[[Path], object], ...] = ()
    before: Mapping[str, Callable[[Path], object]] = field(default_factory=dict)
    exits: Mapping[str, int] = field(default_factory=dict)


def commands(text: str) -> list[str]:
    """Return every command of ours that a page tells to run, in order, each on one line."""
    found: list[str] = []
    for language, block in FENCE.findall(text):
        if language == "sh":
            lines = block.replace("\\\n", " ").splitlines()
            found += [" ".join(line.split()) for line in lines if line.startswith("sufficiency")]
    return found


def words(command: str) -> list[str]:
    """Return the words of a command after its name; a comment is none of them."""
    return shlex.split(command, comments=True)[1:]


def tree(group: Any = cli.main, above: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield every command with its name as it is typed, `import gias` say, in the order declared."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from tree(command, f"{above}{name} ")
        else:
            yield above + name, command


def named(command: str) -> str:
    """Return which command of the tree a line is, "" for none."""
    given = words(command)
    first = [" ".join(given[:2]), *given[:1]]
    return next((name for name in first if name in dict(tree())), "")


def flags(command: Any) -> set[str]:  # noqa: ANN401
    """Return every option of a command that begins with two dashes."""
    return {
        flag
        for option in command.params
        for flag in (*option.opts, *option.secondary_opts)
        if flag.startswith("--")
    }


# What a reader has before a page


def example(name: str, folder: str = "my-council") -> Callable[[Path], object]:
    """Lay out a copy of a worked example."""
    return lambda here: worked_examples.copy(name, here / folder)


def planned(case: str, out: str = "my-plan", *more: str) -> Callable[[Path], object]:
    """Lay out a plan of a case that was laid out before; its tables alone unless more is asked."""
    asked = more or ("--tables-only",)
    return lambda here: _quiet("plan", str(here / case), "--out", str(here / out), *asked)


def _quiet(*given: str) -> None:
    done = CliRunner().invoke(cli.main, list(given))
    assert done.exit_code == 0, done.output


def gias_extract(here: Path) -> None:
    """Lay out an extract of GIAS with three special schools, a base and a neighbour's, and its links."""
    school = test_import_gias.school
    base = {"TypeOfResourcedProvision": "Resourced provision", "ResourcedProvisionCapacity": "24"}
    rows = [
        school(100001, LAname="Wiltshire"),
        school(100002, LAname="Wiltshire", SchoolCapacity=""),
        school(100003, LAname="Wiltshire", **test_import_gias.MAINSTREAM, **base),
        school(100004, LAname="Somerset", LAcode="933"),
    ]
    test_import_gias.write(here / "edubasealldata20260901.csv", rows)
    names = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
    test_import_gias.write(here / "links_edubasealldata20260901.csv", [], names)


def sen2_return(here: Path) -> None:
    """Lay out a SEN2 return as COLLECT exports it, and a case with the schools that it names."""
    blade.invent().write(here / "sen2-2025")
    blade.case(here / "my-council")


def export(here: Path) -> None:
    """Lay out a flat export of children, and a case with the schools that it names."""
    if not (here / "my-council" / "provisions.csv").exists():
        blade.case(here / "my-council")
    with (here / "plans.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, test_import_children.HEADER)
        writer.writeheader()
        writer.writerows(test_import_children.ROW for _ in range(6))


def confirm_the_map(here: Path) -> None:
    """Confirm the drafted map, as a reader does who has looked at it."""
    file = here / "map.toml"
    text = file.read_text(encoding="utf-8")
    assert "confirmed = false" in text
    file.write_text(text.replace("confirmed = false", "confirmed = true"), encoding="utf-8")


def place_numbers(here: Path) -> None:
    """Lay out place numbers as the DfE publishes them, for schools by the URNs of `sen2_return`."""
    urns = {100001: int(blade.SPECIAL), 100002: int(blade.SCHOOL_WITH_BASE)}
    rows = [
        [urns.get(cell, cell) if isinstance(cell, int) else cell for cell in row]
        for row in test_import_places.ROWS
    ]
    test_import_places.write_ods(here / "high-needs-place-numbers.ods", rows)


def roads_answer(west: int = 340, south: int = 145, east: int = 400, north: int = 185) -> bytes:
    """Return what Overpass would answer: a road every two kilometres each way, in a box of whole kilometres."""
    columns, lines = range(west, east + 1, 2), range(south, north + 1, 2)
    elements: list[dict[str, Any]] = []
    for x in columns:
        for y in lines:
            lat, lon = (float(degree) for degree in to_wgs84(x * 1000, y * 1000))
            elements.append({"type": "node", "id": x * 1000 + y, "lat": lat, "lon": lon})
    ways = [[x * 1000 + y for y in lines] for x in columns]
    ways += [[x * 1000 + y for x in columns] for y in lines]
    for number, nodes in enumerate(ways, start=10_000_000):
        tags = {"highway": "tertiary", "maxspeed": "30 mph"}
        elements.append({"type": "way", "id": number, "nodes": nodes, "tags": tags})
    return json.dumps({**json.loads(test_fetch.answer()), "elements": elements}).encode()


#: What each page needs; a page without a row starts in an empty folder, and all its commands end with 0.
ROWS: dict[str, Row] = {}


# Running a page


class Network(test_fetch.Service):
    """Stands in for the internet: whoever is asked gives the same roads."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        self.answers = [roads_answer()]
        return super().send(request)


def run_page(name: str, here: Path, patch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    """Run a page's commands in a folder; return each, how it ended, and what it said."""
    row = ROWS.get(name, Row())
    patch.setattr(requests.adapters.HTTPAdapter, "send", Network([]).send)
    patch.setattr(socket, "gethostbyname", lambda _: "127.0.0.1")
    for lay in row.lay:
        lay(here)
    patch.chdir(here)
    told = []
    for command in commands(PAGES[name].read_text(encoding="utf-8")):
        if by_hand := _of(row.before, command):
            by_hand(here)
        code, said = _run(words(command), here)
        told.append((command, code, said))
    return told


def expected(name: str, command: str) -> int:
    """Return the exit code that a page's command should have."""
    return _of(ROWS.get(name, Row()).exits, command) or 0


def _of(rows: Mapping[str, Any], command: str) -> Any:  # noqa: ANN401
    """Return the row whose key the command is, or begins with; None if there is none."""
    return next((row for start, row in rows.items() if command.startswith(start)), None)


def _run(given: list[str], here: Path) -> tuple[int, str]:
    if given[:1] == ["studio"]:
        return _open_and_stop(given, here)
    done = CliRunner().invoke(cli.main, given)
    return done.exit_code, done.output


def _open_and_stop(given: list[str], here: Path) -> tuple[int, str]:
    """Start the studio as a reader does, without the browser, and stop it with Ctrl-C once it is open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *given, "--no-browser"],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        said = process.stdout.readline() + process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said += process.stdout.read()
    return process.returncode, said

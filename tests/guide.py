"""The guide: its pages, what they tell to run, and what comes of it.

A page runs in an empty folder. What it takes for granted (a case, an extract of GIAS, an export of children) is laid
out by its row in `guide_rows.ROWS`. Only lines of ``sh`` fences that begin with ``sufficiency`` run.
"""

from __future__ import annotations

import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import requests
from click.testing import CliRunner

import cli
from tests import test_fetch
from tests.guide_rows import DOCS, FENCE, ROOT, ROWS, Row, roads_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pytest

PAGES = {path.name: path for path in sorted(DOCS.glob("*.md"))}


@dataclass(frozen=True)
class Step:
    """An ``sh`` fence of a page: its commands, and the lines that the ``text`` fences right after it show of them."""

    commands: list[str]
    shown: list[str]


def steps(text: str) -> list[Step]:
    """Return the steps of a page in order; a line of three dots stands for what is not shown."""
    found: list[Step] = []
    fences = [("", ""), *FENCE.findall(text)]
    for (before, _), (language, block) in pairwise(fences):
        if language == "sh":
            lines = block.replace("\\\n", " ").splitlines()
            ours = [" ".join(line.split()) for line in lines if line.startswith("sufficiency")]
            found.append(Step(ours, []))
        elif language == "text" and before in ("sh", "text") and found and found[-1].commands:
            lines = [" ".join(line.split()) for line in block.splitlines()]
            found[-1].shown.extend(line for line in lines if line not in ("", "...", "…"))
    return found


def commands(text: str) -> list[str]:
    """Return every command of ours that a page tells to run, in order, each on one line."""
    return [command for step in steps(text) for command in step.commands]


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


# Running a page


class Ended(NamedTuple):
    """A command that was run."""

    command: str
    code: int
    said: str


class Network(test_fetch.Service):
    """Stands in for the internet: whoever is asked gives the same roads."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        self.answers = [roads_answer()]
        return super().send(request)


def run_page(
    name: str, here: Path, patch: pytest.MonkeyPatch
) -> Iterator[tuple[Step, list[Ended]]]:
    """Run a page's commands in a folder; yield each step with how its commands ended, and what they said."""
    row = ROWS.get(name, Row())
    patch.setattr(requests.adapters.HTTPAdapter, "send", Network([]).send)
    patch.setattr(socket, "gethostbyname", lambda _: "127.0.0.1")
    for lay in row.lay:
        lay(here)
    patch.setenv("COLUMNS", "100")
    patch.chdir(here)
    for step in steps(PAGES[name].read_text(encoding="utf-8")):
        ended = []
        for command in step.commands:
            if by_hand := _of(row.before, command):
                by_hand(here)
            ended.append(Ended(command, *_run(words(command), here)))
        yield step, ended


def expected(name: str, command: str) -> int:
    """Return the exit code that a page's command should have."""
    return _of(ROWS.get(name, Row()).exits, command) or 0


def _of(rows: Mapping[str, Any], command: str) -> Any:  # noqa: ANN401
    """Return the row whose key the command is, or begins with; None if there is none."""
    return next((row for start, row in rows.items() if command.startswith(start)), None)


#: Seconds within which a studio that was told to stop must have.
STOPS_SECONDS = 120


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
        try:
            _answers(said)
            process.send_signal(signal.SIGINT)
            said += process.communicate(timeout=STOPS_SECONDS)[0]
        finally:
            process.kill()  # it has ended, or never will
    return process.returncode, said


def _answers(said: str) -> None:
    """Wait until the page that the studio names answers: only then does Ctrl-C stop what runs."""
    address = urlsplit(next(word for word in said.split() if word.startswith("http://")))
    page = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    with closing(page):
        page.request("GET", "/")
        page.getresponse().read()

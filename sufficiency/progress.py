"""Say what a run is doing: a spinner on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

#: Seconds before anything is said at all, and between two plain lines.
FIRST_SECONDS = 1.0
EVERY_SECONDS = 5.0


class Progress(Protocol):
    """What a run tells its caller."""

    def step(self, text: str) -> None:
        """Say what is being done from now on: a short phrase without a full stop."""


class Silent:
    """Says nothing."""

    def step(self, text: str) -> None:
        """Ignore the step."""


class PlainLines:
    """Writes the current step and the seconds so far, for a log or a pipe.

    Nothing is written in the first second, so that a quick command stays silent.
    """

    def __init__(
        self, stream: TextIO, first: float = FIRST_SECONDS, every: float = EVERY_SECONDS
    ) -> None:
        self._stream = stream
        self._first, self._every = first, every
        self._text = "starting"
        self._started = time.monotonic()
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def step(self, text: str) -> None:
        """Remember the step; the next line shows it."""
        self._text = text

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        self._thread.join()

    def _run(self) -> None:
        pause = self._first
        while not self._finished.wait(pause):
            elapsed = time.monotonic() - self._started
            self._stream.write(f"{self._text} ({elapsed:.0f} s)\n")
            self._stream.flush()
            pause = self._every


@contextmanager
def _spinner(stream: TextIO) -> Iterator[Progress]:
    """Turn a stroke on the terminal's last line; it is wiped at the end."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        class Spinner:
            def step(self, text: str) -> None:
                bar.update(task, description=text)

        yield Spinner()


@contextmanager
def show_progress(stream: TextIO | None = None, *, quiet: bool = False) -> Iterator[Progress]:
    """Yield a `Progress` that suits `stream` (standard error unless told)."""
    out = sys.stderr if stream is None else stream
    context: AbstractContextManager[Progress]
    if quiet:
        context = nullcontext(Silent())
    elif out.isatty():
        context = _spinner(out)
    else:
        context = PlainLines(out)
    with context as progress:
        yield progress

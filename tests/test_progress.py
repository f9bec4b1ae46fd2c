"""Progress: silent when quick, plain lines in a log, a spinner on a terminal."""

from __future__ import annotations

import io
import time

from sufficiency.progress import PlainLines, show_progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_quick_command_says_nothing() -> None:
    stream = io.StringIO()
    with show_progress(stream) as progress:
        progress.step("reading")
    assert stream.getvalue() == ""


def test_plain_lines_name_the_step_and_come_now_and_then() -> None:
    stream = io.StringIO()
    with PlainLines(stream, first=0.02, every=60) as progress:
        progress.step("solving")
        time.sleep(0.2)
    assert stream.getvalue() == "solving (0 s)\n"


def test_a_terminal_shows_the_step_in_ascii() -> None:
    stream = Terminal()
    with show_progress(stream) as progress:
        progress.step("solving")
    assert "solving" in stream.getvalue()
    assert stream.getvalue().isascii()


def test_quiet_is_quiet() -> None:
    stream = Terminal()
    with show_progress(stream, quiet=True) as progress:
        progress.step("solving")
    assert stream.getvalue() == ""

"""`sufficiency studio`: open the what-if page of a case on this machine, until it is stopped."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from sufficiency.errors import UsageError
from sufficiency.progress import show_progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a socket on the loopback, at a port (0 = any that is free).

    Raises
    ------
    UsageError
        When the port is not to be had.
    """
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # where it would let another program share the port
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((HOST, port))
        own.listen()
    except OSError as error:
        own.close()
        raise UsageError(
            f"port {port} is taken or not allowed; leave --port out for a free one"
        ) from error
    return own


def open_studio(
    case: Path,
    say: Callable[[str], None],
    *,
    port: int | None = None,
    browser: bool = True,
    skip_bad_rows: bool = False,
) -> None:
    """Read a case, open its page, and serve it until Ctrl-C or the page's own button.

    Parameters
    ----------
    say
        Prints a line.

    Raises
    ------
    CaseError
        When the case has errors.
    UsageError
        When the port is not to be had.
    """
    from sufficiency.run import prepare
    from sufficiency.studio.serving import serve

    own = listen(port or 0)
    try:
        with show_progress() as progress:
            base = prepare(case, progress, skip_bad_rows=skip_bad_rows)
        serve(case, base, own, say, browser=browser)
    finally:
        own.close()

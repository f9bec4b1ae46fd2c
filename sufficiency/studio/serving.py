"""Serving a session to one browser on this machine, until it is stopped."""

from __future__ import annotations

import tempfile
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from sufficiency.studio.guards import Keys
from sufficiency.studio.server import make_app
from sufficiency.studio.session import Session

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from sufficiency.steps import Prepared

#: Seconds that open requests are given when the studio ends, and a browser to read its way in.
GRACE_SECONDS, READ_SECONDS = 1, 30.0


class Server(uvicorn.Server):
    """Ends on Ctrl-C or on the page's own button, and lets those who wait know before."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    def end(self) -> None:
        """End soon."""
        self._ending()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; the signal is not raised again once all is done."""
        self._ending()
        super().handle_exit(sig, frame)
        self._captured_signals.clear()


def make_server(session: Session, keys: Keys, host: str, port: int) -> Server:
    """Return a server of a session that says nothing of itself."""
    config = uvicorn.Config(
        "",
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, session.end_soon)
    hosts = [f"{host}:{port}", f"localhost:{port}"]
    config.app = make_app(session, keys, hosts, server.end)
    return server


def serve(
    case: Path, base: Prepared, own: socket.socket, say: Callable[[str], None], *, browser: bool
) -> None:
    """Serve a case that is put together, on a socket that is bound to the loopback."""
    host, port = own.getsockname()[:2]
    keys, session = Keys(f"sufficiency_studio_{port}"), Session(case, base)
    server = make_server(session, keys, host, port)
    link = f"http://{host}:{port}/?token={keys.token}"
    say(f"The studio of {case.resolve().name} is open: {link}")
    say("The link works once, and on this machine only. Press Ctrl-C here to stop.")
    session.engine.start()
    session.engine.wake()
    if browser:
        threading.Thread(target=_show, args=(link,), daemon=True).start()
    try:
        server.run(sockets=[own])
    finally:
        session.close()
    say("The studio has stopped. What was worked on is kept in the case.")


def _show(link: str) -> None:
    """Open a browser by a file that its owner alone may read: other users see what a browser is started with."""
    with tempfile.TemporaryDirectory(
        prefix="sufficiency-studio-", ignore_cleanup_errors=True
    ) as name:
        page = Path(name) / "open.html"
        page.write_text(
            f'<!doctype html><meta http-equiv="refresh" content="0;url={link}">', "utf-8"
        )
        with suppress(webbrowser.Error):
            webbrowser.open(page.as_uri())
        threading.Event().wait(READ_SECONDS)

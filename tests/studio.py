"""A studio on a port of its own, and a browser that says exactly what a test wants it to say."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sufficiency.studio.command import listen
from sufficiency.studio.ground import NO_MAP
from sufficiency.studio.guards import Keys
from sufficiency.studio.serving import Server, make_server
from sufficiency.studio.session import Session
from tests.plans import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Headers = dict[str, str | None]


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def words(self) -> str:
        """What the page would show of a refusal."""
        return str(self.json["error"]["words"])


@dataclass
class Visitor:
    """Somebody who sends requests; as the page would, unless told otherwise."""

    port: int
    headers: Headers = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None, headers: Headers) -> Answer:
        """Send a request; a header of None is left out, underscores are hyphens."""
        own: Headers = {"host": f"127.0.0.1:{self.port}"}
        sent: Headers = {**own, **self.headers} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if body is not None:
            length: Headers = {"content-length": str(len(body))}
            sent = length | sent
        for name, value in sent.items():
            if value is not None:
                line.putheader(name, value)
        line.endheaders(body, encode_chunked="transfer-encoding" in sent)
        answer = line.getresponse()
        found = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        line.close()
        return found

    def get(self, path: str, **headers: str | None) -> Answer:
        """Ask for something."""
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: object, **headers: str | None) -> Answer:
        """Ask for something to be done."""
        own: Headers = {"content_type": "application/json"}
        own["origin"] = f"http://127.0.0.1:{self.port}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, data, own | headers)


@dataclass
class Studio(Visitor):
    """The page of a studio, let in."""

    session: Session = field(kw_only=True)
    server: Server = field(kw_only=True)
    token: str = field(kw_only=True)

    @property
    def state(self) -> Any:  # noqa: ANN401
        """The state as it is now."""
        return self.get("/api/state?seen=none").json

    def do(self, *ops: dict[str, Any]) -> Answer:
        """Make an edit at the newest revision."""
        return self.post("/api/edit", {"revision": self.session.work.revision, "ops": list(ops)})

    def until(self, met: Callable[[Any], Any], seconds: float = 120) -> Any:  # noqa: ANN401
        """Return the first state that meets what is asked."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            state = self.state
            if met(state):
                return state
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {self.state['problem']}")

    def answered(self, seconds: float = 120) -> Any:  # noqa: ANN401
        """Return the state with a plan of what is in hand, confirmed and compared."""
        return self.until(done, seconds)


def done(state: Any) -> bool:  # noqa: ANN401
    """Whether everything is worked out."""
    answer = state["answer"]
    return bool(answer and answer["current"] and answer["settled"] and state["against"]["ready"])


def headline(answer: Any, key: str) -> Any:  # noqa: ANN401
    """Return a figure at the top of the page."""
    return next(row for row in answer["headlines"] if row["key"] == key)


@contextmanager
def studio(case: Path, *, drawn: bool = False) -> Iterator[Studio]:
    """Open a case in a studio on a free port, and let the visitor in; with its council's map if it is to be drawn."""
    own = listen(0)
    own.listen(16)
    port = own.getsockname()[1]
    session, keys = Session(case, prepare(case)), Keys(f"sufficiency_studio_{port}")
    server = make_server(session, keys, "127.0.0.1", port)
    session.map = None if drawn else NO_MAP
    thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
    thread.start()
    session.engine.start()
    session.engine.wake()
    page = Studio(port, {}, session=session, server=server, token=keys.token)
    try:
        page.headers["cookie"] = f"{keys.name}={keys.cookie}"
        yield page
    finally:
        server.end()
        thread.join(10)
        session.close()
        own.close()

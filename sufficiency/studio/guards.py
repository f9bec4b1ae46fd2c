"""Who is let in: this machine, this browser, this page; everything else is refused before anything is looked at.

The studio listens on the loopback alone, but any page in a browser and any user of the machine can reach that. So a
request needs the cookie that the printed link set (once: the link is then worth nothing), the studio's own host name
(or a page elsewhere whose name leads here could read it), and no sign of another origin.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Bytes of a request at most: a pasted grid is far smaller.
MOST_BYTES = 1_000_000
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: A paper of ours runs its own script, in a place of its own: it reaches neither cookie nor studio.
PAPER_CSP = (
    "sandbox allow-scripts allow-popups allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PAPERS = "/export/"
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}
TOO_MUCH = "That is too much at once: send it in parts."
SHUT = "This page is not let in. Open the link that the studio printed when it was started; it works once."
STARTED_AGAIN = "The studio was started again, or the link was used already. Start it again and open its new link."


@dataclass
class Keys:
    """What lets a browser in: the link's token, once, and the cookie that it is changed for.

    Attributes
    ----------
    name
        Of the cookie: browsers do not keep those of two ports of one machine apart.
    """

    name: str
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def token(self) -> str:
        """The token of the link; "" once it was used."""
        return self._token

    def takes(self, token: str) -> bool:
        """Whether a token is that of the link; it is worth nothing afterwards."""
        right = bool(self._token) and hmac.compare_digest(token.encode(), self._token.encode())
        if right:
            self._token = ""
        return right

    def knows(self, cookie: str) -> bool:
        """Whether a cookie is the one that was given."""
        return hmac.compare_digest(cookie.encode(), self.cookie.encode())


class Guard:
    """Everything in front of the studio.

    Parameters
    ----------
    hosts
        Values of `Host` that are the studio's own: ``127.0.0.1:8000``.
    """

    def __init__(self, app: ASGIApp, keys: Keys, hosts: Iterable[str]) -> None:
        self._app, self._keys = app, keys
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on with what every answer carries."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        refused = self._refused(scope, headers)
        send = _with_headers(send, scope["path"])
        if refused:
            await _refuse(send, headers, *refused)
            return
        token = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and token:
            await self._let_in(send, headers, token)
            return
        cookie = _cookie(headers, self._keys.name)
        if not self._keys.knows(cookie):
            await _refuse(send, headers, 401, STARTED_AGAIN if cookie else SHUT)
            return
        limited = _Limited(receive)
        await self._app(scope, limited, send)

    def _refused(self, scope: Scope, headers: MutableMapping[str, str]) -> tuple[int, str] | None:
        """Return why a request is refused, whoever sends it; None if it is not."""
        method = scope["method"]
        host = headers.get("host", "").lower()
        if host not in self.hosts:
            return 421, "This is not the studio's address."
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and origin.lower() not in {f"http://{own}" for own in self.hosts}:
            return 403, "Another page asked for this."
        if site not in {None, "same-origin", "none"} and not _is_link(scope, headers):
            return 403, "Another page asked for this."
        if method not in {"GET", "HEAD", "POST"}:
            return 405, "The studio does not do that."
        if method == "POST":
            return _refused_post(headers, origin, site)
        return None

    async def _let_in(self, send: Send, headers: MutableMapping[str, str], token: str) -> None:
        """Change the link's token for the cookie; a browser that has it already just goes on."""
        if not self._keys.takes(token):
            if self._keys.knows(_cookie(headers, self._keys.name)):
                await _answer(send, 303, b"", [("location", "/")])
                return
            await _refuse(send, headers, 401, STARTED_AGAIN)
            return
        cookie = f"{self._keys.name}={self._keys.cookie}; Path=/; HttpOnly; SameSite=Strict"
        # by a page of its own and not by a redirect, which a strict cookie does not survive from elsewhere
        page = b'<!doctype html><html lang="en-GB"><title>Studio</title><meta http-equiv="refresh" content="0;url=/">'
        await _answer(
            send, 200, page, [("set-cookie", cookie), ("content-type", "text/html; charset=utf-8")]
        )


def _refused_post(
    headers: MutableMapping[str, str], origin: str | None, site: str | None
) -> tuple[int, str] | None:
    """Return why something that changes the studio is refused: it has to say that it is from its own page."""
    if origin is None and site != "same-origin":
        return 403, "A request has to say which page it is from."
    if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        return 415, "Requests are JSON."
    length = headers.get("content-length", "")
    if length and (not length.isdecimal() or int(length) > MOST_BYTES):
        return 413, TOO_MUCH
    return None


def _is_link(scope: Scope, headers: MutableMapping[str, str]) -> bool:
    """Whether somebody followed a link to the page itself: from a mail, say, or another tab."""
    whole = (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )
    return whole and scope["path"] == "/" and scope["method"] == "GET"


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers of a request; two of one name, of those that matter, are none."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        twice = key in found and key in {"host", "origin", "content-type", "content-length"}
        found[key] = "?" if twice else value.decode("latin-1")
    return found


def _cookie(headers: MutableMapping[str, str], name: str) -> str:
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


class TooLargeError(Exception):
    """A request has more bytes than it said, or than are let in."""


class _Limited:
    """Receives a request as far as it is not too large."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._bytes = receive, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > MOST_BYTES:
            raise TooLargeError
        return message


def _with_headers(send: Send, path: str) -> Send:
    """Return a sender that adds what every answer carries."""
    own = HEADERS | {"content-security-policy": PAPER_CSP if path.startswith(PAPERS) else CSP}

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [
                pair for pair in message.get("headers", []) if pair[0].decode().lower() not in own
            ]
            ours = [(name.encode(), value.encode()) for name, value in own.items()]
            message = {**message, "headers": [*given, *ours]}
        await send(message)

    return sending


async def _refuse(send: Send, headers: MutableMapping[str, str], status: int, words: str) -> None:
    """Answer with plain words: a page for somebody who looks, JSON for a script."""
    if "text/html" in headers.get("accept", ""):
        body = (
            '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Studio</title>'
            f"<main><h1>The studio is not open here</h1><p>{words}</p></main></html>"
        )
        await _answer(send, status, body.encode(), [("content-type", "text/html; charset=utf-8")])
        return
    error: dict[str, Any] = {"error": {"words": words, "faults": []}}
    await _answer(send, status, json.dumps(error).encode(), [("content-type", "application/json")])


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})

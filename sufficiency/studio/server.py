"""The studio's server: the page, its files, and the requests that it makes, a row each."""

from __future__ import annotations

import asyncio
import json
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sufficiency.errors import CaseError, SufficiencyError, UsageError
from sufficiency.fonts import woff2
from sufficiency.studio.guards import TOO_MUCH, Guard, TooLargeError
from sufficiency.studio.keeping import ExistsError, free_name
from sufficiency.studio.page_state import page_case
from sufficiency.studio.words import fault_rows, sentence
from sufficiency.studio.work import RefusedError, StaleError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sufficiency.studio.guards import Keys
    from sufficiency.studio.session import Session

#: Seconds that a page waits for the next state at most, and between two looks.
WAIT_SECONDS, LOOK_SECONDS = 15.0, 0.05
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FONTS = ("regular", "semibold", "italic")


class NotUnderstoodError(Exception):
    """A request is none that the page makes."""


def make_app(session: Session, keys: Keys, hosts: list[str], stop: Callable[[], None]) -> Guard:
    """Return the studio of a session as an ASGI application, guarded.

    Parameters
    ----------
    stop
        Ends the server.
    """
    actions = _actions(session, stop)
    routes = [
        Route("/", partial(_file, "index.html")),
        Route("/page/{name}", _page_file),
        Route("/font/{name}", _font),
        Route("/favicon.ico", _no_icon),
        Route("/api/case", partial(_told, lambda: page_case(session))),
        Route("/api/map", partial(_told, lambda: session.map or {"ready": False})),
        Route("/api/state", partial(_state, session)),
        Route("/export/{name}", partial(_paper, session)),
        *(
            Route(f"/api/{name}", partial(_act, session, action), methods=["POST"])
            for name, action in actions.items()
        ),
    ]
    handlers: dict[Any, Any] = {404: _not_found, 405: _not_found, 500: _failed, Exception: _failed}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), keys, hosts)


def _actions(
    session: Session, stop: Callable[[], None]
) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any] | None]]:
    """Return what may be asked for by POST, a row each; each is given the body."""

    def save(body: Mapping[str, Any]) -> None:
        name, title = str(body.get("name") or ""), str(body.get("title") or "")
        session.save(_revision(body), name, title, replace=body.get("replace") is True)

    def export(body: Mapping[str, Any]) -> None:
        """Save what is in hand, if it is anything, and begin its papers."""
        with session.lock:
            now = session.work.now
            if session.differs():
                title = str(now.plain.get("title") or "What if")
                name = now.name or free_name(session.path, title)
                session.save(_revision(body), name, title, replace=True)
            session.exports.begin(session.work.revision, session.work.now.name)

    return {
        "edit": lambda body: {"made": session.edit(_revision(body), _ops(body))},
        "undo": lambda body: session.undo(_revision(body), -1),
        "redo": lambda body: session.undo(_revision(body), 1),
        "save": save,
        "open": lambda body: session.open(_revision(body), str(body.get("name") or "")),
        "new": lambda body: session.open(_revision(body), ""),
        "delete": lambda body: session.delete(str(body.get("name"))),
        "against": lambda body: session.compare(str(body.get("key"))),
        "solve": lambda _: session.solve_now(),
        "auto": lambda body: session.set_auto(on=body.get("on") is True),
        "cancel": lambda _: session.cancel(),
        "export": export,
        "export/cancel": lambda _: session.exports.cancel(),
        "hint": lambda _: session.hint_seen(),
        "stop": lambda _: stop(),
    }


def _revision(body: Mapping[str, Any]) -> int:
    revision = body.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise NotUnderstoodError
    return revision


def _ops(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    ops = body.get("ops")
    if not isinstance(ops, list) or not ops:
        raise NotUnderstoodError
    return ops


def _body(data: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError from error
    if not isinstance(body, dict):
        raise NotUnderstoodError
    return body


async def _act(
    session: Session,
    action: Callable[[Mapping[str, Any]], dict[str, Any] | None],
    request: Request,
) -> Response:
    """Do what is asked for, off the server's own thread, and answer with the state."""
    try:
        more = await run_in_threadpool(action, _body(await request.body()))
    except TooLargeError:
        return _error(413, TOO_MUCH)
    except NotUnderstoodError:
        return _error(
            400, "The page sent something that the studio does not understand: reload it."
        )
    except SufficiencyError as error:
        return await run_in_threadpool(_refusal, session, error)
    state = await run_in_threadpool(session.state)
    head = {"revision": session.work.revision, **(more or {})}
    return _json(json.dumps(head)[:-1].encode() + b',"state":' + state + b"}")


def _refusal(session: Session, error: SufficiencyError) -> Response:
    """Say in plain words why something was not done."""
    words = f"{str(error)[:1].upper()}{str(error)[1:]}"
    words = words if words.endswith((".", ")")) else f"{words}."
    more: dict[str, Any] = {}
    faults: list[dict[str, Any]] = []
    status = 422
    if isinstance(error, StaleError):
        status, more = 409, {"state": json.loads(session.state())}
    elif isinstance(error, ExistsError):
        status, more = 409, {"exists": True}
    elif isinstance(error, RefusedError):
        faults = error.faults
    elif isinstance(error, CaseError):
        faults = fault_rows(error.faults, None)
        words = sentence(faults)
    elif not isinstance(error, UsageError):
        words = "The studio could not do that."
    return _error(status, words, faults, **more)


def _error(
    status: int,
    words: str,
    faults: list[dict[str, Any]] | None = None,
    **more: Any,  # noqa: ANN401
) -> Response:
    return JSONResponse({"error": {"words": words, "faults": faults or []}, **more}, status)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _told(tell: Callable[[], dict[str, Any]], _: Request) -> Response:
    return JSONResponse(await run_in_threadpool(tell))


async def _state(session: Session, request: Request) -> Response:
    """Answer with the state as soon as it is another than the page has seen."""
    seen = request.query_params.get("seen", "")
    loop = asyncio.get_running_loop()
    ends = loop.time() + WAIT_SECONDS
    while seen == str(session.seq) and loop.time() < ends and not session.closing:
        if await request.is_disconnected():
            break
        await asyncio.sleep(LOOK_SECONDS)
    if session.closing:
        return _error(503, "The studio is ending. Nothing is lost: start it again.")
    return _json(await run_in_threadpool(session.state))


async def _file(name: str, _: Request) -> Response:
    return _page(name)


async def _page_file(request: Request) -> Response:
    return _page(str(request.path_params["name"]))


def _page(name: str) -> Response:
    """Return a file of the page: one of those that are there, and nothing else."""
    if name not in _page_names():
        return _error(404, "There is no such page.")
    kind = KINDS[name[name.rindex(".") :]]
    data = (resources.files("sufficiency.studio") / "page" / name).read_bytes()
    return Response(data, headers={"content-type": kind})


@cache
def _page_names() -> frozenset[str]:
    folder = resources.files("sufficiency.studio") / "page"
    return frozenset(file.name for file in folder.iterdir() if file.name.endswith(tuple(KINDS)))


async def _font(request: Request) -> Response:
    style, _, kind = str(request.path_params["name"]).partition(".")
    if style not in FONTS or kind != "woff2":
        return _error(404, "There is no such font.")
    return Response(woff2(style), media_type=KINDS[".woff2"])


async def _no_icon(_: Request) -> Response:
    """Answer a browser that asks for an icon though the page says there is none."""
    return Response(status_code=204)


async def _paper(session: Session, request: Request) -> Response:
    name = str(request.path_params["name"])
    path = session.exports.paper(name)
    if path is None:
        return _error(404, "These papers are not there (any more): make them again.")
    way = "inline" if path.suffix in {".html", ".pdf"} else "attachment"
    return FileResponse(path, filename=name, content_disposition_type=way)


async def _not_found(*_: object) -> Response:
    return _error(404, "There is no such page.")


async def _failed(*_: object) -> Response:
    return _error(
        500, "The studio could not do that: a fault of ours. What was there before is kept."
    )

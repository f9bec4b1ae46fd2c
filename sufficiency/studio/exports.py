"""The papers of what is on the page: a plan of the saved scenario in a folder of the case, whole or not at all."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from sufficiency.errors import CaseError, SufficiencyError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from sufficiency.studio.session import Session

#: Folder of the case that plans are written to.
PLANS = "plans"
#: Papers of a plan that the page offers: what they are called, and their files.
PAPERS = {
    "report": ("Report", "report.html"),
    "word": ("Word paper", "paper.docx"),
    "workbook": ("Workbook of tables", "tables.xlsx"),
    "pdf": ("PDF paper", "report.pdf"),
}
#: Name of a plan of the case as it is.
OWN = "case-as-it-is"


class _StoppedError(Exception):
    """The page no longer wants the papers."""


class Exports:
    """The latest papers of a session, written on a thread of their own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[str, Any] | None = None
        self._began = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._folder: Path | None = None

    def told(self) -> dict[str, Any] | None:
        """Return how far they are, for the page."""
        if self._told is None:
            return None
        if self._told["status"] == "running":
            return self._told | {"seconds": round(time.monotonic() - self._began, 1)}
        return self._told

    def begin(self, revision: int, name: str) -> None:
        """Plan what is saved under a name, or the case as it is ("").

        Raises
        ------
        UsageError
            When papers are being written already, or the case's files are not those that the page began with.
        """
        session = self._session
        if self._thread is not None and self._thread.is_alive():
            raise UsageError("papers are being written already: wait for them, or stop them")
        _see_that_files_are_the_same(session)
        folder = session.base.case.folder / PLANS / (name or OWN)
        self._stop, self._began = threading.Event(), time.monotonic()
        shown = f"{PLANS}/{folder.name}"
        self._say("running", "beginning", revision=revision, name=name, folder=shown, files=[])
        self._thread = threading.Thread(
            target=self._plan, args=(folder, name), name="studio papers", daemon=True
        )
        self._thread.start()

    def cancel(self) -> None:
        """Stop as soon as the plan can be stopped; nothing is written."""
        self._stop.set()

    def step(self, text: str) -> None:
        """Take note of how far the plan is; it is stopped here, if it is to be."""
        if self._stop.is_set():
            raise _StoppedError
        self._say("running", text)

    def paper(self, file: str) -> Path | None:
        """Return where a paper is, if it is one and there."""
        if self._folder is None or file not in {name for _, name in PAPERS.values()}:
            return None
        path = self._folder / file
        return path if path.is_file() else None

    def _plan(self, folder: Path, name: str) -> None:
        from sufficiency import run
        from sufficiency.studio.work import plain_error

        try:
            run.plan(
                self._session.path,
                folder,
                progress=self,
                skip_bad_rows=bool(self._session.base.left_out),
                scenario=name or None,
            )
        except _StoppedError:
            self._say("failed", "The papers were stopped; nothing was written.")
        except CaseError as error:
            self._say("failed", f"The case has changed since the studio was started: {error}.")
        except SufficiencyError as error:
            self._say("failed", plain_error(error))
        except OSError as error:
            self._say(
                "failed", f"They cannot be written: {error.strerror or 'no room or no right to'}."
            )
        except Exception:  # noqa: BLE001 - the page goes on
            self._say(
                "failed", "They could not be made; the details would be shown by sufficiency plan."
            )
        else:
            self._folder = folder
            files = [
                {"key": key, "title": title, "href": f"/export/{file}"}
                for key, (title, file) in PAPERS.items()
                if (folder / file).is_file()
            ]
            self._say("done", "Written whole.", files=files)

    def _say(self, status: str, words: str, **parts: Any) -> None:  # noqa: ANN401
        with self._session.lock:
            seconds = round(time.monotonic() - self._began, 1)
            self._told = (
                (self._told or {}) | parts | {"status": status, "words": words, "seconds": seconds}
            )
            self._session.changed()


def _see_that_files_are_the_same(session: Session) -> None:
    """Refuse papers that would be of other numbers than those on the page."""
    from sufficiency.source import read_source

    source = read_source(session.path)
    own = session.base.case.inputs
    if source is None or any(own.get(name) != digest for name, digest in source.inputs.items()):
        raise UsageError(
            "the case's files have changed since the studio was started: start it again to take them in "
            "(the scenario in hand is kept)"
        )

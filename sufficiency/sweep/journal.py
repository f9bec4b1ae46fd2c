"""The answers of a sweep as they come: a small file each, whole or not there, so that a stopped sweep goes on."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.sweep.job import Result


@contextmanager
def kept_in(folder: Path | None) -> Iterator[Path]:
    """Give the folder in which answers are kept; None for one that goes when it is done with."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch)


class Journal:
    """A folder of answers by name.

    Parameters
    ----------
    folder
        Made if it is not there. Whatever else is in it is left alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> Result | None:
        """Return a kept answer; None if there is none, or none that can be read."""
        try:
            answer = json.loads(self._path(name).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def keep(self, name: str, result: Result) -> Result:
        """Keep an answer; return it as it will be read."""
        text = json.dumps(result)
        handle, draft = tempfile.mkstemp(dir=self._folder, prefix=".draft-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(draft).replace(self._path(name))
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        answer: Result = json.loads(text)
        return answer

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

"""The town that the page on the method reckons by hand: its tables are those on the page, file by file."""

from __future__ import annotations

import re
from pathlib import Path

METHOD = Path(__file__).resolve().parents[1] / "docs" / "method.md"
#: A file of the case, as the page shows it.
FILE = re.compile(r"^`([\w.]+)`\n\n```(?:csv|toml)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def lay_out(here: Path) -> Path:
    """Write the case of the page into a folder; return the case."""
    folder = here / "little-town"
    folder.mkdir()
    for name, text in FILE.findall(METHOD.read_text("utf-8")):
        (folder / name).write_text(text, "utf-8")
    return folder

"""Where what can be made again is kept between runs: the user's own cache folder, never the case."""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: Names another folder, or ``off``.
VARIABLE = "SUFFICIENCY_CACHE"
OFF = "off"


def cache_folder() -> Path | None:
    """Return the folder, which may not be there yet; None where the user wants nothing kept."""
    asked = os.environ.get(VARIABLE, "")
    if asked:
        return None if asked.lower() == OFF else Path(asked).expanduser()
    try:
        home = Path.home()
    except RuntimeError:  # no home: a service's account
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "sufficiency"

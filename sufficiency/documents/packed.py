"""Office files packed so that the same contents give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

#: The first day that a zip file can tell.
NO_DATE = (1980, 1, 1, 0, 0, 0)
_DATED = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:(created|modified)>")
_CORE = "docProps/core.xml"


def without_dates(data: bytes) -> bytes:
    """Return an Office file (a zip) without the times at which it and its parts were made."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            part = _DATED.sub(b"", part) if name == _CORE else part
            new.writestr(zipfile.ZipInfo(name, NO_DATE), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()

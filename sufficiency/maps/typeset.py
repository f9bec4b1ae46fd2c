"""An SVG as a PNG or a PDF, through typst with the packaged font and no other: the same bytes on every machine."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from sufficiency import fonts

if TYPE_CHECKING:
    from pathlib import Path

    import typst

#: Width of a drawing in print: A4 upright with margins of 15 mm.
PRINT_MM = 180.0
PPI = 300.0
#: The date that a document carries, in seconds since 1970: none, so that its bytes stay the same.
NO_DATE = 0
_SIZE = re.compile(r'<svg\b[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"')
_PAGE = """
#set document(title: sys.inputs.title, date: none)
#set text(font: "{family}", lang: "en", region: "GB")
#set page(width: {wide}mm, height: {high}mm, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, alt: sys.inputs.alt)
"""


def to_png(svg: str, wide_mm: float = PRINT_MM, ppi: float = PPI) -> bytes:
    """Return a drawing as a PNG so wide in print, 300 dots an inch unless told otherwise."""
    return _compile(svg, wide_mm, "png", ppi)


def to_pdf(svg: str, wide_mm: float = PRINT_MM, title: str = "Map", alt: str = "") -> bytes:
    """Return a drawing as a page of PDF of its own size, in vectors, with its description."""
    return _compile(svg, wide_mm, "pdf", None, title, alt)


def write(svg: str, path: Path, title: str = "Map", alt: str = "") -> None:
    """Write a drawing as what the file's name ends in: .png, .pdf, or else as the SVG it is."""
    kind = path.suffix.lower()
    if kind == ".png":
        path.write_bytes(to_png(svg))
    elif kind == ".pdf":
        path.write_bytes(to_pdf(svg, title=title, alt=alt))
    else:
        path.write_bytes(svg.encode())


def _compile(
    svg: str,
    wide_mm: float,
    kind: Literal["png", "pdf"],
    ppi: float | None,
    title: str = "",
    alt: str = "",
) -> bytes:
    import typst

    wide, high = size_of(svg)
    page = _PAGE.format(
        family=fonts.FAMILY, wide=f"{wide_mm:.3f}", high=f"{wide_mm * high / wide:.3f}"
    )
    made = typst.compile(
        page.encode(),
        format=kind,
        ppi=ppi,
        font_paths=our_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"svg": without_fonts(svg), "title": title or "Drawing", "alt": alt},
        timestamp=NO_DATE,
    )
    if not isinstance(made, bytes):
        raise TypeError("a drawing came out as several pages")
    return made


def size_of(svg: str) -> tuple[float, float]:
    """Return the width and height of a drawing, in its own unit.

    Raises
    ------
    ValueError
        When it has no view box that begins at nought.
    """
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("the drawing has no viewBox that begins at 0 0")
    return float(found[1]), float(found[2])


@cache
def our_fonts() -> typst.Fonts:
    """Return the packaged font and no other, read once, for any document made with typst."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.folder()]
    )


def without_fonts(svg: str) -> str:
    """Return a drawing without the letters it carries: typst has the font."""
    return re.sub(r"@font-face\{[^}]*\}", "", svg)

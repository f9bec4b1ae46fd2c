"""The plan as a PDF that a screen reader can read: tagged, PDF/UA-1, the same bytes on every machine."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from sufficiency import fonts
from sufficiency.documents.outline import filled, outline, pieces
from sufficiency.documents.widths import fit_table
from sufficiency.maps.typeset import NO_DATE, size_of, without_fonts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import typst

    from sufficiency.documents.outline import Outline
    from sufficiency.report.parts import Cell, Drawing, Paper, Section, Table

#: ISO 14289-1.
STANDARD: Literal["ua-1"] = "ua-1"
#: Scripts that the packaged font has not are set in fonts that typst brings with it; the system's are never used.
FAMILIES = (fonts.FAMILY, "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern")
#: Width of an upright page's text and the tallest drawing, in millimetres.
TEXT_MM, TALLEST_MM = 174.0, 215.0
#: Whether a table's page lies on its side, size of its text and width of the page's text in points: the first in
#: which it fits is taken.
CHOICES = ((False, 9, 493.0), (False, 8, 493.0), (True, 9, 739.0), (True, 8, 739.0))
#: What stands for a letter that no font has, and that has no name worth reading.
BLANK = "□"
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')


def write_pdf(paper: Paper) -> bytes:
    """Write a paper as a PDF.

    Returns
    -------
    The file's bytes: the same for the same paper.
    """
    data = _given(paper, outline(paper))
    given = json.dumps(data, ensure_ascii=False)
    made, odd = _try(_source(), given)
    if made is None:
        _only_our_letters(data)
        given = json.dumps(data, ensure_ascii=False)
        made, odd = _try(_source(), given)
    if made is None:
        given = _showable(given)
        made, odd = _try(_source(), given)
    while made is None:  # a letter may be shown alone, and not beside others
        given = given.translate({ord(letter): _stand_in(letter) for letter in odd})
        made, odd = _try(_source(), given)
    return made


def _try(source: bytes, given: str) -> tuple[bytes | None, str]:
    """Return the PDF, or None and letters of its text that no font can show.

    Raises
    ------
    typst.TypstError
        When anything else is wrong.
    """
    import typst

    try:
        return _compile(source, given), ""
    except typst.TypstError as error:
        found = _UNSHOWN.search(str(error))
        odd = "".join(letter for letter in found[1] if letter in given) if found else ""
        if not odd:
            raise
        return None, odd


def _compile(source: bytes, given: str) -> bytes:
    import typst

    made = typst.compile(
        source,
        format="pdf",
        font_paths=_all_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": given, "fonts": json.dumps(FAMILIES)},
        pdf_standards=STANDARD,
        timestamp=NO_DATE,
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF came out as several files")
    return made


@cache
def _source() -> bytes:
    return resources.files("sufficiency.documents").joinpath("paper.typ").read_bytes()


@cache
def _all_fonts() -> typst.Fonts:
    """Return the packaged font and those that typst brings with it, read once."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[fonts.folder()]
    )


def _only_our_letters(data: dict[str, Any]) -> None:
    """Put stand-ins into drawings, which have no other font than the packaged one."""
    sections = [section for part in data["parts"] for section in part["sections"]]
    for drawing in [drawing for section in sections for drawing in section["drawings"]]:
        svg = drawing["svg"]
        odd = {ord(letter) for letter in svg if ord(letter) >= 0x250} - fonts.LETTERS
        drawing["svg"] = svg.translate({code: _stand_in(chr(code)) for code in odd})


def _showable(given: str) -> str:
    """Return text with what no font can show as its name in brackets, "(rainbow)", or as a blank box.

    A PDF that is to be read out may hold no letter that cannot be shown.
    """
    odd = sorted({letter for letter in given if ord(letter) >= 0x250})
    changes = {ord(letter): _stand_in(letter) for letter in odd if not _is_shown(letter)}
    return given.translate(changes)


def _is_shown(letter: str) -> bool:

    source = (
        b'#set document(title: "-", date: none)\n#set text(font: json(bytes(sys.inputs.fonts)))\n'
    )
    return _try(source + b"#sys.inputs.paper", letter)[0] is not None


def _stand_in(letter: str) -> str:
    if unicodedata.category(letter) == "So":
        return f"({unicodedata.name(letter, 'sign').lower()})"
    return "" if unicodedata.category(letter) in {"Cf", "Mn", "Sk"} else BLANK


def _given(paper: Paper, plan: Outline) -> dict[str, Any]:
    """Return what the page is set from, as plain data."""
    run = next(iter(paper.stamps.items()), ("", ""))
    sections = [*plan.body, *plan.appendices]
    parts = [part for section in sections for part in pieces(section, _is_wide)]
    return {
        "name": plan.name,
        "period": paper.period,
        "notice": paper.notice,
        "answer": paper.answer,
        "explained": paper.explained,
        "footer": " ".join(run),
        "stamp": plan.stamp,
        "figures": _table(plan.figures),
        "parts": [
            {"wide": wide, "sections": [_section(piece) for _, piece in found]}
            for wide, found in groupby(parts, itemgetter(0))
        ],
    }


def _is_wide(table: Table) -> bool:
    """Whether a table needs a page on its side."""
    return fit_table(table, filled(table), CHOICES).wide


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "lead": list(section.lead),
        "drawings": [_drawing(drawing) for drawing in section.drawings],
        "tables": [_table(table) for table in section.tables],
        "notes": list(section.notes),
    }


def _drawing(drawing: Drawing) -> dict[str, Any]:
    across, down = size_of(drawing.svg)
    return {
        "svg": without_fonts(drawing.svg),
        "alt": drawing.alt,
        "caption": drawing.caption,
        "width": min(TEXT_MM, TALLEST_MM * across / down),
    }


def _table(table: Table) -> dict[str, Any]:
    fit = fit_table(table, filled(table), CHOICES)
    return {
        "caption": table.caption,
        "size": fit.size,
        "widths": fit.widths,
        "heads": [{"text": h, "number": n in table.numeric} for n, h in enumerate(table.heads)],
        "rows": [list(_cells(row)) for row in table.rows],
    }


def _cells(row: Sequence[Cell]) -> Iterator[dict[str, Any]]:
    group = any(cell.scope == "rowgroup" for cell in row)
    total = row[-1].is_total
    for cell in row:
        yield {
            "text": cell.text,
            "span": cell.span,
            "number": cell.is_number,
            "bold": cell.scope == "rowgroup" or total,
            "group": group,
        }

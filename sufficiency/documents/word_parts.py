"""What python-docx has no word for: fields, captions that count themselves, bookmarks, links, alt text."""

# python-docx has no other way to an element than these of its own
# ruff: noqa: SLF001

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.shared import Length
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph


def element(tag: str, **values: str) -> BaseOxmlElement:
    """Return an element of WordprocessingML with its attributes."""
    made = OxmlElement(tag)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


def add_field(line: Paragraph, code: str, shown: str) -> None:
    """Add a field that Word works out, and what is shown until it does."""
    _field_mark(line, "begin")
    _code(line, code)
    _field_mark(line, "separate")
    line.add_run(shown)
    _field_mark(line, "end")


def _field_mark(line: Paragraph, kind: str) -> None:
    line.add_run()._r.append(element("w:fldChar", fldCharType=kind))


def _code(line: Paragraph, code: str) -> None:
    instruction = element("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    line.add_run()._r.append(instruction)


def add_caption(document: Document, kind: str, number: int, words: str) -> Paragraph:
    """Add a caption as Word's own command makes it: "Table 3: ...", in the list of tables."""
    line = document.add_paragraph(f"{kind} ", style="Caption")
    add_field(line, f"SEQ {kind} \\* ARABIC", str(number))
    line.add_run(f": {words}")
    return line


def mark(line: Paragraph, name: str, number: int) -> None:
    """Make a paragraph a place that links can go to."""
    start = element("w:bookmarkStart", id=str(number), name=name)
    line._p.insert(1 if line._p.pPr is not None else 0, start)
    line._p.append(element("w:bookmarkEnd", id=str(number)))


def add_contents(document: Document, entries: Sequence[tuple[str, str]], style: str) -> None:
    """Add a table of contents of bookmarks and titles, which Word can bring up to date.

    Page numbers are left out: nobody knows them before the paper is laid out, and a field that asks to be
    brought up to date puts a question to whoever opens the file.
    """
    for n, (name, title) in enumerate(entries):
        line = document.add_paragraph(style=style)
        line.paragraph_format.keep_with_next = n < len(entries) - 1 or None
        if n == 0:
            _field_mark(line, "begin")
            _code(line, r'TOC \o "1-1" \h \n \z \u')
            _field_mark(line, "separate")
        link = element("w:hyperlink", anchor=name, history="1")
        link.append(line.add_run(title)._r)
        line._p.append(link)
        if n == len(entries) - 1:
            _field_mark(line, "end")


def add_picture(document: Document, png: bytes, width: Length, alt: str, name: str) -> Paragraph:
    """Add a picture in a line of its own, with what a reader who cannot see it must know."""
    shape = document.add_picture(io.BytesIO(png), width=width)
    described = shape._inline.docPr
    described.set("descr", alt)
    described.set("name", name)
    return document.paragraphs[-1]


def describe_table(table: Table, words: str) -> None:
    """Give a table the title that assistive technology reads out."""
    table._tbl.tblPr.append(element("w:tblCaption", val=words))


def fill(cell: _Cell, text: str, style_id: str, *, number: bool, bold: bool) -> None:
    """Write an empty cell; a style by its id, for looking up its name takes a thousand times as long."""
    line = cell.paragraphs[0]
    line._p.style = style_id
    if number:
        line._p.get_or_add_pPr().append(element("w:jc", val="right"))
    run = line.add_run(text)
    if bold:
        run._r.get_or_add_rPr().append(element("w:b"))


def head_row(row: _Row) -> None:
    """Repeat a row on every page that its table is on, and say that it holds headings."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def keep_row(row: _Row) -> None:
    """Keep a row on one page."""
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, element("w:cantSplit"))


def keep_with_next(row: _Row) -> None:
    """Keep a row on the page of what follows its table."""
    for line in row._tr.iter(qn("w:p")):
        shape = line.get_or_add_pPr()
        shape.insert_element_before(element("w:keepNext"), "w:jc", "w:rPr")

"""The plan as a Word paper that an officer edits, and pastes into the council's own template.

Headings, captions and tables are Word's own, so they take on the look of wherever they go; no cell is merged and no
table is there for layout.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sufficiency.documents.outline import filled, outline, pieces
from sufficiency.documents.packed import without_dates
from sufficiency.documents.widths import fit_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docx.document import Document

    from sufficiency.documents.outline import Outline
    from sufficiency.documents.widths import Fit
    from sufficiency.report.parts import Cell, Drawing, Paper, Section, Table

#: How wide and how tall a drawing may be.
PICTURE_CM = 16.9, 20.0


def write_word(paper: Paper, pictures: Mapping[str, bytes]) -> bytes:
    """Write a paper as a Word document.

    Parameters
    ----------
    pictures
        PNG of every drawing, by its key.

    Returns
    -------
    The file's bytes: the same for the same paper.
    """
    import docx

    from sufficiency.documents.word_look import set_footer, set_page, set_properties, set_styles

    document = docx.Document()
    plan = outline(paper)
    set_styles(document)
    set_properties(document, plan.name, f"Place sufficiency plan, {paper.period}")
    set_page(document.sections[0])
    set_footer(document.sections[0], plan.name if len(plan.name) < 80 else "Place sufficiency plan")
    _Writer(document, plan, pictures).write(paper)
    packed = io.BytesIO()
    document.save(packed)
    return without_dates(packed.getvalue())


#: Whether a table's page lies on its side, and the size of its text in points: the first that fits is taken.
CHOICES = ((False, 10), (False, 9), (True, 10), (True, 9))


class _Writer:
    """Writes one paper into one document, and counts its tables, figures and bookmarks."""

    def __init__(self, document: Document, plan: Outline, pictures: Mapping[str, bytes]) -> None:
        self.document, self.plan, self.pictures = document, plan, pictures
        self.counts = {"Table": 0, "Figure": 0, "mark": 0}
        self.wide = False

    def write(self, paper: Paper) -> None:
        """Write everything, in the order of a committee paper."""
        from sufficiency.documents.word_look import ANSWER, CONTENTS
        from sufficiency.documents.word_parts import add_contents

        add, plan = self.document.add_paragraph, self.plan
        add(plan.name, style="Title")
        add(paper.period, style="Subtitle")
        if paper.notice:
            line = add()
            line.add_run("Please note. ").bold = True
            line.add_run(paper.notice)
        sections = [*plan.body, *plan.appendices]
        self.heading("Summary")
        add(paper.answer, style=ANSWER)
        add(paper.explained)
        self.table(plan.figures)
        self.heading("Contents", listed=False)
        add_contents(self.document, [(f"part_{s.key}", s.title) for s in sections], CONTENTS)
        for section in sections:
            self.section(section)

    def count(self, what: str) -> int:
        """Return the next number of a kind."""
        self.counts[what] += 1
        return self.counts[what]

    def heading(self, title: str, key: str = "", *, listed: bool = True) -> None:
        """Add a heading that the contents can point to."""
        from sufficiency.documents.word_parts import mark

        line = self.document.add_heading(title, level=1 if listed else 2)
        if key:
            mark(line, f"part_{key}", self.count("mark"))

    def section(self, section: Section) -> None:
        """Add a section: what it says, what it shows, its tables, its small print."""
        for wide, piece in pieces(section, _is_wide):
            self.turn(wide=wide)
            self.piece(piece)

    def piece(self, section: Section) -> None:
        """Add a section, or what of it stands on pages of one kind."""
        from sufficiency.documents.word_look import SMALL

        if section.title:
            self.heading(section.title, section.key)
        leads = bool(section.drawings or section.tables)
        for words in section.lead:  # stands on the page of what it leads to
            self.document.add_paragraph(words).paragraph_format.keep_with_next = leads or None
        for drawing in section.drawings:
            self.drawing(drawing)
        for table in section.tables:
            self.table(table)
        for words in section.notes:
            self.document.add_paragraph(words, style=SMALL)

    def drawing(self, drawing: Drawing) -> None:
        """Add a drawing with its caption, as wide as the page or as tall as it may be."""
        from docx.shared import Cm

        from sufficiency.documents.word_parts import add_caption, add_picture

        number = self.count("Figure")
        add_caption(self.document, "Figure", number, drawing.caption)
        png = self.pictures[drawing.key]
        across, down = _size(png)
        width = min(PICTURE_CM[0], PICTURE_CM[1] * across / down)
        add_picture(self.document, png, Cm(width), drawing.alt, f"Figure {number}")

    def table(self, table: Table) -> None:
        """Add a table with its caption above, and under it what run it is of."""
        from sufficiency.documents.word_look import CELL, SMALL_CELL, STAMP
        from sufficiency.documents.word_parts import add_caption

        rows = filled(table)
        fit = _fit(table, rows)
        add_caption(self.document, "Table", self.count("Table"), table.caption)
        self.grid(table, rows, fit.widths, CELL if fit.size >= CHOICES[0][1] else SMALL_CELL)
        self.document.add_paragraph(self.plan.stamp, style=STAMP)

    def grid(
        self, table: Table, rows: Sequence[Sequence[Cell]], widths: Sequence[float], style: str
    ) -> None:
        """Add the cells of a table, its first row repeated on every page."""
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Pt

        from sufficiency.documents.word_look import TABLE
        from sufficiency.documents.word_parts import (
            describe_table,
            fill,
            head_row,
            keep_row,
            keep_with_next,
        )

        grid = self.document.add_table(len(rows) + 1, len(table.heads), style=TABLE)
        grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        describe_table(grid, table.caption)
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = Pt(width)
        lines, style_id = grid.rows, self.document.styles[style].style_id
        head_row(lines[0])
        for at, line in enumerate(lines):
            keep_row(line)
            given = list(_texts(table, rows[at - 1] if at else None))
            for cell, width, (text, number, bold) in zip(line.cells, widths, given, strict=True):
                cell.width = Pt(width)
                fill(cell, text, style_id, number=number, bold=bold)
        keep_with_next(lines[-1])

    def turn(self, *, wide: bool) -> None:
        """Go on on pages that stand upright, or lie on their side."""
        from docx.enum.section import WD_SECTION

        from sufficiency.documents.word_look import set_page

        if wide != self.wide:
            set_page(self.document.add_section(WD_SECTION.NEW_PAGE), wide=wide)
            self.wide = wide


def _texts(table: Table, row: Sequence[Cell] | None) -> Iterator[tuple[str, bool, bool]]:
    """Yield text, whether it stands right, and whether it is bold, of a row's cells; None for the headings."""
    if row is None:
        for n, head in enumerate(table.heads):
            yield head, n in table.numeric, True
        return
    total = row[-1].is_total
    for cell in row:
        yield cell.text, cell.is_number, total and cell.scope != "rowgroup"


def _fit(table: Table, rows: Sequence[Sequence[Cell]]) -> Fit:
    """Return how a table fits a page best: upright, in larger type, if it may be."""
    from sufficiency.documents.word_look import text_width_pt

    choices = [(wide, size, text_width_pt(wide=wide)) for wide, size in CHOICES]
    return fit_table(table, rows, choices)


def _is_wide(table: Table) -> bool:
    """Whether a table needs a page on its side."""
    return _fit(table, filled(table)).wide


def _size(png: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG, in pixels, as its header has them."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])

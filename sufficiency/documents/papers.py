"""The papers of a run, by file name: what the report says as Word and PDF, and the tables as a workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sufficiency.documents.columns import TITLES, labelled
from sufficiency.documents.pdf import write_pdf
from sufficiency.documents.tables_book import write_tables
from sufficiency.documents.word import PICTURE_CM, write_word
from sufficiency.maps.typeset import to_png
from sufficiency.report.titles import untitled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.disclosure import Published
    from sufficiency.documents.columns import Sheet
    from sufficiency.report.parts import Paper

WORD, PDF, WORKBOOK = "paper.docx", "report.pdf", "tables.xlsx"


def papers(
    paper: Paper, published: Published, names: Mapping[str, str], evidence: Sequence[Sheet] = ()
) -> dict[str, bytes]:
    """Return the papers of a run: the same bytes for the same run.

    Parameters
    ----------
    paper
        What the report says, with texts made `plain`.
    names
        Of provisions, by their reference.
    evidence
        Tables of what other commands found.
    """
    paper = _titled_once(paper)
    schemes = published.schemes
    known = {**names, **dict(zip(schemes["scheme_id"], schemes["name"], strict=True))}
    order = {name: n for n, name in enumerate(TITLES)}
    tables = sorted(published.tables().items(), key=lambda item: order.get(item[0], len(order)))
    drawings = [drawing for section in paper.sections for drawing in section.drawings]
    pictures = {drawing.key: to_png(drawing.svg, 10 * PICTURE_CM[0]) for drawing in drawings}
    return {
        WORD: write_word(paper, pictures),
        PDF: write_pdf(paper),
        WORKBOOK: write_tables(
            paper, [*(labelled(name, table, known) for name, table in tables), *evidence]
        ),
    }


def _titled_once(paper: Paper) -> Paper:
    """Return a paper whose drawings have no title of their own: the caption over each says it."""
    sections = [
        replace(
            section,
            drawings=[replace(drawing, svg=untitled(drawing)) for drawing in section.drawings],
        )
        for section in paper.sections
    ]
    return replace(paper, sections=sections)

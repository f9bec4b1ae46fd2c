"""The order of a paper that is read on paper: what it says first, then appendices, figures behind drawings last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from sufficiency.report.parts import Cell, Section, Table, heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sufficiency.report.parts import Paper

#: Sections that go behind the paper, by their key.
APPENDED = ("assumptions", "data", "proof")
#: Title of the appendix of long tables.
FULL = "Tables in full"


@dataclass(frozen=True)
class Outline:
    """What a paper is set from.

    Attributes
    ----------
    name
        Title of the document as a whole.
    figures
        The headline figures as a table.
    body, appendices
        Sections in order; long tables and the figures behind the drawings are the last appendices.
    stamp
        What every table carries, in a line.
    """

    name: str
    figures: Table
    body: Sequence[Section]
    appendices: Sequence[Section]
    stamp: str


def outline(paper: Paper) -> Outline:
    """Return a paper in the order in which it is printed."""
    body = [section for section in paper.sections if section.key not in APPENDED]
    behind = [section for section in paper.sections if section.key in APPENDED]
    drawn = [d.table for section in paper.sections for d in section.drawings if d.table]
    long = [table for section in body for table in section.tables if table.folded]
    if long:
        behind.append(Section("full", FULL, ["Tables that are long, and that few read."], long))
    if drawn:
        lead = ["Each map and chart is drawn from these figures."]
        behind.append(Section("drawn", "Figures behind the maps and charts", lead, drawn))
    letters = "ABCDEFGHIJ"
    return Outline(
        f"{paper.title}: {paper.name}",
        _headline(paper),
        [_short(section) for section in body],
        [
            replace(section, title=f"Appendix {letters[n]}: {section.title}")
            for n, section in enumerate(behind)
        ],
        "; ".join(f"{label}: {value}" for label, value in paper.stamps.items()) + ".",
    )


def _short(section: Section) -> Section:
    """Return a section of the body: its long tables stand behind."""
    kept = [table for table in section.tables if not table.folded]
    if len(kept) == len(section.tables):
        return section
    return replace(
        section, tables=kept, notes=[*section.notes, f"More is in the appendix '{FULL}'."]
    )


def pieces(section: Section, is_wide: Callable[[Table], bool]) -> list[tuple[bool, Section]]:
    """Divide a section into what stands on upright pages, and on pages on their side.

    Returns
    -------
    Whether a piece lies on its side, and the piece; all but the first have no title. A title stands with the table
    that follows it, and drawings stand upright.
    """
    runs = [(wide, list(tables)) for wide, tables in groupby(section.tables, is_wide)]
    if not runs or (section.drawings and runs[0][0]):
        runs.insert(0, (False, []))
    found = []
    for n, (wide, tables) in enumerate(runs):
        notes = section.notes if n == len(runs) - 1 else ()
        whole = replace(section, tables=tables, notes=notes)
        found.append((wide, whole if n == 0 else Section("", "", (), tables, notes)))
    return found


def _headline(paper: Paper) -> Table:
    """Return the headline figures as a table; a column of which nothing is known is left out."""
    columns = {
        "Change": [figure.change for figure in paper.figures],
        "Note": [figure.note for figure in paper.figures],
    }
    kept = {name: texts for name, texts in columns.items() if any(texts)}
    rows = [
        [
            heading(figure.label),
            Cell(figure.value, is_number=True),
            *(Cell(texts[n]) for texts in kept.values()),
        ]
        for n, figure in enumerate(paper.figures)
    ]
    return Table("Headline figures", ["What", "Figure", *kept], rows, frozenset({1}))


def filled(table: Table) -> list[list[Cell]]:
    """Return a table's rows with every heading of several rows repeated in each: no cell is merged."""
    rows: list[list[Cell]] = []
    held: dict[int, tuple[Cell, int]] = {}
    for row in table.rows:
        cells, given = [], iter(row)
        for column in range(len(table.heads)):
            cell, left = held.get(column, (None, 0))
            if cell is None or not left:
                cell = next(given)
                left = cell.span
            held[column] = cell, left - 1
            cells.append(cell)
        rows.append(cells)
    return rows

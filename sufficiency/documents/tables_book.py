"""The published tables as a workbook, as the Government Analysis Function would have it: one table a sheet.

A cover, a contents sheet, notes, then a sheet a table: its title in A1, what to know of it below, then one marked-up
table without merged cells or blank rows. `gptables` writes it; what users wrote reaches it as text that it neither
takes for a formula, nor for a link (``[words](address)``) or a reference to a note (``$$name$$``).

References
----------
Government Analysis Function, *Releasing statistics in spreadsheets* (2023).
"""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pandas as pd

from sufficiency.disclosure import WITHHELD
from sufficiency.documents.columns import NOT_APPLICABLE, Sheet
from sufficiency.documents.packed import without_dates
from sufficiency.documents.tables_look import lay_out, lay_out_cover, look_of
from sufficiency.safe import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from types import ModuleType

    from gptables import Cover, GPTable
    from gptables.core.gptable import FormatList

    from sufficiency.report.parts import Paper

#: Nothing that is written as text becomes a formula, a link or a number.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: Longest text that a cell holds, in characters.
LONGEST = 32_000
#: A table of more rows is left to its CSV: it is for machines.
MOST_ROWS = 10_000
#: Longest name of a tab, and what it may not hold.
TAB, _NO_TAB = 31, re.compile(r"[\[\]:*?/\\']")


def write_tables(paper: Paper, sheets: Sequence[Sheet]) -> bytes:
    """Write tables as a workbook.

    Parameters
    ----------
    paper
        What its cover and the stamps of every table say.
    sheets
        In order; one without rows, or of too many, is left out, and the cover says so.

    Returns
    -------
    The file's bytes: the same for the same tables.
    """
    shown = {_tab(sheet.key): sheet for sheet in sheets if 0 < len(sheet.table) <= MOST_ROWS}
    empty = [sheet.title for sheet in sheets if not len(sheet.table)]
    long = [f"{sheet.title} ({sheet.key}.csv)" for sheet in sheets if len(sheet.table) > MOST_ROWS]
    packed: Any = io.BytesIO()
    with _gptables() as gptables:
        tables = {tab: _table(sheet, paper) for tab, sheet in shown.items()}
        cover = _cover(paper, empty, long)
        book = gptables.produce_workbook(
            packed,
            tables,
            cover=cover,
            contentsheet_options={"column_names": ["Sheet", "What it holds"]},
            notes_table=_notes(shown.values()),
            auto_width=False,
            workbook_options=AS_TEXT,
        )
        for sheet in book.worksheets():
            lay_out(sheet, shown.get(sheet.name), tables.get(sheet.name))
        lay_out_cover(book.worksheets()[0], cover)
        title = f"{paper.title}: tables of the place sufficiency plan"
        about = {"title": title[:255], "author": "sufficiency", "subject": paper.period}
        book.set_properties(about)
        book.close()
    return without_dates(packed.getvalue())


@contextmanager
def _gptables() -> Iterator[ModuleType]:
    """Give gptables, silent on what is its own affair: a file left open as it loads, ways of pandas that will go.

    It warns of a workbook without notes, too.
    """
    with warnings.catch_warnings():
        for kind in (ResourceWarning, DeprecationWarning, FutureWarning, UserWarning):
            warnings.simplefilter("ignore", kind)
        yield import_module("gptables")


def _tab(key: str) -> str:
    return _NO_TAB.sub(" ", key.replace("_", " ")).strip().capitalize()[:TAB]


def _text(words: str) -> FormatList:
    """Return text as gptables writes it unread: with a format of its own, which is none."""
    from gptables.core.gptable import FormatList

    return FormatList([{}, plain(words)[:LONGEST]])


def _said(words: str) -> list[Any]:
    """Return text of a title or a description, in which gptables looks for references to notes."""
    # a word joiner, which nobody sees, where two dollars would begin a reference to a note
    return [{}, plain(words)[:LONGEST].replace("$$", "$\u2060$")]


def _table(sheet: Sheet, paper: Paper) -> GPTable:
    """Return a sheet as gptables has it."""
    from gptables import GPTable

    data = sheet.table.astype(object).map(_cell)
    data.columns = pd.Index(_unique([column.head for column in sheet.columns]))
    found = {str(value) for value in sheet.table.to_numpy(object).ravel() if isinstance(value, str)}
    signs = dict(_signs(sheet, found, str(paper.stamps.get("Counts withheld", "")))).values()
    looks = [
        {"column": {"columns": [n], "format": {"num_format": look, "align": "right"}}}
        for n, column in enumerate(sheet.columns)
        if (look := look_of(column, sheet.table.iloc[:, n]))
    ]
    return GPTable(
        table=data,
        table_name=re.sub(r"\W", "_", f"table_{sheet.key}"),
        title=_said(sheet.title),
        subtitles=[_said(f"{paper.title}, {paper.period}")],
        instructions=_said(" ".join(["This sheet holds one table.", *sheet.notes])),
        legend=[_said(words) for words in signs],
        source=_said("; ".join(f"{label}: {value}" for label, value in paper.stamps.items())),
        units={n: column.unit for n, column in enumerate(sheet.columns) if column.unit} or None,
        table_notes={n: f"$${_key(c.note)}$$" for n, c in enumerate(sheet.columns) if c.note},
        index_columns={},
        additional_formatting=looks,
    )


def _unique(heads: Sequence[str]) -> list[str]:
    """Return headings, those that occur again with a number."""
    return [
        head if head not in heads[:n] else f"{head} {heads[: n + 1].count(head)}"
        for n, head in enumerate(heads)
    ]


def _signs(sheet: Sheet, found: Collection[str], withheld: str) -> Iterator[tuple[str, str]]:
    """Yield the shorthand that a table uses, with what it means."""
    if WITHHELD in found:
        words = (
            "withheld, because few children are counted or because such a count could be worked out"
        )
        yield WITHHELD, f"{WITHHELD}: {words}" + (f" (counts {withheld})" if withheld else "")
    if sheet.table.isna().to_numpy().any() or "" in found:
        yield NOT_APPLICABLE, f"{NOT_APPLICABLE}: does not apply"


def _cell(value: Any) -> object:  # noqa: ANN401
    """Return a number as it is, text as text, and the shorthand for nothing."""
    if isinstance(value, str):
        return _text(value if value.strip() else NOT_APPLICABLE)
    if pd.isna(value):
        return _text(NOT_APPLICABLE)
    number = float(value)
    if isinstance(value, bool) or not isfinite(number):
        return _text(str(value))
    return int(number) if number.is_integer() else number


def _key(note: str) -> str:
    """Return the name by which a note is referred to."""
    return f"note{crc32(note.encode())}"


def _notes(sheets: Iterable[Sheet]) -> pd.DataFrame | None:
    """Return every note on a column, once; None where there is none."""
    notes = {column.note: None for sheet in sheets for column in sheet.columns if column.note}
    listed = {"name": [_key(note) for note in notes], "Note": list(notes)}
    return pd.DataFrame(listed) if notes else None


def _cover(paper: Paper, empty: Sequence[str], long: Sequence[str]) -> Cover:
    """Return what the workbook says first."""
    from gptables import Cover

    about = [f"{label}: {value}." for label, value in paper.stamps.items()]
    about += [
        "Each table carries these, and counts what was modelled: places needed, not decisions on any child.",
        f"{WITHHELD} stands for a number that is withheld, {NOT_APPLICABLE} for one that does not apply.",
    ]
    if empty:
        about.append(f"There is nothing to show of: {'; '.join(empty)}.")
    if long:
        about.append(
            f"Too long to read on a sheet, so only a file beside this one: {'; '.join(long)}."
        )
    said = [words for words in (paper.notice, paper.answer, paper.explained) if words]
    return Cover(
        title=_text(f"{paper.title}: tables of the place sufficiency plan, {paper.period}"),
        intro=[_said(words) for words in said],
        about=[_said(words) for words in about],
    )

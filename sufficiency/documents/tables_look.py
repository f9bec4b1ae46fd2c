"""How the sheets of the workbook look: widths and heights, formats, frozen panes, print."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.documents.columns import COUNT, TENTH

if TYPE_CHECKING:
    from gptables import Cover, GPTable

    from sufficiency.documents.columns import Column, Sheet

#: Widest and narrowest column, in characters; the column that holds a page's text.
WIDEST, NARROWEST, TEXT = 60.0, 9.0, 90.0
#: Height of a line of Arial 12, and of a title's, in points; how much wider than a usual one its letters are.
LINE, TITLE_LINE, WIDER = 16.0, 21.0, 1.12
NOTE = "[note 10]"


def look_of(column: Column, values: pd.Series) -> str:
    """Return the format of a column's numbers, "" for a column of text; tenths are shown where there are any."""
    numbers = [float(v) for v in values if not isinstance(v, str) and not pd.isna(v)]
    whole = all(number.is_integer() for number in numbers)
    if column.look == COUNT or (not column.look and numbers):
        return COUNT if whole else TENTH
    return column.look


def lay_out(tab: Any, sheet: Sheet | None, table: GPTable | None) -> None:  # noqa: ANN401
    """Set the widths and heights of a sheet, and how it is frozen and printed.

    Parameters
    ----------
    tab
        The sheet as it is written.
    sheet, table
        What is on it; None for the contents and the notes.
    """
    tab.set_landscape()
    tab.set_paper(9)
    tab.fit_to_pages(1, 0)
    if sheet is None or table is None:
        tab.set_column(0, 0, 16)
        tab.set_column(1, 1, TEXT + 10)
        return
    columns = list(enumerate(sheet.columns))
    widths = [_width(column, sheet.table.iloc[:, n]) for n, column in columns]
    for n, width in enumerate(widths):
        tab.set_column(n, n, width)
    top = table.data_range[0]
    heads = [
        _head_lines(column, width) for column, width in zip(sheet.columns, widths, strict=True)
    ]
    tab.set_row(top, LINE * max(heads))
    for at, row in enumerate(sheet.table.itertuples(index=False), start=top + 1):
        deep = max(_lines(str(value), width) for value, width in zip(row, widths, strict=True))
        if deep > 1:
            tab.set_row(at, LINE * deep)
    tab.freeze_panes(top + 1, 1)
    tab.repeat_rows(top)


def lay_out_cover(tab: Any, cover: Cover) -> None:  # noqa: ANN401
    """Set the heights of the cover: what it says is folded."""
    tab.set_column(0, 0, TEXT)
    tab.set_row(0, TITLE_LINE * _lines(cover.title.string, TEXT * 0.65))
    at = 1
    for texts in (cover.intro, cover.about):
        tab.set_row(at, 1.5 * TITLE_LINE)
        for n, words in enumerate(texts, start=at + 1):
            tab.set_row(n, LINE * _lines(words.string, TEXT))
        at += 1 + len(texts)


def _head_lines(column: Column, width: float) -> int:
    return _lines(column.head, width / 1.1) + bool(column.unit) + bool(column.note)


def _lines(text: str, width: float) -> int:
    """Return on about how many lines a text stands."""
    return sum(max(1, ceil(len(part) * WIDER / width)) for part in text.split("\n"))


def _width(column: Column, values: pd.Series) -> float:
    """Return a column's width in characters of Arial 12: its texts, and the words of its heading."""
    texts = (len(f"{v:,.1f}") if isinstance(v, float) else len(str(v)) for v in values)
    words = max(map(len, [*column.head.split(), f"({column.unit})", NOTE]))
    longest = max(WIDER * max(texts, default=0), 1.2 * words) + 1
    return min(max(NARROWEST, longest), WIDEST)

"""A grid of rows by name and columns: a filled cell with a few letters in it, or an empty one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    BODY,
    CATEGORIES,
    GRID,
    INK,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    Canvas,
    Words,
    frame,
    ink_on,
    top_of,
    width,
)
from sufficiency.maps.lettering import names_that_fit

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = 24.0
#: Share of the drawing that names may take.
NAMES = 0.46


@dataclass(frozen=True)
class Grid:
    """Rows and columns.

    Attributes
    ----------
    heads
        Two lines over each column.
    values
        What is written in each filled cell; None for an empty one.
    fills
        The fill of each row.
    key
        Fills and what they mean.
    """

    words: Words
    names: Sequence[str]
    heads: Sequence[tuple[str, str]]
    values: Sequence[Sequence[object | None]]
    fills: Sequence[int]
    key: Sequence[tuple[int, str]]


def draw_grid(chart: Grid) -> str:
    """Draw a row a name: filled cells with what is in them, empty ones with an edge."""
    canvas, words = Canvas(chart.words.key), chart.words
    y, x = top_of(words) + 8, MARGIN
    for fill, text in chart.key:
        canvas.block(x, y - 11, 14, 14, fill)
        canvas.text(text, x + 20, y, SMALL + 1)
        x += 20 + width(text, SMALL + 1) + 18
    top = y + 46
    shown = names_that_fit(chart.names, BODY - 1, WIDTH * NAMES - MARGIN)
    left = MARGIN + max([0.0, *(width(name, BODY - 1) for name in shown)]) + 14
    step = (WIDTH - MARGIN - left) / max(1, len(chart.heads))
    for n, (first, second) in enumerate(chart.heads):
        canvas.text(first, left + step * (n + 0.5), top - 20, SMALL, "middle", bold=True)
        canvas.text(second, left + step * (n + 0.5), top - 6, SMALL, "middle", ink=PALE)
    for row, (name, values) in enumerate(zip(shown, chart.values, strict=True)):
        at = top + ROW * row
        canvas.text(name, MARGIN, at + ROW / 2 + 4.7, BODY - 1, ink=INK)
        for n, value in enumerate(values):
            _cell(canvas, value, chart.fills[row], (left + step * n + 1, at + 1, step - 2, ROW - 2))
    return frame(canvas, words, top + ROW * len(shown) + 2)


def _cell(
    canvas: Canvas, value: object | None, fill: int, box: tuple[float, float, float, float]
) -> None:
    x, y, wide, high = box
    if value is None:
        canvas.rect(x, y, wide, high, "#ffffff", GRID)
        return
    text, colour = str(value), CATEGORIES[fill]
    canvas.block(x, y, wide, high, fill)
    room = width(text, SMALL) + 8
    canvas.rect(x + (wide - room) / 2, y + 2, room, high - 4, colour)
    canvas.text(text, x + wide / 2, y + high / 2 + 4.3, SMALL, "middle", ink=ink_on(colour))

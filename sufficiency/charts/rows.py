"""Rows by name: how full over the years, when schemes open, and plain bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    BODY,
    CATEGORIES,
    GRID,
    INK,
    LINE,
    MARGIN,
    PALE,
    SEQUENCE,
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
    from collections.abc import Callable, Sequence

ROW = 24.0
#: Share of the drawing that names may take.
NAMES = 0.42
HIDDEN = "[c]"
#: Stands after a value that has something to be known about it.
MARK = " •"


@dataclass(frozen=True)
class Shade:
    """A class of a heat chart: values from `least` on, in words."""

    least: float
    words: str
    colour: str


#: Classes of how full, in per cent.
FULLNESS = (
    Shade(0, "under 50%", "#ffffff"),
    Shade(50, "50% to under 75%", SEQUENCE[0]),
    Shade(75, "75% to under 90%", SEQUENCE[1]),
    Shade(90, "90% to 100%", SEQUENCE[3]),
    Shade(100.51, "over 100%", SEQUENCE[4]),
)


@dataclass(frozen=True)
class Heat:
    """A table of shaded cells by row and column: None where withheld, NaN where there is nothing.

    Attributes
    ----------
    shades
        Classes of values, rising.
    write
        How a value is written in its cell.
    marked
        Cells (row, column) that have a mark after their value.
    """

    words: Words
    names: Sequence[str]
    heads: Sequence[str]
    values: Sequence[Sequence[float | None]]
    shades: Sequence[Shade] = FULLNESS
    write: Callable[[float], str] = "{:.0f}%".format
    marked: frozenset[tuple[int, int]] = frozenset()


def draw_heat(chart: Heat) -> str:
    """Draw a row a name: shaded and written."""
    canvas, words = Canvas(chart.words.key), chart.words
    top = _shades(canvas, chart.shades, top_of(words) + 8)
    left = _names(canvas, chart.names, top + 20, BODY - 1)
    step = (WIDTH - MARGIN - left) / len(chart.heads)
    for n, head in enumerate(chart.heads):
        canvas.text(head, left + step * (n + 0.5), top + 12, SMALL, "middle", ink=PALE)
    for row, values in enumerate(chart.values):
        for n, value in enumerate(values):
            box = (left + step * n + 1, top + 20 + ROW * row + 1, step - 2, ROW - 2)
            _cell(canvas, chart, value, box, MARK if (row, n) in chart.marked else "")
    bottom = top + 20 + ROW * len(chart.names) + 4
    return frame(canvas, words, bottom)


def _cell(
    canvas: Canvas,
    chart: Heat,
    value: float | None,
    box: tuple[float, float, float, float],
    mark: str,
) -> None:
    x, y, wide, high = box
    base = y + high / 2 + 4.3
    if value is None:
        canvas.rect(x, y, wide, high, "#f3f5f7")
        canvas.text(HIDDEN, x + wide / 2, base, SMALL, "middle", ink=PALE)
    elif value == value:  # noqa: PLR0124
        shade = next(s for s in reversed(chart.shades) if value >= s.least)
        canvas.rect(x, y, wide, high, shade.colour, GRID if shade.colour == "#ffffff" else "")
        ink = ink_on(shade.colour)
        canvas.text(f"{chart.write(value)}{mark}", x + wide / 2, base, SMALL, "middle", ink=ink)


def _shades(canvas: Canvas, shades: Sequence[Shade], y: float) -> float:
    """Write the key of shades; return where the rows may begin."""
    x = MARGIN
    for shade in shades:
        canvas.rect(x, y - 11, 14, 14, shade.colour, LINE)
        canvas.text(shade.words, x + 20, y, SMALL + 1)
        x += 20 + width(shade.words, SMALL + 1) + 18
    return y + 14


@dataclass(frozen=True)
class Span:
    """A scheme in a timeline: from which column it is open, or None; what is written in it; which fill."""

    name: str
    start: int | None
    note: str
    fill: int = 0


@dataclass(frozen=True)
class Timeline:
    """Schemes by the year in which they open."""

    words: Words
    heads: Sequence[str]
    spans: Sequence[Span]
    key: Sequence[tuple[int, str]]
    never: str = "not chosen"


def draw_timeline(chart: Timeline) -> str:
    """Draw when each scheme opens, a row a scheme; one that does not open is an empty row that says so."""
    canvas, words = Canvas(chart.words.key), chart.words
    y = top_of(words) + 8
    x = MARGIN
    for n, text in chart.key:
        canvas.block(x, y - 11, 14, 14, n)
        canvas.text(text, x + 20, y, SMALL + 1)
        x += 20 + width(text, SMALL + 1) + 18
    top = y + 14
    first = top + 20
    bottom = first + ROW * len(chart.spans) + 2
    left = _names(canvas, [span.name for span in chart.spans], first, BODY - 1)
    step = (WIDTH - MARGIN - left) / len(chart.heads)
    for n, head in enumerate(chart.heads):
        canvas.line(left + step * n, first, left + step * n, bottom)
        canvas.text(head, left + step * (n + 0.5), top + 12, SMALL, "middle", ink=PALE)
    for row, span in enumerate(chart.spans):
        _span(canvas, chart, span, (left, first + ROW * row + 3, step))
    return frame(canvas, words, bottom)


def _span(canvas: Canvas, chart: Timeline, span: Span, at: tuple[float, float, float]) -> None:
    left, y, step = at
    high, right = ROW - 6, WIDTH - MARGIN
    base = y + high / 2 + 4.3
    if span.start is None:
        canvas.rect(left + 1, y + 1, right - left - 2, high - 2, "#ffffff", GRID)
        canvas.text(f"{chart.never}: {span.note}", left + 8, base, SMALL, ink=PALE)
        return
    x = left + step * span.start
    canvas.block(x + 1, y, right - x - 1, high, span.fill)
    note = width(span.note, SMALL)
    if note + 14 <= right - x:
        colour = CATEGORIES[span.fill]
        canvas.rect(x + 4, y + 1, note + 8, high - 2, colour)
        canvas.text(span.note, x + 8, base, SMALL, ink=ink_on(colour))
    else:
        canvas.rect(x - note - 10, y + 1, note + 8, high - 2, "#ffffff")
        canvas.text(span.note, x - 5, base, SMALL, "end")


@dataclass(frozen=True)
class Bars:
    """Plain bars, a row a name, in fill `fills[n]`; None where a value is withheld."""

    words: Words
    names: Sequence[str]
    values: Sequence[float | None]
    fills: Sequence[int]
    write: Callable[[float], str] = "{:,.0f}".format


def draw_bars(chart: Bars) -> str:
    """Draw a bar a row, with its value at the end."""
    canvas, words = Canvas(chart.words.key), chart.words
    top = top_of(words)
    left = _names(canvas, chart.names, top, BODY)
    most = max([1e-9, *(value or 0.0 for value in chart.values)])
    longest = max([20.0, *(width(chart.write(v or 0.0), BODY) for v in chart.values)])
    room = WIDTH - MARGIN - left - longest - 10
    bottom = top + ROW * len(chart.names) + 2
    canvas.line(left, top, left, bottom, LINE, 1.2)
    for row, (value, fill) in enumerate(zip(chart.values, chart.fills, strict=True)):
        y = top + ROW * row
        long = room * (value or 0.0) / most
        canvas.block(left, y + 4, long, ROW - 8, fill)
        written = HIDDEN if value is None else chart.write(value)
        canvas.text(written, left + long + 6, y + ROW / 2 + 5, BODY)
    return frame(canvas, words, bottom)


def _names(canvas: Canvas, names: Sequence[str], top: float, size: float) -> float:
    """Write a name a row, and return where they end."""
    room = WIDTH * NAMES - MARGIN
    shown = names_that_fit(names, size, room)
    for row, name in enumerate(shown):
        canvas.text(name, MARGIN, top + ROW * row + ROW / 2 + 4.7, size, ink=INK)
    return MARGIN + max([0.0, *(width(name, size) for name in shown)]) + 14

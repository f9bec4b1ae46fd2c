"""Rows that go either way from a line: who gains and who loses, and ranges that may be more or less."""

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
    SMALL,
    WIDTH,
    Canvas,
    Words,
    frame,
    ticks,
    top_of,
    width,
)
from sufficiency.maps.lettering import names_that_fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROW = 26.0
#: Height of the letters of names.
SIZE = BODY - 1
#: Share of the drawing that names may take.
NAMES = 0.46
HIDDEN = "[c]"


@dataclass(frozen=True)
class Part:
    """One category of a row that goes one way: its name, its fill, and a value for each row, None where withheld."""

    name: str
    fill: int
    values: Sequence[float | None]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is in it, withheld ones included."""
        return all(value == 0 for value in self.values)


@dataclass(frozen=True)
class Balance:
    """Rows with what goes to the left and what goes to the right, from the line outwards."""

    words: Words
    names: Sequence[str]
    left: Sequence[Part]
    right: Sequence[Part]
    ways: tuple[str, str]


def draw_balance(chart: Balance) -> str:
    """Draw a row a name: parts to the left and to the right of one line, with what each side comes to."""
    canvas, words = Canvas(chart.words.key), chart.words
    top = _key(canvas, [*chart.right, *chart.left], top_of(words) + 8) + 20
    begin = _names(canvas, chart.names, top)
    room = WIDTH - MARGIN - begin - 2 * _label(chart)
    sides = [
        [_sum(parts, row) for row in range(len(chart.names))] for parts in (chart.left, chart.right)
    ]
    most = [max([0.0, *side]) for side in sides]
    scale = room / max(sum(most), 1e-9)
    zero = begin + _label(chart) + most[0] * scale
    bottom = top + ROW * len(chart.names)
    for way, text in zip((-1, 1), chart.ways, strict=True):
        anchor = "end" if way < 0 else "start"
        canvas.text(text, zero + 6 * way, top - 8, SMALL, anchor, ink=PALE)
    for row in range(len(chart.names)):
        for way, parts in ((-1, chart.left), (1, chart.right)):
            _outwards(canvas, parts, row, (zero, top + ROW * row, way * scale))
    canvas.line(zero, top - 4, zero, bottom, LINE, 1.2)
    return frame(canvas, words, bottom + 4)


def _outwards(
    canvas: Canvas, parts: Sequence[Part], row: int, at: tuple[float, float, float]
) -> None:
    """Draw one side of a row, and write what it comes to at its end."""
    x, y, scale = at
    for part in parts:
        long = (part.values[row] or 0.0) * scale
        if long:
            canvas.block(min(x, x + long), y + 4, abs(long), ROW - 8, part.fill)
        x += long
    known, hidden = _sum(parts, row), any(part.values[row] is None for part in parts)
    said = f"{known:,.0f} + {HIDDEN}" if known and hidden else HIDDEN if hidden else f"{known:,.0f}"
    away = 6 if scale > 0 else -6
    anchor = "start" if scale > 0 else "end"
    canvas.text(said, x + away, y + ROW / 2 + 4.5, BODY - 1, anchor)


def _sum(parts: Sequence[Part], row: int) -> float:
    return sum(part.values[row] or 0.0 for part in parts)


def _label(chart: Balance) -> float:
    """Return the room that a figure at the end of a row needs."""
    sums = [
        _sum(parts, row) for parts in (chart.left, chart.right) for row in range(len(chart.names))
    ]
    return 12 + max([width(f"{value:,.0f} + {HIDDEN}", BODY - 1) for value in sums], default=0.0)


def _key(canvas: Canvas, parts: Sequence[Part], y: float) -> float:
    """Write what each part is in a row over the plot; return where that ends."""
    x = MARGIN
    for part in parts:
        long = 20 + width(part.name, SMALL + 1)
        if x > MARGIN and x + long > WIDTH - MARGIN:
            x, y = MARGIN, y + 22
        canvas.block(x, y - 11, 14, 14, part.fill)
        canvas.text(part.name, x + 20, y, SMALL + 1)
        x += long + 20
    return y + 14


@dataclass(frozen=True)
class Ranges:
    """Rows with a range each: low and high, None where it is withheld."""

    words: Words
    names: Sequence[str]
    ranges: Sequence[tuple[float, float] | None]
    write: Callable[[float], str] = "{:,.0f}".format


def draw_ranges(chart: Ranges) -> str:
    """Draw a bar a row from the low end to the high one, over a scale that has nought in it."""
    canvas, words = Canvas(chart.words.key), chart.words
    top = top_of(words) + 6
    begin = _names(canvas, chart.names, top)
    ends = [end for found in chart.ranges if found for end in found]
    marks = ticks(min([0.0, *ends]), max([1e-9, *ends]), 6)
    room = WIDTH - MARGIN - begin - 24
    bottom = top + ROW * len(chart.names)

    def x(value: float) -> float:
        return begin + 12 + room * (value - marks[0]) / (marks[-1] - marks[0])

    for mark in marks:
        canvas.line(
            x(mark), top, x(mark), bottom, LINE if mark == 0 else GRID, 1.2 if mark == 0 else 1
        )
        canvas.text(chart.write(mark), x(mark), bottom + 16, SMALL, "middle", ink=PALE)
    for row, found in enumerate(chart.ranges):
        middle = top + ROW * (row + 0.5)
        if found is None:
            canvas.text(HIDDEN, x(0.0) + 6, middle + 4.5, SMALL, ink=PALE)
            continue
        low, high = (x(end) for end in found)
        canvas.rect(low, middle - 5, max(high - low, 1.5), 10, CATEGORIES[0])
        _written(canvas, chart, found, (low, high, middle))
    return frame(canvas, words, bottom + 22)


def _written(
    canvas: Canvas, chart: Ranges, found: tuple[float, float], at: tuple[float, float, float]
) -> None:
    """Write a range beside its bar: to the right, or to the left where there is no room."""
    low, high, middle = at
    ends = list(dict.fromkeys(chart.write(end) for end in found))
    words = " to ".join(ends)
    long = width(words, SMALL)
    right = high + 6 + long <= WIDTH - MARGIN
    start = high + 6 if right else low - 6 - long
    canvas.rect(start - 2, middle - 8, long + 4, 16, "#ffffff")
    canvas.text(words, start, middle + 4.3, SMALL)


def _names(canvas: Canvas, names: Sequence[str], top: float) -> float:
    """Write a name a row, and return where they end."""
    room = WIDTH * NAMES - MARGIN
    shown = names_that_fit(names, SIZE, room)
    for row, name in enumerate(shown):
        canvas.text(name, MARGIN, top + ROW * (row + 0.5) + 4.7, SIZE, ink=INK)
    return MARGIN + max([0.0, *(width(name, SIZE) for name in shown)]) + 10

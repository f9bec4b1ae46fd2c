"""Columns by year or by band: stacked parts of a whole, or side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    BODY,
    CATEGORIES,
    INK,
    LINE,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    Canvas,
    Words,
    fit,
    frame,
    ink_on,
    spread,
    ticks,
    top_of,
    width,
)
from sufficiency.maps.lettering import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEFT, HIGH, RIGHT = 58.0, 260.0, 150.0
#: What stands where a value is withheld.
HIDDEN = "[c]"


@dataclass(frozen=True)
class Series:
    """One category of a chart: a value for each place along the axis, None where it is withheld."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Columns:
    """A chart of columns.

    Attributes
    ----------
    places
        What stands along the axis.
    series
        At most four, from the foot of a column up, or from left to right.
    stacked
        Whether they are parts of a whole.
    changes
        Whether values are differences, so that a nought is not written.
    write
        How a value is written.
    """

    words: Words
    places: Sequence[str]
    series: Sequence[Series]
    stacked: bool = False
    changes: bool = False
    write: Callable[[float], str] = "{:,.0f}".format


@dataclass(frozen=True)
class _Plot:
    """Where values and places lie."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    count: int

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)

    @property
    def step(self) -> float:
        return (self.right - self.left) / max(self.count, 1)

    def x(self, place: int) -> float:
        return self.left + self.step * place


def draw_columns(chart: Columns) -> str:
    """Draw columns, with what each series is written beside it."""
    canvas = Canvas(chart.words.key)
    top = top_of(chart.words) + (0 if chart.stacked else _key(canvas, chart))
    low, high = _range(chart)
    marks = ticks(low, high)
    right = WIDTH - (RIGHT if chart.stacked else MARGIN)
    plot = _Plot(LEFT, right, top, top + HIGH, marks[0], marks[-1], len(chart.places))
    for mark in marks:
        y = plot.y(mark)
        canvas.line(LEFT, y, right, y, LINE if mark == 0 else "#d5d9dc", 1.2 if mark == 0 else 1)
        canvas.text(chart.write(mark), LEFT - 8, y + 4.5, SMALL, "end", ink=PALE)
    (_stack if chart.stacked else _beside)(canvas, chart, plot)
    _name_places(canvas, chart, plot)
    return frame(canvas, chart.words, plot.bottom + 34)


def _range(chart: Columns) -> tuple[float, float]:
    """Return the least and the greatest height, nought included."""
    if chart.stacked:
        sums = [sum(s.values[n] or 0.0 for s in chart.series) for n in range(len(chart.places))]
        return 0.0, max([1e-9, *sums])
    known = [value for s in chart.series for value in s.values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return low, max(high, low + 1e-9)


def _stack(canvas: Canvas, chart: Columns, plot: _Plot) -> None:
    wide = plot.step * 0.72
    middles = [plot.y(0.0)] * len(chart.series)
    for place in range(len(chart.places)):
        x, foot = plot.x(place) + plot.step * 0.14, 0.0
        for n, series in enumerate(chart.series):
            value = series.values[place]
            if value is None or value <= 0:
                middles[n] = plot.y(foot) - 3
                continue
            y, y0 = plot.y(foot + value), plot.y(foot)
            canvas.block(x, y, wide, y0 - y, n)
            canvas.line(x, y, x + wide, y, "#ffffff", 1.0)
            _inside(canvas, chart.write(value), (x, y, wide, y0 - y), n)
            foot, middles[n] = foot + value, (y + y0) / 2
        if any(series.values[place] is None for series in chart.series):
            canvas.text(HIDDEN, x + wide / 2, plot.y(foot) - 5, SMALL, "middle", ink=PALE)
    _name_series(canvas, chart, plot, middles)


def _inside(canvas: Canvas, words: str, box: tuple[float, float, float, float], n: int) -> None:
    """Write a value within its part of a column, if there is room."""
    x, y, wide, high = box
    room = width(words, SMALL)
    if high < SMALL + 3 or wide < room + 6:
        return
    middle, base = x + wide / 2, y + high / 2 + SMALL * 0.36
    if n:
        canvas.rect(middle - room / 2 - 2, base - SMALL, room + 4, SMALL + 3, CATEGORIES[n])
    canvas.text(words, middle, base, SMALL, "middle", ink=ink_on(CATEGORIES[n]))


def _name_series(canvas: Canvas, chart: Columns, plot: _Plot, middles: Sequence[float]) -> None:
    """Write what each part is beside the last column, joined to it by a line."""
    x, room = plot.right + 26, WIDTH - MARGIN - plot.right - 26
    lines = [wrap(series.name, SMALL + 1, room, 2) for series in chart.series]
    deep = 34.0 if any(len(found) > 1 for found in lines) else 19.0
    heights = spread(middles, deep, plot.top + 8, plot.bottom - 8)
    edge = plot.right - plot.step * 0.14
    for n, (found, y) in enumerate(zip(lines, heights, strict=True)):
        canvas.line(edge + 2, middles[n], x - 18, y, LINE, 0.8)
        canvas.block(x - 16, y - 6, 12, 12, n)
        first = y + 4.5 - 7.5 * (len(found) - 1)
        for k, line in enumerate(found):
            canvas.text(line, x, first + 15 * k, SMALL + 1)


def _beside(canvas: Canvas, chart: Columns, plot: _Plot) -> None:
    each = plot.step * 0.8 / len(chart.series)
    size = SMALL
    for place in range(len(chart.places)):
        for n, series in enumerate(chart.series):
            x, value = plot.x(place) + plot.step * 0.1 + each * n, series.values[place]
            if value is None:
                canvas.text(HIDDEN, x + each / 2, plot.y(0) - 5, size, "middle", ink=PALE)
                continue
            y, y0 = sorted((plot.y(value), plot.y(0.0)))
            canvas.block(x + 0.5, y, each - 1, y0 - y, n)
            words = chart.write(value)
            if chart.changes and words == chart.write(0.0):
                continue  # no bar: nothing to write a number on
            if width(words, size) < each + 5:
                base = y - 4 if value >= 0 else y0 + size + 1
                canvas.text(words, x + each / 2, base, size, "middle")


def _key(canvas: Canvas, chart: Columns) -> float:
    """Write what each series is in a row over the plot; return how much room that takes."""
    x, y = MARGIN, top_of(chart.words) + 8
    for n, series in enumerate(chart.series):
        words = fit(series.name, BODY, WIDTH - 2 * MARGIN - 24)
        long = 22 + width(words, BODY) + 24
        if x > MARGIN and x + long > WIDTH - MARGIN:
            x, y = MARGIN, y + 22
        canvas.block(x, y - 11, 14, 14, n)
        canvas.text(words, x + 20, y, BODY)
        x += long
    return y - top_of(chart.words) + 26


def _name_places(canvas: Canvas, chart: Columns, plot: _Plot) -> None:
    """Write what stands along the axis: in two lines if need be, every second or so if crowded."""
    longest = max((width(place, SMALL) for place in chart.places), default=0.0)
    every = 1 if longest <= 2 * plot.step else -int(-(longest + 8) // plot.step)
    for n, place in enumerate(chart.places):
        if n % every:
            continue
        for k, line in enumerate(wrap(place, SMALL, plot.step * every - 4, 2)):
            x = plot.x(n) + plot.step / 2
            canvas.text(line, x, plot.bottom + 17 + 14 * k, SMALL, "middle", ink=INK)

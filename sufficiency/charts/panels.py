"""Plots under one another over one axis: lines with a mark at each point, and bands between two values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HIGH, GAP, LEFT, EDGE = 170.0, 62.0, 74.0, 24.0
#: What a scale from nought reaches at least, so that few children look few.
LEAST = 10.0


@dataclass(frozen=True)
class Trace:
    """Values by place along the axis, None where one is not told; `fill` is its category and its mark."""

    name: str
    values: Sequence[float | None]
    fill: int = 0


@dataclass(frozen=True)
class Band:
    """What lies between two values at each place, in a colour."""

    name: str
    low: Sequence[float]
    high: Sequence[float]
    colour: str


@dataclass(frozen=True)
class Panel:
    """One plot.

    Attributes
    ----------
    name
        What is shown, and in which unit.
    few
        What stands where a value is not told.
    """

    name: str
    traces: Sequence[Trace]
    bands: Sequence[Band] = ()
    from_nought: bool = True
    few: str = ""
    write: Callable[[float], str] = "{:,.6g}".format


@dataclass(frozen=True)
class Axis:
    """What plots stand over.

    Attributes
    ----------
    at
        Where each value stands, from 0 at the left to 1.
    marks
        Where each label stands, and the label.
    """

    at: Sequence[float]
    marks: Sequence[tuple[float, str]]


def evenly(places: Sequence[str]) -> Axis:
    """Return an axis of places by name, evenly apart."""
    at = [(n + 0.5) / len(places) for n in range(len(places))]
    return Axis(at, list(zip(at, places, strict=True)))


def measured(values: Sequence[float], write: Callable[[float], str]) -> Axis:
    """Return an axis of numbers from nought."""
    across = ticks(0.0, max(*values, 1e-6), 8)
    return Axis(
        [value / across[-1] for value in values],
        [(tick / across[-1], write(tick)) for tick in across],
    )


@dataclass(frozen=True)
class Panels:
    """Plots over one axis."""

    words: Words
    axis: Axis
    panels: Sequence[Panel]


@dataclass(frozen=True)
class _Axes:
    top: float
    bottom: float
    right: float
    low: float
    high: float
    at: Sequence[float]

    def x(self, place: int) -> float:
        return self.along(self.at[place])

    def along(self, share: float) -> float:
        return LEFT + (self.right - LEFT) * share

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def draw_panels(chart: Panels) -> str:
    """Draw plots under one another; the key of marks and bands stands over the first."""
    canvas = Canvas(chart.words.key)
    top = _key(canvas, chart.panels[0], top_of(chart.words) + 8) + 26
    for panel in chart.panels:
        _panel(canvas, chart, panel, top)
        top += HIGH + GAP
    return frame(canvas, chart.words, top - GAP + 24)


def _key(canvas: Canvas, panel: Panel, y: float) -> float:
    """Write what each mark and band is; return where the plots may begin."""
    if len(panel.traces) + len(panel.bands) < 2:
        return y - 14
    x = MARGIN
    entries = [(trace.name, trace.fill, "") for trace in panel.traces]
    entries += [(band.name, -1, band.colour) for band in panel.bands]
    for name, fill, colour in entries:
        long = 20 + width(name, SMALL + 1) + 20
        if x > MARGIN and x + long > WIDTH - MARGIN:
            x, y = MARGIN, y + 20
        if colour:
            canvas.rect(x, y - 11, 14, 14, colour, LINE)
        else:
            canvas.line(x, y - 4, x + 14, y - 4, CATEGORIES[fill], 2)
            _mark(canvas, x + 7, y - 4, fill)
        canvas.text(name, x + 20, y, SMALL + 1)
        x += long
    return y + 14


def _panel(canvas: Canvas, chart: Panels, panel: Panel, top: float) -> None:
    ends = [value for band in panel.bands for value in (*band.low, *band.high)]
    known = ends + [v for trace in panel.traces for v in trace.values if v is not None]
    known = known or [0.0]
    low = 0.0 if panel.from_nought else min(known)
    up = ticks(low, max([LEAST, *known] if panel.from_nought else known), 5)
    axes = _Axes(top, top + HIGH, WIDTH - MARGIN - EDGE, up[0], up[-1], chart.axis.at)
    canvas.text(panel.name, MARGIN, top - 12, SMALL + 1, bold=True)
    for tick in up:
        canvas.line(LEFT, axes.y(tick), axes.right, axes.y(tick))
        canvas.text(panel.write(tick), LEFT - 8, axes.y(tick) + 4, SMALL, "end", ink=PALE)
    for band in panel.bands:
        _band(canvas, axes, band)
    canvas.line(LEFT, axes.bottom, axes.right, axes.bottom, LINE)
    for share, label in chart.axis.marks:
        canvas.text(label, axes.along(share), axes.bottom + 18, SMALL, "middle", ink=PALE)
    for trace in panel.traces:
        _trace(canvas, axes, trace)
    for n in range(len(chart.axis.at)):
        if any(trace.values[n] is None for trace in panel.traces):
            canvas.text(panel.few, axes.x(n), axes.bottom - 6, SMALL, "middle", ink=INK)


def _band(canvas: Canvas, axes: _Axes, band: Band) -> None:
    upper = [(axes.x(n), axes.y(value)) for n, value in enumerate(band.high)]
    lower = [(axes.x(n), axes.y(value)) for n, value in enumerate(band.low)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
    canvas.parts.append(f'<polygon points="{points}" fill="{band.colour}"/>')


def _trace(canvas: Canvas, axes: _Axes, trace: Trace) -> None:
    at = [(axes.x(n), v) for n, v in enumerate(trace.values)]
    for (x1, v1), (x2, v2) in pairwise(at):
        if v1 is not None and v2 is not None:
            canvas.line(x1, axes.y(v1), x2, axes.y(v2), CATEGORIES[trace.fill], 2)
    for x, value in at:
        if value is not None:
            _mark(canvas, x, axes.y(value), trace.fill)


def _mark(canvas: Canvas, x: float, y: float, fill: int) -> None:
    """Draw a square for the first category, a diamond for the others."""
    if not fill:
        canvas.rect(x - 4, y - 4, 8, 8, CATEGORIES[fill], GRID)
        return
    points = (
        f"{x:.1f},{y - 5.5:.1f} {x + 5.5:.1f},{y:.1f} {x:.1f},{y + 5.5:.1f} {x - 5.5:.1f},{y:.1f}"
    )
    canvas.parts.append(f'<polygon points="{points}" fill="{CATEGORIES[fill]}" stroke="{GRID}"/>')

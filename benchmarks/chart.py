"""Growth curves as one SVG: size against time and memory, on logarithmic axes with plain labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from benchmarks import tasks
from benchmarks.tasks import TASKS, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.tasks import Measured, Results

#: Who is drawn, in what colour (told apart by the colour-blind: Okabe and Ito) and with what mark.
LOOK = {
    tasks.OURS: ("#0072b2", "circle"),
    tasks.COUNTRY: ("#0072b2", "circle"),
    tasks.FLOW: ("#56a0c8", "bar"),
    tasks.IPM: ("#d55e00", "square"),
    tasks.SIMPLEX: ("#e69f00", "down"),
    tasks.MIP: ("#d55e00", "square"),
    tasks.CBC: ("#555555", "up"),
    tasks.PULP_HIGHS: ("#a35c86", "diamond"),
}
NAMES = {tasks.IPM: "HiGHS, ipm or mip"}
#: Drawn under another's name.
SAME_LINE = {tasks.COUNTRY: tasks.OURS, tasks.MIP: tasks.IPM}
CURVES = {
    tasks.ONE_YEAR: "groups of children",
    tasks.STAYS: "children who seek a place",
    tasks.SCHEMES: "children who seek a place",
}
#: Kind of figure: its title, how it is read, how a tick is written.
FIGURES: dict[str, tuple[Callable[[Measured], float], Callable[[float], str]]] = {
    "Seconds of processor": (lambda one: one.cpu, lambda value: f"{value:,g} s"),
    "Peak memory": (
        lambda one: one.peak_mb,
        lambda value: f"{value:g} MB" if value < 1000 else f"{value / 1000:g} GB",
    ),
}
TITLE = "How time and memory grow with size"
HOW_TO_READ = (
    "Both axes are logarithmic. A hollow mark was stopped at its time limit: it would need more."
)
WIDTH, PANEL, HIGH, LEFT, TOP = 960, 226, 200, 82, 94
ACROSS, DOWN = 298, 262
FONTS = "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Arial, Helvetica, sans-serif"
#: Pixels between labels at least, and left of the key.
NEAREST, KEY_LEFT = 42.0, 24


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis from `low` to `high` over so many pixels."""

    low: float
    high: float
    pixels: float

    def at(self, value: float) -> float:
        """Return how far along a value lies."""
        span = math.log(self.high / self.low)
        return self.pixels * math.log(max(value, self.low) / self.low) / span

    def decades(self) -> list[float]:
        """Return the powers of ten within."""
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1)]


@dataclass(frozen=True)
class Point:
    """One measurement of a curve."""

    who: str
    size: int
    one: Measured


def growth(results: Results) -> str:
    """Return the figure."""
    points = {curve: points_of(results, curve) for curve in CURVES}
    body = [
        f'<g transform="translate({LEFT + ACROSS * column} {TOP + DOWN * row})">'
        f"{_panel(curve, figure, points[curve], _scale(figure, points))}</g>"
        for row, figure in enumerate(FIGURES)
        for column, curve in enumerate(CURVES)
    ]
    shown = {point.who for some in points.values() for point in some}
    high = TOP + DOWN * len(FIGURES) + 26
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" '
        f'aria-labelledby="growth-title growth-said" font-family="{FONTS}" font-size="13" fill="#222">'
    )
    parts = [
        opening,
        f'<title id="growth-title">{TITLE}</title>',
        f'<desc id="growth-said">{escape(said(points))}</desc>',
        f'<rect width="{WIDTH}" height="{high}" fill="#fff"/>',
        f'<text x="16" y="30" font-size="19" font-weight="600">{TITLE}</text>',
        f'<text x="16" y="50" fill="#555">{HOW_TO_READ}</text>',
        *body,
        _legend([who for who in LOOK if who in shown], high - 22),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def points_of(results: Results, curve: str) -> list[Point]:
    """Return what was measured of a curve, by contender and size."""
    size = {task.name: task.size for task in TASKS if task.curve == curve}
    found = [
        Point(SAME_LINE.get(one.contender, one.contender), size[one.task], one)
        for one in results.measured
        if one.task in size and one.contender in LOOK and one.ended in {"finished", "stopped"}
    ]
    return sorted(found, key=lambda point: (list(LOOK).index(point.who), point.size))


def said(points: dict[str, list[Point]]) -> str:
    """Say in words what the figure shows."""
    parts = []
    for curve, some in points.items():
        for who in dict.fromkeys(point.who for point in some):
            figures = [
                f"{point.size:,}: {'' if point.one.finished else 'more than '}{seconds(point.one.cpu)} s, "
                f"{point.one.peak_mb:.0f} MB"
                for point in some
                if point.who == who
            ]
            parts.append(
                f"{curve}, {NAMES.get(who, who)}, by {CURVES[curve]}: {'; '.join(figures)}."
            )
    return " ".join(parts)


def _scale(figure: str, points: dict[str, list[Point]]) -> Axis:
    """Return the axis of a kind of figure, the same for every curve."""
    read, _ = FIGURES[figure]
    values = [read(point.one) for some in points.values() for point in some if read(point.one) > 0]
    low, high = min(values, default=1.0), max(values, default=1.0)
    return Axis(
        10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high * 1.01)), HIGH
    )


def _panel(curve: str, figure: str, points: list[Point], y: Axis) -> str:
    read, tick = FIGURES[figure]
    sizes = sorted({point.size for point in points}) or [1]
    x = Axis(sizes[0] / 1.25, sizes[-1] * 1.25, PANEL)
    parts = [_title(curve)] if figure == next(iter(FIGURES)) else []
    parts += [_said_upwards(figure)] if curve == next(iter(CURVES)) else []
    parts += [_across(y, value, tick(value)) for value in y.decades()]
    parts += [_along(x, size) for size in _spread(sizes, x)]
    parts += [
        f'<path d="M0 0V{HIGH}H{PANEL}" fill="none" stroke="#888"/>',
        f'<text x="{PANEL / 2}" y="{HIGH + 36}" text-anchor="middle" fill="#555">{CURVES[curve]}</text>',
    ]
    for who in reversed(list(dict.fromkeys(point.who for point in points))):  # ours on top
        mine = [point for point in points if point.who == who and read(point.one) > 0]
        at = [(x.at(point.size), HIGH - y.at(read(point.one))) for point in mine]
        parts.append(_line(who, at, [point.one.finished for point in mine]))
    return "".join(parts)


def _title(curve: str) -> str:
    return f'<text x="0" y="-14" font-weight="600">{escape(curve[:1].upper() + curve[1:])}</text>'


def _said_upwards(figure: str) -> str:
    x = 20 - LEFT
    turned = f'transform="rotate(-90 {x} {HIGH / 2})"'
    return f'<text x="{x}" y="{HIGH / 2}" {turned} text-anchor="middle" fill="#555">{figure}</text>'


def _spread(sizes: Sequence[int], axis: Axis) -> list[int]:
    """Return the sizes whose labels keep clear of one another, the largest first."""
    kept: list[int] = []
    for size in reversed(sizes):
        if not kept or axis.at(kept[-1]) - axis.at(size) >= NEAREST:
            kept.append(size)
    return kept


def _across(axis: Axis, value: float, label: str) -> str:
    height = HIGH - axis.at(value)
    return (
        f'<path d="M0 {height:.1f}H{PANEL}" stroke="#e4e4e4"/>'
        f'<text x="-7" y="{height + 4:.1f}" text-anchor="end">{label}</text>'
    )


def _along(axis: Axis, size: int) -> str:
    x = axis.at(size)
    return (
        f'<path d="M{x:.1f} {HIGH}v4" stroke="#888"/>'
        f'<text x="{x:.1f}" y="{HIGH + 18}" text-anchor="middle">{size:,}</text>'
    )


def _line(who: str, at: Sequence[tuple[float, float]], finished: Sequence[bool]) -> str:
    colour, mark = LOOK[who]
    width = 2.6 if who == tasks.OURS else 1.6
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
    marks = [_mark(mark, colour, *spot, full=full) for spot, full in zip(at, finished, strict=True)]
    return line + "".join(marks)


#: Marks as paths about a point.
MARKS = {
    "circle": "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
    "square": "m-4 -4h8v8h-8z",
    "up": "m0 -5l5 9h-10z",
    "down": "m0 5l5 -9h-10z",
    "diamond": "m0 -5.5l5 5.5l-5 5.5l-5 -5.5z",
    "bar": "m-5 -1.5h10v3h-10z",
}


def _mark(mark: str, colour: str, x: float, y: float, *, full: bool) -> str:
    fill = colour if full else "#fff"
    return f'<path d="M{x:.1f} {y:.1f}{MARKS[mark]}" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'


def _legend(whose: Sequence[str], height: float) -> str:
    """Return the key, in columns of one width."""
    parts = []
    for n, who in enumerate(whose):
        x = KEY_LEFT + n * (WIDTH - KEY_LEFT) / len(whose)
        parts.append(_line(who, [(x, height), (x + 24, height)], [True, True]))
        name = escape(NAMES.get(who, who))
        parts.append(f'<text x="{x + 34:.1f}" y="{height + 4.5}">{name}</text>')
    return "".join(parts)

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
NAMES = {tasks.OURS: "sufficiency, verified", tasks.IPM: "HiGHS, ipm or mip"}
#: Drawn under another's name.
SAME_LINE = {tasks.COUNTRY: tasks.OURS, tasks.MIP: tasks.IPM}
CURVES = {
    tasks.ONE_YEAR: "groups of children",
    tasks.STAYS: "children who seek a place",
    tasks.SCHEMES: "children who seek a place",
}
#: Kind of figure: its title, how it is read, how a tick is written.
FIGURES: dict[str, tuple[Callable[[Measured], float], Callable[[float], str]]] = {
    "Seconds of processor": (lambda one: one.cpu, lambda value: f"{value:g} s"),
    "Peak memory": (
        lambda one: one.peak_mb,
        lambda value: f"{value:g} MB" if value < 1000 else f"{value / 1000:g} GB",
    ),
}
TITLE = "How time and memory grow with size"
HOW_TO_READ = (
    "Both axes are logarithmic. A hollow mark was stopped at its time limit: it would need more."
)
WIDTH, PANEL, HIGH, LEFT, TOP = 960, 232, 200, 70, 76
ACROSS, DOWN = 304, 276
NEAREST = 38.0


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
        _panel(curve, figure, points[curve], LEFT + ACROSS * column, TOP + DOWN * row)
        for row, figure in enumerate(FIGURES)
        for column, curve in enumerate(CURVES)
    ]
    shown = {point.who for some in points.values() for point in some}
    high = TOP + DOWN * len(FIGURES) + 44
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" '
        'aria-labelledby="growth-title growth-said" font-family="Source Sans 3, Arial, sans-serif" '
        'font-size="13" fill="#222">'
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


def _panel(curve: str, figure: str, points: list[Point], left: float, top: float) -> str:
    read, tick = FIGURES[figure]
    values = [read(point.one) for point in points if read(point.one) > 0] or [1.0]
    sizes = sorted({point.size for point in points}) or [1]
    x = Axis(sizes[0] / 1.25, sizes[-1] * 1.25, PANEL)
    y = Axis(_down(min(values)), _up(max(values)), HIGH)
    parts = [
        f'<text x="0" y="-12" font-weight="600">{escape(_capital(curve))}</text>'
        if figure == next(iter(FIGURES))
        else "",
        f'<text x="{-LEFT + 20}" y="{HIGH / 2}" transform="rotate(-90 {-LEFT + 20} {HIGH / 2})" '
        f'text-anchor="middle" fill="#555">{figure}</text>'
        if curve == next(iter(CURVES))
        else "",
        *[_across(y, value, tick(value)) for value in y.decades()],
        *[_along(x, size) for size in _spread(sizes, x)],
        f'<path d="M0 0V{HIGH}H{PANEL}" fill="none" stroke="#888"/>',
        f'<text x="{PANEL / 2}" y="{HIGH + 36}" text-anchor="middle" fill="#555">{CURVES[curve]}</text>',
    ]
    for who in dict.fromkeys(point.who for point in points):
        mine = [point for point in points if point.who == who and read(point.one) > 0]
        at = [(x.at(point.size), HIGH - y.at(read(point.one))) for point in mine]
        parts.append(_line(who, at, [point.one.finished for point in mine]))
    return f'<g transform="translate({left} {top})">{"".join(parts)}</g>'


def _down(value: float) -> float:
    return float(10.0 ** math.floor(math.log10(value)))


def _up(value: float) -> float:
    return float(10.0 ** math.ceil(math.log10(value * 1.01)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


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
    parts, x = [], 16.0
    for who in whose:
        name = NAMES.get(who, who)
        parts.append(_line(who, [(x, height), (x + 26, height)], [True, True]))
        parts.append(f'<text x="{x + 36}" y="{height + 4.5}">{escape(name)}</text>')
        x += 36 + 7.2 * len(name) + 16
    return "".join(parts)

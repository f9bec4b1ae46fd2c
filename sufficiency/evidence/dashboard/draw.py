"""The dashboard's small drawings: a line through the years, bars side by side, the column of outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.charts.canvas import CATEGORIES, INK, ticks, width
from sufficiency.evidence.dashboard.lines import rooms
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.evidence.dashboard.published import Run, Value

#: Size of a line through the years, and room round it for its dots.
WIDE, HIGH, ROOM = 92.0, 26.0, 4.0
BLUE = "#12436d"
#: Size of a drawing of columns, and room round them; with more years than this every other one is named.
COLUMN_WIDE, COLUMN_HIGH, LEFT, ABOVE, BELOW = 470, 250, 46, 62, 24
MOST_NAMED = 8
_LINES = '<path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" stroke="#fff" stroke-width="1.6"/>'
_DOTS = '<circle cx="4" cy="4" r="1.5" fill="#fff"/>'
_CROSSES = '<path d="M0 0L8 8M0 8L8 0" stroke="#fff" stroke-width="1.1"/>'
#: By drawing, what its parts are filled with: a colour and marks, so that no two differ by colour alone.
FILLS = {
    "outcomes": tuple(zip(CATEGORIES, ("", _LINES, _DOTS, _CROSSES), strict=True)),
    "places": ((BLUE, ""), ("#ffffff", ""), ("#6bace6", _LINES)),
}
#: Where children are, in words: the columns of `outcomes`.
PLACES = {
    "local": "This council’s own",
    "away": "Another council’s",
    "independent": "Independent",
    "unplaced": "Without a place",
}


def spark(points: Sequence[float | None]) -> str:
    """Draw a line through the years, a dot at each end; gaps where nothing is told; nothing where nothing changes.

    It is decoration beside its figures, and hidden from whoever listens to the page.
    """
    told = [point for point in points if point is not None]
    if len(told) < 2 or min(told) == max(told):
        return ""
    low, high = min(told), max(told)
    step = (WIDE - 2 * ROOM) / (len(points) - 1)

    def at(place: int, point: float) -> tuple[float, float]:
        share = (point - low) / (high - low)
        return ROOM + step * place, HIGH - ROOM - share * (HIGH - 2 * ROOM)

    runs: list[list[tuple[float, float]]] = [[]]
    for place, point in enumerate(points):
        if point is None:
            runs.append([])
        else:
            runs[-1].append(at(place, point))
    drawn = [run for run in runs if run]
    lines = [
        '<polyline points="'
        + " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        + f'" fill="none" stroke="{BLUE}" stroke-width="2" stroke-linejoin="round"/>'
        for run in drawn
        if len(run) > 1
    ]
    first, last = drawn[0][0], drawn[-1][-1]
    dots = [
        f'<circle cx="{first[0]:.1f}" cy="{first[1]:.1f}" r="2.2" fill="#fff" stroke="{BLUE}" stroke-width="1.4"/>',
        f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3" fill="{BLUE}"/>',
    ]
    return (
        f'<svg class="spark" viewBox="0 0 {WIDE:g} {HIGH:g}" width="{WIDE:g}" height="{HIGH:g}" '
        f'aria-hidden="true" focusable="false">{"".join(lines + dots)}</svg>'
    )


def bar(share: float) -> str:
    """Draw a bar of a share of its room; decoration beside its figure."""
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect width="100" height="10" fill="#e3e8ed"/>'
        f'<rect width="{100 * share:.1f}" height="10" fill="{BLUE}"/></svg>'
    )


def outcomes(run: Run) -> str:
    """Draw children by where they are, a column a year; "" for a plan of nobody."""
    return _columns(
        "outcomes",
        "Children by where they are, by academic year; the table has the figures",
        run.years,
        [(name, run.by_year("outcomes", column)) for column, name in PLACES.items()],
    )


def places(run: Run) -> str:
    """Draw specialist places here, taken and empty, a column a year; "" where there are none."""
    found = rooms(run)
    series: list[tuple[str, Mapping[int, Value]]] = [
        ("Taken", {year: room.told_used for year, room in found.items()}),
        ("Empty", {year: max(0.0, r.told_places - r.told_used) for year, r in found.items()}),
        ("Use withheld", {year: room.places - room.told_places for year, room in found.items()}),
    ]
    return _columns(
        "places",
        "Places in special schools and bases here, taken and empty; the table has the figures",
        run.years,
        [one for one in series if any(map(_number, one[1].values()))],
    )


def _columns(
    key: str, title: str, years: Sequence[int], series: Sequence[tuple[str, Mapping[int, Value]]]
) -> str:
    """Draw columns stacked from the foot up; a year with a part that is withheld says so over its column."""
    totals = [sum(_number(values.get(year)) for _, values in series) for year in years]
    if not max(totals, default=0.0):
        return ""
    top = ticks(0.0, max(totals), 4)
    step = (COLUMN_WIDE - LEFT - 4) / len(years)
    room = COLUMN_HIGH - ABOVE - BELOW

    def y(count: float) -> float:
        return COLUMN_HIGH - BELOW - room * count / top[-1]

    parts = [_text(LEFT - 6, y(mark) + 4, f"{mark:,.0f}", "end") for mark in top]
    parts += [
        f'<line x1="{LEFT}" x2="{COLUMN_WIDE}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="#d5d9dc"/>'
        for mark in top
    ]
    for n, year in enumerate(years):
        x, foot = LEFT + step * n + 0.14 * step, 0.0
        for place, (_, values) in enumerate(series):
            count = _number(values.get(year))
            high = y(foot) - y(foot + count)
            if high > 0:
                parts.append(_block(key, place, x, y(foot + count), 0.72 * step, high))
            foot += count
        middle = x + 0.36 * step
        hidden = any(values.get(year) == WITHHELD for _, values in series)
        parts.append(
            _text(
                middle, y(foot) - 5, f"{foot:,.0f}" + (f" + {WITHHELD}" if hidden else ""), "middle"
            )
        )
        if len(years) <= MOST_NAMED or n % 2 == 0:
            parts.append(_text(middle, COLUMN_HIGH - 6, academic(year), "middle"))
    return _svg(key, title, [*_legend(key, [name for name, _ in series]), *parts])


def _legend(key: str, names: Sequence[str]) -> list[str]:
    """Return the key over a drawing: a swatch and a name for each part."""
    found: list[str] = []
    x, y = float(LEFT), 3
    for n, name in enumerate(names):
        long = 34 + width(name, 12.5)
        if x + long > COLUMN_WIDE:
            x, y = float(LEFT), y + 18
        found += [_block(key, n, x, y, 13, 13), _text(x + 18, y + 11, name)]
        x += long
    return found


def _svg(key: str, title: str, parts: Sequence[str]) -> str:
    fills = "".join(
        f'<pattern id="{key}-{n}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{colour}"/>{mark}</pattern>'
        for n, (colour, mark) in enumerate(FILLS[key])
    )
    return (
        f'<svg class="columns" role="img" viewBox="0 0 {COLUMN_WIDE} {COLUMN_HIGH}" aria-labelledby="{key}-title">'
        f'<title id="{key}-title">{title}</title><defs>{fills}</defs>{"".join(parts)}</svg>'
    )


def _block(key: str, n: int, x: float, y: float, wide: float, high: float) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="url(#{key}-{n})" '
        f'stroke="{CATEGORIES[0]}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12.5" text-anchor="{anchor}" fill="{INK}">{words}</text>'


def _number(shown: Value) -> float:
    return shown if isinstance(shown, float) else 0.0

"""Rows by name with several bars side by side, each in a panel of its own scale: things that must not be added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    BODY,
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
    top_of,
    width,
)
from sufficiency.maps.lettering import names_that_fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROW = 26.0
#: Share of the drawing that names may take beside few measures and beside more; room between measures.
NAMES, NAMES_LEAST, FEW, APART = 0.44, 0.34, 2, 22.0
HIDDEN = "[c]"


@dataclass(frozen=True)
class Measure:
    """One measure of every row: a value each, None where it is not told; less than nought runs to the left.

    Attributes
    ----------
    fill
        Which of the fills.
    write
        How a value is written beside its bar.
    """

    title: str
    values: Sequence[float | None]
    fill: int
    write: Callable[[float], str] = "{:,.0f}".format


@dataclass(frozen=True)
class Beside:
    """Rows by name, and the measures from left to right."""

    words: Words
    names: Sequence[str]
    measures: Sequence[Measure]


def draw_beside(chart: Beside) -> str:
    """Draw a row a name and a bar a measure, each on its own scale from its own nought."""
    canvas, words = Canvas(chart.words.key), chart.words
    top = top_of(words) + 24
    room = WIDTH * (NAMES if len(chart.measures) <= FEW else NAMES_LEAST) - MARGIN
    shown = names_that_fit(chart.names, BODY - 1, room)
    for row, name in enumerate(shown):
        canvas.text(name, MARGIN, top + ROW * row + ROW / 2 + 4.7, BODY - 1, ink=INK)
    left = MARGIN + max([0.0, *(width(name, BODY - 1) for name in shown)]) + 24
    wide = (WIDTH - MARGIN - left - APART * (len(chart.measures) - 1)) / len(chart.measures)
    bottom = top + ROW * len(chart.names) + 2
    for n, measure in enumerate(chart.measures):
        _bars(canvas, measure, (left + n * (wide + APART), wide), (top, bottom))
    return frame(canvas, words, bottom)


def _bars(
    canvas: Canvas, measure: Measure, across: tuple[float, float], down: tuple[float, float]
) -> None:
    x, wide = across
    top, bottom = down
    canvas.text(fit(measure.title, SMALL, wide), x, top - 8, SMALL, ink=INK, bold=True)
    known = [value for value in measure.values if value is not None]
    most, least = max([0.0, *known]), min([0.0, *known])
    beside = [_room(measure, [v for v in known if (v < 0) == under]) for under in (True, False)]
    scale = max(1.0, wide - sum(beside)) / max(most - least, 1e-9)
    nought = x + beside[0] - least * scale
    canvas.line(nought, top, nought, bottom, LINE, 1.2)
    for row, value in enumerate(measure.values):
        y = top + ROW * row
        base = y + ROW / 2 + 4.3
        if value is None:
            canvas.text(HIDDEN, nought + 5, base, SMALL, ink=PALE)
            continue
        long = abs(value) * scale
        canvas.block(nought - (long if value < 0 else 0), y + 5, long, ROW - 10, measure.fill)
        if value < 0:
            canvas.text(measure.write(value), nought - long - 5, base, SMALL, "end")
        else:
            canvas.text(measure.write(value), nought + long + 5, base, SMALL)


def _room(measure: Measure, values: Sequence[float]) -> float:
    """Return how much room what is written beside bars takes."""
    return max([0.0, *(width(measure.write(value), SMALL) + 8 for value in values)])

"""What charts are drawn on: lettering, shapes, fills that differ without colour, and the frame round a plot.

Attributes only, no style sheet: the same drawing must survive a browser, typst and a word processor.

References
----------
Government Analysis Function, *Data visualisation: colours in charts* (categorical and sequential palettes).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sufficiency import fonts
from sufficiency.maps.lettering import escape, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, MARGIN = 720.0, 6.0
INK, PALE, LINE, GRID = "#0b0c0c", "#44494d", "#505a5f", "#d5d9dc"
#: The Analysis Function's categories, in an order that keeps neighbours apart.
CATEGORIES = ("#12436D", "#28A197", "#801650", "#F46A25")
#: The Analysis Function's sequence, pale to dark.
SEQUENCE = ("#ADD1F1", "#6BACE6", "#2073BC", "#12436D", "#092135")
BODY, SMALL, TITLE = 14.0, 12.0, 19.0
#: From one line to the next, in heights of its letters.
LEADING = 1.36
#: Marks on each fill, so that no two differ by colour alone: none, lines, dots, crosses.
_MARKS = (
    "",
    '<path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" stroke="#ffffff" stroke-width="1.6"/>',
    '<circle cx="4" cy="4" r="1.5" fill="#ffffff"/>',
    '<path d="M0 0L8 8M0 8L8 0" stroke="#ffffff" stroke-width="1.1"/>',
)


@dataclass(frozen=True)
class Words:
    """What stands round a chart.

    Attributes
    ----------
    key
        Letters and digits, its own on every page.
    title, subtitle, source
        The finding; what is shown, in which unit; where it comes from, with the run.
    alt
        What a reader who cannot see it must know.
    """

    key: str
    title: str
    subtitle: str
    source: str
    alt: str


@dataclass
class Canvas:
    """A drawing in the making; y runs down, in pixels of a drawing 720 wide."""

    key: str
    parts: list[str] = field(default_factory=list)

    def text(
        self,
        words: str,
        x: float,
        y: float,
        size: float = BODY,
        anchor: str = "start",
        *,
        ink: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words with their baseline at y."""
        weight = ' font-weight="600"' if bold else ""
        at = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight}{at} fill="{ink}">{escape(words)}</text>'
        )

    def rect(
        self, x: float, y: float, wide: float, high: float, fill: str, stroke: str = ""
    ) -> None:
        """Draw a rectangle."""
        edge = f' stroke="{stroke}" stroke-width="1"' if stroke else ""
        size = f'width="{max(wide, 0):.1f}" height="{max(high, 0):.1f}"'
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{fill}"{edge}/>')

    def line(
        self, x: float, y: float, x2: float, y2: float, ink: str = GRID, wide: float = 1.0
    ) -> None:
        """Draw a straight line."""
        self.parts.append(
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" stroke-width="{wide:g}"/>'
        )

    def block(self, x: float, y: float, wide: float, high: float, n: int) -> None:
        """Draw a rectangle in the fill and marks of category `n`."""
        self.rect(x, y, wide, high, CATEGORIES[n])
        if _MARKS[n]:
            self.rect(x, y, wide, high, f"url(#{self.key}-marks-{n})")


def ink_on(colour: str) -> str:
    """Return the ink, dark or white, that reads better on a colour (WCAG relative luminance)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (light + 0.05) > (light + 0.05) / 0.0533 else INK


def width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide words are."""
    return size * fonts.width_em(words, "semibold" if bold else "regular")


def ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Return round values from at or under `low` to at or over `high`, at most about so many."""
    span = max(high - low, 1e-9)
    power = 10 ** math.floor(math.log10(span / most))
    step = next(m * power for m in (1, 2, 5, 10, 20) if span / (m * power) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [n * step for n in range(first, max(last, first + 1) + 1)]


def frame(canvas: Canvas, words: Words, bottom: float) -> str:
    """Finish a drawing as one SVG: its head above `top_of`, its source under `bottom`."""
    head, low, y = Canvas(canvas.key), bottom + 6, MARGIN
    for size, bold, line in _head(words):
        y += size * LEADING
        head.text(line, MARGIN, y, size, ink=INK if bold else PALE, bold=bold)
    for line in wrap(words.source, 11.5, WIDTH - 2 * MARGIN, 3):
        low += 15
        head.text(line, MARGIN, low, 11.5, ink=PALE)
    ident, high = canvas.key, low + 8
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {high:.0f}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc" font-family="{escape(fonts.STACK)}" '
        f'width="{WIDTH:g}" height="{high:.0f}">'
    )
    named = [
        f'<title id="{ident}-title">{escape(words.title)}</title>',
        f'<desc id="{ident}-desc">{escape(words.alt)}</desc>',
    ]
    ground = f'<rect width="{WIDTH:g}" height="{high:.0f}" fill="#ffffff"/>'
    parts = [opening, *named, *_patterns(canvas), ground, *head.parts, *canvas.parts, "</svg>\n"]
    return "\n".join(parts)


#: What `frame` writes: the size, what is not drawn, the ground, and the lines of the title on it.
_FRAMED = re.compile(
    rf'(<svg [^>]*viewBox="0 0 {WIDTH:g} )(\d+)("[^>]* height=")(\d+)(">.*?)(<rect width="{WIDTH:g}".*)(</svg>\n)',
    re.DOTALL,
)
_TITLE = re.compile(rf'<text [^>]*font-size="{TITLE:g}" font-weight="600"[^>]*>[^<]*</text>\n')


def untitled(svg: str) -> str:
    """Return a drawing of `frame` without the lines of its title, for where a caption has them."""
    found = _FRAMED.fullmatch(svg)
    lines = len(_TITLE.findall(svg))
    if found is None or not lines:
        return svg
    opening, high, between, _, drawn, rest, end = found.groups()
    cut = round(lines * TITLE * LEADING)
    size = f"{int(high) - cut}"
    body = _TITLE.sub("", rest)
    return f'{opening}{size}{between}{size}{drawn}<g transform="translate(0 -{cut})">\n{body}</g>\n{end}'


def top_of(words: Words) -> float:
    """Return where the plot may begin, under its title and subtitle."""
    return MARGIN + sum(size * LEADING for size, _, _ in _head(words)) + 12


def _head(words: Words) -> Iterator[tuple[float, bool, str]]:
    """Yield size, boldness and words of each line above the plot."""
    for line in wrap(words.title, TITLE, WIDTH - 2 * MARGIN, 3):
        yield TITLE, True, line
    for line in wrap(words.subtitle, BODY, WIDTH - 2 * MARGIN, 2):
        yield BODY, False, line


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Move heights apart, in their order, until all are at least so far from each other and within the room."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    placed = [0.0] * len(wanted)
    above = low - least
    for n in order:
        placed[n] = above = max(wanted[n], above + least)
    below = high + least
    for n in reversed(order):
        placed[n] = below = min(placed[n], below - least)
    return placed


def fit(words: str, size: float, room: float) -> str:
    """Return words that fit the room."""
    return shorten(words, size, room)


def _patterns(canvas: Canvas) -> list[str]:
    """Return the definitions of those fills with marks that the drawing uses."""
    drawn = "".join(canvas.parts)
    made = [
        f'<pattern id="{canvas.key}-marks-{n}" width="8" height="8" patternUnits="userSpaceOnUse">{marks}</pattern>'
        for n, marks in enumerate(_MARKS)
        if f"#{canvas.key}-marks-{n})" in drawn
    ]
    return ["<defs>", *made, "</defs>"] if made else []

"""Lettering of a drawing: how wide text is, how it breaks, and labels that keep clear of each other."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sufficiency import fonts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FONT = fonts.STACK
# What XML 1.0 forbids however it is escaped.
_UNPRINTABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Box(NamedTuple):
    """A rectangle of a drawing, in pixels from its top left."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether ``other`` lies wholly within."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True)
class Label:
    """Text with its place: ``x`` and ``y`` of the baseline's start, middle or end (``anchor``)."""

    text: str
    x: float
    y: float
    anchor: str
    box: Box


def escape(text: str) -> str:
    """Return text that is safe between tags and in quoted attributes of XML and HTML."""
    return html.escape(_UNPRINTABLE.sub("\ufffd", text), quote=True)


def width(text: str, size: float, style: str = "regular") -> float:
    """Return how wide text is, in the unit of ``size`` (the height of its em)."""
    return size * fonts.width_em(text, style)


def shorten(text: str, size: float, room: float, style: str = "regular") -> str:
    """Return text that fits the room, cut short with an ellipsis if it must be."""
    plain = " ".join(text.split())
    if width(plain, size, style) <= room:
        return plain
    while plain and width(f"{plain}…", size, style) > room:
        plain = plain[:-1]
    return f"{plain.rstrip()}…"


def short_name(name: str) -> str:
    """Return a name without what stands in brackets at its end."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", name) or name


def names_that_fit(
    names: Sequence[str], size: float, room: float, style: str = "regular"
) -> list[str]:
    """Return what several things are called where each name has so much room.

    In full if all fit. Else no name has what stands in brackets at its end, where two are not the same without; one
    that is still too long ends before a comma, or before "and", where no other name begins alike. Only then is it cut.
    """
    full = [" ".join(name.split()) for name in names]
    if all(width(name, size, style) <= room for name in full):
        return full
    alike = Counter(map(short_name, {*full}))
    called = [bare if alike[bare := short_name(name)] == 1 else name for name in full]
    return [_fitted(name, {*called} - {name}, size, room, style) for name in called]


def _fitted(name: str, others: set[str], size: float, room: float, style: str) -> str:
    """Return one name by the fewest of its last parts less, if it is clear then, or cut short."""
    shown = name
    while width(shown, size, style) > room:
        shown, *rest = re.split(r"(?:,| and) (?!.*(?:,| and) )", shown, maxsplit=1)
        if not rest or any(other.startswith(shown) for other in others):
            return shorten(name, size, room, style)
    return shown


def wrap(text: str, size: float, room: float, lines: int, style: str = "regular") -> list[str]:
    """Break text into at most so many lines that fit the room; what is left over is cut."""
    done: list[str] = []
    words = text.split()
    while words and len(done) < lines - 1:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), size, style) <= room:
            taken += 1
        done.append(shorten(" ".join(words[:taken]), size, room, style))
        words = words[taken:]
    return [*done, shorten(" ".join(words), size, room, style)] if words else done


def place(
    text: str,
    at: tuple[float, float],
    size: float,
    away: float,
    within: Box,
    obstacles: Iterable[Box],
    style: str = "semibold",
) -> Label | None:
    """Put a label beside a symbol, in the first of eight positions that is clear.

    Parameters
    ----------
    at, away
        Middle of the symbol, and how far from it the label begins, in pixels.
    within, obstacles
        Where the label must stay, and what it must not meet.

    Returns
    -------
    None when no position is clear.
    """
    taken = list(obstacles)
    for label in _positions(text, at, size, away, style):
        if within.holds(label.box) and not any(label.box.meets(box) for box in taken):
            return label
    return None


def centred(text: str, at: tuple[float, float], size: float, style: str = "semibold") -> Label:
    """Return a label on the very spot, as a town's name is."""
    return _label(text, at[0], at[1] + size * 0.35, "middle", size, style)


def _positions(
    text: str, at: tuple[float, float], size: float, away: float, style: str
) -> Sequence[Label]:
    """East, west, above, below, and the four corners, best first."""
    x, y = at
    near, up, middle, down = away * 0.75, y - away - 1, y + size * 0.35, y + away + size * 0.8
    return [
        _label(text, x + away, middle, "start", size, style),
        _label(text, x - away, middle, "end", size, style),
        _label(text, x + near, up + size * 0.3, "start", size, style),
        _label(text, x + near, down - size * 0.2, "start", size, style),
        _label(text, x - near, up + size * 0.3, "end", size, style),
        _label(text, x - near, down - size * 0.2, "end", size, style),
        _label(text, x, up, "middle", size, style),
        _label(text, x, down, "middle", size, style),
    ]


def _label(text: str, x: float, y: float, anchor: str, size: float, style: str) -> Label:
    wide = width(text, size, style)
    left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    return Label(text, x, y, anchor, Box(left, y - size * 0.82, left + wide, y + size * 0.26))

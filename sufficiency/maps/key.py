"""The key of a map, and the lettering round it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.maps.classes import class_breaks, class_words, shades_of
from sufficiency.maps.lettering import escape, wrap
from sufficiency.maps.sites import INK, KINDS, OTHER_KIND, STATES, Site, symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.maps.draw import MapModel

NOTHING = "#e6e8ea"
WIDTH, MAP_WIDTH, MARGIN = 1000.0, 716.0, 16.0
KEY_LEFT = MARGIN + MAP_WIDTH + 20
KEY_ROOM = WIDTH - MARGIN - KEY_LEFT
COLUMN = (WIDTH - 2 * MARGIN - 40) / 3


def ident_of(model: MapModel) -> str:
    """Return what the ids of this drawing begin with: letters and digits."""
    return "".join(letter for letter in model.key if letter.isascii() and letter.isalnum()) or "map"


def breaks_of(model: MapModel) -> tuple[float, ...]:
    """Return the class limits of a map: its own, or chosen from its values."""
    return model.breaks or class_breaks(a.value for a in model.areas if a.value is not None)


def write(text: str, x: float, y: float, size: float, *, bold: bool = False, ink: str = INK) -> str:
    """Write a line of text."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{ink}"{weight}>{escape(text)}</text>'


class _Key:
    """A column of the key, written from the top down."""

    def __init__(self, top: float, left: float = KEY_LEFT, room: float = KEY_ROOM) -> None:
        self.y = top
        self.left = left
        self.room = room
        self.parts: list[str] = []

    def heading(self, text: str) -> None:
        """Write a heading, in up to four lines."""
        for line in wrap(text, 13, self.room, 4):
            self.y += 17
            self.parts.append(write(line, self.left, self.y, 13, bold=True))
        self.y += 4

    def line(self, text: str, drawing: str = "", *, high: float = 20, number: str = "") -> None:
        """Write a line, or two, beside a drawing whose middle is the origin, or a number."""
        indent = 32.0 if drawing else 20.0 if number else 0.0
        self.y += high if drawing else 17
        if drawing:
            spot = f"translate({self.left + 12:g} {self.y - 4:g})"
            self.parts.append(f'<g transform="{spot}">{drawing}</g>')
        if number:
            self.parts.append(write(number, self.left, self.y, 11.5, bold=True))
        for more, words in enumerate(wrap(text, 11.5, self.room - indent, 2)):
            self.y += 14 * (more > 0)
            self.parts.append(write(words, self.left + indent, self.y, 11.5))


def draw_key(model: MapModel, sites: Sequence[Site], top: float) -> tuple[list[str], float]:
    """Return the drawing of the key, and how far down it reaches."""
    key = _Key(top - 6)
    _key_of_shades(key, model)
    _key_of_sites(key, sites, beyond=len(model.provisions) - len(sites))
    return key.parts, key.y + 6


def list_names(names: Sequence[str], top: float) -> tuple[list[str], float]:
    """List in columns the names that had no room on the map; return also how far down they reach."""
    columns = [_Key(top, MARGIN + n * (COLUMN + 20), COLUMN) for n in range(3)]
    long = -(-len(names) // len(columns))
    for n, name in enumerate(names):
        columns[n // long].line(name, number=str(n + 1))
    return [part for column in columns for part in column.parts], max(c.y for c in columns) + 6


def _key_of_shades(key: _Key, model: MapModel) -> None:
    breaks = breaks_of(model)
    key.heading(model.legend)
    if model.unit:
        key.line(model.unit)
    if any(area.value is not None for area in model.areas):
        for shade, words in zip(shades_of(breaks), class_words(breaks), strict=True):
            key.line(words, _swatch(shade))
    if any(area.withheld for area in model.areas):
        key.line(model.withheld_words, _swatch(f"url(#{ident_of(model)}-key)"))
    if any(area.value is None and not area.withheld for area in model.areas):
        key.line(model.empty_words, _swatch(NOTHING))


def _key_of_sites(key: _Key, sites: Sequence[Site], beyond: int) -> None:
    key.y += 8
    key.heading("Provision")
    here = {site.kind if site.kind in KINDS else "" for site in sites}
    for kind, entry in [*KINDS.items(), ("", OTHER_KIND)]:
        if kind in here:
            key.line(entry.words, symbol(kind, ""))
    for state, ring in STATES.items():
        if any(site.state == state for site in sites):
            key.line(ring.words, symbol("base", state), high=26)
    if beyond:
        key.y += 4
        key.line(f"and {beyond} beyond the edge of the map")


def _swatch(fill: str) -> str:
    return (
        f'<rect x="-12" y="-8" width="24" height="15" fill="{fill}" stroke="#6f777b" '
        'stroke-width="0.7"/>'
    )

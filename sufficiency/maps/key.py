"""The key of a map, and the lettering round it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.maps.classes import (
    CHANGE_PALETTE,
    PALETTE,
    change_breaks,
    change_words,
    class_breaks,
    class_words,
    shades_of,
)
from sufficiency.maps.discs import LARGEST, disc, nested
from sufficiency.maps.frame import MAP_WIDTH, MARGIN, WIDTH
from sufficiency.maps.lettering import escape, wrap
from sufficiency.maps.sites import INK, KINDS, OTHER_KIND, STATES, Site, symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.maps.model import Amounts, MapModel

NOTHING = "#e6e8ea"
KEY_LEFT = MARGIN + MAP_WIDTH + 18
KEY_ROOM = WIDTH - MARGIN - KEY_LEFT
COLUMN = (WIDTH - 2 * MARGIN - 40) / 3
HEADING, LINE = 13.5, 12.0


def ident_of(model: MapModel) -> str:
    """Return what the ids of this drawing begin with: letters and digits."""
    return "".join(letter for letter in model.key if letter.isascii() and letter.isalnum()) or "map"


def breaks_of(model: MapModel) -> tuple[float, ...]:
    """Return the class limits of a map: its own, or chosen from its values."""
    values = [area.value for area in model.areas if area.value is not None]
    return model.breaks or (change_breaks if model.is_change else class_breaks)(values)


def shades(model: MapModel) -> list[str]:
    """Return the shade of each class of a map."""
    return shades_of(breaks_of(model), CHANGE_PALETTE if model.is_change else PALETTE)


def write(text: str, x: float, y: float, size: float, *, bold: bool = False, ink: str = INK) -> str:
    """Write a line of text."""
    weight = ' font-weight="600"' if bold else ""
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
        for line in wrap(text, HEADING, self.room, 4, "semibold"):
            self.y += 17
            self.parts.append(write(line, self.left, self.y, HEADING, bold=True))
        self.y += 4

    def line(self, text: str, drawing: str = "", *, high: float = 20, indent: float = 34) -> None:
        """Write a line, or up to three, beside a drawing whose middle is the origin."""
        indent = indent if drawing else 0.0
        self.y += high if drawing else 16
        if drawing:
            spot = f"translate({self.left + min(indent, 34) / 2 - 4:g} {self.y - 4:g})"
            self.parts.append(f'<g transform="{spot}">{drawing}</g>')
        for more, words in enumerate(wrap(text, LINE, self.room - indent, 3)):
            self.y += 15 * (more > 0)
            self.parts.append(write(words, self.left + indent, self.y, LINE))


def draw_key(model: MapModel, sites: Sequence[Site], top: float) -> tuple[list[str], float]:
    """Return the drawing of the key, and how far down it reaches."""
    key = _Key(top - 6)
    if model.is_shaded:
        _key_of_shades(key, model)
    if model.flows:
        key.line("Width of a line: how many children", _flow(), high=24)
    if model.amounts:
        _key_of_discs(key, model.amounts)
    _key_of_sites(key, sites, beyond=len(model.provisions) - len(sites))
    return key.parts, key.y + 6


def list_sites(sites: Sequence[Site], top: float) -> tuple[list[str], float]:
    """List in columns the sites that have a number; return also how far down they reach."""
    columns = [_Key(top, MARGIN + n * (COLUMN + 20), COLUMN) for n in range(3)]
    long = -(-len(sites) // len(columns))
    high = 30 if any(site.state in STATES for site in sites) else 23
    for n, site in enumerate(sites):
        drawing = symbol(site.kind, site.state, site.number)
        columns[n // long].line(site.name, drawing, high=high, indent=32)
    return [part for column in columns for part in column.parts], max(c.y for c in columns) + 8


def _key_of_shades(key: _Key, model: MapModel) -> None:
    breaks = breaks_of(model)
    key.heading(model.legend)
    if model.unit:
        key.line(model.unit)
        key.y += 2
    if any(area.value is not None for area in model.areas):
        words = (change_words if model.is_change else class_words)(breaks)
        for shade, said in zip(shades(model), words, strict=True):
            key.line(said, _swatch(shade))
    if any(area.withheld for area in model.areas):
        key.line(model.withheld_words, _swatch(f"url(#{ident_of(model)}-key)"))
    if any(area.value is None and not area.withheld for area in model.areas):
        key.line(model.empty_words, _swatch(NOTHING))
    key.y += 8


def _key_of_discs(key: _Key, amounts: Amounts) -> None:
    """Draw discs within each other, a line from the top of each to its amount."""
    key.heading(amounts.legend)
    found = nested(amounts)
    key.y += 2 * max((size for _, size, _ in found), default=0.0) + 8
    middle = key.left + LARGEST
    for amount, size, top in found:
        x, y = middle + LARGEST + 14, key.y - top
        key.parts += [
            f'<g transform="translate({middle:.1f} {key.y - size:.1f})">{disc(size)}</g>',
            f'<path d="M{middle:.1f} {y:.1f}H{x - 4:.1f}" stroke="{INK}" stroke-width="0.6"/>',
            write(amounts.write(amount), x, y + 4, LINE),
        ]
    key.y += 12


def _key_of_sites(key: _Key, sites: Sequence[Site], beyond: int) -> None:
    if sites:
        key.heading("Provision")
    here = {site.kind if site.kind in KINDS else "" for site in sites}
    for kind, entry in [*KINDS.items(), ("", OTHER_KIND)]:
        if kind in here:
            key.line(entry.words, symbol(kind, ""))
    for state, ring in STATES.items():
        if any(site.state == state for site in sites):
            key.line(ring.words, symbol("base", state), high=27)
    if beyond:
        key.y += 4
        key.line(f"and {beyond} beyond the edge of the map")


def _swatch(fill: str) -> str:
    return (
        f'<rect x="-13" y="-8" width="26" height="15" fill="{fill}" stroke="#6f777b" '
        'stroke-width="0.7"/>'
    )


def _flow() -> str:
    return (
        '<path d="M-13 3L13 -3" stroke="#801650" stroke-width="4" stroke-opacity="0.75" '
        'stroke-linecap="round"/>'
    )

"""Sites on a map: a symbol by kind, a ring by what becomes of a scheme, and a name that is clear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sufficiency.maps.lettering import Box, Label, centred, escape, place, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from sufficiency.maps.draw import Frame, Town

INK, PALE_INK, ACCENT = "#0b0c0c", "#44494d", "#801650"
SITE, LETTER, TOWN_LETTER = 6.5, 11.0, 13.5
LABEL_ROOM = 190.0


def _square(r: float) -> str:
    return f'<rect x="{-r:g}" y="{-r:g}" width="{2 * r:g}" height="{2 * r:g}"'


def _circle(r: float) -> str:
    return f'<circle r="{r:g}"'


def _polygon(corners: int, turn: float = 0.0, stretch: float = 1.0) -> Callable[[float], str]:
    """Return how to draw a regular polygon, the first corner ``turn`` degrees from the top."""

    def draw(r: float) -> str:
        angles = np.radians(turn - 90 + 360 * np.arange(corners) / corners)
        points = " ".join(
            f"{r * stretch * x:.1f},{r * stretch * y:.1f}"
            for x, y in zip(np.cos(angles), np.sin(angles), strict=True)
        )
        return f'<polygon points="{points}"'

    return draw


class Kind(NamedTuple):
    """How a kind of provision is drawn and called."""

    shape: Callable[[float], str]
    words: str


KINDS = {
    "special": Kind(_square, "Special school"),
    "base": Kind(_circle, "Base in a mainstream school"),
    "mainstream": Kind(_polygon(4, stretch=1.25), "Mainstream school"),
    "independent": Kind(_polygon(3, stretch=1.35), "Independent school"),
    "alternative": Kind(_polygon(5, stretch=1.2), "Alternative provision"),
    "college": Kind(_polygon(6, stretch=1.15), "College"),
}
OTHER_KIND = Kind(_polygon(3, turn=180, stretch=1.3), "Other provision")


class State(NamedTuple):
    """How a scheme's state is drawn round its site and called."""

    ring: str
    fill: str
    words: str


STATES = {
    "opens": State(
        f'stroke="{ACCENT}" stroke-width="2.4"', ACCENT, "Scheme that opens in the plan"
    ),
    "committed": State(f'stroke="{INK}" stroke-width="1.8"', INK, "Scheme already committed"),
    "not chosen": State(
        f'stroke="{PALE_INK}" stroke-width="1.5" stroke-dasharray="3 2"',
        "#ffffff",
        "Proposed scheme, not in the plan",
    ),
}


class Site(NamedTuple):
    """A provision within the window, with its symbol's middle in pixels."""

    name: str
    kind: str
    state: str
    spot: tuple[float, float]


def find_sites(table: pd.DataFrame, frame: Frame) -> list[Site]:
    """Return the provisions within the window, those with a scheme last, so that they lie on top."""
    inner = frame.box
    found: list[Site] = []
    columns = ["name", "kind", "state", "easting_m", "northing_m"]
    for name, kind, state, east, north in table[columns].itertuples(index=False):
        x, y = frame.pixel(float(east), float(north))
        if inner.left + 10 < x < inner.right - 10 and inner.top + 10 < y < inner.bottom - 10:
            found.append(Site(str(name), str(kind), str(state), _apart((x, y), found)))
    return sorted(found, key=lambda site: site.state in STATES)


def _apart(at: tuple[float, float], others: Sequence[Site]) -> tuple[float, float]:
    """Move a symbol just so far that it does not hide another at the same place."""
    for reach in (0.0, 10.0, 15.0, 20.0, 25.0):
        for turn in (90, 270, 0, 180, 45, 225, 135, 315) if reach else (0,):
            angle = np.radians(turn)
            x, y = at[0] + reach * float(np.cos(angle)), at[1] + reach * float(np.sin(angle))
            if all(np.hypot(x - o.spot[0], y - o.spot[1]) >= 2 * SITE + 1 for o in others):
                return x, y
    return at


def draw_sites(sites: Iterable[Site]) -> list[str]:
    """Draw every symbol, each with its full name for who points at it."""
    return [
        f'<g transform="translate({site.spot[0]:.1f} {site.spot[1]:.1f})">'
        f"<title>{escape(site.name)}</title>{symbol(site.kind, site.state)}</g>"
        for site in sites
    ]


def symbol(kind: str, state: str) -> str:
    """Draw a site round the origin: its kind's shape, ringed if a scheme is there."""
    shape = KINDS.get(kind, OTHER_KIND).shape
    if state not in STATES:
        return f'{shape(SITE)} fill="{INK}" stroke="#ffffff" stroke-width="1.6"/>'
    ring = STATES[state]
    return (
        f'<circle r="{SITE + 5:g}" fill="#ffffff"/><circle r="{SITE + 3.2:g}" fill="none" {ring.ring}/>'
        f'{shape(SITE - 2.2)} fill="{ring.fill}" stroke="{PALE_INK}" stroke-width="0.8"/>'
    )


def letter(
    sites: Sequence[Site], towns: Sequence[Town], frame: Frame, corner: Box
) -> tuple[list[str], list[str]]:
    """Letter towns and sites, clear of each other and of ``corner``.

    Returns
    -------
    The lettering, and what the key must explain: names without room have become numbers.
    """
    taken = [*(_around(site) for site in sites), corner]
    drawn = [_letter_town(town, frame, taken) for town in towns]
    numbered: list[str] = []
    for site in sorted(sites, key=_rank):
        away = SITE + (7 if site.state in STATES else 4)
        text = shorten(short_name(site.name), LETTER, LABEL_ROOM)
        label = place(text, site.spot, LETTER, away, frame.box, taken)
        if label is None:
            number = str(len(numbered) + 1)
            numbered.append(site.name)
            beside = (site.spot[0] + away, site.spot[1] - away)
            label = place(number, site.spot, LETTER, away - 1, frame.box, taken)
            label = label or centred(number, beside, LETTER)
        taken.append(label.box)
        ink = ACCENT if site.state == "opens" else INK
        drawn.append(_lettered(label, LETTER, ink, ' font-weight="bold"'))
    return [text for text in drawn if text], numbered


def short_name(name: str) -> str:
    """Return a name without what stands in brackets at its end."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", name) or name


def _letter_town(town: Town, frame: Frame, taken: list[Box]) -> str:
    """Letter a town as near its place as there is room; nothing where there is none."""
    spot = frame.pixel(town.easting_m, town.northing_m)
    text = shorten(town.name, TOWN_LETTER, LABEL_ROOM)
    here = centred(text, spot, TOWN_LETTER)
    clear = frame.box.holds(here.box) and not any(here.box.meets(box) for box in taken)
    tries = (place(text, spot, TOWN_LETTER, away, frame.box, taken) for away in (3, 12, 22, 34))
    label = here if clear else next((found for found in tries if found), None)
    if label is None:
        return ""
    taken.append(label.box)
    return _lettered(label, TOWN_LETTER, "#3b3f42", ' font-style="italic"')


def _rank(site: Site) -> tuple[int, int]:
    """Return who is lettered first: schemes, then kinds in their order."""
    states, kinds = list(STATES), list(KINDS)
    return (
        states.index(site.state) if site.state in states else len(states),
        kinds.index(site.kind) if site.kind in kinds else len(kinds),
    )


def _around(site: Site) -> Box:
    r = SITE + (5 if site.state in STATES else 1.5)
    return Box(site.spot[0] - r, site.spot[1] - r, site.spot[0] + r, site.spot[1] + r)


def _lettered(label: Label, size: float, ink: str, more: str) -> str:
    return (
        f'<text x="{label.x:.1f}" y="{label.y:.1f}" font-size="{size:g}" text-anchor="{label.anchor}" '
        f'fill="{ink}" stroke="#ffffff" stroke-width="3.2" stroke-linejoin="round" '
        f'paint-order="stroke"{more}>{escape(label.text)}</text>'
    )

"""Sites on a map: a symbol by kind, a ring by what becomes of a scheme, and a name or a number that is clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sufficiency.maps.lettering import (
    Box,
    Label,
    centred,
    escape,
    names_that_fit,
    place,
    short_name,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from sufficiency.maps.frame import Frame
    from sufficiency.maps.model import Town

INK, PALE_INK, ACCENT = "#0b0c0c", "#44494d", "#801650"
#: Half the size of a symbol, without and with a number in it; and what a ring adds.
SITE, NUMBERED, RING = 6.0, 8.0, 5.0
LETTER, NUMBER_LETTER, TOWN_LETTER = 11.5, 9.5, 14.0
LABEL_ROOM = 165.0
#: A symbol that had to be moved further than this is joined to its place by a line.
MOVED = 8.0
#: With more sites than so many every site has a number, and names stand in a list.
MOST_NAMES = 25


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


OPENS = "opens"
STATES = {
    OPENS: State(f'stroke="{ACCENT}" stroke-width="2.4"', ACCENT, "Scheme that opens in the plan"),
    "committed": State(f'stroke="{INK}" stroke-width="1.8"', INK, "Scheme already committed"),
    "proposed": State(
        f'stroke="{PALE_INK}" stroke-width="1.5" stroke-dasharray="3 2"',
        "#ffffff",
        "Proposed scheme",
    ),
    "not chosen": State(
        f'stroke="{PALE_INK}" stroke-width="1.5" stroke-dasharray="3 2"',
        "#ffffff",
        "Proposed scheme, not in the plan",
    ),
}


class Site(NamedTuple):
    """A provision within the window, with its symbol's middle in units of the drawing.

    ``home`` is where it truly is, if its symbol had to be moved from there.
    """

    name: str
    kind: str
    state: str
    spot: tuple[float, float]
    number: str = ""
    home: tuple[float, float] | None = None

    @property
    def reach(self) -> float:
        """How far its symbol reaches from its middle."""
        inner = NUMBERED if self.number else SITE
        return inner + (RING if self.state in STATES else 1.5)


def find_sites(table: pd.DataFrame, frame: Frame) -> list[Site]:
    """Return the provisions within the window, those with a scheme last, so that they lie on top.

    Where there are more than `MOST_NAMES` all have numbers, from north to south.
    """
    inner = frame.box
    columns = ["name", "kind", "state", "easting_m", "northing_m"]
    here: list[tuple[float, float, str, str, str]] = []
    for name, kind, state, east, north in table[columns].itertuples(index=False):
        x, y = frame.pixel(float(east), float(north))
        if inner.left + 12 < x < inner.right - 12 and inner.top + 12 < y < inner.bottom - 12:
            here.append((y, x, str(name), str(kind), str(state)))
    here.sort()
    many = len(here) > MOST_NAMES
    found: list[Site] = []
    for n, (y, x, name, kind, state) in enumerate(here, start=1):
        site = Site(name, kind, state, (x, y), str(n) if many else "")
        spot = _apart(site, found, inner)
        moved = np.hypot(spot[0] - x, spot[1] - y) > MOVED
        found.append(site._replace(spot=spot, home=(x, y) if moved else None))
    return sorted(found, key=lambda site: site.state in STATES)


def _apart(site: Site, others: Sequence[Site], window: Box) -> tuple[float, float]:
    """Move a symbol just so far that it does not hide another near the same place."""
    x, y = site.spot
    for reach in range(0, 90, 5):
        for turn in (90, 270, 0, 180, 45, 225, 135, 315) if reach else (0,):
            angle = np.radians(turn)
            at = x + reach * float(np.cos(angle)), y + reach * float(np.sin(angle))
            moved = widest(site._replace(spot=at))
            if window.holds(moved) and not any(moved.meets(widest(other)) for other in others):
                return at
    return site.spot


def around(site: Site) -> Box:
    """Return the box about a site's symbol."""
    (x, y), r = site.spot, site.reach
    return Box(x - r, y - r, x + r, y + r)


def widest(site: Site) -> Box:
    """Return the box about a site's symbol if it had a number, as it may come to have."""
    return around(site._replace(number="0"))


def draw_sites(sites: Iterable[Site]) -> list[str]:
    """Draw every symbol, each with its full name for who points at it."""
    sites = list(sites)
    leaders = [
        f'<path d="M{site.home[0]:.1f} {site.home[1]:.1f}L{site.spot[0]:.1f} {site.spot[1]:.1f}" '
        f'stroke="{INK}" stroke-width="0.9"/>'
        f'<circle cx="{site.home[0]:.1f}" cy="{site.home[1]:.1f}" r="1.8" fill="{INK}"/>'
        for site in sites
        if site.home
    ]
    return leaders + [
        f'<g class="site" data-kind="{escape(site.kind)}" data-state="{escape(site.state)}" '
        f'transform="translate({site.spot[0]:.1f} {site.spot[1]:.1f})">'
        f"<title>{escape(site.name)}</title>{symbol(site.kind, site.state, site.number)}</g>"
        for site in sites
    ]


def symbol(kind: str, state: str, number: str = "") -> str:
    """Draw a site round the origin: its kind's shape, ringed if a scheme is there, and its number."""
    shape = KINDS.get(kind, OTHER_KIND).shape
    size = NUMBERED if number else SITE
    ink, drawn = "#ffffff", f'{shape(size)} fill="{INK}" stroke="#ffffff" stroke-width="1.6"/>'
    if state in STATES:
        ring = STATES[state]
        inner = size - (0.5 if number else 2)
        ink = INK if ring.fill == "#ffffff" else "#ffffff"
        drawn = (
            f'<circle r="{size + 5:g}" fill="#ffffff"/>'
            f'<circle r="{size + 3.4:g}" fill="none" {ring.ring}/>'
            f'{shape(inner)} fill="{ring.fill}" stroke="{PALE_INK}" stroke-width="0.8"/>'
        )
    if not number:
        return drawn
    letter, down = (8.0, 3.9) if kind == "independent" else (NUMBER_LETTER, 3.4)
    return (
        f'{drawn}<text y="{down:g}" font-size="{letter:g}" font-weight="600" fill="{ink}" '
        f'text-anchor="middle">{escape(number)}</text>'
    )


class Lettered(NamedTuple):
    """What is written on a map: the labels, their boxes, the sites as drawn, and names in a list."""

    drawn: list[str]
    boxes: list[Box]
    sites: list[Site]
    listed: list[Site]


def letter(sites: Sequence[Site], towns: Sequence[Town], frame: Frame, corner: Box) -> Lettered:
    """Letter schemes that open, then towns, then other sites, clear of each other, of symbols and of ``corner``.

    A site's name without room becomes a number within its symbol, and stands in a list.
    """
    page = _Page(sites, frame, corner)
    ranked = sorted((site for site in sites if not site.number), key=_rank)
    for site in ranked:
        if site.state == OPENS:
            page.name_site(site)
    for town in towns:
        page.name_town(town)
    for site in ranked:
        if site.state != OPENS:
            page.name_site(site)
    unnamed = sorted(page.unnamed, key=lambda site: (site.spot[1], site.spot[0], site.name))
    numbers = {site: str(n) for n, site in enumerate(unnamed, start=1)}
    final = [site._replace(number=numbers.get(site, site.number)) for site in sites]
    listed = sorted((site for site in final if site.number), key=lambda site: int(site.number))
    return Lettered(page.drawn, page.boxes, final, listed)


class _Page:
    """A map that is being lettered: what is written already, and where."""

    def __init__(self, sites: Sequence[Site], frame: Frame, corner: Box) -> None:
        self.frame, self.sites, self.corner = frame, sites, corner
        self.drawn: list[str] = []
        self.boxes: list[Box] = []
        self.unnamed: list[Site] = []
        full = [site.name for site in sites]
        # without a bracket even where all would fit: there is little room
        short = names_that_fit([*map(short_name, full)], LETTER, LABEL_ROOM, "semibold")
        self.called = dict(zip(full, short, strict=True))

    def name_site(self, site: Site) -> None:
        """Write a site's name beside its symbol, or note that there is no room."""
        text = self.called[site.name]
        taken = self._taken(site)
        label = place(text, site.spot, LETTER, site.reach + 2.5, self.frame.box, taken)
        if label is None:
            self.unnamed.append(site)
            return
        ink = ACCENT if site.state == OPENS else INK
        self._write(label, LETTER, ink, ' font-weight="600"')

    def name_town(self, town: Town) -> None:
        """Write a town's name as near its place as there is room; nothing where there is none."""
        spot = self.frame.pixel(town.easting_m, town.northing_m)
        text = shorten(town.name, TOWN_LETTER, LABEL_ROOM, "italic")
        here, taken = centred(text, spot, TOWN_LETTER, "italic"), self._taken()
        clear = self.frame.box.holds(here.box) and not any(here.box.meets(box) for box in taken)
        tries = (
            place(text, spot, TOWN_LETTER, away, self.frame.box, taken, "italic")
            for away in (3, 10, 17, 24)
        )
        label = here if clear else next((found for found in tries if found), None)
        if label is not None:
            self._write(label, TOWN_LETTER, "#3b3f42", ' font-style="italic"')

    def _taken(self, own: Site | None = None) -> list[Box]:
        others = [widest(site) for site in self.sites if site is not own]
        return [self.corner, *self.boxes, *others]

    def _write(self, label: Label, size: float, ink: str, more: str) -> None:
        self.boxes.append(label.box)
        self.drawn.append(_lettered(label, size, ink, more))


def _rank(site: Site) -> tuple[int, int, str, tuple[float, float]]:
    """Return who is lettered first: schemes, then kinds in their order."""
    states, kinds = list(STATES), list(KINDS)
    return (
        states.index(site.state) if site.state in states else len(states),
        kinds.index(site.kind) if site.kind in kinds else len(kinds),
        site.name,
        site.spot,
    )


def _lettered(label: Label, size: float, ink: str, more: str) -> str:
    return (
        f'<text x="{label.x:.1f}" y="{label.y:.1f}" font-size="{size:g}" text-anchor="{label.anchor}" '
        f'fill="{ink}" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" '
        f'paint-order="stroke"{more}>{escape(label.text)}</text>'
    )

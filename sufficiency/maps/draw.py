"""A map as one SVG: the same drawing on a page, in print and in a document.

Geometry is that of the British National Grid (EPSG:27700) in steps of ten metres; symbols and
lettering are in units of a drawing 840 wide. The map knows nothing of the plan: it draws areas with
a value, or without, and sites. What must not be published never reaches it.

Its parts are groups with classes (``areas``, ``roads``, ``sites``, ``labels``, ``key`` ...), so that a page
can switch them; an area says in ``data-area`` and ``data-value`` what it shows, and no more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sufficiency import fonts
from sufficiency.maps.classes import figure
from sufficiency.maps.discs import draw_discs
from sufficiency.maps.frame import MARGIN, WIDTH, fit
from sufficiency.maps.furniture import draw_scale, scale_box
from sufficiency.maps.ground import draw_ground, draw_shields
from sufficiency.maps.key import draw_key, ident_of, list_sites, write
from sufficiency.maps.lettering import FONT, escape, wrap
from sufficiency.maps.model import Area, MapModel, Town
from sufficiency.maps.sites import ACCENT, PALE_INK, around, draw_sites, find_sites, letter

if TYPE_CHECKING:
    from sufficiency.maps.frame import Frame

__all__ = ["Area", "MapModel", "Town", "describe", "render_map"]

TITLE, SUBTITLE, CREDIT = 20.0, 12.0, 10.0
#: A notice and the licences of what is drawn must never be cut.
CREDIT_LINES = 8
#: From one line of the title to the next.
LINE = 25.0
#: Taken from above a map whose title stands elsewhere.
BLANK = 16.0
#: Width of the line of the largest flow.
WIDEST_FLOW = 9.0


def render_map(model: MapModel, *, with_fonts: bool = False) -> str:
    """Draw a map as an SVG element, complete in itself: title, key, scale, north, source, run.

    Parameters
    ----------
    with_fonts
        Whether it carries its letters, as a file of its own should; a page has them once for all.
    """
    title = wrap(model.title, TITLE, WIDTH - 2 * MARGIN, 3, "semibold")
    top = MARGIN + LINE * len(title) + 6
    frame = fit(model.outline, top)
    sites = find_sites(model.provisions, frame)
    corner = scale_box(model.outline, frame, sites)
    lettered = letter(sites, model.towns, frame, corner)
    taken = [corner, *lettered.boxes, *map(around, lettered.sites)]
    shields, _ = draw_shields(model.roads, frame, taken)
    key, key_bottom = draw_key(model, lettered.sites, top)
    names, bottom = list_sites(lettered.listed, max(frame.box.bottom, key_bottom) + 2)
    run = f" Run {model.run_id}." if model.run_id else " Not planned yet."
    credit = wrap(f"{model.source}{run}", CREDIT, WIDTH - 2 * MARGIN, CREDIT_LINES)
    height = bottom + 16 + 13.5 * len(credit)
    parts = {
        "title": [
            write(line, MARGIN, MARGIN + 18 + LINE * n, TITLE, bold=True)
            for n, line in enumerate(title)
        ],
        "ground": draw_ground(model, frame),
        "flows": _flows(model, frame),
        "amounts": draw_discs(model.amounts, lettered.sites) if model.amounts else [],
        "shields": shields,
        "sites": draw_sites(lettered.sites),
        "scale": draw_scale(frame, corner),
        "labels": lettered.drawn,
        "frame": [_edge(frame)],
        "key": key,
        "names": names,
        "credit": [
            write(line, MARGIN, bottom + 12 + 13.5 * n, CREDIT, ink=PALE_INK)
            for n, line in enumerate(credit)
        ],
    }
    body = [
        line
        for name, drawn in parts.items()
        if drawn
        for line in (f'<g class="{name}">', *drawn, "</g>")
    ]
    return "\n".join([*_opening(model, height, with_fonts=with_fonts), *body, "</svg>\n"])


_TITLE = re.compile(r'<g class="title">\n(.*?)</g>\n', re.DOTALL)
_FRAMED = re.compile(
    rf'(<svg [^>]*viewBox="0 0 {WIDTH:g} )(\d+)("[^>]* height=")(\d+)(">.*?<rect [^>]*/>\n)(.*)(</svg>\n)',
    re.DOTALL,
)


def untitled_map(svg: str) -> str:
    """Return a map of `render_map` without its title, for where a caption has it."""
    framed, title = _FRAMED.fullmatch(svg), _TITLE.search(svg)
    if framed is None or title is None:
        return svg
    opening, high, between, _, ground, body, end = framed.groups()
    cut = LINE * title[1].count("<text") + BLANK
    size = f"{int(high) - cut:.0f}"
    rest = _TITLE.sub("", body, count=1)
    return f'{opening}{size}{between}{size}{ground}<g transform="translate(0 -{cut:g})">\n{rest}</g>\n{end}'


def _opening(model: MapModel, height: float, *, with_fonts: bool) -> list[str]:
    ident = ident_of(model)
    style = f"<style>{fonts.font_face_css()}</style>" if with_fonts else ""
    return [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:.0f}" role="img" '
            f'class="map" data-run="{escape(model.run_id)}" '
            f'aria-labelledby="{ident}-title {ident}-desc" font-family="{escape(FONT)}" '
            f'width="{WIDTH:g}" height="{height:.0f}">'
        ),
        f'<title id="{ident}-title">{escape(model.title)}</title>',
        f'<desc id="{ident}-desc">{escape(describe(model))}</desc>{style}',
        f'<rect width="{WIDTH:g}" height="{height:.0f}" fill="#ffffff"/>',
    ]


def describe(model: MapModel) -> str:
    """Say in words what the map shows, for who cannot see it."""
    shown = [area.value for area in model.areas if area.value is not None]
    withheld = sum(area.withheld for area in model.areas)
    unit = f" ({model.unit})" if model.unit else ""
    words = f"Map of {len(model.areas)} areas"
    words += f" shaded by {model.legend}{unit}." if model.is_shaded else "."
    if shown:
        words += f" Values run from {figure(min(shown))} to {figure(max(shown))}."
    if withheld:
        are = "area is" if withheld == 1 else "areas are"
        words += f" {withheld} {are} hatched: {model.withheld_words}."
    if model.amounts:
        words += f" Discs show {model.amounts.legend}."
    return f"{words} {len(model.provisions)} provisions are marked by shape."


def _flows(model: MapModel, frame: Frame) -> list[str]:
    """Lines of a catchment, as wide as children are many."""
    most = max((flow.children for flow in model.flows), default=1.0)
    lines = []
    for flow in sorted(model.flows, key=lambda flow: (-flow.children, flow.area)):
        (x, y), (to_x, to_y) = frame.pixel(*flow.start), frame.pixel(*flow.end)
        wide = max(1.2, WIDEST_FLOW * flow.children / most)
        line = f'd="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}" stroke-linecap="round"'
        lines += [
            f'<path {line} stroke="#ffffff" stroke-opacity="0.9" stroke-width="{wide + 2:.1f}"/>',
            (
                f'<path {line} stroke="{ACCENT}" stroke-width="{wide:.1f}"><title>{escape(flow.area)}: '
                f"{figure(flow.children)}</title></path>"
            ),
        ]
    return lines


def _edge(frame: Frame) -> str:
    """Draw the edge of the window, above all that it cuts."""
    box = frame.box
    return (
        f'<rect x="{box.left:g}" y="{box.top:g}" width="{box.right - box.left:g}" '
        f'height="{box.bottom - box.top:g}" fill="none" stroke="#8a8f94"/>'
    )

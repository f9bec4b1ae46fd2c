"""Discs about sites, their areas as amounts: how large each is, and which stand in the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sufficiency.maps.classes import nice
from sufficiency.maps.lettering import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sufficiency.maps.model import Amounts
    from sufficiency.maps.sites import Site

#: Radius of the disc of the largest amount, in units of the drawing; and of the least that is seen round a symbol.
LARGEST, LEAST = 28.0, 7.0
FILL = "#F46A25"


def radius(amounts: Amounts, amount: float) -> float:
    """Return the radius of an amount's disc."""
    most = max((n for n in amounts.by_site.values() if n > 0), default=1.0)
    return LARGEST * float(np.sqrt(max(amount, 0.0) / most))


def draw_discs(amounts: Amounts, sites: Iterable[Site]) -> list[str]:
    """Draw the disc of every site that has an amount, the largest first, each about its symbol."""
    shown = [
        (amounts.by_site[site.name], site)
        for site in sites
        if amounts.by_site.get(site.name, 0.0) > 0
    ]
    return [
        f'<g transform="translate({site.spot[0]:.1f} {site.spot[1]:.1f})">'
        f"<title>{escape(f'{site.name}: {amounts.write(amount)}')}</title>"
        f"{disc(radius(amounts, amount))}</g>"
        for amount, site in sorted(shown, key=lambda pair: (-pair[0], pair[1].name))
    ]


def disc(size: float) -> str:
    """Draw a disc round the origin."""
    return (
        f'<circle r="{max(size, LEAST):.1f}" fill="{FILL}" fill-opacity="0.32" stroke="#a33b06" '
        'stroke-width="1"/>'
    )


def nested(amounts: Amounts) -> list[tuple[float, float, float]]:
    """Return up to two round amounts, each with its radius and how far above the lowest point its top is.

    In the key they stand within each other, the largest first.
    """
    most = max((n for n in amounts.by_site.values() if n > 0), default=0.0)
    if not most:
        return []
    steps = sorted({nice(most), nice(most / 5)}, reverse=True)
    return [(step, size, 2 * size) for step in steps if (size := max(radius(amounts, step), LEAST))]

"""A drawing without the title in it, for pages and papers that write it as a caption over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.charts.canvas import untitled as untitled_chart
from sufficiency.maps.draw import untitled_map

if TYPE_CHECKING:
    from sufficiency.report.parts import Drawing


def untitled(drawing: Drawing) -> str:
    """Return a drawing as SVG without the lines of its title: the caption says it, as text that can be read out."""
    return untitled_chart(drawing.svg) if drawing.kind == "chart" else untitled_map(drawing.svg)

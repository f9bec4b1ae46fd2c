"""The section of the report with its maps, each with its figures as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.disclosure import WITHHELD
from sufficiency.maps.draw import describe, render_map
from sufficiency.report.parts import Cell, Drawing, Section, Table, figure, heading

if TYPE_CHECKING:
    from sufficiency.maps.model import Area, MapModel
    from sufficiency.report.parts import Plan


def map_(plan: Plan) -> Section | None:
    """Show the maps, when there are any, and their figures as tables."""
    if not plan.context.maps:
        return None
    return Section(
        "map",
        "Where children travel from, and to",
        [
            (
                "Shades are by home area. Symbols are provisions; a ring marks a scheme. Hatched areas are "
                "not shown, so that nobody can be told from them."
            )
        ],
        drawings=[as_drawing(model) for model in plan.context.maps],
    )


def as_drawing(model: MapModel) -> Drawing:
    """Return a map with its figures as a table."""
    unit = f"{model.legend}, {model.unit}"
    whole = all(float(area.value).is_integer() for area in model.areas if area.value is not None)
    digits = 0 if whole else 1
    rows = [
        [heading(area.name), Cell(_shown(area, digits), is_number=True)] for area in model.areas
    ]
    table = Table(unit, ["Home area", model.legend], rows, frozenset({1}), folded=True)
    return Drawing(model.key, model.title, describe(model), render_map(model), table)


def _shown(area: Area, digits: int) -> str:
    return WITHHELD if area.withheld else figure(area.value, digits)

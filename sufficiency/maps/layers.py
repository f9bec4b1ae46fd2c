"""The layers a map can show, a row each: what it measures, how it is called, and its values from published tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sufficiency import needs
from sufficiency.errors import UsageError
from sufficiency.geographies import ALL
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Mapping

PHASE_WORDS = {"primary": "primary", "secondary": "secondary", "post16": "post-16"}


class Layer(NamedTuple):
    """A layer: ``measure`` is a column of the published areas; ``share_of`` another, of which it is a share."""

    key: str
    title: str
    legend: str
    unit: str
    measure: str
    share_of: str = ""
    help: str = ""

    @property
    def columns(self) -> list[str]:
        """The published columns that its values rest on."""
        return [self.measure, *([self.share_of] if self.share_of else [])]


_GAP = "Without a place, independent or out of area"
LAYERS = {
    layer.key: layer
    for layer in (
        Layer(
            *("gap", "Share of children without a place, independent or out of area", _GAP),
            *("% of children", "gap", "children", "the gap, as a share of each area's children"),
        ),
        Layer(
            *("gap-count", "Children without a place, independent or out of area", _GAP),
            *("children", "gap", "", "the gap, as a number of children"),
        ),
        Layer(
            *("journeys", "Mean journey by home area", "Mean journey", "minutes one way"),
            *("mean_minutes", "", "how long children travel"),
        ),
        Layer(
            *("unplaced", "Share of children without a place", "Without a place"),
            *("% of children", "unplaced", "children", "children whom the plan leaves waiting"),
        ),
        Layer(
            *("out-of-area", "Share of children placed out of area", "Placed out of area"),
            *("% of children", "out_of_area", "children", "children at other councils' provision"),
        ),
        Layer(
            *("independent", "Share of children in independent provision"),
            *("Independent provision", "% of children", "independent", "children"),
            "children at independent provision",
        ),
        Layer(
            *("children", "Children modelled, by home area", "Children modelled", "children"),
            *("children", "", "everybody whom the plan is for"),
        ),
    )
}
#: Layers that every report has, in its order.
REPORTED = ("gap", "journeys")


class Selection(NamedTuple):
    """Which children a map is of."""

    year: int
    need: str = ALL
    phase: str = ALL

    def words(self) -> str:
        """Say which children: "2031/32, ASD, secondary"."""
        parts = [academic(self.year)]
        parts += [self.need] if self.need != ALL else []
        parts += [PHASE_WORDS[self.phase]] if self.phase != ALL else []
        return ", ".join(parts)


class Shading(NamedTuple):
    """What the areas of a map show: values by area, NaN where withheld; an area with nobody is not in it."""

    geography: str
    by_area: pd.Series


def shade(areas: pd.DataFrame, layer: Layer, chosen: Selection) -> Shading:
    """Return the values of a layer, from the published areas alone.

    Where the table tells the same children apart at two geographies, the finer is taken.

    Raises
    ------
    UsageError
        When the plan has no such year, need or phase.
    """
    rows = areas[areas["year"].astype(int) == chosen.year]
    for column, wanted in (("need", chosen.need), ("phase", chosen.phase)):
        rows = rows[rows[column] == wanted]
    if rows.empty:
        raise UsageError(_nobody(areas, chosen))
    geography = str(rows["geography"].iloc[0])
    rows = rows[rows["geography"] == geography].set_index("area")
    hidden = (rows[layer.columns] == WITHHELD).any(axis=1)
    values = values_of(rows, layer)
    nobody = ~hidden & values.isna()
    return Shading(geography, values[~nobody].sort_index())


def values_of(rows: pd.DataFrame, layer: Layer) -> pd.Series:
    """Return a layer's value of each row of the published areas; NaN where it is withheld, or there is nobody."""
    hidden = (rows[layer.columns] == WITHHELD).any(axis=1)
    numbers = rows[layer.columns].where(~hidden).apply(pd.to_numeric)
    values: pd.Series = numbers[layer.measure]
    return (100 * values / numbers[layer.share_of]).round(0) if layer.share_of else values


def has_anybody(areas: pd.DataFrame, year: int) -> bool:
    """Whether the published areas have children in a year: all may have left by then."""
    return year in set(areas["year"].astype(int))


def _nobody(areas: pd.DataFrame, chosen: Selection) -> str:
    """Say which year, need or phase there is instead."""
    years = sorted(areas["year"].astype(int).unique())
    if not years:
        return "the plan is for nobody: nothing can be shaded"
    if chosen.year not in years:
        return f"the plan has no year {chosen.year}: give one from {years[0]} to {years[-1]}"
    found = [need for need in needs.NEEDS if need in set(areas["need"])]
    if chosen.need not in {ALL, *found}:
        return f"the plan has nobody of need {chosen.need}: give one of {', '.join(found)}"
    return f"the plan has nobody of {chosen.words()}"


def change(now: Shading, before: Shading) -> Shading:
    """Return by how much a layer's values differ; withheld where either is."""
    if now.geography != before.geography:
        raise UsageError(
            f"the two plans publish areas at different geographies ({now.geography}, {before.geography}), "
            "so they cannot be compared on a map; name the earlier with --published when planning the later"
        )
    both = now.by_area.index.intersection(before.by_area.index)
    return Shading(now.geography, (now.by_area[both] - before.by_area[both]).round(1))


def layer_rows() -> list[Mapping[str, str]]:
    """Return the layers as rows of a table to print."""
    return [
        {"layer": layer.key, "shows": layer.help, "unit": layer.unit} for layer in LAYERS.values()
    ]

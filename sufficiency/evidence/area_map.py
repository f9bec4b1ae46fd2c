"""A map of something that a command found, by home area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.findings import openings, tally_schemes
from sufficiency.geographies import COUNCIL, OWN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sufficiency.evidence.answer import About
    from sufficiency.evidence.study import Study
    from sufficiency.report.parts import Drawing


def area_map(
    study: Study,
    said: About,
    words: tuple[str, str, str, str],
    values: Mapping[str, float],
    hidden: Collection[str],
    geography: str,
) -> Drawing | None:
    """Return a map of values by area, or None where the case's areas cannot be drawn.

    Parameters
    ----------
    words
        Key of the drawing, title, legend and unit.
    values, hidden
        What may be told, by area; and the areas where it may not.
    geography
        Of `sufficiency.geographies`.
    """
    from sufficiency.maps.model import Area, MapModel
    from sufficiency.maps.plan_map import map_sites
    from sufficiency.maps.sources import base_of
    from sufficiency.report.map_section import as_drawing

    prepared = study.prepared
    if geography == COUNCIL or (geography == OWN and not prepared.case.settings.map.areas):
        return None  # there is one area only, or nobody knows where the case's own lie
    base = base_of(prepared.case, prepared.located, prepared.case.settings.map)
    shapes = base.shapes(geography) if base else {}
    if base is None or not shapes or not set(shapes) & {*values, *hidden}:
        return None
    key, title, legend, unit = words
    schemes = tally_schemes(prepared.basis, openings(prepared.basis, study.plan.solution))
    areas = [
        Area(name, shape, None if name in hidden else values.get(name), name in hidden)
        for name, shape in sorted(shapes.items())
    ]
    model = MapModel(
        key=key,
        title=title,
        outline=base.outline,
        areas=areas,
        provisions=map_sites(prepared.case, schemes, prepared.located.provisions),
        legend=legend,
        unit=unit,
        source=" ".join(part for part in (said.notice, base.credit) if part),
        run_id=str(said.stamps["Run"]),
        settlements=base.settlements,
        land=base.land,
        towns=base.towns,
        roads=base.roads,
        water=base.water,
        withheld_words=f"fewer than {prepared.case.settings.disclosure.threshold} children,"
        " or withheld with them",
        empty_words="nobody",
        is_change=any(value < 0 for value in values.values()),
    )
    return as_drawing(model)

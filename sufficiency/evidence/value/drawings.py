"""The worth of places as pictures: a chart of provision by year, and a map with discs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.charts.canvas import SEQUENCE, Words
from sufficiency.charts.rows import MARK, Heat, Shade, draw_heat
from sufficiency.evidence.answer import about
from sufficiency.evidence.value.told import lasting, places_words
from sufficiency.findings import openings, tally_schemes
from sufficiency.maps.draw import describe, render_map
from sufficiency.maps.model import Amounts
from sufficiency.maps.plan_map import Told, map_sites, provision_map
from sufficiency.maps.sources import base_of
from sufficiency.pounds import hundreds
from sufficiency.report.parts import Drawing, academic, stamp_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sufficiency.evidence.value.find import Valued

#: Rows of the chart at most.
MOST_ROWS = 30
#: Colour of a place that costs more than it saves: not one of the sequence.
COSTS = "#fdb863"


def heat(found: Valued, asked: Mapping[str, Any]) -> Drawing | None:
    """Draw what one place more saves a year, by provision and the year from which it is there."""
    places, base = found.asked.places[0], found.basis.case.settings.base_year
    worths = [worth for worth in found.worths if worth.places == places]
    firsts = sorted({worth.first for worth in worths})
    by_pool: dict[int, dict[int, float]] = {}
    seats = set()
    for worth in worths:
        by_pool.setdefault(worth.pool, {})[worth.first] = worth.saved / 1000
        if worth.placed > 1e-6:
            seats.add((worth.pool, worth.first))
    most = {q: max(saved.values(), key=abs) for q, saved in by_pool.items()}
    order = sorted((q for q in most if abs(most[q]) > 0), key=lambda q: (-most[q], found.names[q]))
    rows = order[:MOST_ROWS]
    if len(firsts) < 2 or not rows:
        return None
    when = "in that year alone" if found.asked.one_year else "from that September on"
    shades = _shades([by_pool[q][t] for q in rows for t in by_pool[q]])
    words = Words(
        key="valueheat",
        title="Where and when a place more saves most",
        subtitle=f"Real money saved a year by {places_words(places)} more {when}, £ thousand; after each name its"
        f" year groups. Blank: no places there then.{MARK} A child without a place would have one, too.",
        source=_source(found, asked),
        alt=f"A chart of {len(rows)} provisions by year, shaded by what a place more saves a year; the table has the"
        " figures.",
    )
    values = [[by_pool[q].get(t, np.nan) for t in firsts] for q in rows]
    marked = frozenset(
        (n, m) for n, q in enumerate(rows) for m, t in enumerate(firsts) if (q, t) in seats
    )
    chart = Heat(
        words,
        [found.short_names[q] for q in rows],
        [academic(base + t) for t in firsts],
        values,
        shades,
        lambda value: f"{value:,.0f}".replace("-", "−"),
        marked,
    )
    return Drawing("value-heat", words.title, words.alt, draw_heat(chart), kind="chart")


def _shades(values: list[float]) -> list[Shade]:
    """Return classes of savings in thousands: round, about a quarter of the largest each."""
    from sufficiency.maps.classes import nice

    most = max(*values, 1e-3)
    step = nice(most / 3.2)
    lows = [n * step for n in range(1, 4) if n * step < most]
    shades = [Shade(0.5, f"up to £{step:,.0f}k", SEQUENCE[0])]
    for n, low in enumerate(lows, start=1):
        over = (
            f"£{low:,.0f}k to under £{low + step:,.0f}k"
            if low != lows[-1]
            else f"£{low:,.0f}k or more"
        )
        shades.append(Shade(low, over, SEQUENCE[n]))
    nothing = Shade(-0.5, "nothing", "#ffffff")
    costs = [Shade(-np.inf, "costs more", COSTS)] if min(values) < -0.5 else []
    return [*costs, nothing if costs else replace(nothing, least=-np.inf), *shades]


def value_map(found: Valued, asked: Mapping[str, Any]) -> Drawing | None:
    """Draw provisions with a disc as large as what a place more there saves; None where no home has a place."""
    prepared, places = found.study.prepared, found.asked.places[0]
    base = base_of(prepared.case, prepared.located, prepared.case.settings.map)
    best: dict[str, float] = {}
    for worth in found.at(found.shown, places):
        key = found.basis.pools.keys[worth.pool].provision_id
        best[key] = max(best.get(key, 0.0), worth.saved)
    if base is None or not any(saved > 0 for saved in best.values()):
        return None
    told = _told(found, asked, base)
    names = dict(zip(told.sites["id"], told.sites["name"], strict=True))
    amounts = Amounts(
        {str(names[key]): saved for key, saved in best.items()},
        f"What {places_words(places)} more {lasting(found, found.shown)} would save a year",
        hundreds,
    )
    title = f"What a place more is worth {lasting(found, found.shown)}: real money a year"
    model = replace(provision_map(told, title), key="valuemap", amounts=amounts)
    return Drawing("value-map", title, describe(model), render_map(model, with_fonts=True))


def _told(found: Valued, asked: Mapping[str, Any], base: Any) -> Told:  # noqa: ANN401 - a `maps.base.Base`
    import pandas as pd

    prepared, settings = found.study.prepared, found.basis.case.settings
    said = about(prepared, "value", asked)
    schemes = tally_schemes(found.basis, openings(found.basis, found.study.plan.solution))
    return Told(
        areas=pd.DataFrame(),
        origins=pd.DataFrame(),
        sites=map_sites(prepared.case, schemes, prepared.located.provisions),
        base=base,
        years=range(settings.base_year, settings.base_year + settings.years),
        run_id=said.stamps["Run"],
        notice=said.notice,
        data_date=settings.data_date,
    )


def _source(found: Valued, asked: Mapping[str, Any]) -> str:
    said = about(found.study.prepared, "value", asked)
    return f"{said.title}. {said.notice} {stamp_line(said.stamps)}".replace(". .", ".")

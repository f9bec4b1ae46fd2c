"""Towns of one home, a few sites and an independent school, for schemes whose worth is known by hand.

Twelve children of Year 5 seek a place for two years. A place at a site costs £10,000 a year, at the independent school
£60,000, and nobody travels: so a place built saves £50,000 a year. Capital is spread over twenty years at no interest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tests.plans import write_tables

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """title = "Sites"
base_year = 2025
years = 2
[money]
discount_rate_pct = 0
[transport]
gbp_per_day = 0
gbp_per_km = 0
"""
HEADS: list[object] = [
    *("scheme_id", "name", "provision_id", "status", "capital_gbp", "earliest_year"),
    *("latest_year", "lifetime_years", "exclusive_group", "requires"),
]
HOME: list[object] = ["easting_m", "northing_m"]
ALL: list[object] = ["*", 0, 14]
#: A site's schemes: id, site, capital, first and last year, group, requires, and places by years open.
Row = tuple[str, str, float, object, object, str, str, Mapping[int, float]]
THREE: list[Row] = [
    ("SMALL", "A", 100e3, 2025, "", "", "", {0: 4}),
    ("MIDDLE", "B", 120e3, 2025, "", "site", "", {0: 5}),
    ("LARGE", "B", 300e3, 2025, "", "site", "", {0: 12}),
]
"""LARGE stands on MIDDLE's site, and has places for everybody: SMALL beside it is worth nothing."""
RELAY: list[Row] = [
    ("EARLY", "A", 100e3, 2025, 2025, "", "", {0: 4, 1: 0}),
    ("LATE", "A", 100e3, 2026, 2026, "", "", {0: 4}),
]
"""Places of the first year, and of the second: nobody takes one without the other."""


def write_sites(
    folder: Path, schemes: Sequence[Row] = THREE, *, later: float = 0, settings: str = ""
) -> Path:
    """Write a town of sites A and B and the independent school V; so many `later` seek in the second year."""
    rows: list[list[object]] = [
        [s, f"{s.capitalize()} base", site, "proposed", gbp, first, last, 20, group, needs]
        for s, site, gbp, first, last, group, needs, _ in schemes
    ]
    places: list[list[object]] = [
        [s, age, *ALL, count] for s, *_, steps in schemes for age, count in steps.items()
    ]
    sites = ("A", "B")
    return write_tables(
        folder / "sites",
        f"{SETTINGS}{settings}",
        children=[
            ["child_id", "children", *HOME, "need", "ncy", "status", "start_year"],
            ["g", 12, 374000, 164000, "ASD", 5, "seeking", 2025],
            *([["h", later, 374000, 164000, "ASD", 5, "seeking", 2026]] if later else []),
        ],
        provisions=[
            ["provision_id", "name", "kind", "easting_m", "northing_m", "la"],
            *([s, f"{s} school", "base", 374000, 165000 + n, "home"] for n, s in enumerate(sites)),
            ["V", "V school", "independent", 374000, 166000, "home"],
        ],
        places=[
            ["provision_id", "needs", "ncy_from", "ncy_to", "places"],
            *([site, *ALL, 0] for site in sites),
            ["V", *ALL, ""],
        ],
        prices=[
            ["provision_id", "needs", "ncy_from", "ncy_to", "gbp_per_child"],
            *([site, *ALL, 10000] for site in sites),
            ["V", *ALL, 60000],
        ],
        schemes=[HEADS, *rows],
        scheme_places=[
            ["scheme_id", "years_open", "needs", "ncy_from", "ncy_to", "places"],
            *places,
        ],
    )

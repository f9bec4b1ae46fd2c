"""A town whose plan is put to every test, and what each test costs worked out by hand.

No discount, no transport. Three years, 2025 to 2027. Own provision: base B, empty until scheme S gives it four places
for ASD from 2026 (£10,000 a child a year; capital of £120,000 over 20 years, so £6,000 a year); special H with three
places for SEMH (£20,000). N is another council's, for MLD (£25,000). V is independent, for all, at £60,000.

Now: two children at H, one at N, one at V. Arrivals: in 2026 four ASD and one MLD; in 2027 one SEMH. So S opens in 2026
and takes the four, H the one, N the one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.plans import write_tables

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """title = "Tested"
base_year = 2025
years = 3
[money]
discount_rate_pct = 0
[transport]
gbp_per_day = 0
gbp_per_km = 0
[capital]
budget_gbp = { 2026 = 130000 }
"""
HOME = [374000, 164000]


def write_tested(
    folder: Path, *, independent_places: object = "", settings: str = SETTINGS
) -> Path:
    """Write the town as a case; `independent_places` is how many V has, without limit unless told."""
    kid: list[object] = ["child_id", "children", "easting_m", "northing_m", "need", "ncy"]
    pool: list[object] = ["provision_id", "needs", "ncy_from", "ncy_to"]
    scheme: list[object] = ["scheme_id", "name", "provision_id", "status"]
    return write_tables(
        folder / "tested",
        settings,
        children=[
            [*kid, "status", "current_provision"],
            ["h", 2, *HOME, "SEMH", 5, "placed", "H"],
            ["n", 1, *HOME, "MLD", 5, "placed", "N"],
            ["v", 1, *HOME, "ASD", 5, "placed", "V"],
        ],
        new_children=[
            [*kid, "start_year"],
            ["a", 4, *HOME, "ASD", 5, 2026],
            ["m", 1, *HOME, "MLD", 5, 2026],
            ["s", 1, *HOME, "SEMH", 5, 2027],
        ],
        provisions=[
            ["provision_id", "name", "kind", "easting_m", "northing_m", "la"],
            ["B", "B base", "base", *HOME, "home"],
            ["H", "H school", "special", *HOME, "home"],
            ["N", "N school", "special", *HOME, "Elsewhere"],
            ["V", "V school", "independent", *HOME, "Elsewhere"],
        ],
        places=[
            [*pool, "places", "place_funding_gbp"],
            ["H", "SEMH", 0, 14, 3, 1000],
            ["N", "MLD", 0, 14, 5, ""],
            ["V", "*", 0, 14, independent_places, ""],
        ],
        prices=[
            [*pool, "gbp_per_child"],
            ["B", "*", 0, 14, 10000],
            ["H", "*", 0, 14, 20000],
            ["N", "*", 0, 14, 25000],
            ["V", "*", 0, 14, 60000],
        ],
        schemes=[
            [*scheme, "capital_gbp", "earliest_year", "lifetime_years"],
            ["S", "Base opens", "B", "proposed", 120000, 2026, 20],
        ],
        scheme_places=[
            ["scheme_id", "years_open", "needs", "ncy_from", "ncy_to", "places"],
            ["S", 0, "ASD", 0, 14, 4],
        ],
    )

"""A town of three schools whose plan, and what each place in it is worth, anyone can work out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.plans import write_tables

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[list[object]]

SETTINGS = """title = "Three schools"
base_year = 2025
years = 2
[money]
discount_rate_pct = 0
[transport]
gbp_per_day = 0
gbp_per_km = 0
"""
HOME: list[object] = [374000, 164000]
HEADS = {
    "children": "child_id area children easting_m northing_m need ncy status current_provision",
    "new_children": "child_id area children easting_m northing_m need ncy start_year",
    "provisions": "provision_id name kind easting_m northing_m la",
    "places": "provision_id needs ncy_from ncy_to places place_funding_gbp",
    "prices": "provision_id needs ncy_from ncy_to gbp_per_child",
    "limits": "provision_id needs ncy_from ncy_to children",
    "schemes": "scheme_id name provision_id status capital_gbp earliest_year lifetime_years exclusive_group"
    " requires",
    "scheme_places": "scheme_id years_open needs ncy_from ncy_to places",
}
#: By table, each row without its header.
TOWN: dict[str, Rows] = {
    "children": [["g", "North", 12, *HOME, "ASD", 5, "seeking", ""]],
    "provisions": [
        ["A", "A school", "base", 374000, 165000, "home"],
        ["E", "E school", "base", 374000, 165500, "home"],
        ["V", "V school", "independent", 374000, 166000, "home"],
    ],
    "places": [
        ["A", "*", 0, 14, 2, 6000],
        ["E", "*", 0, 14, 5, 6000],
        ["V", "*", 0, 14, "", ""],
    ],
    "prices": [
        ["A", "*", 0, 14, 10000],
        ["E", "*", 0, 14, 70000],
        ["V", "*", 0, 14, 60000],
    ],
}


def three_schools(folder: Path, settings: str = "", **changed: Rows) -> Path:
    """Write the town: school A with two places at £10,000, E with room at £70,000, and V without limit at £60,000.

    Twelve children of Year 5 seek a place for two years, so that two are at A and ten at V. Nothing is paid for
    transport. Tables that are given, without headers, take the place of the town's.
    """
    tables: dict[str, list[list[object]]] = {
        name: [list(HEADS[name].split()), *rows] for name, rows in (TOWN | changed).items()
    }
    return write_tables(folder, SETTINGS + settings, **tables)

"""A few rows of every table, for the sheet of a template that shows how they are filled in.

Together they are a case that can be planned; a test plans it. The postcodes are of council offices
and a university.
"""

from __future__ import annotations

ROWS: dict[str, tuple[dict[str, str | float], ...]] = {
    "children": (
        {"child_id": "C-0001", "postcode": "BA1 5AW", "need": "ASD", "need_2": "SLCN", "ncy": 0,
         "status": "seeking"},
        {"child_id": "C-0002", "postcode": "BS31 1FS", "need": "ASD", "suits": "base|special",
         "ncy": 3, "current_provision": "BASE-1", "status": "placed"},
        {"child_id": "C-0003", "easting_m": 377100, "northing_m": 164300, "need": "SEMH",
         "birth_date": "2013-04-17", "current_provision": "IND-1", "status": "review"},
    ),
    "new_children": (
        {"child_id": "N-2026-01", "children": 3, "postcode": "BA2 7AY", "need": "SEMH", "ncy": 7,
         "start_year": 2026},
    ),
    "provisions": (
        {"provision_id": "BASE-1", "name": "Riverside base", "kind": "base", "postcode": "BA1 5AW",
         "la": "home", "urn": "100001"},
        {"provision_id": "SPEC-1", "name": "Hill special school", "kind": "special",
         "postcode": "BA2 7AY", "la": "home", "urn": "100002"},
        {"provision_id": "IND-1", "name": "Vale House", "kind": "independent", "postcode": "BS31 1FS",
         "la": "Elsewhere", "urn": "100003"},
    ),
    "places": (
        {"provision_id": "BASE-1", "needs": "SLCN|ASD", "ncy_from": 0, "ncy_to": 6, "places": 12,
         "place_funding_gbp": 6000},
        {"provision_id": "SPEC-1", "needs": "*", "ncy_from": 0, "ncy_to": 14, "to_year": 2026,
         "places": 90, "place_funding_gbp": 10000},
        {"provision_id": "SPEC-1", "needs": "*", "ncy_from": 0, "ncy_to": 14, "from_year": 2027,
         "places": 96, "place_funding_gbp": 10000},
        {"provision_id": "IND-1", "needs": "*", "ncy_from": 0, "ncy_to": 14},
    ),
    "limits": (
        {"provision_id": "SPEC-1", "needs": "SEMH", "ncy_from": 7, "ncy_to": 11, "children": 24},
    ),
    "prices": (
        {"provision_id": "BASE-1", "needs": "*", "ncy_from": 0, "ncy_to": 14, "gbp_per_child": 12000},
        {"provision_id": "SPEC-1", "needs": "*", "ncy_from": 0, "ncy_to": 14, "gbp_per_child": 14200},
        {"provision_id": "IND-1", "needs": "*", "ncy_from": 0, "ncy_to": 14, "gbp_per_child": 64000},
    ),
    "schemes": (
        {"scheme_id": "S-1", "name": "Hill special school, 24 more places", "provision_id": "SPEC-1",
         "status": "proposed", "capital_gbp": 1600000, "earliest_year": 2026, "latest_year": 2029,
         "lifetime_years": 40},
    ),
    "scheme_places": (
        {"scheme_id": "S-1", "years_open": 0, "needs": "SEMH", "ncy_from": 7, "ncy_to": 11,
         "places": 12, "place_funding_gbp": 10000},
        {"scheme_id": "S-1", "years_open": 1, "needs": "SEMH", "ncy_from": 7, "ncy_to": 11,
         "places": 24, "place_funding_gbp": 10000},
    ),
    "travel": (
        {"child_id": "C-0001", "provision_id": "BASE-1", "km": 2.4, "minutes": 9},
        {"child_id": "C-0001", "provision_id": "SPEC-1", "km": 6.1, "minutes": 17},
    ),
}  # fmt: skip

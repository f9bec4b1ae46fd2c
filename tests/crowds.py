"""Populations drawn at random, of many small cells, as cases; and what an attacker may know of them."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.drafts import Draft

BASE = 2025
NEEDS = ("ASD", "SEMH", "MLD", "VI")
AREAS = ("North", "East", "South", "Quay")
KINDS = ("special", "base", "independent", "special", "independent")


def draw_crowd(seed: int) -> Draft:
    """Draw a case of 30 to 160 children in a few areas, needs and schools; the same seed gives the same."""
    rng = Random(seed)
    years = rng.choice((1, 2))
    areas = AREAS[: rng.randint(2, 4)]
    wanted = NEEDS[: rng.randint(2, 4)]
    provisions = [_provision(rng, n) for n in range(rng.randint(3, 5))]
    places = [row for place in provisions for row in _places(rng, place, wanted)]
    ids = [row["provision_id"] for row in provisions]
    children = [
        {
            "child_id": f"c{n}",
            "children": rng.choice((1, 1, 2, 3, 5, 8)),
            "easting_m": 374000 + 4000 * areas.index(area) + rng.randint(-900, 900),
            "northing_m": 164000 + rng.randint(-3000, 3000),
            "area": area,
            "need": rng.choices(wanted, (8, 4, 2, 1)[: len(wanted)])[0],
            "ncy": rng.choice((1, 4, 8, 10, 12)),
        }
        | rng.choice(
            ({"status": "seeking"}, {"status": "placed", "current_provision": rng.choice(ids)})
        )
        for n in range(rng.randint(12, 40))
        for area in [rng.choices(areas, (5, 3, 2, 1)[: len(areas)])[0]]
    ]
    tables: dict[str, list[dict[str, Any]]] = {
        "children": children,
        "provisions": provisions,
        "places": places,
        "prices": [
            {
                "provision_id": row["provision_id"],
                "needs": "*",
                "ncy_from": 0,
                "ncy_to": 14,
                "gbp_per_child": 60000 + 1000 * n
                if row["kind"] == "independent"
                else 12000 + 3000 * n,
            }
            for n, row in enumerate(provisions)
        ],
        "schemes": [
            {
                "scheme_id": "S1",
                "name": "Hall",
                "provision_id": ids[0],
                "status": "proposed",
                "capital_gbp": 100000,
                "earliest_year": BASE,
                "lifetime_years": 20,
            }
        ],
        "scheme_places": [
            {
                "scheme_id": "S1",
                "years_open": 0,
                "needs": "|".join(wanted),
                "ncy_from": 0,
                "ncy_to": 14,
                "places": rng.randint(4, 20),
            }
        ],
    }
    settings = {"title": "Crowd", "base_year": BASE, "years": years}
    return Draft(settings, tables)


def _provision(rng: Random, n: int) -> dict[str, Any]:
    return {
        "provision_id": f"P{n}",
        "name": f"School {n}",
        "kind": KINDS[n],
        "easting_m": 374000 + rng.randint(0, 14000),
        "northing_m": 164000 + rng.randint(-4000, 4000),
        "la": rng.choice(("home", "home", "Elsewhere")),
    }


def _places(rng: Random, place: dict[str, Any], wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    """One pool for all, or one for each of two ranges of years."""
    ranges = rng.choice((((0, 14),), ((0, 6), (7, 14))))
    return [
        {
            "provision_id": place["provision_id"],
            "needs": "*" if rng.random() < 0.7 else "|".join(wanted[:2]),
            "ncy_from": low,
            "ncy_to": high,
            "places": rng.randint(4, 30),
            "place_funding_gbp": 6000,
        }
        for low, high in ranges
    ]

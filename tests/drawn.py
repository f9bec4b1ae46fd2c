"""Cases drawn at random, small enough to be worked out by other means."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.drafts import Draft, Row

BASE = 2025
NEEDS = ("ASD", "SEMH", "MLD")
NEED_SETS = ("*", "*", "*", "*", "ASD", "SEMH", "ASD|SEMH", "MLD|SEMH", "ASD|MLD")
RANGES = ((0, 6), (7, 11), *[(0, 14)] * 4, (7, 14), (12, 14), (3, 8))
SPANS: tuple[tuple[tuple[int | str, int | str], ...], ...] = (
    (("", ""),),
    (("", ""),),
    (("", 2025), (2026, "")),
    (("", 2026),),
    ((2026, ""),),
    (("", 2025), (2026, 2026), (2027, "")),
    (("", 2025), (2027, "")),
)
"""First and last year of the rows of one pool."""
KINDS = ("special", "base", "independent")
SUITS = (*[""] * 8, "special", "special|independent", "base|special", "independent")
COUNTS = (1, 1, 1, 2, 3, 0.5, 1.5)


def draw(seed: int) -> Draft:
    """Draw a case; the same seed gives the same case. Sums of money are uneven, so that ties are rare."""
    rng = Random(seed)
    settings = _settings(rng)
    crowded = rng.random() < 0.5
    if crowded:
        settings["travel"].pop("max_minutes", None)
        settings["waiting"]["penalty_gbp_per_child_year"] = 1000003.0
    provisions = [_provision(rng, p) for p in range(rng.choice((2, 2, 3)))]
    places = [row for place in provisions for row in _places(rng, place["provision_id"])]
    schemes, scheme_places = _schemes(rng, settings["years"], provisions, places, crowded=crowded)
    prices, by_need = _prices(rng, provisions, [*places, *scheme_places], schemes)
    children = [_child(rng, f"c{n}", provisions, by_need) for n in range(rng.randint(3, 7))]
    arrivals = [_arrival(rng, n) for n in range(rng.choice((0, 0, 1, 2)))]
    tables = {
        "children": children,
        "new_children": arrivals,
        "provisions": provisions,
        "places": places,
        "limits": [_limit(rng, provisions) for _ in range(rng.choice((0, 0, 1, 2)))][crowded:],
        "prices": prices,
        "schemes": schemes,
        "scheme_places": scheme_places,
        "travel": _travel(rng, [*children, *arrivals], provisions),
    }
    if settings["travel"]["method"] == "straight":
        del tables["travel"]
    return Draft(settings, tables)


def _settings(rng: Random) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "title": "Drawn",
        "base_year": BASE,
        "years": rng.choice((1, 2, 3, 3)),
        "money": {"discount_rate_pct": rng.choice((0.0, 3.5, 8.25))},
        "waiting": {
            "gbp_per_child_year": 30011.0,
            "penalty_gbp_per_child_year": rng.choice((5003.0, 100003.0, 100003.0, 1000003.0)),
        },
        "leaving": {"last_ncy": rng.choice((14, 14, 14, 11)), "continue_pct": {}},
        "travel": {
            "method": rng.choice(("straight", "table")),
            "gbp_per_minute_over": rng.choice((0.0, 0.37)),
            "gbp_per_child_hour": rng.choice((0.0, 4.1)),
        },
        "transport": {
            "gbp_per_day": 9.7,
            "over_km": rng.choice((0.0, 4.5)),
            "eligible_pct": rng.choice((100.0, 83.0)),
        },
        "review": {"gbp_per_move": rng.choice((2503.0, 0.0, 9007.0))},
    }
    if rng.random() < 0.5:
        share = {ncy: rng.choice((0.0, 50.0, 87.5)) for ncy in rng.sample(range(14), 5)}
        settings["leaving"]["continue_pct"] = share
    if rng.random() < 0.3:
        phases = rng.sample(("primary", "secondary", "post16"), rng.randint(1, 3))
        settings["travel"]["max_minutes"] = {
            phase: round(rng.uniform(15, 40), 1) for phase in phases
        }
    if rng.random() < 0.5:
        settings["travel"]["soft_minutes"] = {"primary": 12.5, "post16": 20.25}
    if rng.random() < 0.4:
        settings["transport"]["independent"] = {"days": 171.0, "gbp_per_km": 2.3}
        settings["transport"]["base"] = {"over_km": 7.5, "children_per_vehicle": 3.0}
    if rng.random() < 0.4:
        years = rng.sample(range(BASE - 1, BASE + 3), rng.choice((0, 1, 2, 2)))
        amounts = {year: float(rng.randrange(10_000, 200_000)) for year in years}
        settings["capital"] = {"budget_gbp": amounts}
    return settings


def _provision(rng: Random, number: int) -> Row:
    return {
        "provision_id": f"P{number}",
        "kind": rng.choice(KINDS),
        "easting_m": rng.randrange(370_000, 380_000),
        "northing_m": rng.randrange(160_000, 170_000),
    }


def _places(rng: Random, provision: str) -> list[Row]:
    rows: list[Row] = []
    keys = {(rng.choice(NEED_SETS), *rng.choice(RANGES)) for _ in range(rng.choice((1, 1, 2, 3)))}
    for needs, low, high in sorted(keys):
        key = {"provision_id": provision, "needs": needs, "ncy_from": low, "ncy_to": high}
        spans = rng.choice(SPANS)
        for first, last in spans:
            years = {"from_year": first, "to_year": last}
            places = rng.choice((0, 1, 1, 1, 2, 2, 0.5, 1.5, ""))
            rows.append(key | years | {"places": places, "place_funding_gbp": 10000})
    rng.shuffle(rows)
    return rows


def _schemes(
    rng: Random, years: int, provisions: list[Row], places: list[Row], *, crowded: bool
) -> tuple[list[Row], list[Row]]:
    schemes: list[Row] = []
    rows: list[Row] = []
    for number in range(rng.choice((0, 1, 2, 2, 3, 3))):
        committed = number == 2 or rng.random() < 0.15
        place = rng.choice(provisions)["provision_id"]
        earliest = rng.choice((BASE - 1, BASE, BASE, BASE + years - 1))
        scheme = {
            "scheme_id": f"S{number}",
            "provision_id": place,
            "status": "committed" if committed else "proposed",
            "capital_gbp": rng.choice((0, *[rng.randrange(90_000)] * 4, 200_003)),
            "earliest_year": earliest,
            "latest_year": rng.choice(("", "", "", earliest + 1)),
            "lifetime_years": rng.choice((1, 10, 25, 25, 40)),
            "exclusive_group": "",
            "requires": "",
        }
        schemes.append(scheme)
        keys = [("*", 0, 14)] if crowded else _scheme_pools(rng, place, places)
        rows += _scheme_places(rng, scheme["scheme_id"], keys)
    if len(schemes) > 1 and rng.random() < 0.25:
        _double(schemes, rows)
    if len(schemes) > 1 and rng.random() < 0.5:
        _tie(rng, schemes)
    rng.shuffle(rows)
    return schemes, rows


def _double(schemes: list[Row], rows: list[Row]) -> None:
    """Make the second scheme just like the first, so that one is as good as the other."""
    first, second = schemes[:2]
    second |= first | {"scheme_id": second["scheme_id"]}
    rows[:] = [row for row in rows if row["scheme_id"] != second["scheme_id"]]
    copies = [row for row in rows if row["scheme_id"] == first["scheme_id"]]
    rows += [row | {"scheme_id": second["scheme_id"]} for row in copies]


def _tie(rng: Random, schemes: list[Row]) -> None:
    """Let one scheme require another, or two exclude each other, where the contract allows it."""
    first, second = rng.sample(schemes, 2)
    both = first["status"] == second["status"] == "committed"
    if rng.random() < 0.5 and not both:
        first["exclusive_group"] = second["exclusive_group"] = "either"
    elif first["status"] == "proposed":
        first["requires"] = second["scheme_id"]


def _scheme_pools(rng: Random, provision: str, places: list[Row]) -> list[tuple[str, int, int]]:
    here = [row for row in places if row["provision_id"] == provision]
    keys = {("*", 0, 14)} if rng.random() < 0.4 else set()
    for _ in range(rng.choice((1, 1, 2)) - len(keys)):
        if here and rng.random() < 0.5:
            row = rng.choice(here)
            keys.add((row["needs"], row["ncy_from"], row["ncy_to"]))
        else:
            keys.add((rng.choice(NEED_SETS), *rng.choice(RANGES)))
    return sorted(keys)


def _scheme_places(rng: Random, scheme: str, keys: list[tuple[str, int, int]]) -> list[Row]:
    return [
        {
            "scheme_id": scheme,
            "years_open": age,
            "needs": needs,
            "ncy_from": low,
            "ncy_to": high,
            "places": rng.choice((1, 1, 2, 2, 3, 3, 4, 0.5, 0) if age < 2 else (0, 1, 5)),
            "place_funding_gbp": rng.choice(("", 3001, 6007)),
        }
        for needs, low, high in keys
        for age in sorted({0, *rng.sample(range(3), rng.choice((0, 1, 1)))})[rng.random() < 0.2 :]
    ]


def _prices(
    rng: Random, provisions: list[Row], pools: list[Row], schemes: list[Row]
) -> tuple[list[Row], set[str]]:
    """Return prices with exactly one row for each child, and the provisions that price some needs only."""
    home = {scheme["scheme_id"]: scheme["provision_id"] for scheme in schemes}
    rows: list[Row] = []
    by_need = set()
    for place in provisions:
        provision = place["provision_id"]
        taken = {
            row["needs"]
            for row in pools
            if provision == row.get("provision_id", home.get(row.get("scheme_id", "")))
        }
        every = set("|".join(taken).split("|")) - {""}
        anyone = "*" in every or not every or rng.random() < 0.5
        if not anyone:
            by_need.add(provision)
        rows.append(_price(rng, provision, "*" if anyone else "|".join(sorted(every)), (0, 14), ""))
        rows += [
            _price(rng, provision, rng.choice(NEED_SETS), rng.choice(RANGES), year)
            for year in rng.sample((2026, 2027), rng.choice((0, 1, 2)))
        ]
    rng.shuffle(rows)
    return rows, by_need


def _price(rng: Random, provision: str, needs: str, ncys: tuple[int, int], year: int | str) -> Row:
    return {
        "provision_id": provision,
        "needs": needs,
        "ncy_from": ncys[0],
        "ncy_to": ncys[1],
        "from_year": year,
        "gbp_per_child": rng.randrange(5_000, 65_000),
    }


def _someone(rng: Random, name: str) -> Row:
    return {
        "child_id": name,
        "children": rng.choice(COUNTS),
        "easting_m": rng.randrange(370_000, 380_000),
        "northing_m": rng.randrange(160_000, 170_000),
        "area": rng.choice(("North", "South")),
        "need": rng.choice(NEEDS),
        "need_2": rng.choice(("", "", *NEEDS)),
        "suits": rng.choice(SUITS),
    }


def _child(rng: Random, name: str, provisions: list[Row], by_need: set[str]) -> Row:
    child = _someone(rng, name) | {"current_provision": "", "status": ""}
    here = rng.choice(provisions)["provision_id"]
    status = rng.choice(("seeking", "seeking", "seeking", "placed", "review"))
    if status == "review" and here in by_need:
        status = "placed"
    if status != "seeking":
        child["current_provision"] = here
    child["status"] = rng.choice(("", status)) if status != "review" else status
    start = rng.choice((BASE, BASE, BASE - 2, BASE + 1))
    seeks_later = status == "seeking" and start > BASE
    ncy = rng.randint(0, 14) + (0 if seeks_later else start - BASE)
    return _aged(rng, child, ncy, start)


def _arrival(rng: Random, number: int) -> Row:
    return _aged(rng, _someone(rng, f"n{number}"), rng.randint(0, 14), BASE + rng.randint(0, 3))


def _aged(rng: Random, child: Row, ncy: int, start: int) -> Row:
    """Give a child's age as its NCY in `start`, or as a date of birth."""
    child["start_year"] = "" if start == BASE and rng.random() < 0.5 else start
    if rng.random() < 0.75:
        return child | {"ncy": ncy}
    reception = start - ncy - 4
    born = rng.choice((f"{reception}-08-31", f"{reception - 1}-09-01", f"15/02/{reception}"))
    return child | {"birth_date": born}


def _limit(rng: Random, provisions: list[Row]) -> Row:
    low, high = rng.choice(RANGES)
    return {
        "provision_id": rng.choice(provisions)["provision_id"],
        "needs": rng.choice(NEED_SETS),
        "ncy_from": low,
        "ncy_to": high,
        "from_year": rng.choice(("", "", 2026)),
        "to_year": rng.choice(("", "", 2026)),
        "children": rng.choice((0, 1, 1, 2)),
    }


def _travel(rng: Random, children: list[Row], provisions: list[Row]) -> list[Row]:
    return [
        {
            "child_id": child["child_id"],
            "provision_id": place["provision_id"],
            "km": round(km := rng.uniform(1, 25), 2),
            "minutes": round(km * rng.uniform(1, 2.5), 1),
        }
        for child in children
        for place in provisions
        if place["provision_id"] == child.get("current_provision") or rng.random() < 0.85
    ]

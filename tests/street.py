"""A street one can draw: homes and schools along one line, a kilometre a minute, straight on.

::

    kilometre   0        2              12             22
              homes    Near           Far            Vale (independent, another council's)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.plans import write_tables

if TYPE_CHECKING:
    from pathlib import Path

#: Where the street begins, on the National Grid.
EASTING, NORTHING = 374_000, 164_000
#: Vehicle costs as they are unless told: pounds a day and a kilometre, days, journeys a day, children in a vehicle.
DAY, KM, DAYS, WAYS, IN_ONE = 10.0, 1.2, 190, 4, 2

SETTINGS = """title = "A street"
base_year = 2025
years = {years}
[money]
discount_rate_pct = 0
[travel]
detour_factor = 1
speed_kph = 60
"""

CHILDREN = ["child_id", "children", "easting_m", "northing_m", "area", "need", "suits", "ncy"]
STATUS = ["status", "current_provision"]


def vehicle(km: float) -> float:
    """Return what a vehicle costs a year over a distance."""
    return DAYS * (DAY + KM * km * WAYS)


def transport(km: float) -> float:
    """Return what a child's transport costs a year, pro rata."""
    return vehicle(km) / IN_ONE


def child(
    name: str,
    children: float,
    *,
    at_km: float = 0.0,
    area: str = "Town",
    need: str = "SEMH",
    suits: str = "",
    ncy: int = 7,
    status: str = "seeking",
    at: str = "",
) -> list[object]:
    """Return a row of children."""
    home = [EASTING + round(1000 * at_km), NORTHING]
    return [name, children, *home, area, need, suits, ncy, status, at]


def school(
    name: str, at_km: float, kind: str = "special", la: str = "home", called: str = ""
) -> list[object]:
    """Return a row of a provision."""
    return [name, called or name, kind, EASTING + round(1000 * at_km), NORTHING, la]


def pool(
    name: str, places: float | str, needs: str = "*", low: int = 0, high: int = 14
) -> list[object]:
    """Return a row of places."""
    return [name, needs, low, high, places, 10_000]


def price(name: str, gbp: float, needs: str = "*") -> list[object]:
    """Return a row of prices."""
    return [name, needs, 0, 14, gbp]


def write_street(
    folder: Path,
    children: list[list[object]],
    schools: list[list[object]],
    pools: list[list[object]],
    prices: list[list[object]],
    *,
    years: int = 1,
    settings: str = "",
    more: dict[str, list[list[Any]]] | None = None,
) -> Path:
    """Write a street as a case; `more` tables, by name, come with their header."""
    span = ["provision_id", "needs", "ncy_from", "ncy_to"]
    tables: dict[str, list[list[Any]]] = {
        "children": [[*CHILDREN, *STATUS], *children],
        "provisions": [
            ["provision_id", "name", "kind", "easting_m", "northing_m", "la"],
            *schools,
        ],
        "places": [[*span, "places", "place_funding_gbp"], *pools],
        "prices": [[*span, "gbp_per_child"], *prices],
    }
    return write_tables(folder, SETTINGS.format(years=years) + settings, **(tables | (more or {})))


def scheme(
    name: str, at: str, places: float, capital: float = 1_000, **columns: object
) -> dict[str, list[list[object]]]:
    """Return the tables of one scheme that may open in the first year, with places for everybody."""
    first = {"status": "proposed", "earliest_year": 2025, "lifetime_years": 10} | columns
    return {
        "schemes": [
            ["scheme_id", "name", "provision_id", "capital_gbp", *first],
            [name, name, at, capital, *first.values()],
        ],
        "scheme_places": [
            ["scheme_id", "years_open", "needs", "ncy_from", "ncy_to", "places"],
            [name, 0, "*", 0, 14, places],
        ],
    }

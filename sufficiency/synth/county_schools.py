"""The schools of a synthetic county: how many, how large, for whom and where; and the schemes it might build.

Numbers follow England's shares of plans by placement (DfE, 2025); sizes, needs, prices and schemes are assumed, and
each says so in the case's own files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from sufficiency.synth.county_land import Land
    from sufficiency.synth.draw import Draw

BROAD = "SPLD|MLD|SLD|PMLD|SLCN|HI|VI|MSI|PD|ASD|DS|OTH"
SEVERE = "SLD|PMLD|MSI|PD|ASD|VI|HI"
#: What special schools of one settlement take in turn, and their weight in places; one alone takes all.
SPECIALS = ((BROAD, 1.15), ("SEMH|ASD", 0.7), ("ASD|SLCN|SEMH|MLD", 1.2), (SEVERE, 0.9))
BASES = (("ASD|SLCN", 0, 6), ("ASD|SLCN", 7, 11), ("SEMH", 0, 6), ("MLD|SLCN", 7, 11),
         ("SLCN", 0, 6), ("SEMH|ASD", 7, 11), ("HI|VI|PD", 0, 6), ("HI|VI|PD", 7, 11))  # fmt: skip
#: England, January 2025, shares of all plans (DfE, Education, health and care plans, 2025).
SPECIAL_SHARE = 159_852 / 638_745
INDEPENDENT_SHARE = (29_647 + 4_381) / 638_745
BASE_SHARE = (15_529 + 8_995) / 638_745
#: State special schools had 147 plans each: 159,852 in 1,089 schools.
SPECIAL_SIZE = 147
BASE_SIZE = 14
INDEPENDENT_SIZE = 28
#: Kinds to (place funding, price), pounds a year; see the comments of the case.
MONEY = {
    "special": (10_000, 15_000),
    "base": (6_000, 12_000),
    "mainstream": (0, 10_000),
    "independent": (0, 57_000),
    "alternative": (10_000, 15_000),
    "college": (6_000, 3_000),
}


@dataclass
class Schools:
    """Rows of the tables of provisions, as they grow."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            name: [] for name in ("provisions", "places", "prices", "schemes", "scheme_places")
        }
    )

    def add(
        self,
        provision_id: str,
        name: str,
        kind: str,
        point: tuple[float, float],
        pools: list[tuple[str, int, int, float | None]],
        **more: Any,  # noqa: ANN401
    ) -> None:
        """Add a provision with its pools (needs, first and last NCY, places) and its price."""
        funding, price = MONEY[kind]
        at = {"easting_m": round(point[0], -2), "northing_m": round(point[1], -2)}
        row = {"provision_id": provision_id, "name": f"{name} (invented)", "kind": kind, **at}
        self.rows["provisions"].append(row | {"la": more.get("la", "home")})
        for needs, first, last, places in pools:
            pool = {"provision_id": provision_id, "needs": needs, "ncy_from": first, "ncy_to": last}
            self.rows["places"].append(pool | {"places": places, "place_funding_gbp": funding})
        everyone = {"provision_id": provision_id, "needs": "*", "ncy_from": 0, "ncy_to": 14}
        self.rows["prices"].append(everyone | {"gbp_per_child": more.get("price", price)})

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables, with their declared columns as far as they are used."""
        found = {}
        for name, rows in self.rows.items():
            frame = pd.DataFrame(rows)
            found[name] = frame[[c for c in TABLES[name].names if c in frame]] if rows else frame
        return found


def build(land: Land, plans: int, draw: Draw) -> Schools:
    """Give a county of so many plans its schools, largest settlements first."""
    schools = Schools()
    sites = _sites(land)
    _specials(schools, land, sites, plans, draw)
    _bases(schools, land, sites, plans, draw)
    _mainstream(schools, land, plans)
    _independents(schools, land, plans, draw)
    centre, name = tuple(land.centre[0]), land.towns[0]
    schools.add("AP-1", f"Tuition service, {name}", "alternative", centre, [("*", 0, 14, None)])
    schools.add("CO-1", f"{name} College", "college", centre, [("*", 12, 14, None)])
    if len(land.towns) > 1:
        far = tuple(land.centre[1])
        schools.add("CO-2", f"{land.towns[1]} College", "college", far, [("*", 12, 14, None)])
    _schemes(schools, land, plans)
    return schools


def _sites(land: Land) -> list[int]:
    """Return the town of one site after the other, by people and sites already there (Sainte-Laguë)."""
    given = np.zeros(len(land.share))
    sites = []
    for _ in range(200):
        at = int(np.argmax(land.share / (2 * given + 1)))
        sites.append(at)
        given[at] += 1
    return sites


def _near(land: Land, town: int, draw: Draw, km: float) -> tuple[float, float]:
    """Return a point up to so many kilometres from a town's centre."""
    east, north = (2 * draw.rng.random() - 1 for _ in range(2))
    return float(land.centre[town, 0] + 1000 * km * east), float(
        land.centre[town, 1] + 1000 * km * north
    )


def _specials(schools: Schools, land: Land, sites: list[int], plans: int, draw: Draw) -> None:
    """Add special schools of the published size; all ages."""
    count = max(1, round(plans * SPECIAL_SHARE / SPECIAL_SIZE))
    turn = [sites[:n].count(sites[n]) for n in range(count)]
    kinds = [SPECIALS[2 if n % 4 == 3 else at % len(SPECIALS)] for n, at in enumerate(turn)]
    kinds = kinds if count > 1 else [("*", 1.0)]
    whole = sum(weight for _, weight in kinds)
    for n, (needs, weight) in enumerate(kinds):
        places = round(1.05 * plans * SPECIAL_SHARE * weight / whole)
        sixth = max(2, places // 8)
        town = sites[n]
        name = f"{land.towns[town]} School {n + 1}"
        pools: list[tuple[str, int, int, float | None]] = [
            (needs, 0, 11, places - sixth),
            (needs, 12, 14, sixth),
        ]
        schools.add(f"SP-{n + 1:02}", name, "special", _near(land, town, draw, 1.5), pools)


def _bases(schools: Schools, land: Land, sites: list[int], plans: int, draw: Draw) -> None:
    count = max(2, round(plans * BASE_SHARE / BASE_SIZE))
    for n in range(count):
        needs, first, last = BASES[n % len(BASES)]
        town = sites[n % len(sites)]
        name = f"{land.towns[town]} base {n + 1}"
        places = BASE_SIZE + (-2, 0, 2)[n % 3]
        point = _near(land, town, draw, 1.0)
        schools.add(f"RB-{n + 1:02}", name, "base", point, [(needs, first, last, places)])


def _mainstream(schools: Schools, land: Land, plans: int) -> None:
    """Add a point of mainstream schools, without limit, in each of the larger settlements."""
    for town in range(min(len(land.towns), max(3, plans // 250))):
        pools: list[tuple[str, int, int, float | None]] = [
            ("*", 0, 6, None),
            ("*", 7, 11, None),
            ("*", 12, 14, None),
        ]
        name = f"Mainstream schools, {land.towns[town]}"
        centre = (float(land.centre[town, 0]), float(land.centre[town, 1]))
        schools.add(f"MS-{town + 1:02}", name, "mainstream", centre, pools)


def _independents(schools: Schools, land: Land, plans: int, draw: Draw) -> None:
    """Add independent schools about the edge of the county, and one further afield that has room for all."""
    middle = np.average(land.centre, axis=0, weights=land.share)
    reach = 1.1 * float(np.hypot(*(land.centre - middle).T).mean())
    count = max(2, round(plans * INDEPENDENT_SHARE / INDEPENDENT_SIZE))
    for n in range(count):
        angle = 2 * np.pi * (n + draw.rng.random()) / count
        point = (float(middle[0] + reach * np.cos(angle)), float(middle[1] + reach * np.sin(angle)))
        needs = ("SEMH|ASD|SLCN|MLD|SPLD", "*", "ASD|SLCN|SEMH")[n % 3]
        schools.add(
            f"IN-{n + 1:02}", f"Independent school {n + 1}", "independent", point,
            [(needs, 2, 14, INDEPENDENT_SIZE)], la="home" if n % 2 else "Elsewhere",
        )  # fmt: skip
    far = (float(middle[0] + 2 * reach), float(middle[1]))
    schools.add("IN-FURTHER", "Independent schools further afield", "independent", far,
                [("*", 0, 14, None)], la="Elsewhere", price=64_000)  # fmt: skip


def _schemes(schools: Schools, land: Land, plans: int) -> None:
    """Add schemes: bases of either of two sizes, extensions of special schools, and in a county a new one."""
    specials = [
        row["provision_id"] for row in schools.rows["provisions"] if row["kind"] == "special"
    ]
    for n in range(max(2, round(plans / 700))):
        needs, first, last = BASES[n % 4]
        town = n % len(land.towns)
        site = f"NB-{n + 1:02}"
        point = (float(land.centre[town, 0]) + 700.0, float(land.centre[town, 1]) - 500.0)
        schools.add(site, f"New base, {land.towns[town]}", "base", point, [(needs, first, last, 0)])
        for size, mark in ((12, "A"), (20, "B")):
            steps = [(k, needs, first, last, size * (k + 1) / 2) for k in range(2)]
            name, group = f"New base of {size}, {land.towns[town]}", f"base {n + 1}"
            _scheme(
                schools, f"B{n + 1:02}{mark}", name, site, size * 66_000, steps, 6_000, group=group
            )
    for n, special in enumerate(specials[: max(1, round(plans / 1500))]):
        pool = next(row for row in schools.rows["places"] if row["provision_id"] == special)
        where = (pool["needs"], pool["ncy_from"], pool["ncy_to"])
        longer: list[tuple[int, str, int, int, float]] = [(0, *where, 15.0), (1, *where, 30.0)]
        name = f"Extension of {special}"
        _scheme(schools, f"X{n + 1:02}", name, special, 30 * 74_000, longer, 10_000)
    if plans >= 3000:
        point = (float(land.centre[-1, 0]), float(land.centre[-1, 1]))
        schools.add(
            "NS-01",
            f"New special school, {land.towns[-1]}",
            "special",
            point,
            [("ASD|SEMH|SLCN", 0, 14, 0)],
        )
        steps = [(k, "ASD|SEMH|SLCN", 0, 14, 40 * (k + 1)) for k in range(3)]
        _scheme(
            schools,
            "N01",
            "New special school of 120",
            "NS-01",
            120 * 90_000,
            steps,
            10_000,
            earliest=2028,
        )


def _scheme(
    schools: Schools,
    scheme_id: str,
    name: str,
    provision_id: str,
    capital: float,
    steps: list[tuple[int, str, int, int, float]],
    funding: float,
    **more: Any,  # noqa: ANN401
) -> None:
    schools.rows["schemes"].append(
        {
            "scheme_id": scheme_id,
            "name": f"{name} (invented)",
            "provision_id": provision_id,
            "status": "proposed",
            "capital_gbp": round(capital),
            "earliest_year": more.get("earliest", 2026),
            "lifetime_years": 40,
            "exclusive_group": more.get("group", ""),
        }
    )
    for years_open, needs, first, last, places in steps:
        row = {"scheme_id": scheme_id, "years_open": years_open, "needs": needs}
        pool = {"ncy_from": first, "ncy_to": last, "places": places, "place_funding_gbp": funding}
        schools.rows["scheme_places"].append(row | pool)

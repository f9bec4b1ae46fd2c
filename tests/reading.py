"""A case as the contract reads it, without the library: its files, its ages, its money, its schemes."""

from __future__ import annotations

import csv
import itertools
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
Key = tuple[str, frozenset[str], int, int, bool]
"""Provision, needs, first and last NCY, and whether only schemes give it places."""
Openings = tuple[tuple[str, int], ...]
FOREVER = 9999
ENDS = {"primary": 6, "secondary": 11, "post16": FOREVER}


@dataclass(frozen=True)
class Child:
    """One row of children, dated to the plan."""

    name: str
    count: float
    needs: tuple[str, ...]
    suits: frozenset[str]
    ncy: int
    year: int
    status: str
    at: str


def number(text: str, default: float) -> float:
    return float(text) if text else default


def covers(codes: frozenset[str], child: Child) -> bool:
    return "*" in codes or any(need in codes for need in child.needs)


class Reading:
    """A case as the contract reads it."""

    def __init__(self, folder: Path) -> None:
        self.toml = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        self.base, self.years = self.toml["base_year"], self.toml["years"]
        self.last_ncy = self.get("leaving", "last_ncy", 14)
        self.provisions = {row["provision_id"]: row for row in table(folder, "provisions")}
        self.prices = table(folder, "prices")
        self.limits = list(enumerate(table(folder, "limits")))
        self.schemes = {row["scheme_id"]: row for row in table(folder, "schemes")}
        self.journeys = {
            (row["child_id"], row["provision_id"]): (float(row["km"]), float(row["minutes"]))
            for row in table(folder, "travel")
        }
        self.places: dict[Key, list[float]] = {}
        self.open_in: dict[Key, list[bool]] = {}
        self._read_places(table(folder, "places"))
        self.steps: dict[str, dict[Key, dict[int, Row]]] = {}
        self._read_scheme_places(table(folder, "scheme_places"))
        self.homes: dict[str, tuple[float, float]] = {}
        self.children = [
            child
            for name in ("children", "new_children")
            for row in table(folder, name)
            if (child := self._child(row, arrival=name == "new_children"))
        ]

    def get(self, section: str, key: str, default: float) -> float:
        value: float = self.toml.get(section, {}).get(key, default)
        return value

    # Children and places

    def _child(self, row: Row, *, arrival: bool) -> Child | None:
        at = "" if arrival else row.get("current_provision", "")
        status = ("" if arrival else row.get("status", "")) or ("placed" if at else "seeking")
        start = int(row.get("start_year") or self.base)
        ncy = int(row["ncy"]) if row.get("ncy") else ncy_in(row["birth_date"], start)
        year = start - self.base
        if status != "seeking" or year < 0:
            ncy, year = ncy - year, 0
        if row.get("easting_m"):
            self.homes[row["child_id"]] = (float(row["easting_m"]), float(row["northing_m"]))
        if ncy > self.last_ncy or year >= self.years:
            return None
        needs = tuple(filter(None, (row["need"], row.get("need_2", ""))))
        suits = frozenset(filter(None, row.get("suits", "").split("|")))
        count = number(row.get("children", ""), 1.0)
        return Child(row["child_id"], count, needs, suits, ncy, year, status, at)

    def _read_places(self, rows: list[Row]) -> None:
        for row in rows:
            places = number(row["places"], math.inf)
            if places == 0:
                continue
            pool = (*key_of(row["provision_id"], row), False)
            by_year = self.places.setdefault(pool, [0.0] * self.years)
            is_open = self.open_in.setdefault(pool, [False] * self.years)
            for t in self._years(row):
                by_year[t], is_open[t] = places, True

    def _read_scheme_places(self, rows: list[Row]) -> None:
        for row in rows:
            scheme = row["scheme_id"]
            pool: Key = (*key_of(self.schemes[scheme]["provision_id"], row), False)
            if not all(self.open_in.get(pool, [False])):
                pool = (*pool[:4], True)
                self.places.setdefault(pool, [0.0] * self.years)
                self.open_in.setdefault(pool, [True] * self.years)
            steps = self.steps.setdefault(scheme, {}).setdefault(pool, {})
            steps[int(row["years_open"])] = row

    def _years(self, row: Row) -> Iterator[int]:
        first = int(number(row.get("from_year", ""), 0))
        last = int(number(row.get("to_year", ""), FOREVER))
        return (t for t in range(self.years) if first <= self.base + t <= last)

    # What is open to a child

    def share(self, ncy: int, years: int) -> float:
        """Share of children of an NCY still on roll some years later."""
        share = 1.0
        percent = self.toml.get("leaving", {}).get("continue_pct", {})
        for passed in range(ncy, ncy + years):
            share *= 0.0 if passed >= self.last_ncy else percent.get(str(passed), 100.0) / 100
        return share

    def stay_length(self, pool: Key, ncy: int, year: int) -> int:
        length = 0
        while (
            year + length < self.years
            and ncy + length <= min(pool[3], self.last_ncy)
            and self.open_in[pool][year + length]
        ):
            length += 1
        return length

    def current_stay(self, child: Child) -> tuple[Key | None, int]:
        """Return the pool of which a child on roll holds a place, and for how long it stays."""
        best: Key | None = None
        for pool in self.places:  # in the order in which their first rows stand
            if (
                pool[0] == child.at
                and not pool[4]
                and self.open_in[pool][0]
                and pool[2] <= child.ncy <= pool[3]
                and covers(pool[1], child)
                and (best is None or pool[3] > best[3])
            ):
                best = pool
        if best:
            return best, self.stay_length(best, child.ncy, 0)
        end = min(last for last in (6, 11, self.last_ncy) if last >= child.ncy)
        return None, min(min(end, self.last_ncy) - child.ncy + 1, self.years)

    def open_to(self, child: Child, ncy: int, year: int) -> Iterator[tuple[Key, int]]:
        """Yield the pools that a child may enter, and for how long."""
        for pool in self.places:
            kind = self.provisions[pool[0]]["kind"]
            minutes = self.journey(child, pool[0])[1]
            limit = self.toml["travel"].get("max_minutes", {}).get(phase(ncy), math.inf)
            if (
                covers(pool[1], child)
                and pool[2] <= ncy <= pool[3]
                and (not child.suits or kind in child.suits)
                and minutes <= limit
                and minutes < math.inf
                and (length := self.stay_length(pool, ncy, year))
            ):
                yield pool, length

    def limited(self, child: Child, provision: str, ncy: int) -> list[object]:
        """Return the limits that count a child at a provision."""
        return [
            ("limit", n)
            for n, row in self.limits
            if row["provision_id"] == provision
            and int(row["ncy_from"]) <= ncy <= int(row["ncy_to"])
            and covers(frozenset(row["needs"].split("|")), child)
        ]

    # Money

    def discount(self, year: int) -> float:
        return float((1 + self.get("money", "discount_rate_pct", 3.5) / 100) ** -year)

    def price(self, child: Child, provision: str, ncy: int, year: int) -> float:
        for need in child.needs:
            fits = [
                row
                for row in self.prices
                if row["provision_id"] == provision
                and int(row["ncy_from"]) <= ncy <= int(row["ncy_to"])
                and number(row["from_year"], 0) <= self.base + year
                and (row["needs"] == "*" or need in row["needs"].split("|"))
            ]
            if fits:
                ranks = [(row["needs"] != "*", number(row["from_year"], 0)) for row in fits]
                assert ranks.count(max(ranks)) == 1, "two prices fit"
                return float(fits[ranks.index(max(ranks))]["gbp_per_child"])
        message = "no price fits"
        raise AssertionError(message)

    def journey(self, child: Child, provision: str) -> tuple[float, float]:
        """Kilometres and minutes one way."""
        if self.toml["travel"]["method"] == "table":
            return self.journeys.get((child.name, provision), (math.inf, math.inf))
        row = self.provisions[provision]
        place = (float(row["easting_m"]), float(row["northing_m"]))
        km = math.dist(self.homes[child.name], place) / 1000
        km *= self.get("travel", "detour_factor", 1.3)
        return km, km / self.get("travel", "speed_kph", 40) * 60

    def travel_cost(self, child: Child, provision: str, entered: str) -> float:
        km, minutes = self.journey(child, provision)
        rule = self.toml.get("transport", {})
        rule = rule | rule.get(self.provisions[provision]["kind"], {})
        days = rule.get("days", 190)
        vehicle = rule.get("gbp_per_day", 10)
        vehicle += rule.get("gbp_per_km", 1.2) * km * rule.get("journeys_per_day", 4)
        transport = days * vehicle / rule.get("children_per_vehicle", 2)
        transport *= rule.get("eligible_pct", 100) / 100 if km > rule.get("over_km", 0) else 0
        usual = {"primary": 45, "secondary": 75, "post16": 75}
        soft = (usual | self.toml["travel"].get("soft_minutes", {}))[entered]
        hours = self.get("travel", "gbp_per_child_hour", 0) * minutes / 60
        over = self.get("travel", "gbp_per_minute_over", 0) * max(0.0, minutes - soft)
        return float(transport + days * 2 * (hours + over))

    # Schemes

    def combinations(self) -> Iterator[Openings]:
        """Yield every combination of opening years that the rules and the budget allow."""
        proposed = [s for s, row in sorted(self.schemes.items()) if row["status"] != "committed"]
        for years in itertools.product([None, *range(self.years)], repeat=len(proposed)):
            chosen = {
                s: self.base + t for s, t in zip(proposed, years, strict=True) if t is not None
            }
            if self._allowed(chosen):
                yield tuple(chosen.items())

    def committed(self) -> dict[str, int]:
        return {
            s: int(row["earliest_year"])
            for s, row in self.schemes.items()
            if row["status"] == "committed"
        }

    def _allowed(self, chosen: dict[str, int]) -> bool:
        committed = self.committed()
        groups = [g for s in [*committed, *chosen] if (g := self.schemes[s]["exclusive_group"])]
        if len(groups) > len(set(groups)):
            return False
        for scheme, year in chosen.items():
            row = self.schemes[scheme]
            first, last = int(row["earliest_year"]), int(number(row["latest_year"], FOREVER))
            needed = row["requires"]
            if needed and (committed | chosen).get(needed, FOREVER) > year:
                return False
            if not first <= year <= last:
                return False
        return self._affordable(chosen)

    def _affordable(self, chosen: dict[str, int]) -> bool:
        budget = self.toml.get("capital", {}).get("budget_gbp")
        if budget is None:
            return True
        return all(
            sum(float(self.schemes[s]["capital_gbp"]) for s, y in chosen.items() if y <= year)
            <= sum(gbp for y, gbp in budget.items() if int(y) <= year)
            for year in range(self.base, self.base + self.years)
        )

    def steps_in(self, openings: dict[str, int], year: int) -> Iterator[tuple[str, Key, Row]]:
        """Yield what every opened scheme provides in a year of the plan, by pool."""
        for scheme, opened in openings.items():
            for pool, steps in self.steps.get(scheme, {}).items():
                reached = [age for age in steps if age <= self.base + year - opened]
                if reached:
                    yield scheme, pool, steps[max(reached)]

    def scheme_cost(self, chosen: dict[str, int]) -> float:
        """Place funding and annuity of proposed schemes over the plan."""
        rate = self.get("money", "discount_rate_pct", 3.5) / 100
        total = 0.0
        for t in range(self.years):
            yearly = sum(
                float(row["places"]) * number(row["place_funding_gbp"], 0)
                for _, _, row in self.steps_in(chosen, t)
            )
            for scheme, opened in chosen.items():
                capital = float(self.schemes[scheme]["capital_gbp"])
                life = int(self.schemes[scheme]["lifetime_years"])
                annuity = capital * rate / (1 - (1 + rate) ** -life) if rate else capital / life
                yearly += annuity if opened <= self.base + t else 0
            total += self.discount(t) * yearly
        return total


def table(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def key_of(provision: str, row: Row) -> tuple[str, frozenset[str], int, int]:
    needs = frozenset(row["needs"].split("|"))
    return provision, needs, int(row["ncy_from"]), int(row["ncy_to"])


def phase(ncy: int) -> str:
    return next(name for name, last in ENDS.items() if ncy <= last)


def ncy_in(birth_date: str, start_year: int) -> int:
    """Return the NCY in an academic year of a child born on a date, ISO or day first."""
    parts = birth_date.split("-") if "-" in birth_date else birth_date.split("/")[::-1]
    born, month = int(parts[0]), int(parts[1])
    return start_year - (born + 1 if month >= 9 else born) - 4

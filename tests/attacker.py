"""An attacker: reads what is published, knows the schools and their prices, and asks a solver what can be in each cell.

Nothing of ours is used but the names of columns. Unknowns are children by area, need, phase and where they are, and
journeys by phase and band; every number that is shown is an equation, and nobody is fewer than nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from operator import eq
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Row = dict[str, str]
Tables = dict[str, list[Row]]
Sum = dict[tuple[Any, ...], float]
Spot = tuple[Any, ...]
HIDDEN = "[c]"
PHASES = {"primary": (0, 6), "secondary": (7, 11), "post16": (12, 14)}
BANDS = (
    "under_15",
    "from_15_to_30",
    "from_30_to_45",
    "from_45_to_60",
    "from_60_to_75",
    "from_75",
)
#: Shown numbers have one decimal.
HALF = 0.05
UNPLACED = ("unplaced",)


@dataclass(frozen=True)
class Schools:
    """What everyone knows: provisions, pools of places and prices, of the case's own tables."""

    kinds: Mapping[str, str]
    away: Mapping[str, bool]
    price: Mapping[str, float]
    pools: Sequence[tuple[str, str, int, int]]

    @classmethod
    def of(cls, tables: Mapping[str, list[dict[str, Any]]]) -> Schools:
        both = [*tables["places"]]
        provision = {row["scheme_id"]: row["provision_id"] for row in tables["schemes"]}
        both += [
            row | {"provision_id": provision[row["scheme_id"]]} for row in tables["scheme_places"]
        ]
        keys = ("provision_id", "needs", "ncy_from", "ncy_to")
        return cls(
            {row["provision_id"]: row["kind"] for row in tables["provisions"]},
            {row["provision_id"]: row["la"].lower() != "home" for row in tables["provisions"]},
            {row["provision_id"]: row["gbp_per_child"] for row in tables["prices"]},
            sorted(
                {(row[keys[0]], in_order(row[keys[1]]), row[keys[2]], row[keys[3]]) for row in both}
            ),
        )

    def spots(self, need: str, phase: str) -> Iterator[tuple[Any, ...]]:
        """Where a child may be: a pool that fits, a provision without a place of ours, or nowhere."""
        low, high = PHASES[phase]
        for pool in self.pools:
            if (
                (pool[1] == "*" or need in pool[1].split("|"))
                and pool[2] <= high
                and pool[3] >= low
            ):
                yield pool
        yield from ((name,) for name in self.kinds)
        yield UNPLACED


@dataclass
class Cell:
    """A number of a table: the sum that it is, and what is shown."""

    where: str
    total: Sum
    shown: float | None
    listed: bool = False


@dataclass
class Plan:
    """One plan's published tables, and the areas, needs and phases that stand in them."""

    side: str
    tables: Tables
    schools: Schools
    groups: list[tuple[str, str, str]]
    year: str
    district: Mapping[str, str] = field(default_factory=dict)

    def people(
        self,
        area: str = "all",
        need: str = "all",
        phase: str = "all",
        spot: Callable[[Spot], bool] = lambda _: True,
    ) -> Sum:
        """Return the sum of children of an area, need and phase, and of spots that pass a test."""
        wanted = (("all", area), ("all", need), ("all", phase))
        found: Sum = {}
        for group in self.groups:
            if all(
                {name, self.district.get(name)} & {*w} or w[1] == "all"
                for name, w in zip(group, wanted, strict=True)
            ):
                for at in self.schools.spots(*group[1:]):
                    if spot(at):
                        found[self.side, self.year, *group, at] = 1.0
        return found

    def flag(self, name: str) -> Callable[[Spot], bool]:
        kinds, away = self.schools.kinds, self.schools.away
        return {
            "children": lambda _: True,
            "unplaced": lambda spot: spot == UNPLACED,
            "independent": lambda spot: kinds.get(spot[0]) == "independent",
            "out_of_area": lambda spot: away.get(spot[0], False),
            "gap": lambda spot: (
                spot == UNPLACED or away[spot[0]] or kinds[spot[0]] == "independent"
            ),
            "away": lambda spot: away.get(spot[0], False) and kinds[spot[0]] != "independent",
            "local": lambda spot: (
                spot != UNPLACED and not away[spot[0]] and kinds[spot[0]] != "independent"
            ),
        }[name]

    def rows(self, name: str) -> list[Row]:
        return [row for row in self.tables.get(name, []) if row["year"] == self.year]

    def cells(self) -> Iterator[Cell]:
        for make in (
            self._counted,
            self._placements,
            self._use,
            self._travel,
            self._where,
            self._money,
        ):
            yield from make()

    def _counted(self) -> Iterator[Cell]:
        for name in ("gap", "areas", "outcomes"):
            there = set()
            for row in self.rows(name):
                keys = {key: row[key] for key in ("area", "need", "phase") if key in row}
                there.add((row.get("geography"), *keys.values()))
                for column in (
                    "children",
                    "unplaced",
                    "independent",
                    "out_of_area",
                    "away",
                    "local",
                    "gap",
                ):
                    if column in row:
                        total = self.people(**keys, spot=self.flag(column))
                        listed = column == "children"
                        yield Cell(f"{name} {column} {keys}", total, number(row[column]), listed)
            yield from self._nobody(name, there)

    def _nobody(self, name: str, there: set[tuple[Any, ...]]) -> Iterator[Cell]:
        """Rows that are not there: nobody is in them."""
        if name == "gap":
            for need, phase in {(need, phase) for _, need, phase in self.groups}:
                if (None, need, phase) not in there:
                    yield Cell("", self.people(need=need, phase=phase), 0.0)
        if name == "areas":
            shapes = {(g, need == "all", phase == "all") for g, _, need, phase in there}
            areas = {g: {a for h, a, _, _ in there if h == g} for g, *_ in there}
            for g, any_need, any_phase in shapes:
                for need in {"all"} if any_need else {need for _, need, _ in self.groups}:
                    for phase in {"all"} if any_phase else {phase for _, _, phase in self.groups}:
                        for area in areas[g]:
                            if (g, area, need, phase) not in there:
                                yield Cell("", self.people(area=area, need=need, phase=phase), 0.0)

    def _placements(self) -> Iterator[Cell]:
        for name in ("placements", "unplaced"):
            if not self.tables.get(name):
                continue  # a table that is not there at all
            shown, rest = set(), None
            for row in self.rows(name):
                if row["need"] == HIDDEN:
                    rest = number(row["children"])
                    continue
                place = row.get("provision", "unplaced")
                shown.add((row["area"], row["need"], row["phase"], place))
                yield self._placed(
                    row["area"], row["need"], row["phase"], place, number(row["children"])
                )
            geography = {area for area, *_ in shown} or {"all"}
            every: Sum = {}
            for area in geography if geography == {"all"} else {a for a, _, _ in self.groups}:
                for need, phase in {(need, phase) for _, need, phase in self.groups}:
                    for place in self.schools.kinds if name == "placements" else ["unplaced"]:
                        if (area, need, phase, place) not in shown:
                            cell = self._placed(area, need, phase, place, None)
                            yield cell
                            every |= cell.total
            if rest is not None:
                yield Cell("", every, rest)

    def _placed(self, area: str, need: str, phase: str, place: str, shown: float | None) -> Cell:
        total = self.people(area=area, need=need, phase=phase, spot=lambda spot: spot[0] == place)
        return Cell(f"placements {area} {need} {phase} {place}", total, shown)

    def _use(self) -> Iterator[Cell]:
        for row in self.rows("use"):
            key = (
                row["provision"],
                in_order(row["needs"]),
                int(row["ncy_from"]),
                int(row["ncy_to"]),
            )
            total = self.people(spot=partial(eq, key))
            yield Cell(f"use {key}", total, number(row["used"]))
            if row["use_pct"] not in ("", HIDDEN):
                share = float(row["places"]) / 100
                yield Cell("", total, float(row["use_pct"]) * share)

    def _travel(self) -> Iterator[Cell]:
        """All who are placed travel, as every journey is known."""
        journeys = self.rows("travel")
        for phase in {phase for _, _, phase in self.groups}:
            placed = self.people(phase=phase, spot=lambda spot: spot != UNPLACED)
            yield Cell(
                "", placed | {key: -w for key, w in self._journeys(phase, BANDS).items()}, 0.0
            )
        for row in journeys:
            parts: dict[str, Sequence[str]] = {band: (band,) for band in BANDS}
            parts |= {"children": BANDS, "over_45": BANDS[3:], "over_75": BANDS[5:]}
            for column, bands in parts.items():
                total = self._journeys(row["phase"], bands)
                yield Cell(f"travel {row['phase']} {column}", total, number(row[column]))
        for phase in PHASES:
            if journeys and phase not in {row["phase"] for row in journeys}:
                yield Cell("", self._journeys(phase, BANDS), 0.0)

    def _journeys(self, phase: str, bands: Sequence[str]) -> Sum:
        phases = {phase for _, _, phase in self.groups} if phase == "all" else {phase}
        return {(self.side, self.year, one, band): 1.0 for one in phases for band in bands}

    def _where(self) -> Iterator[Cell]:
        """Catchments, and whom a scheme serves that has a pool of its own."""
        for row in self.rows("origins"):
            if row["of"] == "provision":
                total = self.people(area=row["area"], spot=partial(stands_at, row["id"]))
                yield Cell(f"origins {row['id']} {row['area']}", total, number(row["children"]))
        own = [
            pool
            for pool in self.schools.pools
            if len(self.schools.pools) and pool in self.of_scheme
        ]
        for row in self.rows("served"):
            if own:
                total = self.people(
                    need=row["need"], phase=row["phase"], spot=lambda spot: spot in own
                )
                yield Cell(f"served {row['need']} {row['phase']}", total, number(row["children"]))
        for row in self.rows("origins"):
            if row["of"] == "scheme" and own:
                total = self.people(area=row["area"], spot=lambda spot: spot in own)
                yield Cell(f"origins S {row['area']}", total, number(row["children"]))

    of_scheme: tuple[Any, ...] = ()

    def _money(self) -> Iterator[Cell]:
        yield from self.always()

    def always(self) -> Iterator[Cell]:
        """What is written whatever is withheld: the ledger."""
        for row in self.rows("ledger"):
            amount, kinds = float(row["gbp"]), self.schools.kinds
            if row["item"] == "waiting":
                yield Cell("", self.people(spot=self.flag("unplaced")), amount / 30000)
            elif row["item"] in ("top-up", "independent fees"):
                fees = row["item"] == "independent fees"
                total = {
                    key: self.schools.price[key[-1][0]] / 1000
                    for key in self.people()
                    if key[-1] != UNPLACED and (kinds[key[-1][0]] == "independent") == fees
                }
                yield Cell("", total, amount / 1000)


def stands_at(provision: str, spot: Spot) -> bool:
    return bool(spot[0] == provision)


def in_order(needs: str) -> str:
    return "|".join(sorted(needs.split("|")))


def number(text: str) -> float | None:
    return None if text == HIDDEN else float(text)


class Knowledge:
    """All that is shown, as one linear program."""

    def __init__(self, cells: Sequence[Cell], also: Sequence[Sum] = (), half: float = HALF) -> None:
        keys = dict.fromkeys(key for cell in cells for key in cell.total)
        keys |= dict.fromkeys(key for total in also for key in total)
        self.at = {key: n for n, key in enumerate(keys)}
        told = [cell for cell in cells if cell.shown is not None and cell.total]
        there = [cell for cell in cells if cell.shown is None and cell.listed]
        sums = [cell.total for cell in (*told, *there)] + list(also)
        values = [float(cell.shown or 0.0) for cell in told]
        low = [value - half for value in values] + [1.0] * len(there) + [0.0] * len(also)
        high = [value + half for value in values] + [np.inf] * len(there) + [0.0] * len(also)
        self.limits = LinearConstraint(self._matrix(sums), low, high) if sums else None

    def _matrix(self, sums: Sequence[Sum]) -> sparse.csr_array:
        where = [(n, self.at[key], w) for n, total in enumerate(sums) for key, w in total.items()]
        row, column, weight = zip(*where, strict=True)
        return sparse.csr_array((weight, (row, column)), (len(sums), len(self.at)))

    def range(self, total: Sum, *, whole: bool = False) -> tuple[float, float]:
        """Return the least and the most that a sum can be; `whole` children only, if that is known."""
        goal = np.zeros(len(self.at))
        for key, weight in total.items():
            if key in self.at:
                goal[self.at[key]] = weight
        ends = []
        for sign in (1.0, -1.0):
            found = milp(
                sign * goal,
                constraints=self.limits,
                integrality=np.full(len(goal), int(whole)),
                bounds=Bounds(0, np.inf),
            )
            if found.x is None:
                assert found.status in (3, 4), found.message  # no end to it
                ends.append(np.inf)
            else:
                ends.append(float(goal @ found.x))
        return (0.0 if np.isinf(ends[0]) else ends[0]), ends[1]

"""A second opinion on tiny cases, worked out from the contract alone: every opening, every course of every child.

Nothing of the library is used, its reading of files included. A child's *course* is what becomes of it from its first
decision to the end of the plan: stays, one after another, and years without a place. For every combination of
opening years, children are shared out among their courses at least cost within the places; that is a small linear
program with a column a course, so it is exact for whole children and for fractions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from tests.reading import Child, Key, Openings, Reading, phase

Cell = tuple[object, int]
"""A pool or a limit, in a year of the plan."""


@dataclass
class Course:
    """What becomes of a child: cost a child, and the share of a child it puts into each pool and limit."""

    cost: float = 0.0
    takes: dict[Cell, float] = field(default_factory=dict)

    def then(self, later: Course) -> Course:
        takes = dict(self.takes)
        for cell, share in later.takes.items():
            takes[cell] = takes.get(cell, 0.0) + share
        return Course(self.cost + later.cost, takes)


@dataclass(frozen=True)
class Answer:
    """The least cost of a case, and every combination of openings that has it, to a thousandth of a pound."""

    objective: float
    openings: tuple[Openings, ...]

    def first(self) -> dict[str, int]:
        """Return the openings that the contract prefers: fewest schemes, then the earliest ids."""
        best = min(self.openings, key=lambda chosen: (len(chosen), sorted(s for s, _ in chosen)))
        return dict(best)


class Brute(Reading):
    """The least cost of a case."""

    def courses(self, child: Child, ncy: int, year: int, *, review: bool = False) -> list[Course]:
        """Return every course of one child who seeks in a year."""
        if year >= self.years or ncy > self.last_ncy:
            return [Course()]
        waiting = self.get("waiting", "gbp_per_child_year", 30000)
        waiting += self.get("waiting", "penalty_gbp_per_child_year", 1000000)
        found = self._go_on(child, ncy, year, 1, Course(self.discount(year) * waiting))
        stays: dict[tuple[str, Key | None], int] = {
            (pool[0], pool): length for pool, length in self.open_to(child, ncy, year)
        }
        if review:
            pool, length = self.current_stay(child)
            own: tuple[str, Key | None] = (child.at, pool)
            stays = {own: length} | {stay: n for stay, n in stays.items() if stay != own}
        for (provision, pool_), length in stays.items():
            stay = self._stay(child, ncy, year, provision, pool_, length)
            if review and provision != child.at:
                stay.cost += self.get("review", "gbp_per_move", 2500)
            found += self._go_on(child, ncy, year, length, stay)
        return found

    def _go_on(self, child: Child, ncy: int, year: int, years: int, so_far: Course) -> list[Course]:
        left = self.share(ncy, years)
        if left == 0:
            return [so_far]
        return [
            so_far.then(
                Course(left * rest.cost, {cell: left * x for cell, x in rest.takes.items()})
            )
            for rest in self.courses(child, ncy + years, year + years)
        ]

    def _stay(
        self, child: Child, ncy: int, year: int, provision: str, pool: Key | None, length: int
    ) -> Course:
        stay = Course()
        for k in range(length):
            share = self.share(ncy, k)
            if share == 0:
                break
            cost = self.price(child, provision, ncy + k, year + k)
            cost += self.travel_cost(child, provision, phase(ncy))
            cells: list[Cell] = [
                (limit, year + k) for limit in self.limited(child, provision, ncy + k)
            ]
            cells += [(pool, year + k)] if pool else []
            takes: dict[Cell, float] = dict.fromkeys(cells, share)
            stay = stay.then(Course(self.discount(year + k) * share * cost, takes))
        return stay

    # The least cost

    def rooms(self) -> dict[Cell, float]:
        """Room of every pool and limit in every year, before schemes."""
        placed: dict[Cell, float] = {}
        review: dict[Cell, float] = {}
        for child in self.children:
            held = {"placed": placed, "review": review}.get(child.status)
            if held is not None:
                pool, length = self.current_stay(child)
                for k in range(length):
                    for taken in [*self.limited(child, child.at, child.ncy + k), pool]:
                        share = child.count * self.share(child.ncy, k)
                        held[taken, k] = held.get((taken, k), 0.0) + share
        given: dict[Cell, float] = {
            (pool, t): self.places[pool][t] for pool in self.places for t in range(self.years)
        }
        for n, row in self.limits:
            given |= {(("limit", n), t): float(row["children"]) for t in self._years(row)}
        return {
            cell: max(room - placed.get(cell, 0.0), review.get(cell, 0.0), 0.0)
            for cell, room in given.items()
        }

    def seekers(self) -> Iterator[tuple[float, list[Course]]]:
        """Yield how many children seek, and their courses."""
        for child in self.children:
            if child.status == "placed":
                _, length = self.current_stay(child)
                count = child.count * self.share(child.ncy, length)
                if count:
                    yield count, self.courses(child, child.ncy + length, length)
            else:
                review = child.status == "review"
                yield child.count, self.courses(child, child.ncy, child.year, review=review)

    def solve(self) -> Answer:
        """Return the least cost over every combination of openings."""
        groups = list(self.seekers())
        rooms = self.rooms()
        found = [(self._least(groups, rooms, dict(c)), c) for c in self.combinations()]
        best = min(cost for cost, _ in found)
        return Answer(best, tuple(c for cost, c in found if cost <= best + 1e-3))

    def _least(
        self,
        groups: list[tuple[float, list[Course]]],
        rooms: dict[Cell, float],
        chosen: dict[str, int],
    ) -> float:
        rooms = dict(rooms)
        for t in range(self.years):
            for _, pool, row in self.steps_in(self.committed() | chosen, t):
                rooms[pool, t] += float(row["places"])
        return share_out(groups, rooms) + self.scheme_cost(chosen)


def share_out(groups: list[tuple[float, list[Course]]], rooms: dict[Cell, float]) -> float:
    """Return the least cost of sharing every group out among its courses within the rooms."""
    courses = [course for _, options in groups for course in options]
    if not courses:
        return 0.0
    cells = [cell for cell, room in rooms.items() if room < math.inf]
    cost = np.array([course.cost for course in courses])
    scale = max(1.0, float(cost.max()))
    answer = linprog(
        cost / scale,
        A_ub=np.array([[course.takes.get(cell, 0.0) for course in courses] for cell in cells])
        if cells
        else None,
        b_ub=np.array([rooms[cell] for cell in cells]) if cells else None,
        A_eq=np.array(
            [
                [float(n == g) for n, (_, o) in enumerate(groups) for _ in o]
                for g in range(len(groups))
            ]
        ),
        b_eq=np.array([count for count, _ in groups]),
        method="highs",
    )
    assert answer.status == 0, answer.message
    return float(answer.fun or 0.0) * scale

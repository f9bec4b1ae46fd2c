"""The country in one run: every child with a plan, every provision, one year, with its certificate.

Homes are real postcodes of England, drawn so that places with many postcodes have many children; provisions stand at
postcodes, too, and take some needs and phases; a provision has places for some of the children near it, and may hold
no more than so many of a phase. Each child may go to the forty nearest provisions that take it, or to a dear one
anywhere. All of it is invented but the postcodes, and the same numbers always give the same country.

``python benchmarks/country.py --children 640000 --provisions 3500`` prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models import Problem, Schemes, SideLimits, States, Stays, solve, verify

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

#: Shares of nine needs and four phases; how many provisions of each need; how many near ones are open to a child.
NEEDS = np.array([0.33, 0.2, 0.12, 0.11, 0.09, 0.06, 0.04, 0.03, 0.02])
PHASES = np.array([0.1, 0.36, 0.38, 0.16])
PHASES_TAKEN = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1], [0, 1, 1, 0]], bool)
NEAR = 40
DETOUR, GBP_PER_KM, GBP_PER_CHILD = 1.3, 190 * 1.2 * 4 / 2, 950.0
ANYWHERE_GBP, WAITING_GBP = 62_000.0, 1_030_000.0
#: Places there are for each child, and the share of provisions with a limit on each phase.
PLACES, LIMITED = 0.94, 0.3


def homes_and_provisions(
    children: int, provisions: int, rng: Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points of homes and of provisions in kilometres, at postcodes of England."""
    from geodata.postcodes import Directory

    frame = Directory.bundled().frame
    english = frame["district"].str.startswith("E") & frame["easting_m"].notna()
    points = frame.loc[english, ["easting_m", "northing_m"]].to_numpy(np.float64) / 1000
    drawn = rng.integers(0, len(points), children + provisions)
    return points[drawn[:children]], points[drawn[children:]]


def near(
    homes: NDArray[np.float64],
    provisions: NDArray[np.float64],
    kind: NDArray[np.int64],
    takes: NDArray[np.bool_],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(children, NEAR) provisions that are nearest of those that take each child, -1 for none, and kilometres."""
    from scipy.spatial import cKDTree

    found = np.full((len(homes), NEAR), -1, np.int32)
    km = np.zeros((len(homes), NEAR), np.float32)
    for k in range(takes.shape[1]):
        mine, open_to = np.flatnonzero(kind == k), np.flatnonzero(takes[:, k])
        count = min(NEAR, len(open_to))
        if not (len(mine) and count):
            continue
        away, at = cKDTree(provisions[open_to]).query(homes[mine], np.arange(1, count + 1))
        found[mine, :count] = open_to[at]
        km[mine, :count] = np.multiply(away, DETOUR)
    return found, km


def country(children: int, provisions: int, seed: int = 1) -> Problem:
    """Return the country as a problem of one year: a group for each child, in arrays as narrow as they can be."""
    rng = np.random.default_rng(seed)
    homes, schools = homes_and_provisions(children, provisions, rng)
    need, phase = rng.choice(9, children, p=NEEDS), rng.choice(4, children, p=PHASES)
    phases = PHASES_TAKEN[rng.choice(4, provisions, p=[0.3, 0.3, 0.25, 0.15])]
    needs = rng.random((provisions, 9)) < 0.15 + NEEDS
    needs[np.arange(provisions), rng.choice(9, provisions, p=NEEDS)] = True
    takes = (needs[:, :, None] & phases[:, None, :]).reshape(provisions, 36)
    pool, km = near(homes, schools, need * 4 + phase, takes)
    dear = rng.random(provisions) < 0.3
    fee = np.where(dear, rng.uniform(45e3, 60e3, provisions), rng.uniform(14e3, 26e3, provisions))
    room = places(pool, rng)
    state = np.repeat(np.arange(children, dtype=np.int32), NEAR + 1)
    pool = np.append(pool, np.full((children, 1), provisions, np.int32), axis=1).ravel()
    km = np.append(km, np.full((children, 1), 99, np.float32), axis=1).ravel()
    keep = pool >= 0
    if not keep.all():
        state, pool, km = state[keep], pool[keep], km[keep]
    cost = np.append(fee + GBP_PER_CHILD, ANYWHERE_GBP)[pool]
    local = pool < provisions
    cost += np.where(local, km, 0) * GBP_PER_KM
    return Problem(
        states_of(children),
        stays_of(state, pool, np.round(cost, 2), km),
        np.append(room, np.inf)[:, None],
        limits_of(phase, state, pool, room, rng),
        Schemes.none(1),
    )


def places(pool: NDArray[np.int32], rng: Generator) -> NDArray[np.float64]:
    """(P,) places: more where many children live near, and by chance."""
    provisions = int(pool.max()) + 1
    wanted = np.bincount(pool[:, :8][pool[:, :8] >= 0], minlength=provisions) / 8
    size = (wanted + wanted.mean()) * rng.gamma(4.0, 0.25, provisions)
    return np.asarray(np.maximum(4.0, np.round(size * PLACES * len(pool) / size.sum())))


def few_bytes(array: NDArray[Any]) -> Any:  # noqa: ANN401 - see below
    """Return an array of fewer bytes a number than `models.Problem` declares.

    The models only index, compare and add, which numpy does alike; 26 million arcs of eight bytes would not fit in
    the 8 GB that the country is to be solved in.
    """
    return array


def states_of(children: int) -> States:
    """Return a state for each child, in a few bytes each."""
    none = np.broadcast_to(np.int8(-1), children)
    return States(
        period=np.broadcast_to(np.int8(0), children),
        supply=np.ones(children),
        on_roll=np.broadcast_to(1.0, (children, 2)),
        unplaced_cost=np.full(children, WAITING_GBP),
        unplaced_next=few_bytes(none),
    )


def stays_of(
    state: NDArray[np.int32],
    pool: NDArray[np.int32],
    cost: NDArray[np.float64],
    km: NDArray[np.float32],
) -> Stays:
    """Return the stays, whose lengths and ends take no memory."""
    return Stays(
        state=few_bytes(state),
        pool=few_bytes(pool),
        length=np.broadcast_to(np.int8(1), len(state)),
        cost=cost,
        next=np.broadcast_to(np.int8(-1), len(state)),
        preference=few_bytes(km),
    )


def limits_of(
    phase: NDArray[np.int64],
    state: NDArray[np.int32],
    pool: NDArray[np.int32],
    room: NDArray[np.float64],
    rng: Generator,
) -> SideLimits:
    """Limit each phase at some provisions: a part of a pool, so that it nests."""
    limited = np.append(rng.random(len(room)) < LIMITED, False)
    stay = np.flatnonzero(limited[pool]).astype(np.int32)
    row = pool[stay] * np.int32(4) + phase[state[stay]].astype(np.int32)
    held = np.maximum(1.0, np.round(np.repeat(room, 4) * rng.uniform(0.2, 0.7, 4 * len(room))))
    zero = np.broadcast_to(np.int8(0), len(stay))
    return SideLimits(held, few_bytes(row), few_bytes(stay), few_bytes(zero))


def run(children: int, provisions: int, limit_seconds: float | None = None) -> dict[str, object]:
    """Build, solve and verify a country; return what the suite reads."""
    problem = country(children, provisions)
    built, cpu = time.perf_counter(), time.process_time()
    print(f"{len(problem.stays):,} stays built, {peak_mb():,.0f} MB", file=sys.stderr)
    solution = solve(
        problem, time_limit=limit_seconds, progress=lambda said: print(said, file=sys.stderr)
    )
    solved = time.perf_counter()
    print(f"solved in {solved - built:.0f} s, {peak_mb():,.0f} MB", file=sys.stderr)
    wrong = verify(problem, solution)
    note = f"{len(problem.stays):,} arcs, {len(problem.limits):,} limits; {solution.log}"
    return {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - built,
        "peak_mb": peak_mb(),
        "finished": not wrong and solution.status.value == "optimal",
        "value": solution.objective,
        "gap": solution.gap,
        "arcs": len(problem.stays),
        "seconds_solving": solved - built,
        "seconds_verifying": time.perf_counter() - solved,
        "unplaced": float(solution.unplaced.sum()),
        "note": note if not wrong else f"not verified: {wrong[0]}",
    }


def peak_mb() -> float:
    """Return the most memory that this process has held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--children", type=int, default=640_000)
    parser.add_argument("--provisions", type=int, default=3_500)
    chosen = parser.parse_args()
    print(json.dumps(run(chosen.children, chosen.provisions)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Find whether a problem is a network flow: stays of one period, and limits that nest.

A pool counts some stays of its period, a side limit counts others. They form a *laminar* family when any two are
either apart or one inside the other: then every stay leads into the innermost that counts it, each leads into the
next one out, and the program is a minimum-cost flow down a tree [1]_. A limit over several whole pools is a node
below them, one for some children of a pool a node above it. A limit that takes some children of one pool and some of
another crosses both: no flow, unless so many can never come and the limit says nothing.

References
----------
.. [1] Schrijver (2003), "Combinatorial optimization: polyhedra and efficiency", section 13.4 (laminar families and
   network matrices).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from models.problem import Bools, Ints, Problem


@dataclass(frozen=True)
class Nest:
    """The tree that the places and limits of a problem form.

    Attributes
    ----------
    node
        (A,) innermost node that counts each stay, or -1.
    parent
        (K,) next node out from each, or -1.
    cell
        (K,) flat (pool, period) of the nodes that are pools, or -1.
    row
        (K,) row of the nodes that are side limits, or -1.
    """

    node: Ints
    parent: Ints
    cell: Ints
    row: Ints

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.parent)


def nest(problem: Problem) -> Nest | None:
    """Return the tree of places and limits, or None where the problem is no flow. Schemes are not looked at."""
    if not _single(problem):
        return None
    node, cell = _pools(problem)
    entries = _entries(problem)
    if entries is None:
        return None
    row, stay = entries
    found = _laminar(node, len(cell), row, stay)
    if found is None:
        bind = ~_idle(problem, row, stay)[row]
        if not bind.all():
            row, stay = row[bind], stay[bind]
            found = _laminar(node, len(cell), row, stay)
    if found is None:
        return None
    inner, parent = found
    rows = np.unique(row)
    return Nest(
        node=inner,
        parent=parent,
        cell=np.concatenate([cell, np.full(len(rows), -1)]),
        row=np.concatenate([np.full(len(cell), -1), rows]),
    )


def _single(problem: Problem) -> bool:
    """Whether every unit decides once: all there for one period, and no way leads from state to state."""
    states, stays, limits = problem.states, problem.stays, problem.limits
    if not (np.all(stays.length == 1) and np.all(limits.offset == 0)):
        return False
    if limits.weight is not None:
        return False
    waits_on = (states.unplaced_next >= 0) & (states.on_roll[:, 1] > 0)
    return bool(
        (np.all(stays.next < 0) or not np.any(problem.next_share))
        and not np.any(waits_on)
        and np.all(states.on_roll[:, 0] == 1.0)
        and np.all(states.supply >= 0)
        and np.all(limits.room >= 0)
    )


def _pools(problem: Problem) -> tuple[Ints, Ints]:
    """(A,) number of the limited cell that each stay takes a place of, or -1; and the cells by number."""
    pool, periods = problem.stays.pool, problem.periods
    cell = pool if periods == 1 else np.where(pool >= 0, pool * periods + problem.start, -1)
    used = np.zeros(problem.room.size + 1, bool)
    used[cell] = True
    used[:-1] &= np.isfinite(problem.room.ravel())
    used[-1] = False  # where position -1 falls
    number = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)  # there may be many stays
    return cast("Ints", number[cell]), np.flatnonzero(used)


def _entries(problem: Problem) -> tuple[Ints, Ints] | None:
    """Row and stay of every entry of a side limit that limits, by row; None if one counts a stay twice."""
    limits, most = problem.limits, max(len(problem.stays), 1)
    limiting = np.isfinite(limits.room)[limits.row]
    key = limits.row[limiting].astype(np.int64) * most + limits.stay[limiting]
    if not np.all(key[1:] > key[:-1]):
        key = np.sort(key)
        if np.any(key[1:] == key[:-1]):
            return None
    return key // most, key % most


def _laminar(node: Ints, pools: int, row: Ints, stay: Ints) -> tuple[Ints, Ints] | None:
    """(A,) innermost node of each stay and (K,) parents, pools first and rows after them; None if two cross.

    From the largest set to the smallest, what a set counts must all be inside the same one so far.
    """
    if not len(row):
        return node, np.full(pools, -1)
    met = np.zeros(pools + 1, bool)
    met[node[stay]] = True
    met[-1] = False
    inside = np.flatnonzero(met[node])
    inside = inside[np.argsort(node[inside], kind="stable")]
    rows, number = np.unique(row, return_inverse=True)
    sets = np.concatenate([node[inside], pools + number])
    members = np.concatenate([inside, stay])
    size = np.bincount(sets, minlength=pools + len(rows))
    ends = np.cumsum(size)
    inner = np.where(met[node], -1, node)
    parent = np.full(pools + len(rows), -1)
    for k in np.argsort(-size, kind="stable"):
        if not size[k]:
            break
        mine = members[ends[k] - size[k] : ends[k]]
        around = inner[mine]
        if np.any(around != around[0]):
            return None
        parent[k] = around[0]
        inner[mine] = k
    return inner, parent


def _idle(problem: Problem, row: Ints, stay: Ints) -> Bools:
    """(L,) whether a limit has room for every unit that could ever come under it, and so says nothing."""
    states = max(len(problem.states), 1)
    pair = np.unique(row * states + problem.stays.state[stay])
    come = np.bincount(pair // states, problem.states.supply[pair % states], len(problem.limits))
    return np.asarray(problem.limits.room >= come, bool)

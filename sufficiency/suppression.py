"""Which cells of tables to withhold, so that no small one can be worked out from the others.

Every published number is a sum over *atoms*: groups of alike children whom no table tells apart. An attacker knows
every sum that is shown, that no group has fewer than nobody in it, and what always holds (`Cells.links`). A small cell
is safe if what is shown tells it to no less than `margin` children: which is proved by *witnesses*, other populations
that would give the very same tables. Witnesses stay good when more is withheld, so they are collected as cells go.

To find one, a linear program changes the population so that as many unsafe cells as possible move by the margin, and
pays for every shown cell that it changes; those it pays for are withheld. Where an unsafe cell cannot be moved
though everything that may be is withheld, only the figures that are always written tell it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

#: A change of less than this many children is none.
DUST = 1e-6
#: What moving an unsafe cell by one child is worth, against the cost of withholding cells.
WORTHS = (10.0, 30.0, 100.0, 300.0, 1e5)
#: Witnesses of whole children are looked for among so many atoms at most, in so many nodes of the search (not in
#: seconds: the same tables must lose the same cells on any machine), as cheap to within so much.
MOST_WHOLE = 600
NODES, NEAR = 300, 0.05


@dataclass(frozen=True)
class Cells:
    """Cells of tables that add up only among themselves: those of one year.

    Attributes
    ----------
    sums
        (K, N) how much each atom adds to each cell.
    children
        (N,) in each atom.
    small
        (K,) cells that must not be told.
    cost
        (K,) what withholding a cell costs; inf = it is always shown.
    least
        (K,) what anyone knows to be there at least, though the cell is withheld.
    links
        (L, N) sums that are nought whatever the population.
    room
        (2, K) how much less and more each cell could be and still be shown as it is: (0, 0) unless it is rounded.
    """

    sums: sparse.csr_array
    children: Floats
    small: Bools
    cost: Floats
    least: Floats
    links: sparse.csr_array
    room: Floats

    @property
    def whole(self) -> bool:
        """Whether witnesses are of whole children: where there are few atoms, an attacker could try them all."""
        return len(self.children) <= MOST_WHOLE and not np.any(
            np.abs(np.rint(self.children) - self.children) > DUST
        )

    @property
    def values(self) -> Floats:
        """(K,) what stands in each cell."""
        return np.asarray(self.sums @ self.children, np.float64)


@dataclass(frozen=True)
class Withheld:
    """What came of it.

    Attributes
    ----------
    hidden
        (K,) cells to withhold.
    width
        (K,) how far apart the populations put each small cell that would give the same tables; NaN for other cells.
    """

    hidden: Bools
    width: Floats


def withhold(cells: Cells, margin: float, seed: int = 0) -> Withheld:
    """Return which cells to withhold so that no small one is told to within `margin` children."""
    distinct, which = _distinct(_merged(cells))
    found = _search(distinct, margin, np.random.default_rng(seed))
    hidden = found.hidden[which] | (cells.small & np.isfinite(cells.cost))
    return Withheld(hidden, np.where(cells.small, found.width[which], np.nan))


def _merged(cells: Cells) -> Cells:
    """Return cells of fewer atoms: those that every cell and link counts alike are one."""
    columns = sparse.csc_array(sparse.vstack([cells.sums, cells.links]))
    columns.sort_indices()
    number: dict[bytes, int] = {}
    which = np.array([number.setdefault(key, len(number)) for key in _keys(columns)], np.int64)
    _, first = np.unique(which, return_index=True)
    children = np.bincount(which, cells.children, len(first)).astype(np.float64)
    return replace(cells, sums=cells.sums[:, first], links=cells.links[:, first], children=children)


def _keys(matrix: sparse.csr_array | sparse.csc_array) -> Iterator[bytes]:
    """Give what tells each row (or column) of a matrix from others."""
    for start, end in pairwise(matrix.indptr):
        yield matrix.indices[start:end].tobytes() + matrix.data[start:end].tobytes()


def _distinct(cells: Cells) -> tuple[Cells, Ints]:
    """Return cells without repeats (they are withheld together), and which of them each cell is."""
    sums = sparse.csr_array(cells.sums)
    sums.sort_indices()
    number: dict[bytes, int] = {}
    which = np.array([number.setdefault(key, len(number)) for key in _keys(sums)], np.int64)
    _, first = np.unique(which, return_index=True)
    small, cost, least = (np.zeros(len(first)) for _ in range(3))
    for found, given in ((small, cells.small), (cost, cells.cost), (least, cells.least)):
        np.maximum.at(found, which, given)
    return Cells(
        sums=sums[first],
        children=cells.children,
        small=small > 0,
        cost=cost,
        least=least,
        links=cells.links,
        room=cells.room[:, first],
    ), which


def _search(cells: Cells, margin: float, rng: np.random.Generator) -> Withheld:
    """Move unsafe cells all at once while that is cheap, dearer and dearer; at last each by itself."""
    state = _State(cells, margin)
    for worth in WORTHS:
        way = rng.choice([-1.0, 1.0], len(state.hidden))
        for sign in (way, -way):
            if len(unsafe := state.unsafe()):
                state.learn(_move(state, unsafe, sign[unsafe], worth))
    for cell in state.unsafe():
        for up in (1.0, -1.0):
            if state.high[cell] - state.low[cell] < margin - DUST:
                state.learn(_move(state, np.array([cell]), np.array([up]), WORTHS[-1]))
    return Withheld(state.hidden, state.high - state.low)


class _State:
    """What is withheld so far, and how far witnesses have moved each cell."""

    def __init__(self, cells: Cells, margin: float) -> None:
        self.cells, self.margin, self.values = cells, margin, cells.values
        self.low, self.high = self.values.copy(), self.values.copy()
        self.may = np.isfinite(cells.cost)
        self.hidden = cells.small & self.may

    def unsafe(self) -> Ints:
        """Return small cells that no witnesses have moved by the margin."""
        close = self.high - self.low < self.margin - DUST
        return np.flatnonzero(self.cells.small & self.may & close)

    def learn(self, moved: Floats) -> None:
        """Withhold what a witness changes beyond what rounding hides, and note how far it moves every cell."""
        less, more = self.cells.room
        self.hidden |= ((moved < less - DUST) | (moved > more + DUST)) & self.may
        np.minimum(self.low, self.values + moved, out=self.low)
        np.maximum(self.high, self.values + moved, out=self.high)


def _move(state: _State, unsafe: Ints, sign: Floats, worth: float) -> Floats:
    """Return (K,) by how much a witness changes each cell, that moves the unsafe cells the way of `sign`.

    Columns: change of each atom; what is paid for, up and down, of each shown cell; how far each unsafe cell gets.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    cells, hidden, values = state.cells, state.hidden, state.values
    sums, children = cells.sums, cells.children
    n, many, shown = len(children), len(unsafe), np.flatnonzero(~hidden)
    free = np.flatnonzero(state.may[shown])
    pay = sparse.csr_array(
        (np.ones(len(free)), (free, np.arange(len(free)))), (len(shown), len(free))
    )
    bound = np.flatnonzero(hidden & (cells.least > 0))
    rows = sparse.block_array(
        [
            [sums[shown], -pay, pay, sparse.csr_array((len(shown), many))],
            [cells.links, None, None, None],
            [sparse.diags_array(sign) @ sums[unsafe], None, None, -sparse.eye_array(many)],
            [sums[bound], None, None, None],
        ],
        format="csc",
    )
    room = cells.room[:, shown]
    nothing, endless = np.zeros(cells.links.shape[0]), np.full(many + len(bound), np.inf)
    least = np.concatenate([room[0], nothing, np.zeros(many), (cells.least - values)[bound]])
    most = np.concatenate([room[1], nothing, endless])
    below, above = (state.low - values)[unsafe], (values - state.high)[unsafe]
    reach = np.maximum(np.where(sign > 0, below, above) + state.margin, 0.0)
    floor = np.concatenate([-children, np.zeros(2 * len(free) + many)])
    ceiling = np.concatenate([np.full(n + 2 * len(free), np.inf), reach])
    cost = cells.cost[shown[free]]
    goal = np.concatenate([np.zeros(n), cost, cost, np.full(many, -worth)])
    limits = LinearConstraint(rows, least, most)
    whole = np.concatenate([np.full(n, cells.whole), np.zeros(len(goal) - n)]).astype(np.int64)
    found = milp(
        goal,
        integrality=whole,
        bounds=Bounds(floor, ceiling),
        constraints=limits,
        options={"node_limit": NODES, "mip_rel_gap": NEAR},
    )
    if found.x is None and cells.whole:
        # none of whole children was found: one of parts of children guards better than none
        bounds = Bounds(floor, ceiling)
        found = milp(goal, integrality=0 * whole, bounds=bounds, constraints=limits)
    if found.x is None:
        return np.zeros(len(values))
    return np.asarray(sums @ found.x[:n], np.float64)

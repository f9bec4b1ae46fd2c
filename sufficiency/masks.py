"""Withhold once for every table of every plan: cells by year, what ties plans together, and which cells to withhold."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from sufficiency.suppression import DUST, Cells, withhold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sufficiency.cube import Block
    from sufficiency.suppression import Bools, Floats, Ints

    Masks = dict[tuple[str, str], Bools]

#: How many children wide the range must be in which a withheld small count can be, as a share of the threshold.
MARGIN = 0.5
#: A count is not told at a detail at which this share of those whom it counts stands in small cells.
MOST_SMALL_PCT = 10.0


@dataclass(frozen=True)
class Side:
    """One plan's cells, or those of anything else that counts the same children.

    Attributes
    ----------
    blocks
        Every count.
    atoms
        `year`, `children` and what `Tie.keys` name.
    """

    blocks: Sequence[Block]
    atoms: pd.DataFrame


@dataclass(frozen=True)
class Tie:
    """What two sides count alike: by `keys`, as many children of the one as of the other."""

    sides: tuple[int, int]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """How much is withheld.

    Attributes
    ----------
    threshold
        Counts under it are withheld.
    round_to
        Shown counts are rounded to a multiple of it; 0 = not at all.
    """

    threshold: int = 5
    round_to: int = 0

    @property
    def margin(self) -> float:
        """Children, whole, that a withheld small count may be told to within at best."""
        return float(np.ceil(self.threshold * MARGIN))

    def is_small(self, counts: Floats) -> Bools:
        """Whether each count is of somebody, but of fewer than the threshold."""
        return (counts > DUST) & (counts < self.threshold - DUST)

    def rounded(self, counts: Floats) -> Floats:
        """Return counts as they are shown."""
        if not self.round_to:
            return counts
        return np.asarray(np.floor(counts / self.round_to + 0.5) * self.round_to, np.float64)


@dataclass(frozen=True)
class Masked:
    """What is withheld.

    Attributes
    ----------
    masks
        By side, table and column which cells are withheld.
    told
        How many withheld small cells no witness moves by the margin: money, which is always written, tells them.
    """

    masks: Sequence[Masks]
    told: int


def find_masks(sides: Sequence[Side], ties: Sequence[Tie], rules: Rules) -> Masked:
    """Find which cells are withheld, and how many of them are told all the same."""
    shut = [[_mostly_small(block, rules) for block in side.blocks] for side in sides]
    masks = [[np.zeros(len(block.counts), bool) for block in side.blocks] for side in sides]
    years = sorted({int(year) for side in sides for year in side.atoms["year"]})
    # Tables add up within a year only, and each year has rows of its own in the masks. The solver lets go of the
    # interpreter, so threads are worth it.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        told = threads.map(lambda year: _mask_year(year, sides, ties, rules, shut, masks), years)
        many = sum(told)
    named = [
        {(b.table, b.column): hidden for b, hidden in zip(side.blocks, of, strict=True) if b.table}
        for side, of in zip(sides, masks, strict=True)
    ]
    return Masked(named, many)


def _mostly_small(block: Block, rules: Rules) -> bool:
    """Whether a count is not told at all: too much of it would be withheld one by one."""
    if not block.may_shut:
        return False
    small = block.counts[rules.is_small(block.counts)].sum()
    return bool(100 * small > MOST_SMALL_PCT * block.counts.sum())


def _mask_year(
    year: int,
    sides: Sequence[Side],
    ties: Sequence[Tie],
    rules: Rules,
    shut: Sequence[Sequence[bool]],
    masks: Sequence[Sequence[Bools]],
) -> int:
    """Fill in the masks of one year; return how many small cells are told though they are withheld."""
    atoms = [np.flatnonzero((side.atoms["year"] == year).to_numpy()) for side in sides]
    parts: list[tuple[int, Block, Ints]] = []
    into: list[Bools] = []
    for n, side in enumerate(sides):
        for block, closed, hidden in zip(side.blocks, shut[n], masks[n], strict=True):
            rows = np.flatnonzero(block.years == year)
            if year < block.shut_before:
                hidden[rows] = True
                continue
            if closed and block.counts[rows].sum() > DUST:
                hidden[rows] = True
                rows = rows[rules.is_small(block.counts[rows])]
            parts.append((n, block, rows))
            into.append(hidden)
    found = withhold(_cells(sides, ties, rules, atoms, parts), rules.margin, seed=year)
    at = 0
    for (_, _, rows), mask in zip(parts, into, strict=True):
        mask[rows] = found.hidden[at : at + len(rows)]
        at += len(rows)
    return int(np.count_nonzero(found.width < rules.margin - DUST))


def _cells(
    sides: Sequence[Side],
    ties: Sequence[Tie],
    rules: Rules,
    atoms: Sequence[Ints],
    parts: Sequence[tuple[int, Block, Ints]],
) -> Cells:
    """Put the cells of a year together."""
    widths = [len(at) for at in atoms]
    stacked = sparse.csr_array(
        sparse.vstack(
            [_aside(block.sums[rows][:, atoms[n]], n, widths) for n, block, rows in parts]
        )
    )
    children = np.concatenate(
        [
            side.atoms["children"].to_numpy(np.float64)[at]
            for side, at in zip(sides, atoms, strict=True)
        ]
    )
    values = np.asarray(stacked @ children, np.float64)
    whole = np.asarray(_ones(stacked) @ children, np.float64)
    cost = np.concatenate([np.full(len(rows), block.cost) for _, block, rows in parts])
    listed = np.concatenate([np.full(len(rows), block.listed) for _, block, rows in parts])
    guard = np.concatenate([np.full(len(rows), block.guard) for _, block, rows in parts])
    small = (rules.is_small(values) | rules.is_small(whole) | guard) & np.isfinite(cost)
    shown = np.where(np.isfinite(cost), rules.rounded(values), values)
    half = np.where(np.isfinite(cost), rules.round_to / 2, 0.0)
    return Cells(
        sums=stacked,
        children=children,
        small=small,
        cost=cost * (1 + np.log1p(np.maximum(values, 0.0))),
        least=np.where(listed, np.minimum(values, 1.0), 0.0),
        links=_links(sides, ties, atoms),
        room=np.array([shown - half - values, shown + half - values]),
    )


def _aside(sums: sparse.csr_array, side: int, widths: Sequence[int]) -> sparse.csr_array:
    """Give a side's sums the columns of all sides."""
    start, end = sum(widths[:side]), sum(widths[side + 1 :])
    rows = sums.shape[0]
    parts = [sparse.csr_array((rows, start)), sums, sparse.csr_array((rows, end))]
    return sparse.csr_array(sparse.hstack(parts))


def _ones(sums: sparse.csr_array) -> sparse.csr_array:
    """Return sums that count each atom once that is in them at all."""
    return sparse.csr_array((np.ones(len(sums.data)), sums.indices, sums.indptr), sums.shape)


def _links(sides: Sequence[Side], ties: Sequence[Tie], atoms: Sequence[Ints]) -> sparse.csr_array:
    """Return what every tie says of a year's atoms: sums that are nought."""
    starts = np.cumsum([0, *(len(at) for at in atoms)])
    found = [sparse.csr_array((0, int(starts[-1])))]
    for tie in ties:
        number: dict[tuple[object, ...], int] = {}
        row, column, weight = [], [], []
        for side, sign in zip(tie.sides, (1.0, -1.0), strict=True):
            frame = sides[side].atoms.iloc[atoms[side]]
            heads = zip(*(frame[key] for key in tie.keys), strict=True)
            row.append(np.array([number.setdefault(head, len(number)) for head in heads], int))
            column.append(np.arange(starts[side], starts[side + 1]))
            weight.append(np.full(len(frame), sign))
        where = np.concatenate(row), np.concatenate(column)
        shape = len(number), int(starts[-1])
        found.append(sparse.csr_array((np.concatenate(weight), where), shape))
    return sparse.csr_array(sparse.vstack(found))

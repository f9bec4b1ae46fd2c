"""Schemes that are alike in everything: of such twins the earlier ones open, and open first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable

    from models.problem import Bools, Schemes


def earliest_twins(schemes: Schemes, opens: Bools) -> Bools:
    """Return the same choice with the openings of twins given to the earliest of them.

    Twins may open in the same periods, at the same cost and capital, add the same places and are tied to the same
    others: to change one for the other changes nothing else. A solver stops within its gap, so it may have
    taken either.

    Parameters
    ----------
    opens
        (K, P) whether scheme k opens in period t.
    """
    twins: dict[Hashable, list[int]] = defaultdict(list)
    for k in range(len(schemes)):
        twins[_nature(schemes, k)].append(k)
    found = opens.copy()
    for alike in twins.values():
        first = np.where(opens[alike].any(axis=1), opens[alike].argmax(axis=1), opens.shape[1])
        found[alike] = opens[alike][np.argsort(first, kind="stable")]
    return found


def _nature(schemes: Schemes, k: int) -> Hashable:
    """Return all that there is to say of a scheme, apart from which it is."""
    adds = np.flatnonzero(schemes.scheme == k)
    return (
        schemes.may_open[k].tobytes(),
        schemes.cost[k].tobytes(),
        float(schemes.capital[k]),
        tuple(sorted((int(schemes.pool[m]), schemes.places[m].tobytes()) for m in adds)),
        k in schemes.must,
        tuple(k in group for group in schemes.exclusive),
        tuple(k in other for other, _ in schemes.differs),
        tuple(sorted(other for scheme, other in schemes.requires if scheme == k)),
        tuple(sorted(scheme for scheme, other in schemes.requires if other == k)),
    )

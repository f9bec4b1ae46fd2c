"""Classes of a choropleth: rounded limits, their words and their shades."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Sequential blues of the Government Analysis Function, light (low) to dark (high).
PALETTE = ("#ADD1F1", "#6BACE6", "#2073BC", "#12436D", "#092135")


def class_breaks(values: Iterable[float], most: int = len(PALETTE)) -> tuple[float, ...]:
    """Choose rounded class limits so that the classes hold about equally many values.

    Returns
    -------
    Rising lower ends of all classes but the first; fewer where there are few different values.
    """
    found = np.unique(np.array([value for value in values if np.isfinite(value)], dtype=float))
    if len(found) < 2:
        return ()
    classes = min(most, len(found))
    spread = float(found[-1] - found[0])
    step = nice(spread / (classes * 2))
    cuts = np.quantile(found, np.arange(1, classes) / classes)
    rounded = np.unique(np.round(np.round(cuts / step) * step, 6))
    return tuple(float(cut) for cut in rounded if found[0] < cut <= found[-1])


def nice(size: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not over ``size``."""
    power = 10.0 ** np.floor(np.log10(size))
    return float(max(times * power for times in (1, 2, 5) if times * power <= size * 1.0001))


def class_words(breaks: Sequence[float]) -> list[str]:
    """Say which values each class holds."""
    if not breaks:
        return ["all values"]
    between = [f"{figure(low)} to under {figure(high)}" for low, high in pairwise(breaks)]
    return [f"under {figure(breaks[0])}", *between, f"{figure(breaks[-1])} or more"]


def shades_of(breaks: Sequence[float]) -> list[str]:
    """Return a shade for each class, spread over the palette."""
    picks = {1: [1], 2: [0, 3], 3: [0, 2, 4], 4: [0, 1, 2, 3]}
    chosen = picks.get(len(breaks) + 1, list(range(len(PALETTE))))
    return [PALETTE[at] for at in chosen]


def figure(value: float) -> str:
    """Write a value as the key and the areas do."""
    text = f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return text.removesuffix(".0")

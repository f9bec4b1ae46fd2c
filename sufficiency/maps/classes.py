"""Classes of a choropleth: rounded limits, their words and their shades."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Sequential blues of the Government Analysis Function, light (low) to dark (high).
PALETTE = ("#ADD1F1", "#6BACE6", "#2073BC", "#12436D", "#092135")
#: ColorBrewer's PuOr for changes: less is purple, more is orange; told apart by those who are colour-blind.
CHANGE_PALETTE = ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101")
#: Four classes can be told apart at a glance, and black lettering can be read on the darkest of them.
MOST_CLASSES = 4


def class_breaks(values: Iterable[float], most: int = MOST_CLASSES) -> tuple[float, ...]:
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


def change_breaks(values: Iterable[float]) -> tuple[float, ...]:
    """Choose rounded limits of changes, alike on both sides of nought: much less, less, same, more, much more."""
    sizes = np.abs([value for value in values if np.isfinite(value)])
    if not len(sizes) or not sizes.max():
        return ()
    step = nice(float(np.quantile(sizes[sizes > 0], 0.8)) / 2.5)
    return (-3 * step, -step, step, 3 * step)


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


def change_words(breaks: Sequence[float]) -> list[str]:
    """Say which changes each class holds, from less to more."""
    if not breaks:
        return ["no change"]
    low, high = (figure(cut) for cut in breaks[2:])
    return [
        f"less by {high} or more",
        f"less by {low} to {high}",
        f"about the same (less than {low})",
        f"more by {low} to {high}",
        f"more by {high} or more",
    ]


def shades_of(breaks: Sequence[float], palette: Sequence[str] = PALETTE) -> list[str]:
    """Return a shade for each class, spread over the palette."""
    if palette is CHANGE_PALETTE:
        return list(palette) if breaks else [palette[2]]
    picks = {1: [1], 2: [0, 2], 3: [0, 1, 3], 4: [0, 1, 2, 3]}
    chosen = picks.get(len(breaks) + 1, list(range(len(palette))))
    return [palette[at] for at in chosen]


def figure(value: float) -> str:
    """Write a value as the key and the areas do."""
    text = f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return text.removesuffix(".0").replace("-", "−")

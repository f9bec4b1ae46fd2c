"""The plan against building nothing, as anyone may see it.

Pairs of children are reckoned, not counted (`sufficiency.changes`), so their numbers are rounded to five, which also
keeps a small one from following from the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.changes import OUTCOMES
from sufficiency.disclosure import THRESHOLD, WITHHELD, is_small
from sufficiency.findings import ALL

if TYPE_CHECKING:
    import pandas as pd

    from sufficiency.disclosure import Published
    from sufficiency.run import Run

#: What the numbers of changes are rounded to.
NEAREST = 5


@dataclass(frozen=True)
class Compared:
    """What is shown beside the plan's own tables.

    Attributes
    ----------
    baseline
        The tables of the baseline.
    changes
        What becomes of children: by year and phase, and by year and need; ``all`` of either included. Columns
        `all_shorter` and `all_longer` count both lengths of change.
    is_plan
        Whether the baseline is the plan itself: it opens no proposed scheme.
    """

    baseline: Published
    changes: pd.DataFrame
    is_plan: bool


def compare_published(run: Run, published: Published) -> Compared | None:
    """Return what may be shown of the comparison; None if there is no baseline."""
    before = run.baseline
    if before is None:
        return None
    return Compared(
        baseline=published.baseline or published,
        changes=publish_changes(before.changes, published.rules.threshold),
        is_plan=before.is_plan,
    )


def publish_changes(exact: pd.DataFrame, threshold: int = THRESHOLD) -> pd.DataFrame:
    """Round what becomes of children to five, and withhold what is under the threshold.

    A mean is given of twice as many children or more.
    """
    rows = exact[(exact["phase"] == ALL) | (exact["need"] == ALL)].reset_index(drop=True)
    return round_changes(rows, threshold)


def round_changes(exact: pd.DataFrame, threshold: int = THRESHOLD) -> pd.DataFrame:
    """Round what becomes of children, however it is broken down, as `publish_changes` does."""
    rows = exact.copy()
    shown = rows.astype(object)
    for way in ("shorter", "longer"):
        rows[f"all_{way}"] = rows[way] + rows[f"much_{way}"]
    for name in (*OUTCOMES, "all_shorter", "all_longer"):
        rounded = NEAREST * np.floor(rows[name] / NEAREST + 0.5)
        shown[name] = rounded.astype(object).mask(is_small(rows[name], threshold), WITHHELD)
    for way in ("shorter", "longer"):
        few = rows[f"all_{way}"] < 2 * threshold
        minutes = rows[f"minutes_{way}"]
        shown[f"minutes_{way}"] = (
            minutes.round().astype(object).mask(few & minutes.notna(), WITHHELD)
        )
    return shown

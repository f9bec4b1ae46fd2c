"""What an annex is: a table with a title, and what a reader must know to use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True)
class Annex:
    """A table for somebody else's form.

    Attributes
    ----------
    key
        Stem of its file and name of its sheet.
    title
        What it is.
    notes
        The rules it was made by, a sentence each.
    table
        As anyone may see it, with headings that a person reads.
    """

    key: str
    title: str
    notes: Sequence[str]
    table: pd.DataFrame

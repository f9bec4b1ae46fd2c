"""What may be told of children outside a private folder, where plans stand side by side.

Under the threshold nothing but nought is told, and everything else is rounded to five (or to what the case's
``[disclosure]`` asks for, if that is more). So no difference between two plans, and no sum, shows a child. Money is
told to the pound: it is modelled, and the contract of every plan writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from sufficiency.rendering import WITHHELD

if TYPE_CHECKING:
    from sufficiency.settings import Settings

#: With the shorthand for what is not told, which is that of every table.
__all__ = ["ALIKE", "DUST", "NEAREST", "WITHHELD", "Counts"]

#: What counts are rounded to, at least.
NEAREST = 5
#: Fewer children than this are a solver's dust.
DUST = 1e-6
#: What stands where two plans differ by less money than is proved of them.
ALIKE = "not told apart"


@dataclass(frozen=True)
class Counts:
    """The rule, as a case has it.

    Attributes
    ----------
    threshold
        Counts of somebody, but of fewer than this, are not told.
    nearest
        Others are rounded to this.
    """

    threshold: int = 5
    nearest: int = NEAREST

    @classmethod
    def of(cls, settings: Settings) -> Counts:
        """Return the rule of a case."""
        return cls(settings.disclosure.threshold, max(NEAREST, settings.disclosure.round_to or 0))

    def tells(self, exact: float) -> bool:
        """Whether a number of children, or of years that they spend, may be told."""
        return abs(exact) <= DUST or abs(exact) >= self.threshold - DUST

    def shown(self, exact: float) -> int | None:
        """Return a number as it may be told, rounded; None where it is of too few."""
        if not self.tells(exact):
            return None
        whole = self.nearest * floor(abs(exact) / self.nearest + 0.5)
        if not whole and abs(exact) > DUST:
            return None
        return -whole if exact < 0 else whole

    def change(self, before: float, after: float) -> int | None:
        """Return what the numbers told differ by: never the exact difference, which may be of one child."""
        first, last = self.shown(before), self.shown(after)
        return None if first is None or last is None else last - first

    def cell(self, exact: float) -> int | str:
        """Return what stands in a table for a number: as it may be told, or that it is not told."""
        shown = self.shown(exact)
        return WITHHELD if shown is None else shown

    def cell_of_change(self, before: float, after: float) -> int | str:
        """Return what stands in a table for a change."""
        change = self.change(before, after)
        return WITHHELD if change is None else change

    def text(self, exact: float) -> str:
        """Write a number as it may be told."""
        shown = self.shown(exact)
        return self.few if shown is None else f"{shown:,}"

    def text_of_change(self, before: float, after: float) -> str:
        """Write a change as it may be told: "15 fewer", "none"; too few on either side is said to be not told."""
        change = self.change(before, after)
        if change is None:
            return WITHHELD
        return f"{abs(change):,} {'fewer' if change < 0 else 'more'}" if change else "none"

    @property
    def few(self) -> str:
        """What stands where there are too few to tell."""
        return f"fewer than {self.threshold}"

    @property
    def note(self) -> str:
        """Explain the rule, under a table."""
        return (
            f"Numbers of children are rounded to {self.nearest}; what is of fewer than {self.threshold} is not told "
            f"({WITHHELD}). Differences are between the rounded numbers."
        )

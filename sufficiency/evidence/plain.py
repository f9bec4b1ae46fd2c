"""Money and lists in the words that findings on schemes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.report.parts import money

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What stands for a count of too few children.
NOT_TOLD = "[c]"


def pounds(gbp: float) -> str:
    """Write pounds, to three figures; less than nought with a minus sign that reads as one."""
    return f"−{money(-gbp)}" if gbp < 0 and round(gbp) else money(abs(gbp))


def saves(gbp: float) -> str:
    """Write what is saved, or what more is spent, so that no sign must tell it."""
    if abs(gbp) < 1:
        return "nothing"
    return f"saves {money(gbp)}" if gbp > 0 else f"costs {money(-gbp)} more"


def listing(words: Sequence[str]) -> str:
    """Write words in a list: "P1, P2 and P3"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

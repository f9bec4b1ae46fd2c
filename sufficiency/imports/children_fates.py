"""What becomes of one child in an import: placed, seeking or left out, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sufficiency.imports.children_schools import Schools

PLACED, REVIEW, SEEKING, LEFT_OUT = "placed", "review", "seeking", "left out"
AT_ONE_OF_OURS = "at a provision of the case"
NOT_OURS = "at a school that the case does not have"
MOVING_ON = "move on: all places of their school are for younger children"
TOO_YOUNG = "under school age: need a school in Reception"
LEFT = "past the last year group that the case plans for (last_ncy of its settings)"
NO_SETTING = "no school or setting is recorded"
NO_BASE = "none"
TRANSFERS = (7, 12)
"""First year groups of secondary school and of post-16, where most children choose anew."""


@dataclass(frozen=True)
class Settled:
    """What becomes of one child.

    Attributes
    ----------
    ncy, start_year
        The NCY, and the academic year it is of.
    provision
        Where the child stays; "" for one who is seeking.
    was_at
        Where the child is now, be it that it moves on.
    base
        The base that a flag puts it in, or `NO_BASE` where the case has no such base.
    """

    outcome: str
    why: str
    ncy: int = 0
    start_year: int = 0
    provision: str = ""
    was_at: str = ""
    base: str = ""


def seeking(why: str, ncy: int, year: int, was_at: str = "", base: str = "") -> Settled:
    """Say that a child needs a place: in `year`, or in the year of its Reception."""
    wait = max(0, -ncy)
    return Settled(SEEKING, why, ncy + wait, year + wait, was_at=was_at, base=base)


def at_school(found: str, schools: Schools, ncy: int, year: int, base: str = "") -> Settled:
    """Say what becomes of a child at a school: `found` in the case, or "" where it is not."""
    lowest = schools.lowest_ncy(found) if found else 0
    if ncy < min(0, lowest):
        return seeking(TOO_YOUNG, ncy, year, found, base)
    if not found:
        return Settled(LEFT_OUT, NOT_OURS, ncy, year, base=base)
    if schools.has_ended(found, ncy):
        return seeking(MOVING_ON, ncy, year, found, base)
    return Settled(PLACED, AT_ONE_OF_OURS, ncy, year, found, found, base)

"""``sufficiency claim``: whether the figures of a statement add up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress

#: Where figures are looked up.
DATA = Option(
    "--data",
    Path,
    "Folder of the tables and records in which figures are looked up. [default: the claims' own]",
    metavar="FOLDER",
)


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Check a file of claims."""
    from sufficiency.claims.check import claim_evidence

    return claim_evidence(asked, progress)


ROW = Command(
    "claim",
    """Check whether the figures of a statement add up.

    FILE holds claims, as TOML or CSV: growth between two figures and its annual rate, what a rate
    comes to, shares, sums, pounds a place, savings, break-evens, places beside children; figures
    may be looked up in a table or in a plan's summary.json. Exits 3 if a figure does not add up and
    nobody said that it would not.
    """,
    (DATA,),
    find,
    takes="file",
)

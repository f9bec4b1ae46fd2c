"""The table of claims on the page of worked cases; ``python -m tests.cases_page`` writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sufficiency.claims.check import HOLDS, verdicts
from sufficiency.claims.read import read_claims
from tests.worked import EXAMPLES

if TYPE_CHECKING:
    from sufficiency.claims.read import Claim

PAGE = EXAMPLES.parent / "docs" / "cases.md"
HEAD = "| Case | Claim | Adds up | Why not |\n|---|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")
#: In the order of the page.
ORDER = ("banes-2018", "banes", "bcp", "wiltshire", "bucks-year-groups")


def claims_table() -> str:
    """Return the table of every case's claims, a row a claim."""
    rows = [
        _row(name, claim)
        for name in ORDER
        for claim in read_claims(EXAMPLES / name / "claims.toml").claims
    ]
    return HEAD + "".join(rows)


def _row(name: str, claim: Claim) -> str:
    wrong = [verdict for verdict in verdicts(claim) if verdict.verdict != HOLDS]
    found = "; ".join(f"{v.what} is {v.found}, not {v.said}" for v in wrong)
    why = " ".join([f"{found.removeprefix('direction is ').capitalize()}.", claim.why])
    return f"| `{name}` | {claim.says} | {f'**no** | {why}' if wrong else 'yes | –'} |\n"


def with_table(page: str) -> str:
    """Return the page with its table of claims written anew."""
    return TABLE.sub(lambda _: claims_table(), page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")

"""Whether claims add up, and what each should have said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import __version__
from sufficiency.claims.kinds import KINDS, direction
from sufficiency.claims.read import read_claims
from sufficiency.errors import CaseError
from sufficiency.evidence.answer import About, Evidence
from sufficiency.report.parts import Cell, Section, Table, counted, heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sufficiency.claims.read import Claim, Claims
    from sufficiency.progress import Progress

HOLDS, FAILS, NOT_SAID = "holds", "does not add up", "cannot be reckoned"
#: What a claimed figure may be out by, as a share of it, for the arithmetic of floating point.
DUST = 1e-9
WAYS = {"up": "an increase", "down": "a decrease", "same": "no change"}


@dataclass(frozen=True)
class Verdict:
    """What became of one figure of a claim.

    Attributes
    ----------
    what
        The figure's name.
    said, found
        As claimed, and as it follows, in words.
    verdict
        One of HOLDS, FAILS and NOT_SAID.
    """

    claim: Claim
    what: str
    said: str
    found: str
    verdict: str

    @property
    def as_expected(self) -> bool:
        """Whether the author expected it."""
        return self.claim.expected == (self.verdict == HOLDS)


def claim_evidence(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Check the file of claims that a command names.

    Raises
    ------
    UsageError, CaseError
        When the file cannot be read.
    """
    path: Path = asked["file"]
    progress.step("checking claims")
    claims = read_claims(path)
    return _say(path, claims, [verdict for claim in claims.claims for verdict in verdicts(claim)])


def verdicts(claim: Claim) -> Iterator[Verdict]:
    """Yield what becomes of each figure that is claimed, and of the direction."""
    kind = KINDS[claim.kind]
    given = {name: figure.value for name, figure in claim.given.items()}
    for name, figure in claim.claimed.items():
        derived = kind.derives[name]
        found, said = derived.of(given), _write(figure.value, derived.unit, figure.half)
        if found is None:
            yield Verdict(claim, _words(name), said, "", NOT_SAID)
            continue
        allowed = max(figure.half, claim.rounded_to / 2) + DUST * abs(found)
        right = abs(found - figure.value) <= allowed
        alike = _write(found, derived.unit, figure.half) == said  # by a digit that is not written
        fine = figure.half / (10 if alike and not right else 1)
        yield Verdict(
            claim, _words(name), said, _write(found, derived.unit, fine), HOLDS if right else FAILS
        )
    if claim.direction:
        change = kind.derives[kind.directed].of(given)
        if change is None:
            yield Verdict(claim, "direction", WAYS[claim.direction], "", NOT_SAID)
            return
        base = given.get("before", given.get("from", 0.0))
        way = direction(change, base)
        found_words = f"{WAYS[way]}, of {_write(abs(change), '', 0.5)}"
        yield Verdict(
            claim,
            "direction",
            WAYS[claim.direction],
            found_words,
            HOLDS if way == claim.direction else FAILS,
        )


def _words(name: str) -> str:
    words = {"pct": "%", "gbp": "£", "annual": "a year,"}
    return " ".join(words.get(word, word) for word in name.split("_"))


def _write(value: float, unit: str, half: float) -> str:
    """Write a figure to the place that matters."""
    places = 0
    while places < 4 and half < 0.5 * 10.0**-places * (1 - DUST):
        places += 1
    number = f"{value:,.{places}f}"
    return {"£": f"£{number}", "%": f"{number}%", "years": f"{number} years"}.get(unit, number)


def _say(path: Path, claims: Claims, found: list[Verdict]) -> Evidence:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    bad = [verdict for verdict in found if verdict.verdict != HOLDS]
    surprising = [verdict for verdict in found if not verdict.as_expected]
    about = About(
        command="claim",
        title=claims.title,
        period=claims.source or path.name,
        notice="",
        stamps={"Run": digest[:12], "Version": f"sufficiency {__version__}"},
        inputs={path.name: digest},
    )
    table = pd.DataFrame([_row(verdict) for verdict in found])
    return Evidence(
        about=about,
        answer=_answer(found, bad),
        section=Section(
            "claims", "Do the figures add up?", _lead(bad), [_table(found)], _notes(claims)
        ),
        found={
            "claims": [_row(verdict) for verdict in found],
            "checked": len(found),
            "fail": len(bad),
            "not_as_expected": len(surprising),
        },
        tables={"claims": table},
        titles={"claims": "Claims, and what follows from their own figures"},
        exit_code=CaseError.exit_code if surprising else 0,
    )


def _answer(found: list[Verdict], bad: list[Verdict]) -> str:
    if not bad:
        return f"All {counted(len(found), 'figure')} claimed add up."
    some = f"{counted(len(bad), 'figure')} of {len(found)} claimed".capitalize()
    return f"{some} {'does' if len(bad) == 1 else 'do'} not add up."


def _lead(bad: list[Verdict]) -> list[str]:
    return [
        f"{verdict.claim.says or verdict.claim.name}: {verdict.what} is said to be {verdict.said}, "
        + (
            f"and is {verdict.found}."
            if verdict.found
            else "and does not follow from what is given."
        )
        + (f" {verdict.claim.why}" if verdict.claim.why else "")
        for verdict in bad
    ]


def _notes(claims: Claims) -> list[str]:
    looked_up = sorted(
        {
            f.source
            for c in claims.claims
            for f in (*c.given.values(), *c.claimed.values())
            if f.source
        }
    )
    said = [
        "A figure holds if it is right to the last place written, or to what it is said to be rounded to."
    ]
    return said + ([f"Looked up: {'; '.join(looked_up)}."] if looked_up else [])


def _row(verdict: Verdict) -> dict[str, object]:
    return {
        "claim": verdict.claim.name,
        "says": verdict.claim.says,
        "kind": verdict.claim.kind,
        "figure": verdict.what,
        "said": verdict.said,
        "found": verdict.found,
        "verdict": verdict.verdict,
        "as_expected": "yes" if verdict.as_expected else "no",
        "source": verdict.claim.source,
    }


def _table(found: list[Verdict]) -> Table:
    heads = ["Claim", "Figure", "Said", "Found", "Verdict"]
    rows = [
        [
            heading(verdict.claim.name),
            Cell(verdict.what),
            Cell(verdict.said, is_number=True),
            Cell(verdict.found or "–", is_number=True),
            Cell(_judged(verdict)),
        ]
        for verdict in found
    ]
    return Table("Claims, and what follows from their own figures", heads, rows, frozenset({2, 3}))


def _judged(verdict: Verdict) -> str:
    if verdict.as_expected:
        return verdict.verdict if verdict.verdict == HOLDS else f"{verdict.verdict}, as expected"
    return (
        verdict.verdict if verdict.claim.expected else f"{verdict.verdict}, though not expected to"
    )

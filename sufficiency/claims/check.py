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
from sufficiency.report.parts import Cell, Section, Table, counted, heading, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sufficiency.claims.figures import Figure
    from sufficiency.claims.read import Claim, Claims
    from sufficiency.progress import Progress

HOLDS, FAILS, NOT_SAID = "holds", "does not add up", "cannot be reckoned"
#: What a claimed figure may be out by, as a share of it, for the arithmetic of floating point.
DUST = 1e-9
WAYS = {"up": "an increase", "down": "a decrease", "same": "no change"}
#: What figures are called whose names do not say it.
CALLED = {
    "pct": "%",
    "annual_pct": "% a year",
    "total_gbp": "£ in all",
    "doubling_years": "doubles in",
}
UNITS = {"pct": "%", "gbp": "£"}


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
    is_share
        Whether a percentage would be right if it were a share of one.
    """

    claim: Claim
    what: str
    said: str
    found: str
    verdict: str
    is_share: bool = False

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
    claims = read_claims(path, asked.get("data"))
    return _say(path, claims, [verdict for claim in claims.claims for verdict in verdicts(claim)])


def verdicts(claim: Claim) -> Iterator[Verdict]:
    """Yield what becomes of each figure that is claimed, and of the direction."""
    kind = KINDS[claim.kind]
    given = {name: figure.value for name, figure in claim.given.items()}
    for name, figure in claim.claimed.items():
        falls = claim.direction == "down" and name in kind.signed and figure.value > 0
        yield _judge(claim, name, figure, kind.derives[name].follows(given), falls=falls)
    if claim.direction:
        change = kind.derives[kind.directed].follows(given)
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


def _judge(claim: Claim, name: str, figure: Figure, found: float | None, *, falls: bool) -> Verdict:
    """Judge a figure that is claimed; one that falls may have been given without its minus."""
    unit = KINDS[claim.kind].derives[name].unit
    said = _said(figure, unit)
    if found is None:
        return Verdict(claim, _words(name), said, "", NOT_SAID)
    found = -found if falls else found
    allowed = max(figure.half, claim.rounded_to / 2) + figure.spread + DUST * abs(found)
    right = abs(found - figure.value) <= allowed
    alike = _write(found, unit, figure.half) == said  # by a digit that is not written
    fine = figure.half / (10 if alike and not right else 1)
    verdict = HOLDS if right else FAILS
    is_share = unit == "%" and abs(found - 100 * figure.value) <= 100 * allowed
    return Verdict(claim, _words(name), said, _write(found, unit, fine), verdict, is_share)


def _said(figure: Figure, unit: str) -> str:
    """Write a figure as it was claimed: a number, or the ends of a range."""
    ends = [figure.value - figure.spread, figure.value + figure.spread]
    return " to ".join(
        _write(end, unit, figure.half) for end in (ends if figure.spread else ends[:1])
    )


def _words(name: str) -> str:
    """Return what people call a figure: ``saved_gbp`` is "£ saved", ``annual_pct`` "% a year"."""
    if name in CALLED:
        return CALLED[name]
    rest, _, unit = name.rpartition("_")
    return f"{UNITS[unit]} {rest}" if unit in UNITS and rest else name.replace("_", " ")


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
    if len(found) == 1:
        return f"The one figure claimed {'does not add up' if bad else 'adds up'}."
    if not bad:
        return f"All {counted(len(found), 'figure')} claimed add up."
    some = counted(len(bad), "figure").capitalize()
    return (
        f"{some} of {in_words(len(found))} claimed {'does' if len(bad) == 1 else 'do'} not add up."
    )


def _lead(bad: list[Verdict]) -> list[str]:
    return [" ".join(filter(None, (_sentence(verdict), verdict.claim.why))) for verdict in bad]


def _sentence(verdict: Verdict) -> str:
    """Say what is wrong with a figure, and what may have happened."""
    name = verdict.claim.says or verdict.claim.name
    said = f"{name}: {verdict.what} is said to be {verdict.said}, and"
    if not verdict.found:
        return f"{said} does not follow from what is given."
    share = verdict.found.endswith("%") and verdict.is_share
    return f"{said} is {verdict.found}." + (" Write per cent, not a share of one." if share else "")


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

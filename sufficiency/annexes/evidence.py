"""A sheet of evidence a scheme: whom it is for, what bases there are for them, and who would still be without.

A Local SEND Reform Plan asks for "a compelling rationale as to why need cannot be met in specialist bases" (reported in
Schools Week, 13 March 2026); the memorandum on high needs capital 2026-27 for "a clear evidence-based rationale". The
figures are the plan's; the rationale is the council's to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.annexes.pipeline import needs_of, span
from sufficiency.disclosure import WITHHELD
from sufficiency.report.parts import academic, figure, is_missing, is_withheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sufficiency.case import Case
    from sufficiency.disclosure import Published
    from sufficiency.pools import PoolKey, Pools
    from sufficiency.schemes import Scheme

COLUMNS = ["Scheme", "Question", "Answer", "Figure"]
PURPOSE = "What is it for?"
BASES = "Which specialist bases take these needs and year groups?"
SPECIAL = "Which special schools take them?"
SERVED = "Whom does it serve in the plan?"
GAP = "Who would be without a suitable local place even so?"
RATIONALE = "Why can this need not be met in a specialist base?"
TO_WRITE = "For the council to write; the rows above are the evidence."
NOTES = (
    (
        "For each proposed scheme: whom it is for, which bases and special schools take the same needs and year "
        "groups and how full they are in the last year of the plan, whom it serves, and who would be without a "
        "suitable local place even so."
    ),
    "The rationale is the council's to write.",
)
OUTCOMES = {
    "unplaced": "without a place",
    "independent": "in independent provision",
    "out_of_area": "out of area (independent places away included)",
}


class Subject(NamedTuple):
    """A scheme, and the pools it gives places to."""

    scheme: Scheme
    keys: list[PoolKey]

    def concerns(self, need: str, phase: str) -> bool:
        """Whether it could serve children of a need in a phase."""
        return any(_meets(key, need) and phase in _phases(key) for key in self.keys)


def evidence(
    case: Case, schemes: Iterable[Scheme], pools: Pools, published: Published
) -> pd.DataFrame:
    """Return rows of scheme, question, answer and figure, for every scheme that is proposed."""
    rows: list[tuple[str, str, str, str]] = []
    for scheme in schemes:
        if scheme.committed:
            continue
        subject = Subject(scheme, [pools.keys[pool] for pool in scheme.steps])
        name = scheme.name or scheme.scheme_id
        rows += [(name, *row) for row in _sheet(case, subject, published)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _sheet(case: Case, subject: Subject, published: Published) -> Iterator[tuple[str, str, str]]:
    kinds = dict(zip(case.provisions["provision_id"], case.provisions["kind"], strict=True))
    kind = case.settings.base_kind(str(kinds[subject.scheme.provision_id]))
    full = sum(steps[-1].places for steps in subject.scheme.steps.values())
    for_whom = f"{needs_of(subject.keys)}; {span(subject.keys)}"
    yield PURPOSE, for_whom, f"{figure(full)} places in full"
    yield from _taking(case, subject, published, "base", BASES)
    yield from _taking(case, subject, published, "special", SPECIAL)
    yield from _served(case, subject, published)
    yield from _gap(case, subject, published)
    is_base = kind == "base"
    yield RATIONALE, "It is one: the scheme is a specialist base." if is_base else TO_WRITE, ""


def _taking(
    case: Case, subject: Subject, published: Published, kind: str, question: str
) -> Iterator[tuple[str, str, str]]:
    """Yield how full the provisions of a kind are that take the needs and year groups of a scheme."""
    last = case.settings.last_year
    names = dict(zip(case.provisions["provision_id"], case.provisions["name"], strict=True))
    kinds = dict(zip(case.provisions["provision_id"], case.provisions["kind"], strict=True))
    found = 0
    for row in published.use[published.use["year"].astype(int) == last].to_dict("records"):
        provision = str(row["provision"])
        of_kind = case.settings.base_kind(str(kinds.get(provision, ""))) == kind
        if of_kind and any(_overlap(key, row) for key in subject.keys):
            codes = (
                "any need" if row["needs"] == needs.ANY else str(row["needs"]).replace("|", ", ")
            )
            label = f"{names.get(provision, provision)} ({codes}, NCY {row['ncy_from']} to {row['ncy_to']})"
            of = "" if is_missing(row["places"]) else f" of {figure(row['places'])} places"
            yield question, label, f"{figure(row['used'])}{of} used, {academic(last)}"
            found += 1
    if not found:
        yield question, "None in the plan", ""


def _served(case: Case, subject: Subject, published: Published) -> Iterator[tuple[str, str, str]]:
    last = case.settings.last_year
    served = published.served
    mine = served[
        (served["scheme"] == subject.scheme.scheme_id) & (served["year"].astype(int) == last)
    ]
    few = np.array([is_withheld(count) for count in mine["children"]], bool)
    for row in mine[~few].to_dict("records"):
        told = f"{figure(row['children'])}, {academic(last)}"
        yield SERVED, f"{row['need']}, {row['phase']}", told
    if few.any():
        yield SERVED, "Other needs and phases, of few children each", WITHHELD
    if mine.empty:
        yield SERVED, "Nobody: the plan does not open it, or nobody is in its places", ""


def _gap(case: Case, subject: Subject, published: Published) -> Iterator[tuple[str, str, str]]:
    last = case.settings.last_year
    for row in published.gap[published.gap["year"].astype(int) == last].to_dict("records"):
        if subject.concerns(str(row["need"]), str(row["phase"])):
            told = [
                f"{figure(row[name])} {words}"
                for name, words in OUTCOMES.items()
                if isinstance(row[name], str) or row[name] > 0
            ]
            if told:
                yield GAP, f"{row['need']}, {row['phase']}", f"{', '.join(told)}, {academic(last)}"


def _meets(key: PoolKey, need: str) -> bool:
    return key.needs == needs.ANY or need in key.needs.split("|")


def _phases(key: PoolKey) -> set[str]:
    return {needs.phase(ncy) for ncy in range(key.ncy_from, key.ncy_to + 1)}


def _overlap(key: PoolKey, row: dict[object, object]) -> bool:
    """Whether a pool of `use.csv` takes some need and year group that a scheme is for."""
    theirs, mine = set(str(row["needs"]).split("|")), set(key.needs.split("|"))
    alike = needs.ANY in theirs | mine or bool(theirs & mine)
    low, high = int(str(row["ncy_from"])), int(str(row["ncy_to"]))
    return alike and low <= key.ncy_to and key.ncy_from <= high

"""Children by need, phase and year: who is without a place, and who is placed away; what says nothing is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sufficiency import needs
from sufficiency.evidence.naming import listed, runs
from sufficiency.report import drawings
from sufficiency.report.headline import at_least
from sufficiency.report.parts import (
    PHASE_WORDS,
    Cell,
    Section,
    Table,
    academic,
    counted,
    figure,
    heading,
    is_withheld,
    numbers,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sufficiency.disclosure import Published
    from sufficiency.report.parts import Plan


class Measure(NamedTuple):
    """A count of children: what heads its table, where it says that children are, and what is said of nobody."""

    caption: str
    where: str
    nobody: str


MEASURES = {
    "unplaced": Measure(
        "Children modelled without a place",
        "without a place",
        "Nobody is modelled without a place in any year.",
    ),
    "children": Measure(
        "Children modelled, with a place or without", "modelled", "No children are modelled."
    ),
    "independent": Measure(
        "Children modelled in independent provision",
        "in independent provision",
        "Nobody is placed independently.",
    ),
    "out_of_area": Measure(
        "Children modelled out of area, independent places included",
        "out of area",
        "Nobody is placed out of area.",
    ),
}
#: Up to so many years are said in a sentence where needs and phases tell nothing; more are a table.
FEW_YEARS = 3


@dataclass(frozen=True)
class Laid:
    """One measure as it is laid out.

    Attributes
    ----------
    table
        What is told of it; None where a sentence says it all.
    words
        Sentences on what the table leaves out.
    """

    table: Table | None
    words: Sequence[str]


@dataclass(frozen=True)
class _Counts:
    """A measure by need and phase, as published.

    Attributes
    ----------
    rows
        By need and phase: a cell a year, without those of whom there is nobody in any year.
    total
        Of all needs and phases; None where that is not published.
    """

    years: Sequence[int]
    rows: dict[tuple[str, str], list[object]]
    total: list[object] | None

    @property
    def kept(self) -> dict[tuple[str, str], list[object]]:
        """The rows that tell a number of anybody in any year."""
        return {key: row for key, row in self.rows.items() if any(map(_tells, row))}

    @property
    def empty(self) -> list[int]:
        """The years with nobody."""
        every = [*self.rows.values(), *([self.total] if self.total else [])]
        return [y for n, y in enumerate(self.years) if not any(_somebody(row[n]) for row in every)]


def gap(plan: Plan) -> Section:
    """Lay out children by need, phase and year."""
    unplaced, children = (lay_out(plan.published, measure) for measure in ("unplaced", "children"))
    found = [unplaced.table, _folded(children.table)]
    return Section(
        "gap",
        "The gap, by need and phase",
        [
            *unplaced.words,
            (
                "Each table counts the children modelled in each academic year; needs and phases with "
                "nobody in any year are left out."
            ),
            (
                f"{at_least(plan.summary['children'], plan)} children are modelled in all, each counted once. "
                "Some come later and some leave, so a year has fewer; their years add up to more."
            ),
        ],
        [table for table in found if table],
        [*children.words, withheld(plan)],
    )


def placements(plan: Plan) -> Section:
    """Show where children are placed: own places, out of area, independent, none."""
    drawn = [drawings.outcomes(plan), drawings.independent(plan)]
    found = [lay_out(plan.published, measure) for measure in ("independent", "out_of_area")]
    tables = [_folded(laid.table) for laid in found]
    return Section(
        "placements",
        "Independent and out-of-area placements",
        [
            (
                "An independent place may be in this council's area or out of it; state places out of area are "
                "other councils' schools and bases."
            ),
            *(words for laid in found if not laid.table for words in laid.words),
        ],
        [table for table in tables if table],
        [*(words for laid in found if laid.table for words in laid.words), withheld(plan)],
        [drawing for drawing in drawn if drawing],
    )


def _folded(table: Table | None) -> Table | None:
    return replace(table, folded=True) if table else None


def lay_out(published: Published, measure: str) -> Laid:
    """Lay out one measure by need, phase and year.

    Years with nobody, and needs and phases of whom nothing is told, are said in a sentence and left out of the table.
    """
    said, counts = MEASURES[measure], _counts(published, measure)
    if len(counts.empty) == len(counts.years):
        return Laid(None, [said.nobody])
    told = [n for n, year in enumerate(counts.years) if year not in counts.empty]
    if not counts.kept and (counts.total is None or len(told) <= FEW_YEARS):
        return Laid(None, [_in_words(counts, said, told)])
    words = [_nobody(counts, said)] if counts.empty else []
    if gone := len(counts.rows) - len(counts.kept):
        rows = f"{counted(gone, 'row')} of “{said.caption}” {'is' if gone == 1 else 'are'}"
        words.append(
            f"{rows[0].upper()}{rows[1:]} left out, as no year of them tells a number: gap.csv has them."
        )
    return Laid(_table(counts, said, told), words)


def _counts(published: Published, measure: str) -> _Counts:
    """Gather a measure, in the order of needs and phases."""
    years = sorted(int(year) for year in published.gap["year"].unique())
    order = [*needs.NEEDS, needs.UNASSESSED]
    found: dict[tuple[str, str], list[object]] = {}
    for (need, phase), rows in published.gap.groupby(["need", "phase"], sort=False):
        value = dict(zip(rows["year"].astype(int), rows[measure], strict=True))
        cells = [value.get(year, 0) for year in years]
        if any(map(_somebody, cells)):
            found[str(need), str(phase)] = cells
    by_need = sorted(found, key=lambda key: (order.index(key[0]), list(PHASE_WORDS).index(key[1])))
    total = _of_everybody(published.outcomes, measure, years)
    return _Counts(years, {key: found[key] for key in by_need}, total)


def _of_everybody(
    outcomes: pd.DataFrame, measure: str, years: Sequence[int]
) -> list[object] | None:
    """Return the cells of all needs and phases, where they are published."""
    if measure not in outcomes:
        return None
    value = dict(zip(outcomes["year"].astype(int), outcomes[measure], strict=True))
    return [value.get(year, 0) for year in years]


def _somebody(cell: object) -> bool:
    return is_withheld(cell) or float(str(cell)) > 0


def _tells(cell: object) -> bool:
    return not is_withheld(cell) and float(str(cell)) > 0


def _in_words(counts: _Counts, said: Measure, told: Sequence[int]) -> str:
    """Say a measure of which needs and phases tell nothing: "31 in 2025/26, by need and phase withheld"."""
    which = [counts.years[n] for n in told]
    if counts.total is None:
        words = f"by need and phase withheld in {runs(which)}"
    else:
        each = [f"{figure(counts.total[n])} in {academic(counts.years[n])}" for n in told]
        words = f"{listed(each)}, by need and phase withheld"
    rest = f"; nobody in {runs(counts.empty)}" if counts.empty else ""
    return f"{said.caption}: {words}{rest}. gap.csv has every need, phase and year."


def _nobody(counts: _Counts, said: Measure) -> str:
    return f"Nobody is {said.where} in {runs(counts.empty)}."


def _table(counts: _Counts, said: Measure, told: Sequence[int]) -> Table:
    """Return the rows and years that tell something."""

    def cells(row: Sequence[object], *, is_total: bool = False) -> list[Cell]:
        return numbers((figure(row[n]) for n in told), is_total=is_total)

    rows: list[list[Cell]] = []
    if counts.total is not None:
        first = [heading("All needs", "rowgroup"), heading(PHASE_WORDS["all"])]
        rows.append([*first, *cells(counts.total, is_total=True)])
    for need, group in groupby(counts.kept, key=lambda key: key[0]):
        phases = [phase for _, phase in group]
        for n, phase in enumerate(phases):
            first = [heading(_need(need), "rowgroup", len(phases))] if n == 0 else []
            rows.append([*first, heading(PHASE_WORDS[phase]), *cells(counts.kept[need, phase])])
    heads = ["Need", "Phase", *(academic(counts.years[n]) for n in told)]
    return Table(said.caption, heads, rows, frozenset(range(2, len(heads))))


def _need(code: str) -> str:
    return f"{needs.NEEDS[code]} ({code})" if code in needs.NEEDS else code

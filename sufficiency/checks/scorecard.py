"""The scorecard: one value for a measure and period, parts of something, one unit, and what of it is withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.faults import Fault, rows_of
from sufficiency.scorecard import withheld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case


def said_twice(case: Case) -> Iterator[Fault]:
    """Find two values for one measure and period."""
    key = ["measure", "part_of", "period"]
    twice = case.scorecard.duplicated(key, keep=False) & (case.scorecard["measure"] != "")
    if rows := rows_of(twice):
        what = "two values for one measure and period"
        yield Fault("E1801", case.files["scorecard"], what, "keep one of them", "period", rows)


def parts_of_nothing(case: Case) -> Iterator[Fault]:
    """Find parts of a measure that is not there, of themselves, or of one another in a circle."""
    rows = case.scorecard
    known = set(rows.loc[rows["part_of"] == "", "measure"])
    while more := set(rows.loc[rows["part_of"].isin(known), "measure"]) - known:
        known |= more
    if stray := rows_of((rows["part_of"] != "") & ~rows["part_of"].isin(known)):
        what = "a part of a measure that is not there"
        remedy = "write part_of as the measure is written, or leave it blank"
        yield Fault("E1802", case.files["scorecard"], what, remedy, "part_of", stray)


def units_that_differ(case: Case) -> Iterator[Fault]:
    """Warn of a measure in two units, or with two aims: its values cannot be compared."""
    rows = case.scorecard
    for column in ("unit", "aim"):
        kinds = rows.groupby(["measure", "part_of"])[column].transform("nunique")
        if several := rows_of(kinds > 1):
            what = f"one measure with more than one {column}; its first is used"
            remedy = "say it alike in every row, or call the measures apart"
            yield Fault("W1801", case.files["scorecard"], what, remedy, column, several)


def few_children(case: Case) -> Iterator[Fault]:
    """Warn of values that are withheld, since they, or what they leave of the whole, are of few children."""
    least = case.settings.disclosure.threshold
    if hidden := rows_of(withheld(case.scorecard, least)):
        what = (
            f"fewer than {least} children could be worked out from these values; they are withheld"
        )
        remedy = "leave them out, or give larger groups, if you mean to show others of that period"
        yield Fault("W1802", case.files["scorecard"], what, remedy, "value", hidden)

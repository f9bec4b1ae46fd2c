"""The annexes of a run, from what is published: as CSV beside the tables, and as sheets of a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.annexes import evidence, pipeline, returns
from sufficiency.documents.columns import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from sufficiency.case import Case
    from sufficiency.disclosure import Published
    from sufficiency.findings import Findings
    from sufficiency.run import Prepared

WORKBOOK = "annexes.xlsx"
FOLDER = "annexes"


def annexes(prepared: Prepared, published: Published) -> list[Sheet]:
    """Return the annexes of a plan that may be published.

    Parameters
    ----------
    published
        With the tables of `returns.asked` among its `more`.
    """
    case, basis = prepared.case, prepared.basis
    schemes = pipeline.pipeline(case, basis.schemes, basis.pools, published.schemes)
    reasons = evidence.evidence(case, basis.schemes, basis.pools, published)
    return [
        *_returns(case, published.more),
        _sheet("scheme_pipeline", "Pipeline of capital schemes", pipeline.NOTES, schemes),
        _sheet("scheme_evidence", "Evidence, scheme by scheme", evidence.NOTES, reasons),
    ]


def for_the_return(case: Case, findings: Findings) -> list[Sheet]:
    """Return the tables of the returns, exact: for whoever makes the return, in the private folder."""
    return _returns(case, returns.exact(case, findings))


def _returns(case: Case, found: Mapping[str, pd.DataFrame]) -> list[Sheet]:
    first, years = case.settings.base_year, case.settings.years
    sheets = []
    for name, table in found.items():
        wanted = min(years, returns.YEARS.get(name, years))
        laid_out = returns.lay_out(name, table, range(first, first + wanted))
        sheets.append(_sheet(name, returns.SHAPES[name].title, returns.NOTES[name], laid_out))
    return sheets


def tables(sheets: list[Sheet]) -> Mapping[str, pd.DataFrame]:
    """Return the annexes' tables by the name of their file."""
    return {f"{FOLDER}/{sheet.key}": sheet.table for sheet in sheets}


def _sheet(key: str, title: str, notes: Sequence[str], table: pd.DataFrame) -> Sheet:
    return Sheet(key, title, [Column(str(name)) for name in table.columns], table, notes)

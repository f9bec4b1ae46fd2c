"""What the command ``demand`` says: arrivals by need, phase and year, or how well past years were projected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs
from sufficiency.case import read_case
from sufficiency.checks import check_case
from sufficiency.demand import people
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import errors, faults_as_rows
from sufficiency.locate import locate
from sufficiency.projection.back_test import BackTest, back_test, read_history
from sufficiency.projection.project import Projection, project

if TYPE_CHECKING:
    from pathlib import Path

    from sufficiency.faults import Fault

ORDER = {code: at for at, code in enumerate([*needs.NEEDS, needs.UNASSESSED])}


def project_case(path: Path) -> tuple[Projection, list[Fault]]:
    """Read a case and project its arrivals, short of everything else.

    Raises
    ------
    CaseError
        When the case has errors.
    UsageError
        When nothing is to be projected.
    """
    case, faults = read_case(path)
    if case is None:
        raise CaseError(faults)
    faults += check_case(case)
    if errors(faults):
        raise CaseError(faults)
    everyone = people(case)
    located = locate(case, everyone)
    everyone["area"] = located.area
    projection, found = project(case, everyone, located)
    faults += [*located.faults, *found]
    if errors(faults):
        raise CaseError(faults)
    if not projection.method and "W1607" not in {fault.code for fault in found}:
        listed = len(case.new_children)
        why = f"{case.files['new_children']} lists them" if listed else "it has no [demand]"
        raise UsageError(f"no arrivals of this case are projected: {why}")
    return projection, faults


def by_need(arrivals: pd.DataFrame) -> pd.DataFrame:
    """Return children by `need`, `phase` and `year`, in the DfE's order of needs."""
    phase = arrivals["ncy"].map(lambda ncy: needs.phase(int(ncy)))
    table = arrivals.assign(phase=phase).groupby(["need", "phase", "year"], as_index=False)
    summed = table[["children"]].sum()
    phases = list(needs.PHASES)
    keys = {"need": summed["need"].map(ORDER), "phase": summed["phase"].map(phases.index)}
    order = pd.DataFrame({**keys, "year": summed["year"]}).sort_values(["need", "phase", "year"])
    return summed.loc[order.index].reset_index(drop=True)


def arrivals_rows(projection: Projection) -> list[dict[str, str]]:
    """Return the table to print: a row a need and phase, a column a year, and totals."""
    table = by_need(projection.arrivals)
    wide = table.pivot_table(index=["need", "phase"], columns="year", values="children", sort=False)
    wide = wide.fillna(0.0)
    rows = [
        {"need": str(need), "phase": str(phase)}
        | {str(year): f"{n:,.1f}" for year, n in row.items()}
        for (need, phase), row in zip(wide.index, wide.to_dict("records"), strict=True)
    ]
    total = {str(year): f"{n:,.1f}" for year, n in wide.sum().items()}
    return [*rows, {"need": "all", "phase": ""} | total] if rows else []


def arrivals_json(projection: Projection, faults: list[Fault]) -> dict[str, Any]:
    """Return the same for machines."""
    table = by_need(projection.arrivals)
    return {
        "demand": projection.stamp,
        "arrivals": table.to_dict("records"),
        "findings": faults_as_rows(faults),
    }


def try_history(path: Path, history: Path) -> BackTest:
    """Back-test on a history, with the growth of a case's `[demand]` among the methods."""
    case, faults = read_case(path)
    if case is None or "settings" not in case.whole:
        raise CaseError(faults)
    return back_test(read_history(history), case.settings.demand)


def score_rows(found: BackTest) -> list[dict[str, str]]:
    """Return the scores to print, best first within a measure."""
    order = found.scores.sort_values(["measure", "weighted_pct"], ascending=[False, True])
    return [
        {
            "measure": row["measure"],
            "by need": f"{row['mape_pct']:.1f}%",
            "weighted": f"{row['weighted_pct']:.1f}%",
            "in total": f"{row['total_pct']:+.1f}%",
            "method": row["method"],
        }
        for row in order.to_dict("records")
    ]


def error_rows(found: BackTest) -> list[dict[str, str]]:
    """Return the errors by need to print."""
    ordered = found.rows.assign(at=found.rows["need"].map(ORDER).fillna(len(ORDER)))
    ordered = ordered.sort_values(["measure", "at"], ascending=[False, True], kind="stable")
    return [
        {
            "measure": row["measure"],
            "need": row["need"],
            "projected": f"{row['projected']:,.0f}",
            "actual": f"{row['actual']:,.0f}",
            "error": f"{row['error_pct']:+.1f}%",
            "method": row["method"],
        }
        for row in ordered.to_dict("records")
    ]

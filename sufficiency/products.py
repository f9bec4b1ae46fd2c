"""What a run's folder holds: every file, from the exact findings and what of them may be published."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency import __version__, scorecard, who_is_where
from sufficiency.already import compare
from sufficiency.annexes import returns
from sufficiency.annexes.make import FOLDER, annexes, for_the_return
from sufficiency.compared import publish_changes
from sufficiency.differences import told
from sufficiency.disclosure import Published, Rules, publish
from sufficiency.geopackage.layers import write_layers
from sufficiency.ledger import ITEMS
from sufficiency.report.documents import documents, geography_of, told_faults
from sufficiency.skipping import sentence, tally
from sufficiency.write import PRIVATE, RECORD, write_csv, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models import Solution
    from sufficiency.case import Case
    from sufficiency.documents.columns import Sheet
    from sufficiency.faults import Fault
    from sufficiency.run import Run
    from sufficiency.settings import Settings

#: What was found in the data, with its rows, in the private folder.
FOUND = "findings-on-the-data"
#: Says, beside the tables, that they lack rows of the case; only there if they do.
LEFT_OUT = "left-out.txt"
#: Raised when a field of `summary.json` changes its meaning.
SCHEMA = 1
#: Libraries whose versions bear on the answer.
LIBRARIES = ("highspy", "PuLP", "numpy", "pandas", "pyproj", "scipy", "shapely", "osmnx")

#: Tables with figures that rest on how journeys were measured; `travel` has its own column of it.
RESTS_ON_TRAVEL = ("placements", "gap", "areas", "ledger", "changes")


def write_run(folder: Path, run: Run, *, tables_only: bool = False) -> dict[str, object]:
    """Write every file of a run into `folder`, or its tables and figures alone; return the summary."""
    published = publish_run(run)
    method = run.prepared.travel.journeys.method
    for name, table in published.tables().items():
        write_csv(folder / f"{name}.csv", stamped(name, table, method))
    if run.baseline:
        changes = publish_changes(run.baseline.changes, published.rules.threshold)
        write_csv(folder / "changes.csv", stamped("changes", changes, method))
    provisions = who_is_where.provisions(run.prepared.basis)
    write_csv(folder / f"{who_is_where.PROVISIONS}.csv", provisions)
    recorded = scorecard.publish(run.prepared.case.scorecard, published.rules.threshold)
    if len(recorded):
        write_csv(folder / f"{scorecard.FILE}.csv", recorded)
    summary = summarise(run)
    if published.told:
        summary["withheld_but_told_by_money"] = published.told
    write_json(folder / "summary.json", summary)
    write_json(folder / RECORD, record(run) | {"disclosure": withheld(run, published)})
    if not tables_only:
        _write_documents(folder, run, published, summary)
    if gone := sentence(tally(run.prepared.left_out)):
        (folder / LEFT_OUT).write_text(f"{gone}\n{PRIVATE}/{FOUND}.csv says which rows.\n", "utf-8")
    _write_private(folder / PRIVATE, run)
    return summary


def _write_documents(
    folder: Path, run: Run, published: Published, summary: dict[str, object]
) -> None:
    """Write what people read: the report, papers, maps, annexes and layers."""
    for name, made in documents(run, published, summary).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(made if isinstance(made, bytes) else made.encode())
    _write_annexes(folder, annexes(run.prepared, published))
    write_layers(folder, run.prepared, published, geography_of(run))


def _write_annexes(folder: Path, sheets: Sequence[Sheet]) -> None:
    (folder / FOLDER).mkdir()
    for sheet in sheets:
        write_csv(folder / FOLDER / f"{sheet.key}.csv", sheet.table)


def publish_run(run: Run) -> Published:
    """Withhold what must be withheld of a run: of the plan and its baseline together, and of what is public already."""
    before = None if run.baseline is None or run.baseline.is_plan else run.baseline.findings
    settings = run.prepared.case.settings.disclosure
    rules = Rules(settings.threshold, settings.round_to)
    now, headlines = record(run), summarise(run)
    already = [compare(earlier, now, headlines) for earlier in run.already]
    return publish(run.findings, before, already, rules, returns.asked(run.prepared.case))


def withheld(run: Run, published: Published) -> dict[str, object]:
    """Return how disclosure was controlled: rules, geographies, cells withheld, and the public runs considered."""
    return {
        "threshold": published.rules.threshold,
        "round_to": published.rules.round_to,
        "margin": published.rules.margin,
        "geography": dict(published.geography),
        "cells_withheld": dict(published.withheld),
        "cells_told_by_money": published.told,
        "published": [str(earlier.record["run_id"]) for earlier in run.already],
    }


def stamped(name: str, table: pd.DataFrame, method: str) -> pd.DataFrame:
    """Return a table with the method of travel beside every figure that rests on it."""
    if name not in RESTS_ON_TRAVEL:
        return table
    here = (
        table["item"] == "transport" if "item" in table else pd.Series(data=True, index=table.index)
    )
    return table.assign(method=here.map({True: method, False: ""}))


def exit_code(solution: Solution) -> int:
    """Return 0 when the gap asked for is proved, 5 when it is not."""
    from models import Status
    from sufficiency.run import NOT_PROVED

    return 0 if solution.status is Status.OPTIMAL else NOT_PROVED


def summarise(run: Run) -> dict[str, object]:
    """Return `summary.json`: headlines, proof, money by ledger item, and the schemes with their years."""
    solution, findings, case = run.solution, run.findings, run.prepared.case
    return {
        "schema": SCHEMA,
        "run_id": run_id(run),
        "title": case.settings.title,
        "base_year": case.settings.base_year,
        "years": case.settings.years,
        "status": solution.status.value,
        "objective_gbp": solution.objective,
        "bound_gbp": solution.bound,
        "cost_gbp": findings.cost_gbp,
        "gap_pct": 100 * solution.gap,
        "seconds": round(solution.seconds, 3),
        "children": findings.children,
        "unplaced_child_years": findings.unplaced_child_years,
        "ledger_gbp": _totals(findings.ledger, "gbp"),
        "ledger_gbp_discounted": _totals(findings.ledger, "gbp_discounted"),
        "schemes": [
            {
                "scheme_id": scheme.scheme_id,
                "name": scheme.name,
                "year": findings.opening.get(scheme.scheme_id),
            }
            | {"status": "committed" if scheme.committed else "proposed"}
            for scheme in run.prepared.basis.schemes
        ],
        "travel": run.prepared.travel.journeys.method,
        "demand": run.prepared.projection.says,
        "baseline": _baseline(run),
        "threshold": case.settings.disclosure.threshold,
        "verified": True,
        "left_out": tally(run.prepared.left_out),
        "warnings": len(run.prepared.faults),
        **_rounding(run),
        **_scenario(run),
    }


def _scenario(run: Run) -> dict[str, object]:
    """Return which scenario was planned, and how it differs from the case; nothing for the case as it is."""
    scenario = run.scenario
    if scenario is None:
        return {}
    title = scenario.title or scenario.name
    return {"scenario": {"name": scenario.name, "title": title, "differences": told(scenario)}}


def _rounding(run: Run) -> dict[str, object]:
    """Return what it cost to split no child, and how many groups have no whole number of children, if asked for."""
    if run.rounding is None:
        return {}
    return {
        "whole_children_cost_gbp": max(0.0, run.rounding.cost),
        "whole_children_left": run.rounding.not_whole,
    }


def _baseline(run: Run) -> dict[str, object] | None:
    """Return the headlines of the case without its proposed schemes; None if nobody asked."""
    before = run.baseline
    if before is None:
        return None
    return {
        "is_plan": before.is_plan,
        "objective_gbp": before.solution.objective,
        "cost_gbp": before.findings.cost_gbp,
        "unplaced_child_years": before.findings.unplaced_child_years,
        "ledger_gbp": _totals(before.findings.ledger, "gbp"),
        "ledger_gbp_discounted": _totals(before.findings.ledger, "gbp_discounted"),
        "seconds": 0.0 if before.is_plan else round(before.solution.seconds, 3),
    }


def _totals(ledger: pd.DataFrame, column: str) -> dict[str, float]:
    """Return the sum over all years of each item of the ledger."""
    return {item: float(ledger.loc[ledger["item"] == item, column].sum()) for item in ITEMS}


def run_id(run: Run) -> str:
    """Return twelve letters and digits that are the same for the same inputs, options and version."""
    basis = {"inputs": dict(run.prepared.case.inputs), "asked": run.asked, "version": __version__}
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:12]


def record(run: Run) -> dict[str, object]:
    """Return `run.json`: what went in and what it was run with, so that a run can be repeated."""
    case, prepared = run.prepared.case, run.prepared
    return {
        "schema": SCHEMA,
        "run_id": run_id(run),
        "case": case.path.resolve().name,
        "inputs_sha256": dict(case.inputs),
        "children_sha256": _children(case),
        "settings": _settings(case.settings),
        "asked": run.asked,
        "sufficiency": __version__,
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "solver": run.solution.solver,
        "solver_says": run.solution.log,
        "seconds": round(run.solution.seconds, 3),
        "travel": prepared.travel.journeys.method,
        "demand": prepared.projection.stamp,
        "postcodes": prepared.located.stamp,
        "threshold": case.settings.disclosure.threshold,
        "left_out": tally(prepared.left_out),
        "findings_on_the_data": [_fault(fault) for fault in told_faults(prepared)],
    }


def _children(case: Case) -> str:
    """Return the hash of the tables of children, which a workbook holds beside others."""
    tables = (case.children, case.new_children)
    return hashlib.sha256("".join(table.to_csv() for table in tables).encode()).hexdigest()


def _settings(settings: Settings) -> dict[str, object]:
    """Return every setting as it was used: transport spelt out for each kind that overrides it."""
    dumped = settings.model_dump(mode="json")
    for kind in settings.transport.by_kind:
        dumped["transport"]["by_kind"][kind] = settings.transport_for(kind).model_dump(mode="json")
    return dumped


def _fault(fault: Fault) -> dict[str, object]:
    place = fault.place(len(fault.rows))
    return {"code": fault.code, "place": place, "what": fault.what, "remedy": fault.remedy}


def _write_private(folder: Path, run: Run) -> None:
    """Write the exact tables, and the groups of children that went in, where only the analyst may look."""
    folder.mkdir(mode=0o700)
    exact, basis = run.findings, run.prepared.basis
    tables = {
        "placements": exact.placements,
        "unplaced": exact.unplaced,
        "use": exact.use.drop(columns="pool"),
        "gap": exact.gap,
        "travel": exact.travel,
        "areas": exact.areas,
        "served": exact.served,
        "origins": exact.origins,
        "groups": basis.groups,
        FOUND: pd.DataFrame(
            [_fault(fault) for fault in run.prepared.faults],
            columns=["code", "place", "what", "remedy"],
        ),
        who_is_where.FILE: who_is_where.whereabouts(basis, exact.somewhere, exact.without),
        who_is_where.LEDGER: exact.ledger,
    }
    if before := run.baseline:
        tables["changes"] = before.changes
    if before and not before.is_plan:
        of_before = before.findings.somewhere, before.findings.without
        tables[who_is_where.UNBUILT] = who_is_where.whereabouts(before.basis, *of_before)
        tables[who_is_where.UNBUILT_LEDGER] = before.findings.ledger
    method = run.prepared.travel.journeys.method
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", stamped(name, table, method))
    _write_annexes(folder, for_the_return(run.prepared.case, exact))
    (folder / "README.txt").write_text(
        "Exact counts and groups of children: personal data. Not for publication; keep it on this machine.\n"
    )

"""The sections of the report that say what the plan rests on, how sure it is, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.report.parts import PROVED_PCT, Cell, Section, Table, counted, heading, withheld

if TYPE_CHECKING:
    from pydantic import BaseModel

    from sufficiency.report.parts import Plan


def assumptions(plan: Plan) -> Section:
    """List the settings the plan rests on."""
    rows = [
        [heading(name), Cell(value), Cell(unit), Cell(meaning)]
        for name, value, unit, meaning in _settings(plan.context.settings)
    ]
    return Section(
        "assumptions",
        "What it rests on",
        ["Prices, places and schemes stand in the case's own tables; these are its settings."],
        [Table("Settings of the case", ["Setting", "Value", "Unit", "Meaning"], rows)],
    )


def _settings(model: BaseModel, prefix: str = "") -> list[tuple[str, str, str, str]]:
    """Return name, value, unit and meaning of every setting in use."""
    from pydantic import BaseModel

    rows: list[tuple[str, str, str, str]] = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            rows += _settings(value, f"{prefix}{name}.")
        elif name == "by_kind":
            for kind, own in value.items():
                given = own.model_fields_set
                rows += [
                    r for r in _settings(own, f"{prefix}{kind}.") if r[0].split(".")[-1] in given
                ]
        elif name not in {"title", "kinds", "towns", "notice"} and value not in ("", []):
            extra = field.json_schema_extra
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            meaning = (field.description or "").replace("`", "")
            money = unit == "£"
            rows.append((f"{prefix}{name}", _written(value, money=money), unit, meaning))
    return rows


def _written(value: object, *, money: bool) -> str:
    """Write a setting's value for a reader."""
    if value is None:
        return "not set"
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_written(v, money=money)}" for k, v in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(_written(item, money=money) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}" if money else f"{value:.10g}"
    return str(value)


def data(plan: Plan) -> Section:
    """List what was found in the data."""
    rows = [
        [heading(fault.code), Cell(fault.place()), Cell(fault.what), Cell(fault.remedy)]
        for fault in plan.context.faults
    ]
    heads = ["Code", "Where", "What", "What to do"]
    found = counted(len(rows), "finding") if rows else "nothing to report"
    return Section(
        "data",
        "What was found in the data",
        [f"The case was checked before planning: {found}."],
        [Table("Findings on the data", heads, rows)] if rows else [],
    )


def proof(plan: Plan) -> Section:
    """Say how sure the plan is."""
    checked = (
        "Every balance of children, limit of places and sum of money was then recomputed from the plan "
        "alone, without the solver, and agreed."
        if plan.summary["verified"]
        else "The plan has not been recomputed without the solver."
    )
    stamps = [
        f"Run {plan.summary['run_id']}, sufficiency {plan.context.version}, solver {plan.context.solver}.",
        f"Homes and provisions were placed by: {plan.context.postcodes}."
        if plan.context.postcodes
        else "",
    ]
    return Section(
        "proof", "How sure it is", [_best(plan), checked], notes=[s for s in stamps if s]
    )


def _best(plan: Plan) -> str:
    """Say how near to the best there can be the plan is proved; it may have been asked to be no nearer."""
    better = f"another plan might do better by at most {plan.summary['gap_pct']:.3g}% of what was optimised."
    if plan.summary["status"] != "optimal":
        return (
            f"The search stopped before the plan was proved best: {better} "
            "Treat the choice of schemes as provisional."
        )
    if plan.summary["gap_pct"] > PROVED_PCT:
        return f"The plan is proved as near to the best as was asked for: {better}"
    return (
        "The plan is proved best: no other choice of schemes and places does better under these "
        "assumptions."
    )


def method(plan: Plan) -> Section:
    """Say how the plan is made and what it cannot say."""
    return Section(
        "method",
        "Method and caveats",
        [
            (
                "Each child modelled takes a place on entry, at the transfer of phase or at a review, and "
                "stays in it until it ends; places already taken are respected. The plan chooses schemes, "
                "opening years and places together, so that the cost of places, transport and building "
                "over the whole period is least, and that nobody is without a place who could have one."
            ),
            "A child without a place is counted in every year without one, and tries again the next.",
            (
                "The plan counts places needed. It does not place any child: needs that a code cannot tell, "
                "parental preference and the law on naming a school are matters for each child's plan."
            ),
            (
                "Costs are modelled from the prices in the case, so savings are estimates. Journeys are "
                "modelled too; real routes, shared vehicles and escorts differ."
            ),
        ],
        notes=[withheld(plan)],
    )

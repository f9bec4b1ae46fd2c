"""The sections of the report that say what the plan rests on, how sure it is, and what it cannot say."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sufficiency.pounds import money
from sufficiency.report.headline import of_all
from sufficiency.report.parts import (
    NOTHING,
    PHASE_WORDS,
    PROVED_PCT,
    Cell,
    Section,
    Table,
    academic,
    counted,
    heading,
    is_missing,
    is_withheld,
    numbers,
    withheld,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from sufficiency.report.parts import Plan


#: Settings that a reader asks about first, in plain words.
MAIN = {
    "money.price_base": "Prices of",
    "money.discount_rate_pct": "Real discount rate a year",
    "capital.budget_gbp": "Capital budget by year; unspent money carries forward",
    "demand.growth_pct": "Growth a year of children with a plan, where the case does not list arrivals",
    "waiting.gbp_per_child_year": "Interim provision, a year, of a child without a place",
    "travel.method": "How journeys are measured: straight line, road network or a table",
    "travel.detour_factor": "Road kilometres to a straight one",
    "travel.speed_kph": "Average speed of a straight journey",
    "travel.soft_minutes": "Journeys that guidance allows, by phase",
    "travel.max_minutes": "Journeys ruled out beyond, by phase",
    "transport.days": "School days that transport runs",
    "transport.gbp_per_day": "A vehicle a day, before distance",
    "transport.gbp_per_km": "A vehicle a kilometre",
    "transport.journeys_per_day": "Journeys a vehicle a day, empty ones included",
    "transport.children_per_vehicle": "Children who share a vehicle",
    "transport.eligible_pct": "Children transported at all",
    "review.gbp_per_move": "A move at review",
}
#: What is published elsewhere, to hold a plan's figures against: what, pounds, of when and where.
BENCHMARKS = {
    "independent": (
        "An independent place, a child a year",
        64_000,
        "England, 2024-25: answer to parliamentary question 100030, 7 January 2026",
    ),
    "transport": (
        "Transport, a child a year",
        8_116,
        "England, 2023-24, children with special needs who are transported: National Audit Office, October 2025",
    ),
    "capital": (
        "Capital, a place added",
        61_700,
        "England, 2025-26 to 2029-30: £3.7bn for about 60,000 places, DfE, February 2026",
    ),
}


#: Why modelled transport a child is not the published figure.
SPREAD = (
    "Modelled transport a child is spread over all children with a known journey, those who need no transport "
    "included, at the rates above. The published figure is of the children who are transported, and of contracts as "
    "they are, with escorts and empty seats: the two are not like for like, and the published one is usually higher. "
    "The command calibrate fits the rates to a council's own outturn."
)


def assumptions(plan: Plan) -> Section:
    """List the settings the plan rests on, and hold its figures against published ones."""
    every = _settings(plan.context.settings)
    main = [row for row in every if row.name in MAIN]
    named = sorted(main, key=lambda row: list(MAIN).index(row.name))
    short = [[heading(MAIN[row.name]), Cell(row.whole), Cell(row.source)] for row in named]
    rows = [
        [heading(row.meaning), Cell(row.whole), Cell(row.source), Cell(row.name)] for row in every
    ]
    return Section(
        "assumptions",
        "What it rests on",
        [
            (
                "Prices, places, schemes and children stand in the case's own tables. Money is real, in pounds of "
                f"{plan.context.settings.money.price_base}."
            )
        ],
        [
            Table("Main assumptions, with their source", ["Assumption", "Value", "Source"], short),
            *_scenario(plan),
            *_benchmarks(plan),
            Table(
                "Every setting of the case",
                ["Setting", "Value", "Source", "Name in the case"],
                rows,
                folded=True,
            ),
        ],
        [SPREAD],
    )


def _scenario(plan: Plan) -> list[Table]:
    """List how the scenario that was planned differs from the case; nothing for the case as it is."""
    scenario: Any = plan.summary.get("scenario")
    if not scenario:
        return []
    rows = [[heading(str(words))] for words in scenario["differences"]]
    caption = f"How the scenario “{scenario['title']}” differs from the case"
    return [Table(caption, ["Difference"], rows)]


def _benchmarks(plan: Plan) -> list[Table]:
    """Hold what things cost in the plan against what is published; nothing is told of few children."""
    opens = plan.published.schemes[plan.published.schemes["decision"] == "opens"]
    first = int(plan.summary["base_year"])
    ledger = plan.published.ledger
    gbp = ledger[ledger["year"] == first].set_index("item")["gbp"]
    outcomes = plan.published.outcomes
    here = outcomes[outcomes["year"] == first]
    found = {
        "independent": _each(gbp["independent fees"], next(iter(here["independent"]), None)),
        "transport": _each(gbp["transport"], of_all(plan.published, "children").get(first)),
        "capital": _each(opens["capital_gbp"].sum(), opens["places"].sum()),
    }
    rows = [
        [heading(what), *numbers([found[key], money(gbp, short=False)]), Cell(source)]
        for key, (what, gbp, source) in BENCHMARKS.items()
    ]
    title = f"The plan's figures beside published ones (modelled: {academic(first)}; capital: schemes that open)"
    return [
        Table(
            title, ["What", "Modelled", "Published", "Of when and where"], rows, frozenset({1, 2})
        )
    ]


def _each(gbp: float, of: object) -> str:
    """Write pounds for each of so many, if that number is shown and not nought."""
    if is_withheld(of) or is_missing(of) or not float(str(of)):
        return NOTHING
    return money(round(gbp / float(str(of)), -2), short=False)


class Setting(NamedTuple):
    """A setting as a reader sees it."""

    name: str
    value: str
    unit: str
    meaning: str
    source: str

    @property
    def whole(self) -> str:
        """Its value with its unit."""
        if self.value in {"not set", "none"} or not self.unit or self.unit == "year":
            return self.value
        money = self.unit == "£"
        one = money and ":" not in self.value
        return (
            f"£{self.value}"
            if one
            else f"{self.value}%"
            if self.unit == "%"
            else f"{self.value} ({self.unit})"
        )


def _settings(model: BaseModel, prefix: str = "") -> list[Setting]:
    """Return every setting in use; what overrides transport for a kind only where it is given."""
    from pydantic import BaseModel

    rows: list[Setting] = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            rows += _settings(value, f"{prefix}{name}.")
        elif name == "by_kind":
            for kind, own in value.items():
                given = own.model_fields_set
                rows += [
                    row._replace(meaning=f"{row.meaning} ({kind})")
                    for row in _settings(own, f"{prefix}{kind}.")
                    if row.name.split(".")[-1] in given
                ]
        elif name not in {"title", "kinds", "towns", "notice", "data_date"} and value not in (
            "",
            [],
        ):
            extra = field.json_schema_extra
            notes = extra if isinstance(extra, dict) else {}
            unit = str(notes.get("unit", ""))
            rows.append(
                Setting(
                    f"{prefix}{name}",
                    _written(value, money=unit == "£"),
                    unit,
                    _sentence(field.description or ""),
                    _source(
                        value, field.get_default(call_default_factory=True), notes.get("source")
                    ),
                )
            )
    return rows


def _sentence(words: str) -> str:
    """Return what a setting means as a row's heading."""
    return words[:1].upper() + words[1:].replace("`", "")


def _source(value: object, default: object, source: object) -> str:
    """Say where a value comes from: the case, or the default with its source."""
    if value != default:
        return "set in the case"
    return f"default: {source}" if source else "default"


def _written(value: object, *, money: bool) -> str:
    """Write a setting's value for a reader."""
    if value is None:
        return "not set"
    if isinstance(value, dict):
        if _alike(value):
            first, *_, last = value
            return f"{first} to {last}: {_written(value[first], money=money)} each"
        written = {PHASE_WORDS.get(k, k): _written(v, money=money) for k, v in value.items()}
        return "; ".join(f"{k}: {v}" for k, v in written.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(_written(item, money=money) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        pence = money and not float(value).is_integer()
        return f"{value:,.2f}" if pence else f"{value:,.10g}" if money else f"{value:.10g}"
    return str(value)


def _alike(value: dict[Any, object]) -> bool:
    """Whether a setting is the same in three years or more that follow each other."""
    keys = list(value)
    in_order = all(isinstance(key, int) for key in keys) and all(
        b == a + 1 for a, b in pairwise(keys)
    )
    return len(keys) > 2 and in_order and len({repr(found) for found in value.values()}) == 1


def data(plan: Plan) -> Section:
    """List what was found in the data."""
    rows = [
        [
            heading(fault.code),
            Cell(fault.place()),
            Cell(fault.what),
            Cell(fault.remedy.replace("`", "")),
        ]
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

"""Plans side by side as a section that people read, and as tables for machines."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import __version__
from sufficiency.evidence.answer import About, Evidence
from sufficiency.evidence.compare import charts as compare_charts
from sufficiency.evidence.compare.told import ALL, MEASURES, SAVED
from sufficiency.evidence.compare.words import (
    cautions,
    change,
    group_name,
    measured,
    ranged,
    scenario_words,
    sentence,
    setting_name,
    signed,
    total,
)
from sufficiency.evidence.counts import WITHHELD
from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.pounds import money
from sufficiency.report.journeys import PAIRED, changes_table
from sufficiency.report.parts import (
    NOTHING,
    Cell,
    Section,
    Table,
    academic,
    figure,
    heading,
    is_missing,
    numbers,
    stamp_line,
)
from sufficiency.settings import DIESEL_CAR, Transport
from sufficiency.skipping import sentence as left_out

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from sufficiency.evidence.compare.told import Comparison

#: Budgets in the order of the tables: never added up.
BUDGETS = (REVENUE, TRANSPORT, CAPITAL)
#: What breakdowns are called.
BY_WORDS = {"need": "need", "phase": "phase", "area": "area of home", "provision": "provision"}
#: Of more rows, what differs in data and settings is folded away.
MOST_ROWS = 16
CHANGE, NOT_BUILT = "change, ", "not built"
RANGE = (
    "Savings of transport are a range. One end counts whole vehicles: those of each area and provision, rounded up, so "
    "that a saving is there only when a vehicle is no longer hired; the other is pro rata, each child its share of a "
    "vehicle. Miles and hours are those of the children transported, there and back: fewer may be transported, too, "
    "where a kind of place needs less of it, or where a place is lost."
)


def evidence(found: Comparison) -> Evidence:
    """Say what is found, once for every reader."""
    said = [sentence(found, n) for n in range(len(found.sides))]
    warned = list(dict.fromkeys(words for side in found.sides for words in cautions(side)))
    asked = [words for plan in found.plans if (words := scenario_words(plan))]
    about = _about(found)
    return Evidence(
        about=about,
        answer=said[0],
        section=Section(
            "compare",
            f"What changes against {found.base.name}",
            [*said[1:], *asked, *warned, RANGE],
            list(_tables(found)),
            list(_notes(found)),
            list(compare_charts.drawings(found, _source(found, about))),
        ),
        found=_summary(found, warned),
        tables=_published(found),
        titles=TITLES,
        private=_private(found),
    )


#: Titles of the tables for machines.
TITLES = {
    "plans": "Plans side by side",
    "spending": "Spending by budget and year, and how it changes",
    "travel-savings": "Travel saved a year, as a range",
    "gains-and-losses": "Who gains and who loses",
}


def _about(found: Comparison) -> About:
    settings = found.base.settings
    runs = [str(plan.record["run_id"]) for plan in found.plans]
    names = [plan.name for plan in found.plans]
    digest = hashlib.sha256("|".join([*runs, *names, __version__]).encode()).hexdigest()
    notices = [str(plan.settings.get("notice", "")) for plan in found.plans]
    notices += [left_out(plan.summary.get("left_out") or {}) for plan in found.plans]
    years = found.base.years
    stamps = {
        "Run": digest[:12],
        "Plans": ", ".join(dict.fromkeys(runs)),
        "Data": str(settings["data_date"]) or f"academic year {academic(years[0])}",
        "Counts withheld": f"under {found.counts.threshold}",
        "Version": f"sufficiency {__version__}",
    }
    inputs = [dict(plan.record["inputs_sha256"]) for plan in found.plans]
    return About(
        command="compare",
        title=str(found.base.summary["title"]),
        period=f"{academic(years[0])} to {academic(years[-1])}",
        notice=" ".join(dict.fromkeys(text for text in notices if text)),
        stamps=stamps,
        inputs=inputs[1],
        asked={"plans": names, "runs": runs},
        others=[inputs[0], *inputs[2:]],
    )


def _source(found: Comparison, about: About) -> str:
    names = " and ".join(plan.name for plan in found.plans[1:])
    return f"{found.base.summary['title']}: {names} against {found.base.name}. {stamp_line(about.stamps)}"


def _tables(found: Comparison) -> Iterator[Table]:
    yield _side_by_side(found)
    yield from _schemes(found)
    yield _spending(found)
    for n in range(len(found.sides)):
        yield _travel(found, n)
        yield from _travel_by(found, n)
        yield from _gains(found, n)
        yield from _differs(found, n)


def _side_by_side(found: Comparison) -> Table:
    one = len(found.sides) == 1
    rows = []
    for measure in MEASURES:
        values = [measured(found, measure, n) for n in range(len(found.plans))]
        words = [Cell(change(found, measure, 1))] if one else []
        label = measure.label.format(year=academic(found.last_year))
        rows.append([heading(label), *numbers(values), *words])
    heads = ["Measure", *(plan.name for plan in found.plans), *(["Change"] if one else [])]
    return Table("Plans side by side", heads, rows, frozenset(range(1, len(found.plans) + 1)))


def _schemes(found: Comparison) -> Iterator[Table]:
    """Yield when each proposed scheme opens in each plan, if any plan has one."""
    names: dict[str, str] = {}
    opens = []
    for plan in found.plans:
        proposed = plan.schemes[plan.schemes["status"] == "proposed"]
        names |= dict(zip(proposed["scheme_id"], proposed["name"], strict=True))
        opens.append(dict(zip(plan.opened["scheme_id"], plan.opened["year"], strict=True)))
    rows = [
        [heading(name), *(Cell(academic(int(at[s])) if s in at else NOT_BUILT) for at in opens)]
        for s, name in names.items()
    ]
    if rows:
        heads = ["Proposed scheme", *(plan.name for plan in found.plans)]
        yield Table("Which schemes open, and when", heads, rows)


def _spending(found: Comparison) -> Table:
    """Return spending by budget and year of every plan, and by how much each option changes it."""
    years = sorted(int(year) for year in found.money["year"].unique())
    rows: list[list[Cell]] = []
    for budget in BUDGETS:
        mine = found.money[found.money["budget"] == budget]
        lines = [(found.base.name, mine[mine["option"] == 0].set_index("year")["baseline_gbp"])]
        for n, side in enumerate(found.sides):
            of = mine[mine["option"] == n].set_index("year")
            lines += [
                (side.after.name, of["option_gbp"]),
                (f"{CHANGE}{side.after.name}", of["change_gbp"]),
            ]
        for k, (name, amounts) in enumerate(lines):
            first = [heading(budget.capitalize(), "rowgroup", len(lines))] if k == 0 else []
            texts = [_thousands(gbp) for gbp in (*amounts.reindex(years), amounts.sum())]
            total_ = name.startswith(CHANGE)
            rows.append([*first, heading(name), *numbers(texts, is_total=total_)])
    heads = ["Budget", "Plan", *map(academic, years), "All years"]
    base = found.base.settings["money"]["price_base"]
    title = f"Spending by budget and year, £ thousand at {base} prices"
    return Table(title, heads, rows, frozenset(range(2, len(heads))))


def _thousands(gbp: float) -> str:
    return NOTHING if is_missing(gbp) else signed(gbp / 1000, "{:,.0f}".format)


#: Heads of a table of travel savings.
SAVED_HEADS = (
    "Children before",
    "After",
    "Child-miles",
    "Child-hours",
    "Vehicles",
    "Pounds",
    "Tonnes CO2",
)


def _saved(row: Mapping[Hashable, Any]) -> list[str]:
    """Write a row of travel savings."""
    whole, tenth = "{:,.0f}".format, "{:,.1f}".format
    return [
        figure(row["children_before"]),
        figure(row["children_after"]),
        ranged(row["child_miles"], row["child_miles"], whole),
        ranged(row["child_hours"], row["child_hours"], whole),
        ranged(row["vehicles_low"], row["vehicles_high"], tenth),
        ranged(row["gbp_low"], row["gbp_high"], money),
        ranged(row["tonnes_co2_low"], row["tonnes_co2_high"], tenth),
    ]


def _versus(found: Comparison, n: int) -> str:
    return f"{found.sides[n].after.name} against {found.base.name}"


def _travel(found: Comparison, n: int) -> Table:
    rows = found.told_savings
    mine = rows[(rows["option"] == n) & (rows["by"] == ALL)].to_dict("records")
    cells = [[heading(academic(int(row["year"]))), *numbers(_saved(row))] for row in mine]
    title = f"Travel saved a year, {_versus(found, n)} (− is more)"
    return Table(title, ["Year", *SAVED_HEADS], cells, frozenset(range(1, 8)))


def _travel_by(found: Comparison, n: int) -> Iterator[Table]:
    """Yield what is saved in the last year by need, phase, area and provision, where anybody changes."""
    rows = found.told_savings[found.savings["changed"] > 0]
    last = rows[(rows["option"] == n) & (rows["year"] == found.last_year)]
    for by, words in BY_WORDS.items():
        mine = last[last["by"] == by]
        cells = [
            [heading(group_name(by, row["group"], found)), *numbers(_saved(row))]
            for row in mine.to_dict("records")
        ]
        if cells:
            title = f"Travel saved in {academic(found.last_year)} by {words}, {_versus(found, n)} (− is more)"
            heads = [words.capitalize(), *SAVED_HEADS]
            yield Table(title, heads, cells, frozenset(range(1, 8)), folded=True)


def _gains(found: Comparison, n: int) -> Iterator[Table]:
    """Yield who gains and who loses in the last year: by phase for all to read, by need and area folded."""
    told = found.told_changes
    mine = told[(told["option"] == n) & (told["year"] == found.last_year)]
    whole = mine[mine["by"] == ALL]
    for by in ("phase", "need", "area"):
        rows = pd.concat([whole, mine[mine["by"] == by]])
        if whole.empty or len(rows) == 1:
            continue
        named = [
            ("All" if row["by"] == ALL else group_name(by, row["group"], found), row)
            for row in rows.to_dict("records")
        ]
        title = f"Longer and shorter journeys in {academic(found.last_year)} by {BY_WORDS[by]}, {_versus(found, n)}"
        yield changes_table(title, BY_WORDS[by], named, whole, folded=by != "phase")


def _differs(found: Comparison, n: int) -> Iterator[Table]:
    """Yield what differs between the data and settings of two plans, if anything does."""
    side = found.sides[n]
    rows = [[heading(name), Cell("", "", 1), Cell(how)] for name, how in side.inputs]
    rows += [
        [heading(setting_name(name)), Cell(before), Cell(after)]
        for name, before, after in side.settings
    ]
    rows += [
        [heading(f"Of the scenario: {words}"), *(Cell("yes" if has else "no") for has in both)]
        for words, *both in side.scenarios
    ]
    if rows:
        title = f"What differs in data and settings, {_versus(found, n)}"
        heads = ["Input or setting", side.before.name, side.after.name]
        yield Table(title, heads, rows, folded=len(rows) > MOST_ROWS)


def _notes(found: Comparison) -> Iterator[str]:
    yield found.counts.note
    yield (
        "High needs revenue, transport and capital are different budgets and are not added up; pounds and children "
        "are not either. Savings are modelled, not banked."
    )
    yield (
        f"{WITHHELD} in travel saved: fewer than {found.counts.threshold} children stand behind the figure, or "
        "change between the plans, or it would give away one that is withheld. Pounds and miles are rounded to the "
        "nearest hundred."
    )
    if any(not side.changes.empty for side in found.sides):
        yield PAIRED
    factor = found.base.settings["transport"]["kg_co2_per_km"]
    usual = factor == Transport.model_fields["kg_co2_per_km"].default
    yield f"CO2: {factor:g} kg a vehicle-kilometre, empty ones included ({DIESEL_CAR if usual else 'set in the case'})."
    yield f"Journeys: {found.base.summary['travel']}."


def _published(found: Comparison) -> dict[str, pd.DataFrame]:
    names = [plan.name for plan in found.plans]
    plans = []
    for n, plan in enumerate(found.plans):
        told = {m.key: found.told(m, n) for m in MEASURES}
        shown = {key: WITHHELD if value is None else value for key, value in told.items()}
        plans.append({"plan": plan.name, "run_id": plan.record["run_id"], **shown})

    def named(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(option=rows["option"].map(lambda n: names[int(n) + 1])).rename(
            columns={"group": "of"}
        )

    spending = named(found.money)
    spending = spending[spending["budget"].isin(BUDGETS)]
    first = ["option", "budget", "year"]
    return {
        "plans": pd.DataFrame(plans),
        "spending": spending[[*first, "baseline_gbp", "option_gbp", "change_gbp"]].round(2),
        "travel-savings": named(found.told_savings),
        "gains-and-losses": named(found.told_changes),
    }


def _private(found: Comparison) -> dict[str, pd.DataFrame]:
    exact = {"plans": found.measures.rename_axis("measure").reset_index()}
    exact["plans"].columns = pd.Index(["measure", *(plan.name for plan in found.plans)])
    return exact | {"travel-savings": found.savings, "gains-and-losses": found.changes}


def _change(found: Comparison, n: int, budget: str) -> float:
    """Return by how many pounds an option changes a budget, over all years."""
    mine = found.money[(found.money["option"] == n) & (found.money["budget"] == budget)]
    return round(float(mine["change_gbp"].sum()), 2)


def _summary(found: Comparison, warned: list[str]) -> dict[str, object]:
    """Return what machines read: every plan, and what each option changes."""
    options = []
    for n, side in enumerate(found.sides):
        row = total(found, n, found.last_year)
        saved = {name: row[name] for name in row if name.startswith(tuple(SAVED))}
        options.append(
            {
                "plan": side.after.name,
                "change_gbp": {budget: _change(found, n, budget) for budget in BUDGETS},
                "travel_saved_a_year": {"year": found.last_year, **saved},
                "same_children": side.same_children,
                "settings_that_differ": [name for name, *_ in side.settings],
                "inputs_that_differ": [name for name, _ in side.inputs],
                "scenario_differences": [words for words, *_ in side.scenarios],
            }
        )
    plans = _published(found)["plans"].to_dict("records")
    return {
        "baseline": found.base.name,
        "plans": plans,
        "options": options,
        "cautions": warned,
        "threshold": found.counts.threshold,
        "last_year": found.last_year,
    }

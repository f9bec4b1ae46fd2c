"""What is told of step-downs: in words, tables and a chart; aggregated, and by group only in the private folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.charts.canvas import Words
from sufficiency.charts.columns import Columns, Series, draw_columns
from sufficiency.evidence.answer import About, Evidence, about
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import DUST, WITHHELD, Counts
from sufficiency.evidence.few import OTHERS, folded
from sufficiency.evidence.shortage.told import signed
from sufficiency.evidence.stepdowns.find import (
    LATER,
    LEAVES,
    LOCAL,
    MARK,
    OUTCOMES,
    SCHEME,
    StepDowns,
    groups_of,
)
from sufficiency.evidence.stepdowns.words import (
    EVIDENCE,
    MARGINAL,
    NETWORK,
    UNDISCOUNTED,
    adds_up,
    answer,
    swapped,
    unbuilt,
)
from sufficiency.pounds import money
from sufficiency.report.parts import (
    PHASE_WORDS,
    Drawing,
    Figure,
    Section,
    Table,
    academic,
    heading,
    numbers,
    stamp_line,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.problem import Floats

#: What a child's two placements cost a year, in the order of the comparison.
COMPARED = {
    "fee_gbp": "Independent fee",
    "transport_before_gbp": "and transport",
    "price_gbp": "Local top-up",
    "place_funding_gbp": "place funding",
    "transport_gbp": "and transport",
    "net_gbp": "Less a year",
}
#: Sums of all items by year.
NETS = ("saved_gbp", "saved_in_plan_gbp")
#: Pounds that means of few children are rounded to.
MEANS_GBP = 100.0
#: Items of the ledger that differ between the plans, as they are told.
TOLD_ITEMS = ("independent fees", "top-up", "transport", "waiting", "moves at review")
#: What the public tables are called.
TITLES = {
    "stepdowns_by_year": "What step-downs save in the whole network, by academic year",
    "stepdowns_by_school": "Step-downs by local school, a child a year in the year of the transition",
    "stepdowns_by_need": "The placement and the local place, a child a year, by need and phase",
    "stepdowns": "Step-downs by need, phase, academic year and local school",
    "outcomes": "What becomes of the independent placements of now",
}


def evidence(found: StepDowns, asked: Mapping[str, object]) -> Evidence:
    """Say what was found."""
    said = about(found.study.prepared, "stepdowns", asked)
    counts = Counts.of(found.study.prepared.case.settings)
    moves = _named(found)
    called = found.study.prepared.case.provisions.set_index("provision_id")["name"]
    by_need = _compared(moves, ["need", "phase"], counts)
    by_school = _compared(moves, ["provision"], counts)
    in_detail = _compared(moves, ["need", "phase", "year", "provision"], counts)
    years, outcomes = _network(found), _outcomes(found)
    tables = {
        "stepdowns_by_year": _public_years(years, counts),
        "stepdowns_by_school": _public(by_school, counts),
        "stepdowns_by_need": _public(by_need, counts),
        "stepdowns": _public(in_detail, counts),
        "outcomes": _public_outcomes(outcomes, counts),
    }
    return Evidence(
        about=said,
        answer=answer(found, years, counts),
        section=Section(
            "stepdowns",
            "Independent placements with a local place at the next transition",
            [*(swapped(years, counts) if len(moves) else []), EVIDENCE, NETWORK],
            [
                _outcome_table(TITLES["outcomes"], outcomes, counts),
                _years_table(TITLES["stepdowns_by_year"], years, counts),
                _comparison(TITLES["stepdowns_by_need"], ["Need", "Phase"], by_need, counts),
                _comparison(
                    TITLES["stepdowns_by_school"],
                    ["Local school"],
                    by_school.replace({"provision": called.to_dict()}),
                    counts,
                ),
            ],
            [
                *adds_up(found, outcomes, counts),
                MARGINAL,
                UNDISCOUNTED,
                unbuilt(found, counts),
                counts.note,
            ],
            [_chart(years, said)],
        ),
        found={
            "schema": 1,
            "threshold": counts.threshold,
            **{name: plain(table) for name, table in tables.items()},
            "saved_gbp": round(float(years["saved_gbp"].sum())),
            "saved_in_plan_gbp": round(float(years["saved_in_plan_gbp"].sum())),
            "proved": _proved(found),
            "verified": True,
        },
        tables=tables,
        titles=TITLES,
        private={"groups": groups_of(found), "stepdowns_exact": moves},
        figures=_figures(found, years, counts),
        exit_code=0 if _proved(found) else NOT_PROVED,
    )


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows for machines; what is not told is None."""
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


def _proved(found: StepDowns) -> bool:
    trials = (found.study.plan, found.staying, found.stepping, found.unbuilt)
    return all(trial.solution.status.value == "optimal" for trial in trials)


def _named(found: StepDowns) -> pd.DataFrame:
    """Return the step-downs in the words of the case, with what each saves a child a year."""
    basis, moves = found.transitions.basis, found.moves
    who = basis.cohorts.table.iloc[moves["cohort"]].reset_index(drop=True)
    names = np.array(basis.provisions, object)
    less = moves["fee_gbp"] + moves["transport_before_gbp"]
    more = moves["price_gbp"] + moves["place_funding_gbp"] + moves["transport_gbp"]
    return pd.DataFrame(
        {
            "area": who["area"].str.split(MARK).str[0],
            "need": who["need"],
            "suits": who["suits"],
            "phase": [needs.phase(int(ncy)) for ncy in moves["ncy"]],
            "ncy": moves["ncy"],
            "year": moves["year"] + basis.case.settings.base_year,
            "transition": moves["transition"],
            "from": names[moves["before"].to_numpy(np.int64)],
            "provision": names[moves["after"].to_numpy(np.int64)],
            "children": moves["children"],
            "in_schemes_places": moves["scheme"],
            **{name: moves[name] for name in COMPARED if name != "net_gbp"},
            "net_gbp": less - more,
        }
    )


def _compared(moves: pd.DataFrame, keys: Sequence[str], counts: Counts) -> pd.DataFrame:
    """Return step-downs by some keys: children, and means of what a child's two placements cost; few put together."""
    sums = moves.assign(
        **{name: moves[name] * moves["children"] for name in COMPARED},
    )
    columns = ["children", "in_schemes_places", *COMPARED]
    table = sums.groupby(list(keys), as_index=False)[columns].sum()
    table = folded(table.astype(dict.fromkeys(keys, object)), keys, ["children"], counts.threshold)
    table["saved_gbp"] = table["net_gbp"]
    for name in COMPARED:
        table[name] = table[name] / table["children"]
    return _in_order(table, keys)


def _in_order(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    last = (table[keys[0]] == OTHERS).astype(int)
    ranks = table[list(keys)].map(lambda key: (str(order.get(key, "")).zfill(3), str(key)))
    rows = ranks.assign(last=last).sort_values(["last", *keys], kind="stable").index
    return table.loc[rows].reset_index(drop=True)


def _public(table: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """Return a comparison as anyone may see it: means rounded, and what is saved of the rounded number of children.

    The exact sum over the mean would be the exact number, and what two tables differ by one child's placement.
    """
    shown = table.drop(columns=["in_schemes_places"]).copy()
    shown["children"] = pd.array([counts.shown(n) for n in table["children"]], "Int64")
    for name in COMPARED:
        shown[name] = _near(table[name])
    shown["saved_gbp"] = shown["net_gbp"] * shown["children"].astype(float)
    return shown


def _near(gbp: pd.Series) -> pd.Series:
    return (gbp.astype(float) / MEANS_GBP).round(0) * MEANS_GBP + 0.0


def _network(found: StepDowns) -> pd.DataFrame:
    """Return the three plans by academic year: independent placements, and what is saved in which item."""
    settings = found.study.prepared.case.settings
    staying, planned, stepping = (
        trial.account for trial in (found.staying, found.study.plan, found.stepping)
    )

    def all_items(account: Any) -> Floats:  # noqa: ANN401 - an Account
        return np.asarray(sum(account.item(name) for name in TOLD_ITEMS), np.float64)

    return pd.DataFrame(
        {
            "year": settings.base_year + np.arange(settings.years),
            "independent_staying": staying.outcome("independent"),
            "independent_plan": planned.outcome("independent"),
            "independent_stepping_down": stepping.outcome("independent"),
            "unplaced_staying": staying.outcome("unplaced"),
            "unplaced_stepping_down": stepping.outcome("unplaced"),
            **{
                f"{name.replace(' ', '_')}_gbp": staying.item(name) - stepping.item(name)
                for name in TOLD_ITEMS
            },
            "saved_gbp": all_items(staying) - all_items(stepping),
            "saved_in_plan_gbp": all_items(staying) - all_items(planned),
        }
    )


def _public_years(years: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    few = _of_few(years, counts)
    shown = years.copy()
    for name in years.columns:
        if name.startswith(("independent_s", "independent_p", "unplaced")):
            shown[name] = pd.array([counts.shown(n) for n in years[name]], "Int64")
        elif name.endswith("gbp"):
            shown[name] = (years[name].round(0) + 0.0).mask(few & (name not in NETS))
    return shown


def _of_few(years: pd.DataFrame, counts: Counts) -> pd.Series:
    """Return in which years too few children change to tell an item by itself: over the fee it is their number.

    Of items that change where as many are independent as before nobody knows how many have swapped: not told, either.
    """
    changes = [
        years[f"{name}_staying"] - years[f"{name}_stepping_down"]
        for name in ("independent", "unplaced")
    ]
    few = ~pd.concat([change.map(counts.tells) for change in changes], axis=1).all(axis=1)
    items = years[["independent_fees_gbp", "moves_at_review_gbp"]].abs().max(axis=1)
    return few | ((changes[0].abs() <= DUST) & (items >= 1.0))


def _outcomes(found: StepDowns) -> pd.Series:
    """Return children by what becomes of them."""
    sums = found.outcomes.groupby("outcome")["children"].sum()
    return sums.reindex([name for name in OUTCOMES if name in sums.index])


def _public_outcomes(outcomes: pd.Series, counts: Counts) -> pd.DataFrame:
    told = pd.array([counts.shown(n) for n in outcomes], "Int64")
    return pd.DataFrame({"outcome": list(outcomes.index), "children": told})


def _outcome_table(caption: str, outcomes: pd.Series, counts: Counts) -> Table:
    rows = [
        [heading(str(name)[:1].upper() + str(name)[1:]), *numbers([counts.text(float(children))])]
        for name, children in outcomes.items()
    ]
    return Table(caption, ["At the next transition", "Children"], rows, frozenset({1}))


def _years_table(caption: str, years: pd.DataFrame, counts: Counts) -> Table:
    heads = [
        "Year",
        "Independent, all staying",
        "in the plan",
        "stepping down",
        "Fees saved",
        "Top-up",
        "Transport saved",
        "Net saving",
        "of it in the plan",
    ]
    items = ("independent_fees_gbp", "top-up_gbp", "transport_gbp")
    few = _of_few(years, counts)
    rows = [
        [
            heading(academic(int(row["year"]))),
            *numbers(
                [
                    *(
                        counts.text(float(row[f"independent_{name}"]))
                        for name in ("staying", "plan", "stepping_down")
                    ),
                    *(WITHHELD if hidden else signed(float(row[name]), money) for name in items),
                    *(signed(float(row[name]), money) for name in NETS),
                ]
            ),
        ]
        for row, hidden in zip(years.to_dict("records"), few, strict=True)
    ]
    return Table(caption, heads, rows, frozenset(range(1, len(heads))))


def _comparison(caption: str, keys: Sequence[str], table: pd.DataFrame, counts: Counts) -> Table:
    columns = list(table.columns[: len(keys)])
    rows = [
        [
            *(heading(PHASE_WORDS.get(str(row[key]), str(row[key]))) for key in columns),
            *numbers([counts.text(float(row["children"]))]),
            *numbers([signed(float(gbp), money) for gbp in _near(pd.Series(row)[list(COMPARED)])]),
        ]
        for row in table.to_dict("records")
    ]
    heads = [*keys, "Children", *COMPARED.values()]
    return Table(caption, heads, rows, frozenset(range(len(keys), len(heads))))


def _figures(found: StepDowns, years: pd.DataFrame, counts: Counts) -> list[Figure]:
    outcomes = _outcomes(found)
    down = float(outcomes.reindex([LOCAL, SCHEME]).fillna(0.0).sum())
    free = found.transitions.groups["children"].sum() - outcomes.reindex([LATER, LEAVES]).sum()
    return [
        Figure("Placements that choose again within the plan", counts.text(float(free))),
        Figure("With a suitable local place then", counts.text(down)),
        Figure("Net saving over the plan", money(float(years["saved_gbp"].sum()))),
    ]


def _chart(years: pd.DataFrame, said: About) -> Drawing:
    names = [academic(int(year)) for year in years["year"]]
    series = [
        Series("In the plan already", [float(gbp) / 1e3 for gbp in years["saved_in_plan_gbp"]]),
        Series("With a choice at every transfer", [float(gbp) / 1e3 for gbp in years["saved_gbp"]]),
    ]
    title = "What step-downs save a year, net, in the whole network"
    each = "; ".join(
        f"{name}: £{a:,.0f}k in the plan, £{b:,.0f}k"
        for name, a, b in zip(names, *(one.values for one in series), strict=True)  # noqa: PD011 - of a chart
    )
    words = Words(
        "stepdowns",
        title,
        "£ thousand: fees, top-up and transport against everybody staying on",
        f"{said.title}. Modelled. {said.notice} {stamp_line(said.stamps)}",
        f"Net saving by academic year. {each}.",
    )
    return Drawing(
        "stepdowns", title, words.alt, draw_columns(Columns(words, names, series)), kind="chart"
    )

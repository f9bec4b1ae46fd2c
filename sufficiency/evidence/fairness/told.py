"""What is told of fairness: journeys by group, the options with their price, and two pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import ALIKE, WITHHELD, Counts
from sufficiency.evidence.fairness.chart import frontier_drawing, tenth_drawing
from sufficiency.evidence.fairness.find import (
    BREAKDOWNS,
    PLAN,
    TAIL,
    Fairness,
    area_means,
    by_phase,
)
from sufficiency.evidence.fairness.solve import AREAS, CAP
from sufficiency.evidence.fairness.tables import (
    MEASURES,
    NOT_IN,
    area_rows,
    exact,
    journeys,
    option_rows,
)
from sufficiency.evidence.shortage.told import signed
from sufficiency.evidence.stepdowns.told import plain
from sufficiency.pounds import money
from sufficiency.report.parts import (
    NOTHING,
    PHASE_WORDS,
    Cell,
    Figure,
    Section,
    Table,
    academic,
    counted,
    heading,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

#: A smaller share, in per cent, is said to be under 1%.
LEAST_PCT = 0.5
#: How many areas in which an option cannot be met are named beside it.
MOST_AREAS = 4
PAIR = (
    "The price of an option is a pair, never added up: real money (discounted, what the plan decides, without any "
    "weight that steers) and children without a place. Each option is a plan of its own, schemes included, within the "
    "same capital. A weight steers by priority, never so strongly that a child is left without a place for it."
)
TODAY = (
    "Today is where the children who are placed now travel: the mean journey of each home area. No area worse means "
    "that over all the years of the plan together its children travel no longer than that in the mean. Areas of few "
    "children are one."
)
CAPPED = (
    "A capped journey is still there for whoever has no other suitable place, and for children who are there already. "
    "To rule it out altogether, give max_minutes in the case: then such a child has no place."
)
UNPROVED = "Not every plan is proved best to the gap asked for."


def evidence(found: Fairness, counts: Counts, asked: Mapping[str, object]) -> Evidence:
    """Say what was found."""
    said = about(found.study.prepared, "fairness", asked)
    by_group = journeys(found, counts)
    options, areas = option_rows(found, counts), area_rows(found, counts)
    when = academic(found.year)
    titles = {
        "fairness_journeys": f"How far children travel in the plan, minutes one way, {when}",
        "fairness_options": "Options, and the price of each",
        "fairness_areas": "Mean journey of each home area, minutes one way, all years of the plan",
    }
    tables = {
        "fairness_journeys": by_group,
        "fairness_options": options,
        "fairness_areas": areas,
    }
    by_area = by_group["by"] == "area"
    drawings = [frontier_drawing(options, said), tenth_drawing(found, by_group, said)]
    return Evidence(
        about=said,
        answer=_answer(found, by_group, options),
        section=Section(
            "fairness",
            "Who travels longest, and the price of being fairer",
            [PAIR, TODAY, _columns(options)],
            [
                _journey_table(titles["fairness_journeys"], by_group[~by_area]),
                _option_table(titles["fairness_options"], options, when),
                _journey_table(f"By home area, {when}", by_group[by_area], folded=True),
                _area_table(titles["fairness_areas"], areas),
            ],
            [CAPPED, *_unmatched(found), _rule(counts), _method(found)],
            [drawing for drawing in drawings if drawing],
        ),
        found={
            "schema": 1,
            "year": found.year,
            "cap_minutes": dict(found.most),
            "threshold": counts.threshold,
            **{name: plain(table) for name, table in tables.items()},
            "proved": _proved(found),
            "verified": True,
        },
        tables=tables,
        titles=titles,
        private={"areas_exact": area_means(found), "journeys_exact": exact(found)},
        figures=_figures(found, by_group, options),
        exit_code=0 if _proved(found) else NOT_PROVED,
    )


def _proved(found: Fairness) -> bool:
    return all(choice.proved for choice in found.choices)


def _text(value: Any) -> str:  # noqa: ANN401 - a cell
    return WITHHELD if pd.isna(value) else f"{value:,}"


def _journey_table(caption: str, rows: pd.DataFrame, *, folded: bool = False) -> Table:
    heads = [
        "By",
        "Group",
        "Children",
        "Mean",
        "Longest tenth",
        "Over 45",
        "Over 75",
        "Over guidance",
    ]
    cells = [
        [
            heading(BREAKDOWNS.get(row["by"], "All")),
            heading(PHASE_WORDS.get(row["group"], row["group"])),
            *numbers(
                [
                    _text(row["children"]),
                    _text(row["mean_minutes"]),
                    _text(row["longest_tenth_minutes"]),
                    *(_share(row[name], row["children"]) for name in MEASURES),
                ]
            ),
        ]
        for row in rows.to_dict("records")
    ]
    return Table(caption, heads, cells, frozenset(range(2, len(heads))), folded=folded)


def _share(part: Any, children: Any) -> str:  # noqa: ANN401 - cells
    """Write how many and, of the rounded numbers, which share."""
    text = _text(part)
    if pd.isna(part) or pd.isna(children) or not int(str(children)) or not int(str(part)):
        return text
    pct = 100 * int(str(part)) / int(str(children))
    return f"{text} ({pct:.0f}%)" if pct >= LEAST_PCT else f"{text} (under 1%)"


def _option_table(caption: str, options: pd.DataFrame, when: str) -> Table:
    heads = [
        "Option",
        "Price",
        "Without a place",
        "Mean, all years",
        f"Longest tenth, {when}",
        f"Over guidance, {when}",
        "Longer",
        "Shorter",
        "Schemes; whether it can be met",
    ]
    cells = [
        [
            heading(row["title"]),
            *numbers(
                [
                    NOTHING if row["option"] == PLAN else _price(row),
                    _text(row["unplaced_child_years"]),
                    f"{row['mean_minutes']:.4g}",
                    _text(row["longest_tenth_minutes"]),
                    _text(row["over_guidance"]),
                    *(
                        NOTHING if row["option"] == PLAN else _text(row[n])
                        for n in ("longer", "shorter")
                    ),
                ]
            ),
            Cell(NOTHING if row["option"] == PLAN else _otherwise(row)),
        ]
        for row in options.to_dict("records")
    ]
    return Table(caption, heads, cells, frozenset(range(1, 8)))


def _otherwise(row: Mapping[Hashable, Any]) -> str:
    """Say which schemes an option opens otherwise than the plan, and whether it can be met."""
    met = "it can be met" if row["met"] == "yes" else _briefly(row["met"])
    return "; ".join(filter(None, (row["schemes"], met)))


def _briefly(met: str) -> str:
    """Return whether an option can be met; many areas counted, as `fairness_options` names them all."""
    areas = met.removeprefix(NOT_IN).split(", ")
    many = met.startswith(NOT_IN) and len(areas) > MOST_AREAS
    return f"{NOT_IN}{len(areas)} areas" if many else met


def _columns(options: pd.DataFrame) -> str:
    """Explain the columns of the options, with the schemes of the plan."""
    opens = options["schemes"].iloc[0]
    return (
        "Price: more than the plan as it is, over the plan. Without a place: child-years. Journeys are in minutes "
        "one way. Longer and shorter: children whose journeys are so in that year, by a minute or more, than in the "
        "plan, which opens "
        f"{opens or 'no scheme'}."
    )


def _area_table(caption: str, areas: pd.DataFrame) -> Table:
    words = {
        "children": "Children",
        "now": "Today",
        "plan": "In the plan",
        "no_area_worse": "No area worse",
        "cap": "With the cap",
    }
    columns = [name for name in words if name in areas]
    cells = [
        [heading(row["area"]), *numbers([_text(row[name]) for name in columns])]
        for row in areas.to_dict("records")
    ]
    heads = ["Home area", *(words[name] for name in columns)]
    return Table(caption, heads, cells, frozenset(range(1, len(heads))), folded=True)


def _answer(found: Fairness, journeys: pd.DataFrame, options: pd.DataFrame) -> str:
    row = journeys.iloc[0]
    tenth, over = row["longest_tenth_minutes"], row["over_guidance"]
    said = [
        f"In {academic(found.year)} the mean journey is {_text(row['mean_minutes'])} minutes one way"
    ]
    if not pd.isna(tenth):
        said.append(f", and {tenth} for the tenth of children who travel longest")
    if not pd.isna(over):
        said.append(f"; {over:,} children are over the guidance of their phase")
    said.append(".")
    for key, words in ((AREAS, "No area worse than today"), (CAP, "A cap on the worst journeys")):
        mine = options[options["option"] == key]
        if len(mine):
            price = float(mine["price_gbp"].iloc[0])
            more = (
                "nothing more"
                if abs(price) < 1
                else f"something {ALIKE} from nothing"
                if mine["told_apart"].iloc[0] == "no"
                else f"{money(abs(price))} {'more' if price > 0 else 'less'}"
            )
            met = "" if mine["met"].iloc[0] == "yes" else ", and cannot be met everywhere"
            said.append(f" {words} costs {more} over the plan{met}.")
    return "".join(said)


def _figures(found: Fairness, journeys: pd.DataFrame, options: pd.DataFrame) -> list[Figure]:
    row, when = journeys.iloc[0], academic(found.year)
    figures = [
        Figure("Mean journey, minutes one way", _text(row["mean_minutes"]), when),
        Figure("Longest tenth", _text(row["longest_tenth_minutes"]), "mean minutes one way"),
        Figure("Over the guidance of their phase", _text(row["over_guidance"]), "children"),
    ]
    for key, words in ((AREAS, "Price of no area worse than today"), (CAP, "Price of the cap")):
        mine = options[options["option"] == key]
        if len(mine):
            text = _price(mine.iloc[0])
            figures.append(Figure(words, text, "over the plan, discounted"))
    return figures


def _price(row: Any) -> str:  # noqa: ANN401 - a row
    """Write what an option takes, where that is more than the gap."""
    return signed(row["price_gbp"], money) if row["told_apart"] == "yes" else ALIKE


def _unmatched(found: Fairness) -> list[str]:
    """Say how many areas of homes the table of areas lacks, where there is one."""
    areas = found.study.prepared.case.areas
    if areas.empty:
        return [
            "Kinds of area (urban or rural, deprivation) are told where the case has a table `areas`."
        ]
    homes = set(found.study.prepared.basis.groups["area"].astype(str))
    lacking = len(homes - set(areas["area"].astype(str)))
    sources = sorted({source for source in areas["source"] if source})
    named = [f"Kinds of area: {'; '.join(sources)}."] if sources else []
    return named + ([_lacking(lacking)] if lacking else [])


def _lacking(count: int) -> str:
    has = "has" if count == 1 else "have"
    words = counted(count, "area")
    return f"{words[:1].upper()}{words[1:]} of homes {has} no row in `areas`."


def _rule(counts: Counts) -> str:
    return (
        f"{counts.note} The longest tenth is told where it is of {TAIL * counts.threshold} children or more, so that "
        "it is nobody's own journey."
    )


def _method(found: Fairness) -> str:
    prepared = found.study.prepared
    soft = by_phase(prepared.case.settings.travel.soft_minutes)
    limits = f"Guidance, minutes one way: {soft}; cap: {by_phase(found.most)}."
    near = f"{100 * found.study.gap:.2g}%"
    gap = f"Each plan is proved within {near} of the best there is; a price below that is {ALIKE}."
    return f"{limits} Journeys: {prepared.travel.journeys.method}. {gap if _proved(found) else UNPROVED}"

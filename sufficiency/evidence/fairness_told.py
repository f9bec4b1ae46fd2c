"""What is told of fairness: journeys by group, the options with their price, and two pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.child_years import DUST
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import WITHHELD, Counts
from sufficiency.evidence.fairness import (
    AREAS,
    BREAKDOWNS,
    CAP,
    HOURS,
    PLAN,
    TAIL,
    TENTH,
    Choice,
    Fairness,
    area_means,
    gains_and_losses,
    measured,
    travellers,
)
from sufficiency.evidence.fairness_chart import frontier_drawing, tenth_drawing
from sufficiency.evidence.shortage_told import signed
from sufficiency.evidence.stepdowns_told import plain
from sufficiency.report.parts import (
    NOTHING,
    PHASE_WORDS,
    Cell,
    Figure,
    Section,
    Table,
    academic,
    heading,
    money,
    numbers,
)
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from collections.abc import Mapping

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
MEASURES = ("over_45", "over_75", "over_guidance")


def evidence(found: Fairness, counts: Counts, asked: Mapping[str, object]) -> Evidence:
    """Say what was found."""
    said = about(found.study.prepared, "fairness", asked)
    journeys = _journeys(found, counts)
    options, areas = _options(found, counts), _areas(found, counts)
    when = academic(found.year)
    titles = {
        "fairness_journeys": f"How far children travel in the plan, minutes one way, {when}",
        "fairness_options": "Options, and the price of each",
        "fairness_areas": "Mean journey of each home area, minutes one way, all years of the plan",
    }
    tables = {
        "fairness_journeys": journeys,
        "fairness_options": options,
        "fairness_areas": areas,
    }
    by_area = journeys["by"] == "area"
    drawings = [frontier_drawing(found, options, said), tenth_drawing(found, journeys, said)]
    return Evidence(
        about=said,
        answer=_answer(found, journeys, options),
        section=Section(
            "fairness",
            "Who travels longest, and the price of being fairer",
            [PAIR, TODAY],
            [
                _journey_table(titles["fairness_journeys"], journeys[~by_area]),
                _option_table(titles["fairness_options"], options, counts),
                _journey_table(f"By home area, {when}", journeys[by_area], folded=True),
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
        private={"areas_exact": area_means(found), "journeys_exact": _exact(found)},
        figures=_figures(found, journeys, options),
        exit_code=0 if _proved(found) else NOT_PROVED,
    )


def _proved(found: Fairness) -> bool:
    return all(c.trial.solution.status.value == "optimal" for c in found.choices)


def tells_tail(children: float, counts: Counts) -> bool:
    """Whether the longest tenth is of enough children to be told: never of one child's journey."""
    return children * TENTH >= TAIL * counts.threshold - DUST


def _exact(found: Fairness) -> pd.DataFrame:
    rows = [
        {"option": choice.title, "by": by, "group": group, **figures}
        for choice in found.choices
        for by, group, figures in measured(found, choice)
    ]
    return pd.DataFrame(rows)


def _journeys(found: Fairness, counts: Counts) -> pd.DataFrame:
    """Return the journeys of the plan by group as anyone may see them."""
    rows = [
        {"by": by, "group": _label(found, by, group), **_shown(figures, counts)}
        for by, group, figures in measured(found, found.plan)
    ]
    frame = pd.DataFrame(rows)
    whole = ["children", "mean_minutes", "longest_tenth_minutes", *MEASURES]
    frame[whole] = frame[whole].astype("Int64")
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    by = {name: n for n, name in enumerate(["all", *BREAKDOWNS])}
    ranks = pd.DataFrame(
        {
            "by": frame["by"].map(by),
            "group": frame["group"].map(order).fillna(99),
            "name": frame["group"],
        }
    )
    return frame.loc[ranks.sort_values(list(ranks.columns), kind="stable").index].reset_index(
        drop=True
    )


def _label(found: Fairness, by: str, group: str) -> str:
    """Return how a group is called: an area by its label, where it has one."""
    if by != "area":
        return group
    areas = found.study.prepared.case.areas
    labels = dict(zip(areas["area"], areas["label"], strict=True))
    return labels.get(group) or group


def _shown(figures: Mapping[str, float], counts: Counts) -> dict[str, int | None]:
    children = figures["children"]
    some = children > DUST and counts.tells(children)
    tail = some and tells_tail(children, counts)
    told: dict[str, int | None] = {
        "children": counts.shown(children),
        "mean_minutes": round(figures["mean"]) if some else None,
        "longest_tenth_minutes": round(figures["tenth"]) if tail else None,
    }
    for name in MEASURES:
        safe = counts.tells(figures[name]) and counts.tells(children - figures[name])
        told[name] = counts.shown(figures[name]) if some and safe else None
    return told


def _options(found: Fairness, counts: Counts) -> pd.DataFrame:
    """Return the options with their price as anyone may see them."""
    plan = found.plan.trial.account
    rows = []
    for choice in found.choices:
        account = choice.trial.account
        every = travellers(found.study, choice.trial, None)
        _, _, figures = next(measured(found, choice))
        longer, shorter = gains_and_losses(found, choice)
        many = every["children"].sum() >= 20 * counts.threshold
        mean = float(np.average(every["minutes"], weights=every["children"])) if len(every) else 0.0
        rows.append(
            {
                "option": choice.key,
                "title": choice.title,
                "gbp_per_hour": choice.gbp_per_hour if choice.key == HOURS else None,
                "cost_gbp": round(account.cost_gbp),
                "price_gbp": round(account.cost_gbp - plan.cost_gbp) + 0,
                "unplaced_child_years": counts.shown(account.unplaced),
                "mean_minutes": round(mean, 1 if many else 0),
                **{
                    name: value
                    for name, value in _shown(figures, counts).items()
                    if name in {"longest_tenth_minutes", *MEASURES}
                },
                "longer": counts.shown(longer),
                "shorter": counts.shown(shorter),
                "schemes": _schemes(found, choice),
                "met": _met(found, choice, counts),
            }
        )
    frame = pd.DataFrame(rows)
    whole = ["unplaced_child_years", "longest_tenth_minutes", *MEASURES, "longer", "shorter"]
    frame[whole] = frame[whole].astype("Int64")
    return frame


def _schemes(found: Fairness, choice: Choice) -> str:
    """Return the schemes that open, or how they differ from the plan's."""
    base = found.study.prepared.case.settings.base_year
    names = [scheme.scheme_id for scheme in proposed(found.study.prepared.basis.schemes)]
    now, then = (one.trial.solution.opening() for one in (choice, found.plan))
    if choice.key == PLAN:
        return ", ".join(f"{n} {base + t}" for n, t in zip(names, now, strict=True) if t >= 0)
    changes = [
        f"{name} {'not opened' if t < 0 else base + int(t)}"
        for name, t, was in zip(names, now, then, strict=True)
        if t != was
    ]
    return ", ".join(changes) or "as in the plan"


def _met(found: Fairness, choice: Choice, counts: Counts) -> str:
    """Say whether an option can be met."""
    if choice.key == AREAS:
        return f"not in {', '.join(sorted(choice.unmet))}" if choice.unmet else "yes"
    if choice.key == CAP:
        if not choice.unmet:
            return "yes"
        there, decided = (choice.unmet.get(name, 0.0) for name in ("there", "decided"))
        parts = [f"{counts.text(decided)} have no other place"] if decided > DUST else []
        parts += [f"{counts.text(there)} are there already"] if there > DUST else []
        return f"not for all in {academic(found.year)}: {', '.join(parts)}"
    return ""


def _areas(found: Fairness, counts: Counts) -> pd.DataFrame:
    """Return each area's mean journey in whole minutes, where it is of enough children."""
    exact = area_means(found)
    some = exact["children_now"].map(counts.tells) & exact["children"].map(counts.tells)
    some &= exact["children"] > DUST
    shown = pd.DataFrame({"area": exact["area"]})
    shown["children"] = pd.array([counts.shown(n) for n in exact["children"]], "Int64")
    for name in ("now", PLAN, AREAS, CAP):
        if name in exact:
            minutes = [
                round(m) if ok else None
                for m, ok in zip(exact[name].fillna(0.0), some, strict=True)
            ]
            shown[name.replace(" ", "_")] = pd.array(minutes, "Int64")
    return shown


def _text(value: object) -> str:
    return WITHHELD if pd.isna(value) else f"{value:,}"  # type: ignore[call-overload]


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


def _share(part: object, children: object) -> str:
    """Write how many and, of the rounded numbers, which share."""
    text = _text(part)
    if pd.isna(part) or pd.isna(children) or not int(str(children)) or not int(str(part)):
        return text
    return f"{text} ({100 * int(str(part)) / int(str(children)):.0f}%)"


def _option_table(caption: str, options: pd.DataFrame, counts: Counts) -> Table:
    heads = [
        "Option",
        "More than the plan",
        "Without a place, child-years",
        "Mean minutes",
        "Longest tenth",
        "Over guidance",
        "Longer than in the plan",
        "Shorter",
        "Schemes",
        "Can be met",
    ]
    cells = [
        [
            heading(row["title"]),
            *numbers(
                [
                    NOTHING if row["option"] == PLAN else signed(row["price_gbp"], money),
                    _few(row["unplaced_child_years"], counts),
                    f"{row['mean_minutes']:.1f}",
                    _text(row["longest_tenth_minutes"]),
                    _text(row["over_guidance"]),
                    *(
                        NOTHING if row["option"] == PLAN else _few(row[n], counts)
                        for n in ("longer", "shorter")
                    ),
                ]
            ),
            Cell(row["schemes"] or "none"),
            Cell(row["met"] or NOTHING),
        ]
        for row in options.to_dict("records")
    ]
    return Table(caption, heads, cells, frozenset(range(1, 8)))


def _few(value: object, counts: Counts) -> str:
    return counts.few if pd.isna(value) else f"{value:,}"  # type: ignore[call-overload]


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
            price = float(mine["price_gbp"].iloc[0])
            figures.append(Figure(words, signed(price, money), "over the plan, discounted"))
    return figures


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
    return named + ([f"{lacking} areas of homes have no row in `areas`."] if lacking else [])


def _rule(counts: Counts) -> str:
    return (
        f"{counts.note} The longest tenth is told where it is of {TAIL * counts.threshold} children or more, so that "
        "it is nobody's own journey."
    )


def _method(found: Fairness) -> str:
    prepared = found.study.prepared
    soft = ", ".join(
        f"{m:g} {phase}" for phase, m in prepared.case.settings.travel.soft_minutes.items()
    )
    return f"Guidance, minutes one way: {soft}. Journeys: {prepared.travel.journeys.method}."

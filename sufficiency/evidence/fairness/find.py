"""Who travels longest, and what it would cost to be fairer: options solved again, each with its price.

The plan is measured in one academic year: the mean journey, the longest tenth, and how many are over 45 and 75 minutes
and over the guidance of their phase, by need, phase, home area and kind of area. The options are plans of their own,
schemes included; the price of each is a pair, pounds of real money and children without a place, with the minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models import Status
from sufficiency.child_years import DUST
from sufficiency.evidence.choices import Programme
from sufficiency.evidence.fairness import options
from sufficiency.evidence.fairness.solve import AREAS, CAP, HOURS, OPTION, build, payload_of, work
from sufficiency.evidence.study import Trial
from sufficiency.evidence.whereabouts import long_table, side_by_side, whereabouts
from sufficiency.report.parts import PHASE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from models.problem import Bools, Floats
    from sufficiency.evidence.choices import Asker
    from sufficiency.evidence.counts import Counts
    from sufficiency.evidence.study import Study

#: A journey that differs by less (minutes, one way) is the same.
SAME_MINUTES = 1.0
#: The share of children whose journeys are the longest.
TENTH = 0.1
#: A tail may be told of this many times the threshold of children: it must not be one child's journey.
TAIL = 2
#: Fifths of deprivation by decile.
FIFTHS = {
    n: f"fifth {(n + 1) // 2}{words}"
    for n, words in zip(
        range(1, 11),
        (" (most deprived)",) * 2 + ("",) * 6 + (" (least deprived)",) * 2,
        strict=True,
    )
}
#: A price of fewer pounds is none.
NOTHING_GBP = 1.0
#: What a group without an entry in the table of areas is called.
UNKNOWN = "not known"
PLAN = "plan"


@dataclass(frozen=True)
class Choice:
    """An option, solved.

    Attributes
    ----------
    key, title
        Which it is: `PLAN`, `AREAS`, `CAP` or `HOURS`; and in words.
    solution, trial
        In the problem of the case, schemes included.
    unmet
        What of it cannot be met: child-minutes by area (`AREAS`), or children over the cap in a year (`CAP`), those
        whom no decision moves included.
    gbp_per_hour
        The weight of `HOURS`.
    """

    key: str
    title: str
    trial: Trial
    unmet: Mapping[str, float]
    gbp_per_hour: float = 0.0

    @property
    def proved(self) -> bool:
        """Whether the gap asked for is proved."""
        return self.trial.solution.status is Status.OPTIMAL

    @property
    def spare(self) -> float:
        """Pounds by which the best such plan may be better than this one."""
        return max(0.0, self.trial.solution.objective - self.trial.solution.bound)


@dataclass(frozen=True)
class Fairness:
    """A plan and its options.

    Attributes
    ----------
    year
        The academic year that is measured.
    most
        Minutes of the cap by phase.
    now
        Mean journey of the children placed now, by area: see `fairness_options.today`.
    """

    study: Study
    year: int
    most: Mapping[str, float]
    now: pd.DataFrame
    choices: tuple[Choice, ...]

    @property
    def plan(self) -> Choice:
        """The plan as it is."""
        return self.choices[0]

    def price_gbp(self, choice: Choice) -> float:
        """Return how much more real money an option takes than the plan."""
        return choice.trial.account.cost_gbp - self.plan.trial.account.cost_gbp

    def told_apart(self, choice: Choice) -> bool:
        """Whether an option's price is more than the two plans may be from the best there are, or nothing at all."""
        price = abs(self.price_gbp(choice))
        return price < NOTHING_GBP or price > self.plan.spare + choice.spare


def find(
    asker: Asker, year: int, most: Mapping[str, float], hours: Sequence[float], counts: Counts
) -> Fairness:
    """Solve the plan and every option.

    Parameters
    ----------
    most
        Minutes one way that the worst journeys are capped at, by phase.
    hours
        Pounds that an hour of a child's travelling is worth, a plan for each.
    """
    study = asker.study
    now = options.today(study, counts.threshold)
    payload = payload_of(study, now, most)
    tasks: list[dict[str, Any]] = [{OPTION: AREAS}] if len(now) else []
    tasks += [{OPTION: CAP}, *({OPTION: HOURS, "gbp": float(gbp)} for gbp in sorted(set(hours)))]
    answers = asker.answers(work, tasks, payload, build)
    choices = [
        _choice(study, task, answer, most, year)
        for task, answer in zip(tasks, answers, strict=True)
    ]
    plan = Choice(PLAN, "The plan as it is", study.plan, {})
    return Fairness(study, year, dict(most), now, (plan, *choices))


def _choice(
    study: Study,
    task: Mapping[str, Any],
    answer: Mapping[str, Any],
    most: Mapping[str, float],
    year: int,
) -> Choice:
    found = Programme(study, answer)
    trial = Trial(study.problem, found.solution, found.account)
    key = str(task[OPTION])
    if key == AREAS:
        # a child-minute in all the years is the solver's tolerance
        excess = {area: minutes for area, minutes in answer["excess"].items() if minutes > 1.0}
        return Choice(key, "No area worse than today", trial, excess)
    if key == CAP:
        title = f"Nobody over {'/'.join(f'{m:g}' for m in most.values())} minutes"
        return Choice(key, title, trial, _over_the_cap(study, trial, most, year))
    return Choice(key, f"£{task['gbp']:,.10g} an hour of travelling", trial, {}, task["gbp"])


def _over_the_cap(
    study: Study, trial: Trial, most: Mapping[str, float], year: int
) -> dict[str, float]:
    """Return how many children are over the cap in a year: whom the plan decides on, and who were there already."""
    basis, t = study.prepared.basis, year - study.prepared.case.settings.base_year
    sides = {
        "decided": (basis.years, trial.solution.stay[basis.years.stay] * basis.years.share),
        "there": (basis.placed.years, basis.placed.there),
    }
    left = {
        name: float(children[options.over(study, years, most) & (years.year == t)].sum())
        for name, (years, children) in sides.items()
    }
    return {name: children for name, children in left.items() if children > DUST}


def by_phase(minutes: Mapping[Any, float]) -> str:
    """Write minutes by phase: "45 (primary), 75 (post-16)"."""
    return ", ".join(f"{m:g} ({PHASE_WORDS[str(p)].lower()})" for p, m in minutes.items())


def travellers(study: Study, trial: Trial, year: int | None) -> pd.DataFrame:
    """Return children somewhere whose journey is known, of one academic year or (None) of all.

    Columns: `area`, `need`, `phase`, `provision`, `year`, `minutes`, `children`, and of the table of areas `rural` and
    `fifth` (of deprivation), `UNKNOWN` where it has no row.
    """
    prepared = study.prepared
    basis = prepared.basis
    rows = whereabouts(basis, trial.solution)
    if year is not None:
        rows = rows[rows["year"] == year - prepared.case.settings.base_year]
    table = long_table(basis, prepared.travel.journeys, rows, rows["provision"].to_numpy(np.int64))
    kinds = prepared.case.areas
    rural = dict(zip(kinds["area"], kinds["rural"], strict=True))
    decile = dict(zip(kinds["area"], kinds["imd_decile"].fillna(0).astype(int), strict=True))
    table["rural"] = [rural.get(area) or UNKNOWN for area in table["area"]]
    table["fifth"] = [FIFTHS.get(decile.get(area, 0), UNKNOWN) for area in table["area"]]
    return table[table["minutes"].notna()].reset_index(drop=True)


def longest_tenth(minutes: Floats, children: Floats) -> float:
    """Return the mean minutes of the tenth of children whose journeys are longest; NaN of nobody."""
    order = np.argsort(-minutes, kind="stable")
    before = np.cumsum(children[order]) - children[order]
    tail = TENTH * float(children.sum())
    taken = np.clip(tail - before, 0.0, children[order])
    return float(taken @ minutes[order]) / tail if tail > DUST else float("nan")


def measure(rows: pd.DataFrame, guidance: Mapping[str, float]) -> dict[str, float]:
    """Return how children travel, exactly: `children`, `mean`, `tenth`, and how many over 45, 75 and the guidance."""
    minutes, children = (rows[name].to_numpy(np.float64) for name in ("minutes", "children"))
    total = float(children.sum())
    allowed = np.array([guidance.get(str(phase), np.inf) for phase in rows["phase"]], np.float64)

    def longer(than: float | Floats) -> float:
        over: Bools = minutes > than + 1e-9
        return float(children[over].sum())

    return {
        "children": total,
        "mean": float(minutes @ children) / total if total > DUST else float("nan"),
        "tenth": longest_tenth(minutes, children),
        "over_45": longer(45.0),
        "over_75": longer(75.0),
        "over_guidance": longer(allowed),
    }


#: What journeys are told by: column of `travellers`, and in words.
BREAKDOWNS = {
    "need": "Need",
    "phase": "Phase",
    "rural": "Kind of area",
    "fifth": "Deprivation",
    "area": "Home area",
}


def measured(found: Fairness, choice: Choice) -> Iterator[tuple[str, str, dict[str, float]]]:
    """Yield breakdown, group and measures of a plan in the year, everybody first; kinds of area only where given."""
    rows = travellers(found.study, choice.trial, found.year)
    soft = found.study.prepared.case.settings.travel.soft_minutes
    guidance = {str(phase): float(minutes) for phase, minutes in soft.items()}
    yield "all", "all", measure(rows, guidance)
    for column in BREAKDOWNS:
        if set(rows[column]) <= {UNKNOWN}:
            continue
        for group, mine in rows.groupby(column):
            yield column, str(group), measure(mine, guidance)


def gains_and_losses(found: Fairness, choice: Choice) -> tuple[float, float]:
    """Return how many children travel longer, and shorter, than in the plan, in the year."""
    study = found.study
    basis, journeys = study.prepared.basis, study.prepared.travel.journeys
    t = found.year - study.prepared.case.settings.base_year
    sides = (whereabouts(basis, one.trial.solution) for one in (found.plan, choice))
    both = side_by_side(*(side[side["year"] == t] for side in sides))
    origin = basis.costs.origin(both["cohort"].to_numpy(np.int64))
    before, after = (
        journeys.minutes[origin, both[name].to_numpy(np.int64)] for name in ("before", "after")
    )
    with np.errstate(invalid="ignore"):
        more = np.nan_to_num(after - before)
    children = both["children"].to_numpy(np.float64)
    return float(children[more >= SAME_MINUTES].sum()), float(children[more <= -SAME_MINUTES].sum())


def area_means(found: Fairness) -> pd.DataFrame:
    """Return each area's mean journey now and, over all years, in the plan and every option but the weights; exactly.

    Columns: `area`, `children_now`, `now`, `children` (in the year), and a column a choice.
    """
    threshold_areas = set(found.now.index)
    table = found.now.rename(columns={"children": "children_now", "minutes": "now"})
    for choice in found.choices:
        if choice.key == HOURS:
            continue
        rows = travellers(found.study, choice.trial, None)
        area = rows["area"].where(rows["area"].isin(threshold_areas), options.OTHER_AREAS)
        sums = rows.assign(area=area, minutes=rows["minutes"] * rows["children"])
        sums = sums.groupby("area")[["minutes", "children"]].sum()
        table[choice.key] = sums["minutes"] / sums["children"]
        if choice.key == PLAN:
            in_year = rows[rows["year"] == found.year].assign(area=area)
            table["children"] = in_year.groupby("area")["children"].sum()
    return table.fillna({"children": 0.0}).rename_axis("area").reset_index()

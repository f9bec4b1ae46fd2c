"""Synthetic children with a council's published mix of need, age and placement.

No row describes a child. How many plans there are of each age and need, and of each age and
placement, is as published; how the two go together follows the published placement by need
(:meth:`Recipe.joint`). Homes are drawn from the council's own postcodes, and the present school
from the case's provisions: of the right kind, for the need and year, near, and with a place left.
Every draw comes from one seeded generator, so a seed gives the same files, byte for byte.

Age is dated to the plan: a plan of age 7 in the census of January 2025 is in Year 4 when a plan
that begins in September 2025 does. A child whose present pool of places ends that summer *seeks*.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.errors import UsageError
from sufficiency.synth.draw import Draw, round_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sufficiency.settings import Settings
    from sufficiency.synth.draw import Homes, Pools
    from sufficiency.synth.recipe import Floats, Recipe

FILES = {"children": "children.csv", "new_children": "new_children.csv"}
CHILDREN = ("child_id", "postcode", "need", "need_2", "suits", "ncy", "current_provision", "status")
NEW_CHILDREN = ("child_id", "postcode", "need", "need_2", "suits", "ncy", "start_year")

# Which kinds of provision could meet the needs of a child placed so; the ladder goes from the
# kind itself to the dearer ones, never to a cheaper one.
KINDS = {
    "mainstream": ("mainstream",),
    "base": ("base", "special", "independent"),
    "special": ("special", "independent"),
    "independent": ("independent",),
    "alternative": ("alternative", "special", "independent"),
    "college": ("college",),
    "tuition": ("alternative",),
    "waiting": ("special", "independent"),
}
ORDER = ("mainstream", "base", "special", "independent", "alternative", "college")
AT_COLLEGE_FROM = 12
NO_PLACE = {"home": "educated at home", "neet": "not in education, employment or training (16-25)"}


@dataclass(frozen=True)
class Child:
    """One synthetic child; ``placement`` is the published group it was drawn from."""

    placement: str
    need: str
    ncy: int
    need_2: str = ""
    home: int = 0
    suits: frozenset[str] = frozenset()
    provision: str = ""
    status: str = "seeking"
    start_year: int = 0
    is_new: bool = False  # its plan is younger than the census: it takes no place that is not free


@dataclass(frozen=True)
class SynthResult:
    """What was drawn.

    Attributes
    ----------
    children, new_children
        Rows as they stand in the two files, without a header.
    summary
        Counts to print: plans published, in scope and left out by reason, and of those drawn.
    """

    children: tuple[tuple[str, ...], ...]
    new_children: tuple[tuple[str, ...], ...]
    summary: dict[str, int] = field(default_factory=dict)


def synthesise(
    recipe: Recipe,
    pools: Pools,
    homes: Homes,
    settings: Settings,
    seed: int,
    decisions: int | None = None,
) -> SynthResult:
    """Draw the children of a plan and its arrivals.

    Parameters
    ----------
    recipe
        Published counts and assumptions.
    pools
        The places there are in the base year.
    homes
        Postcodes to live at.
    settings
        Base year, length of the plan and last NCY.
    decisions
        Scale the population until about so many rows seek a place within the plan, now or on
        arrival; ``None`` leaves it as published.
    """
    result = _draw(recipe, pools, homes, settings, seed, 1.0)
    if decisions is None:
        return result
    found = result.summary["seeking"] + result.summary["arriving"]
    return _draw(recipe, pools, homes, settings, seed, decisions / max(found, 1))


def _draw(
    recipe: Recipe, pools: Pools, homes: Homes, settings: Settings, seed: int, scale: float
) -> SynthResult:
    """Draw a population of ``scale`` times the published size."""
    draw = Draw(np.random.Generator(np.random.PCG64(seed)))
    joint = recipe.joint()
    plans, changed = _moved_on(_plans(recipe, joint, draw, settings), recipe, joint, draw, settings)
    within, left_out = _in_scope(draw.resample(plans, scale), settings)
    bases = _base_chances(recipe, pools.empty(), within)
    within = [_decide(child, recipe, bases, draw) for child in within]
    within = [replace(child, home=draw.index(len(homes))) for child in within]
    within = _place(within, pools.empty(), homes, recipe, draw)
    within = [_waits(child, recipe) for child in _review(within, recipe, draw)]
    arrivals = [
        replace(_decide(child, recipe, bases, draw), home=draw.index(len(homes)))
        for child in _arrivals(recipe, joint, draw, settings, scale)
    ]
    seeking = sum(child.status == "seeking" for child in within)
    return SynthResult(
        tuple(_row(number, child, homes) for number, child in enumerate(within, 1)),
        tuple(
            (*_row(number, child, homes)[:6], str(child.start_year))
            for number, child in enumerate(arrivals, len(within) + 1)
        ),
        {"published": recipe.plans}
        | changed
        | {"in scope": len(within)}
        | left_out
        | {"placed": len(within) - seeking, "seeking": seeking, "arriving": len(arrivals)},
    )


def _plans(recipe: Recipe, joint: Floats, draw: Draw, settings: Settings) -> list[Child]:
    """Return a child for every published plan: age by need and age by placement as published."""
    children: list[Child] = []
    later = settings.base_year - int(recipe.option("source", "census_year")) - 4
    for at, age in enumerate(recipe.ages):
        table = round_table(joint[at], recipe.by_placement[at], recipe.by_need[at], draw)
        for i, placement in enumerate(recipe.placements):
            for j, need in enumerate(recipe.needs):
                children += [Child(placement, need, age + later)] * int(table[i, j])
    return [
        replace(child, placement=_from_nursery(recipe, joint, child.need, draw))
        if child.ncy <= 0 or child.placement == "early_years"
        else child
        for child in children
    ]


def _moved_on(
    plans: list[Child], recipe: Recipe, joint: Floats, draw: Draw, settings: Settings
) -> tuple[list[Child], dict[str, int]]:
    """Move the census on to the later day of ``[since_census]``, if there is one; and say by how many plans.

    New plans come at the pace, ages and needs of a year's new plans. How many ended follows from the total of that
    day; they are of the ages at which plans end, the last of which stands for all older ones.
    """
    if (since := recipe.options.get("since_census")) is None:
        return plans, {}
    later = settings.base_year - int(recipe.option("source", "census_year")) - 4
    counts = draw.round(np.asarray(recipe.new_by_need * (since["months"] / 12), dtype=np.float64))
    new = [
        Child(_likely(recipe, joint, max(age, 5), need, draw), need, age + later, is_new=True)
        for i, age in enumerate(recipe.new_ages)
        for j, need in enumerate(recipe.needs)
        for _ in range(int(counts[i, j]))
    ]
    ended = len(plans) + len(new) - int(since["plans"])
    ages = {int(age): count for age, count in since["ended_by_age"].items()}
    odds = np.array(list(ages.values()), dtype=np.float64)
    out: set[int] = set()
    for age, count in zip(ages, draw.round(odds * (ended / odds.sum())).tolist(), strict=True):
        of_age = [at for at, plan in enumerate(plans) if min(plan.ncy - later, max(ages)) == age]
        out |= {of_age[at] for at in draw.order(len(of_age))[:count]}
    if len(out) != ended:
        message = "synth.toml: [since_census] plans is not to be reached in so many months"
        raise UsageError(message)
    left = [plan for at, plan in enumerate(plans) if at not in out]
    return left + new, {"new since": len(new), "ended since": ended}


def _from_nursery(recipe: Recipe, joint: Floats, need: str, draw: Draw) -> str:
    """Return where a child who starts school goes: as those of the need in Year 1 went."""
    return _likely(recipe, joint, 5, need, draw)


def _likely(recipe: Recipe, joint: Floats, age: int, need: str, draw: Draw) -> str:
    """Draw a placement in a school or college, as those of that age and need have them.

    Where nobody of that age has the need, ages up to five years either way are looked at, too.
    """
    known = [recipe.placements.index(kind) for kind in KINDS if kind in recipe.placements]
    column = recipe.needs.index(need)
    apart = np.abs(np.array(recipe.ages) - age)
    odds = joint[apart == 0][:, known, column].sum(axis=0)
    for years in range(1, 6):
        if odds.sum() < 0.5:
            odds = joint[apart <= years][:, known, column].sum(axis=0)
    odds = odds if odds.sum() > 0 else np.ones(len(known))
    return recipe.placements[known[draw.pick(odds)]]


def _in_scope(plans: Iterable[Child], settings: Settings) -> tuple[list[Child], dict[str, int]]:
    """Leave out those below Reception, past the last NCY, and with no school place to plan."""
    within: list[Child] = []
    out = {"below Reception": 0, "past the last year": 0} | dict.fromkeys(NO_PLACE.values(), 0)
    for child in plans:
        if child.ncy < 0:
            out["below Reception"] += 1
        elif child.ncy > settings.leaving.last_ncy:
            out["past the last year"] += 1
        elif child.placement in NO_PLACE:
            out[NO_PLACE[child.placement]] += 1
        else:
            within.append(child)
    return within, out


def _base_chances(recipe: Recipe, pools: Pools, children: Sequence[Child]) -> dict[str, float]:
    """Return by need how likely a mainstream pupil is one for a base.

    In proportion to England's odds, so that as many are expected as the bases' places in use.
    """
    counts = dict.fromkeys(recipe.needs, 0)
    for child in children:
        if child.placement == "mainstream" and pools.holding("base", (child.need,), child.ncy):
            counts[child.need] += 1
    odds = dict(zip(recipe.needs, recipe.base_odds.tolist(), strict=True))
    wanted = pools.total("base") * recipe.option("bases", "full_pct") / 100
    expected = sum(counts[need] * odds[need] for need in recipe.needs)
    return {need: min(0.9, wanted / max(expected, 1e-9) * odds[need]) for need in recipe.needs}


def _decide(child: Child, recipe: Recipe, bases: Mapping[str, float], draw: Draw) -> Child:
    """Say what kinds of provision suit the child, and whether it has a second need."""
    group = child.placement
    if group == "mainstream" and child.ncy < AT_COLLEGE_FROM and draw.chance(bases[child.need]):
        group = "base"
    if group == "otherwise":
        waits = draw.chance(recipe.option("suits", "waiting_pct") / 100)
        group = "waiting" if waits else "tuition"
    if group == "not_in_education":
        group = "waiting"
    suits = set(KINDS[group])
    suits |= _also(child, group, recipe, draw)
    second = draw.chance(recipe.option("suits", "second_need_pct") / 100)
    need_2 = _second_need(child.need, recipe, draw) if second else ""
    return replace(child, placement=group, suits=frozenset(suits), need_2=need_2)


def _also(child: Child, group: str, recipe: Recipe, draw: Draw) -> set[str]:
    """Return kinds beyond those of the group: other schools, and college after Year 11."""
    also: set[str] = set()
    options = recipe.options["suits"]
    if group in ("special", "waiting") and child.need in options["base_instead_needs"]:
        also |= {"base"} if draw.chance(options["base_instead_of_special_pct"] / 100) else set()
    if group == "independent":
        met = draw.chance(options["special_instead_of_independent_pct"] / 100)
        also |= {"special"} if met else set()
    if group in ("tuition", "college"):
        return also
    also |= {"college"} if draw.chance(_college_share(recipe, group)) else set()
    return also


def _college_share(recipe: Recipe, group: str) -> float:
    """Return which share of a group leaves its school at 16: pupils of 16 and 17 against 15."""
    kind = group if group in ("special", "independent") else "mainstream"
    pupils = recipe.by_placement[:, recipe.placements.index(kind)]
    at = recipe.ages.index
    after = (pupils[at(16)] + pupils[at(17)]) / 2
    return float(np.clip(1 - after / max(pupils[at(15)], 1), 0, 1))


def _second_need(first: str, recipe: Recipe, draw: Draw) -> str:
    """Draw another need, as often as it is anyone's first."""
    odds = recipe.by_need.sum(axis=0).astype(np.float64)
    odds[recipe.needs.index(first)] = 0
    return recipe.needs[draw.pick(odds)]


def _place(
    children: list[Child], pools: Pools, homes: Homes, recipe: Recipe, draw: Draw
) -> list[Child]:
    """Choose the present provision of each child in a school, in a random order, new plans last.

    Who seeks in the base year: those with no school, those whose school has no pool that held them
    last year and still does, and those for a base that has no place left.
    """
    placed = list(children)
    nearness = recipe.options["travel"]["nearness_km"]
    for at in sorted(draw.order(len(children)), key=lambda at: children[at].is_new):
        child = children[at]
        kind = "alternative" if child.placement == "tuition" else child.placement
        km = homes.km_to(child.home, pools) / nearness.get(kind, nearness["other"])
        needs = (child.need, child.need_2)
        chosen = pools.choose(kind, needs, child.ncy, km, draw, overfill=not child.is_new)
        if chosen:
            placed[at] = replace(child, provision=chosen, status="placed")
    return placed


def _waits(child: Child, recipe: Recipe) -> Child:
    """Say where a child without a school is taught while it waits, if the recipe does."""
    low, high = recipe.options["suits"].get("waiting_ncy", (0, -1))
    if child.placement != "waiting" or not low <= child.ncy <= high:
        return child
    return replace(child, provision=str(recipe.options["suits"]["waiting_at"]))


def _review(children: list[Child], recipe: Recipe, draw: Draw) -> list[Child]:
    """Mark the few in independent schools whom a special school could take."""
    low, high = recipe.options["status"]["review_ncy"]
    fit = [
        at
        for at, child in enumerate(children)
        if child.placement == "independent"
        and child.status == "placed"
        and "special" in child.suits
        and low <= child.ncy <= high
    ]
    order = draw.order(len(fit))[: int(recipe.option("status", "review_children"))]
    marked = {fit[position] for position in order}
    return [
        replace(child, status="review") if at in marked else child
        for at, child in enumerate(children)
    ]


def _arrivals(
    recipe: Recipe, joint: Floats, draw: Draw, settings: Settings, scale: float
) -> list[Child]:
    """Return the new plans of every year of the plan, with the NCY in which they seek a place.

    A child aged ``a`` in its plan's first academic year is in NCY ``a - 3`` the September after;
    the youngest wait until Reception, and those past the last NCY are left out. Where ``[since_census]`` counts the
    plans of a later day, the youngest of the first year's are left to the years in which they start school.
    """
    growth = 1 + recipe.option("arrivals", "growth_pct_a_year") / 100
    months = recipe.option("arrivals", "first_year_months")
    arrivals: list[Child] = []
    for offset in range(settings.years):
        size = scale * growth**offset * (months / 12 if offset == 0 else 1)
        counts = draw.round(np.asarray(recipe.new_by_need * size, dtype=np.float64))
        for i, age in enumerate(recipe.new_ages):
            ncy = max(age - 3, 0)
            too_young = age < 3 and offset == 0 and "since_census" in recipe.options
            if too_young or ncy > settings.leaving.last_ncy:
                continue
            for j, need in enumerate(recipe.needs):
                for _ in range(int(counts[i, j])):
                    group = _likely(recipe, joint, max(ncy + 4, 5), need, draw)
                    child = Child(group, need, ncy, start_year=settings.base_year + offset)
                    arrivals.append(child)
    return arrivals


def _row(number: int, child: Child, homes: Homes) -> tuple[str, ...]:
    """Write a child as a row of ``children.csv``."""
    suits = "|".join(kind for kind in ORDER if kind in child.suits)
    name = f"SYN-{number:06d}"
    home = homes.postcodes[child.home]
    return (
        name,
        home,
        child.need,
        child.need_2,
        suits,
        str(child.ncy),
        child.provision,
        child.status,
    )

"""Why a group of children is modelled where it is, in words, as a table and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency.evidence.counts import DUST, WITHHELD
from sufficiency.evidence.explain.explained import as_json
from sufficiency.evidence.explain.group import TOLD
from sufficiency.evidence.explain.reasons import (
    DEARER,
    FAR,
    FULL,
    HERE,
    KIND,
    LIMIT,
    NEED,
    SHUT,
    STAYS,
    YEARS,
    mean,
)
from sufficiency.evidence.naming import MILE_KM, TITLE, counts_note, listed, miles, runs
from sufficiency.pounds import hundreds, near
from sufficiency.report.parts import NOTHING, Cell, Section, Table, heading, numbers

if TYPE_CHECKING:
    from models.problem import Ints
    from sufficiency.evidence.counts import Counts
    from sufficiency.evidence.explain.group import GroupExplained, Option
    from sufficiency.evidence.value.find import Worth

#: How many reasons are told of a provision.
MOST_REASONS = 3
#: Provisions that are no place for them, but nearer, that are named.
MOST_UNSUITABLE = 6
#: Pounds a year that make no difference.
SAME_GBP = 50.0


def because(found: GroupExplained, option: Option) -> str:
    """Say why those of the group whom a provision suits, but who are elsewhere, are: what holds for enough of them."""
    order = sorted(
        (FULL, DEARER, LIMIT, FAR, SHUT, STAYS), key=lambda code: -found.of(option, code)
    )
    said = [_words(found, option, code) for code in order if found.enough(option, code)]
    if not said:
        others, counts = found.suits(option) - found.of(option, HERE), found.said.counts
        told = others > 1e-6 and counts.tells(others)
        return "each reason holds for too few to tell" if told else ""
    return "; ".join(said[:MOST_REASONS])


def _words(found: GroupExplained, option: Option, code: int) -> str:
    settings = found.said.basis.case.settings
    if code == FULL:
        return _full_words(found, option)
    if code == DEARER:
        return f"it has room, but {_dearer_words(found, option)}"
    if code == SHUT:
        schemes = found.unopened(option)
        verb = "does" if len(schemes) == 1 else "do"
        return f"{listed(schemes)} {verb} not open" if schemes else "it has no places for them then"
    if code == FAR:
        most = settings.travel.max_minutes
        return (
            f"too long a journey (the most is {max(most.values()):g} minutes)"
            if most
            else "no way there is known"
        )
    if code == STAYS:
        return "they stay where they are placed already"
    return "it is at a limit on such children"


def _full_words(found: GroupExplained, option: Option) -> str:
    blocked = found.said.reasons.blocked(option.at, found.rows.only(option.why == FULL))
    most = (
        max(found.said.places[q, t] for q, years in blocked.years.items() for t in years)
        if blocked.years
        else 0
    )
    if most < found.said.counts.threshold:
        return "it has very few places"
    return f"it is full in {runs(found.said.base_year + t for t in blocked.all_years)}"


def _dearer_words(found: GroupExplained, option: Option) -> str:
    rows = found.rows.only(option.why == DEARER)
    more = mean(found.said.reasons.dearer(option.at, rows, found.said.year), rows.children)
    if not np.isfinite(more) or more < SAME_GBP:
        return "costs more over the whole stay"
    return f"costs {hundreds(more)} a year more than where they are"


def headline(found: GroupExplained) -> str:
    """Say how many they are, and where most of them are modelled."""
    said, counts = found.said, found.said.counts
    places = sorted(found.suitable, key=lambda o: -found.of(o, HERE))
    there = [
        f"about {counts.text(n)} at {said.name(o.at)}"
        for o in places[:3]
        if (n := found.of(o, HERE)) > 0 and counts.tells(n)
    ]
    text = f"{found.words}: about {counts.text(found.rows.total)} children in {said.year_words}"
    text += f", with {listed(there)}." if there else "."
    if found.unplaced > 1e-6:
        number = counts.text(found.unplaced)
        text += f" {number[0].upper()}{number[1:]} have no place."
    return text if found.suitable else f"{text} No provision suits enough of them to tell."


def sentences(found: GroupExplained) -> list[str]:
    """Say why not all whom the nearest provisions suit are there: those that are full first."""
    away = [o for o in found.suitable if found.suits(o) - found.of(o, HERE) > 1e-6]
    told = [o for o in away if any(found.enough(o, code) for code in TOLD)] or away
    told.sort(key=lambda option: not found.enough(option, FULL))
    return [_clause(found, option, first=not n) for n, option in enumerate(told[:2])]


def _clause(found: GroupExplained, option: Option, *, first: bool) -> str:
    """Say of a provision how many of those whom it suits are elsewhere, and why."""
    said, counts = found.said, found.said.counts
    away, suits = found.suits(option) - found.of(option, HERE), found.suits(option)
    name = said.name(option.at) + (f" ({miles(option.km)})" if np.isfinite(option.km) else "")
    nearest = "Nearest that is full for them is" if found.enough(option, FULL) else "Nearest is"
    lead = f"{nearest} {name}" if first else f"Next is {name}"
    number = _part(counts, away, suits)
    worth = found.worths.get(option.at)
    ends = f"; {said.worth_words(worth)}" if worth else ""
    reason = because(found, option)
    return f"{lead}: {number} whom it suits are not there{': ' if reason else ''}{reason}{ends}."


def _part(counts: Counts, away: float, suits: float) -> str:
    """Say how many of some children: "all of about 30", and not 30 of 30, where only rounding makes them one."""
    if not counts.tells(away):
        return counts.few
    whole = f"about {counts.text(suits)}"
    if counts.text(away) != counts.text(suits):
        return f"about {counts.text(away)} of {whole}"
    return f"{'all' if suits - away <= DUST else 'nearly all'} of {whole}"


def table(found: GroupExplained) -> Table:
    """Return the provisions that suit, as people read them."""
    rows = []
    for option in found.suitable:
        worth = found.worths.get(option.at)
        ends = [NOTHING, NOTHING] if worth is None else [hundreds(worth.saved), _fewer(worth)]
        rows.append(
            [
                heading(found.said.name(option.at)),
                *numbers([*_journey(option), _told(found, found.suits(option))]),
                *numbers([_told(found, found.of(option, HERE))]),
                *numbers(ends),
                Cell(_sentence(because(found, option))),
            ]
        )
    heads = [
        *("Provision", "Miles", "Minutes", "Suits", "There"),
        *("One more saves", "One fewer costs", "Why the others are not there"),
    ]
    caption = f"The nearest provisions that suit, {found.said.year_words}: {found.words}"
    return Table(caption, heads, rows, frozenset(range(1, 7)))


def _told(found: GroupExplained, children: float) -> str:
    shown = found.said.counts.shown(children)
    return WITHHELD if shown is None else f"{shown:,}"


def _journey(option: Option) -> list[str]:
    known = np.isfinite(option.km)
    return [f"{option.km / MILE_KM:.1f}", f"{option.minutes:.0f}"] if known else [NOTHING, NOTHING]


def _fewer(worth: Worth) -> str:
    return NOTHING if worth.lost is None else hundreds(worth.lost)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}" if words else NOTHING


def unsuitable(found: GroupExplained) -> str:
    """Name provisions that are nearer than some that suit, but no place for the group, with the reason."""
    shown = {option.at for option in found.suitable}
    far = max((o.km for o in found.suitable if np.isfinite(o.km)), default=0.0)
    reasons = {
        NEED: "other needs",
        YEARS: "other year groups",
        KIND: "a kind that does not suit",
        SHUT: "no places",
    }
    nearer = [
        f"{found.said.name(o.at)} ({reasons[code]})"
        for o in found.options
        if o.at not in shown and o.km < far and (code := _only(o.why)) in reasons
    ]
    return (
        f"Nearer, but no place for them: {'; '.join(nearer[:MOST_UNSUITABLE])}." if nearer else ""
    )


def _only(why: Ints) -> int:
    """Return the commonest reason."""
    return int(np.bincount(why).argmax())


def section(found: GroupExplained) -> Section:
    """Return what people read."""
    said = found.said
    notes = [
        unsuitable(found),
        (
            "A provision suits a child by need, year group and kind. What a place more saves is real money of the whole"
            " plan, planned again with the place there from the first year in which the provision is full for them; it"
            " may go to other children. The priority on placing children is not in it."
        ),
        f"Journeys are means of the group's homes ({said.study.prepared.travel.journeys.method}).",
        counts_note(said.counts),
    ]
    return Section(
        "explain", TITLE, sentences(found), [table(found)], [note for note in notes if note], []
    )


def frames(found: GroupExplained) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the provisions that suit as they may be told, and all provisions exactly."""
    return pd.DataFrame([_row(found, option) for option in found.suitable]), exact(found)


def exact(found: GroupExplained) -> pd.DataFrame:
    """Return how many of the group are at each provision, and how many are not for which reason, the nearest first."""
    return pd.DataFrame(
        [
            _head(found, o, digits=2) | {CODES[code]: round(found.of(o, code), 4) for code in CODES}
            for o in found.options
        ]
    )


#: What reasons are called in tables.
CODES = {
    HERE: "here",
    STAYS: "stays_elsewhere",
    NEED: "other_needs",
    YEARS: "other_year_groups",
    KIND: "other_kind",
    FAR: "too_far",
    SHUT: "no_places",
    FULL: "full",
    LIMIT: "limit",
    DEARER: "dearer",
}


def _head(found: GroupExplained, option: Option, digits: int = 1) -> dict[str, object]:
    """Return a provision and the journey to it; as people read it, unless more digits are asked for."""
    known = np.isfinite(option.km)
    return {
        "provision": found.said.basis.provisions[option.at],
        "name": found.said.name(option.at),
        "miles": round(option.km / MILE_KM, digits) if known else None,
        "minutes": round(option.minutes, digits - 1) if known else None,
    }


def _row(found: GroupExplained, option: Option) -> dict[str, object]:
    said, worth = found.said, found.worths.get(option.at)
    return _head(found, option) | {
        "suits": said.counts.text(found.suits(option)),
        "there": said.counts.text(found.of(option, HERE)),
        "why_not": because(found, option),
        "one_more_saves_a_year_gbp": None if worth is None else near(worth.saved),
        "one_fewer_costs_a_year_gbp": None
        if worth is None or worth.lost is None
        else near(worth.lost),
        "from_year": None if worth is None else said.base_year + worth.first,
    }


def summary(found: GroupExplained) -> dict[str, Any]:
    """Return it for machines."""
    said = found.said
    public, _ = frames(found)
    rows = public.astype(object).where(public.notna(), None).to_dict("records")
    for row, option in zip(rows, found.suitable, strict=True):
        row["worth"] = as_json(found.worths.get(option.at), said)
    return {
        "need": found.group.need or None,
        "phase": found.group.phase or None,
        "area": found.group.area or None,
        "year": said.base_year + said.year,
        "children": said.counts.shown(found.rows.total),
        "unplaced": said.counts.shown(found.unplaced),
        "provisions": rows,
    }

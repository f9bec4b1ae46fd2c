"""What each panel of the dashboard finds, in a sentence, and what must be known of its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.evidence.dashboard.lines import BY_KEY, rooms, specialist
from sufficiency.evidence.dashboard.published import is_told, of
from sufficiency.evidence.dashboard.words import SECTION_19, against, at_colleges, ends
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import academic, figure, in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sufficiency.evidence.dashboard.lines import Room
    from sufficiency.evidence.dashboard.published import Run


#: Fewer empty places than this share are the gaps of every year.
LEAST_EMPTY = 0.05
PRICED = (
    "At {} prices. A state-funded place is place funding and top-up, empty places paid for included; the budgets are "
    "different ones and are not added up."
)
MEAN = "A mean follows who travels and at what age: neither way is called better."


def _number(run: Run) -> str:
    found = rooms(run)
    first, last = found[run.years[0]], found[run.years[-1]]
    if not first.places and not last.places:
        return "There are no special schools or bases here with a number of places."
    many = f"{figure(first.places)} places in special schools and bases here"
    if last.places != first.places:
        word = "more" if last.places > first.places else "fewer"
        many += f", {figure(abs(last.places - first.places))} {word} by {academic(run.years[-1])}"
    return f"{many}. {_full(first, academic(run.years[0]))}{_empty(run)}"


def _full(room: Room, year: str) -> str:
    """Say how many schools and bases are full in a year, and of how many that is withheld."""
    if not room.told:
        return f"How many are full in {year} is withheld."
    rest = room.many - room.told
    withheld = f"; of {in_words(rest)} more that is withheld" if rest else ""
    if room.full == room.told > 1 and not rest:
        return f"All {room.told} are full in {year}."
    if room.told == 1:
        return f"The one whose use is told is {'' if room.full else 'not '}full in {year}."
    many = figure(room.full) if room.full else "None"
    return f"{many} of {room.told} {'is' if room.full == 1 else 'are'} full in {year}{withheld}."


def _empty(run: Run) -> str:
    """Say that places are empty while children go elsewhere, in the last year, where that is so and is told."""
    last = run.years[-1]
    room = rooms(run)[last]
    elsewhere = [BY_KEY[key].of(run).get(last) for key in ("away", "independent", "without")]
    gone = of(lambda *counts: sum(counts), *elsewhere)
    if not isinstance(gone, float) or not isinstance(room.used, float) or gone < 1:
        return ""
    left = room.places - room.used
    if left < max(1.0, LEAST_EMPTY * room.places):
        return ""
    return (
        f" In {academic(last)} {figure(left)} places are empty while {figure(gone)} children have none of this "
        "council’s own: see their year groups and needs."
    )


def _number_notes(run: Run) -> list[str]:
    found = (
        [SECTION_19]
        if any(v not in (None, 0.0) for v in BY_KEY["without"].of(run).values())
        else []
    )
    hidden = {y: room for y, room in rooms(run).items() if room.told and room.told < _there(run, y)}
    if hidden:
        found.append(
            "Schools and bases whose use is withheld are not counted among those with no place left."
        )
    if any(room.used == WITHHELD and room.least for room in rooms(run).values()):
        found.append(
            "≥: at least so many places are taken, counting those alone whose use is told."
        )
    return found


def _there(run: Run, year: int) -> int:
    rows = specialist(run)
    return int(rows.loc[rows["year"] == str(year), "provision"].nunique())


def _type(run: Run) -> str:
    line = BY_KEY["local_pct"]
    first, last = ends(line.of(run), run.years)
    if not is_told(first) or not is_told(last):
        return "Where children are, by year; some counts are too small to tell."
    if line.write(first) == line.write(last):
        return f"{line.write(first)} of children with a place have one of this council’s own, now and later."
    way = "rises" if float(str(last)) > float(str(first)) else "falls"
    shares = f"{line.write(first)} to {line.write(last)}"
    return f"The share of children in this council’s own places {way} from {shares}. {at_colleges(run)}".strip()


def _type_notes(run: Run) -> list[str]:
    many = BY_KEY["colleges"].of(run)
    hidden = {year for year, v in many.items() if v == WITHHELD}
    at_least = hidden & set(BY_KEY["colleges"].least(run))
    found = ["≥: at least so many; the rest is withheld."] if at_least else []
    if many:
        found.append(
            "A student at a college in another council’s area counts as in another council’s place."
        )
    return found


def _value(run: Run) -> str:
    fee, state = BY_KEY["fee"].of(run), BY_KEY["state_cost"].of(run)
    for year in run.years:
        dear, cheap = fee.get(year), state.get(year)
        if isinstance(dear, float) and isinstance(cheap, float) and cheap:
            return (
                f"An independent place costs {dear / cheap:.1f} times what a state-funded one of any kind does "
                f"({academic(year)})."
            )
    return "What places and journeys cost, by year."


def _location(run: Run) -> str:
    line = BY_KEY["within_45"]
    first = line.of(run).get(run.years[0])
    mean = BY_KEY["minutes"].of(run).get(run.years[0])
    near = f"{line.write(first)} of children travel 45 minutes or less" if is_told(first) else ""
    takes = (
        f"a journey takes {BY_KEY['minutes'].write(mean)} minutes on average"
        if is_told(mean)
        else ""
    )
    said = "; ".join(filter(None, (near, takes)))
    return (
        f"{said[:1].upper()}{said[1:]} ({academic(run.years[0])}, one way)."
        if said
        else "Journeys, one way."
    )


FINDINGS: dict[str, Callable[[Run], str]] = {
    "number": _number,
    "type": _type,
    "value": _value,
    "location": _location,
}
NOTES: dict[str, Callable[[Run], list[str]]] = {
    "number": _number_notes,
    "type": _type_notes,
    "value": lambda run: [PRICED.format(run.settings["money"]["price_base"])],
    "location": lambda run: [
        f"Journeys are modelled: {run.summary['travel']}. {MEAN} {against(run)}".strip()
    ],
}

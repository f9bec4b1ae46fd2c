"""What is odd about a school in GIAS: one row a check, each with its code and a note for the planner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.faults import Fault
from sufficiency.imports.gias_schools import CLOSING, PROPOSED, School, Unit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

FAR_M = 2000.0
"""From a grid reference to its postcode: half of all special schools are within 70 m."""
OLD_DAYS = 550
"""A count of pupils older than this missed a whole January census (eighteen months)."""


@dataclass(frozen=True)
class Finding:
    """A fault, and the schools that it is about."""

    fault: Fault
    schools: tuple[School, ...] = ()


@dataclass(frozen=True)
class View:
    """What a check may look at besides the school itself.

    Attributes
    ----------
    date
        The day of the extract, or None where it does not say.
    council
        The council whose case it is.
    neighbours
        URN to the names of other schools on exactly the same point.
    from_roll
        Whether a blank capacity is taken to be the number on roll, and blank ages to be all.
    """

    date: dt.date | None
    council: str
    neighbours: dict[str, str]
    from_roll: bool = False

    def places(self, school: School, unit: Unit) -> int:
        """Return the places of a part: 0 where it is not known how many, for whom, or whether."""
        if school.status == PROPOSED or school.double_of:
            return 0
        if self.from_roll:
            return unit.capacity or unit.roll or 0
        return (unit.capacity or 0) if school.ages_known else 0


@dataclass(frozen=True)
class Check:
    """One kind of oddity.

    Attributes
    ----------
    note
        What to write beside the school, "" when the check has nothing to say of it.
    on_places
        Whether the note belongs to the rows of `places`, rather than to the provision.
    """

    code: str
    what: str
    remedy: str
    note: Callable[[School, View], str]
    on_places: bool = False


def _far(school: School, _: View) -> str:
    if school.apart_m is None or school.apart_m <= FAR_M:
        return ""
    return f"postcode {school.apart_m / 1000:.1f} km from the grid reference, which is used"


def _one_point(school: School, view: View) -> str:
    others = view.neighbours.get(school.urn, "")
    return f"same grid reference as {others}" if others else ""


def _no_grid(school: School, _: View) -> str:
    without = school.easting_m is None and school.point is not None
    return "no grid reference; its postcode is used" if without else ""


def _nowhere(school: School, _: View) -> str:
    return "no grid reference, and its postcode is blank or unknown" if not school.point else ""


def _capacity(school: School, view: View) -> str:
    if school.double_of or school.status == PROPOSED:
        return ""
    unknown = any(u.capacity is None and not view.places(school, u) for u in school.units)
    return "capacity blank in GIAS" if unknown else ""


def _roll(school: School, view: View) -> str:
    taken = any(unit.capacity is None and view.places(school, unit) for unit in school.units)
    return "capacity blank in GIAS: the number on roll is taken" if taken else ""


def _no_ages(school: School, view: View) -> str:
    if school.ages is not None:
        return ""
    why = "blank" if school.low_age is None and school.high_age is None else "no range"
    basis = "year groups by phase" if school.ages_known else "year groups guessed"
    unused = [
        f"capacity of {unit.capacity} not used until they are given"
        for unit in school.units
        if unit.capacity and not view.places(school, unit)
    ]
    return "; ".join([f"ages {why} in GIAS: {basis}", *unused])


def _no_needs(school: School, _: View) -> str:
    return "" if school.needs.codes else "designation blank in GIAS: any need"


def _odd_needs(school: School, _: View) -> str:
    if school.needs.unread:
        return "a designation was not understood"
    return "a designation was read by likeness" if school.needs.guessed else ""


def _five(school: School, _: View) -> str:
    return "from age 5: read as Year 1" if school.low_age == 5 else ""


def _over(school: School, _: View) -> str:
    over = [u for u in school.units if u.capacity and u.roll is not None and u.roll > u.capacity]
    return "; ".join(f"{unit.roll} on roll for a capacity of {unit.capacity}" for unit in over)


def _own_unit(school: School, _: View) -> str:
    return "its own SEN unit or resourced provision is not counted apart" * school.own_unit


def _old_census(school: School, view: View) -> str:
    if school.census is None or view.date is None:
        return ""
    old = (view.date - school.census).days > OLD_DAYS
    return f"pupils counted on {school.census.isoformat()}" if old else ""


def _shared(school: School, view: View) -> str:
    others = school.la != view.council or school.kind in ("independent", "college")
    known = any(view.places(school, unit) for unit in school.units)
    return "places for all councils" if others and known else ""


def _closing(school: School, _: View) -> str:
    if school.status != CLOSING or school.becomes or school.double_of:
        return ""
    return (
        f"to close on {school.closes.isoformat()}" if school.closes else "to close, no date given"
    )


def _proposed(school: School, _: View) -> str:
    if school.status != PROPOSED:
        return ""
    places = [f"capacity {unit.capacity}" for unit in school.units if unit.capacity]
    when = f"to open on {school.opened.isoformat()}" if school.opened else "to open, no date given"
    return "; ".join(["proposed", when, *places])


def _double(school: School, _: View) -> str:
    if not school.double_of:
        return ""
    return f"its successor, URN {school.double_of}, is open too and has the places"


def _becomes(school: School, _: View) -> str:
    return f"to become URN {school.becomes}" if school.becomes else ""


def _heir(school: School, _: View) -> str:
    olds = ", ".join(school.heir_of)
    return f"what was blank is from its predecessor, URN {olds}" if olds else ""


CHECKS = (
    Check("W1111", f"postcode over {FAR_M / 1000:.0f} km from the grid reference",
          "the grid reference is used: if the postcode is right, blank easting_m and northing_m",
          _far),
    Check("W1112", "two schools on exactly one point",
          "see that they do share a site, or correct one", _one_point),
    Check("W1113", "no grid reference; the postcode's place is used",
          "give easting_m and northing_m if the site is not at its postcode", _no_grid),
    Check("W1114", "no grid reference, and no postcode that is known",
          "give easting_m and northing_m: the case cannot be planned without", _nowhere),
    Check("W1121", "capacity blank: 0 places until you fill them in",
          "fill in `places`: what you commission (DfE's place numbers), not what the building holds",
          _capacity, on_places=True),
    Check("W1126", "capacity blank: the number on roll is taken for places",
          "put the places that you commission; the roll is of all councils' children",
          _roll, on_places=True),
    Check("W1122", "ages blank, or no range",
          "give ncy_from and ncy_to; Reception is 0", _no_ages, on_places=True),
    Check("W1123", "no designated need: any need may be placed there",
          "write the needs that the school is for, joined by bars", _no_needs, on_places=True),
    Check("W1124", "a designation that is not spelt as in GIAS",
          "see that `needs` is right", _odd_needs, on_places=True),
    Check("W1125", "youngest pupils are 5: from Year 1",
          "if it has a Reception, put ncy_from at 0", _five, on_places=True),
    Check("W1131", "more pupils on roll than capacity",
          "put the places that you commission", _over, on_places=True),
    Check("W1132", "a special school or pupil referral unit with a base of its own",
          "its places are within the school's: add a row only if they are not", _own_unit),
    Check("W1133", "pupils were counted over eighteen months before the extract",
          "ask the school how many are on roll", _old_census),
    Check("W1134", "another council's or an independent school: the capacity is for everybody",
          "lower `places` to those that your council may use", _shared, on_places=True),
    Check("W1141", "to close: no places after its last year",
          "give to_year where no date is given; blank it if the school will stay", _closing),
    Check("W1142", "proposed to open: 0 places until you fill them in",
          "once it is certain, fill in from_year and places; or make it a scheme", _proposed),
    Check("W1143", "a school and its successor are both open: the successor has the places",
          "see which is right, and take the other out", _double),
    Check("W1144", "what the record leaves blank was taken over from the predecessor",
          "see that places, year groups and needs still hold", _heir),
    Check("W1145", "changes hands: kept once, under the number that is open now",
          "nothing to do until the new number opens", _becomes),
)  # fmt: skip


def notes(school: School, view: View, *, on_places: bool) -> str:
    """Return all that is to be written beside a school, in its provision or in its places."""
    said = (check.note(school, view) for check in CHECKS if check.on_places == on_places)
    return "; ".join(filter(None, said))


def examine(schools: Sequence[School], view: View, where: str) -> Iterator[Finding]:
    """Apply every check to every school; one finding for each check that finds something."""
    for check in CHECKS:
        found = tuple(school for school in schools if check.note(school, view))
        if found:
            rows = tuple(sorted(school.row for school in found))
            yield Finding(Fault(check.code, where, check.what, check.remedy, rows=rows), found)


def on_one_point(schools: Sequence[School]) -> dict[str, str]:
    """Return the schools that share a grid reference: URN to the names of the others there."""
    there: dict[tuple[float, float], list[School]] = defaultdict(list)
    for school in sorted(schools, key=lambda school: school.urn):
        if school.easting_m is not None and school.northing_m is not None:
            there[school.easting_m, school.northing_m].append(school)
    return {
        school.urn: ", ".join(other.name for other in group if other.urn != school.urn)
        for group in there.values()
        if len(group) > 1
        for school in group
    }

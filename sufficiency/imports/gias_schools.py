"""Establishments of Get Information about Schools (GIAS): what a row means for places.

A school's ages become National Curriculum years so: the statutory low age is how old its youngest
pupils are on 31 August before their first year, NCY = low age − 4 (4 is Reception, 11 is Year 7);
the high age is the one its oldest pupils reach within their last year, NCY = high age − 5 (11 is
Year 6, 16 is Year 11, 19 is Year 14).
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sufficiency.needs import NEEDS, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

OPEN, CLOSED, CLOSING, PROPOSED = "1", "2", "3", "4"
"""Codes of ``EstablishmentStatus``."""
FIRST_NCY, LAST_NCY = -4, 20
NOTHING = ("", "not applicable", "n/a", "none", "does not apply")
PRU = "14"

TYPES: dict[str, str] = {
    "7": "special",  # community special school
    "12": "special",  # foundation special school
    "33": "special",  # academy special sponsor led
    "36": "special",  # free schools special
    "44": "special",  # academy special converter
    "8": "independent",  # non-maintained special school: paid by fee, on the same budget line
    "10": "independent",  # other independent special school
    "32": "college",  # special post 16 institution
    PRU: "alternative",  # pupil referral unit
    "38": "alternative",  # free schools alternative provision
    "42": "alternative",  # academy alternative provision converter
    "43": "alternative",  # academy alternative provision sponsor led
}
"""``TypeOfEstablishment (code)`` to the kind of provision; all others are mainstream, or no school.

The type *group* would miss special academies and free schools. Source: GIAS, types of April 2025.
"""
BASE_TYPE = "typeofresourcedprovision (name)"
BASES = {"RP": ("resourced provision", "resourcedprovision"), "SU": ("SEN unit", "senunit")}
"""The bases of a mainstream school: part to label, and the beginning of its columns' names."""
PHASE_RANGE: dict[str, tuple[int, int]] = {"2": (0, 6), "4": (7, 11), "7": (0, 11)}
"""``PhaseOfEducation (code)`` to NCYs, for a mainstream school whose ages are blank."""
WIDEST_RANGE: dict[str, tuple[int, int]] = {"college": (12, 20), "base": (0, 11)}
"""Where nothing gives ages: what to start from when filling them in; else ``ALL_THROUGH``."""
ALL_THROUGH = (0, 14)

_NAMES = {
    **{name.upper(): code for code, name in NEEDS.items()},
    "VISUAL IMPAIRMENT": "VI",
    "SPEECH, LANGUAGE AND COMMUNICATION": "SLCN",
    "OTHER DIFFICULTY/DISABILITY": "OTH",
    "AUTISM": "ASD",
}


class Unit(NamedTuple):
    """A part of a school with places of its own; ``part`` is "" for the whole school."""

    part: str
    label: str
    capacity: int | None
    roll: int | None


class Needs(NamedTuple):
    """Designations read: codes, whether one was read by likeness, and whether one was not read."""

    codes: str
    guessed: bool
    unread: bool


@dataclass(frozen=True)
class School:
    """One establishment, as it bears on places.

    Attributes
    ----------
    row
        Row of the extract; the header is row 1.
    needs
        Designated needs joined by a bar; "" where the extract names none.
    units
        Its parts with places; empty for a mainstream school without a base.
    own_unit
        Whether a special school or a pupil referral unit is said to have a base besides.
    no_base
        Whether the extract says outright that there is no base, rather than leaving it blank.
    easting_m, northing_m
        The grid reference as the extract gives it.
    point
        Where it is taken to be (metres): the grid reference, else its postcode's place.
    apart_m
        From the grid reference to the postcode, where both are known.
    from_year, to_year
        Academic years of its opening and closing, where they lie ahead.
    heir_of
        Predecessors whose capacity, ages or designations it took over, as URNs.
    double_of
        A successor that is open as well and holds the places.
    becomes
        A successor, proposed, that was left out because it is this very school.
    """

    row: int
    urn: str
    name: str
    la_code: str
    la: str
    gss: str
    type_code: str
    type_name: str
    kind: str
    status: str
    phase: str
    low_age: int | None
    high_age: int | None
    needs: Needs
    units: tuple[Unit, ...]
    own_unit: bool
    no_base: bool
    section_41: str
    census: dt.date | None
    opened: dt.date | None
    closes: dt.date | None
    postcode: str
    easting_m: float | None
    northing_m: float | None
    point: tuple[float, float] | None = None
    apart_m: float | None = None
    from_year: int | None = None
    to_year: int | None = None
    heir_of: tuple[str, ...] = ()
    double_of: str = ""
    becomes: str = ""

    @property
    def ages(self) -> tuple[int, int] | None:
        """NCY range by its ages; None where they are blank or make no range."""
        return ncy_range(self.low_age, self.high_age)

    @property
    def ncys(self) -> tuple[int, int]:
        """NCY range by ages, else by phase, else the widest that its kind may have."""
        by_phase = PHASE_RANGE.get(self.phase, WIDEST_RANGE.get(self.kind, ALL_THROUGH))
        return self.ages or by_phase

    @property
    def ages_known(self) -> bool:
        """Whether ages or phase say which NCYs it has."""
        return self.ages is not None or self.phase in PHASE_RANGE


def ncy_range(low_age: int | None, high_age: int | None) -> tuple[int, int] | None:
    """Return the first and last NCY of a school by its statutory ages; None if they give none."""
    if low_age is None or high_age is None or low_age >= high_age:
        return None
    first, last = low_age - 4, high_age - 5
    if last < FIRST_NCY or first > LAST_NCY:
        return None
    return max(first, FIRST_NCY), min(last, LAST_NCY)


def read_needs(cells: Iterable[str]) -> Needs:
    """Read the designations ``SEN1`` to ``SEN13``: gaps, spelling and capitals do not matter.

    ``SpLD - Specific Learning Difficulty`` is read by its code; a text without one by its name, or
    by the name most like it. One that is like none is not read.
    """
    found = [
        _need(text) for cell in cells if (text := " ".join(cell.split())).lower() not in NOTHING
    ]
    codes = normalise("|".join(code for code, _ in found if code))
    return Needs(
        codes, any(code and guessed for code, guessed in found), any(not code for code, _ in found)
    )


def _need(text: str) -> tuple[str, bool]:
    """Return the code that a designation means ("" for none), and whether it was guessed."""
    upper = text.upper()
    head, *rest = re.split(r"\s*[-–—:]\s*", upper, maxsplit=1)
    for plain in (head, upper, *rest):
        if plain in NEEDS:
            return plain, False
        if plain in _NAMES:
            return _NAMES[plain], False
    near = difflib.get_close_matches(upper, [*_NAMES, *NEEDS], n=1, cutoff=0.75)
    return (_NAMES.get(near[0], near[0]) if near else ""), True


def read_school(row: int, cells: Mapping[str, str]) -> School:
    """Read one row of an extract; absent columns are as blank ones.

    Parameters
    ----------
    cells
        By the name of the column, lower case.
    """

    def cell(name: str) -> str:
        text = cells.get(name, "").strip()
        return "" if text.lower() in NOTHING else text

    type_code = cell("typeofestablishment (code)")
    bases = _bases(cell)
    kind = TYPES.get(type_code, "base" if bases else "")
    if type_code in TYPES:
        capacity = whole(cell("schoolcapacity"))
        if type_code == PRU:
            capacity = whole(cell("placespru")) or capacity
        units: tuple[Unit, ...] = (Unit("", "", capacity or None, whole(cell("numberofpupils"))),)
    else:
        units = bases
    return School(
        row=row,
        urn=cell("urn"),
        name=cell("establishmentname"),
        la_code=cell("la (code)"),
        la=cell("la (name)"),
        gss=cell("gsslacode (name)"),
        type_code=type_code,
        type_name=cell("typeofestablishment (name)"),
        kind=kind,
        status=cell("establishmentstatus (code)"),
        phase=cell("phaseofeducation (code)"),
        low_age=whole(cell("statutorylowage")),
        high_age=whole(cell("statutoryhighage")),
        needs=read_needs(cells.get(f"sen{number} (name)", "") for number in range(1, 14)),
        units=units,
        own_unit=type_code in TYPES and bool(bases),
        no_base=cells.get(BASE_TYPE, "").strip().lower() == "not applicable",
        section_41={"approved": "yes", "not approved": "no"}.get(
            cell("section41approved (name)").lower(), ""
        ),
        census=read_day(cell("censusdate")),
        opened=read_day(cell("opendate")),
        closes=read_day(cell("closedate")),
        postcode=cell("postcode"),
        easting_m=_metres(cell("easting")),
        northing_m=_metres(cell("northing")),
    )


def _bases(cell: Callable[[str], str]) -> tuple[Unit, ...]:
    """Return the bases of a school: one for each that its type names or that has a number."""
    named = cell(BASE_TYPE).lower()
    found = []
    for part, (label, column) in BASES.items():
        capacity, roll = whole(cell(f"{column}capacity")), whole(cell(f"{column}onroll"))
        if label.lower() in named or capacity or roll:
            found.append(Unit(part, label, capacity or None, roll))
    return tuple(found)


def whole(text: str) -> int | None:
    """Read a whole number, as ``120``, ``1,200`` or ``120.0``; None for anything else."""
    plain = text.strip().replace(",", "")
    return int(plain.split(".")[0]) if re.fullmatch(r"[0-9]{1,7}(\.0*)?", plain) else None


def _metres(text: str) -> float | None:
    """Read an easting or northing; GIAS writes 0 where it knows none."""
    plain = text.strip()
    number = float(plain) if re.fullmatch(r"[0-9]{1,7}(\.[0-9]*)?", plain) else 0.0
    return number or None


def read_day(text: str) -> dt.date | None:
    """Read ``dd-mm-yyyy``, as GIAS writes it, or with strokes; ``yyyy-mm-dd`` too; else None."""
    for pattern in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def academic_year(day: dt.date) -> int:
    """Return the academic year of a day, the integer of its September."""
    return day.year if day.month >= 9 else day.year - 1

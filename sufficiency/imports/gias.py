"""From an extract of Get Information about Schools (GIAS) to the tables `provisions` and `places`.

What a planner should know of the result:

* ``provision_id`` is ``U`` and the URN (``U100020``), for a base ``-RP`` or ``-SU`` after it: text to
  any spreadsheet. The column ``urn`` has the plain number, to join on.
* A row of ``places`` has a number only if GIAS gives a capacity and the year groups can be told.
  Otherwise it stands there with 0 places, ready to be filled in, and ``note`` says why: a blank
  would mean "no limit". The same holds for a school that is only proposed.
* Non-maintained special schools are ``independent``: paid by fee, on the same budget line.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.case_files import put_tables
from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.imports.councils import find_council, is_council
from sufficiency.imports.gias_checks import FAR_M, Finding, View, examine, notes, on_one_point
from sufficiency.imports.gias_file import Extract, read_extract
from sufficiency.imports.gias_links import Links, follow, read_links
from sufficiency.imports.gias_schools import CLOSED, School, Unit, academic_year

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.postcodes import Directory
    from sufficiency.progress import Progress

WHOLE = ("from_year", "to_year", "on_roll")
KINDS = ("special", "base", "alternative", "independent", "college")
"""In the order in which provisions are listed."""


@dataclass(frozen=True)
class Imported:
    """What an import made of an extract.

    Attributes
    ----------
    council, extract
        The council's name as the extract spells it; what was read.
    schools
        Those in the tables, in order.
    findings
        What is odd, with the schools that it is about.
    left_out
        Why establishments are not in the tables, to how many.
    written
        The files written.
    """

    council: str
    within_km: float
    extract: Extract
    schools: tuple[School, ...]
    provisions: pd.DataFrame
    places: pd.DataFrame
    findings: tuple[Finding, ...]
    left_out: dict[str, int]
    base_year: int
    folder: Path
    written: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Request:
    """What is asked of an import.

    Attributes
    ----------
    la
        The council, by name or code.
    within_km
        How far from the council's own schools others may be, as the crow flies.
    from_roll
        Whether a blank capacity is taken to be the number on roll, and blank ages to be all.
    base_year
        First year of the plan, for a new case; None for that of the extract.
    """

    file: Path
    la: str
    within_km: float
    folder: Path
    links: Path | None = None
    postcodes: Path | None = None
    replace: bool = False
    from_roll: bool = False
    base_year: int | None = None


def import_gias(request: Request, progress: Progress) -> Imported:
    """Read an extract and write the tables `provisions` and `places` to a case's folder.

    Raises
    ------
    CaseError
        When the extract, the links or the postcodes cannot be read, or the council has no place.
    UsageError
        When there is no such council, or the tables are there already; nothing is written then.
    """
    progress.step("reading the extract")
    links = read_links(request.links) if request.links else Links()
    extract = read_extract(
        request.file, lambda school: is_council(school, request.la) or school.urn in links.before
    )
    council = find_council(request.la, extract)
    progress.step("choosing schools")
    closed = Counter(
        "closed" for s in extract.schools if s.la == council and s.kind and s.status == CLOSED
    )
    live = follow(extract.schools, links)
    schools, left_out = _choose(live, council, request, progress)
    imported = _tables(schools, council, extract, links, request)
    progress.step("writing the tables")
    written = put_tables(
        request.folder,
        {"provisions": imported.provisions, "places": imported.places},
        title=f"{council}, {imported.base_year}",
        base_year=imported.base_year,
        replace=request.replace,
    )
    return replace(imported, left_out=dict(left_out | closed), written=tuple(written))


def _choose(
    live: Sequence[School], council: str, request: Request, progress: Progress
) -> tuple[list[School], Counter[str]]:
    """Choose the council's own schools and those near them; give every one its point."""
    progress.step("looking postcodes up")
    own = _sited([school for school in live if school.la == council], request)
    anchors = [s.point for s in own if s.point and not (s.apart_m and s.apart_m > FAR_M)]
    others = [school for school in live if school.la != council and school.kind]
    bare = _sited([school for school in others if school.easting_m is None], request)
    placed = [_by_grid(school) for school in others if school.easting_m is not None] + bare
    near = _near(placed, anchors, request.within_km)
    left_out = Counter(
        {
            f"of other councils and over {request.within_km:g} km away": len(placed) - len(near),
            "of the council, without SEND places": sum(not school.kind for school in own),
        }
    )
    chosen = [school for school in own if school.kind] + _sited(near, request)
    if not chosen:
        what = f"no special school, base or alternative provision of {council} or near it is here"
        remedy = "use the extract of all establishments, with all their fields"
        raise CaseError([Fault("E1105", request.file.name, what, remedy)])
    return sorted(chosen, key=lambda s: (s.la != council, KINDS.index(s.kind), s.urn)), left_out


def _near(
    schools: Sequence[School], anchors: Sequence[tuple[float, float]], within_km: float
) -> list[School]:
    """Return schools within so many kilometres of an anchor."""
    from scipy.spatial import cKDTree

    located = [school for school in schools if school.point]
    if not located or not anchors:
        return []
    points = np.array([school.point for school in located])
    metres = np.atleast_1d(cKDTree(np.array(anchors)).query(points)[0])
    return [s for s, away in zip(located, metres, strict=True) if away <= within_km * 1000]


def _by_grid(school: School) -> School:
    if school.easting_m is None or school.northing_m is None:
        return school
    return replace(school, point=(school.easting_m, school.northing_m))


def _sited(schools: Sequence[School], request: Request) -> list[School]:
    """Give each school its point, and the distance from its grid reference to its postcode."""
    postcodes = [school.postcode for school in schools]
    found = _directory(request, postcodes).lookup(postcodes)
    return [
        _sited_at(school, float(east), float(north))
        for school, east, north in zip(
            schools, found["easting_m"], found["northing_m"], strict=True
        )
    ]


def _sited_at(school: School, east: float, north: float) -> School:
    """Place a school; ``east`` and ``north`` (metres) are its postcode's, NaN if not known."""
    here = _by_grid(school)
    if np.isnan(east):
        return here
    if here.point is None:
        return replace(here, point=(east, north))
    apart = float(np.hypot(here.point[0] - east, here.point[1] - north))
    return replace(here, apart_m=apart)


def _directory(request: Request, postcodes: Sequence[str]) -> Directory:
    """Return the user's own directory of postcodes, else the letters needed of the bundled one."""
    from geodata.postcodes import Directory, PostcodeFileError, normalise
    from sufficiency.locate import bundled

    if request.postcodes is None:
        return bundled(frozenset(normalise(code)[:1] for code in postcodes))
    try:
        return Directory.from_file(request.postcodes)
    except PostcodeFileError as error:
        remedy = "give a Code-Point Open or ONSPD file, or leave --postcodes out"
        raise CaseError([Fault("E306", request.postcodes.name, str(error), remedy)]) from error


def _tables(
    schools: list[School], council: str, extract: Extract, links: Links, request: Request
) -> Imported:
    """Make the tables of chosen schools, and look at what is odd."""
    view = View(extract.date, council, on_one_point(schools), request.from_roll)
    faults = [Finding(fault) for fault in (*extract.faults, *links.faults)]
    provisions, places = [], []
    for school in schools:
        said = {on: notes(school, view, on_places=on) for on in (False, True)}
        provisions += [_provision(school, unit, council, said[False]) for unit in school.units]
        places += [_pool(school, unit, said[True], view) for unit in school.units]
    return Imported(
        council=council,
        within_km=request.within_km,
        extract=extract,
        schools=tuple(schools),
        provisions=pd.DataFrame(provisions),
        places=pd.DataFrame(places).astype(dict.fromkeys(WHOLE, "Int64")),
        findings=(*faults, *examine(schools, view, extract.name)),
        left_out={},
        base_year=request.base_year or academic_year(extract.date or _today()),
        folder=request.folder,
    )


def _today() -> dt.date:
    """Stand in for the day of an extract that does not say."""
    return dt.datetime.now(tz=dt.UTC).date()


def provision_id(school: School, unit: Unit) -> str:
    """Return the reference of a school, or of one of its bases."""
    return f"U{school.urn}-{unit.part}" if unit.part else f"U{school.urn}"


def _provision(school: School, unit: Unit, council: str, note: str) -> dict[str, object]:
    """Return a row of `provisions`."""
    return {
        "provision_id": provision_id(school, unit),
        "name": f"{school.name} ({unit.label})" if unit.part else school.name,
        "kind": school.kind,
        "postcode": school.postcode,
        "easting_m": school.easting_m,
        "northing_m": school.northing_m,
        "la": "home" if school.la == council else school.la,
        "urn": school.urn,
        "section_41": school.section_41,
        "note": note,
    }


def _pool(school: School, unit: Unit, note: str, view: View) -> dict[str, object]:
    """Return a row of `places`."""
    return {
        "provision_id": provision_id(school, unit),
        "needs": school.needs.codes or "*",
        "ncy_from": school.ncys[0],
        "ncy_to": school.ncys[1],
        "from_year": school.from_year,
        "to_year": school.to_year,
        "places": view.places(school, unit),
        "on_roll": unit.roll,
        "note": note,
    }

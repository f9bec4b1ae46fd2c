"""Children from a SEN2 return: who is placed where, who waits, and who needs no place to plan.

Everybody in the return is counted once, with the reason: placed, seeking or left out. The NCY is
that of the plan's first year, so a child whose present school's places are all for younger
children then is *seeking*: it moves on that September.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs
from sufficiency.console import counted
from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.faults import errors as errors_of
from sufficiency.imports.children_fates import (
    LEFT,
    LEFT_OUT,
    NO_BASE,
    NO_SETTING,
    NOT_OURS,
    PLACED,
    SEEKING,
    TRANSFERS,
    Settled,
    at_school,
    seeking,
)
from sufficiency.imports.children_homes import ROUGH, UNKNOWN, directory_of, homes
from sufficiency.imports.children_out import (
    Imported,
    case_at,
    check_key,
    last_ncy_of,
    numbered,
    settings_year,
    shown,
    tally,
    write_children,
    write_key,
)
from sufficiency.imports.children_schools import NO_PROVISIONS, Schools, schools_of, suits_of
from sufficiency.imports.sen2_files import Export, read_export
from sufficiency.imports.sen2_plans import SETTINGS, People, read_people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Under 0, or past the academic year in which a plan must end, that of the 25th birthday.
NCY_LEAST, NCY_MOST = -4, 20
RESIDENTIAL = {
    "A": ("38 to 51 weeks", "up to 38 weeks"),
    "B": ("52 weeks", "39 to 52 weeks"),
}
"""What a residential code means in returns before 2026, and since."""


@dataclass(frozen=True)
class Options:
    """What the user may choose.

    Attributes
    ----------
    base_year
        First academic year of the plan; None: the case's own, else the year of the export.
    provisions
        A CSV file that says which provision a URN or UKPRN is.
    key
        Where to write which child is which row of the return; None writes none.
    """

    base_year: int | None = None
    provisions: Path | None = None
    keep_postcodes: bool = False
    suits: bool = False
    key: Path | None = None
    replace: bool = False


def import_sen2(folder: Path, out: Path, options: Options) -> Imported:
    """Read the return in `folder` and write `children.csv` into the case `out`.

    Raises
    ------
    CaseError
        When the files are not as exported, or the map of provisions cannot be used.
    UsageError
        When the case has children already, or no year can be told.
    """
    if options.key:
        check_key(options.key, out, replace=options.replace)
    export, faults = read_export(folder)
    if export is None:
        raise CaseError(errors_of(faults))
    case = case_at(out)
    return_year = export.date.year if export.date else None
    base_year = settings_year(case, options.base_year, return_year)
    people = read_people(export, _gone_by(base_year, export.date))
    schools = schools_of(case, base_year, options.provisions)
    last_ncy = last_ncy_of(case)
    settled = [_settle(who, schools, base_year, last_ncy) for who in people.frame.itertuples()]
    rows = _rows(people.frame, settled, schools if options.suits else None)
    home = homes(
        rows["postcode"], directory_of(case, rows["postcode"]), keep=options.keep_postcodes
    )
    rows = numbered(rows.drop(columns="postcode").join(home), "person")
    faults += [
        *people.faults,
        *_warnings(export, people, settled, schools, home, options),
        *_other_year(export, base_year),
    ]
    files = write_children(out, rows, base_year=base_year, replace=options.replace)
    if options.key:
        write_key(options.key, rows, "person", "persontableid")
    summary = _summary(export, people, settled, schools, base_year)
    return Imported(summary, tuple(faults), files)


def _gone_by(base_year: int, exported: dt.date | None) -> dt.date:
    """Return the day by which an ended plan or placement is past."""
    september = dt.date(base_year, 9, 1)
    return max(september, exported) if exported else september


def _settle(person: Any, schools: Schools, base_year: int, last_ncy: int) -> Settled:  # noqa: ANN401
    """Say what becomes of a person."""
    if person.out:
        return Settled(LEFT_OUT, person.out)
    ncy = needs.ncy_of(person.born, base_year) if isinstance(person.born, dt.date) else None
    if ncy is None or ncy < NCY_LEAST:
        return Settled(LEFT_OUT, "no date of birth that can be used")
    if ncy > last_ncy:
        old = ncy > NCY_MOST
        return Settled(LEFT_OUT, "past the year of the 25th birthday" if old else LEFT)
    if person.urn or person.ukprn:
        return _at_school(person, schools, ncy, base_year)
    setting = SETTINGS.get(person.sensetting)
    if setting is None:
        return _nowhere(person, ncy, base_year)
    why = f"{person.sensetting}: {setting.meaning}"
    return seeking(why, ncy, base_year) if setting.seeking else Settled(LEFT_OUT, why)


def _nowhere(person: Any, ncy: int, base_year: int) -> Settled:  # noqa: ANN401
    """Say what becomes of a person without a school or a setting that is known."""
    if person.sensetting:
        return Settled(LEFT_OUT, "a setting code that SEN2 does not have, and no school")
    if not person.listed:
        return Settled(LEFT_OUT, NO_SETTING)
    return seeking("their placement ends, and none follows", ncy, base_year)


def _at_school(person: Any, schools: Schools, ncy: int, base_year: int) -> Settled:  # noqa: ANN401
    """Say what becomes of a person who is at a school."""
    found, base = _school_of(person, schools, ncy)
    return at_school(found, schools, ncy, base_year, base)


def _school_of(person: Any, schools: Schools, ncy: int) -> tuple[str, str]:  # noqa: ANN401
    """Return the provision that a person is at ("" for none), and the base of a flag.

    Without provisions to match, it is called by its number.
    """
    if not (schools.kinds or schools.by_number or schools.other):
        number = f"URN-{person.urn}" if person.urn else f"UKPRN-{person.ukprn}"
        return (f"{number}-BASE" if person.in_base else number), ""
    wanted = {person.need, person.need_2}
    for in_base in (True, False) if person.in_base else (False,):
        for number in filter(None, (person.urn, person.ukprn)):
            found = schools.find(number, in_base=in_base, wanted=wanted, ncy=ncy, mark=person.mark)
            if found:
                flag = (found if in_base else NO_BASE) if person.in_base else ""
                return found, flag
    return schools.other, NO_BASE if person.in_base else ""


def _rows(people: pd.DataFrame, settled: list[Settled], suits: Schools | None) -> pd.DataFrame:
    """Return those who are placed or seeking, with the columns of the table but for their homes."""
    fate = pd.DataFrame(settled, index=people.index)
    kept = people[fate["outcome"] != LEFT_OUT]
    fate = fate.loc[kept.index]
    return pd.DataFrame(
        {
            "person": kept["person"],
            "postcode": kept["postcode"],
            "need": kept["need"].where(kept["need"] != "", needs.UNASSESSED),
            "need_2": kept["need_2"],
            "suits": [suits_of(at, suits) for at in fate["was_at"]],
            "ncy": fate["ncy"],
            "start_year": fate["start_year"],
            "current_provision": fate["provision"],
            "status": fate["outcome"],
        }
    )


def _summary(
    export: Export, people: People, settled: list[Settled], schools: Schools, base_year: int
) -> dict[str, Any]:
    """Return what to tell the user, without any child's data."""
    counts = Counter(fate.outcome for fate in settled)
    return {
        "layout": export.version,
        "exported": export.date.isoformat() if export.date else None,
        "base_year": base_year,
        "total": len(settled),
        "placed": counts[PLACED],
        "seeking": counts[SEEKING],
        "left_out": counts[LEFT_OUT],
        "people": tally((fate.outcome, fate.why) for fate in settled),
        "newly_issued": int((people.frame["newly"] & (people.frame["out"] == "")).sum()),
        "second_placements_not_counted": people.second,
        "residential": _residential(people.frame, export.date.year if export.date else base_year),
        "schools_not_in_the_case": unknown_schools(people.frame, settled),
        "bases": _bases(settled, schools),
    }


def _residential(people: pd.DataFrame, year: int) -> list[dict[str, Any]]:
    """Count residential codes by what they mean in the return of `year`."""
    counts = people.loc[people["out"] == "", "res"].str.upper().value_counts()
    return [
        {
            "code": code,
            "means": words[year >= 2026],
            "return": year,
            "people": shown(int(counts[code])),
        }
        for code, words in RESIDENTIAL.items()
        if code in counts.index
    ]


def unknown_schools(people: pd.DataFrame, settled: list[Settled]) -> list[dict[str, Any]]:
    """Return the schools that the case does not have: the most children first."""
    away = [fate.why == NOT_OURS for fate in settled]
    left = people[away]
    names = ("URN " + left["urn"]).where(left["urn"] != "", "UKPRN " + left["ukprn"])
    names = names + left["in_base"].map({True: ", flagged as base", False: ""})
    counts = names.value_counts()
    ranked = sorted(counts.items(), key=lambda item: (-max(item[1], 4), str(item[0])))
    return [{"school": str(name), "children": shown(int(n))} for name, n in ranked]


def _bases(settled: list[Settled], schools: Schools) -> list[dict[str, Any]]:
    """Set the children flagged as in a base beside its places, for every base of the case."""
    flagged = Counter(fate.base for fate in settled)
    rows = []
    for provision, kind in schools.kinds.items():
        pools = [pool.places for pool in schools.pools.get(provision, [])]
        if kind != "base" or None in pools or not any(pools):
            continue
        places = sum(places for places in pools if places is not None)
        says = _compared(flagged[provision], places)
        count = shown(flagged[provision])
        rows.append({"base": provision, "flagged": count, "places": places, "": says})
    return rows


def _compared(flagged: int, places: float) -> str:
    """Say how flags and places compare; fewer than half is more than vacancies explain."""
    if flagged > places:
        return "more children than places"
    return "fewer than half the places" if flagged < places / 2 else ""


def _warnings(
    export: Export,
    people: People,
    settled: list[Settled],
    schools: Schools,
    home: pd.DataFrame,
    options: Options,
) -> Iterator[Fault]:
    """Say what the planner should look at."""
    person, frame = export.files["person"], people.frame
    for miss, words in HOME_WORDS.items():
        if rows := tuple(int(str(row)) for row in home.index[home["miss"] == miss]):
            yield Fault("W1207", person, *words, "postcode", tuple(sorted(rows)))
    kept = pd.Series([fate.outcome != LEFT_OUT for fate in settled], index=frame.index)
    if blank := int((kept & (frame["need"] == "")).sum()):
        newly = int((kept & (frame["need"] == "") & frame["newly"]).sum())
        what = (
            f"{blank} children have no need that can be used, and are written as NSA; {newly} of "
            "them have a plan newly issued, of which the return gives no need"
        )
        remedy = "give their needs in children.csv; only pools and prices for * or NSA fit"
        yield Fault("W1208", export.files["senneed"], what, remedy)
    yield from _school_warnings(export, people, settled, schools)
    if bare := sum(fate.why == NO_SETTING for fate in settled):
        what = f"no school or setting is recorded for {bare} plans in force; they are left out"
        remedy = "give the placements in the return"
        yield Fault("W1205", export.files["placementdetail"], what, remedy)
    if not options.suits:
        what = "the return does not say which kinds of provision suit a child: `suits` is blank"
        remedy = "fill it in, or import with --suits: the present kind and dearer ones"
        yield Fault("W1213", "children.csv", what, remedy, "suits")


def _other_year(export: Export, base_year: int) -> Iterator[Fault]:
    """Warn where the plan does not begin in the September after the return."""
    if export.date and export.date.year != base_year:
        what = (
            f"the return is of {export.date.year}, but the plan begins in {base_year}: year groups "
            f"are those of {base_year}, placements those of the return"
        )
        remedy = "set base_year in case.toml, or say --base-year, if that is not meant"
        yield Fault("W1215", export.files["person"], what, remedy)


def _school_warnings(
    export: Export, people: People, settled: list[Settled], schools: Schools
) -> Iterator[Fault]:
    """Say where the return and the case's provisions do not match."""
    placements = export.files["placementdetail"]
    if not schools.kinds:
        yield NO_PROVISIONS
    if unknown := len(unknown_schools(people.frame, settled)):
        what = f"{counted(unknown, 'school')} not in the case: the children there are left out"
        moving = sum(fate.why == NOT_OURS and fate.ncy in TRANSFERS for fate in settled)
        what += f"; {shown(moving)} of them begin Year 7 or 12 as the plan does" if moving else ""
        remedy = (
            "add those that matter to provisions.csv with their URN, or give --provisions: a CSV "
            "file with urn (or ukprn) and provision_id, * for all others"
        )
        yield Fault("W1209", placements, what, remedy, "urn")
    odd = sum(bool(row[""]) for row in _bases(settled, schools))
    if odd:
        what = f"flags and places disagree at {counted(odd, 'base')}"
        remedy = "look at the list of bases; set places, or correct the flags in the return"
        yield Fault("W1210", placements, what, remedy, "resourcedprovisionindicator")
    if strays := sum(fate.base == NO_BASE for fate in settled):
        what = f"{strays} children are flagged as in a base, where the case has none by that URN"
        remedy = "add the base with its school's URN and kind base, or correct the flags"
        yield Fault("W1214", placements, what, remedy, "senunitindicator")
    if people.frame.loc[people.frame["out"] == "", "res"].isin(set(RESIDENTIAL)).any():
        what = "residential children are written as day pupils, with a journey each day"
        remedy = "set their transport by kind of provision, where a kind is for residential places"
        yield Fault("W1212", placements, what, remedy, "res")


HOME_WORDS = {
    ROUGH: (
        "postcodes are in no directory; the middle of their sector is used",
        "correct them in the return",
    ),
    UNKNOWN: (
        "homes cannot be found: the postcode is blank, or neither it nor its sector is known",
        "give the postcode in the return, or easting_m and northing_m in children.csv",
    ),
}

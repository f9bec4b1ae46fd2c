"""From the DfE's high needs place numbers to rows of `places`, for schools that the case has.

The file lists academies, free schools, special post-16 and the like. Maintained schools are not in
it: the council commissions those places itself, and must take them from its own records.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency import needs
from sufficiency.case import read_case
from sufficiency.case_files import put_tables
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault, errors
from sufficiency.imports.children_out import Imported
from sufficiency.imports.place_numbers_file import PlaceNumbers, read_place_numbers
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sufficiency.case import Case
    from sufficiency.progress import Progress

LAST_PRE_16, FIRST_POST_16 = 11, 12
#: Kinds whose places the file holds, so that one of them which it lacks is worth a word.
LISTED = ("special", "base", "alternative")


#: Codes that only say that there are no places yet.
NOT_YET = ("E102", "E109")


@dataclass(frozen=True)
class Pool:
    """The new row of one provision for one side of 16."""

    provision_id: str
    is_pre_16: bool
    places: float
    gbp: float


def import_places(path: Path, folder: Path, progress: Progress, *, replace: bool) -> Imported:
    """Put the places of a published file into the table `places` of a case.

    Rows of a provision that the file has are replaced; all others stay. A file for a year after the
    base year leaves the rows there are until then. One pool may be funded at two rates: its row has
    all places and the mean rate.

    Raises
    ------
    CaseError
        When the file is laid out otherwise, or the case's provisions or places have errors.
    UsageError
        When the case has a table `places` and `replace` is not asked; nothing is written then.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no case yet; make it, say with sufficiency import gias")
    progress.step("reading the place numbers")
    numbers = read_place_numbers(path)
    case = _case(folder)
    progress.step("matching schools")
    pools, faults = _pools(numbers, case)
    unknown = sorted(set(numbers.schools) - set(case.provisions["urn"]))
    faults += _absent(numbers, case, path)
    table, assumed = _table(case, pools, numbers.year)
    faults += _assumed(case, assumed)
    progress.step("writing the table")
    title, base_year = case.settings.title, case.settings.base_year
    files = put_tables(folder, {"places": table}, title=title, base_year=base_year, replace=replace)
    summary = {
        "academic_year": f"{numbers.year}/{(numbers.year + 1) % 100:02d}",
        "schools_in_the_file": len(numbers.schools),
        "of_them_in_the_case": len(numbers.schools) - len(unknown),
        "provisions_given_places": len({pool.provision_id for pool in pools}),
        "places": round(sum(pool.places for pool in pools)),
        "rows_of_places_now": len(table),
    }
    return Imported(summary, tuple(faults), tuple(files))


def _case(folder: Path) -> Case:
    """Read the case as far as its provisions and places go."""
    case, faults = read_case(folder)
    if case is None:
        raise CaseError(faults)
    ours = {case.files["provisions"], case.files["places"], case.files["settings"]}
    wrong = [f for f in errors(faults) if f.where in ours and f.code not in NOT_YET]
    if wrong or "provisions" not in case.whole:
        raise CaseError(wrong or faults)
    return case


def _pools(numbers: PlaceNumbers, case: Case) -> tuple[list[Pool], list[Fault]]:
    """Add up the places of every provision, apart by side of 16 and with their mean rate."""
    places: dict[tuple[str, bool], float] = defaultdict(float)
    gbp: dict[tuple[str, bool], float] = defaultdict(float)
    unclear: set[int] = set()
    frame = case.provisions
    for count in numbers.counts:
        here = frame[(frame["urn"] == count.urn)]
        fits = here[here["kind"].map(case.settings.base_kind).isin(count.column.kinds)]
        if len(fits) == 1:
            rate = count.column.gbp
            if not count.column.is_pre_16 and fits["kind"].iloc[0] == "special":
                rate = 10000.0
            key = str(fits["provision_id"].iloc[0]), count.column.is_pre_16
            places[key] += count.places
            gbp[key] += count.places * rate
        else:
            unclear |= {int(str(row)) for row in here.index}
    faults = []
    if unclear:
        what = "the file's places fit none, or several, of the provisions with this URN"
        remedy = "give each its own share of them in the table places"
        rows = tuple(sorted(unclear))
        faults = [Fault("W1414", case.files["provisions"], what, remedy, "urn", rows)]
    return [Pool(*key, n, round(gbp[key] / n, 2)) for key, n in places.items()], faults


def _absent(numbers: PlaceNumbers, case: Case, path: Path) -> list[Fault]:
    """Say which provisions the file has nothing about, and which of its schools the case lacks."""
    frame = case.provisions
    ours = frame["kind"].map(case.settings.base_kind).isin(LISTED) & (frame["la"] == "home")
    absent = frame.index[ours & ~frame["urn"].isin(numbers.schools)]
    faults = []
    if len(absent):
        what = "not in the file, which has no maintained schools: their places stay as they are"
        remedy = "take their places from the council's own commissioning record"
        rows = tuple(int(row) for row in absent)
        faults.append(Fault("W1412", case.files["provisions"], what, remedy, "urn", rows))
    unknown = len(set(numbers.schools) - set(frame["urn"]))
    if unknown:
        what = (
            f"schools of the file that the case does not have: {unknown:,}, most of other councils"
        )
        remedy = (
            "nothing, unless one of them takes your children: add it to provisions with its URN"
        )
        faults.append(Fault("W1411", path.name, what, remedy, "URN"))
    return faults


def _table(case: Case, pools: Sequence[Pool], year: int) -> tuple[pd.DataFrame, set[str]]:
    """Return all rows of places, and the provisions whose needs and year groups are assumed."""
    old = case.places
    replaced = old["provision_id"].isin({pool.provision_id for pool in pools})
    later = year > case.settings.base_year
    kept = old[~replaced]
    before = old[replaced & ~(old["from_year"] >= year).fillna(value=False)] if later else old[:0]
    before = before.assign(to_year=before["to_year"].fillna(year - 1).clip(upper=year - 1))
    assumed: set[str] = set()
    rows = []
    for pool in pools:
        known = old[old["provision_id"] == pool.provision_id]
        low, high = _range(known, is_pre_16=pool.is_pre_16)
        assumed |= set() if len(known) else {pool.provision_id}
        rows.append(
            {
                "provision_id": pool.provision_id,
                "needs": _needs(known),
                "ncy_from": low,
                "ncy_to": high,
                "from_year": year if later else None,
                "places": pool.places,
                "place_funding_gbp": pool.gbp,
            }
        )
    new = pd.DataFrame(rows, columns=TABLES["places"].names)
    whole = ["ncy_from", "ncy_to", "from_year", "to_year"]
    parts = [
        part.astype(dict.fromkeys(whole, "Int64")) for part in (kept, before, new) if len(part)
    ]
    return (pd.concat(parts, ignore_index=True) if parts else new), assumed


def _needs(known: pd.DataFrame) -> str:
    """Return all needs that a provision's pools have; any, where it has none yet."""
    return needs.normalise("|".join(known["needs"])) if len(known) else needs.ANY


def _range(known: pd.DataFrame, *, is_pre_16: bool) -> tuple[int, int]:
    """Return the NCYs of a provision on one side of 16, as its pools have them, else all."""
    low = int(known["ncy_from"].min()) if len(known) else 0
    high = int(known["ncy_to"].max()) if len(known) else 14
    if is_pre_16:
        return min(low, LAST_PRE_16), min(high, LAST_PRE_16)
    return max(low, FIRST_POST_16), max(high, FIRST_POST_16 + 2)


def _assumed(case: Case, assumed: set[str]) -> list[Fault]:
    """Say for which provisions needs and year groups must still be given."""
    frame = case.provisions
    rows = tuple(int(row) for row in frame.index[frame["provision_id"].isin(assumed)])
    if not rows:
        return []
    what = "had no row of places: all needs and year groups are assumed in the new ones"
    remedy = "give their needs and year groups in the table places"
    return [Fault("W1413", case.files["provisions"], what, remedy, "provision_id", rows)]

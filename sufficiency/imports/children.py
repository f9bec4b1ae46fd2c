"""Children from a council's own flat export, through a column map that the user has confirmed.

One row is one child. Only mapped columns enter a table; dates of birth become a year group and
postcodes a point, and neither is written unless asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs, values
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault, rows_of
from sufficiency.faults import errors as errors_of
from sufficiency.imports.children_fates import (
    LEFT,
    LEFT_OUT,
    NO_BASE,
    NOT_OURS,
    PLACED,
    REVIEW,
    SEEKING,
    Settled,
    at_school,
    seeking,
)
from sufficiency.imports.children_homes import directory_of, homes, rounded
from sufficiency.imports.children_map import (
    ColumnMap,
    draft,
    fit,
    identifies,
    likely,
    looks_like_data,
    read_map,
)
from sufficiency.imports.children_out import (
    HOME,
    Imported,
    case_at,
    last_ncy_of,
    numbered,
    settings_year,
    tally,
    write_children,
)
from sufficiency.imports.children_schools import NO_PROVISIONS, Schools, schools_of, suits_of
from sufficiency.imports.children_words import put_in_words, references_that_identify
from sufficiency.settings import KINDS
from sufficiency.sheets import Sheet, read_csv, read_workbook
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sufficiency.case import Case

BOOKS = {".xlsx", ".xlsm"}
NUMBERS = ("children", "easting_m", "northing_m", "lat", "lon", "ncy", "start_year")


@dataclass(frozen=True)
class Options:
    """What the user may choose; as for a SEN2 return."""

    base_year: int | None = None
    provisions: Path | None = None
    keep_postcodes: bool = False
    suits: bool = False
    replace: bool = False


def draft_map(file: Path, target: Path, *, replace: bool) -> Path:
    """Draft a column map for `file` and write it to `target`.

    Raises
    ------
    CaseError
        When the file cannot be read, or its first row holds no names of columns.
    UsageError
        When `target` is there already and `replace` is not asked.
    """
    sheet, _ = _sheet(file, ColumnMap({}))
    if target.exists() and not replace:
        raise UsageError(f"{target} is there already; say --replace to replace it")
    if not likely(sheet.header):
        raise CaseError([_no_header(file)])
    target.write_text(draft(sheet.header, file.name), encoding="utf-8")
    return target


def import_children(file: Path, map_file: Path, out: Path, options: Options) -> Imported:
    """Read `file` through a map and write `children.csv` into the case `out`.

    Raises
    ------
    CaseError
        When the file, the map or a value cannot be used; every such fault is in it.
    UsageError
        When the case has children already, or no year can be told.
    """
    columns = read_map(map_file)
    sheet, faults = _sheet(file, columns)
    _stop(fit(columns, sheet.header, map_file.name))
    case = case_at(out)
    base_year = settings_year(case, options.base_year, columns.ncy_year or None)
    cells, found = put_in_words(_mapped(sheet, columns), columns.values, sheet.where)
    kept = cells[cells["status"] != LEFT_OUT]
    faults += _of_rows(found, kept)
    schools = schools_of(case, base_year, options.provisions)
    faults += _checked(kept, case, sheet.where)
    typed = _typed(cells, columns, base_year)
    faults += _without_year(typed, sheet.where)
    _stop(errors_of(faults))
    settled = [_settle(child, schools, case, base_year) for child in typed.itertuples()]
    rows = _rows(typed, settled, schools, options)
    rows, lost = _located(rows, case, keep=options.keep_postcodes)
    faults += _warnings(sheet, columns, typed, settled, lost)
    if not schools.kinds:
        faults.append(NO_PROVISIONS)
    rows = _named(rows, own="child_id" in columns.columns)
    files = write_children(out, rows, base_year=base_year, replace=options.replace)
    summary = {"base_year": base_year, "total": len(settled)}
    for outcome in (PLACED, REVIEW, SEEKING, LEFT_OUT):
        summary[outcome.replace(" ", "_")] = sum(fate.outcome == outcome for fate in settled)
    people = tally((fate.outcome, fate.why) for fate in settled)
    return Imported({**summary, "people": people}, tuple(faults), files)


def _of_rows(faults: list[Fault], kept: pd.DataFrame) -> list[Fault]:
    """Return faults without the rows that are left out anyway."""
    there = set(kept.index)
    cut = [replace(f, rows=tuple(row for row in f.rows if row in there)) for f in faults]
    return [fault for fault in cut if fault.rows]


def _stop(faults: list[Fault]) -> None:
    """Stop at errors."""
    if faults:
        raise CaseError(faults)


def _no_header(file: Path) -> Fault:
    what = "the first row looks like a child's, not like names of columns"
    return Fault("E1305", file.name, what, "put the names of the columns in row 1", rows=(1,))


def _sheet(file: Path, columns: ColumnMap) -> tuple[Sheet, list[Fault]]:
    """Read a CSV file, or a sheet of a workbook; return it with its warnings.

    Formulas that have no value matter only in columns that are mapped.
    """
    if file.suffix.lower() in BOOKS:
        sheet, faults = _of_book(file, columns.sheet)
        used = {name.lower() for name in columns.columns.values()}
        faults = [fault for fault in faults if fault.code != "E1405" or fault.column in used]
    else:
        sheet, faults = read_csv(file.read_bytes(), file.name)
    _stop(errors_of(faults))
    if sheet is None or looks_like_data(sheet.header):
        raise CaseError([_no_header(file)])
    return sheet, [fault for fault in faults if not fault.is_error]


def _of_book(file: Path, title: str) -> tuple[Sheet | None, list[Fault]]:
    """Read the sheet of a workbook with this title, or the first."""
    sheets, faults = read_workbook(file, ())
    if faults:
        return None, faults
    titles = {name.strip().lower(): name for name in sheets}
    wanted = title.strip().lower() or next(iter(titles), "")
    if wanted not in titles:
        remedy = "give the sheet's name in the map"
        return None, [Fault("E1303", file.name, "there is no such sheet", remedy, "sheet")]
    sheets, faults = read_workbook(file, {wanted})
    sheet, found = sheets.get(titles[wanted], (None, []))
    return sheet, [*faults, *found]


def _mapped(sheet: Sheet, columns: ColumnMap) -> pd.DataFrame:
    """Return the mapped columns, as text, by our names; `status` is always there."""
    at = {target: sheet.header.index(name) for target, name in columns.columns.items()}
    rows = [[row[i] for i in at.values()] for row in sheet.rows]
    frame = values.text_frame(rows, list(at), sheet.numbers)
    for name in ("status", "current_provision", "in_base", "need_2", "suits", "birth_date", "ncy"):
        if name not in frame:
            frame[name] = ""
    return frame


def _checked(cells: pd.DataFrame, case: Case | None, where: str) -> list[Fault]:
    """Check the cells as those of a case are, and references for names."""
    table = TABLES["children"]
    free = {"need", "child_id", "current_provision", "birth_date"}
    text = cells.drop(columns=list(free & set(cells))).reindex(columns=table.names, fill_value="")
    kinds = case.settings.all_kinds if case else KINDS
    skip = [name for name in table.names if name not in cells or name in free]
    faults = values.check(text.astype("str"), table, kinds, where, skip)
    if "child_id" in cells:
        faults += list(references_that_identify(cells["child_id"], where))
    return faults


def _typed(cells: pd.DataFrame, columns: ColumnMap, base_year: int) -> pd.DataFrame:
    """Give numbers their type, and every child its NCY in the year it starts."""
    typed = cells.copy()
    for name in NUMBERS:
        typed[name] = values.number(cells[name]) if name in cells else float("nan")
    typed["start_year"] = typed["start_year"].fillna(base_year).clip(lower=base_year).astype(int)
    born = cells["birth_date"].map(lambda text: needs.read_date(text) if text else None)
    by_birth = [
        needs.ncy_of(date, int(year)) if date else float("nan")
        for date, year in zip(born, typed["start_year"], strict=True)
    ]
    given = typed["ncy"] + typed["start_year"] - (columns.ncy_year or base_year)
    typed["ncy"] = given.fillna(pd.Series(by_birth, index=cells.index, dtype="float64"))
    return typed.drop(columns="birth_date")


def _without_year(typed: pd.DataFrame, where: str) -> list[Fault]:
    """Find children whose year group cannot be told, or cannot be."""
    there = typed["status"] != LEFT_OUT
    rows = rows_of(there & ~typed["ncy"].between(-4, 20))
    if not rows:
        return []
    what = "no year group from -4 to 20 follows from the year group or the date of birth"
    remedy = "correct them, or leave the child out by its status"
    return [Fault("E1308", where, what, remedy, "ncy", rows)]


def _settle(child: Any, schools: Schools, case: Case | None, base_year: int) -> Settled:  # noqa: ANN401
    """Say what becomes of a child."""
    if child.status == LEFT_OUT:
        return Settled(LEFT_OUT, "their status says so")
    ncy, year = int(child.ncy), int(child.start_year)
    given = child.current_provision
    if ncy > last_ncy_of(case):
        return Settled(LEFT_OUT, LEFT)
    if child.status == SEEKING or (not given and not child.status):
        return seeking("seeking a place", ncy, year)
    in_base = child.in_base == "yes"
    found = _school(child, schools, case, ncy)
    base = (found if schools.kinds.get(found) == "base" else NO_BASE) if in_base else ""
    fate = at_school(found, schools, ncy + base_year - year, base_year, base)
    if fate.outcome == PLACED and child.status == REVIEW:
        return Settled(
            REVIEW, fate.why, fate.ncy, fate.start_year, fate.provision, fate.was_at, base
        )
    return fate


def _school(child: Any, schools: Schools, case: Case | None, ncy: int) -> str:  # noqa: ANN401
    """Return the provision that a child is at: by its reference, its URN, or its name."""
    given = child.current_provision
    if given in schools.kinds:
        return str(given)
    number = given.removesuffix(".0")
    if not (schools.kinds or schools.by_number or schools.other):
        return f"URN-{number}" if number.isdigit() else ""
    wanted = {child.need, child.need_2}
    for in_base in (True, False) if child.in_base == "yes" else (False,):
        found = schools.find(number, in_base=in_base, wanted=wanted, ncy=ncy)
        if found:
            return found
    return _by_name(given, case) or schools.other


def _by_name(given: str, case: Case | None) -> str:
    """Return the one provision of this name; "" for none or several."""
    if case is None or not given:
        return ""
    names = case.provisions["name"].str.casefold().str.split().str.join(" ")
    found = case.provisions.loc[names == " ".join(given.casefold().split()), "provision_id"]
    return str(found.iloc[0]) if len(found) == 1 else ""


def _rows(
    typed: pd.DataFrame,
    settled: list[Settled],
    schools: Schools,
    options: Options,
) -> pd.DataFrame:
    """Return those kept, with the columns of the table but for their homes."""
    fate = pd.DataFrame(settled, index=typed.index)
    kept = typed[fate["outcome"] != LEFT_OUT].copy()
    fate = fate.loc[kept.index]
    kept["need"] = kept["need"].where(kept["need"] != "", kept["need_2"])
    kept["need"] = kept["need"].where(kept["need"] != "", needs.UNASSESSED)
    kept["need_2"] = kept["need_2"].where(kept["need_2"] != kept["need"], "")
    if options.suits:
        usual = pd.Series([suits_of(at, schools) for at in fate["was_at"]], index=kept.index)
        kept["suits"] = kept["suits"].where(kept["suits"] != "", usual)
    kept["ncy"], kept["start_year"] = fate["ncy"], fate["start_year"]
    kept["current_provision"], kept["status"] = fate["provision"], fate["outcome"]
    return kept


def _located(
    rows: pd.DataFrame, case: Case | None, *, keep: bool
) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Put homes in: by grid reference, else by latitude and longitude, else by postcode.

    Returns
    -------
    The rows, and the numbers of those whose home is not found.
    """
    from geodata.grid import to_grid

    postcodes = rows["postcode"] if "postcode" in rows else pd.Series("", index=rows.index)
    found = homes(postcodes.astype("str"), directory_of(case, postcodes), keep=keep)
    given = rows[["easting_m", "northing_m"]].to_numpy("float64", copy=True)
    degrees = rows[["lat", "lon"]].to_numpy("float64")
    if (by_degrees := ~pd.isna(degrees).any(axis=1) & pd.isna(given).any(axis=1)).any():
        east, north = to_grid(degrees[by_degrees, 0], degrees[by_degrees, 1])
        given[by_degrees, 0], given[by_degrees, 1] = east, north
    there = ~pd.isna(given).any(axis=1)
    found.loc[there, ["easting_m", "northing_m"]] = rounded(given[there])
    area = rows["area"] if "area" in rows else pd.Series("", index=rows.index)
    found["area"] = area.where(area != "", found["area"])
    blank = (found["postcode"] == "") & found["easting_m"].isna()
    others = rows.drop(columns=[*set(rows) & {*HOME, "lat", "lon", "in_base"}])
    return others.join(found.drop(columns="miss")), rows_of(blank)


def _named(rows: pd.DataFrame, *, own: bool) -> pd.DataFrame:
    """Give the children numbers, unless they have references of their own."""
    counted = rows["children"].notna().any()
    rows = rows if counted else rows.drop(columns="children")
    if own:
        return rows.sort_values("child_id", kind="stable")
    return numbered(rows.assign(source_row=rows.index), "source_row")


def _warnings(
    sheet: Sheet,
    columns: ColumnMap,
    typed: pd.DataFrame,
    settled: list[Settled],
    lost: tuple[int, ...],
) -> Iterator[Fault]:
    """Say what was dropped or left out, and what the planner should look at."""
    used = set(columns.columns.values())
    rest = [name for name in dict.fromkeys(sheet.header) if name and name not in used]
    for code, what, names in (
        (
            "W1302",
            "columns that identify children were dropped",
            [n for n in rest if identifies(n)],
        ),
        ("W1301", "columns were not read", [n for n in rest if not identifies(n)]),
    ):
        if names:
            yield Fault(code, sheet.where, f"{what}: {', '.join(names)}", "nothing need be done")
    away = pd.Series([fate.why == NOT_OURS for fate in settled], typed.index)
    if rows := rows_of(away):
        what = "children at a school that the case does not have are left out"
        remedy = "add the school to provisions.csv, or its meaning to [values.current_provision]"
        yield Fault("W1303", sheet.where, what, remedy, "current_provision", rows)
    if rows := rows_of((typed["need"] == "") & (typed["status"] != LEFT_OUT)):
        what = "blank needs are written as NSA, need unknown"
        remedy = "give the need; only pools and prices for * or NSA fit"
        yield Fault("W1304", sheet.where, what, remedy, "need", rows)
    if lost:
        remedy = "give a postcode that exists, or easting_m and northing_m"
        yield Fault("W1306", sheet.where, "homes that cannot be found", remedy, "postcode", lost)

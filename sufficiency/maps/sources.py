"""Where maps come from: a run that is being written, a finished plan's folder, or a case that is not planned yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.boundaries import BoundaryFileError
from geodata.network import RoadFileError
from sufficiency.errors import UsageError
from sufficiency.maps.base import Base, make_base
from sufficiency.maps.base_file import read_base
from sufficiency.maps.plan_map import Told, find_geography, map_sites
from sufficiency.safe import FORMULA_STARTS
from sufficiency.write import RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sufficiency.case import Case
    from sufficiency.disclosure import Published
    from sufficiency.locate import Located
    from sufficiency.progress import Progress
    from sufficiency.run import Run
    from sufficiency.settings import Map


def told_by_run(run: Run, published: Published, summary: Mapping[str, Any]) -> Told | None:
    """Return what the maps of a run are made from; None where no home has a place.

    Raises
    ------
    UsageError
        When a file that the case names for its maps cannot be read.
    """
    from sufficiency.skipping import sentence, tally

    prepared = run.prepared
    case, settings = prepared.case, prepared.case.settings
    base = base_of(case, prepared.located, settings.map)
    if base is None:
        return None
    gone = sentence(tally(prepared.left_out))
    return Told(
        areas=published.areas,
        origins=published.origins,
        sites=map_sites(case, published.schemes, prepared.located.provisions),
        base=base,
        years=range(settings.base_year, settings.last_year + 1),
        run_id=str(summary["run_id"]),
        notice=f"{settings.notice} {gone}".strip(),
        threshold=int(summary["threshold"]),
        data_date=settings.data_date,
    )


def base_of(case: Case, located: Located, given: Map) -> Base | None:
    """Return what a case's maps are drawn on.

    Raises
    ------
    UsageError
        When a file for the maps cannot be read.
    """
    from sufficiency.locate import bundled

    geography = None
    if np.isfinite(located.homes).any():
        # always the whole country: a file of the user's own may end at the council's boundary
        geography = find_geography(bundled(None), located.homes, given.districts)
    roads = case.settings.travel.roads if case.settings.travel.method == "road" else ""
    try:
        return make_base(geography, given, case.folder, roads)
    except (BoundaryFileError, RoadFileError) as error:
        raise UsageError(f"a file for the maps cannot be used: {error}") from error


def told_by_folder(folder: Path) -> Told:
    """Return what the maps of a finished plan are made from: what its folder publishes, nothing private.

    Raises
    ------
    UsageError
        When the folder lacks what maps are made from.
    """
    base, sites = read_base(folder)
    record = _json(folder / RECORD)
    summary = _json(folder / "summary.json")
    first = int(summary["base_year"])
    settings = record.get("settings", {})
    return Told(
        areas=_table(folder / "areas.csv"),
        origins=_table(folder / "origins.csv"),
        sites=sites,
        base=base,
        years=range(first, first + int(summary["years"])),
        run_id=str(summary["run_id"]),
        notice=str(settings.get("notice", "")),
        threshold=int(summary["threshold"]),
        data_date=str(settings.get("data_date", "")),
    )


def told_by_case(path: Path, progress: Progress, given: Mapping[str, str]) -> Told:
    """Return what a map of a case's provision is made from, without a plan: it counts nobody.

    Parameters
    ----------
    given
        Settings of ``[map]`` that take the place of the case's own.

    Raises
    ------
    CaseError, UsageError
        When the case cannot be read, or the council cannot be told.
    """
    from sufficiency.case import read_case
    from sufficiency.demand import people
    from sufficiency.errors import CaseError
    from sufficiency.faults import errors
    from sufficiency.locate import locate

    progress.step("reading the case")
    case, faults = read_case(path)
    if case is None or errors(faults):
        raise CaseError(faults)
    progress.step("finding homes and provisions")
    located = locate(case, people(case))
    progress.step("drawing the council")
    settings = case.settings
    base = base_of(case, located, settings.map.model_copy(update=dict(given)))
    if base is None:
        raise UsageError("no home has a place, so there is no council to draw; give --boundary")
    table = case.schemes[["scheme_id", "provision_id", "status"]]
    schemes = table.rename(columns={"provision_id": "provision", "status": "decision"})
    return Told(
        areas=pd.DataFrame(),
        origins=pd.DataFrame(),
        sites=map_sites(case, schemes, located.provisions),
        base=base,
        years=range(settings.base_year, settings.last_year + 1),
        run_id="",
        notice=settings.notice,
        data_date=settings.data_date,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is missing or damaged; plan the case again") from error
    return dict(found)


def _table(path: Path) -> pd.DataFrame:
    """Read a published table; what `write_csv` put before a formula's sign is taken off again."""
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is missing or damaged; plan the case again") from error
    quoted = tuple(f"'{sign}" for sign in FORMULA_STARTS)
    for column in ("area", "id"):
        if column in table:
            texts = table[column].astype(str)
            table[column] = texts.where(~texts.str.startswith(quoted), texts.str[1:])
    return table


def rebased(base: Base, files: Mapping[str, str]) -> Base:
    """Return a base with some of it from other files.

    Raises
    ------
    UsageError
        When a file cannot be read.
    """
    from pathlib import Path

    from sufficiency.maps.base import with_files
    from sufficiency.settings import Map

    try:
        return with_files(base, Map.model_validate(dict(files)), Path())
    except (BoundaryFileError, RoadFileError) as error:
        raise UsageError(f"a file for the maps cannot be used: {error}") from error

"""Fetch the roads of a case's council: the one command that uses the internet, and sends no child's data."""

from __future__ import annotations

import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sufficiency.console import width
from sufficiency.errors import CaseError, FetchError, UsageError

if TYPE_CHECKING:
    from sufficiency.progress import Progress
    from sufficiency.roads.area import RoadArea

FILE = "roads.graphml"
SETTING = f'[travel]\nmethod = "road"\nroads = "{FILE}"'


@dataclass(frozen=True)
class Fetched:
    """What was asked and what came; ``nodes`` and ``km`` are None when nothing was asked yet."""

    area: RoadArea
    service: str
    path: Path
    nodes: int | None = None
    km: float | None = None


def fetch_roads(
    path: Path, margin_km: float, progress: Progress, *, replace: bool, dry_run: bool
) -> Fetched:
    """Download the drivable roads of a case's council and a margin into the case's folder.

    The file is written whole or not at all, once it has been read back. The case's settings are left
    as they are.

    Raises
    ------
    UsageError
        When the file is there already and `replace` is not asked, or the council cannot be told.
    FetchError
        When the roads could not be got.
    CaseError
        When the case is too broken to tell.
    """
    from geodata import roads
    from geodata.road_cache import cached_network
    from sufficiency.case import read_case
    from sufficiency.demand import people
    from sufficiency.roads.area import road_area
    from sufficiency.user_cache import cache_folder

    progress.step("reading the case")
    case, faults = read_case(path)
    if case is None or not case.whole.issuperset({"children", "provisions"}):
        raise CaseError(faults)
    final = case.folder / FILE
    if final.exists() and not (replace or dry_run):
        raise UsageError(f"{final} is there already; say --replace to replace it")
    progress.step("drawing the council from its postcodes")
    asked = Fetched(road_area(case, people(case), margin_km), roads.service(), final)
    if dry_run:
        return asked
    with tempfile.TemporaryDirectory(prefix=".roads-", dir=case.folder) as folder:
        draft = Path(folder) / FILE
        try:
            roads.download(asked.area.in_degrees, draft, progress.step)
            progress.step("reading the roads back")
            speeds = case.settings.travel.speeds_kph
            network = cached_network(draft, cache_folder(), speeds_kph=speeds)
        except (roads.DownloadError, roads.RoadFileError) as error:
            raise FetchError(str(error)) from error
        draft.replace(final)
    km = float(network.decimetres.sum()) / 1e4
    return Fetched(asked.area, asked.service, final, len(network.points), km)


def fetched_text(fetched: Fetched) -> str:
    """Return what a fetch did, or would do, and what to do next."""
    area = fetched.area
    west, south, east, north = (round(edge / 1000) for edge in area.shape.bounds)
    lines = [
        f"asked of   {fetched.service} (OpenStreetMap; the only use of the internet)",
        f"area       {area.shape.area / 1e6:,.0f} km2 round the postcodes of {', '.join(area.districts)},",
        f"           eastings {west} to {east} km, northings {south} to {north} km, corners at whole km",
        "of children  nothing: neither homes nor numbers are in the request",
    ]
    if area.left_out:
        names = ", ".join(area.left_out)
        lines += [
            textwrap.fill(names, width(), initial_indent="not in it  ", subsequent_indent=" " * 11),
            f"           (--margin-km {area.margin_for_all_km} would take them in)",
        ]
    if fetched.nodes is None:
        return "\n".join(
            [*lines, "", f"Nothing was asked yet: without --dry-run this writes {fetched.path}"]
        )
    return "\n".join(
        [
            *lines,
            f"came       {fetched.nodes:,} nodes, {fetched.km:,.0f} km of lanes",
            "",
            f"Written: {fetched.path} (© OpenStreetMap contributors, ODbL 1.0)",
            "Next: sufficiency roads CASE compares it with straight lines. To use it, case.toml needs:",
            "",
            SETTING,
        ]
    )

"""The command `map`: which map is asked for, drawn and written as SVG, PNG or PDF."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.geographies import ALL
from sufficiency.maps import FILES
from sufficiency.maps.draw import describe, render_map
from sufficiency.maps.layers import LAYERS, Selection
from sufficiency.maps.page.write import write_page
from sufficiency.maps.plan_map import NO_SHAPES, catchment_map, layer_map, provision_map
from sufficiency.maps.sources import told_by_case, told_by_folder
from sufficiency.maps.typeset import write
from sufficiency.needs import PHASES
from sufficiency.safe import plain
from sufficiency.write import RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.maps.model import MapModel
    from sufficiency.maps.plan_map import Told
    from sufficiency.progress import Progress

#: A page holds every layer, to be chosen there.
PAGE = ".html"
KINDS = (".svg", ".png", ".pdf", PAGE)
PROVISION = "provision"


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes
    ----------
    source
        A finished plan's folder, or a case.
    layer
        Of `LAYERS`, or `PROVISION`; "" for the first that the source can show.
    year
        None: the plan's last.
    against
        Another finished plan, to show the change from.
    scheme
        A scheme's or provision's id, to show whom it serves.
    files
        Settings of ``[map]`` given instead of the case's own: ``boundary``, ``areas``, ``areas_name``, ``roads``,
        ``water``.
    """

    source: Path
    out: Path
    layer: str = ""
    need: str = ALL
    phase: str = ALL
    year: int | None = None
    against: Path | None = None
    scheme: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


def request(source: Path, out: Path, asked: Mapping[str, Any]) -> Request:
    """Return what the options of the command ask for.

    Raises
    ------
    UsageError
        When there is no such layer, phase or plan.
    """
    layer, phase, against = asked["layer"] or "", asked["phase"], asked["against"]
    if layer not in {"", PROVISION, *LAYERS}:
        raise UsageError(f"there is no layer {layer}: give {', '.join(LAYERS)} or {PROVISION}")
    if phase not in {ALL, *PHASES}:
        raise UsageError(f"there is no phase {phase}: give {', '.join(PHASES)} or {ALL}")
    if against and not (Path(against) / RECORD).is_file():
        raise UsageError(f"{against} is no folder of a plan")
    return Request(
        source=source,
        out=out,
        layer=layer,
        need=asked["need"],
        phase=phase,
        year=asked["year"],
        against=Path(against) if against else None,
        scheme=asked["scheme"] or "",
        files={name: asked[name] for name in FILES if asked[name]},
    )


def make_map(request: Request, progress: Progress) -> MapModel:
    """Draw a map and write it; return what it shows.

    Raises
    ------
    UsageError
        When something is asked for that there is not.
    DisclosureError
        When the map cannot be made safe.
    """
    if request.out.suffix.lower() not in KINDS:
        raise UsageError(f"--out must end in {', '.join(KINDS)}")
    is_plan = (request.source / RECORD).is_file()
    model = _of_plan(request, progress) if is_plan else _of_case(request, progress)
    progress.step("drawing the map")
    if request.out.suffix.lower() == PAGE:
        page = _page(request, is_plan=is_plan)
        request.out.parent.mkdir(parents=True, exist_ok=True)
        request.out.write_text(page, "utf-8", newline="\n")
        return model
    svg = render_map(model, with_fonts=True)
    request.out.parent.mkdir(parents=True, exist_ok=True)
    write(svg, request.out, model.title, describe(model))
    return model


def _page(request: Request, *, is_plan: bool) -> str:
    """Return the page of a plan's maps, on which layers are chosen."""
    if not is_plan or request.scheme:
        raise UsageError(
            "a page shows the layers of a plan: give the folder of one, and no --scheme"
        )
    told = _with_files(told_by_folder(request.source), request.files)
    before = told_by_folder(request.against) if request.against else None
    page = plain(write_page(told, before))
    if not page:
        raise UsageError(f"{NO_SHAPES}, or draw the provision alone: --layer {PROVISION}")
    return page


def _of_plan(request: Request, progress: Progress) -> MapModel:
    progress.step("reading the plan")
    told = _with_files(told_by_folder(request.source), request.files)
    year = told.years[-1] if request.year is None else request.year
    if request.scheme:
        if request.layer or request.against:
            raise UsageError("--scheme draws whom it serves: leave --layer and --against out")
        return catchment_map(told, request.scheme, year)
    if request.layer == PROVISION:
        return provision_map(told, "Provision and schemes")
    before = told_by_folder(request.against) if request.against else None
    layer = LAYERS[request.layer or "gap"]
    return layer_map(told, layer, Selection(year, request.need, request.phase), before)


def _of_case(request: Request, progress: Progress) -> MapModel:
    wanted = request.layer not in {"", PROVISION} or request.scheme or request.against
    if wanted or request.need != ALL or request.phase != ALL:
        raise UsageError(
            f"{request.source} is not planned yet, so only its provision can be drawn; plan it first "
            "(sufficiency plan CASE --out OUT), then: sufficiency map OUT"
        )
    files = {name: str(_absolute(path)) for name, path in request.files.items()}
    told = told_by_case(request.source, progress, files)
    return provision_map(told, "Provision and proposed schemes")


def _absolute(name: str) -> str:
    """Return a file's whole path, so that it is not looked for in the case; anything else as it is."""
    path = Path(name)
    return str(path.resolve()) if path.exists() else name


def _with_files(told: Told, files: Mapping[str, str]) -> Told:
    """Put the user's files in the place of what the plan's folder holds."""
    if not files:
        return told
    from sufficiency.maps.sources import rebased

    return replace(told, base=rebased(told.base, {k: _absolute(v) for k, v in files.items()}))

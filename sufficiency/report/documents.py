"""The documents of a run by file name: the report, its map, and the same as papers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency import __version__
from sufficiency.annexes.make import WORKBOOK as ANNEXES
from sufficiency.annexes.make import annexes
from sufficiency.compared import compare_published
from sufficiency.documents.papers import papers
from sufficiency.documents.tables_book import write_tables
from sufficiency.maps.base_file import BASE_FILE, base_text
from sufficiency.maps.draw import render_map
from sufficiency.maps.page.write import write_page
from sufficiency.maps.plan_map import find_geography, reported
from sufficiency.maps.sources import told_by_run
from sufficiency.report.compose import compose
from sufficiency.report.page import render_page
from sufficiency.report.parts import Context, Plan
from sufficiency.safe import plain, plain_all
from sufficiency.skipping import sentence, tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.areas import Geography
    from sufficiency.disclosure import Published
    from sufficiency.faults import Fault
    from sufficiency.run import Run
    from sufficiency.steps import Prepared

REPORT, MAPS, PAGE = "report.html", "maps", "map.html"
#: Tables of which a row is a child, or a journey of one.
OF_CHILDREN = ("children", "new_children", "travel")


def documents(run: Run, published: Published, summary: Mapping[str, Any]) -> dict[str, str | bytes]:
    """Return every document of a run.

    What the report says is composed once; the page and the papers are rendered of it.

    Parameters
    ----------
    run
        Its settings, provisions and stamps are used; of its exact findings nothing.

    Returns
    -------
    Text or bytes by file name, relative to the run's folder. There is no map where homes have no place.
    """
    prepared = run.prepared
    case = prepared.case
    told = told_by_run(run, published, summary)
    compared = compare_published(run, published)
    before = compared.baseline.areas if compared and not compared.is_plan else None
    drawn = reported(told, before) if told else {}
    names = dict(zip(case.provisions["provision_id"], case.provisions["name"], strict=True))
    context = Context(
        settings=case.settings,
        provisions=names,
        faults=told_faults(prepared),
        version=__version__,
        solver=run.solution.solver,
        postcodes=prepared.located.stamp,
        maps=list(drawn.values()),
        notice=_notice(run),
        compared=compared,
        evidence=[saved.section for saved in run.evidence],
    )
    paper = plain_all(compose(Plan(published, summary, context)))
    found: dict[str, str | bytes] = {REPORT: render_page(paper)}
    sheets = [sheet for saved in run.evidence for sheet in saved.sheets]
    found |= papers(paper, published, names, sheets)
    found[ANNEXES] = write_tables(paper, annexes(prepared, published))
    found |= {
        f"{MAPS}/{name}.svg": plain(render_map(model, with_fonts=True))
        for name, model in drawn.items()
    }
    if told is None:
        return found
    other = None if before is None else replace(told, areas=before, called="building nothing")
    found |= {BASE_FILE: base_text(told.base, told.sites)}
    page = plain(write_page(told, other))
    return found | ({f"{MAPS}/{PAGE}": page} if page else {})


def geography_of(run: Run) -> Geography | None:
    """Return what the council is drawn on, or None where no home has a place."""
    from sufficiency.locate import bundled

    prepared = run.prepared
    if not np.isfinite(prepared.located.homes).any():
        return None
    # always the whole country: a file of the user's own may end at the council's boundary
    districts = prepared.case.settings.map.districts
    return find_geography(bundled(None), prepared.located.homes, districts)


def _notice(run: Run) -> str:
    """Return what every reader must know first: the case's own notice, and that rows were left out."""
    prepared = run.prepared
    return f"{prepared.case.settings.notice} {sentence(tally(prepared.left_out))}".strip()


def told_faults(prepared: Prepared) -> list[Fault]:
    """Return what was found in a case's data, as it may be published."""
    case = prepared.case
    of_children = {case.files[name] for name in OF_CHILDREN}
    threshold = case.settings.disclosure.threshold
    return [fault.published(of_children, threshold) for fault in prepared.faults]

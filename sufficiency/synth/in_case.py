"""Children for a case's folder: from its ``synth.toml`` to its two tables of children."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.case import read_case
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import errors
from sufficiency.synth import children, cohorts
from sufficiency.synth.children import FILES, SynthResult, synthesise
from sufficiency.synth.draw import Draw, Homes, Pools
from sufficiency.synth.recipe import read_recipe, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sufficiency.case import Case


def synthesise_case(
    path: Path, seed: int, decisions: int | None = None, *, replace: bool = False
) -> SynthResult:
    """Draw the children of the case in ``path`` and write its two tables of children.

    Both files are written, or neither; the folder needs ``case.toml``, ``provisions.csv``,
    ``places.csv`` and ``synth.toml``.

    Raises
    ------
    UsageError
        When the folder is not such a case, or has children already and ``replace`` is not asked.
    CaseError
        When the settings, provisions or places have errors.
    """
    case, faults = read_case(path)
    if case is None or not path.is_dir():
        message = f"{path} is not a case's folder; `sufficiency new` makes one"
        raise UsageError(message)
    there = [name for name in FILES.values() if (path / name).exists()]
    if there and not replace:
        message = f"{' and '.join(there)} would be overwritten; say --replace if that is meant"
        raise UsageError(message)
    wanted = {case.files[name] for name in ("settings", "provisions", "places")}
    if wrong := [fault for fault in errors(faults) if fault.where in wanted]:
        raise CaseError(wrong)
    table = read_table(path)
    if "cohorts" in table:
        return _of_cohorts(path, table, case, seed, decisions)
    recipe = read_recipe(path)
    homes = Homes.of_council(recipe.options["homes"])
    result = synthesise(recipe, Pools.of_case(case), homes, case.settings, seed, decisions)
    _write(path, children.CHILDREN, result.children, children.NEW_CHILDREN, result.new_children)
    return result


def _of_cohorts(
    path: Path, table: dict[str, Any], case: Case, seed: int, decisions: int | None
) -> SynthResult:
    """Draw the cohorts of a recipe, and write them."""
    if decisions is not None:
        message = "a recipe of cohorts says how many children there are; leave --decisions out"
        raise UsageError(message)
    found = cohorts.read_cohorts(table)
    draw = Draw(np.random.Generator(np.random.PCG64(seed)))
    homes = Homes.of_council({"leave_out": []} | table["homes"])
    now, later = cohorts.draw_cohorts(found, table, Pools.of_case(case), homes, draw)
    _write(path, cohorts.CHILDREN, now, cohorts.NEW_CHILDREN, later)
    counted = {cohort.name: cohort.children for cohort in found}
    return SynthResult(now, later, counted | {"rows": len(now) + len(later)})


def _write(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    new_header: Sequence[str],
    new_rows: Sequence[Sequence[str]],
) -> None:
    """Write both files beside their place first, then move them there; no arrivals, no second file."""
    tables = {"children": [header, *rows], "new_children": [new_header, *new_rows]}
    if not new_rows:
        del tables["new_children"]
        (path / FILES["new_children"]).unlink(missing_ok=True)
    ready: dict[Path, Path] = {}
    try:
        for name, lines in tables.items():
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(lines)
            part = path / f".{FILES[name]}.part"
            ready[part] = path / FILES[name]
            part.write_text(text.getvalue(), encoding="utf-8", newline="")
        for part, final in ready.items():
            part.replace(final)
    finally:
        for part in ready:
            part.unlink(missing_ok=True)

"""A finished plan as its folder has it: what is needed to set it beside another, without the case or the solver."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import needs, who_is_where
from sufficiency.errors import UsageError
from sufficiency.evidence.journey_savings import yearly
from sufficiency.ledger import ITEMS
from sufficiency.write import PRIVATE, RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.progress import Progress

#: What a plan that opens no proposed scheme is called, beside others.
UNBUILT = "nothing built"
#: A folder of this is a case, and no plan yet.
CASE = "case.toml"


@dataclass(frozen=True)
class Finished:
    """A plan, exact.

    Attributes
    ----------
    name
        What it is called beside others.
    record, summary
        What `run.json` and `summary.json` say.
    ledger, schemes
        Those tables.
    groups
        The groups of alike children that it is for.
    rows
        Who is where: as from `who_is_where.whereabouts`.
    provisions
        As from `who_is_where.provisions`, by id.
    """

    folder: Path
    name: str
    record: Mapping[str, Any]
    summary: Mapping[str, Any]
    ledger: pd.DataFrame
    schemes: pd.DataFrame
    groups: pd.DataFrame
    rows: pd.DataFrame
    provisions: pd.DataFrame

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting as it was used, nested."""
        found: Mapping[str, Any] = self.record["settings"]
        return found

    @property
    def years(self) -> range:
        """The academic years of the plan."""
        base = int(self.summary["base_year"])
        return range(base, base + int(self.summary["years"]))

    @cached_property
    def children(self) -> pd.DataFrame:
        """Who is where, with `phase`, `independent` and `out_of_area`."""
        rows = self.rows.assign(phase=self.rows["ncy"].map(needs.phase))
        for column in ("independent", "out_of_area"):
            rows[column] = rows["provision"].map(self.provisions[column]).eq(other=True)
        return rows

    @property
    def somewhere(self) -> pd.DataFrame:
        """Children who have a place."""
        return self.children[self.children["provision"] != who_is_where.NONE]

    @property
    def without(self) -> pd.DataFrame:
        """Children who have none."""
        return self.children[self.children["provision"] == who_is_where.NONE]

    @cached_property
    def transport(self) -> pd.DataFrame:
        """What transport takes, row by row: as from `journey_savings.yearly`."""
        rules = dict(self.settings["transport"])
        by_kind = rules.pop("by_kind")
        kinds = self.provisions["kind"]
        rates = {provision: by_kind.get(kind, rules) for provision, kind in kinds.items()}
        return yearly(self.somewhere, pd.DataFrame.from_dict(rates, orient="index"))

    @cached_property
    def by_budget(self) -> pd.DataFrame:
        """Pounds by budget and year, undiscounted and discounted."""
        sums = self.ledger.groupby(["budget", "year"])[["gbp", "gbp_discounted"]].sum()
        order = list(dict.fromkeys(ITEMS.values()))
        return sums.reindex(order, level="budget")

    @property
    def opened(self) -> pd.DataFrame:
        """The proposed schemes that open."""
        return self.schemes[self.schemes["decision"] == "opens"]


def read_plan(folder: Path) -> Finished:
    """Read a finished plan from its folder.

    Raises
    ------
    UsageError
        When there is none, or not all that a comparison needs.
    """
    if not (folder / RECORD).is_file():
        raise UsageError(f"{folder} holds no finished plan; make one with sufficiency plan")
    private = folder / PRIVATE
    try:
        rows = who_is_where.read(private, who_is_where.FILE)
        provisions = who_is_where.read(folder, who_is_where.PROVISIONS).set_index("provision")
        groups = pd.read_csv(private / "groups.csv", encoding="utf-8-sig", keep_default_na=False)
        return Finished(
            folder=folder,
            name=folder.resolve().name,
            record=json.loads((folder / RECORD).read_text("utf-8")),
            summary=json.loads((folder / "summary.json").read_text("utf-8")),
            ledger=pd.read_csv(private / f"{who_is_where.LEDGER}.csv", encoding="utf-8-sig"),
            schemes=pd.read_csv(folder / "schemes.csv", encoding="utf-8-sig", dtype={"name": str}),
            groups=groups,
            rows=rows,
            provisions=provisions,
        )
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"{folder} lacks what a comparison needs of a plan (its tables and private folder, as this version "
            "writes it); plan it again"
        ) from error


def read_or_plan(path: Path, progress: Progress) -> Finished:
    """Read a finished plan, or make that of a case.

    Raises
    ------
    UsageError
        When the folder is neither.
    """
    if (path / RECORD).is_file() or not (path / CASE).is_file():
        return read_plan(path)
    from sufficiency.run import plan

    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "plan"
        plan(path, made, progress=progress, baseline=False, tables_only=True)
        return replace(read_plan(made), folder=path, name=path.resolve().name)


def unbuilt(plan: Finished) -> Finished:
    """Return the plan that a plan was compared with when it was made: nothing is built.

    Raises
    ------
    UsageError
        When it was compared with nothing.
    """
    before = plan.summary.get("baseline")
    if before is None:
        raise UsageError(f"{plan.folder} was planned with --no-baseline; give two plans to compare")
    if before["is_plan"]:
        return replace(plan, name=UNBUILT)
    private = plan.folder / PRIVATE
    try:
        rows = who_is_where.read(private, who_is_where.UNBUILT)
        ledger = pd.read_csv(private / f"{who_is_where.UNBUILT_LEDGER}.csv", encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{plan.folder} lacks what nothing built comes to; plan it again"
        ) from error
    schemes = plan.schemes[plan.schemes["status"] == "committed"]
    summary = {**plan.summary, **before}
    return replace(plan, name=UNBUILT, rows=rows, ledger=ledger, schemes=schemes, summary=summary)


def named_apart(plans: Sequence[Finished]) -> list[Finished]:
    """Return plans of which no two are called the same: folders alike in name have their parents' before it.

    Raises
    ------
    UsageError
        When a plan is there twice, or no year is planned by all.
    """
    folders = [plan.folder.resolve() for plan in plans]
    if len(set(folders)) < len(folders):
        raise UsageError("a plan is there twice; give folders of different plans")
    if not set.intersection(*(set(plan.years) for plan in plans)):
        raise UsageError("the plans have no academic year in common; there is nothing to compare")
    names = [plan.name for plan in plans]
    return [
        replace(
            plan,
            name=f"{folder.parent.name}/{plan.name}" if names.count(plan.name) > 1 else plan.name,
        )
        for plan, folder in zip(plans, folders, strict=True)
    ]

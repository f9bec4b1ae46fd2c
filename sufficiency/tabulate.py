"""The tables that may be published, exact, at the geography of each; and the cells that stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.catchments import PROVISION, SCHEME
from sufficiency.cube import Block, find_rows, make_atoms
from sufficiency.findings import BANDS, by_outcome, tally_placements, tally_unplaced
from sufficiency.geographies import ALL, choose, choose_for_maps, geographies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sufficiency.findings import Findings

OF_CHILDREN = {
    "children": "",
    "unplaced": "unplaced",
    "independent": "independent",
    "out_of_area": "out_of_area",
}
#: What it costs to withhold a cell of a table: those that people quote cost more.
COSTS = {
    "gap": 30.0,
    "travel": 30.0,
    "outcomes": 30.0,
    "use": 15.0,
    "changes": 10.0,
    "served": 3.0,
    "areas": 2.0,
}
ALWAYS = np.inf
#: Where children are, each in just one, in the order in which they are shown.
PLACES = ("local", "away", "independent", "unplaced")


@dataclass(frozen=True)
class Tabulated:
    """Exact tables and their cells.

    Attributes
    ----------
    tables
        By name; those of areas are numbered, one for each geography and detail.
    blocks
        The cells of every count in them, and of what is always written.
    atoms
        As from `make_atoms`.
    geography
        The geography chosen, by table.
    more
        Names of the tables that were asked for besides.
    """

    tables: Mapping[str, pd.DataFrame]
    blocks: Sequence[Block]
    atoms: pd.DataFrame
    geography: Mapping[str, str]
    more: Sequence[str] = ()


@dataclass(frozen=True)
class More:
    """A table that somebody else lays out: a return, say.

    Attributes
    ----------
    keys
        Columns that head its rows, `year` included.
    label
        Gives the atoms those columns, in their order; a row without a `year` (NaN) is not counted.
    cost
        What withholding one of its cells costs, beside others.
    """

    keys: tuple[str, ...]
    label: Callable[[pd.DataFrame], pd.DataFrame]
    cost: float = 5.0


def tabulate(
    findings: Findings,
    threshold: int,
    more: Mapping[str, More] | None = None,
    chosen: Mapping[str, str] | None = None,
    *,
    brief: bool = False,
) -> Tabulated:
    """Return every table that may be published, each at the finest geography that hides few.

    Parameters
    ----------
    more
        Other tables of the same children, by name.
    chosen
        Geographies by table, where they are settled already.
    brief
        Only what a plan is compared by: outcomes, gap, areas (of the last year) and journeys, without the numbers of
        all children, which are those of the other plan.
    """
    maps = geographies(findings.areas["area"])
    chosen = chosen or geography_of(findings, maps, threshold)
    maker = _Maker(findings, make_atoms(findings), chosen, maps, brief=brief)
    for make in (maker.outcomes, maker.gap, maker.areas, maker.travel):
        make()
    if not brief:
        for make in (maker.placements, maker.use, maker.served, maker.origins):
            make()
        for name, table in (more or {}).items():
            maker.more(name, table)
    maker.always()
    named = [] if brief else list(more or {})
    return Tabulated(maker.tables, maker.blocks, maker.atoms, chosen, named)


def geography_of(
    findings: Findings, maps: Mapping[str, Mapping[str, str]], threshold: int
) -> dict[str, str]:
    """Return the finest geography of each table that hides few."""
    alike = ["need", "phase", "year"]
    tables = {
        "areas": (findings.areas, alike),
        "placements": (findings.placements, [*alike, "provision"]),
        "unplaced": (findings.unplaced, [*alike, "reason"]),
        "origins": (findings.origins, ["of", "id", "year"]),
    }
    found = {name: choose(cells, keys, maps, threshold) for name, (cells, keys) in tables.items()}
    placed = findings.somewhere
    gap = pd.concat([placed[placed["independent"] | placed["out_of_area"]], findings.without])
    for_maps = choose_for_maps(findings.areas, gap, maps, threshold)
    return found | {"areas of all needs": for_maps}


class _Maker:
    """Makes tables one by one, and keeps them."""

    def __init__(
        self,
        findings: Findings,
        atoms: pd.DataFrame,
        chosen: Mapping[str, str],
        maps: Mapping[str, Mapping[str, str]],
        *,
        brief: bool,
    ) -> None:
        self.findings, self.atoms, self.chosen, self.maps = findings, atoms, chosen, maps
        self.brief, self.last_year = brief, int(atoms["year"].max()) if len(atoms) else 0
        self.children = atoms["children"].to_numpy(np.float64)
        self.tables: dict[str, pd.DataFrame] = {}
        self.blocks: list[Block] = []

    def add(
        self,
        name: str,
        table: pd.DataFrame,
        keys: Sequence[str],
        counts: Mapping[str, str],
        variants: Sequence[pd.DataFrame] = (),
        *,
        listed: bool = False,
    ) -> None:
        """Add a table and its cells; `counts` says by column which column of the atoms says who counts."""
        rows = find_rows(table, keys, variants or [self.atoms])
        self.tables[name] = table
        kind = name.split("/", maxsplit=1)[0]
        for column, flag in counts.items():
            if self.brief and not flag:
                continue
            weight = (
                self.atoms[flag].to_numpy(np.float64)[rows.atom]
                if flag
                else np.ones(len(rows.atom))
            )
            self.blocks.append(
                rows.block(
                    (name, column),
                    table,
                    weight,
                    self.children,
                    COSTS.get(kind, 1.0),
                    listed=listed and not flag,
                    may_shut=kind == "areas" and bool(flag),
                    shut_before=self.last_year if self.brief and kind == "areas" else 0,
                )
            )

    def placements(self) -> None:
        keys = ["area", "need", "phase", "year"]
        placed, waits = self.chosen["placements"], self.chosen["unplaced"]
        table = tally_placements(self._at(placed, self.findings.somewhere))
        self.add("placements", table, [*keys, "provision"], {"children": ""}, [self._at(placed)])
        table = tally_unplaced(self._at(waits, self.findings.without))
        self.add("unplaced", table, [*keys, "reason"], {"children": "unplaced"}, [self._at(waits)])

    def outcomes(self) -> None:
        """Add where children are: in each year everybody once."""
        atoms = self.atoms
        away = atoms["out_of_area"] & ~atoms["independent"]
        placed = ~atoms["unplaced"]
        self.atoms = atoms.assign(away=away, local=placed & ~away & ~atoms["independent"])
        table = pd.DataFrame({"year": np.unique(atoms["year"])})
        for place in PLACES:
            table[place] = (
                self.atoms["children"]
                .where(self.atoms[place], 0.0)
                .groupby(atoms["year"])
                .sum()
                .to_numpy()
            )
        self.add("outcomes", table, ["year"], {place: place for place in PLACES})

    def more(self, name: str, more: More) -> None:
        """Add a table that somebody else lays out."""
        keys = list(more.keys)
        known = (
            more.label(self.atoms).reset_index(drop=True).assign(atom=np.arange(len(self.atoms)))
        )
        known = known.assign(children=self.children)[known["year"].notna()].astype({"year": int})
        table = known.groupby(keys, as_index=False)[["children"]].sum()
        rows = find_rows(table, keys, [known])
        weight = np.ones(len(rows.atom))
        self.blocks.append(
            rows.block((name, "children"), table, weight, self.children, more.cost, listed=True)
        )
        self.tables[name] = table

    def use(self) -> None:
        self.add("use", self.findings.use, ["pool", "year"], {"used": ""})

    def gap(self) -> None:
        self.add("gap", self.findings.gap, ["need", "phase", "year"], OF_CHILDREN, listed=True)

    def areas(self) -> None:
        """Add outcomes by area: of all children at the finest geography, by need and phase at a coarser one."""
        fine, coarse = self.chosen["areas of all needs"], self.chosen["areas"]
        levels = [(fine, ("need", "phase")), (coarse, ("need", "phase"))][fine == coarse :]
        for geography, alike in [*levels, (coarse, ("phase",)), (coarse, ("need",)), (coarse, ())]:
            together = dict.fromkeys(alike, ALL)
            both = (self.findings.somewhere, self.findings.without)
            keys = ["area", "need", "phase", "year"]
            somewhere, without = (self._at(geography, rows).assign(**together) for rows in both)
            table = by_outcome(somewhere, without, keys)
            table.insert(0, "geography", geography)
            known = self._at(geography).assign(**together)
            gap = known["children"].where(known["gap"], 0.0)
            gaps = known.assign(gap=gap).groupby(keys, as_index=False)[["gap"]].sum()
            table = table.merge(gaps, how="left", on=keys)
            name = f"areas/{geography}/{'/'.join(alike)}"
            counts = OF_CHILDREN | {"gap": "gap"}
            self.add(name, table, keys, counts, [known], listed=True)

    def travel(self) -> None:
        counts = {"children": "travels"} | {name: name for name in (*BANDS, "over_45", "over_75")}
        variants = [self.atoms, self.atoms.assign(phase=ALL)]
        self.add("travel", self.findings.travel, ["year", "phase"], counts, variants)

    def served(self) -> None:
        shares = self.findings.in_schemes.drop_duplicates(["scheme", "pool", "year"])
        numbered = self.atoms.assign(atom=np.arange(len(self.atoms)))
        known = numbered.merge(shares[["scheme", "pool", "year", "share"]], on=["pool", "year"])
        self.schemes = known
        self._shared("served", self.findings.served, ["scheme", "need", "phase", "year"], known)

    def origins(self) -> None:
        where = self.chosen["origins"]
        table = self._at(where, self.findings.origins)
        keys = ["of", "id", "area", "year"]
        table = table.groupby(keys, as_index=False)[["children"]].sum()
        numbered = self.atoms.assign(atom=np.arange(len(self.atoms)), share=1.0, of=PROVISION)
        numbered = numbered[~numbered["unplaced"]].assign(id=numbered["provision"])
        both = pd.concat([numbered, self.schemes.assign(of=SCHEME, id=self.schemes["scheme"])])
        self._shared("origins", table, keys, self._at(where, both))

    def _shared(self, name: str, table: pd.DataFrame, keys: list[str], known: pd.DataFrame) -> None:
        known = known.reset_index(drop=True)
        known = known[
            pd.MultiIndex.from_frame(known[keys]).isin(pd.MultiIndex.from_frame(table[keys]))
        ]
        rows = find_rows(table, keys, [known])
        weight = known["share"].to_numpy(np.float64)
        cost = COSTS.get(name, 1.0)
        self.blocks.append(rows.block((name, "children"), table, weight, self.children, cost))
        self.tables[name] = table

    def always(self) -> None:
        """Add what the ledger and the summary tell of every year."""
        years = pd.DataFrame({"year": np.unique(self.atoms["year"])})
        placed = self.atoms.assign(placed=~self.atoms["unplaced"])
        rows = find_rows(years, ["year"], [placed])
        for name in ("placed", "unplaced", "fees", "top_up"):
            weight = placed[name].to_numpy(np.float64)
            self.blocks.append(rows.block(("", name), years, weight, self.children, ALWAYS))

    def _at(self, geography: str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
        rows = self.atoms if rows is None else rows
        return rows.assign(area=rows["area"].map(self.maps[geography]))

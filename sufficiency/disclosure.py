"""What may be published: counts of fewer than five children are withheld before anything is written.

A plain threshold, with a second cell withheld where one alone could be worked out from its total. The exact tables
stand in the private folder of a run only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.findings import BANDS, by_outcome
from sufficiency.geographies import ALL, choose, geographies

if TYPE_CHECKING:
    from models.problem import Bools, Floats
    from sufficiency.findings import Findings

    Cells = np.ndarray[tuple[int], np.dtype[np.int64]]

#: Counts under this are withheld, as councils do under section 40(2) of the Freedom of Information Act 2000.
THRESHOLD = 5
#: Shorthand for a withheld value (Government Analysis Function, "Using symbols and shorthand in tables").
WITHHELD = "[c]"
#: Decimals of each published column that is not text; columns not named here have none.
DECIMALS = {
    "km": 1,
    "minutes": 1,
    "use_pct": 1,
    "mean_km": 1,
    "mean_minutes": 1,
    "median_minutes": 1,
    "p95_minutes": 1,
}
WHOLE = {"year", "ncy_from", "ncy_to"}


@dataclass(frozen=True)
class Published:
    """The tables as anyone may see them; a withheld cell holds `WITHHELD`, a row of many holds it for its labels.

    Attributes
    ----------
    placements, unplaced
        Rows of fewer than five children are left out and counted in one row a year that says so.
    use, gap, travel
        Every row, with small counts (and what follows from them) withheld.
    schemes, ledger
        As they are: they count no children.
    areas
        Every row of `areas` at the geography chosen: `geography`, `area`, `need`, `phase` (each may be ``all``),
        `year`, `children`, `unplaced`, `independent`, `out_of_area` and `mean_minutes`.
    served
        Children in the places of each scheme: `scheme`, `need`, `phase`, `year`, `children`.
    origins
        Where they come from: `geography`, `of` (``scheme`` or ``provision``), `id`, `area`, `year`, `children`. Only
        rows of enough children are there at all.
    geography
        By table, the geography chosen.
    """

    placements: pd.DataFrame
    unplaced: pd.DataFrame
    schemes: pd.DataFrame
    use: pd.DataFrame
    gap: pd.DataFrame
    ledger: pd.DataFrame
    travel: pd.DataFrame
    areas: pd.DataFrame
    served: pd.DataFrame
    origins: pd.DataFrame
    geography: dict[str, str]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the name of their file."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in fields.items() if isinstance(value, pd.DataFrame)}


def publish(findings: Findings) -> Published:
    """Withhold what must be withheld from every table."""
    maps = geographies(findings.areas["area"])
    fine = choose(findings.areas, ["year"], maps, THRESHOLD)
    whole = choose(findings.areas, ["need", "phase", "year"], maps, THRESHOLD)
    where = choose(findings.origins, ["of", "id", "year"], maps, THRESHOLD)
    return Published(
        placements=_only_large(findings.placements, ["gbp"], ["km", "minutes"]),
        unplaced=_only_large(findings.unplaced, ["gbp"], []),
        schemes=_rounded(findings.schemes),
        use=_cells(_rounded(findings.use), findings.use, {"used": ["use_pct"]}),
        gap=_gap(findings.gap),
        ledger=_rounded(findings.ledger),
        travel=_travel(findings.travel),
        areas=_areas(findings, fine, whole),
        served=_cells(_rounded(findings.served), findings.served, {"children": []}),
        origins=_origins(findings.origins, where, maps[where]),
        geography={"areas": whole, "areas of all needs": fine, "origins": where},
    )


def _areas(findings: Findings, fine: str, whole: str) -> pd.DataFrame:
    """Return outcomes by area: of all children at the finest geography, by need and phase at a coarser one."""
    maps = geographies(findings.areas["area"])
    both = [findings.somewhere, findings.without]
    levels = [(fine, ["need", "phase"]), *[(whole, alike) for alike in ([], ["need"], ["phase"])]]
    if fine != whole:
        levels.append((whole, ["need", "phase"]))
    tables = []
    for geography, alike in levels:
        somewhere, without = (
            rows.assign(area=rows["area"].map(maps[geography]), **dict.fromkeys(alike, ALL))
            for rows in both
        )
        exact = by_outcome(somewhere, without, ["area", "need", "phase", "year"])
        shown = _gap(exact)
        shown.insert(0, "geography", geography)
        tables.append(shown)
    return pd.concat(tables, ignore_index=True)


def _origins(exact: pd.DataFrame, geography: str, areas: dict[str, str]) -> pd.DataFrame:
    """Return where the children of each scheme and provision come from; no row of few children is in it."""
    keys = ["of", "id", "area", "year"]
    rows = exact.assign(area=exact["area"].map(areas)).groupby(keys, as_index=False).sum()
    shown = _rounded(rows[rows["children"] >= THRESHOLD]).reset_index(drop=True)
    shown.insert(0, "geography", geography)
    return shown


def is_small(counts: pd.Series) -> Bools:
    """Whether each count is of somebody, but of fewer than the threshold."""
    values = counts.to_numpy(np.float64)
    return (values > 0) & (values < THRESHOLD)


def _only_large(exact: pd.DataFrame, sums: list[str], means: list[str]) -> pd.DataFrame:
    """Keep rows of enough children; count the others in one row a year, if they are enough together."""
    small = is_small(exact["children"])
    kept = _rounded(exact[~small]).astype(object)
    rest = exact[small].groupby("year", as_index=False)[["children", *sums]].sum()
    texts = [
        column for column in exact.columns if column not in {"year", "children", *sums, *means}
    ]
    hidden = _cells(_rounded(rest), rest, {"children": sums}).astype(object)
    hidden = hidden.assign(**dict.fromkeys([*texts, *means], WITHHELD))
    return pd.concat([kept, hidden[list(exact.columns)]], ignore_index=True)


def _cells(shown: pd.DataFrame, exact: pd.DataFrame, counts: dict[str, list[str]]) -> pd.DataFrame:
    """Withhold small cells of each count, with the columns that follow from it."""
    shown = shown.astype(object)
    for count, followers in counts.items():
        small = is_small(exact[count])
        for column in (count, *followers):
            shown.loc[small, column] = WITHHELD
    return shown


def _gap(exact: pd.DataFrame) -> pd.DataFrame:
    """Withhold small cells, and others beside them where a total would tell them.

    Totals are known of a year, and of all children also of a phase (the table of journeys has them).
    """
    counts = ["children", "unplaced", "independent", "out_of_area"]
    hidden = {column: is_small(exact[column]) for column in counts}
    for column in counts:
        for keys in (["year", "phase"], ["year"]) if column == "children" else (["year"],):
            for _, rows in exact.groupby(keys):
                _cover(hidden[column], exact[column].to_numpy(np.float64), rows.index.to_numpy())
    # A cell of few children says how many at most are in each of its parts.
    for column in counts[1:]:
        hidden[column] |= hidden["children"] & (exact[column].to_numpy() > 0)
    shown = _rounded(exact).astype(object)
    for column in counts:
        shown.loc[hidden[column], column] = WITHHELD
    shown.loc[hidden["children"], "mean_minutes"] = WITHHELD
    return shown


def _cover(hidden: Bools, exact: Floats, rows: Cells) -> None:
    """Withhold more of some cells, the smallest first and noughts last, until their total tells none.

    Two that come to five or more can be had in several ways, as can four of whatever sum.
    """
    order = sorted(rows, key=lambda row: (exact[row] == 0, exact[row]))
    for row in order:
        count, total = hidden[rows].sum(), exact[rows][hidden[rows]].sum()
        if not count or (count >= 2 and total >= THRESHOLD) or count >= 4:
            return
        hidden[row] = True


def _travel(exact: pd.DataFrame) -> pd.DataFrame:
    """Withhold small counts, rows of too few children, and what would tell either by a sum."""
    shown = _rounded(exact).astype(object)
    names = ["children", *BANDS, "over_45", "over_75"]
    counts = np.ascontiguousarray(exact[names].to_numpy(np.float64))
    hidden = (counts > 0) & (counts < THRESHOLD)
    few = hidden[:, 0].copy()
    hidden[few] = True
    for year in exact["year"].unique():
        rows = (exact["year"] == year).to_numpy()
        hidden[rows] = _closed(hidden[rows], counts[rows])
    for n, name in enumerate(names):
        shown.loc[hidden[:, n], name] = WITHHELD
    numbers = [column for column in exact.columns if column not in {"year", "phase", "method"}]
    shown.loc[few, numbers] = WITHHELD
    return shown


def _closed(hidden: Bools, counts: Floats) -> Bools:
    """Withhold counts, the smallest that serves first, until none of the small ones is told by the rest.

    The first row, of all phases, goes after the others; of it, what people quote goes last: all
    children, and those over 45 and 75 minutes.
    """
    cells, flat, sums = hidden.reshape(-1).copy(), counts.reshape(-1), _sums(*counts.shape)
    later, most = np.zeros(counts.shape), counts.max(initial=0.0) + 1
    later[0], later[0, [0, -2, -1]] = most, 2 * most
    rank = flat + later.reshape(-1)
    while len(told := _told(cells, flat, sums)):
        shown = np.flatnonzero(~cells & (flat > 0))
        if not len(shown):
            break
        shown = shown[np.argsort(rank[shown], kind="stable")]
        serves = (cell for cell in shown if _fewer_told(cells, cell, flat, sums, told))
        beside = sums[sums[:, told[0]] != 0].any(axis=0)[shown]
        nearest = shown[beside][0] if beside.any() else shown[0]
        cells[next(serves, nearest)] = True
    return cells.reshape(hidden.shape)


def _fewer_told(hidden: Bools, cell: np.integer, counts: Floats, sums: Floats, told: Cells) -> bool:
    """Whether fewer small counts are told once `cell` is withheld, too."""
    more = hidden.copy()
    more[cell] = True
    return len(_told(more, counts, sums)) < len(told)


def _sums(rows: int, width: int) -> Floats:
    """Return (sums, cells) what comes to nothing in a year: a row less its bands, all phases less each."""
    cell = np.arange(rows * width).reshape(rows, width)
    children, bands, over_45, over_75 = cell[:, :1], cell[:, 1:-2], cell[:, -2:-1], cell[:, -1:]
    lines = [
        *np.hstack([children, bands]),
        *np.hstack([over_45, bands[:, 3:]]),
        *np.hstack([over_75, bands[:, 5:]]),
        *cell.T,
    ]
    sums = np.zeros((len(lines), cell.size))
    for n, line in enumerate(lines):
        sums[n, line[0]], sums[n, line[1:]] = 1.0, -1.0
    return sums


def _told(hidden: Bools, counts: Floats, sums: Floats) -> Cells:
    """Return withheld small counts that follow from those shown (and the noughts): the sums leave them no room."""
    from scipy.linalg import null_space

    unknown = np.flatnonzero(hidden & (counts > 0))
    if not len(unknown):
        return unknown
    room: Floats = np.abs(null_space(sums[:, unknown])).max(axis=1, initial=0.0)
    return np.asarray(unknown[(room < 1e-9) & (counts[unknown] < THRESHOLD)], np.int64)


def _rounded(exact: pd.DataFrame) -> pd.DataFrame:
    """Round as published: children to a tenth where they are not whole, money to a pound."""
    shown = exact.copy()
    for column in shown.columns:
        if column in WHOLE or not pd.api.types.is_float_dtype(shown[column]):
            continue
        decimals = 0 if "gbp" in column else DECIMALS.get(column, 1)
        shown[column] = shown[column].round(decimals) + 0.0
    return shown

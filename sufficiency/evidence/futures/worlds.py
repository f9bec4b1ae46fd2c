"""A case made ready for many futures: its structure once, and the numbers of each future, as arrays alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.cohorts import SAME
from sufficiency.demand import dated, read_demand
from sufficiency.errors import CaseError, UsageError
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.futures.draws import CHANCE, Draws, between, growth_factor, stream_of
from sufficiency.faults import errors
from sufficiency.journeys import find_journeys
from sufficiency.ledger import ITEMS
from sufficiency.needs import phase
from sufficiency.problem import build_problem

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Bools, Floats, Ints
    from sufficiency.progress import Progress
    from sufficiency.steps import Prepared


@dataclass(frozen=True, eq=False)
class Payload:
    """What a worker gets: the case as it is expected, and what changes in each of F futures.

    Attributes
    ----------
    problem, accounts
        The case, every state in it that any future may people.
    certain
        (S,) children who seek first in each state in every future.
    state, count, cell
        (R,) of each row of arrivals: its state, how many are expected, and which column of `factor` counts.
    chance
        (R,) whether how many come is a Poisson draw of what a future expects.
    factor
        (F, C) what a future expects, as a ratio to the case.
    fees, transport
        (F, P) and (F,) ratios of prices to the case's.
    seed
        Of the futures.
    gap
        Relative gap to prove in each plan.
    """

    problem: Problem
    accounts: Accounts
    certain: Floats
    state: Ints
    count: Floats
    cell: Ints
    chance: Bools
    factor: Floats
    fees: Floats
    transport: Floats
    seed: int
    gap: float

    def arrivals(self, future: int) -> Floats:
        """(R,) children of each row who come in a future."""
        expected = self.count * self.factor[future, self.cell]
        drawn = stream_of(self.seed, future, CHANCE).poisson(expected).astype(np.float64)
        return np.asarray(np.where(self.chance, drawn, expected), np.float64)

    def world(self, future: int) -> tuple[Problem, Accounts]:
        """Return a future: its problem, and what decisions cost and move in it."""
        problem, accounts = self.problem, self.accounts
        came = np.bincount(self.state, self.arrivals(future), len(problem.states))
        states = replace(problem.states, supply=self.certain + came)
        fee, transport = self.fees[future], float(self.transport[future])
        rows = accounts.rows
        dearer = np.where(rows.independent, (fee[rows.year] - 1) * rows.price_gbp, 0.0)
        moved = (transport - 1) * rows.transport_gbp
        more = np.bincount(
            rows.stay,
            accounts.factor[rows.year] * rows.share * (dearer + moved),
            len(problem.stays),
        )
        stays = replace(problem.stays, cost=np.maximum(0.0, problem.stays.cost + more))
        priced = replace(
            rows, price_gbp=rows.price_gbp + dearer, transport_gbp=rows.transport_gbp + moved
        )
        fixed, items = accounts.fixed.copy(), list(ITEMS)
        fixed[items.index("independent fees")] *= fee
        fixed[items.index("transport")] *= transport
        return (
            problem.with_numbers(states=states, stays=stays),
            replace(accounts, rows=priced, fixed=fixed),
        )


@dataclass(frozen=True)
class Arrivals:
    """Rows of arrivals of a case.

    Attributes
    ----------
    table
        `need`, `phase`, `year` (of the plan), `children`, `site` (-1 for none).
    state
        (R,) where they first seek.
    """

    table: pd.DataFrame
    state: Ints

    @property
    def needs(self) -> list[str]:
        """Needs that arrivals have, in order."""
        return sorted(set(self.table["need"]))

    def cells(self, *columns: str) -> tuple[Ints, pd.DataFrame]:
        """(R,) cell of each row, and the cells: alike in `columns`."""
        keys = self.table[list(columns)]
        cells = keys.drop_duplicates().sort_values(list(columns), ignore_index=True)
        numbered = cells.assign(cell=np.arange(len(cells)))
        merged = keys.merge(numbered, on=list(columns), how="left", validate="many_to_one")
        return merged["cell"].to_numpy(np.int64), cells


def extended(prepared: Prepared, keep: Bools, rows: pd.DataFrame, progress: Progress) -> Prepared:
    """Put a case together again with some of its rows of children, and others besides.

    Parameters
    ----------
    keep
        (N,) which of `Prepared.everyone` stay.
    rows
        As that, each at a point.

    Raises
    ------
    CaseError
        When journeys or prices are missing for them.
    """
    case, basis = prepared.case, prepared.basis
    if case.settings.travel.method == "table" and len(rows):
        raise UsageError("arrivals at new points need a map: the case has a table of journeys")
    columns = list(prepared.everyone.columns)
    if "site" not in columns:
        columns.append("site")
    before = prepared.everyone[keep].assign(site=-1)
    everyone = pd.concat([before, rows.reindex(columns=columns)], ignore_index=True)
    everyone["site"] = everyone["site"].fillna(-1).astype(int)
    points = rows[["easting_m", "northing_m"]].to_numpy(np.float64)
    homes = np.vstack([prepared.located.homes[keep], points])
    located = replace(prepared.located, homes=homes, area=everyone["area"])
    positions = {provision: p for p, provision in enumerate(basis.provisions)}
    progress.step("measuring journeys of arrivals")
    travel = find_journeys(case, everyone, located, positions, progress)
    demand = read_demand(case, everyone, travel.origin, positions)
    made = build_problem(case, demand.groups, travel.journeys, positions)
    faults = [*travel.faults, *demand.faults, *made.faults]
    if errors(faults):
        raise CaseError(faults)
    return replace(
        prepared, basis=made, everyone=everyone, located=located, travel=travel, demand=demand
    )


def arrivals_of(prepared: Prepared) -> Arrivals:
    """Return the rows of children who are not in the table of children: listed, projected, or of new homes."""
    settings = prepared.case.settings
    rows = dated(prepared.everyone, settings)
    rows["origin"] = prepared.travel.origin
    rows["need_2"] = rows["need_2"].where(rows["need_2"] != rows["need"], "")
    rows["reception"] = rows["year"] - rows["ncy"]
    rows["site"] = rows.get("site", -1)
    mine = rows[
        (rows["table"] != "children")
        & (rows["ncy"] <= settings.leaving.last_ncy)
        & (rows["year"] < settings.years)
        & (rows["children"] > 0)
    ].reset_index(drop=True)
    cohorts = prepared.basis.cohorts
    numbered = cohorts.table.assign(cohort=np.arange(len(cohorts.table)))
    cohort = mine[SAME].merge(numbered, on=SAME, how="left", validate="many_to_one")["cohort"]
    state = cohorts.state(cohort.to_numpy(np.int64), mine["year"].to_numpy(np.int64))
    table = mine[["need", "year", "children", "site"]].assign(
        phase=[phase(int(ncy)) for ncy in mine["ncy"]]
    )
    return Arrivals(table, np.asarray(state, np.int64))


@dataclass(frozen=True)
class Expected:
    """What futures expect of arrivals.

    Attributes
    ----------
    cell
        (R,) which column counts for a row.
    factor
        (F, C) ratio to the case's.
    chance
        (R,) whether how many come is drawn besides.
    """

    cell: Ints
    factor: Floats
    chance: Bools


def expected(
    arrivals: Arrivals, draws: Draws, levels: pd.DataFrame | None, simulated: pd.DataFrame | None
) -> Expected:
    """Return what every future expects of each row of arrivals.

    Parameters
    ----------
    levels
        `need`, `year` and the ratios `low` and `high` to the case, where it has such scenarios.
    simulated
        A row a `need`, `phase` and `year`, a column a simulation, numbered from 0, of children who arrive.
    """
    by = ["need", "phase", "year", "site"]
    cell, cells = arrivals.cells(*by)
    position = {need: n for n, need in enumerate(arrivals.needs)}
    need, year, site = (
        np.asarray(cells[name].map(position) if name == "need" else cells[name], np.int64)
        for name in ("need", "year", "site")
    )
    if levels is not None:
        both = cells.merge(levels, on=["need", "year"], how="left").fillna(1.0)
        low, high = both["low"].to_numpy(np.float64), both["high"].to_numpy(np.float64)
        factor = between(draws, low, np.ones(len(cells)), high)
        factor *= growth_factor(draws, need, year, common=False)
    else:
        factor = growth_factor(draws, need, year)
    chance = np.ones(len(arrivals.state), bool)
    if simulated is not None:
        own = site < 0
        count = arrivals.table["children"].to_numpy(np.float64)
        total = np.asarray(np.bincount(cell, count, len(cells)), np.float64)
        factor[:, own] = _simulated(cells[own], total[own], simulated, len(draws))
        chance = arrivals.table["site"].to_numpy() >= 0
    if (site >= 0).any():
        new = site >= 0
        factor[:, new] = draws.homes[:, site[new]]
    return Expected(cell, factor, chance)


def _simulated(cells: pd.DataFrame, total: Floats, simulated: pd.DataFrame, futures: int) -> Floats:
    """(F, cells) ratios that make each need, phase and year what a simulation says, the next one in each future.

    What a simulation has of a phase without rows goes to the need's other phases of that year, in proportion.
    """
    keys = ["need", "phase", "year"]
    said = simulated.reset_index().merge(cells[keys].assign(known=True), on=keys, how="left")
    names = list(simulated.columns)
    by_cell = cells[keys].merge(said, on=keys, how="left")[names].fillna(0.0).to_numpy(np.float64)
    lost = said[said["known"].isna()].groupby(["need", "year"])[names].sum()
    pairs = pd.MultiIndex.from_frame(cells[["need", "year"]])
    share = total / pd.Series(total).groupby(pairs.to_numpy()).transform("sum").to_numpy()
    spread = lost.reindex(pairs).fillna(0.0).to_numpy(np.float64) * share[:, None]
    ratio = (by_cell + spread) / total[:, None]
    return np.asarray(ratio[:, np.arange(futures) % len(names)].T, np.float64)


def payload_of(
    prepared: Prepared, arrivals: Arrivals, wanted: Expected, draws: Draws, gap: float
) -> Payload:
    """Return what workers get."""
    problem, journeys = prepared.basis.problem, prepared.travel.journeys
    count = arrivals.table["children"].to_numpy(np.float64)
    came = np.bincount(arrivals.state, count, len(problem.states))
    certain = problem.states.supply - came
    if certain.min(initial=0.0) < -1e-6:
        raise ValueError("arrivals are more than all who seek")
    return Payload(
        problem=replace(problem),
        accounts=Accounts.of(prepared.basis, journeys.km, journeys.minutes),
        certain=np.maximum(0.0, certain),
        state=arrivals.state,
        count=count,
        cell=wanted.cell,
        chance=wanted.chance,
        factor=wanted.factor,
        fees=np.array([draws.fee_factor(n, problem.periods) for n in range(len(draws))]),
        transport=draws.transport,
        seed=draws.seed,
        gap=gap,
    )

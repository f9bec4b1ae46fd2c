"""Back-test: hold out the last year of a history, project it from the years before, and report the error by need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import values
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import errors
from sufficiency.sheets import read_csv
from sufficiency.tables import NEED, YEAR, Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.problem import Floats
    from sufficiency.setting_demand import Demand

ALL = "all"
#: Years of growth that are averaged.
GROWTH_YEARS = 3
#: Growth of all needs together counts, in a need's own, like so many plans: a small need's own is noise.
SHARED_COUNTS_AS = 100.0
_PLANS: dict[str, Any] = {"unit": "plans", "least": 0.0, "most": 1e7}
HISTORY = Table(
    "history",
    "Plans of past years",
    (
        YEAR,
        Column("need", "need", "primary need; blank = all needs", source=NEED.source),
        Column("ncy", "ncy", "National Curriculum year", unit="NCY", least=-4, most=20),
        Column("plans", "number", "all with a plan", required=True, **_PLANS),
        Column("new_plans", "number", "new plans of the year", **_PLANS),
    ),
)


@dataclass(frozen=True)
class BackTest:
    """What a projection of the last year would have been.

    Attributes
    ----------
    rows
        `measure` (plans or new plans), `method`, `need` (or all), `projected`, `actual`, `error` (projected less
        actual) and `error_pct`.
    scores
        By measure and method: `mape_pct` over needs, `weighted_pct` (absolute errors over all plans) and `total_pct`
        (signed, of all needs together).
    held_out
        The year that was projected.
    """

    rows: pd.DataFrame
    scores: pd.DataFrame
    held_out: int


def read_history(path: Path) -> pd.DataFrame:
    """Read a history of plans.

    Raises
    ------
    CaseError
        When it has errors.
    UsageError
        When it has fewer than two years.
    """
    sheet, faults = read_csv(path.read_bytes(), path.name)
    if sheet is None or errors(faults):
        raise CaseError(faults)
    header = [name.lower().replace("_", " ") for name in sheet.header]
    wanted = {name: name.replace("_", " ") for name in HISTORY.names}
    lost = [name for name in ("year", "plans") if wanted[name] not in header]
    if lost:
        raise UsageError(
            f"{path.name} needs the columns year, need and plans; ncy and new_plans are optional"
        )
    text = [
        [row[header.index(label)] if label in header else "" for label in wanted.values()]
        for row in sheet.rows
    ]
    frame = values.text_frame(text, HISTORY.names, sheet.numbers)
    if faults := values.check(frame, HISTORY, {}, path.name):
        raise CaseError(faults)
    typed = values.typed(frame, HISTORY, 0)
    if typed["year"].nunique() < 2:
        raise UsageError(f"{path.name} has fewer than two years: nothing can be held out")
    return typed


def back_test(history: pd.DataFrame, rule: Demand | None = None) -> BackTest:
    """Project the last year of a history from those before, by every method that they allow.

    Parameters
    ----------
    history
        As from `read_history`.
    rule
        The case's `[demand]`: growth that it gives is tested too.
    """
    last = int(history["year"].max())
    rows: list[dict[str, object]] = []
    for measure in ("plans", "new_plans"):
        known = history[history[measure].notna()]
        if known["year"].nunique() < 2 or int(known["year"].max()) != last:
            continue
        series = known.pivot_table(
            index="need", columns="year", values=measure, aggfunc="sum"
        ).fillna(0.0)
        counts = series.to_numpy(np.float64)
        actual, before = counts[:, -1], counts[:, :-1]
        methods = {**_simple(before), **_stated(list(series.index), before, rule)}
        if measure == "plans" and (found := _cohort(known, list(series.index))) is not None:
            methods["cohorts"] = found
        for method, projected in methods.items():
            rows += _compared(
                measure.replace("_", " "), method, list(series.index), projected, actual
            )
    table = pd.DataFrame(rows)
    return BackTest(table, _scores(table), last)


def _simple(before: Floats) -> dict[str, Floats]:
    """Project from totals by need alone: ours, and the two naive ones to beat."""
    found = {"same as last year": before[:, -1]}
    if before.shape[1] >= 2:
        found = {"average growth": _average_growth(before), **found}
        found["same growth"] = before[:, -1] * _ratio(before[:, -1], before[:, -2])
    return found


def _average_growth(before: Floats) -> Floats:
    """(needs,) last year's plans times the mean yearly growth of up to three years, small needs drawn to all."""
    years = min(GROWTH_YEARS, before.shape[1] - 1)
    shared = _ratio(before[:, -1].sum(), before[:, -1 - years].sum()) ** (1 / years)
    own = _ratio(before[:, -1], before[:, -1 - years]) ** (1 / years)
    trust = before[:, -1 - years] / (before[:, -1 - years] + SHARED_COUNTS_AS)
    return np.asarray(before[:, -1] * (trust * own + (1 - trust) * shared), np.float64)


def _ratio(now: Floats | float, then: Floats | float) -> Floats:
    """Divide, with 1 where there was nothing."""
    now, then = np.atleast_1d(now), np.atleast_1d(then)
    return np.divide(now, then, out=np.ones(now.shape), where=then > 0)


def _stated(names: list[str], before: Floats, rule: Demand | None) -> Mapping[str, Floats]:
    """Project by the growth that the case states, if any."""
    if rule is None or (rule.growth_pct is None and not rule.growth_by_need_pct):
        return {}
    growth = np.array([1 + rule.growth_of(need) / 100 for need in names])
    return {f"the case's growth, {rule.scenario}": before[:, -1] * growth}


def _cohort(history: pd.DataFrame, names: list[str]) -> Floats | None:
    """(needs,) roll the NCYs forward one year, each by what its step was the year before; None without NCYs."""
    known = history[history["ncy"].notna()]
    years = sorted(set(known["year"].astype(int)))
    if len(known) < len(history) or len(years) < 3:
        return None
    at = {year: _by_ncy(known[known["year"] == year], names) for year in years}
    then, now = at[years[-3]], at[years[-2]]
    step = _ratio(now[:, 1:].sum(axis=0), then[:, :-1].sum(axis=0))
    first = now[:, :1] * _ratio(now[:, :1].sum(), then[:, :1].sum())
    rolled = np.concatenate([first, now[:, :-1] * step], axis=1)
    return np.asarray(rolled.sum(axis=1), np.float64)


def _by_ncy(rows: pd.DataFrame, names: list[str]) -> Floats:
    """(needs, NCYs) plans of a year, from the history's first NCY up."""
    table = rows.pivot_table(index="need", columns="ncy", values="plans", aggfunc="sum")
    wide = table.reindex(index=names, columns=range(-4, 21)).fillna(0.0)
    return wide.to_numpy(np.float64)


def _compared(
    measure: str, method: str, names: list[str], projected: Floats, actual: Floats
) -> list[dict[str, object]]:
    """Compare need by need, and all together."""
    cells = list(zip(names, projected.tolist(), actual.tolist(), strict=True))
    if names != [""]:
        cells.append((ALL, float(projected.sum()), float(actual.sum())))
    return [
        {
            "measure": measure,
            "method": method,
            "need": need or ALL,
            "projected": guess,
            "actual": truth,
            "error": guess - truth,
            "error_pct": 100 * (guess - truth) / truth if truth else np.nan,
        }
        for need, guess, truth in cells
    ]


def _scores(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a measure and method."""
    found = []
    for (measure, method), mine in rows.groupby(["measure", "method"], sort=False):
        parts = mine[mine["need"] != ALL] if (mine["need"] != ALL).any() else mine
        whole = mine[mine["need"] == ALL]
        found.append(
            {
                "measure": measure,
                "method": method,
                "mape_pct": float(parts["error_pct"].abs().mean()),
                "weighted_pct": 100 * float(parts["error"].abs().sum() / parts["actual"].sum()),
                "total_pct": float(whole["error_pct"].iloc[0]),
            }
        )
    return pd.DataFrame(found)

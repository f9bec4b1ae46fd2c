"""Tables without their withheld cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.findings import BANDS
from sufficiency.suppression import DUST

if TYPE_CHECKING:
    from sufficiency.masks import Masks, Rules
    from sufficiency.suppression import Bools

#: Shorthand for a withheld value (Government Analysis Function, "Using symbols and shorthand in tables").
WITHHELD = "[c]"
#: Columns of numbers that are shown as they are.
WHOLE = {"year", "ncy_from", "ncy_to", "ncy"}
#: Columns that count children, and so are rounded where that is asked for.
COUNTS = {
    "children",
    "unplaced",
    "independent",
    "out_of_area",
    "gap",
    "used",
    "local",
    "away",
    "over_45",
    "over_75",
    *BANDS,
}
#: What goes with a count: it is withheld if the count is.
FOLLOWERS = {
    "children": [
        "mean_km",
        "mean_minutes",
        "median_minutes",
        "p95_minutes",
        "gbp",
        "km",
        "minutes",
    ],
    "used": ["use_pct"],
}

#: Columns that give one child's journey, and of how many children they are told, in thresholds: so many that the one
#: is not the longest.
ONE_OF = {"median_minutes": 2, "p95_minutes": 4}


def shown(name: str, exact: pd.DataFrame, masks: Masks, rules: Rules) -> pd.DataFrame:
    """Return a table with every row, withheld cells marked; so is a mean journey of few, however many wait beside."""
    table = rounded(exact, rules).astype(object)
    for column in COUNTS & set(exact.columns):
        hidden = masks.get((name, column))
        if hidden is None:
            continue
        for follower in (column, *FOLLOWERS.get(column, [])):
            if follower in table:
                table.loc[hidden, follower] = WITHHELD
    if {"children", "unplaced", "mean_minutes"} <= set(exact.columns):
        travel = exact["children"] - exact["unplaced"]
        table.loc[rules.is_small(travel.to_numpy(np.float64)), "mean_minutes"] = WITHHELD
    for column, times in ONE_OF.items():
        if column in exact:
            few = exact["children"].to_numpy(np.float64) < times * rules.threshold
            table.loc[few & exact[column].notna().to_numpy(), column] = WITHHELD
    return table


def only_shown(name: str, exact: pd.DataFrame, masks: Masks, rules: Rules) -> pd.DataFrame:
    """Return a table without the rows that are withheld: nothing says that they are there."""
    return rounded(exact[~masks[name, "children"]], rules).reset_index(drop=True)


def with_rest(name: str, exact: pd.DataFrame, masks: Masks, rules: Rules) -> pd.DataFrame:
    """Return the rows that are shown, and a row a year for all others, if those are enough children together."""
    hidden = masks[name, "children"]
    kept = rounded(exact[~hidden], rules).astype(object)
    rest = exact[hidden].groupby("year", as_index=False)[["children", "gbp"]].sum()
    small = rules.is_small(rest["children"].to_numpy(np.float64))
    others = rounded(rest, rules).astype(object)
    others.loc[small, ["children", "gbp"]] = WITHHELD
    texts = [column for column in exact.columns if column not in rest.columns]
    others = others.assign(**dict.fromkeys(texts, WITHHELD))[list(exact.columns)]
    return pd.concat([kept, others], ignore_index=True)


def rounded(exact: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Round as published: children to a tenth where they are not whole, money to a pound.

    Where counts are rounded further, money and shares that would tell them follow from the rounded ones.
    """
    table = exact.copy()
    if rules.round_to:
        for column in COUNTS & set(table.columns):
            table[column] = rules.rounded(table[column].to_numpy(np.float64))
        table = _following(table, exact)
    for column in table.columns:
        if column in WHOLE or not pd.api.types.is_float_dtype(table[column]):
            continue
        table[column] = table[column].round(0 if "gbp" in column else 1) + 0.0
    return table


def _following(table: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """Work out again what would tell a rounded count: a pool's share of use, and the money of a row."""
    if "use_pct" in table:
        limited = exact["use_pct"].notna()
        table["use_pct"] = (100 * table["used"] / table["places"]).where(limited)
    if {"gbp", "children"} <= set(table.columns):
        each = exact["gbp"] / exact["children"].where(exact["children"] > DUST)
        table["gbp"] = (each * table["children"]).fillna(0.0)
    return table


def any_hidden(masks: Masks) -> dict[str, int]:
    """Return how many cells are withheld, by table."""
    found: dict[str, int] = {}
    for (table, _), hidden in masks.items():
        if table:
            name = table.split("/")[0]
            found[name] = found.get(name, 0) + int(_count(hidden))
    return found


def _count(hidden: Bools) -> int:
    return int(np.count_nonzero(hidden))

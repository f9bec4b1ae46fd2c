"""What a plan saves in home to school transport, a year: miles, minutes, vehicles, pounds and CO2, as a range.

Transport is paid by the vehicle and the day, not by the child and the mile: a saving is banked when a vehicle is no
longer hired. So vehicles, and what they cost and emit, are reckoned twice. *Pro rata* a child is its share of a vehicle
(``children / children_per_vehicle``), as in every plan's ledger. *Whole* vehicles are those of each area and provision,
rounded up: ``ceil(children / children_per_vehicle)``, run at the mean distance of the children in them. The truth lies
between the two, since routes that we do not draw share vehicles across areas. Miles and minutes of children need no
vehicle and have no range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.child_years import DUST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.evidence.counts import Counts
    from sufficiency.settings import Settings

MILE_KM = 1.609344
#: A child's journeys a day: there and back.
WITH_CHILD = 2
#: Of a vehicle, what more is none.
SPARE = 1e-6
#: What a vehicle is hired for: where its children live, where they go, and when.
VEHICLE = ["year", "area", "provision"]
#: What has no range, and what has: reckoned in whole vehicles, and pro rata.
PLAIN = ("child_miles", "child_minutes")
RANGED = ("vehicles", "vehicle_miles", "gbp", "kg_co2")
SUMS = (*PLAIN, *(f"{name}_{way}" for name in RANGED for way in ("whole", "pro_rata")))
#: Children who are alike as far as a long table tells: what they change between plans is the least that did.
ALIKE = ["year", "area", "need", "ncy", "provision"]


def rates_of(settings: Settings, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return the transport settings of every provision, by its id.

    Parameters
    ----------
    kinds
        Kind of each provision by its id.
    """
    rules = {kind: settings.transport_for(kind).model_dump() for kind in set(kinds.values())}
    return pd.DataFrame.from_dict({p: rules[kind] for p, kind in kinds.items()}, orient="index")


def yearly(somewhere: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return what transport takes in a year, for each row of children somewhere.

    Parameters
    ----------
    somewhere
        As from `child_years.spent`, exact.
    rates
        As from `rates_of`.

    Returns
    -------
    The rows with `transported` (children for whom the council pays), `child_miles` and `child_minutes` (theirs, there
    and back on every school day), and the `RANGED` sums a year, `_whole` and `_pro_rata`.
    """
    rows = somewhere.reset_index(drop=True).copy()
    rate = rates.loc[rows["provision"]].reset_index(drop=True)
    km, minutes = rows["km"].fillna(0.0), rows["minutes"].fillna(0.0)
    paid = rows["km"].notna() & (rows["km"] > rate["over_km"])
    rows["transported"] = (rows["children"] * rate["eligible_pct"] / 100).where(paid, 0.0)
    trips = rows["transported"] * WITH_CHILD * rate["days"]
    rows["child_miles"], rows["child_minutes"] = trips * km / MILE_KM, trips * minutes
    vehicles = rows["transported"] / rate["children_per_vehicle"]
    vehicle_km = vehicles * rate["days"] * rate["journeys_per_day"] * km
    pro_rata = {
        "vehicles": vehicles,
        "vehicle_miles": vehicle_km / MILE_KM,
        "gbp": rows["transport_gbp"],
        "kg_co2": vehicle_km * rate["kg_co2_per_km"],
    }
    needed = vehicles.groupby([rows[key] for key in VEHICLE]).transform("sum")
    emptiness = (np.ceil(needed - SPARE) / needed).where(needed > SPARE, 0.0)
    for name, sums in pro_rata.items():
        rows[f"{name}_whole"], rows[f"{name}_pro_rata"] = sums * emptiness, sums
    return rows


def savings(before: pd.DataFrame, after: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return what the second plan saves of the first in each year: less is positive, more negative.

    Parameters
    ----------
    before, after
        As from `yearly`: the same years.
    by
        What to break it down by besides the year: ``need``, ``phase``, ``area``, ``provision``.

    Returns
    -------
    A row a year and group: `transported_before`, `transported_after`, `changed` (the least number of children whose
    place is another or none) and `SUMS`. Those of a breakdown add up to those of the year.
    """
    keys = ["year", *by]
    sides = [side.groupby(keys)[["transported", *SUMS]].sum() for side in (before, after)]
    index = sides[0].index.union(sides[1].index)
    was, now = (side.reindex(index, fill_value=0.0) for side in sides)
    found = was[list(SUMS)] - now[list(SUMS)]
    found.insert(0, "changed", _changed(before, after, keys).reindex(index, fill_value=0.0))
    found.insert(0, "transported_after", now["transported"])
    found.insert(0, "transported_before", was["transported"])
    return found.reset_index()


def _changed(before: pd.DataFrame, after: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """Return how many children change at the least: the more of those who come to a place, and who leave one."""
    alike = list(dict.fromkeys([*keys, *ALIKE]))
    moves = (
        after.groupby(alike)["children"]
        .sum()
        .sub(before.groupby(alike)["children"].sum(), fill_value=0.0)
    )
    moves = moves.where(moves.abs() > DUST, 0.0)
    ways = [
        way.groupby(level=list(keys)).sum() for way in (moves.clip(lower=0), -moves.clip(upper=0))
    ]
    return pd.concat(ways, axis=1).max(axis=1)


def low_high(row: Mapping[str, float], name: str) -> tuple[float, float]:
    """Return the range of a saving: whole vehicles and pro rata, the lesser first."""
    whole, pro_rata = float(row[f"{name}_whole"]), float(row[f"{name}_pro_rata"])
    return min(whole, pro_rata), max(whole, pro_rata)


def withheld(found: pd.DataFrame, counts: Counts, also: Sequence[pd.DataFrame] = ()) -> pd.Series:
    """Return which rows of `savings` may not be told, as they could reveal a child.

    Those of few children on either side, or few who change; and, where what is left of a year would still tell of
    few, more of its rows, those of fewest children first.

    Parameters
    ----------
    also
        The same breakdown between other pairs of the plans that stand side by side: what is told of two gives away
        the third.
    """
    keys = [c for c in found.columns if c in {"year", "area", "need", "phase", "provision"}]
    tells = [pd.Series(data=True, index=found.index)]
    for other in (found, *also):
        here = found[keys].merge(other, how="left", on=keys)[list(GUARDED)].fillna(0.0)
        tells += [here[name].map(counts.tells) for name in GUARDED]
    hidden = ~pd.concat(tells, axis=1).all(axis=1)
    for _, rows in found.groupby("year"):
        _hide_more(hidden, rows["changed"], counts.threshold)
    return hidden


#: Numbers of children who stand behind a row.
GUARDED = ("transported_before", "transported_after", "changed")


def _hide_more(hidden: pd.Series, changed: pd.Series, threshold: int) -> None:
    """Withhold more rows of a year until those withheld are of enough children together, and are not one alone."""
    order = changed[changed > DUST].sort_values(kind="stable").index
    for row in order if hidden[changed.index].any() else ():
        mine = hidden[changed.index]
        among = changed[mine & (changed > DUST)]
        if among.empty or (among.sum() >= threshold - DUST and len(among) > 1):
            return
        hidden[row] = True

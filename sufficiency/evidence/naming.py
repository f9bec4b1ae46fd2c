"""What things of a case are called in sentences: provisions, pools, year groups, runs of years, miles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sufficiency.annexes.pipeline import needs_of, span
from sufficiency.evidence.counts import WITHHELD
from sufficiency.maps.lettering import short_name
from sufficiency.pools import PoolKey
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sufficiency.evidence.counts import Counts
    from sufficiency.problem import Basis

#: Title of every explanation.
TITLE = "Why, and why not"
#: Kilometres in a mile.
MILE_KM = 1.609344


def provision_names(basis: Basis) -> dict[str, str]:
    """Return what every provision is called, by id: without a remark in brackets at its end, where that is clear."""
    table = basis.case.provisions
    full = dict(zip(table["provision_id"], table["name"], strict=True))
    short = {key: short_name(name) or key for key, name in full.items()}
    often = Counter(short.values())
    return {key: name if often[name] == 1 else full[key] or key for key, name in short.items()}


def pool_names(basis: Basis, *, short: bool = False) -> list[str]:
    """(Q,) what every pool is called: its provision, its year groups, and its needs where two pools differ in them."""
    names, keys = provision_names(basis), basis.pools.keys
    groups = brief if short else year_groups
    plain = [f"{names[key.provision_id]}, {groups(key.ncy_from, key.ncy_to)}" for key in keys]
    found = apart(
        plain, [f"{name}, {needs_of([key])}" for name, key in zip(plain, keys, strict=True)]
    )
    return apart(
        found,
        [
            f"{name}, new places" if key.of_schemes else name
            for name, key in zip(found, keys, strict=True)
        ],
    )


def apart(short: list[str], longer: list[str]) -> list[str]:
    """Return the short names, and the longer where two are the same."""
    often = Counter(short)
    return [one if often[one] == 1 else other for one, other in zip(short, longer, strict=True)]


def year_groups(low: int, high: int) -> str:
    """Write a range of year groups: "Years 7 to 11", "Reception to Year 6"."""
    if low <= 0 or low == high:
        return span([PoolKey("", "", low, high)])
    return f"Years {low} to {high}"


def brief(low: int, high: int) -> str:
    """Write a range of year groups where there is little room: "R to 6"."""
    return f"{low or 'R'} to {high}" if low != high else f"{low or 'R'}"


def runs(years: Iterable[int]) -> str:
    """Write academic years as runs: "2026/27 to 2029/30 and 2031/32"."""
    found: list[list[int]] = []
    for year in sorted(set(years)):
        if found and year == found[-1][-1] + 1:
            found[-1].append(year)
        else:
            found.append([year])
    parts = [
        academic(run[0]) if len(run) == 1 else f"{academic(run[0])} to {academic(run[-1])}"
        for run in found
    ]
    return listed(parts)


def listed(words: Sequence[str]) -> str:
    """Write words as a list: "a, b and c"."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def miles(km: float) -> str:
    """Write a distance in miles: "4.1 miles"."""
    return f"{km / MILE_KM:,.1f} miles"


def counts_note(counts: Counts) -> str:
    """Explain under a table how numbers of children are told, changes among them."""
    return (
        f"Numbers of children, and by how much they change, are rounded to {counts.nearest}; what is of fewer than"
        f" {counts.threshold} is not told ({WITHHELD})."
    )

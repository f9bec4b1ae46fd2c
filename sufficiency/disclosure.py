"""What may be published: counts of fewer than five children, and whatever would tell them, are withheld.

One cube of children (area, need, phase, year, by where they are) is withheld once; every table, map and document is
made of what is left. `tabulate` lays the tables out, `masks` and `suppression` choose the cells, `rendering` takes them
out. The exact tables stand in the private folder of a run only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.already import known
from sufficiency.masks import Rules, Side, Tie, find_masks
from sufficiency.rendering import WITHHELD, any_hidden, only_shown, rounded, shown, with_rest
from sufficiency.tabulate import More, tabulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.already import Compared
    from sufficiency.findings import Findings
    from sufficiency.masks import Masks
    from sufficiency.suppression import Bools
    from sufficiency.tabulate import Tabulated

__all__ = ["THRESHOLD", "WITHHELD", "More", "Published", "Rules", "is_small", "publish"]

#: Counts under this are withheld, as councils do under section 40(2) of the Freedom of Information Act 2000.
THRESHOLD = 5
#: Tables of which some rows are not shown at all.
ROWS = {"placements": with_rest, "unplaced": with_rest, "origins": only_shown}
TABLES = (
    "placements",
    "unplaced",
    "schemes",
    "use",
    "gap",
    "ledger",
    "travel",
    "areas",
    "served",
    "origins",
    "outcomes",
)


@dataclass(frozen=True)
class Published:
    """The tables as anyone may see them; a withheld cell holds `WITHHELD`, a row of many holds it for its labels.

    Attributes
    ----------
    placements, unplaced
        Rows that must be withheld are left out and counted in one row a year that says so.
    use, gap, travel
        Every row; counts that must be withheld are, and what follows from them.
    schemes, ledger
        As they are: they count no children.
    areas
        Every row of `areas` at the geography chosen: `geography`, `area`, `need`, `phase` (each may be ``all``),
        `year`, `children`, `unplaced`, `independent`, `out_of_area`, `mean_minutes`, and `gap`: children in any of the
        three.
    served
        Children in the places of each scheme: `scheme`, `need`, `phase`, `year`, `children`.
    origins
        Where they come from: `geography`, `of` (``scheme`` or ``provision``), `id`, `area`, `year`, `children`. A row
        that must be withheld is not there at all.
    outcomes
        Where children are: `year`, `local`, `away`, `independent`, `unplaced`; each child in one.
    geography
        By table, the geography chosen.
    rules
        The threshold and the rounding.
    withheld
        By table, how many cells are withheld.
    told
        How many withheld small counts what is always written tells all the same.
    more
        The tables that were asked for besides, by name.
    baseline
        What the plan is compared by of the baseline; its other tables are empty.
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
    outcomes: pd.DataFrame
    geography: Mapping[str, str]
    rules: Rules = field(default_factory=Rules)
    withheld: Mapping[str, int] = field(default_factory=dict)
    told: int = 0
    more: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    baseline: Published | None = None

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the name of their file."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in fields.items() if isinstance(value, pd.DataFrame)}


def publish(
    findings: Findings,
    baseline: Findings | None = None,
    already: Sequence[Compared] = (),
    rules: Rules | None = None,
    more: Mapping[str, More] | None = None,
) -> Published:
    """Withhold what must be withheld from every table of a plan, and of its baseline.

    Parameters
    ----------
    baseline
        A plan for the same children: together, too, the two must tell nothing.
    already
        Runs whose tables are public, beside this one.
    rules
        Threshold and rounding.
    more
        Other tables of the same children, by name.
    """
    rules = rules or Rules()
    chosen = next((then.run.geography for then in already if then.same_children), None)
    plans = [tabulate(findings, rules.threshold, more, chosen)]
    if baseline is not None:
        plans.append(tabulate(baseline, rules.threshold, chosen=plans[0].geography, brief=True))
    told = [block for then in already for block in known(plans[0], then, rules)]
    sides = [Side(plan.blocks, plan.atoms) for plan in plans]
    sides[0] = Side([*plans[0].blocks, *told], plans[0].atoms)
    alike = ("area", "need", "phase")
    ties = [Tie((0, n), alike) for n in range(1, len(plans))]
    found = find_masks(sides, ties, rules)
    masks, before = found.masks, None
    if baseline is not None:
        _as_in(plans[0], masks[0], plans[1], masks[1])
        before = _published(baseline, plans[1], masks[1], rules)
    return _published(findings, plans[0], masks[0], rules, before, found.told)


def is_small(counts: pd.Series, threshold: int = THRESHOLD) -> Bools:
    """Whether each count is of somebody, but of fewer than the threshold."""
    return Rules(threshold).is_small(counts.to_numpy(np.float64))


def _as_in(first: Tabulated, known: Masks, second: Tabulated, masks: Masks) -> None:
    """Withhold the numbers of all children of a second plan where those of the first are."""
    for name, table in second.tables.items():
        if "children" in table and "unplaced" in table:
            keys = [key for key in ("area", "need", "phase", "year") if key in table]
            hidden = first.tables[name].assign(hidden=known[name, "children"])[[*keys, "hidden"]]
            masks[name, "children"] = table[keys].merge(hidden, how="left")["hidden"].to_numpy(bool)


def _published(
    findings: Findings,
    plan: Tabulated,
    masks: Masks,
    rules: Rules,
    baseline: Published | None = None,
    told: int = 0,
) -> Published:
    """Take what is withheld out of every table."""
    tables, parts = plan.tables, (masks, rules)
    rows = {name: shown(name, table, *parts) for name, table in tables.items() if name not in ROWS}
    rows |= {
        name: make(name, tables[name], *parts) for name, make in ROWS.items() if name in tables
    }
    areas = [table for name, table in rows.items() if name.startswith("areas/")]
    rows["areas"] = pd.concat(areas, ignore_index=True)
    if "use" in rows:
        rows["use"] = rows["use"].drop(columns="pool")
    if "origins" in rows:
        rows["origins"].insert(0, "geography", plan.geography["origins"])
    rows |= {
        "schemes": rounded(findings.schemes, Rules()),
        "ledger": rounded(findings.ledger, Rules()),
    }
    named = {name: rows.get(name, pd.DataFrame()) for name in TABLES}
    return Published(
        **named,
        geography=plan.geography,
        rules=rules,
        withheld=any_hidden(masks),
        told=told,
        more={name: rows[name] for name in plan.more},
        baseline=baseline,
    )

"""Children in the shapes of two returns: the specialist forecast of SCAP, and a Local SEND Reform Plan.

Sources: DfE, "School capacity (SCAP) survey 2026: guide" (30 April 2026): residents with a plan who need a specialist
placement, by National Curriculum year (Reception to Year 11) and four types of provision, for the next five years of
primary and seven of secondary. Local SEND Reform Plan template (DfE, 2026), tables 5.1 (age groups), 6 (provision), 7
(need) and 7.1 to 7.7 (need within provision), whose "calendar year 2025" is the census of January 2026: academic year
2025/26.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.cube import make_atoms
from sufficiency.tabulate import More

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.case import Case
    from sufficiency.findings import Findings

CENSUS = (
    "Children in the plan only: a plan that is not in the case is not counted. The template's calendar year is that of "
    "the autumn: its 2025 is the academic year 2025/26."
)


class Shape(NamedTuple):
    """One return's table.

    Attributes
    ----------
    title
        What it is called.
    keys
        Its columns before the year.
    cost
        What withholding one of its cells costs, beside the cells of other tables: totals cost more than details.
        None: so fine that hardly a cell would be shown; only the exact table is made.
    """

    title: str
    keys: tuple[str, ...]
    cost: float | None


#: Tables by the stem of their file.
SHAPES = {
    "scap_forecast": Shape("Specialist forecast (SCAP)", ("phase", "provision_type", "ncy"), 2.0),
    "lsrp_age": Shape("Children by age group (LSRP table 5.1)", ("age_group",), 60.0),
    "lsrp_provision": Shape("Children by provision (LSRP table 6)", ("setting",), 60.0),
    "lsrp_need": Shape("Children by primary need (LSRP table 7)", ("need",), 60.0),
    "lsrp_need_provision": Shape(
        "Children by need within provision (LSRP tables 7.1 to 7.7)", ("setting", "need"), None
    ),
}
#: SCAP's type of provision of each kind of ours; kinds that are not here are not specialist places.
SCAP_TYPES = {"base": "UR", "independent": "IN", "special": "SS", "alternative": "AP"}
SCAP_WORDS = {
    "UR": "SEN units and resourced provision in mainstream schools",
    "IN": "independent schools, special and mainstream",
    "SS": "state-funded and non-maintained special schools",
    "AP": "alternative provision",
}
#: Years of the forecast by phase, and the phases' year groups.
SCAP_YEARS = {"primary": 5, "secondary": 7}
#: Years of a return's table, where they are not those of the plan.
YEARS = {"scap_forecast": max(SCAP_YEARS.values())}
NOT_PLACED = "not placed"
#: The plan's words for provision, as far as they are known, by kind of ours; the last is for no place.
SETTINGS = {
    "mainstream": "Mainstream settings",
    "base": "Specialist bases in mainstream settings",
    "special": "Special schools",
    "independent": "NMSS or independent schools - LA funded placements",
    "alternative": "Alternative provision",
    "college": "Further education",
    "": "No place in the plan",
}
OTHER = "Other provision"
#: Last NCY of each age group when a child counts by the age that it reaches in the school year: Reception reaches 5.
AGE_GROUPS = {"Under 5": -1, "5 to 10": 5, "11 to 15": 10, "16 to 19": 14, "20 to 25": 20}
AGE_RULE = (
    "Age groups are computed from National Curriculum years, by the age reached in the school year: 5 to 10 is "
    "Reception to Year 5, 11 to 15 is Years 6 to 10, 16 to 19 is Years 11 to 14. By age on 31 August each group "
    "would be a year group later (5 to 10: Years 1 to 6)."
)


def asked(case: Case) -> dict[str, More]:
    """Return the tables of the returns that are published, for disclosure control to lay out with all the others."""
    return {
        name: More((*shape.keys, "year"), Labels(case, name), shape.cost)
        for name, shape in SHAPES.items()
        if shape.cost is not None
    }


def exact(case: Case, findings: Findings) -> dict[str, pd.DataFrame]:
    """Return the tables of the returns as they are: for whoever makes the return, not to be published."""
    atoms = make_atoms(findings)
    found = {}
    for name, shape in SHAPES.items():
        keys = [*shape.keys, "year"]
        known = Labels(case, name)(atoms).assign(children=atoms["children"])
        known = known[known["year"].notna() & (known["children"] > 0)]
        found[name] = known.groupby(keys, as_index=False)[["children"]].sum()
    return found


@dataclass(frozen=True)
class Labels:
    """Gives groups of alike children the columns of one return."""

    case: Case
    name: str

    def __call__(self, atoms: pd.DataFrame) -> pd.DataFrame:
        """Return the return's columns of every group; `year` is NaN where it does not ask for them."""
        settings, listed = self.case.settings, self.case.provisions
        of = zip(listed["provision_id"], listed["kind"], strict=True)
        kinds = {str(key): settings.base_kind(str(kind)) for key, kind in of}
        kind = atoms["provision"].map(kinds).fillna("")
        waits = atoms["unplaced"].to_numpy(bool)
        known = atoms.assign(
            setting=kind.map(SETTINGS).fillna(OTHER),
            provision_type=kind.map(SCAP_TYPES).where(~waits, NOT_PLACED),
            age_group=[age_group(int(ncy)) for ncy in atoms["ncy"]],
        )
        if self.name == "scap_forecast":
            first = settings.base_year
            last = first + known["phase"].map(SCAP_YEARS)
            wanted = known["provision_type"].notna() & (known["year"] < last)
            known["year"] = known["year"].where(wanted)
            known["provision_type"] = known["provision_type"].fillna("")
        return known[[*SHAPES[self.name].keys, "year"]]


def age_group(ncy: int) -> str:
    """Return the age group of a year group, by the age reached in the school year."""
    return next((name for name, last in AGE_GROUPS.items() if ncy <= last), "Over 25")


def lay_out(name: str, table: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return a return's table as its form has it: a row for each of its keys, a column for each year.

    Parameters
    ----------
    table
        As published: counts, or what stands for one that is withheld.
    """
    keys = list(SHAPES[name].keys)
    found: dict[tuple[object, ...], dict[int, object]] = {}
    for row in table.to_dict("records"):
        counts = found.setdefault(tuple(row[key] for key in keys), {})
        counts[int(row["year"])] = row["children"]
    order = sorted(found, key=lambda row: [_rank(k, v) for k, v in zip(keys, row, strict=True)])
    lines = [
        {HEADINGS[key]: _words(key, value) for key, value in zip(keys, row, strict=True)}
        | {
            _academic(y): found[row].get(y, 0 if y - years[0] < _horizon(row) else None)
            for y in years
        }
        for row in order
    ]
    columns = [*(HEADINGS[key] for key in keys), *map(_academic, years)]
    return pd.DataFrame(lines, columns=columns)


def _horizon(row: tuple[object, ...]) -> float:
    """Return for how many years a row is asked for: those of a phase of the forecast, else all."""
    return SCAP_YEARS.get(str(row[0]), np.inf)


#: What each return is made by.
NOTES: Mapping[str, Sequence[str]] = {
    "scap_forecast": (
        (
            "Residents whom the plan places in specialist provision or leaves without a place, by year group: five "
            "academic years for primary, seven for secondary, from the first year of the plan."
        ),
        "Children without a place stand in a row of their own, for the council to share out between the types.",
    ),
    "lsrp_age": (AGE_RULE, CENSUS),
    "lsrp_provision": (
        CENSUS,
        (
            "Bases are counted as specialist bases (commissioned by the council); support bases (funded by a setting "
            "or trust) are not told apart unless the case has a kind of provision for them."
        ),
    ),
    "lsrp_need": (CENSUS,),
    "lsrp_need_provision": (CENSUS,),
}
HEADINGS = {
    "phase": "Phase",
    "provision_type": "Type of provision",
    "ncy": "Year group",
    "age_group": "Age group",
    "setting": "Provision",
    "need": "Primary need",
}
_ORDERS: Mapping[str, Sequence[str]] = {
    "phase": list(needs.PHASES),
    "provision_type": [*SCAP_WORDS, NOT_PLACED],
    "age_group": list(AGE_GROUPS),
    "setting": [*SETTINGS.values(), OTHER],
    "need": [*needs.NEEDS, needs.UNASSESSED],
}


def _rank(key: str, value: object) -> tuple[int, str]:
    if key == "ncy":
        return int(str(value)), ""
    order = list(_ORDERS[key])
    return (order.index(str(value)) if str(value) in order else len(order)), str(value)


def _words(key: str, value: object) -> object:
    """Return a key's value as a person reads it."""
    if key == "ncy":
        return "Reception" if int(str(value)) == 0 else f"Year {value}"
    if key == "phase":
        return str(value).capitalize()
    if key == "provision_type" and value in SCAP_WORDS:
        return f"{value}: {SCAP_WORDS[str(value)]}"
    if key == "need" and value in needs.NEEDS:
        return f"{needs.NEEDS[str(value)]} ({value})"
    return value


def _academic(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"

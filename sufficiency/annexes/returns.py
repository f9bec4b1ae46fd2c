"""Children in the shapes of two returns: the specialist forecast of SCAP, and a Local SEND Reform Plan.

Sources: DfE, "School capacity (SCAP) survey 2026: guide" (30 April 2026): residents with a plan who need a specialist
placement, by National Curriculum year (Reception to Year 11) and four types of provision, for the next five years of
primary and seven of secondary. Local SEND Reform Plan template (DfE, 2026), tables 5.1 (age groups), 6 (provision), 7
(need) and 7.1 to 7.7 (need within provision), whose "calendar year 2025" is the census of January 2026: academic year
2025/26.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sufficiency import needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.case import Case


class Shape(NamedTuple):
    """One return's table.

    Attributes
    ----------
    title
        What it is called.
    keys
        Its columns before the year.
    """

    title: str
    keys: tuple[str, ...]


#: Tables by the stem of their file.
SHAPES = {
    "scap_forecast": Shape("Specialist forecast (SCAP)", ("phase", "provision_type", "ncy")),
    "lsrp_age": Shape("Children by age group (LSRP table 5.1)", ("age_group",)),
    "lsrp_provision": Shape("Children by provision (LSRP table 6)", ("setting",)),
    "lsrp_need": Shape("Children by primary need (LSRP table 7)", ("need",)),
    "lsrp_need_provision": Shape(
        "Children by need within provision (LSRP tables 7.1 to 7.7)", ("setting", "need")
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
#: Last NCY of each age group when a child counts by the age that it reaches in the school year: Reception reaches 5.
AGE_GROUPS = {"Under 5": -1, "5 to 10": 5, "11 to 15": 10, "16 to 19": 14, "20 to 25": 20}
AGE_RULE = (
    "Age groups are computed from National Curriculum years, by the age reached in the school year: 5 to 10 is "
    "Reception to Year 5, 11 to 15 is Years 6 to 10, 16 to 19 is Years 11 to 14. By age on 31 August each group "
    "would be a year group later (5 to 10: Years 1 to 6)."
)


def sorted_children(case: Case, somewhere: pd.DataFrame, without: pd.DataFrame) -> pd.DataFrame:
    """Return all children of every year with the columns that the returns ask for.

    Parameters
    ----------
    somewhere, without
        As from `child_years`.

    Returns
    -------
    `phase`, `ncy`, `year`, `need`, `provision_type` (of SCAP; "" where the place is not a specialist one), `setting`,
    `age_group`, `children`.
    """
    listed = case.provisions
    kinds = {
        str(row["provision_id"]): case.settings.base_kind(str(row["kind"]))
        for row in listed.to_dict("records")
    }
    kind = somewhere["provision"].map(kinds)
    placed = somewhere.assign(
        provision_type=kind.map(SCAP_TYPES).fillna(""), setting=kind.map(SETTINGS)
    )
    waits = without.assign(provision_type=NOT_PLACED, setting=SETTINGS[""])
    keys = ["phase", "ncy", "year", "need", "provision_type", "setting"]
    both = pd.concat([placed[[*keys, "children"]], waits[[*keys, "children"]]])
    return both.assign(age_group=[age_group(int(ncy)) for ncy in both["ncy"]])


def age_group(ncy: int) -> str:
    """Return the age group of a year group, by the age reached in the school year."""
    return next((name for name, last in AGE_GROUPS.items() if ncy <= last), "Over 25")


def tabulate(children: pd.DataFrame, base_year: int) -> dict[str, pd.DataFrame]:
    """Return each return's table in long form, exact: its keys, `year` and `children`.

    Parameters
    ----------
    children
        As from `sorted_children`.
    """
    specialist = children[(children["provision_type"] != "") & (children["phase"].isin(SCAP_YEARS))]
    within = specialist["year"] < base_year + specialist["phase"].map(SCAP_YEARS).astype(int)
    rows = dict.fromkeys(SHAPES, children) | {"scap_forecast": specialist[within]}
    return {
        name: rows[name].groupby([*shape.keys, "year"], as_index=False)[["children"]].sum()
        for name, shape in SHAPES.items()
    }


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
    "setting": list(SETTINGS.values()),
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

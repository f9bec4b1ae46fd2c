"""The published tables in words that a reader of the workbook knows: titles, headings, notes on columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sufficiency import needs
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Shorthand for what does not apply (Government Analysis Function, "Using symbols and shorthand in tables").
NOT_APPLICABLE = "[z]"


class Column(NamedTuple):
    """A column's heading, its unit ("" where the heading says it), its note, and its format ("" for text)."""

    head: str
    unit: str = ""
    note: str = ""
    look: str = ""


COUNT, TENTH, POUNDS = "#,##0", "#,##0.0", "#,##0"
_MINUTES = "One way, from home to the place modelled."
_WEIGHED = "Of children who travel; each counts once."
#: Children of a band are counted; its upper end is in the next.
_BANDS = "Children by minutes of their journey, one way; a child on the line between two bands is in the longer."
COLUMNS: dict[str, Column] = {
    "need": Column("Primary need", "", "As recorded in the education, health and care plan."),
    "phase": Column("Phase", "", "By National Curriculum year: to 6 primary, to 11 secondary, then post-16."),
    "year": Column("Academic year"),
    "children": Column("Children", "", "Children modelled, in the year.", COUNT),
    "unplaced": Column("Without a place", "children", "Of the children: who have no place in the year.", COUNT),
    "independent": Column("In independent provision", "children", "Of the children.", COUNT),
    "out_of_area": Column("Out of area", "children", "Of the children: placed in another council's area.", COUNT),
    "gap": Column("Gap", "children", "Without a place, in independent provision or out of area.", COUNT),
    "mean_minutes": Column("Mean journey", "minutes", _MINUTES, TENTH),
    "median_minutes": Column("Median journey", "minutes", _MINUTES, TENTH),
    "p95_minutes": Column("95% are within", "minutes", _MINUTES, TENTH),
    "minutes": Column("Mean journey", "minutes", _MINUTES, TENTH),
    "km": Column("Mean distance", "km", _WEIGHED, TENTH),
    "mean_km": Column("Mean distance", "km", _WEIGHED, TENTH),
    "over_45": Column("Over 45 minutes", "children", "45 minutes is the guidance for primary.", COUNT),
    "over_75": Column("Over 75 minutes", "children", "75 minutes is the guidance for secondary.", COUNT),
    "under_15": Column("Under 15 minutes", "children", _BANDS, COUNT),
    "from_15_to_30": Column("15 to under 30 minutes", "children", _BANDS, COUNT),
    "from_30_to_45": Column("30 to under 45 minutes", "children", _BANDS, COUNT),
    "from_45_to_60": Column("45 to under 60 minutes", "children", _BANDS, COUNT),
    "from_60_to_75": Column("60 to under 75 minutes", "children", _BANDS, COUNT),
    "from_75": Column("75 minutes or more", "children", _BANDS, COUNT),
    "method": Column("How journeys were measured"),
    "geography": Column("Geography", "", "The finest in which few counts must be withheld."),
    "area": Column("Area of home"),
    "provision": Column("Provision reference"),
    "scheme": Column("Scheme reference"),
    "scheme_id": Column("Scheme reference"),
    "of": Column("Of a"),
    "id": Column("Reference"),
    "name": Column("Name"),
    "status": Column("Status in the case"),
    "decision": Column("Decision in the plan"),
    "capital_gbp": Column("Capital", "£", "Cash, in the opening year.", POUNDS),
    "places": Column("Places", "", "That this council's children may use; for a scheme, once built up.", COUNT),
    "gbp_per_place": Column("Capital a place", "£", "", POUNDS),
    "annuity_gbp": Column("Capital charge", "£ a year", "Capital spread over the scheme's lifetime.", POUNDS),
    "needs": Column("Needs served", "", "Codes of primary need; any need where all are."),
    "ncy_from": Column("From NCY", "", "National Curriculum year: 0 is Reception.", COUNT),
    "ncy_to": Column("To NCY", "", "National Curriculum year: 14 is the last of post-16.", COUNT),
    "used": Column("Places used", "children", "", COUNT),
    "use_pct": Column("Occupancy", "%", "Places used of places.", TENTH),
    "budget": Column("Budget", "", "High needs revenue, transport and capital are never added up."),
    "item": Column("Item", "", "The capital charge is the capital cash seen another way: do not add the two."),
    "gbp": Column("Amount", "£", "At the prices of the price base.", POUNDS),
    "gbp_discounted": Column("Discounted amount", "£", "To the first year of the plan.", POUNDS),
    "reason": Column("Reason"),
    "local": Column("Placed in this area", "children", "", COUNT),
    "away": Column("Placed out of area", "children", "", COUNT),
    "to_what": Column("To what"),
    "unplaced_child_years": Column("Without a place", "child-years", "", COUNT),
    "unplaced_change": Column("Without a place, change", "child-years", "Between rounded numbers.", COUNT),
    "independent_child_years": Column("In independent schools", "child-years", "", COUNT),
    "independent_change": Column("In independent schools, change", "child-years", "Between rounded numbers.", COUNT),
    "mean_unplaced_child_years": Column("Without a place, average", "child-years", "", COUNT),
    "worst_unplaced_regret_child_years": Column(
        "Without a place, worst regret", "child-years", "Above the best of the worst future.", COUNT),
    "worst_real_cost_regret_gbp": Column(
        "Real cost, worst regret", "£", "Above the best of the worst future.", POUNDS),
}  # fmt: skip
TITLES = {
    "schemes": "Schemes by decision and opening year",
    "gap": "Children by primary need, phase and academic year, and those without a place",
    "outcomes": "Children by academic year and where they are placed",
    "areas": "Children by area of home, primary need, phase and academic year",
    "use": "Places and places used, by provision and academic year",
    "served": "Children in the places of each scheme, by primary need, phase and academic year",
    "origins": "Where the children of each provision and scheme come from",
    "travel": "Journeys by academic year and phase",
    "ledger": "Modelled spending by budget, item and academic year",
    "placements": "Children by area of home, primary need, phase and provision",
    "unplaced": "Children without a place, by area of home, primary need, phase and reason",
}
_PHASES = {"primary": "Primary", "secondary": "Secondary", "post16": "Post-16", "all": "All"}
#: Columns of references, beside which the name of what is referred to stands.
_NAMED = {"provision": "Provision", "scheme": "Scheme", "id": "Provision or scheme"}


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: one table.

    Attributes
    ----------
    key
        Its tab.
    columns
        As many as the table has.
    notes
        What a reader must know of the whole table.
    """

    key: str
    title: str
    columns: Sequence[Column]
    table: pd.DataFrame
    notes: Sequence[str] = ()


def labelled(name: str, table: pd.DataFrame, names: Mapping[str, str], title: str = "") -> Sheet:
    """Return a published table in words.

    Parameters
    ----------
    names
        Of provisions and schemes, by their reference.
    title
        "" for the table's own.
    """
    columns: list[Column] = []
    shown: list[pd.Series] = []
    for key in table.columns:
        values = table[key].astype(object)
        if key in _NAMED:
            columns.append(Column(_NAMED[key]))
            shown.append(values.map(lambda value: names.get(str(value), value)))
        columns.append(COLUMNS.get(key) or _column(key))
        shown.append(values.map(_WRITTEN[key]) if key in _WRITTEN else values)
    data = pd.concat(shown, axis=1) if shown else pd.DataFrame()
    data.columns = pd.Index(range(len(columns)))
    return Sheet(
        name, title or TITLES.get(name, _words(name)), columns, data.reset_index(drop=True)
    )


#: Ends of a column's name that say its unit, and how its numbers look.
_UNITS = {
    "_gbp": ("£", POUNDS),
    "_pct": ("%", TENTH),
    "_km": ("km", TENTH),
    "_miles": ("miles", COUNT),
    "_minutes": ("minutes", TENTH),
    "_years": ("years", TENTH),
}


def _column(key: str) -> Column:
    """Return a column that no row describes: its name says what it is, and the end of it the unit."""
    for end, (unit, look) in _UNITS.items():
        if key.endswith(end):
            return Column(_words(key.removesuffix(end)), unit, "", look)
    return Column(_words(key))


def _words(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _capital(value: object) -> object:
    return value[:1].upper() + value[1:] if isinstance(value, str) else value


def _year(value: object) -> object:
    whole = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
    return value if pd.isna(whole) else academic(int(whole))


def _need(value: object) -> object:
    code = str(value)
    return f"{needs.NEEDS[code]} ({code})" if code in needs.NEEDS else _capital(value)


def _needs(value: object) -> object:
    return "any need" if value == needs.ANY else str(value).replace("|", ", ")


def _phase(value: object) -> object:
    return _PHASES.get(str(value), value)


_WRITTEN: dict[str, Callable[[object], object]] = {
    "year": _year,
    "need": _need,
    "needs": _needs,
    "phase": _phase,
    **dict.fromkeys(
        ("budget", "item", "status", "decision", "of", "geography", "reason"), _capital
    ),
}

"""The tables of a case, declared once: what is written here is read, checked and documented.

A column has a kind, which says how its text is read and what is checked of it:

========== =======================================================================
``id``      a reference, text; damage done by a spreadsheet is an error
``postcode`` as ``id``
``text``    anything
``whole``   a whole number
``number``  a finite number
``year``    an academic year, the integer of its September
``ncy``     a National Curriculum year
``date``    ``yyyy-mm-dd`` or ``dd/mm/yyyy``
``period``  a quarter, a term, a month, a day or a year (`periods.FORMS`)
``need``    one need code
``needs``   need codes joined by a bar, or ``*`` for any
``kind``    a kind of provision
``kinds``   kinds of provision joined by a bar
``choice``  one of ``choices``
========== =======================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace

NUMBERS = ("whole", "number", "year", "ncy")
WHOLES = ("whole", "year", "ncy")
BASE_YEAR = "base_year"
"""Stands as the default of a year that is the plan's first."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    required
        The column must be there and each of its cells filled.
    default
        What a blank cell, or an absent column, means; "" where blank has a meaning of its own.
    least, most
        Limits of a number, both allowed; a number outside is an error.
    """

    name: str
    kind: str
    meaning: str
    required: bool = False
    default: str = ""
    unit: str = ""
    source: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of a case; ``key`` names the columns that together occur once."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError when there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> list[str]:
        """Names of all columns, in order."""
        return [column.name for column in self.columns]


def _year(name: str, meaning: str, *, required: bool = False, default: str = "") -> Column:
    return Column(name, "year", meaning, required, default, "year", least=1990, most=2100)


def _ncy(name: str, meaning: str, *, required: bool = True) -> Column:
    return Column(name, "ncy", meaning, required, unit="NCY", least=-4, most=20)


def _gbp(name: str, meaning: str, most: float, *, required: bool = False) -> Column:
    default = "" if required else "0"
    return Column(name, "number", meaning, required, default, "£", least=0, most=most)


LOCATION = (
    Column("postcode", "postcode", "where it is: a full postcode, or one of the two pairs"),
    Column("easting_m", "number", "easting, British National Grid", unit="m"),
    Column("northing_m", "number", "northing, British National Grid", unit="m"),
    Column("lat", "number", "latitude, WGS84", unit="degrees", least=-90, most=90),
    Column("lon", "number", "longitude, WGS84", unit="degrees", least=-180, most=180),
)
NEEDS = Column("needs", "needs", "need codes joined by a bar; * = any", required=True)
RANGE = (_ncy("ncy_from", "first NCY, included"), _ncy("ncy_to", "last NCY, included"))
FROM_YEAR = _year("from_year", "first academic year; blank = always was")
TO_YEAR = _year("to_year", "last academic year; blank = for ever")
PROVISION = Column("provision_id", "id", "the provision", required=True)
SCHEME = Column("scheme_id", "id", "the scheme", required=True)
YEAR = _year("year", "academic year", required=True)
NEED = Column("need", "need", "primary need", required=True, source="SEN2 guide, SENtype")
FUNDING = _gbp("place_funding_gbp", "a place a year, paid even when empty", 1e6)
NOTE = Column("note", "text", "a note for yourselves, which no plan reads")
OWN_STATUS = ("placed", "seeking", "review")
#: What a value of the scorecard is; the first ones are people.
PEOPLE = ("children", "plans")
UNITS = (*PEOPLE, "places", "schools", "%", "£", "days", "weeks", "minutes", "miles", "number")

CHILDREN = (
    Column("child_id", "id", "a reference of your own; never a name", required=True),
    Column("children", "number", "how many alike", default="1", least=0, most=1e6),
    *LOCATION,
    Column("area", "text", "label or code of the home's area, for the tables"),
    NEED,
    Column("need_2", "need", "second need, which counts too", source="SEN2 guide, SENtype"),
    Column("suits", "kinds", "kinds of provision that can meet the needs; blank = any"),
    _ncy("ncy", "National Curriculum year in start_year; or give birth_date", required=False),
    Column("birth_date", "date", "date of birth, from which ncy is worked out"),
    _year("start_year", "the year that ncy is of; a seeking child needs a place then",
          default=BASE_YEAR),
    Column("current_provision", "id", "where the child is now; blank = nowhere"),
    Column("status", "choice", "placed (stays), seeking, or review (placed, but may move now); "
           "blank = placed where current_provision is given, else seeking", choices=OWN_STATUS),
)  # fmt: skip

_ALL = (
    Table("children", "Children with a plan now", CHILDREN, ("child_id",), required=True),
    Table(
        "new_children",
        "Children who will arrive; without it, and without [demand], nobody does",
        tuple(
            replace(column, choices=("seeking",), meaning="seeking; blank = seeking")
            if column.name == "status"
            else column
            for column in CHILDREN
        ),
        ("child_id",),
    ),
    Table(
        "provisions",
        "Schools, bases and colleges",
        (
            replace(PROVISION, meaning="a reference of your own"),
            Column("name", "text", "what it is called in reports; blank = its reference"),
            Column("kind", "kind", "kind of provision", required=True),
            *LOCATION,
            Column("la", "text", "`home`, or another council's name", default="home"),
            Column("urn", "text", "unique reference number", source="Get Information about Schools"),
            Column("section_41", "choice", "approved under section 41 (independent and post-16)",
                   choices=("yes", "no"), source="Get Information about Schools"),
            NOTE,
        ),
        ("provision_id",),
        required=True,
    ),
    Table(
        "places",
        "Places, one pool a row; rows alike in provision, needs and NCY range are one pool",
        (
            PROVISION, NEEDS, *RANGE, FROM_YEAR, TO_YEAR,
            Column("places", "number", "places; blank = no limit", unit="places", least=0, most=1e6),
            FUNDING,
            Column("on_roll", "number", "pupils there now, of all councils; no plan reads it",
                   least=0, most=1e6),
            NOTE,
        ),
        required=True,
    ),
    Table(
        "limits",
        "At most so many of these children at a provision, whatever their pools",
        (
            PROVISION, NEEDS, *RANGE, FROM_YEAR, TO_YEAR,
            Column("children", "number", "at most so many", required=True, least=0, most=1e6),
        ),
    ),
    Table(
        "prices",
        "What a child costs; exactly one row applies to a child in a year",
        (
            PROVISION, NEEDS, *RANGE, FROM_YEAR,
            _gbp("gbp_per_child", "top-up or fee, a child a year", 5e6, required=True),
        ),
        required=True,
    ),
    Table(
        "schemes",
        "What might be built",
        (
            replace(SCHEME, meaning="a reference of your own"),
            Column("name", "text", "what it is called in reports; blank = its reference"),
            PROVISION,
            Column("status", "choice", "a choice of the plan, or decided already",
                   default="proposed", choices=("proposed", "committed")),
            _gbp("capital_gbp", "cost of building it", 1e9, required=True),
            _year("earliest_year", "first year it may open, or the year it opens", required=True),
            _year("latest_year", "last year it may open; blank = any"),
            Column("lifetime_years", "whole", "years its cost is spread over", required=True,
                   unit="years", least=1, most=120),
            Column("exclusive_group", "text", "at most one of a group opens"),
            Column("requires", "id", "another scheme, which opens no later"),
            Column("choice", "choice", "open = it must open, shut = it never does; blank = the plan "
                   "chooses", choices=("open", "shut")),
            Column("lead_months", "number", "from the decision to fund it to its opening; blank = not "
                   "given, and no date of decision follows from building", unit="months", least=0,
                   most=240),
        ),
        ("scheme_id",),
    ),
    Table(
        "scheme_places",
        "Places of a scheme by years open; a row holds until the next one of the same pool",
        (
            SCHEME,
            Column("years_open", "whole", "0 = the opening year", required=True, unit="years",
                   least=0, most=120),
            NEEDS, *RANGE,
            Column("places", "number", "total the scheme provides, not an increment",
                   required=True, unit="places", least=0, most=1e6),
            FUNDING,
        ),
    ),
    Table(
        "travel",
        "Journeys, for method table; a missing pair is unreachable",
        (
            Column("child_id", "id", "the child", required=True),
            PROVISION,
            Column("km", "number", "one way", required=True, unit="km", least=0, most=5000),
            Column("minutes", "number", "one way", required=True, unit="minutes",
                   least=0, most=5000),
        ),
        ("child_id", "provision_id"),
    ),
    Table(
        "population",
        "All children there will be, for rates of arrival: the council's own or ONS projections",
        (
            replace(YEAR, meaning="academic year; one not given is taken from the year before"),
            _ncy("ncy", "National Curriculum year"),
            Column("area", "text", "area as in `children`; blank = the whole council"),
            Column("population", "number", "children and young people, with a plan or without",
                   required=True, unit="people", least=0, most=1e7),
        ),
        ("year", "ncy", "area"),
    ),
    Table(
        "rates",
        "New plans a year for each thousand of population; else worked out from new_plans",
        (
            NEED, _ncy("ncy", "National Curriculum year on arrival"),
            Column("per_1000", "number", "new plans a year for each thousand of that NCY",
                   required=True, unit="per 1,000", least=0, most=1000),
        ),
        ("need", "ncy"),
    ),
    Table(
        "new_plans",
        "New plans of past years, from which rates are worked out",
        (
            replace(YEAR, meaning="academic year in which they first needed a place"),
            NEED,
            _ncy("ncy", "NCY then; blank = as new plans in England are spread", required=False),
            Column("plans", "number", "new plans", required=True, unit="plans", least=0, most=1e6),
        ),
        ("year", "need", "ncy"),
    ),
    Table(
        "areas",
        "What kind of area homes are in, to tell of journeys by it; no plan reads it",
        (
            Column("area", "text", "area as in `children`, or the homes' postcode sector (BA1 1)",
                   required=True),
            Column("label", "text", "what it is called in reports; blank = its area"),
            Column("rural", "choice", "kind of area", choices=("urban", "rural"),
                   source="ONS, Rural Urban Classification"),
            Column("imd_decile", "whole", "decile of deprivation: 1 = the most deprived tenth",
                   least=1, most=10, source="MHCLG, English Indices of Deprivation"),
            Column("source", "text", "where the row comes from, with its date"),
        ),
        ("area",),
    ),
    Table(
        "scorecard",
        "What the council has recorded and published, for `dashboard` to show; no plan reads it",
        (
            Column("measure", "text", "what is counted, as the council calls it", required=True),
            Column("part_of", "text", "another measure that this is a part of: of whom in primary"),
            Column("period", "period", "the quarter, term, month, day or year of the value: 2024-Q3, "
                   "2024/25 Q2, spring 2024, 2024-09, 30/06/2025", required=True),
            Column("value", "number", "the value, as published", required=True, least=-1e9,
                   most=1e9),
            Column("unit", "choice", "what the value is; children and plans are people, and few of "
                   "them are withheld", default="children", choices=UNITS),
            Column("aim", "choice", "which way is good: up, down or hold; blank = neither",
                   choices=("up", "down", "hold")),
            Column("target", "number", "what is aimed for, as published", least=-1e9, most=1e9),
            Column("source", "text", "where the value is published"),
            Column("note", "text", "a note to be shown beside it; never of a child"),
            Column("beside", "choice", "the modelled figure that the last value stands beside on the dashboard: "
                   "children who need a place, without one, or in independent places",
                   choices=("needing", "without", "independent")),
        ),
        ("measure", "part_of", "period"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in _ALL}


def describe() -> list[dict[str, str]]:
    """Return a row for every column of every table, as ``sufficiency tables`` prints them."""
    return [
        {
            "table": table.name,
            "column": column.name,
            "kind": column.kind,
            "required": "yes" if column.required else "",
            "default": column.default.replace("_", " "),
            "unit": column.unit,
            "allowed": _allowed(column),
            "meaning": column.meaning,
            "source": column.source,
        }
        for table in TABLES.values()
        for column in table.columns
    ]


def _allowed(column: Column) -> str:
    """Say which values a column takes."""
    if column.choices:
        return " | ".join(column.choices)
    if column.least is None or column.most is None:
        return ""
    comma = "" if column.kind == "year" else ","
    return f"{column.least:{comma}.10g} to {column.most:{comma}.10g}"

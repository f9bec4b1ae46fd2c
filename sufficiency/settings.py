"""The settings of a case (``case.toml``), their defaults, bounds, units and meanings.

Unknown keys are refused with the nearest known one offered; nothing here is changed after reading.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Field,
    ValidationError,
    model_validator,
)

from sufficiency.faults import Fault
from sufficiency.setting_demand import Demand
from sufficiency.setting_fields import (
    MOST_GBP,
    ByNcy,
    ByYear,
    Frozen,
    Metres,
    about,
    note,
)
from sufficiency.setting_travel import Travel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

KINDS: dict[str, str] = {
    "special": "Special school",
    "base": "Base in a mainstream school",
    "mainstream": "Mainstream school",
    "independent": "Independent or non-maintained special school",
    "alternative": "Alternative provision",
    "college": "College or specialist post-16",
}

KindName = Literal["special", "base", "mainstream", "independent", "alternative", "college"]


#: Where the carbon dioxide of a kilometre is from; a taxi is taken for it.
DIESEL_CAR = "average diesel car, DESNZ conversion factors 2025; not checked at source"


class Money(Frozen):
    """Prices and discounting."""

    price_base: Annotated[
        int, about("year whose prices all money is in", "year", least=1990, most=2100)
    ] = 2025
    discount_rate_pct: Annotated[
        float,
        about(
            "real discount rate a year",
            "%",
            "3.5% real, HM Treasury, the Green Book, 2026",
            most=100,
        ),
    ] = 3.5


class Waiting(Frozen):
    """A child with no place."""

    gbp_per_child_year: Annotated[
        float, about("interim provision of a child without a place", "£", "assumed", most=MOST_GBP)
    ] = 30000.0
    penalty_gbp_per_child_year: Annotated[
        float, about("how strongly to avoid it; a priority, never money", "£", most=MOST_GBP)
    ] = 1000000.0


class Leaving(Frozen):
    """When children leave."""

    last_ncy: Annotated[int, about("the child leaves after this year", "NCY", most=20)] = 14
    continue_pct: Annotated[
        ByNcy, note("by NCY: share still on roll the next year (100 where not named)", "%")
    ] = Field(default_factory=dict)


class Transport(Frozen):
    """What transport costs; ``[transport.KIND]`` overrides single settings for a kind."""

    days: Annotated[
        float, about("school days", "days a year", "the school year, 190 days", most=366)
    ] = 190.0
    gbp_per_day: Annotated[
        float, about("a vehicle a day, before distance", "£", "assumed", most=MOST_GBP)
    ] = 10.0
    gbp_per_km: Annotated[float, about("a vehicle a kilometre", "£", "assumed", most=MOST_GBP)] = (
        1.2
    )
    journeys_per_day: Annotated[
        float, about("two of them empty", "journeys", "assumed", most=20)
    ] = 4.0
    children_per_vehicle: Annotated[
        float, about("children who share a vehicle", "children", "assumed", least=0.1, most=100)
    ] = 2.0
    kg_co2_per_km: Annotated[
        float, about("carbon dioxide equivalent of a vehicle", "kg a km", DIESEL_CAR, most=10)
    ] = 0.173
    over_km: Annotated[float, about("no transport at or under it", "km", most=1000)] = 0.0
    eligible_pct: Annotated[float, about("children transported at all", "%", most=100)] = 100.0


class TransportByKind(Transport):
    """Transport with what single kinds of provision override."""

    by_kind: dict[str, Transport] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _sort_out_kinds(cls, table: Any) -> Any:  # noqa: ANN401
        if not isinstance(table, dict):
            return table
        kinds = {k: v for k, v in table.items() if isinstance(v, dict)}
        return {k: v for k, v in table.items() if k not in kinds} | {"by_kind": kinds}


class Review(Frozen):
    """Moves at a review."""

    gbp_per_move: Annotated[
        float, about("once, so that nobody moves for pennies", "£", "assumed", most=MOST_GBP)
    ] = 2500.0


class Capital(Frozen):
    """Money to build with."""

    budget_gbp: Annotated[
        ByYear | None,
        note("capital for schemes, by year; unspent money carries forward; absent = no limit", "£"),
    ] = None


class Town(Frozen):
    """A name on the maps, on the British National Grid."""

    name: str
    easting_m: Metres
    northing_m: Metres


class Disclosure(Frozen):
    """What is withheld before anything is published."""

    threshold: Annotated[
        int,
        about("counts under it are withheld; never under 5", "children", least=5, most=1000),
    ] = 5
    round_to: Annotated[
        int,
        about(
            "shown counts are rounded to a multiple of it; 0 = they are not", "children", most=100
        ),
    ] = 0


class Map(Frozen):
    """What maps show besides the plan."""

    districts: Annotated[list[str], note("ONS codes; by default found from the homes")] = Field(
        default_factory=list
    )
    towns: Annotated[list[Town], note("names: each { name, easting_m, northing_m }")] = Field(
        default_factory=list
    )
    boundary: Annotated[
        str, note("file of the council's outline, in the place of that drawn from postcodes")
    ] = ""
    areas: Annotated[str, note("file of the areas that homes are labelled with")] = ""
    areas_name: Annotated[str, note("column of `areas` with their names or codes")] = ""
    water: Annotated[str, note("file of rivers and lakes to draw")] = ""
    roads: Annotated[str, note("file of roads to draw; by default that of `travel.roads`")] = ""


class Kind(Frozen):
    """A kind of provision that the case defines, treated as one of the six where it matters."""

    title: Annotated[str, note("what the kind is called in reports")]
    counts_as: Annotated[KindName, note("which of the six kinds it is like")] = "special"


class Settings(Frozen):
    """All settings of a case."""

    title: Annotated[str, note("what the plan is called in reports")] = "Untitled"
    base_year: Annotated[
        int,
        about("first academic year, named by its September", "year", least=2000, most=2100),
    ] = 2025
    years: Annotated[int, about("length of the plan", "years", least=1, most=30)] = 7
    data_date: Annotated[
        str, note("date of the data, as every table states it: SEN2 of January 2026, say")
    ] = ""
    money: Money = Money()
    waiting: Waiting = Waiting()
    leaving: Leaving = Leaving()
    travel: Travel = Travel()
    transport: TransportByKind = TransportByKind()
    review: Review = Review()
    capital: Capital = Capital()
    demand: Demand = Demand()
    disclosure: Disclosure = Disclosure()
    map: Map = Map()
    notice: Annotated[str, note("what every reader must know first: synthetic data, say")] = ""
    kinds: dict[str, Kind] = Field(default_factory=dict)

    @property
    def all_kinds(self) -> dict[str, str]:
        """Name and title of every kind a provision may have, the six first."""
        return KINDS | {name: kind.title for name, kind in self.kinds.items()}

    @property
    def last_year(self) -> int:
        """The last academic year of the plan."""
        return self.base_year + self.years - 1

    def transport_for(self, kind: str) -> Transport:
        """Return the transport settings of a kind: its own where given, else those of all."""
        own = self.transport.by_kind.get(kind)
        given = {name: getattr(own, name) for name in own.model_fields_set} if own else {}
        common = {name: getattr(self.transport, name) for name in Transport.model_fields}
        return Transport.model_construct(**(common | given))

    def base_kind(self, kind: str) -> str:
        """Return which of the six kinds ``kind`` counts as."""
        return self.kinds[kind].counts_as if kind in self.kinds else kind


def read_settings(
    table: Mapping[str, object], where: str = "case.toml"
) -> tuple[Settings | None, list[Fault]]:
    """Check a table of settings as read from TOML.

    Returns
    -------
    The settings, or None when something is wrong, and every fault found.
    """
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        faults = [_fault(details, where) for details in found]
        return None, faults + read_settings(sound_part(table, faults), where)[1]
    faults = list(_unknown_kinds(settings, where))
    return (None if faults else settings), faults


def sound_part(table: Mapping[str, object], faults: list[Fault]) -> dict[str, object]:
    """Return a table of settings without those parts of it that have a fault."""
    wrong = {fault.column.split(".")[0] for fault in faults}
    return {key: part for key, part in table.items() if key not in wrong}


def _unknown_kinds(settings: Settings, where: str) -> Iterator[Fault]:
    """Find ``[transport.KIND]`` of a kind that there is not, and a kind defined over the six."""
    for kind in settings.transport.by_kind:
        if kind not in settings.all_kinds:
            yield Fault(
                "E204",
                where,
                "there is no such kind of provision",
                _offer(kind, list(settings.all_kinds)) or "use a kind, or define it in [kinds]",
                f"transport.{kind}",
            )
    for kind in settings.kinds:
        if kind in KINDS or kind != kind.strip().lower() or not kind or "|" in kind:
            yield Fault(
                "E204",
                where,
                "a kind of one's own needs a name of its own, in lower case without bars",
                "give it another name",
                f"kinds.{kind}",
            )


def _fault(error: ErrorDetails, where: str) -> Fault:
    """Turn what pydantic says of one setting into a fault."""
    steps = [str(step) for step in error["loc"] if step not in {"by_kind", "[key]"}]
    name = ".".join(steps)
    if error["type"] == "extra_forbidden":
        known = _known_keys(steps[:-1])
        remedy = _offer(steps[-1], known) or (
            "use one of: " + ", ".join(known) if known else "take it out: there are none here yet"
        )
        return Fault("E201", where, "there is no such setting", remedy, name)
    limits = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
    if error["type"] in limits | {"finite_number"}:
        return Fault("E203", where, "the number is out of range", _say(error), name)
    return Fault("E202", where, "the setting cannot be used as it is", _say(error), name)


def _say(error: ErrorDetails) -> str:
    """Say what would be right, in plain words and without what was given."""
    limits = error.get("ctx", {})
    words = {
        "greater_than": "give a number above {gt:.12g}",
        "greater_than_equal": "give {ge:.12g} or more",
        "less_than_equal": "give {le:.12g} or less",
        "finite_number": "give a finite number",
        "int_type": "give a whole number: digits alone, without quotes or decimals",
        "int_from_float": "give a whole number, without decimals",
        "float_type": "give a number: digits alone, without quotes, £, % or commas",
        "string_type": "give text in quotes",
        "dict_type": "give a table: names and values in curly brackets",
        "model_type": "give a table of settings",
        "model_attributes_type": "give a table of settings",
        "literal_error": "use one of {expected}",
        "missing": "add it",
        "string_too_short": "give it a text",
    }
    return words.get(error["type"], "see `sufficiency tables`").format(**limits)


def _known_keys(steps: list[str]) -> list[str]:
    """Name the settings there are under a dotted path."""
    model: type[BaseModel] = Settings
    for step in steps:
        field = model.model_fields.get(step)
        if field is None:
            return list(Transport.model_fields) if model is TransportByKind else []
        if field.annotation == dict[str, Kind]:
            return list(Kind.model_fields)
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return []
        model = field.annotation
    return [name for name in model.model_fields if name != "by_kind"]


def is_section(steps: Sequence[str]) -> bool:
    """Whether a dotted path leads to a table of settings, and not to one setting that is a table of years, say."""
    return bool(_known_keys(list(steps)))


def _offer(given: str, known: list[str]) -> str:
    """Offer the nearest known name, or "" when none is near."""
    found = difflib.get_close_matches(given.lower(), known, n=1, cutoff=0.6)
    return f"did you mean `{found[0]}`?" if found else ""


def describe_settings(model: type[BaseModel] = Settings, prefix: str = "") -> list[dict[str, str]]:
    """Return a row for every setting: its dotted name, default, unit, meaning and source."""
    rows: list[dict[str, str]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows += describe_settings(field.annotation, f"{prefix}{name}.")
        elif name == "kinds":
            rows += describe_settings(Kind, "kinds.NAME.")
        elif name != "by_kind":
            extra = field.json_schema_extra
            notes = extra if isinstance(extra, dict) else {}
            rows.append(
                {
                    "name": prefix + name,
                    "default": _default(field.get_default(call_default_factory=True)),
                    "unit": str(notes.get("unit", "")),
                    "meaning": field.description or "",
                    "source": str(notes.get("source", "")),
                }
            )
    return rows


def _default(value: object) -> str:
    """Write a default as it would stand in ``case.toml``."""
    if isinstance(value, dict):
        inside = ", ".join(f"{k} = {v:g}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{ }"
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None or not isinstance(value, str | int) else str(value)

"""Settings of ``[travel]``: how journeys are measured, and how long they may be."""

from __future__ import annotations

import difflib
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticKnownError

from geodata.speeds import ROAD_CLASS_NAMES, SPEED_FACTOR
from sufficiency.needs import PhaseName
from sufficiency.setting_fields import MOST_GBP, Frozen, Minutes, about, note

SOFT_MINUTES: dict[PhaseName, float] = {"primary": 45.0, "secondary": 75.0, "post16": 75.0}
DFE_TRAVEL = "home to school travel guidance: 45 minutes primary, 75 minutes secondary"
DFT_FACTOR = "assumed between 0.67 (local A roads) and 0.85 (trunk roads), DfT travel times 2018"


def _over_default(table: object) -> object:
    """Keep the default of each phase that a table of soft minutes does not name."""
    return {**SOFT_MINUTES, **table} if isinstance(table, dict) else table


def _known_class(name: str) -> str:
    """Return a class of road in lower case, or offer those that there are."""
    lower = name.lower()
    if lower in ROAD_CLASS_NAMES:
        return lower
    near = difflib.get_close_matches(lower, ROAD_CLASS_NAMES, n=3) or ROAD_CLASS_NAMES
    raise PydanticKnownError("literal_error", {"expected": ", ".join(near)})


ByPhase = dict[PhaseName, Minutes]
SoftByPhase = Annotated[ByPhase, BeforeValidator(_over_default)]
Speed = Annotated[float, Field(ge=1, le=150, allow_inf_nan=False)]
SpeedsByClass = dict[Annotated[str, AfterValidator(_known_class)], Speed]


class Travel(Frozen):
    """How far and how long."""

    method: Annotated[
        Literal["straight", "road", "table"],
        note("straight line, road network, or the table `travel`"),
    ] = "straight"
    detour_factor: Annotated[
        float, about("road kilometres to a straight one", "ratio", "assumed", least=1, most=5)
    ] = 1.3
    speed_kph: Annotated[
        float,
        about("average speed of a straight journey", "km an hour", "assumed", least=1, most=150),
    ] = 40.0
    max_minutes: Annotated[
        ByPhase, note("by phase on entry: a longer journey is ruled out", "minutes one way")
    ] = Field(default_factory=dict)
    soft_minutes: Annotated[
        SoftByPhase,
        note("by phase on entry: guidance, counted and priced", "minutes one way", DFE_TRAVEL),
    ] = Field(default_factory=SOFT_MINUTES.copy)
    gbp_per_minute_over: Annotated[
        float, about("a child, a journey, for each minute over soft_minutes", "£", most=MOST_GBP)
    ] = 0.0
    gbp_per_child_hour: Annotated[
        float, about("an hour of a child's travelling", "£", most=MOST_GBP)
    ] = 0.0
    roads: Annotated[
        str, note("file of roads for method road: GraphML, OSM XML, or OS OpenMap Local as GeoJSON")
    ] = ""
    speed_factor: Annotated[
        float,
        about(
            "by road: mean speed as a share of free flow", "ratio", DFT_FACTOR, least=0.1, most=2
        ),
    ] = SPEED_FACTOR
    speeds_kph: Annotated[
        SpeedsByClass,
        note(
            "by class of road, over the table that `sufficiency roads --speeds` shows",
            "km an hour, free flow",
        ),
    ] = Field(default_factory=dict)
    postcodes: Annotated[str, note("Code-Point Open or ONSPD, file or folder, of your own")] = ""

"""Settings of ``[demand]``: how many children will come to need a place, when ``new_children`` does not say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sufficiency.needs import NeedName
from sufficiency.setting_fields import Frozen, Ncy, Percent, about, note, whole_keys

Scenario = Literal["low", "central", "high"]

#: A yearly change: from a fall by half to a threefold number.
Change = Annotated[float, Field(ge=-50, le=200, allow_inf_nan=False)]


def _upper_keys(table: object) -> object:
    """Turn need codes in lower case into upper case."""
    return {str(k).upper(): v for k, v in table.items()} if isinstance(table, dict) else table


ChangeByNeed = Annotated[dict[NeedName, Change], BeforeValidator(_upper_keys)]
ChangeByNcy = Annotated[dict[Ncy, Change], BeforeValidator(whole_keys)]
ScaleByNeed = Annotated[
    dict[NeedName, Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]],
    BeforeValidator(_upper_keys),
]
#: Settings that only scale arrivals.
SCALES = frozenset({"arrivals_pct", "arrivals_by_need_pct"})
ShareByNeed = Annotated[dict[NeedName, Percent], BeforeValidator(_upper_keys)]


class Demand(Frozen):
    """Projection of arrivals; the guide says how each method works."""

    scenario: Annotated[Scenario, note("which of the three to plan for")] = "central"
    growth_pct: Annotated[
        float | None,
        about("growth a year: of children with a plan, or of rates", "%", least=-50, most=200),
    ] = None
    growth_low_pct: Annotated[
        float | None, about("the same in the low scenario", "%", least=-50, most=200)
    ] = None
    growth_high_pct: Annotated[
        float | None, about("the same in the high scenario", "%", least=-50, most=200)
    ] = None
    growth_by_need_pct: Annotated[
        ChangeByNeed, note("growth of single needs instead (scenarios shift it alike)", "%")
    ] = Field(default_factory=dict)
    growth_by_ncy_pct: Annotated[
        ChangeByNcy, note("growth of arrivals in single NCYs instead", "%")
    ] = Field(default_factory=dict)
    rate_years: Annotated[
        int, about("latest years of new_plans that rates are averaged over", "years", least=1)
    ] = 3
    specialist_pct: Annotated[
        ShareByNeed,
        note("by need: new plans that need a place of this case (100 where not named)", "%"),
    ] = Field(default_factory=dict)
    forecast: Annotated[str, note("CSV file of a forecast, in the case's folder")] = ""
    forecast_year_shift: Annotated[
        int,
        about(
            "from the year of a January count to the September of its academic year",
            "years",
            least=-2,
            most=2,
        ),
    ] = -1
    kernel_km: Annotated[
        float,
        about("how far where children live is smoothed", "km", "assumed", least=0.1, most=100),
    ] = 3.0
    children_per_row: Annotated[
        float,
        about("arrivals are gathered into groups of about so many", "children",
              least=0.01, most=1000),
    ] = 1.0  # fmt: skip

    arrivals_pct: Annotated[
        float,
        about(
            "so much of the arrivals listed or projected come: 110 = a tenth more", "%", most=1000
        ),
    ] = 100.0
    arrivals_by_need_pct: Annotated[ScaleByNeed, note("the same of single needs instead", "%")] = (
        Field(default_factory=dict)
    )

    @property
    def projects(self) -> bool:
        """Whether it asks for a projection: what only scales arrivals does not."""
        return not self.model_fields_set or bool(self.model_fields_set - SCALES)

    def share_of_arrivals(self, need: str) -> float:
        """Return which share of the arrivals of a need come, 1 for all that are listed or projected."""
        by_need: dict[str, float] = {
            str(code): pct for code, pct in self.arrivals_by_need_pct.items()
        }
        return by_need.get(need, self.arrivals_pct) / 100

    def growth(self) -> float:
        """Return the growth a year of the scenario, in per cent; 0 where none is given."""
        given = {"low": self.growth_low_pct, "high": self.growth_high_pct}.get(self.scenario)
        return given if given is not None else self.growth_pct or 0.0

    def growth_of(self, need: str) -> float:
        """Return the growth a year of a need: its own, shifted as the scenario shifts the common one."""
        shift = self.growth() - (self.growth_pct or 0.0)
        by_need: dict[str, float] = {
            str(code): pct for code, pct in self.growth_by_need_pct.items()
        }
        return by_need.get(need, self.growth_pct or 0.0) + shift

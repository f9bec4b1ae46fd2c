"""Every table that anyone may see, and what its columns say: the guide is drawn from here, and tests hold it.

The tables are the rows of `output_tables`. A meaning stands once, in `MEANINGS`, unless a column of that name says
something else in one table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What columns say wherever they stand.
MEANINGS = {
    "area": "area of home; `all` for the whole council",
    "budget": "whose money: high needs revenue, transport, or capital; never to be added up",
    "budget_gbp": "capital in all, £",
    "capital_gbp": "capital cash, £, of the proposed schemes that open",
    "changes": "which schemes the best plan would open, leave out or move, had it been known",
    "child_miles": "miles that children travel, there and back, a year",
    "child_minutes": "minutes that children travel, there and back, a year",
    "children": "children modelled",
    "cost_gbp": "real cost, £: discounted, of what the plan decides, without any priority",
    "from_year": "first academic year, by its September",
    "gap": "children without a place, in independent provision or out of area, each counted once",
    "gap_pct": "how near to the best it is proved, in per cent of its cost",
    "gbp": "£, at the prices of the price base",
    "gbp_per_place": "capital a place, £",
    "geography": "how fine its areas are: postcode sector, postcode district, areas of the case, or the whole council",
    "independent": "of the children, those in independent provision",
    "independent_child_years": "years that children spend in independent schools, over the plan",
    "km": "mean journey one way, kilometres",
    "mean_minutes": "mean journey one way, minutes",
    "method": "how journeys were measured, where the row rests on it",
    "minutes": "mean journey one way, minutes",
    "minutes_longer": "by how many minutes one way longer journeys are so, in the mean; of ten children or more",
    "minutes_shorter": "by how many minutes one way shorter journeys are so, in the mean; of ten children or more",
    "name": "its name",
    "ncy_from": "from National Curriculum year; 0 is Reception",
    "ncy_to": "to National Curriculum year",
    "need": "code of the primary need; `all` for all together",
    "needs": "needs that it takes",
    "opens": "schemes that open, each with its academic year",
    "out_of_area": "of the children, those placed in another council's area",
    "over_45": "children whose journey one way is over 45 minutes",
    "over_75": "children whose journey one way is over 75 minutes",
    "phase": "primary (to Year 6), secondary (Years 7 to 11), post16; `all` for all together",
    "places": "places that this council's children may use; blank: no limit",
    "provision": "reference of the provision",
    "scheme_id": "reference of the scheme",
    "status": "status in the case: proposed or committed",
    "unplaced": "of the children, those without a place",
    "unplaced_child_years": "years that children are without a place, over the plan",
    "year": "academic year, by its September",
    # what becomes of children between two plans
    "much_shorter": "children whose journey is 15 minutes shorter or more",
    "shorter": "children whose journey is 1 to 15 minutes shorter",
    "same": "children at the same place, or whose journey is about the same",
    "longer": "children whose journey is 1 to 15 minutes longer",
    "much_longer": "children whose journey is 15 minutes longer or more",
    "gained": "children who gain a place",
    "lost": "children who lose one",
    "unknown": "children whose journey is not known in one of the two",
    "all_shorter": "children whose journey is shorter, by any minutes",
    "all_longer": "children whose journey is longer, by any minutes",
    # shortage: in the plan solved again, and by the nearest measure
    "vehicles_whole": "vehicles, whole ones of each area and school",
    "vehicles_pro_rata": "vehicles, each child its share",
    "gbp_whole": "£ a year, by whole vehicles",
    "gbp_pro_rata": "£ a year, pro rata",
    # savings of transport, as a range
    "vehicles_low": "vehicles saved, the lower end of the range",
    "vehicles_high": "vehicles saved, the upper end",
    "gbp_low": "£ saved a year, the lower end of the range",
    "gbp_high": "£ saved a year, the upper end",
    # step-downs
    "fee_gbp": "independent fee, £ a child a year, to £100",
    "transport_before_gbp": "transport to the independent school, £ a child a year",
    "price_gbp": "top-up of the local place, £ a child a year",
    "place_funding_gbp": "place funding of a scheme's place, £ a child a year; others are paid whether taken or not",
    "transport_gbp": "transport to the local school, £ a child a year",
    "net_gbp": "by how much less the local place costs, £ a child a year",
    "saved_gbp": "saved, £",
    # fairness
    "group": "the need, phase, home area or kind of area",
    "longest_tenth_minutes": "mean journey one way of the tenth who travel longest; of 100 children or more",
    "over_guidance": "children whose journey is over the guidance of their phase",
    # value and explain
    "one_more_saves_a_year_gbp": "what one place more would save, £ a year, planned again",
    "one_fewer_costs_a_year_gbp": "what one place fewer would cost, £ a year, planned again",
}
#: The end of a column's name of the nearest measure of `shortage`, and what it adds to the meaning.
NEAREST, NEAREST_SAYS = "_nearest", "; by the nearest measure"


@dataclass(frozen=True)
class Output:
    """A table that a command writes as CSV.

    Attributes
    ----------
    command
        Which command; "plan" for what every plan's folder has.
    file
        Its name, without the end.
    about
        What a row is, and what the table is for.
    columns
        Their names, in order, with blanks between.
    own
        What columns say here that `MEANINGS` does not, or says otherwise.
    """

    command: str
    file: str
    about: str
    columns: str
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The columns in order."""
        return self.columns.split()

    def meaning(self, column: str) -> str:
        """Return what a column says."""
        found = self.own.get(column) or MEANINGS.get(column)
        if found is None and column.endswith(NEAREST):
            return f"{self.meaning(column.removesuffix(NEAREST))}{NEAREST_SAYS}"
        if found is None:
            raise KeyError(f"{self.file}: {column}")
        return found

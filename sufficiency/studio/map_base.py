"""The council's map for the page, and which of its areas each home's area is in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.evidence.counts import Counts
from sufficiency.geographies import DISTRICT
from sufficiency.studio.ground import NO_MAP, ground

if TYPE_CHECKING:
    from sufficiency.steps import Prepared

#: Share of children whose area has too few to be told of, above which coarser areas are drawn.
HIDDEN_MOST = 0.1


def council_map(prepared: Prepared) -> tuple[dict[str, Any], dict[str, str], str]:
    """Return the shapes of a case's council, the area of the map of each home's area, and the geography."""
    from sufficiency.maps.sources import base_of

    case = prepared.case
    try:
        base = base_of(case, prepared.located, case.settings.map)
    except (UsageError, OSError):  # a file of the maps went missing: the page does without
        base = None
    labels = sorted({str(label) for label in prepared.demand.groups["area"]})
    own = {label: label for label in labels}
    if base is None:
        return NO_MAP, own, ""
    if base.geography == "sector" and _hidden(prepared, own) > HIDDEN_MOST:
        own = {label: re.sub(r" \d$", "", label) for label in labels}
        return ground(base, DISTRICT), own, DISTRICT
    return ground(base, base.geography), own, base.geography


def _hidden(prepared: Prepared, area: dict[str, str]) -> float:
    """Return the share of children in areas of too few."""
    groups = prepared.demand.groups
    counts = Counts.of(prepared.case.settings)
    by_area = groups.groupby(groups["area"].map(area))["children"].sum()
    few = by_area[[not counts.tells(float(n)) for n in by_area]]
    return float(few.sum() / by_area.sum()) if by_area.sum() else 0.0

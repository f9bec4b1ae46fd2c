"""The grid and the sites of the page: schemes, then provisions, as they are with the scenario's differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.differences import text
from sufficiency.evidence.counts import DUST
from sufficiency.needs import normalise, split
from sufficiency.report.parts import academic
from sufficiency.studio.edits import full_rows

if TYPE_CHECKING:
    from sufficiency.scenario import Row
    from sufficiency.steps import Prepared
    from sufficiency.studio.answers import Answered
    from sufficiency.studio.draft import Draft

OF_SCHEMES = ["choice", "name", "places", "capital_gbp", "earliest_year", "latest_year"]


def grid(draft: Draft, prepared: Prepared, answered: Answered | None) -> list[dict[str, Any]]:
    """Return the rows of the grid.

    Parameters
    ----------
    answered
        The latest plan, for what opens and how many are there.
    """
    kinds = prepared.case.settings.all_kinds
    used = _used(answered) if answered else {}
    opening = _opening(answered) if answered else {}
    rows = [_scheme(draft, key, kinds, opening, used, answered) for key in draft.ids("schemes")]
    standing = {str(name) for name in prepared.case.places["provision_id"]}
    rows += [
        _provision(draft, key, kinds, used, answered)
        for key in draft.ids("provisions")
        if key in standing
    ]
    return rows


def _scheme(
    draft: Draft,
    key: str,
    kinds: dict[str, str],
    opening: dict[str, int],
    used: dict[str, float],
    answered: Answered | None,
) -> dict[str, Any]:
    row, places = draft.row("schemes", key), draft.rows("scheme_places", key)
    provision = str(row.get("provision_id", ""))
    committed = row.get("status") == "committed"
    opens = opening.get(key)
    decision = f"opens {academic(opens)}" if opens is not None else "not chosen"
    price = _price(draft, provision)
    can = [name for name in OF_SCHEMES if name != "choice" or not committed]
    return {
        "row": f"scheme:{key}",
        "of": "scheme",
        "id": key,
        "name": str(row.get("name", key)),
        **_site(draft, provision, kinds),
        **_takes(places),
        "places": full(draft, "scheme", places),
        "capital_gbp": row.get("capital_gbp"),
        "earliest_year": row.get("earliest_year"),
        "latest_year": row.get("latest_year"),
        "lifetime_years": row.get("lifetime_years"),
        "choice": None if committed else str(row.get("choice", "")),
        "status": str(row.get("status", "proposed")),
        "gbp_per_child": price,
        "decision": "committed" if committed else decision if answered else "",
        "opens": opens,
        "used": told_use(used.get(key), answered, full(draft, "scheme", places)),
        "changed": _changed(draft, "schemes", key, provision),
        "new": draft.is_new("schemes", key),
        "editable": _editable(can, places, price),
    }


def _provision(
    draft: Draft,
    key: str,
    kinds: dict[str, str],
    used: dict[str, float],
    answered: Answered | None,
) -> dict[str, Any]:
    places, price = draft.rows("places", key), _price(draft, key)
    limited = all("places" in row for row in places)
    can = ["places"] if limited or len(places) == 1 else []
    limit = full(draft, "provision", places) if limited else None
    return {
        "row": f"provision:{key}",
        "of": "provision",
        "id": key,
        "name": str(draft.cell("provisions", key, "name") or key),
        **_site(draft, key, kinds),
        **_takes(places),
        "places": limit,
        **dict.fromkeys(
            ["capital_gbp", "earliest_year", "latest_year", "lifetime_years", "choice"]
        ),
        "status": "",
        "gbp_per_child": price,
        "decision": "",
        "opens": None,
        "used": told_use(used.get(f"provision:{key}"), answered, limit),
        "changed": _changed(draft, "", key, key),
        "new": False,
        "editable": _editable(can, places, price),
    }


def _site(draft: Draft, provision: str, kinds: dict[str, str]) -> dict[str, Any]:
    kind = str(draft.cell("provisions", provision, "kind"))
    return {
        "provision": provision,
        "provision_name": str(draft.cell("provisions", provision, "name") or provision),
        "kind": kind,
        "kind_title": kinds.get(kind, kind),
    }


def _takes(places: list[Row]) -> dict[str, Any]:
    """Return whom rows of places take: all their needs, and the whole of their year groups."""
    codes = [code for row in places for code in split(str(row["needs"]))]
    return {
        "needs": normalise("|".join(dict.fromkeys(codes))) if codes else "",
        "ncy_from": min((int(row["ncy_from"]) for row in places), default=None),
        "ncy_to": max((int(row["ncy_to"]) for row in places), default=None),
    }


def full(draft: Draft, of: str, places: list[Row]) -> float | None:
    """Return places when full, of a scheme; places in the first year, of a provision."""
    return sum(float(places[n]["places"]) for n in full_rows(draft, of, places)) if places else None


def _price(draft: Draft, provision: str) -> Any:  # noqa: ANN401 - a cell
    rows = draft.rows("prices", provision)
    return rows[0].get("gbp_per_child") if len(rows) == 1 else None


def _editable(can: list[str], places: list[Row], price: object) -> list[str]:
    if not places:
        can = [name for name in can if name != "places"]
    alike = [
        name for name in ("needs", "ncy_from", "ncy_to") if len({row[name] for row in places}) == 1
    ]
    return [*can, *alike, *(["gbp_per_child"] if price is not None else [])]


def _changed(draft: Draft, table: str, key: str, provision: str) -> list[str]:
    """Return which columns of a row differ from the case."""
    plain = draft.plain
    cells = plain.get("changed", {}).get(table, {}).get(key, {}) if table else {}
    found = set(cells)
    of_places = "scheme_places" if table else "places"
    own, now = draft.own_rows(of_places, key), draft.rows(of_places, key)
    if own != now:
        columns = ("places", "needs", "ncy_from", "ncy_to", "place_funding_gbp")
        differs = {name for name in columns if _column(own, name) != _column(now, name)}
        found |= differs
    if draft.own_rows("prices", provision) != draft.rows("prices", provision):
        found.add("gbp_per_child")
    moved = plain.get("changed", {}).get("provisions", {}).get(provision, {})
    return sorted(found | ({"site"} if {"easting_m", "northing_m"} & set(moved) else set()))


def _column(rows: list[Row], name: str) -> list[str]:
    return [text(row.get(name, "")) for row in rows]


def _opening(answered: Answered) -> dict[str, int]:
    from sufficiency.findings import openings

    return openings(answered.prepared.basis, answered.solution)


def _used(answered: Answered) -> dict[str, float]:
    """Return how many are there in the last year, exact: in places there are already, and in schemes' places."""
    from sufficiency import catchments

    basis, solution = answered.prepared.basis, answered.solution
    last = answered.years[-1]
    here = answered.somewhere[answered.somewhere["year"] == last]
    at = here.groupby("provision")["children"].sum()
    inside = catchments.in_schemes(basis, solution, here, _opening(answered))
    inside = inside.assign(children=inside["children"] * inside["share"])
    of_schemes = inside.groupby("scheme")["children"].sum()
    at = at.sub(inside.groupby("provision")["children"].sum(), fill_value=0.0).clip(lower=0.0)
    return {
        **{f"provision:{name}": float(n) for name, n in at.items()},
        **{str(name): float(n) for name, n in of_schemes.items()},
    }


def told_use(
    used: float | None, answered: Answered | None, places: float | None
) -> dict[str, Any] | None:
    """Return how many are there as it may be told: full places are said to be so, and no rounding tells more."""
    if used is None or answered is None:
        return None
    shown = answered.counts.shown(used)
    said = f"{answered.counts.text(used)} used"
    if shown is not None and places is not None:
        if abs(used - places) <= DUST:
            said = "full"
        elif used < places < shown:
            said = "nearly full"
    return {"text": said, "value": shown}


def sites(draft: Draft, prepared: Prepared, answered: Answered | None) -> list[dict[str, Any]]:
    """Return every site that has a place on the map, with what becomes of its schemes."""
    opening = _opening(answered) if answered else {}
    case = prepared.case
    standing = {str(name) for name in case.places["provision_id"]}
    schemes: dict[str, list[str]] = {}
    for key in draft.ids("schemes"):
        schemes.setdefault(str(draft.cell("schemes", key, "provision_id")), []).append(key)
    movable = case.settings.travel.method != "table"
    found = []
    for name, point in zip(
        case.provisions["provision_id"], prepared.located.provisions, strict=True
    ):
        if not np.isfinite(point).all():
            continue
        key, mine = str(name), schemes.get(str(name), [])
        kind = str(draft.cell("provisions", key, "kind"))
        found.append(
            {
                "id": key,
                "name": str(draft.cell("provisions", key, "name") or key),
                "kind": kind,
                "like": case.settings.base_kind(kind),
                "x": float(point[0]),
                "y": -float(point[1]),
                "schemes": mine,
                "state": _state(draft, mine, opening, stands=key in standing),
                "movable": movable,
                "new": draft.is_new("provisions", key),
            }
        )
    return found


def _state(draft: Draft, schemes: list[str], opening: dict[str, int], *, stands: bool) -> str:
    """Return what becomes of a site's schemes, the most telling first."""
    committed = [key for key in schemes if draft.cell("schemes", key, "status") == "committed"]
    if any(key in opening for key in schemes if key not in committed):
        return "opens"
    if committed:
        return "committed"
    return "stands" if stands or not schemes else "not chosen"

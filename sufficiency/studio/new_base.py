"""A base dropped on the map: its site, its scheme, its places and its price, with what such a base is like here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sufficiency.case import Case
    from sufficiency.studio.draft import Draft

#: Numbers that a base needs, and what messages call them.
NUMBERS = {
    "ncy_from": "first year group",
    "ncy_to": "last year group",
    "places": "places",
    "capital_gbp": "capital",
    "place_funding_gbp": "place funding",
    "gbp_per_child": "price",
    "earliest_year": "earliest year",
    "lifetime_years": "lifetime",
}
ASKED = ("kind", "needs", *NUMBERS)
#: What a base is like where the case has none: as many places, pounds and years.
USUAL: Mapping[str, Any] = {
    "kind": "base", "needs": "ASD|SEMH", "ncy_from": 0, "ncy_to": 6, "places": 16,
    "place_funding_gbp": 6000, "gbp_per_child": 12000, "lifetime_years": 30,
}  # fmt: skip
#: Capital of a place, where no scheme says what one costs: the order of the case's own is asked for on the page.
USUAL_GBP_PER_PLACE = 60000


def defaults(case: Case) -> dict[str, Any]:
    """Return what a new base is like unless the page says otherwise: the middle of the case's own bases."""
    bases = case.provisions.loc[case.provisions["kind"] == "base", "provision_id"]
    settings = case.settings
    schemes = case.schemes[case.schemes["provision_id"].isin(bases)]
    given = case.scheme_places[case.scheme_places["scheme_id"].isin(schemes["scheme_id"])]
    full = given.groupby("scheme_id")["places"].max()
    capital = schemes.set_index("scheme_id")["capital_gbp"].reindex(full.index)
    prices = case.prices.loc[case.prices["provision_id"].isin(bases), "gbp_per_child"]
    found = {
        "places": _middle(full),
        "capital_gbp": _middle(capital, 1000),
        "place_funding_gbp": _middle(given["place_funding_gbp"], 100),
        "gbp_per_child": _middle(prices, 100),
        "lifetime_years": _middle(schemes["lifetime_years"]),
    }
    usual = dict(USUAL) | {name: value for name, value in found.items() if value}
    usual.setdefault("capital_gbp", USUAL_GBP_PER_PLACE * usual["places"])
    return usual | {"earliest_year": min(settings.base_year + 1, settings.last_year)}


def _middle(values: pd.Series[Any], to: int = 1) -> int:
    """Return the middle of some numbers, rounded; 0 for none."""
    known = values.dropna().astype(float)
    return int(to * round(float(np.median(known)) / to)) if len(known) else 0


def add(draft: Draft, name: str, at: tuple[int, int], like: Mapping[str, Any], choice: str) -> str:
    """Add a site with a scheme, its places and its price; return the scheme's id."""
    taken = {*draft.ids("schemes"), *draft.ids("provisions")}
    key = next(f"NEW-{n}" for n in range(1, 10_000) if f"NEW-{n}" not in taken)
    site = {"name": name, "kind": like["kind"], "easting_m": at[0], "northing_m": at[1]}
    scheme = {
        "name": name,
        "provision_id": key,
        "status": "proposed",
        "capital_gbp": like["capital_gbp"],
        "earliest_year": like["earliest_year"],
        "lifetime_years": like["lifetime_years"],
        "choice": choice,
    }
    takes = {"needs": like["needs"], "ncy_from": like["ncy_from"], "ncy_to": like["ncy_to"]}
    places = {**takes, "years_open": 0, "places": like["places"],
              "place_funding_gbp": like["place_funding_gbp"]}  # fmt: skip
    # a price for everybody whom the places take, by whichever need
    price = {"needs": "*", "ncy_from": -4, "ncy_to": 20, "gbp_per_child": like["gbp_per_child"]}
    draft.put_rows("provisions", key, [site])
    draft.put_rows("schemes", key, [scheme])
    draft.put_rows("scheme_places", key, [places])
    draft.put_rows("prices", key, [price])
    return key


def take_out(draft: Draft, scheme: str) -> None:
    """Take out a scheme that was added, with its site unless another stands there."""
    provision = str(draft.cell("schemes", scheme, "provision_id"))
    for table in ("schemes", "scheme_places"):
        draft.forget(table, scheme)
    others = {str(draft.cell("schemes", key, "provision_id")) for key in draft.ids("schemes")}
    if draft.is_new("provisions", provision) and provision not in others:
        for table in ("provisions", "prices", "places"):
            draft.forget(table, provision)

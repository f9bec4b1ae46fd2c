"""Worlds in which provision is otherwise: fees rise, a school closes or takes other needs, places keep headroom."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.errors import UsageError
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.stress.worlds import of_basis, put_together

if TYPE_CHECKING:
    from models.problem import Bools
    from sufficiency.evidence.stress.worlds import Plan, World
    from sufficiency.problem import Basis


def fees(plan: Plan, pct: float) -> World:
    """Return a world in which independent fees are so many per cent higher, in every year."""
    prices = plan.prepared.case.prices.copy()
    kinds = _kinds(plan)
    mine = prices["provision_id"].map(kinds) == "independent"
    prices["gbp_per_child"] = prices["gbp_per_child"].where(
        ~mine, prices["gbp_per_child"] * (1 + pct / 100)
    )
    return of_basis(plan, *put_together(plan, prices=prices))


def closed(plan: Plan, provision: str, year: int) -> World:
    """Return a world in which a provision has no places from a year on; its children then seek others.

    Schemes there do not open, and a committed one has no places from that year on.
    """
    case = plan.prepared.case
    places, steps, schemes = case.places.copy(), case.scheme_places, case.schemes
    mine = places["provision_id"] == provision
    gone = mine & (places["from_year"] >= year).fillna(value=False)
    lasts = mine & (places["to_year"].isna() | (places["to_year"] >= year).fillna(value=True))
    places.loc[lasts, "to_year"] = year - 1
    ended = steps[steps["scheme_id"].isin(_committed_at(schemes, provision))].copy()
    opening = ended["scheme_id"].map(schemes.set_index("scheme_id")["earliest_year"])
    ended["years_open"] = (year - opening).clip(lower=0).astype("Int64")
    ended["places"] = 0
    ended = ended.drop_duplicates(["scheme_id", "needs", "ncy_from", "ncy_to"])
    steps = _without_later(steps, ended)
    basis, accounts = put_together(plan, places=places[~gone], scheme_places=steps)
    shut = [k for k, scheme in enumerate(plan.schemes) if scheme.provision_id == provision]
    opens, may_open = plan.opens.copy(), basis.problem.schemes.may_open.copy()
    opens[shut], may_open[shut] = False, False
    must = tuple(k for k in basis.problem.schemes.must if k not in shut)
    world = of_basis(plan, basis, accounts, opens)
    left = replace(world.problem.schemes, may_open=may_open, must=must)
    return replace(world, problem=world.problem.with_numbers(schemes=left))


def _committed_at(schemes: pd.DataFrame, provision: str) -> list[str]:
    mine = (schemes["provision_id"] == provision) & (schemes["status"] == "committed")
    return [str(scheme) for scheme in schemes.loc[mine, "scheme_id"]]


def _without_later(steps: pd.DataFrame, ended: pd.DataFrame) -> pd.DataFrame:
    """Return the steps of schemes with those that end in the place of any later ones."""
    if not len(ended):
        return steps
    keys = ["scheme_id", "needs", "ncy_from", "ncy_to"]
    until = steps.merge(ended[[*keys, "years_open"]], on=keys, how="left", suffixes=("", "_end"))
    stays = (
        until["years_open_end"].isna() | (until["years_open"] < until["years_open_end"])
    ).fillna(value=True)
    return pd.concat([steps[stays.to_numpy(bool)], ended], ignore_index=True)


def redesignated(plan: Plan, provision: str, codes: str, year: int) -> World:
    """Return a world in which a provision takes children of other needs from a year on.

    Who is there by then stays; who comes later must have one of the new needs, primary or second.
    """
    from sufficiency.pools import covers

    places = plan.prepared.case.places.copy()
    mine = places["provision_id"] == provision
    old = places.loc[mine, "needs"]
    places.loc[mine, "needs"] = [_together(text, codes) for text in old]
    keys = ["needs", "ncy_from", "ncy_to"]
    if (
        places[mine].duplicated(keys).sum()
        != plan.prepared.case.places[mine].duplicated(keys).sum()
    ):
        raise UsageError(
            f"{provision} would have two pools for the same needs and year groups: give it other needs"
        )
    basis, _ = put_together(plan, places=places)
    before = dict(zip(places.loc[mine, "needs"], old, strict=True))
    pool_needs = [key.needs for key in basis.pools.keys]
    there = np.array(
        [key.provision_id == provision and not key.of_schemes for key in basis.pools.keys]
    )
    stays, pairs = basis.problem.stays, basis.costs.pairs
    pair = basis.costs.pair[basis.cohorts.cohort[stays.state]]
    begins = basis.problem.start + plan.base_year
    wrong = np.zeros(len(stays), bool)
    for q in np.flatnonzero(there).tolist():
        here = stays.pool == q
        was = np.array([covers(before.get(pool_needs[q], codes), *two) for two in pairs], bool)
        now = np.array([covers(codes, *two) for two in pairs], bool)
        wrong |= here & np.where(begins < year, ~was[pair], ~now[pair])
    own = _keeps(basis)
    return of_basis(plan, *_fewer(plan, basis, wrong & ~own))


def no_newcomers(plan: Plan, year: int) -> World:
    """Return a world in which other councils' provision takes nobody new from a year on; who is there stays."""
    basis = plan.basis
    away = np.array([_is_neighbour(plan, provision) for provision in basis.provisions], bool)
    begins = basis.problem.start + plan.base_year
    late = away[basis.stays.provision] & (begins >= year) & ~_keeps(basis)
    return of_basis(plan, *_fewer(plan, basis, late))


def occupied(plan: Plan, pct: float) -> World:
    """Return a world in which the council's own limited places may be filled up to a share; all are paid for."""
    case = plan.prepared.case
    ours = {p for p in plan.basis.provisions if _is_ours(plan, p)}
    at = dict(zip(case.schemes["scheme_id"], case.schemes["provision_id"], strict=True))
    tables = {}
    for name, home in (
        ("places", case.places["provision_id"]),
        ("scheme_places", case.scheme_places["scheme_id"].map(at)),
    ):
        table, mine = case.table(name).copy(), home.isin(ours)
        for column, factor in (("places", pct / 100), ("place_funding_gbp", 100 / pct)):
            number = table[column].astype("float64")
            table[column] = number.where(~mine, number * factor)
        tables[name] = table
    return of_basis(plan, *put_together(plan, **tables))


def largest(plan: Plan) -> str:
    """Return the council's own provision, not mainstream or college, with most places in the first year; "" if none."""
    case, kinds = plan.prepared.case, _kinds(plan)
    base = plan.base_year
    rows = case.places[
        case.places["provision_id"].map(lambda p: _is_ours(plan, str(p)))
        & case.places["provision_id"].map(kinds).isin(["special", "base"])
        & (case.places["from_year"].isna() | (case.places["from_year"] <= base))
        & (case.places["to_year"].isna() | (case.places["to_year"] >= base))
    ]
    held = rows.groupby("provision_id", sort=True)["places"].sum()
    return str(held.idxmax()) if len(held) and held.max() > 0 else ""


def neighbours(plan: Plan) -> list[str]:
    """Return the provision of other councils, independent schools aside."""
    return [provision for provision in plan.basis.provisions if _is_neighbour(plan, provision)]


def _kinds(plan: Plan) -> dict[str, str]:
    case = plan.prepared.case
    kinds = zip(case.provisions["provision_id"], case.provisions["kind"], strict=True)
    return {str(p): case.settings.base_kind(str(kind)) for p, kind in kinds}


def _is_ours(plan: Plan, provision: str) -> bool:
    return _kinds(plan)[provision] != "independent" and _home(plan)[provision]


def _is_neighbour(plan: Plan, provision: str) -> bool:
    return _kinds(plan)[provision] != "independent" and not _home(plan)[provision]


def _home(plan: Plan) -> dict[str, bool]:
    listed = plan.prepared.case.provisions
    council = zip(listed["provision_id"], listed["la"].str.lower(), strict=True)
    return {str(p): la == "home" for p, la in council}


def _keeps(basis: Basis) -> Bools:
    """Mark the stays, (A,), of children under review who stay where they are."""
    keeps = basis.cohorts.keeps[basis.stays.state]
    return np.asarray((keeps >= 0) & (keeps == basis.stays.provision), bool)


def _together(one: str, other: str) -> str:
    if "*" in (one, other):
        return "*"
    return "|".join(sorted({*one.split("|"), *other.split("|")}))


def _fewer(plan: Plan, basis: Basis, without: Bools) -> tuple[Basis, Accounts]:
    """Return a case without some of its stays."""
    journeys = plan.prepared.travel.journeys
    keep = ~without
    number = np.cumsum(keep) - 1
    problem, years = basis.problem, basis.years
    stays = problem.stays
    counted = keep[problem.limits.stay]
    limits = replace(
        problem.limits,
        row=problem.limits.row[counted],
        stay=number[problem.limits.stay[counted]],
        offset=problem.limits.offset[counted],
    )
    mine = keep[years.stay]
    spelt = {field.name: getattr(years, field.name)[mine] for field in fields(years)}
    fewer = replace(
        problem,
        stays=replace(
            stays, **{field.name: getattr(stays, field.name)[keep] for field in fields(stays)}
        ),
        limits=limits,
    )
    made = replace(
        basis,
        problem=fewer,
        stays=basis.stays.only(keep),
        years=replace(years, **(spelt | {"stay": number[years.stay[mine]]})),
    )
    return made, Accounts.of(made, journeys.km, journeys.minutes)

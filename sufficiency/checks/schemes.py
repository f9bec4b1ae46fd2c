"""Schemes: what they require, which exclude each other, and those that can never open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.faults import Fault, rows_of
from sufficiency.needs import ANY, split
from sufficiency.pools import Row, blank, records

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sufficiency.case import Case


def circles(case: Case) -> Iterator[Fault]:
    """Find schemes that, step by step, require themselves."""
    frame = case.schemes
    requires = dict(zip(frame["scheme_id"], frame["requires"], strict=True))
    row_of = {name: int(str(row)) for row, name in frame["scheme_id"].items()}
    seen: set[str] = set()
    for start in requires:
        path: list[str] = []
        name = start
        while name in requires and name not in seen:
            seen.add(name)
            path.append(name)
            name = requires[name]
        if name in path:
            ring = path[path.index(name) :]
            what = "schemes require each other in a circle: " + " > ".join([*ring, name])
            rows = tuple(sorted(row_of[scheme] for scheme in ring))
            yield Fault(
                "E901", case.files["schemes"], what, "take one requirement out", "requires", rows
            )


def _with_required(case: Case) -> pd.DataFrame:
    """Return the schemes with status and earliest year of the one each requires beside them."""
    frame = case.schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    needed = frame.reindex(case.schemes["requires"])[["status", "earliest_year"]]
    needed.index = case.schemes.index
    return case.schemes.join(needed.add_prefix("needed_"))


def committed_on_proposed(case: Case) -> Iterator[Fault]:
    """Find committed schemes that require a proposed one."""
    frame = _with_required(case)
    if rows := rows_of((frame["status"] == "committed") & (frame["needed_status"] == "proposed")):
        what = "a committed scheme requires a proposed one"
        remedy = "commit to both, or take the requirement out"
        yield Fault("E902", case.files["schemes"], what, remedy, "requires", rows)


def committed_on_later(case: Case) -> Iterator[Fault]:
    """Find committed schemes that require a committed one which opens later."""
    frame = _with_required(case)
    both = (frame["status"] == "committed") & (frame["needed_status"] == "committed")
    if rows := rows_of(both & (frame["needed_earliest_year"] > frame["earliest_year"])):
        what = "a committed scheme requires one that opens later"
        remedy = "change earliest_year of one of them"
        yield Fault("E903", case.files["schemes"], what, remedy, "requires", rows)


def two_committed(case: Case) -> Iterator[Fault]:
    """Find groups, of which at most one scheme may open, with two committed ones."""
    committed = case.schemes[case.schemes["status"] == "committed"]
    groups = committed["exclusive_group"]
    if rows := rows_of(groups.duplicated(keep=False) & (groups != "")):
        what = "two committed schemes are of one exclusive_group"
        remedy = "only one of a group can open: take one out of it"
        yield Fault("E904", case.files["schemes"], what, remedy, "exclusive_group", rows)


def committed_and_shut(case: Case) -> Iterator[Fault]:
    """Find committed schemes that are to stay shut."""
    frame = case.schemes
    if rows := rows_of((frame["status"] == "committed") & (frame["choice"] == "shut")):
        what = "a committed scheme is decided: it cannot stay shut"
        remedy = "leave `choice` blank, or make it a proposed one"
        yield Fault("E905", case.files["schemes"], what, remedy, "choice", rows)


def must_and_must_not(case: Case) -> Iterator[Fault]:
    """Find schemes that must open and cannot: for their dates, their group, or one that they require."""
    frame = case.schemes
    must = (frame["status"] == "proposed") & (frame["choice"] == "open")
    group = frame["exclusive_group"]
    if rows := rows_of(must & (group != "") & group.where(must).duplicated(keep=False)):
        what = "two schemes of one exclusive_group must open"
        remedy = "only one of a group can open: leave `choice` blank for the others"
        yield Fault("E906", case.files["schemes"], what, remedy, "choice", rows)
    shut = set(frame.loc[frame["choice"] == "shut", "scheme_id"])
    reasons = _never(case) | {"it requires a scheme that stays shut": frame["requires"].isin(shut)}
    for what, never in reasons.items():
        if rows := rows_of(must & never):
            remedy = "correct it, or leave `choice` blank"
            words = f"it must open and never can: {what}"
            yield Fault("E907", case.files["schemes"], words, remedy, "choice", rows)


def must_beyond_budget(case: Case) -> Iterator[Fault]:
    """Find schemes that must open by a year for more than the capital there is by then."""
    budget, frame = case.settings.capital.budget_gbp, case.schemes
    if budget is None:
        return
    must = frame[(frame["status"] == "proposed") & (frame["choice"] == "open")]
    latest = must["latest_year"].fillna(case.settings.last_year)
    for year in sorted(set(latest)):
        due = must[latest <= year]
        if due["capital_gbp"].sum() > sum(gbp for of, gbp in budget.items() if of <= year):
            what = f"what must open by {year} costs more than the capital there is by then"
            remedy = "raise capital.budget_gbp, or leave `choice` blank for one of them"
            rows = tuple(int(str(row)) for row in due.index)
            yield Fault("E908", case.files["schemes"], what, remedy, "choice", rows)
            return


def never_open(case: Case) -> Iterator[Fault]:
    """Warn of proposed schemes that no plan can open."""
    for what, never in _never(case).items():
        if rows := rows_of(never & (case.schemes["status"] == "proposed")):
            remedy = "correct it, unless it is meant to stay closed"
            yield Fault("W901", case.files["schemes"], f"can never open: {what}", remedy, rows=rows)


def _never(case: Case) -> dict[str, pd.Series[bool]]:
    """Return why proposed schemes can never open, and which."""
    frame = case.schemes
    group = frame["exclusive_group"]
    taken = set(group[frame["status"] == "committed"]) - {""}
    own = frame.drop_duplicates("scheme_id").set_index("scheme_id")["exclusive_group"]
    required = own.reindex(frame["requires"]).set_axis(frame.index)
    return {
        "latest_year is before earliest_year": frame["latest_year"] < frame["earliest_year"],
        "earliest_year is after the plan": frame["earliest_year"] > case.settings.last_year,
        "latest_year is before the plan": frame["latest_year"] < case.settings.base_year,
        "a committed scheme closes its exclusive_group": group.isin(taken),
        "it requires a scheme of its own exclusive_group": (group == required) & (group != ""),
    }


def without_places(case: Case) -> Iterator[Fault]:
    """Warn of schemes that provide nothing."""
    ids = case.schemes["scheme_id"]
    held = case.scheme_places
    giving = held.loc[held["places"] != 0, "scheme_id"]
    if rows := rows_of(~ids.isin(giving) & (ids != "")):
        what = f"no places in {case.files['scheme_places']}"
        yield Fault("W902", case.files["schemes"], what, "add its places", "scheme_id", rows)


def open_empty(case: Case) -> Iterator[Fault]:
    """Warn of schemes whose first places come after their opening year: years open are counted from 0."""
    held = case.scheme_places[case.scheme_places["places"] > 0]
    first = held["years_open"] == held.groupby("scheme_id")["years_open"].transform("min")
    if rows := rows_of(first & (held["years_open"] > 0)):
        what = "the scheme has no places in the year in which it opens"
        remedy = "begin with years_open 0, the opening year; nothing to do if it is to open empty"
        yield Fault("W904", case.files["scheme_places"], what, remedy, "years_open", rows)


def useless(case: Case) -> Iterator[Fault]:
    """Warn of schemes that let nobody more in: in every year that they may be open, a limit holds all their places."""
    last = case.settings.last_year
    giving: dict[str, list[Row]] = {}
    for row in records(case.scheme_places[case.scheme_places["places"] != 0]):
        giving.setdefault(row["scheme_id"], []).append(row)
    rows = tuple(
        int(str(number))
        for number, scheme in zip(case.schemes.index, records(case.schemes), strict=True)
        if (given := giving.get(scheme["scheme_id"]))
        and (years := range(max(case.settings.base_year, scheme["earliest_year"]), last + 1))
        and all(_held(case, scheme["provision_id"], row, year) for row in given for year in years)
    )
    if rows:
        what = f"{case.files['limits']} lets in no more children than there are places for already"
        remedy = "raise the limit from the year the scheme opens, or leave it if that is meant"
        yield Fault("W903", case.files["schemes"], what, remedy, rows=rows)


def _held(case: Case, provision: str, given: Row, year: int) -> bool:
    """Whether a limit on all whom a scheme's places take is no higher than the places they have without it."""
    here = [
        [row for row in records(frame[frame["provision_id"] == provision]) if _in(row, year)]
        for frame in (case.limits, case.places)
    ]
    return any(
        limit["children"]
        <= sum(
            float("inf") if blank(pool["places"]) else pool["places"]
            for pool in here[1]
            if _within(given, pool) and _within(pool, limit)
        )
        for limit in here[0]
        if _within(given, limit)
    )


def _in(row: Row, year: int) -> bool:
    """Whether a row holds in a year."""
    begun = blank(row["from_year"]) or row["from_year"] <= year
    return bool(begun and (blank(row["to_year"]) or year <= row["to_year"]))


def _within(row: Row, other: Row) -> bool:
    """Whether another row takes everybody whom a row takes."""
    codes, others = set(split(row["needs"])), set(split(other["needs"]))
    of_age = other["ncy_from"] <= row["ncy_from"] and row["ncy_to"] <= other["ncy_to"]
    return bool(of_age and (ANY in others or codes <= others))

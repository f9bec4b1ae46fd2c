"""References: used once, and known to the table they point to."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from sufficiency.faults import Fault, rows_of
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case

PROVISIONS = (
    ("places", "provision_id"),
    ("limits", "provision_id"),
    ("prices", "provision_id"),
    ("schemes", "provision_id"),
)
SCHEMES = (("scheme_places", "scheme_id"), ("schemes", "requires"))


def references_used_twice(case: Case) -> Iterator[Fault]:
    """Find references that two rows of one table share."""
    for table in TABLES.values():
        if len(table.key) == 1:
            column = case.table(table.name)[table.key[0]]
            if rows := rows_of(column.duplicated(keep=False) & (column != "")):
                what = "these rows share a reference with another"
                remedy = "give every row a reference of its own"
                where = case.files[table.name]
                yield Fault("E701", where, what, remedy, table.key[0], rows)


def children_in_both_tables(case: Case) -> Iterator[Fault]:
    """Find references that are in ``children`` and in ``new_children``."""
    new = case.new_children["child_id"]
    if rows := rows_of(new.isin(case.children["child_id"]) & (new != "")):
        what = f"these references are in {case.files['children']} too"
        remedy = "give arrivals references of their own"
        yield Fault("E702", case.files["new_children"], what, remedy, "child_id", rows)


def journeys_twice(case: Case) -> Iterator[Fault]:
    """Find pairs of child and provision with two rows of ``travel``."""
    pairs = case.travel[["child_id", "provision_id"]]
    if rows := rows_of(pairs.duplicated(keep=False)):
        what = "two rows for one child and provision"
        yield Fault("E703", case.files["travel"], what, "keep one of them", rows=rows)


def unknown_provisions(case: Case) -> Iterator[Fault]:
    """Find rows that name a provision which ``provisions`` does not have."""
    yield from _unknown(case, "E704", PROVISIONS, "provisions", "provision_id")


def unknown_schemes(case: Case) -> Iterator[Fault]:
    """Find rows that name a scheme which ``schemes`` does not have."""
    yield from _unknown(case, "E705", SCHEMES, "schemes", "scheme_id")


def _unknown(
    case: Case, code: str, columns: tuple[tuple[str, str], ...], target: str, key: str
) -> Iterator[Fault]:
    """Report references without a row in ``target``, apart by the nearest that has one."""
    known = sorted(set(case.table(target)[key]) - {""})
    for table, column in columns:
        given = case.table(table)[column]
        groups: dict[str, list[int]] = {}
        for row, name in given[(given != "") & ~given.isin(known)].items():
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"add it to {case.files[target]}"
            groups.setdefault(hint, []).append(int(str(row)))
        for remedy, rows in groups.items():
            what = f"not in {case.files[target]}"
            yield Fault(code, case.files[table], what, remedy, column, tuple(rows))


def stray_journeys(case: Case) -> Iterator[Fault]:
    """Warn of journeys by a child, or to a provision, that is in no table."""
    if case.settings.travel.method != "table":
        return
    ids = {*case.children["child_id"], *case.new_children["child_id"]}
    stray = ~case.travel["child_id"].isin(ids)
    stray |= ~case.travel["provision_id"].isin(case.provisions["provision_id"])
    if rows := rows_of(stray):
        what = "the child or the provision is in no other table"
        remedy = "check the references; these rows are not used"
        yield Fault("W701", case.files["travel"], what, remedy, rows=rows)


def children_without_journeys(case: Case) -> Iterator[Fault]:
    """Warn of children with no row in ``travel`` at all: nothing is within their reach."""
    if case.settings.travel.method != "table":
        return
    for table in ("children", "new_children"):
        ids = case.table(table)["child_id"]
        if rows := rows_of(~ids.isin(case.travel["child_id"]) & (ids != "")):
            what = f"no row in {case.files['travel']}: no provision is within reach"
            remedy = "add their journeys"
            yield Fault("W702", case.files[table], what, remedy, "child_id", rows)

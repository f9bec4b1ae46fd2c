"""Which provision of the case a child is at: by URN or UKPRN, and whether in its base."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sufficiency import needs
from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.sheets import read_csv
from sufficiency.synth.children import KINDS, ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sufficiency.case import Case
    from sufficiency.sheets import Sheet

NO_PROVISIONS = Fault(
    "W1211",
    "provisions.csv",
    "the case has no provisions: schools are called by URN, and nobody moves on",
    "make its provisions (sufficiency import gias), then import again with --replace",
)
OTHERS = "*"
YES = {"1", "y", "yes", "true", "t"}


@dataclass(frozen=True)
class Pool:
    """Places of a provision in the plan's first year; None is no limit."""

    codes: frozenset[str]
    ncy_from: int
    ncy_to: int
    places: float | None

    def covers(self, wanted: Iterable[str], ncy: int) -> bool:
        """Whether a child with one of these needs, in this NCY, could be in it."""
        fits = needs.ANY in self.codes or not self.codes.isdisjoint(wanted)
        return fits and self.ncy_from <= ncy <= self.ncy_to


@dataclass(frozen=True)
class Schools:
    """The provisions of a case, as an import looks them up.

    Attributes
    ----------
    kinds
        Provision to the one of the six kinds that it counts as.
    by_number
        (URN or UKPRN, whether the base) to provisions, in the order of the table.
    pools
        Provision to its pools.
    other
        The provision that takes all whose school is none of these, or "".
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    by_number: Mapping[tuple[str, bool], list[str]] = field(default_factory=dict)
    pools: Mapping[str, list[Pool]] = field(default_factory=dict)
    other: str = ""

    def find(
        self, number: str, *, in_base: bool, wanted: Iterable[str], ncy: int, mark: str = ""
    ) -> str:
        """Return the provision of a school's base, or of the school itself; "" for none.

        Of several, one whose pools take the child's needs and NCY; then one whose reference ends
        in the mark of its kind of base, ``-RP`` or ``-SU`` as a GIAS import writes; then the first.
        """
        found = self.by_number.get((number, in_base), [])
        codes = set(wanted)

        def rank(provision: str) -> tuple[bool, bool]:
            fits = any(pool.covers(codes, ncy) for pool in self.pools.get(provision, []))
            return not fits, not provision.upper().endswith(f"-{mark}")

        return min(found, key=rank, default="")

    def has_ended(self, provision: str, ncy: int) -> bool:
        """Whether a provision has places, and all of them are for younger children."""
        own = self.pools.get(provision, [])
        return bool(own) and all(pool.ncy_to < ncy for pool in own)

    def lowest_ncy(self, provision: str) -> int:
        """Return the first NCY that a provision has places for; Reception where it has none."""
        return min((pool.ncy_from for pool in self.pools.get(provision, [])), default=0)


def schools_of(case: Case | None, base_year: int, map_file: Path | None = None) -> Schools:
    """Return the provisions of a case, and of a map of the user's own.

    Raises
    ------
    CaseError
        When the map cannot be used.
    """
    kinds, by_number, pools = {}, {}, {}
    if case is not None:
        kinds = _kinds(case)
        by_number = _by_urn(case, kinds)
        pools = _pools(case, base_year)
    other = _add_map(map_file, kinds, by_number) if map_file else ""
    return Schools(kinds, by_number, pools, other)


def suits_of(was_at: str, schools: Schools | None) -> str:
    """Return the kinds that could meet the needs: the present one and dearer, as `synth` has it."""
    if schools is None:
        return ""
    kind = schools.kinds.get(was_at, "") if was_at else "waiting"
    return "|".join([own for own in ORDER if own in KINDS.get(kind, ())])


def _kinds(case: Case) -> dict[str, str]:
    frame = case.provisions[["provision_id", "kind"]]
    pairs = frame.itertuples(index=False, name=None)
    return {provision: case.settings.base_kind(kind) for provision, kind in pairs if provision}


def _by_urn(case: Case, kinds: Mapping[str, str]) -> dict[tuple[str, bool], list[str]]:
    found: dict[tuple[str, bool], list[str]] = {}
    for provision, urn in case.provisions[["provision_id", "urn"]].itertuples(index=False):
        number = str(urn).removesuffix(".0").strip()
        if provision and number:
            found.setdefault((number, kinds[provision] == "base"), []).append(provision)
    return found


def _pools(case: Case, base_year: int) -> dict[str, list[Pool]]:
    """Return the pools of the first year of the plan.

    Those with places; where a provision has none, as after a GIAS import that knows no capacity,
    the rows that are to be filled in.
    """
    frame = case.places.dropna(subset=["ncy_from", "ncy_to"])
    now = (frame["from_year"].fillna(base_year) <= base_year) & (
        frame["to_year"].fillna(base_year) >= base_year
    )
    found: dict[str, list[Pool]] = {}
    for row in frame[now].itertuples():
        number = float(str(row.places))
        pool = Pool(
            frozenset(needs.split(str(row.needs))),
            int(str(row.ncy_from)),
            int(str(row.ncy_to)),
            None if number != number else number,  # noqa: PLR0124 - not a number
        )
        found.setdefault(str(row.provision_id), []).append(pool)
    return {name: [pool for pool in own if pool.places != 0] or own for name, own in found.items()}


def _add_map(
    path: Path, kinds: Mapping[str, str], by_number: dict[tuple[str, bool], list[str]]
) -> str:
    """Add the rows of a map of URNs and UKPRNs; return the provision that takes all others."""
    sheet, faults = read_csv(path.read_bytes(), path.name)
    if sheet is None or faults:
        raise CaseError(faults)
    header = [name.lower() for name in sheet.header]
    wanted: list[str] = [name for name in ("urn", "ukprn") if name in header]
    if "provision_id" not in header or not wanted:
        what = "the columns provision_id, and urn or ukprn, are needed"
        raise CaseError([Fault("E1207", path.name, what, "put them in row 1; `base` is optional")])
    known = [row[header.index("provision_id")] for row in sheet.rows]
    bad = tuple(n for n, own in zip(sheet.numbers, known, strict=True) if own not in kinds)
    if bad and kinds:
        what = "no such provision in provisions.csv"
        remedy = "give a provision_id of the case"
        raise CaseError([Fault("E1207", path.name, what, remedy, "provision_id", bad)])
    return _take_rows(sheet, header, wanted, by_number)


def _take_rows(
    sheet: Sheet,
    header: list[str],
    wanted: list[str],
    by_number: dict[tuple[str, bool], list[str]],
) -> str:
    other = ""
    for row in sheet.rows:
        provision = row[header.index("provision_id")]
        in_base = "base" in header and row[header.index("base")].lower() in YES
        for name in wanted:
            number = row[header.index(name)]
            if number == OTHERS:
                other = provision
            elif number:
                by_number[number, in_base] = [provision]
    return other

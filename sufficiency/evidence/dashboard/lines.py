"""The figures of the dashboard, a row each: what of a run's tables it is, year by year, and which way is good."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from sufficiency.evidence.dashboard.published import Value, of, value
from sufficiency.ledger import ITEMS, REVENUE, TRANSPORT
from sufficiency.pounds import money
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import NOTHING, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from sufficiency.evidence.dashboard.published import Run

MILES = 0.621371
#: Kinds of provision whose places are counted: those that a plan is needed for.
SPECIALIST = ("special", "base")
#: Less room than this is none.
LEAST_ROOM = 0.5
#: How many are taken at least is told where the use of so much of the places is; which share, where that of half is.
MOSTLY, HALF = 0.9, 0.5
#: The panels, in the words of a council's aim: the right number of places, of the right type, ...
PANELS = {
    "number": "The right number of places",
    "type": "Of the right type",
    "value": "At value for money",
    "location": "In the right location",
}
#: How a figure is written, by its unit; and how its change is told: more of it, less of it.
WRITE: dict[str, Callable[[float], str]] = {
    "children": "{:,.0f}".format,
    "places": "{:,.0f}".format,
    "provisions": "{:,.0f}".format,
    "gbp": money,
    "gbp a child": lambda gbp: f"£{round(gbp, -2):,.0f}",
    "times": "{:.1f}".format,
    "minutes": "{:.1f}".format,
    "miles": "{:.1f}".format,
    "%": "{:.0f}%".format,
}
DIGITS = {"gbp": -3, "gbp a child": -2, "times": 1, "minutes": 1, "miles": 1}


@dataclass(frozen=True)
class Line:
    """A figure of the dashboard.

    Attributes
    ----------
    key, panel, label
        Its name for machines, the panel it stands in, and what people call it.
    unit
        One of `WRITE`.
    of
        Its values by academic year, from what a run published.
    aim
        Which way is good: "up", "down", or "" for neither.
    adds_up
        Whether its years are told together, and not how its last differs from its first.
    least
        How many it is at least in years in which it is withheld, worked out from what is told alone.
    """

    key: str
    panel: str
    label: str
    unit: str
    of: Callable[[Run], dict[int, Value]]
    aim: str = ""
    adds_up: bool = False
    least: Callable[[Run], dict[int, float]] = lambda _: {}

    def cell(self, shown: Value, least: float = 0.0) -> str:
        """Write a value, or how many it is at least where it is withheld and that is known."""
        return f"≥\u202f{self.write(least)}" if shown == WITHHELD and least else self.write(shown)

    def write(self, shown: Value) -> str:
        """Write a value as it may be told."""
        if shown is None:
            return NOTHING
        return figure(shown) if isinstance(shown, str) else WRITE[self.unit](shown)

    def told(self, shown: Value) -> Value:
        """Return a value for machines: as it is written, or as it is where it is no number."""
        return self.rounded(shown) if isinstance(shown, float) else shown

    def rounded(self, shown: float) -> float:
        """Return a value as it is written: changes are between what is told."""
        return round(shown, DIGITS.get(self.unit, 0)) + 0.0

    def points(self, values: dict[int, Value], years: Sequence[int]) -> list[float | None]:
        """Return what a line through the years is drawn of: what is told, so that equal figures lie level."""
        found = map(values.get, years)
        return [self.rounded(v) if isinstance(v, float) else None for v in found]


def _sum(run: Run, *columns: str) -> dict[int, Value]:
    """Return the sum of columns of `outcomes`: children by what becomes of them."""
    parts = [run.by_year("outcomes", column) for column in columns]
    add: Callable[..., float] = lambda *counts: sum(counts)  # noqa: E731
    return {year: of(add, *(part.get(year) for part in parts)) for year in run.years}


def _each(
    run: Run, make: Callable[..., float], *parts: dict[int, Value] | dict[int, float]
) -> dict[int, Value]:
    return {year: of(make, *(part.get(year) for part in parts)) for year in run.years}


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def wanting(run: Run) -> dict[int, Value]:
    """Return children who need a place."""
    return _sum(run, "local", "away", "independent", "unplaced")


def placed(run: Run) -> dict[int, Value]:
    """Return children who have one."""
    return _sum(run, "local", "away", "independent")


def local_share(run: Run) -> dict[int, Value]:
    """Return the share of children with a place whose place is this council's own, in per cent."""
    return _each(run, _share, _sum(run, "local"), placed(run))


def _state_cost(run: Run) -> dict[int, Value]:
    """Return place funding and top-up for each child in a state-funded place, empty places paid for included.

    Withheld where any number of children is: high needs spending less what others cost would tell it.
    """
    spent = run.money("place funding", "top-up")
    divide: Callable[..., float] = lambda gbp, children, _: _over(gbp, children)  # noqa: E731
    return _each(run, divide, spent, _sum(run, "local", "away"), wanting(run))


def _fee(run: Run) -> dict[int, Value]:
    return _each(run, _over, run.money("independent fees"), _sum(run, "independent"))


def _fees(run: Run) -> dict[int, Value]:
    """Return independent fees; withheld with the children whose fees they are, whom a fee would tell."""
    return _each(run, lambda gbp, _: gbp, run.money("independent fees"), _sum(run, "independent"))


def _over(gbp: float, children: float) -> float:
    return gbp / children if children else float("nan")


def known(values: dict[int, Value]) -> dict[int, Value]:
    """Return values with nothing where there is nobody to divide by."""
    return {year: None if v != v else v for year, v in values.items()}  # noqa: PLR0124


def _journey(column: str, scale: float = 1.0) -> Callable[[Run], dict[int, Value]]:
    def read(run: Run) -> dict[int, Value]:
        found = run.by_year("travel", column, phase="all")
        return {year: of(lambda v: scale * v, v) for year, v in found.items()}

    return read


def _within(column: str) -> Callable[[Run], dict[int, Value]]:
    """Return the share of children whose journey is not longer than that, in per cent."""

    def read(run: Run) -> dict[int, Value]:
        everyone = run.by_year("travel", "children", phase="all")
        longer = run.by_year("travel", column, phase="all")
        return _each(run, lambda far, all_of: 100 - _share(far, all_of), longer, everyone)

    return read


# Places


@dataclass(frozen=True)
class Room:
    """Specialist places here in a year: `used` may be withheld, `full` is of the `told` of `many` provisions alone.

    Of the rows whose use is told: `told_places`, and `told_used` of them.
    """

    places: float
    used: Value
    full: int
    told: int
    many: int
    told_places: float
    told_used: float

    @property
    def least(self) -> float:
        """How many are taken at least, where most of it is told; 0 where it is not."""
        return floor(self.told_used) if self.told_places >= MOSTLY * self.places else 0.0

    @property
    def share(self) -> Value:
        """Of the places whose use is told those taken, in per cent; withheld where that is not half of them."""
        if not self.places:
            return None
        enough = self.told_places and self.told_places >= HALF * self.places
        return float(floor(_share(self.told_used, self.told_places))) if enough else WITHHELD


def _base_kinds(run: Run) -> pd.Series[str]:
    """Return by provision which of the six kinds it counts as."""
    kinds = run.settings.get("kinds") or {}
    return run.provisions["kind"].map(lambda kind: kinds.get(kind, {}).get("counts_as", kind))


def specialist(run: Run) -> pd.DataFrame:
    """Return the rows of `use` for special schools and bases here that have so many places."""
    listed, base = run.provisions, _base_kinds(run)
    here = set(
        listed.index[base.isin(SPECIALIST) & ~listed["out_of_area"] & ~listed["independent"]]
    )
    rows = run.table("use")
    return rows[rows["provision"].isin(here) & (rows["places"] != "")]


def rooms(run: Run) -> dict[int, Room]:
    """Return specialist places here by year."""
    rows = specialist(run)
    return {year: _room(rows[rows["year"] == str(year)]) for year in run.years}


def _room(mine: pd.DataFrame) -> Room:
    full = told = 0
    for _, group in mine.groupby("provision"):
        if (group["used"] != WITHHELD).all():
            left = group["places"].astype(float).sum() - group["used"].astype(float).sum()
            told, full = told + 1, full + int(left < LEAST_ROOM)
    taken = of(lambda *counts: sum(counts), *map(value, mine["used"]))
    known = mine[mine["used"] != WITHHELD]
    places, told_places, told_used = (
        float(column.astype(float).sum())
        for column in (mine["places"], known["places"], known["used"])
    )
    many = mine["provision"].nunique()
    return Room(places, taken, full, told, many, told_places, told_used)


# Colleges


def _colleges(run: Run) -> pd.DataFrame:
    """Return the rows of `use` for colleges in other councils' areas."""
    listed, base = run.provisions, _base_kinds(run)
    there = set(listed.index[(base == "college") & listed["out_of_area"]])
    rows = run.table("use")
    return rows[rows["provision"].isin(there)]


def colleges(run: Run) -> dict[int, Value]:
    """Return students at colleges in other councils' areas; nothing at all where there is no such college."""
    rows = _colleges(run)
    if rows.empty:
        return {}
    add: Callable[..., float] = lambda *counts: float(sum(counts))  # noqa: E731
    by_year = {year: rows.loc[rows["year"] == str(year), "used"] for year in run.years}
    return {year: of(add, *map(value, used)) for year, used in by_year.items()}


def _colleges_least(run: Run) -> dict[int, float]:
    """Return how many they are at least: those at the colleges whose use is told."""
    rows = _colleges(run)
    told = rows[rows["used"] != WITHHELD]
    sums = told["used"].astype(float).groupby(told["year"].astype(int)).sum()
    return {int(str(year)): float(floor(count)) for year, count in sums.items()}


LINES = (
    Line("needing", "number", "Children who need a place", "children", wanting),
    Line("placed", "number", "of them with a place", "children", placed),
    Line("without", "number", "of them without a place", "children",
         lambda run: run.by_year("outcomes", "unplaced"), "down"),
    Line("places", "number", "Places in special schools and bases here", "places",
         lambda run: {year: room.places for year, room in rooms(run).items()}),
    Line("taken", "number", "of them taken", "places",
         lambda run: {year: room.used for year, room in rooms(run).items()},
         least=lambda run: {year: room.least for year, room in rooms(run).items()}),
    Line("taken_pct", "number", "share taken, of places whose use is told", "%",
         lambda run: {year: room.share for year, room in rooms(run).items()}),
    Line("full", "number", "Special schools and bases with no place left", "provisions",
         lambda run: {year: float(room.full) if room.told else None
                      for year, room in rooms(run).items()}),
    Line("local", "type", "In this council’s own places", "children",
         lambda run: run.by_year("outcomes", "local"), "up"),
    Line("local_pct", "type", "as a share of those with a place", "%", local_share, "up"),
    Line("away", "type", "In another council’s places", "children",
         lambda run: run.by_year("outcomes", "away")),
    Line("colleges", "type", "of them students at colleges", "children", colleges, least=_colleges_least),
    Line("independent", "type", "In independent places", "children",
         lambda run: run.by_year("outcomes", "independent"), "down"),
    Line("state_cost", "value", "A state-funded place of any kind, a child", "gbp a child",
         lambda run: known(_state_cost(run)), "down"),
    Line("fee", "value", "An independent place, a child", "gbp a child",
         lambda run: known(_fee(run)), "down"),
    Line("revenue", "value", "High needs spending", "gbp",
         lambda run: {**run.money(*(i for i, budget in ITEMS.items() if budget == REVENUE))}),
    Line("fees", "value", "of it independent fees", "gbp",
         _fees),
    Line("transport", "value", "Transport", "gbp",
         lambda run: {**run.money(*(i for i, budget in ITEMS.items() if budget == TRANSPORT))}),
    Line("capital", "value", "Capital, in opening years", "gbp",
         lambda run: {**run.money("capital cash")}, adds_up=True),
    Line("minutes", "location", "Mean journey, minutes one way", "minutes", _journey("mean_minutes")),
    Line("miles", "location", "Mean journey, miles one way", "miles", _journey("mean_km", MILES)),
    Line("over_45", "location", "Children whose journey is over 45 minutes", "children",
         _journey("over_45"), "down"),
    Line("within_45", "location", "Share of children within 45 minutes", "%", _within("over_45"), "up"),
    Line("within_75", "location", "within 75 minutes", "%", _within("over_75"), "up"),
)  # fmt: skip
BY_KEY = {line.key: line for line in LINES}

"""The scorecard on the dashboard: a table for each kind of period, so that no January stands between two years."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency import periods, scorecard
from sufficiency.evidence.dashboard.draw import spark
from sufficiency.evidence.dashboard.published import value
from sufficiency.evidence.dashboard.words import Travel, directed
from sufficiency.pounds import money
from sufficiency.report.parts import figure
from sufficiency.tables import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from sufficiency.evidence.dashboard.published import Run, Value
    from sufficiency.periods import Period

#: As many periods have a column, the latest; so wide a table still prints on A4.
MOST_PERIODS = 10


@dataclass(frozen=True)
class Recorded:
    """A measure of the scorecard.

    Attributes
    ----------
    values
        What stands under each period, written; "" where nothing is recorded.
    points
        Those that are recorded, as numbers; None for one that is withheld.
    besides
        Those of periods that have no column, written with their period.
    """

    measure: str
    deep: bool
    unit: str
    values: Sequence[str]
    points: Sequence[float | None]
    change: Travel
    target: str
    notes: Sequence[str]
    besides: Sequence[str] = ()

    @property
    def spark(self) -> str:
        """A line through its values."""
        return spark(self.points)


@dataclass(frozen=True)
class Group:
    """Measures recorded at periods of a kind: a row each, a column a period, in order; `earlier` ones have none."""

    title: str
    periods: Sequence[Period]
    rows: Sequence[Recorded]
    earlier: int = 0

    @property
    def targets(self) -> bool:
        """Whether any measure has one."""
        return any(row.target for row in self.rows)


@dataclass(frozen=True)
class Card:
    """The scorecard: its measures by kind of period, and where they are published."""

    groups: Sequence[Group]
    sources: Sequence[str]


def card(run: Run) -> Card | None:
    """Return the scorecard that a run wrote through; None if it has none."""
    rows = run.table(scorecard.FILE)
    if rows.empty:
        return None
    read = {text: found for text in rows["period"].unique() if (found := periods.read(text))}
    kinds = _kinds(read)
    families = [(family, _stands_in(family, kinds)) for family in _in_order(rows)]
    titles = dict.fromkeys(kind for _, there in families for kind in there)
    groups = [_group(kind, families, read, kinds) for kind in titles]
    return Card(groups, [text for text in dict.fromkeys(rows["source"]) if text])


def _kinds(read: Mapping[str, Period]) -> dict[str, str]:
    """Return the kind of every period; the only one of its kind stands among those of which there are most."""
    many = Counter(period.kind for period in read.values())
    most = max(many, key=lambda kind: many[kind], default="")
    return {code: period.kind if many[period.kind] > 1 else most for code, period in read.items()}


def _stands_in(family: Sequence[pd.DataFrame], kinds: Mapping[str, str]) -> list[str]:
    """Return the kinds of period in whose tables a measure and its parts stand: that of most of its values first."""
    codes = dict.fromkeys(code for mine in family for code in mine["period"])
    listed = Counter(kinds[code] for code in codes if code in kinds).most_common()
    return [kind for n, (kind, many) in enumerate(listed) if many > 1 or n == 0]


def _group(
    kind: str,
    families: Sequence[tuple[Sequence[pd.DataFrame], Sequence[str]]],
    read: Mapping[str, Period],
    kinds: Mapping[str, str],
) -> Group:
    """Return the table of a kind of period; what has no table of its own stands beside, where most of it is."""
    mine = [(family, there) for family, there in families if kind in there]
    codes = {code for family, _ in mine for one in family for code in one["period"]}
    columns = _ordered(read[code] for code in codes if kinds.get(code) == kind)
    rows = []
    for family, there in mine:
        apart = [read[code] for code in read if kind == there[0] and kinds[code] not in there]
        rows += [_recorded(one, columns, _ordered(apart)) for one in family]
    told = [row for row in rows if row.points or row.besides]
    return Group(f"By {kind}", columns[-MOST_PERIODS:], told, len(columns[:-MOST_PERIODS]))


def _ordered(found: Iterable[Period]) -> list[Period]:
    return sorted(found, key=lambda period: period.order)


def _in_order(rows: pd.DataFrame) -> list[list[pd.DataFrame]]:
    """Return the rows of each measure as they are listed, with those of its parts after them."""
    names = list(dict.fromkeys(zip(rows["part_of"], rows["measure"], strict=True)))
    left = list(names)

    def take(above: str, family: list[pd.DataFrame]) -> list[pd.DataFrame]:
        for part_of, measure in [name for name in left if name[0] == above]:
            if (part_of, measure) in left:
                left.remove((part_of, measure))
                family.append(rows[(rows["part_of"] == part_of) & (rows["measure"] == measure)])
                take(measure, family)
        return family

    found: list[list[pd.DataFrame]] = []
    for name in [name for name in names if not name[0]]:
        left.remove(name)
        mine = rows[(rows["part_of"] == "") & (rows["measure"] == name[1])]
        found.append(take(name[1], [mine]))
    return found


def _recorded(mine: pd.DataFrame, columns: Sequence[Period], apart: Sequence[Period]) -> Recorded:
    """Return a measure at the periods of a table, of which the latest have a column, and at those `apart`."""
    unit, aim = (next((text for text in mine[name] if text), "") for name in ("unit", "aim"))
    at = {text: value(cell) for text, cell in zip(mine["period"], mine["value"], strict=True)}
    shown, earlier = columns[-MOST_PERIODS:], columns[:-MOST_PERIODS]
    series, every = _told(at, columns), _told(at, _ordered([*columns, *apart]))
    if not _told(at, shown):
        apart = [*[period for period in earlier if period.code in at][-1:], *apart]
    targets = [text for text in mine["target"] if text]
    here = mine[mine["period"].isin([period.code for period in (*columns, *apart)])]
    return Recorded(
        measure=str(mine["measure"].iloc[0]),
        deep=bool(mine["part_of"].iloc[0]),
        unit=unit,
        values=[written(at[p.code], unit) if p.code in at else "" for p in shown],
        points=[v if isinstance(v, float) else None for v in series],
        change=_moved(series if len(series) > 1 else every, unit, aim),
        target=written(value(targets[-1]), unit) if targets else "",
        notes=_noted(here, [*columns, *apart]),
        besides=[
            f"{' '.join(p.short)}: {written(at[p.code], unit)}" for p in apart if p.code in at
        ],
    )


def _told(at: Mapping[str, Value], found: Iterable[Period]) -> list[Value]:
    """Return the values at some periods, where there are any."""
    return [v for period in found if (v := at.get(period.code)) is not None]


def _noted(mine: pd.DataFrame, order: Sequence[Period]) -> list[str]:
    """Return the notes on the values of a measure, each once, with the period of the first value it is of."""
    names = {period.code: " ".join(period.short) for period in order}
    first: dict[str, str] = {}
    for text, code in zip(mine["note"], mine["period"], strict=True):
        if text:
            first.setdefault(text, names.get(code, ""))
    everywhere = {text for text in first if (mine["note"] == text).all()}
    return [text if text in everywhere else f"{name}: {text}" for text, name in first.items()]


def _moved(told: Sequence[Value], unit: str, aim: str) -> Travel:
    """Return the change between the last two values that are recorded."""
    if len(told) < 2:
        return Travel("", "")
    before, now = told[-2:]
    if not isinstance(before, float) or not isinstance(now, float):
        return Travel("", "not told")
    change = round(now - before, 6)
    size = written(abs(change), unit).removesuffix("%")
    word = (
        "more"
        if change > 0
        else "fewer"
        if unit in (*PEOPLE, "places", "schools", "number")
        else "less"
    )
    if unit == "%":
        word = f"point{'' if size == '1' else 's'} {'more' if change > 0 else 'fewer'}"
    return directed(change, f"{size} {word}", aim)


def written(shown: Value, unit: str) -> str:
    """Write a value of the scorecard with its unit, where that is not in its name."""
    if not isinstance(shown, float):
        return figure(shown)
    text = f"{shown:,.1f}".removesuffix(".0")
    if unit == "£":
        return f"{'−' if shown < 0 else ''}{money(abs(shown), short=abs(shown) >= 1e6)}"
    return f"{text}%" if unit == "%" else text


def recorded(run: Run, key: str) -> str:
    """Return what the council last recorded of a figure, in words; "" where no measure is said to be that."""
    rows = run.table(scorecard.FILE)
    if rows.empty or "beside" not in rows:
        return ""
    mine = rows[rows["beside"] == key]
    dated = [
        (period.order, n) for n, code in enumerate(mine["period"]) if (period := periods.read(code))
    ]
    if not dated:
        return ""
    last = mine.iloc[max(dated)[1]]
    period = periods.read(last["period"])
    shown = written(value(last["value"]), last["unit"])
    return f"Recorded: {shown} ({period.name if period else ''})"

"""The pictures of plans side by side: whose money changes, who gains and loses, and what transport saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.charts.canvas import Words
from sufficiency.charts.columns import Columns, Series, draw_columns
from sufficiency.charts.either_way import Balance, Part, Ranges, draw_balance, draw_ranges
from sufficiency.evidence.compare.told import ALL
from sufficiency.evidence.compare.words import group_name, signed, takes, total
from sufficiency.evidence.counts import WITHHELD
from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.pounds import less_or_more, money
from sufficiency.report.parts import Drawing, academic

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    import pandas as pd

    from sufficiency.evidence.compare.told import Comparison

BUDGET_WORDS = {REVENUE: "High needs revenue", TRANSPORT: "Transport", CAPITAL: "Capital"}


def drawings(found: Comparison, source: str) -> Iterator[Drawing]:
    """Yield the pictures: by year and need of one option, or option by option of several."""
    yield _spending(found, source)
    yield _travel(found, source)
    if balance := _gains(found, source):
        yield balance


def _drawing(words: Words, svg: str) -> Drawing:
    return Drawing(words.key, words.title, words.alt, svg, None, "chart")


def _alone(found: Comparison) -> bool:
    return len(found.sides) == 1


def _names(found: Comparison) -> list[str]:
    return [side.after.name for side in found.sides]


def _spending(found: Comparison, source: str) -> Drawing:
    """Draw by how much each budget changes: by year, or over all years by option."""
    rows = found.money[found.money["budget"].isin(BUDGET_WORDS)]
    along = "year" if _alone(found) else "option"
    sums = rows.pivot_table("change_gbp", "budget", along, aggfunc="sum")
    places = [academic(int(y)) for y in sums.columns] if _alone(found) else _names(found)
    series = [
        Series(name, [float(gbp) / 1e6 for gbp in sums.loc[[budget]].to_numpy()[0]])
        for budget, name in BUDGET_WORDS.items()
    ]
    if _alone(found):
        when, which = f" a year by {academic(found.last_year)}", int(found.last_year)
    else:
        which = int(str(sums.loc[REVENUE].idxmin()))
        when = " over all years"
    told = [less_or_more(0.0, sums[which][budget]) for budget in (REVENUE, TRANSPORT)]
    name = _names(found)[0 if _alone(found) else int(which)]
    spends = f"{name} spends {told[0]} on high needs and {told[1]} on transport{when}"
    title = f"Against {found.base.name}, {spends}"
    words = Words(
        "compare-spending",
        title,
        f"Change in spending against {found.base.name}, £ million",
        source,
        f"{title}. Columns by {along} for high needs revenue, transport and capital; the figures stand in the table.",
    )
    return _drawing(words, draw_columns(Columns(words, places, series, write=_millions)))


def _millions(value: float) -> str:
    return signed(value, "{:,.1f}".format)


def _pounds(value: float) -> str:
    return signed(value, money)


def _travel(found: Comparison, source: str) -> Drawing:
    """Draw what transport saves, as a range: by year, or in the last year by option."""
    rows = found.told_savings[found.told_savings["by"] == ALL]
    if not _alone(found):
        rows = rows[rows["year"] == found.last_year]
    names = [academic(int(y)) for y in rows["year"]] if _alone(found) else _names(found)
    ends = [
        None if low == WITHHELD else (float(low), float(high))
        for low, high in zip(rows["gbp_low"], rows["gbp_high"], strict=True)
    ]
    last = [found.money["year"] == found.last_year, found.money["budget"] == TRANSPORT]
    spent = found.money[last[0] & last[1]].set_index("option")["change_gbp"]
    most = int(str(spent.idxmin()))
    best = total(found, most, found.last_year)
    title = f"By {academic(found.last_year)} {takes(best, f' in {_names(found)[most]}')}"
    words = Words(
        "compare-travel",
        title,
        f"Transport saved a year against {found.base.name}: from whole vehicles to pro rata; left of nought is more",
        source,
        f"{title}. A bar by {'year' if _alone(found) else 'option'}; the figures stand in the table.",
    )
    return _drawing(words, draw_ranges(Ranges(words, names, ends, _pounds)))


#: What may become of a child, by the column that counts it: what it is called, and its fill.
GAINS = {"all_shorter": ("Shorter journey", 0), "gained": ("A place instead of none", 1)}
LOSSES = {"all_longer": ("Longer journey", 3), "lost": ("No place instead of one", 2)}


def _gains(found: Comparison, source: str) -> Drawing | None:
    """Draw who gains and who loses in the last year: by need, or by option."""
    told = found.told_changes[found.told_changes["year"] == found.last_year]
    rows = told[told["by"].isin([ALL, "need"])] if _alone(found) else told[told["by"] == ALL]
    drawn = [_anybody(row) for row in rows.to_dict("records")]
    rows = rows[drawn]
    if rows.empty:
        return None
    names = [_called(row, found) for row in rows.to_dict("records")]
    first = rows.iloc[0]
    title = (
        f"{'' if _alone(found) else names[0] + ': '}In {academic(found.last_year)} journeys are shorter for "
        f"{_about(first['all_shorter'], found)} and longer for {_about(first['all_longer'], found)}"
    )
    few = "" if all(drawn) else "; rows of nobody, or of too few to tell, are left out"
    words = Words(
        "compare-gains",
        title,
        f"Children who gain and who lose against {found.base.name}, to the nearest five{few}",
        source,
        f"{title}. Bars to the right gain, to the left lose; the figures stand in the table.",
    )
    lose, gain = (_parts(rows, columns) for columns in (LOSSES, GAINS))
    return _drawing(words, draw_balance(Balance(words, names, lose, gain, ("lose", "gain"))))


def _called(row: Mapping[Hashable, Any], found: Comparison) -> str:
    if not _alone(found):
        return _names(found)[int(row["option"])]
    return "All children" if row["by"] == ALL else group_name("need", row["group"], found)


def _parts(rows: pd.DataFrame, columns: Mapping[str, tuple[str, int]]) -> list[Part]:
    """Return what goes one way; what nobody is in is left out, but for the first."""
    parts = [
        Part(name, fill, [None if cell == WITHHELD else float(cell) for cell in rows[column]])
        for column, (name, fill) in columns.items()
    ]
    return [part for n, part in enumerate(parts) if n == 0 or not part.is_empty]


def _anybody(row: Mapping[Hashable, Any]) -> bool:
    """Whether it is told of a row that anybody gains or loses."""
    return any(row[name] not in (0, WITHHELD) for name in (*GAINS, *LOSSES))


def _about(count: object, found: Comparison) -> str:
    if count == WITHHELD:
        return f"fewer than {found.counts.threshold}"
    return "nobody" if not count else f"about {float(str(count)):,.0f}"

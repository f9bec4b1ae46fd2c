"""The pictures of plans side by side: whose money changes, who gains and loses, and what transport saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.charts.canvas import Words
from sufficiency.charts.columns import Columns, Series, draw_columns
from sufficiency.charts.either_way import Balance, Part, Ranges, draw_balance, draw_ranges
from sufficiency.evidence.compare_told import ALL
from sufficiency.evidence.compare_words import group_name, less, signed, total
from sufficiency.evidence.counts import WITHHELD
from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.report.parts import Drawing, academic, less_or_more, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sufficiency.evidence.compare_told import Comparison

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
        Series(name, [v / 1e6 for v in sums.loc[budget]]) for budget, name in BUDGET_WORDS.items()
    ]
    when = f"By {academic(found.last_year)}" if _alone(found) else "Over all years"
    last = rows[rows["option"] == len(found.sides) - 1]
    if _alone(found):
        last = last[last["year"] == found.last_year]
    each = [
        less_or_more(0.0, float(last.loc[last["budget"] == b, "change_gbp"].sum()))
        for b in (REVENUE, TRANSPORT)
    ]
    a_year = " a year" if _alone(found) else ""
    title = (
        f"{when} {_names(found)[-1]} takes {each[0].replace('the same', 'the same high needs revenue')}"
        f"{'' if each[0] == 'the same' else ' high needs revenue'}{a_year} than {found.base.name}, and "
        f"{each[1]} transport"
    )
    words = Words(
        "compare-spending",
        title,
        f"Change in spending against {found.base.name}, £ million",
        source,
        f"{title}. Columns by {along} for high needs revenue, transport and capital; the figures stand in the table.",
    )
    write = lambda value: signed(value, "{:,.1f}".format)  # noqa: E731
    return _drawing(words, draw_columns(Columns(words, places, series, write=write)))


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
    last = total(found, len(found.sides) - 1, found.last_year)
    said = less(last["gbp_low"], last["gbp_high"])
    title = f"By {academic(found.last_year)} transport in {_names(found)[-1]} takes {said} a year"
    words = Words(
        "compare-travel",
        title,
        f"Transport saved a year against {found.base.name}: from whole vehicles to pro rata; left of nought is more",
        source,
        f"{title}. A bar by {'year' if _alone(found) else 'option'}; the figures stand in the table.",
    )
    write = lambda value: signed(value, money)  # noqa: E731
    return _drawing(words, draw_ranges(Ranges(words, names, ends, write)))


def _gains(found: Comparison, source: str) -> Drawing | None:
    """Draw who gains and who loses in the last year: by need, or by option."""
    told = found.told_changes[found.told_changes["year"] == found.last_year]
    whole = told[told["by"] == ALL]
    if whole.empty:
        return None
    rows = told[told["by"].isin([ALL, "need"])] if _alone(found) else whole
    rows = rows[[_anything(row) for row in rows.to_dict("records")]]
    if rows.empty:
        return None
    names = [
        "All children" if row["by"] == ALL and _alone(found)
        else group_name("need", row["group"], found) if _alone(found)
        else _names(found)[int(row["option"])]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    last = whole.iloc[-1]
    title = (
        f"In {academic(found.last_year)} journeys are shorter for {_about(last['all_shorter'], found)}"
        f" and longer for {_about(last['all_longer'], found)}"
    )
    gains = [Part("Shorter journey", 0, _values(rows, "all_shorter")),
             Part("A place instead of none", 1, _values(rows, "gained"))]  # fmt: skip
    losses = [Part("Longer journey", 3, _values(rows, "all_longer")),
              Part("No place instead of one", 2, _values(rows, "lost"))]  # fmt: skip
    words = Words(
        "compare-gains",
        title,
        f"Children who gain and who lose against {found.base.name}, to the nearest five; a minute or more",
        source,
        f"{title}. Bars to the right gain, to the left lose; the figures stand in the table.",
    )
    shown = [[part for part in side if not part.is_empty] for side in (losses, gains)]
    shown = [side or both[:1] for side, both in zip(shown, (losses, gains), strict=True)]
    chart = Balance(words, names, *shown, ("lose", "gain"))
    return _drawing(words, draw_balance(chart))


def _anything(row: dict[object, object]) -> bool:
    """Whether anybody gains or loses in a row."""
    return any(row[name] != 0 for name in ("all_shorter", "all_longer", "gained", "lost"))


def _values(rows: pd.DataFrame, column: str) -> list[float | None]:
    return [None if cell == WITHHELD else float(cell) for cell in rows[column]]


def _about(count: object, found: Comparison) -> str:
    if count == WITHHELD:
        return f"fewer than {found.counts.threshold}"
    return "nobody" if not count else f"about {float(str(count)):,.0f}"

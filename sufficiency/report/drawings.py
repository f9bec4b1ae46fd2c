"""The charts of a report: which figures each shows, and the title that says what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.charts.canvas import Words
from sufficiency.charts.columns import Columns, Series, draw_columns
from sufficiency.charts.rows import Bars, Heat, Span, Timeline, draw_bars, draw_heat, draw_timeline
from sufficiency.findings import ALL, BANDS
from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.pounds import SAME_GBP, less_or_more, money
from sufficiency.report.headline import of_all
from sufficiency.report.parts import (
    Drawing,
    Table,
    academic,
    counted,
    figure,
    heading,
    in_words,
    is_missing,
    is_withheld,
    numbers,
    stamp_line,
    stamps,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from sufficiency.report.parts import Plan

PLAN, BASELINE = "With the plan", "If nothing is built"
#: Where children are, in the order of a stack from its foot.
PLACE_WORDS = {
    "local": "In this council’s own places",
    "away": "State places out of area",
    "independent": "Independent",
    "unplaced": "Without a place",
}
BAND_WORDS = {
    "under_15": "Under 15",
    "from_15_to_30": "15 to under 30",
    "from_30_to_45": "30 to under 45",
    "from_45_to_60": "45 to under 60",
    "from_60_to_75": "60 to under 75",
    "from_75": "75 or more",
}
CHANGE_WORDS = {
    "much_shorter": "Shorter by 15 minutes or more",
    "shorter": "Shorter by 1 to under 15",
    "longer": "Longer by 1 to under 15",
    "much_longer": "Longer by 15 minutes or more",
    "gained": "A place instead of none",
    "lost": "No place instead of one",
}
#: Rows of a heat chart beyond which only the largest are drawn.
MOST_ROWS = 20
#: Changes of spending are drawn in millions from so many pounds, in thousands under it.
LEAST_MILLION = 1e6
#: Per cent from which a pool counts as full.
FULL_PCT = 95.0


def _words(plan: Plan, key: str, title: str, subtitle: str, more: str = "") -> Words:
    source = f"{plan.summary['title']}. {stamp_line(stamps(plan))}"
    table = "The figures stand in the table beside it."
    return Words(f"chart-{key}", title, subtitle, source, f"{subtitle}. {more or title}. {table}")


def _drawing(words: Words, svg: str, table: Table | None = None) -> Drawing:
    return Drawing(words.key.removeprefix("chart-"), words.title, words.alt, svg, table, "chart")


def _value(cell: object) -> float | None:
    """Return a published cell as a number, None where it is withheld; what is missing is nought."""
    if is_withheld(cell):
        return None
    return 0.0 if is_missing(cell) else float(str(cell))


def timeline(plan: Plan, schemes: pd.DataFrame) -> Drawing:
    """Show when each scheme opens. `schemes` are in the order of the table."""
    base, years = plan.summary["base_year"], plan.summary["years"]
    spans = [
        Span(
            str(row["name"]),
            None
            if row["decision"] == "not chosen"
            else min(max(int(row["year"]) - base, 0), years - 1),
            f"{figure(row['places'])} places, {money(float(row['capital_gbp']))}",
            0 if row["decision"] == "opens" else 1,
        )
        for row in schemes.to_dict("records")
    ]
    opens = schemes[schemes["decision"] == "opens"]
    title = "No proposed scheme opens"
    if not opens.empty:
        first, last = int(opens["year"].min()), int(opens["year"].max())
        span = (
            f"in {academic(first)}"
            if first == last
            else f"between {academic(first)} and {academic(last)}"
        )
        open_ = "scheme opens" if len(opens) == 1 else "schemes open"
        title = f"{in_words(len(opens)).capitalize()} proposed {open_} {span}"
    words = _words(plan, "timeline", title, "Schemes by opening year; places once built up in full")
    key = [(0, "Opens in the plan"), (1, "Already committed")]
    used = {span.fill for span in spans if span.start is not None}
    heads = _years_of(plan)
    chart = Timeline(words, heads, spans, [k for k in key if k[0] in used])
    return _drawing(words, draw_timeline(chart))


def _years_of(plan: Plan) -> list[str]:
    return [academic(plan.summary["base_year"] + n) for n in range(plan.summary["years"])]


def outcomes(plan: Plan) -> Drawing | None:
    """Show where children are, year by year; nothing where a plan is for nobody."""
    table = plan.published.outcomes
    if table.empty:
        return None
    names = [academic(int(year)) for year in table["year"]]
    series = [
        Series(words, [_value(cell) for cell in table[place]])
        for place, words in PLACE_WORDS.items()
    ]
    last = table.iloc[-1]
    title = (
        f"In {names[-1]}, {figure(last['local'])} of the children modelled are in this council’s own places, "
        f"{figure(last['independent'])} in independent ones"
    )
    words = _words(plan, "outcomes", title, "Children modelled, by where they are placed")
    rows = [
        [heading(name), *numbers(figure(row[place]) for place in PLACE_WORDS)]
        for name, row in zip(names, table.to_dict("records"), strict=True)
    ]
    heads = ["Year", *PLACE_WORDS.values()]
    made = Table("Children by where they are placed", heads, rows, frozenset(range(1, 5)))
    return _drawing(words, draw_columns(Columns(words, names, series, stacked=True)), made)


def pair(
    plan: Plan,
    key: str,
    titles: tuple[str, str],
    head: str,
    names: Sequence[str],
    cells: Sequence[Sequence[object]],
) -> Drawing:
    """Show figures of building nothing beside those of the plan.

    Parameters
    ----------
    titles
        Title and subtitle.
    head, names
        What stands along the axis: what kind of thing, and each.
    cells
        Published figures of building nothing, and of the plan.
    """
    words = _words(plan, key, *titles)
    series = [
        Series(name, [_value(cell) for cell in row])
        for name, row in zip((BASELINE, PLAN), cells, strict=True)
    ]
    rows = [
        [heading(name), *numbers([figure(before), figure(after)])]
        for name, before, after in zip(names, *cells, strict=True)
    ]
    table = Table(titles[1], [head, BASELINE, PLAN], rows, frozenset({1, 2}))
    return _drawing(words, draw_columns(Columns(words, names, series)), table)


def independent(plan: Plan) -> Drawing | None:
    """Show children in independent places, against building nothing."""
    if plan.compared is None:
        return None
    after, before = plan.published.outcomes, plan.compared.baseline.outcomes
    names = [academic(int(year)) for year in after["year"]]
    ends = figure(before["independent"].iloc[-1]), figure(after["independent"].iloc[-1])
    title = (
        f"In {names[-1]}, {ends[1]} children are in independent places, against {ends[0]} if nothing is built"
        if ends[0] != ends[1]
        else f"As many children are in independent places in {names[-1]} as if nothing were built"
    )
    cells = [list(before["independent"]), list(after["independent"])]
    subtitle = "Children modelled in independent places, by academic year"
    return pair(plan, "independent", (title, subtitle), "Year", names, cells)


def bands(plan: Plan) -> Drawing | None:
    """Show children by length of journey in the last year, against building nothing."""
    if plan.compared is None:
        return None
    year = plan.last_year
    cells = []
    for published in (plan.compared.baseline, plan.published):
        rows = published.travel[
            (published.travel["phase"] == ALL) & (published.travel["year"] == year)
        ]
        cells.append([rows[band].iloc[0] if len(rows) else 0.0 for band in BANDS])
    means = [
        figure(of_all(p, "mean_minutes").get(year), 1)
        for p in (plan.compared.baseline, plan.published)
    ]
    title = f"In {academic(year)} the mean journey is {means[1]} minutes, against {means[0]} if nothing is built"
    subtitle = f"Children by minutes one way, {academic(year)}"
    return pair(plan, "bands", (title, subtitle), "Minutes", list(BAND_WORDS.values()), cells)


def changes(plan: Plan) -> Drawing | None:
    """Show winners and losers in the last year."""
    if plan.compared is None:
        return None
    table = plan.compared.changes
    rows = table[
        (table["year"] == plan.last_year) & (table["phase"] == ALL) & (table["need"] == ALL)
    ]
    if rows.empty:
        return None
    row = rows.iloc[0]
    names = [
        name for name in CHANGE_WORDS if name not in ("gained", "lost") or _value(row[name]) != 0
    ]
    shorter, longer = _about(row["all_shorter"], plan), _about(row["all_longer"], plan)
    title = (
        f"In {academic(plan.last_year)} journeys are shorter for {shorter}, and longer for {longer}"
    )
    subtitle = "Children whose modelled journey differs from building nothing, to the nearest five"
    words = _words(plan, "changes", title, subtitle)
    fills = [0 if "shorter" in name or name == "gained" else 2 for name in names]
    shown = [CHANGE_WORDS[name] for name in names]
    chart = Bars(words, shown, [_value(row[name]) for name in names], fills)
    return _drawing(words, draw_bars(chart))


def _about(count: object, plan: Plan) -> str:
    if is_withheld(count):
        return f"fewer than {plan.summary['threshold']} children"
    return "nobody" if not _value(count) else f"about {figure(count)} children"


def spending(plan: Plan) -> Drawing | None:
    """Show by how much each budget changes in each year against building nothing."""
    if plan.compared is None:
        return None
    years = [plan.summary["base_year"] + n for n in range(plan.summary["years"])]
    sums = [_by_budget(p.ledger) for p in (plan.compared.baseline, plan.published)]
    budgets = {
        REVENUE: "High needs revenue",
        TRANSPORT: "Transport",
        CAPITAL: "Capital",
    }
    change = {
        budget: [sums[1][budget, year] - sums[0][budget, year] for year in years]
        for budget in budgets
    }
    begins = _begins(plan, years)
    before = max((abs(gbp) for values in change.values() for gbp in values[:begins]), default=0.0)
    million = max(abs(gbp) for values in change.values() for gbp in values) >= LEAST_MILLION
    unit, write = (1e6, _signed) if million else (1e3, _signed_whole)
    last = academic(years[-1])
    told = [
        f"{budgets[budget][0].lower()}{budgets[budget][1:]} is "
        + _than(less_or_more(sums[0][budget, years[-1]], sums[1][budget, years[-1]]))
        for budget in (REVENUE, TRANSPORT)
    ]
    title = f"By {last}, {told[0]} a year if the schemes are built, and {told[1]}"
    prices = plan.context.settings.money.price_base
    what = "Change in spending against building nothing"
    scale = f"£ {'million' if million else 'thousand'} at {prices} prices"
    words = _words(plan, "spending", title, f"{what}, {scale}{_until(years, begins, before)}")
    names = [academic(year) for year in years[begins:]]
    values = {budget: [gbp / unit for gbp in found[begins:]] for budget, found in change.items()}
    series = [Series(budgets[budget], found) for budget, found in values.items()]
    rows = [
        [heading(budgets[budget]), *numbers(map(write, found))] for budget, found in values.items()
    ]
    table = Table(f"{what}, {scale}", ["Budget", *names], rows, frozenset(range(1, len(names) + 1)))
    return _drawing(
        words, draw_columns(Columns(words, names, series, changes=True, write=write)), table
    )


def _begins(plan: Plan, years: Sequence[int]) -> int:
    """Return the place among the years of the first in which a scheme opens that nothing built has not."""
    schemes = plan.published.schemes
    opens = schemes[schemes["decision"] == "opens"]
    return 0 if opens.empty else max(0, min(int(opens["year"].min()) - years[0], len(years) - 1))


def _until(years: Sequence[int], begins: int, gbp: float) -> str:
    """Say what changes before the first year that is shown, if there are such years."""
    if not begins:
        return ""
    first = academic(years[begins])
    if gbp < SAME_GBP:
        return f". Nothing changes before {first}, when the first proposed scheme opens"
    return f". Before {first}, when the first proposed scheme opens, no budget changes by more than {money(gbp)} a year"


def _than(words: str) -> str:
    return words.replace("less", "lower").replace("more", "higher")


def _signed(value: float) -> str:
    """Write millions with a sign that is read as one, and nought as nought."""
    return figure(value, 1) if round(abs(value), 1) else "0"


def _signed_whole(value: float) -> str:
    """Write thousands as `_signed` writes millions."""
    return figure(value)


def _by_budget(ledger: pd.DataFrame) -> Mapping[tuple[str, int], float]:
    sums: dict[tuple[str, int], float] = {}
    for budget, year, gbp in zip(ledger["budget"], ledger["year"], ledger["gbp"], strict=True):
        sums[budget, year] = sums.get((budget, year), 0.0) + gbp
    return sums


def fullness(
    plan: Plan, pools: Sequence[tuple[str, float, Mapping[int, object]]]
) -> Drawing | None:
    """Show how full pools are.

    Parameters
    ----------
    pools
        What each is called, its most places, and by year what per cent of it is used, as published.
    """
    limited = [pool for pool in pools if pool[2]]
    if not limited:
        return None
    most = sorted(limited, key=lambda pool: -pool[1])[:MOST_ROWS]
    drawn = [pool for pool in limited if pool in most]
    years = [plan.summary["base_year"] + n for n in range(plan.summary["years"])]
    nothing = float("nan")
    values = [[_share(found.get(year, nothing)) for year in years] for _, _, found in drawn]
    title = _full(academic(years[-1]), [found.get(years[-1], nothing) for *_, found in limited])
    some = f"; the {MOST_ROWS} largest of {len(limited)}" if len(limited) > len(drawn) else ""
    words = _words(plan, "fullness", title, f"Places used, of those there are{some}")
    rows = [
        [heading(name), *numbers(_per_cent(found.get(year, nothing)) for year in years)]
        for name, _, found in drawn
    ]
    heads = ["Provision, needs and year groups", *_years_of(plan)]
    table = Table(words.subtitle, heads, rows, frozenset(range(1, len(heads))))
    chart = Heat(words, [name for name, _, _ in drawn], _years_of(plan), values)
    return _drawing(words, draw_heat(chart), table)


def _full(year: str, cells: Sequence[object]) -> str:
    """Say how many groups of places are full in a year, and of how many it is told.

    Parameters
    ----------
    cells
        The use of every group in that year, as published: per cent, withheld, or nothing where it has no places.
    """
    there = [cell for cell in cells if is_withheld(cell) or not is_missing(cell)]
    known = [float(str(cell)) for cell in there if not is_withheld(cell)]
    full = sum(value >= FULL_PCT for value in known)
    are = "is" if full == 1 else "are"
    said = f"{in_words(full)} of {counted(len(known), 'group')} of places"
    hidden = len(there) - len(known)
    if hidden:
        said = f"{in_words(full)} of the {counted(len(known), 'group')} of places that can be told"
    more = f"; the other {in_words(hidden)}, of {in_words(len(there))}, {'is' if hidden == 1 else 'are'} withheld"
    return f"In {year}, {said} {are} {FULL_PCT:g}% full or more{more if hidden else ''}"


def _share(cell: object) -> float | None:
    return None if is_withheld(cell) else float(str(cell))


def _per_cent(cell: object) -> str:
    return figure(cell) if is_withheld(cell) or is_missing(cell) else f"{figure(cell)}%"

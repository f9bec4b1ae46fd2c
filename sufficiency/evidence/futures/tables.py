"""The tables and pictures of many futures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.charts.canvas import SEQUENCE, Words
from sufficiency.charts.panels import Band, Panel, Panels, Trace, draw_panels, evenly
from sufficiency.charts.rows import Bars, draw_bars
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.futures.draws import PARAMETERS
from sufficiency.evidence.futures.find import FOR_MEAN, FOR_REGRET, KNOWN, PLAN, Futures, Programme
from sufficiency.ledger import CAPITAL, TRANSPORT
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import less_or_more, money
from sufficiency.report.parts import (
    Cell,
    Drawing,
    Table,
    academic,
    counted,
    heading,
    in_words,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.problem import Floats
    from sufficiency.evidence.accounts import Account

#: Percentiles that are told.
PERCENTILES = (5, 25, 50, 75, 95)
#: Share of futures from which a scheme is called sure.
SURE = 0.95
#: Programmes whose percentiles are told, in order.
TOLD = (PLAN, FOR_MEAN, KNOWN)


def counts_of(found: Futures) -> Counts:
    """Return the rule on what may be told of children."""
    return Counts.of(found.prepared.case.settings)


def figures(found: Futures) -> dict[str, tuple[bool, Callable[[Account], float]]]:
    """Return the headline figures: whether it is of children, and its number in an account."""
    return {
        "Child-years without a place": (True, lambda a: a.unplaced),
        "Child-years in independent schools": (
            True,
            lambda a: float(a.outcome("independent").sum()),
        ),
        "Children in independent schools in the last year": (
            True,
            lambda a: float(a.outcome("independent")[-1]),
        ),
        "Real cost, discounted": (False, lambda a: a.real_gbp(found.factor)),
        "Transport, all years": (False, lambda a: float(a.budget(TRANSPORT).sum())),
        "Capital, all years": (False, lambda a: float(a.budget(CAPITAL).sum())),
    }


def told_programmes(found: Futures) -> dict[str, Programme]:
    """Return the programmes whose percentiles are told, each once."""
    named = {**found.programmes, KNOWN: found.known}
    if found.programmes[FOR_MEAN].opening == found.programmes[PLAN].opening:
        del named[FOR_MEAN]
    return {name: named[name] for name in TOLD if name in named}


def values(programme: Programme, number: Callable[[Account], float]) -> Floats:
    """(F,) a figure in every future."""
    return np.array([number(account) for account in programme.accounts])


def percentiles(found: Futures, counts: Counts | None) -> pd.DataFrame:
    """Return the percentiles of every headline figure; exact where no rule is given of what may be told."""
    rows = []
    for figure, (children, number) in figures(found).items():
        for name, programme in told_programmes(found).items():
            at = np.percentile(values(programme, number), PERCENTILES)
            told = [
                counts.shown(float(v)) if children and counts else round(float(v), 2) for v in at
            ]
            named = {f"p{pct:02d}": value for pct, value in zip(PERCENTILES, told, strict=True)}
            rows.append({"figure": figure, "programme": name, **named})
    return pd.DataFrame(rows)


def percentile_table(found: Futures) -> Table:
    """Return the percentiles as people read them."""
    counts = counts_of(found)
    rows: list[Sequence[Cell]] = []
    named = told_programmes(found)
    for figure, (children, number) in figures(found).items():
        for n, (name, programme) in enumerate(named.items()):
            at = np.percentile(values(programme, number), PERCENTILES)
            told = [counts.text(float(v)) if children else money(float(v)) for v in at]
            first = [] if n else [heading(figure, "rowgroup", len(named))]
            rows.append([*first, heading(name[:1].upper() + name[1:]), *numbers(told)])
    heads = ["Figure", "Schemes", *(f"p{pct:02d}" for pct in PERCENTILES)]
    caption = f"Percentiles over {len(found.draws)} futures: p05 is passed by 95 in 100, p50 is the median"
    return Table(caption, heads, rows, frozenset(range(2, len(heads))))


def usual_year(found: Futures, scheme: int) -> int | None:
    """Return the year in which a scheme opens most often in the best plans that have it; the earliest of several."""
    years = Counter(opening[scheme] for opening in found.openings if opening[scheme] >= 0)
    if not years:
        return None
    base = found.prepared.case.settings.base_year
    return base + min(years, key=lambda t: (-years[t], t))


def opening_year(found: Futures, programme: str, scheme: int) -> int | None:
    """Return the year in which a programme opens a scheme."""
    t = found.programmes[programme].opening[scheme]
    return found.prepared.case.settings.base_year + t if t >= 0 else None


def schemes(found: Futures) -> pd.DataFrame:
    """Return a row a scheme: the share of futures whose best plan has it, and when it opens."""
    return pd.DataFrame(
        [
            {
                "scheme_id": scheme.scheme_id,
                "name": scheme.name,
                "share_of_futures_pct": round(100 * found.share(k), 2),
                "usual_year": usual_year(found, k),
                "plan_year": opening_year(found, PLAN, k),
                "average_year": opening_year(found, FOR_MEAN, k),
                "regret_year": opening_year(found, FOR_REGRET, k),
            }
            for k, scheme in enumerate(found.schemes)
        ]
    ).astype({f"{name}_year": "Int64" for name in ("usual", "plan", "average", "regret")})


def scheme_table(found: Futures) -> Table:
    """Return the same as people read it, the surest first."""
    order = sorted(range(len(found.schemes)), key=lambda k: -found.share(k))
    rows = [
        [
            heading(found.schemes[k].scheme_id),
            Cell(found.schemes[k].name),
            *numbers(
                [
                    f"{100 * found.share(k):.0f}%",
                    str(usual_year(found, k) or "never"),
                    *(str(opening_year(found, p, k) or "no") for p in (PLAN, FOR_MEAN, FOR_REGRET)),
                ]
            ),
        ]
        for k in order
    ]
    heads = [
        "Scheme",
        "Name",
        "Futures whose best plan has it",
        "Usual year",
        "The plan",
        "For the average",
        "For the worst regret",
    ]
    return Table("How sure each scheme is", heads, rows, frozenset(range(2, 7)))


def worst(found: Futures, programme: Programme) -> tuple[float, float, float]:
    """Return the real money by which a programme is above the best of its worst future; child-years then, and there."""
    at = int((programme.costs - found.known.costs).argmax())
    one, other = programme.accounts[at], found.known.accounts[at]
    return one.real_gbp(found.factor) - other.real_gbp(found.factor), one.unplaced, other.unplaced


def programmes(found: Futures, counts: Counts | None) -> pd.DataFrame:
    """Return a row a programme: what opens, and its pair on average and against the best in its worst future."""
    rows = []
    for name, programme in {**found.programmes, KNOWN: found.known}.items():
        unplaced = float(np.mean([account.unplaced for account in programme.accounts]))
        gbp, then, known = worst(found, programme)
        more = counts.cell_of_change(known, then) if counts else round(then - known, 4)
        rows.append(
            {
                "programme": name,
                "opens": opens(found, programme),
                "mean_real_cost_gbp": round(mean_gbp(found, programme), 2),
                "mean_unplaced_child_years": counts.cell(unplaced)
                if counts
                else round(unplaced, 4),
                "worst_real_cost_regret_gbp": round(gbp, 2),
                "worst_unplaced_regret_child_years": more,
            }
        )
    return pd.DataFrame(rows)


def mean_gbp(found: Futures, programme: Programme) -> float:
    """Return a programme's real cost on average over the futures."""
    return float(np.mean([account.real_gbp(found.factor) for account in programme.accounts]))


def opens(found: Futures, programme: Programme) -> str:
    """Say what a programme opens, and when."""
    base = found.prepared.case.settings.base_year
    each = zip(found.schemes, programme.opening, strict=False)
    return "|".join(f"{scheme.scheme_id} {base + t}" for scheme, t in each if t >= 0)


def programme_table(found: Futures) -> Table:
    """Return the same as people read it."""
    counts, rows = counts_of(found), []
    for name, programme in {**found.programmes, KNOWN: found.known}.items():
        unplaced = float(np.mean([account.unplaced for account in programme.accounts]))
        gbp, then, known = worst(found, programme)
        regret = [less_or_more(0.0, gbp), counts.text_of_change(known, then)]
        rows.append(
            [
                heading(name[:1].upper() + name[1:]),
                Cell(_opens_words(found, name, programme)),
                *numbers([money(mean_gbp(found, programme)), counts.text(unplaced), *regret]),
            ]
        )
    heads = [
        "Programme",
        "Opens",
        "Real cost, average",
        "Unplaced, average",
        "Worst regret: real cost",
        "Worst regret: unplaced",
    ]
    caption = (
        "Programmes in all futures; unplaced are child-years without a place; regret is against the best plan of the "
        "future where the programme does worst"
    )
    return Table(caption, heads, rows, frozenset({2, 3, 4, 5}))


def _opens_words(found: Futures, name: str, programme: Programme) -> str:
    if name == KNOWN:
        return "its own"
    if name != PLAN and programme.opening == found.programmes[PLAN].opening:
        return "the same as the plan"
    return opens(found, programme).replace("|", ", ") or "nothing"


def draws_table(found: Futures) -> Table:
    """Return what was drawn, with its spread and source."""
    given = found.asked.spreads
    rows = [
        [
            heading(parameter.what[:1].upper() + parameter.what[1:]),
            *numbers([f"{given.get(parameter.name, parameter.spread):g} {parameter.unit}"]),
            Cell(parameter.source if given.get(parameter.name) is None else "as asked"),
        ]
        for parameter in PARAMETERS
        if parameter.name != "yield" or found.asked.housing
    ]
    return Table(
        "What was drawn",
        ["Parameter", "Standard deviation", "Source"],
        rows,
        frozenset({1}),
        folded=True,
    )


def by_year(found: Futures, outcome: str, pct: float) -> Floats:
    """(P,) a percentile of an outcome in each year, with the programme for the average."""
    each = [account.outcome(outcome) for account in found.programmes[FOR_MEAN].accounts]
    return np.asarray(np.percentile(np.array(each), pct, axis=0), np.float64)


def year_table(found: Futures) -> Table:
    """Return the figures of the picture of bands."""
    counts, settings = counts_of(found), found.prepared.case.settings
    rows: list[Sequence[Cell]] = []
    for outcome, words in (("unplaced", "Without a place"), ("independent", "Independent")):
        for n, pct in enumerate(PERCENTILES):
            told = [counts.text(float(v)) for v in by_year(found, outcome, pct)]
            first = [] if n else [heading(words, "rowgroup", len(PERCENTILES))]
            rows.append([*first, heading(f"p{pct:02d}"), *numbers(told)])
    heads = ["Children", ""]
    heads += [academic(settings.base_year + t) for t in range(settings.years)]
    return Table(
        "Children by year, with the programme chosen for the average",
        heads,
        rows,
        frozenset(range(2, len(heads))),
        folded=True,
    )


def bands(found: Futures) -> Drawing:
    """Draw children without a place and in independent schools by year, as bands of percentiles."""
    counts, settings = counts_of(found), found.prepared.case.settings

    def told(outcome: str, pct: float) -> list[float]:
        return [float(counts.shown(float(v)) or 0) for v in by_year(found, outcome, pct)]

    def panel(name: str, outcome: str) -> Panel:
        wide = Band("90 in 100 futures", told(outcome, 5), told(outcome, 95), SEQUENCE[0])
        half = Band("half of them", told(outcome, 25), told(outcome, 75), SEQUENCE[1])
        return Panel(name, [Trace("median", told(outcome, 50))], [wide, half])

    years = [academic(settings.base_year + t) for t in range(settings.years)]
    count = len(found.draws)
    last = [counts.text(float(by_year(found, "independent", pct)[-1])) for pct in (5, 50, 95)]
    title = f"In 90 of 100 futures {last[0]} to {last[2]} children are in independent schools in {years[-1]}"
    if counts.few in (last[0], last[2]):
        title = "Children without a place and in independent schools, in all futures"
    words = Words(
        key="futures-bands",
        title=title,
        subtitle=f"{count} futures, with the one programme chosen for their average",
        source=f"{settings.title}. Modelled; rounded, and fewer than {counts.threshold} drawn as none. Medians of "
        "parts do not add up to the median of the whole.",
        alt=f"Bands by year. In {years[-1]}, children in independent schools: p05 {last[0]}, median {last[1]}, p95 "
        f"{last[2]}.",
    )
    shown = [
        panel("Children without a place", "unplaced"),
        panel("Children in independent schools", "independent"),
    ]
    svg = draw_panels(Panels(words, evenly(years), shown))
    return Drawing("futures-bands", title, words.alt, svg, kind="chart")


def shares(found: Futures) -> Drawing:
    """Draw the share of futures whose best plan has each scheme."""
    order = sorted(range(len(found.schemes)), key=lambda k: -found.share(k))
    names = [f"{found.schemes[k].scheme_id} {short_name(found.schemes[k].name)}" for k in order]
    held = [100 * found.share(k) for k in order]
    plan = found.programmes[PLAN].opening
    sure = sum(found.share(k) >= SURE for k in order)
    are = "is" if sure == 1 else "are"
    title = f"{counted(sure, 'scheme').capitalize()} of {in_words(len(order))} {are} in nearly every future's best plan"
    each = "; ".join(f"{name} {share:.0f}%" for name, share in zip(names, held, strict=True))
    words = Words(
        key="futures-shares",
        title=title,
        subtitle=f"Share of {len(found.draws)} futures whose best plan has it; dark: in the plan, striped: not",
        source=f"{found.prepared.case.settings.title}. Modelled; a share is right to about ±{margin(found):.0f} "
        "points.",
        alt=f"Bars. {each}.",
    )
    chart = Bars(words, names, held, [0 if plan[k] >= 0 else 1 for k in order], "{:.0f}%".format)
    return Drawing("futures-shares", title, words.alt, draw_bars(chart), kind="chart")


def margin(found: Futures) -> float:
    """Return points by which a share over so many futures may be out: 95 in 100 times, at most."""
    return 196 * float(np.sqrt(0.25 / len(found.draws)))


def each_future(found: Futures) -> pd.DataFrame:
    """Return a row a future: what was drawn, its best plan, and every programme's pair. Exact: not for the public."""
    draws = found.draws
    table = {
        "future": np.arange(len(draws)),
        "growth_points": draws.growth,
        **{f"growth_{n}_points": draws.needs[:, k] for k, n in enumerate(found.arrivals.needs)},
        "fees_pct_a_year": draws.fees,
        "transport_ratio": draws.transport,
        "best_opens": ["|".join(map(str, opening)) for opening in found.openings],
    }
    for name, programme in {KNOWN: found.known, **found.programmes}.items():
        table[f"{name}: real cost"] = values(programme, lambda a: a.real_gbp(found.factor))
        table[f"{name}: unplaced"] = values(programme, lambda a: a.unplaced)
    return pd.DataFrame(table)

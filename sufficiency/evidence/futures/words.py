"""What many futures say: in sentences, a section, and plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.robust import MEAN, REGRET
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.futures import tables
from sufficiency.evidence.futures.draws import PARAMETERS
from sufficiency.evidence.futures.find import FOR_MEAN, FOR_REGRET, NOTHING, PLAN, Futures
from sufficiency.evidence.naming import listed
from sufficiency.pounds import less_or_more
from sufficiency.report.parts import Section, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.futures.find import Programme

#: What was done, of so many futures.
HOW = (
    "The best plan of each of {} futures was found as if it were known; then one programme was chosen for all of them, "
    "schemes now and placements later. Real cost is discounted and has no priority in it; children are counted beside "
    "it, and the two are never added up."
)
#: What its totals hold that those of other commands do not.
ALL_MONEY = (
    "Real cost here is all money of the years planned, with that of places and children that no decision changes. The "
    "plan, options and compare leave that out: their totals are smaller, and what plans differ by is the same."
)


def evidence(found: Futures, asked: Mapping[str, Any]) -> Evidence:
    """Say what was found."""
    counts = tables.counts_of(found)
    hashes = {name: _hash(asked[name]) for name in ("housing", "simulations") if asked.get(name)}
    return Evidence(
        about=about(found.prepared, "futures", {**asked, **hashes}),
        answer=answer(found),
        section=Section(
            "futures",
            "What the futures hold",
            leads(found),
            [
                tables.scheme_table(found),
                tables.programme_table(found),
                tables.percentile_table(found),
                tables.year_table(found),
                tables.draws_table(found),
            ],
            notes(found),
            [tables.shares(found), tables.bands(found)],
        ),
        found=summarise(found),
        tables={
            "futures_schemes": tables.schemes(found),
            "futures_programmes": tables.programmes(found, counts),
            "futures_percentiles": tables.percentiles(found, counts),
        },
        titles={
            "futures_schemes": "How sure each scheme is",
            "futures_programmes": "Programmes in all futures",
            "futures_percentiles": "Percentiles of every headline figure",
        },
        private={
            "each_future": tables.each_future(found),
            "programmes": tables.programmes(found, None),
            "percentiles": tables.percentiles(found, None),
        },
        exit_code=0 if found.proved else NOT_PROVED,
    )


def _hash(path: object) -> str:
    """Return a name and hash of a file, in the place of where it lies."""
    import hashlib
    from pathlib import Path

    file = Path(str(path))
    return f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


def answer(found: Futures) -> str:
    """Say which schemes are sure, and whether the plan is the one to choose for all futures."""
    count = len(found.draws)
    sure = [s.scheme_id for k, s in enumerate(found.schemes) if found.share(k) >= tables.SURE]
    if sure:
        one = len(sure) == 1
        who = f"{'Scheme' if one else 'Schemes'} {listed(sure)} {'is' if one else 'are'}"
        every = all(found.share(k) == 1 for k, s in enumerate(found.schemes) if s.scheme_id in sure)
        share = f"all {count}" if every else f"at least {tables.SURE:.0%} of {count}"
        first = f"{who} in the best plan of {share} futures"
    else:
        first = f"No scheme is in the best plan of {tables.SURE:.0%} of {count} futures"
    if found.programmes[FOR_MEAN].opening == found.programmes[PLAN].opening:
        return f"{first}; the plan as it is does best on average over all of them."
    pair = _pair(found, found.programmes[PLAN], found.programmes[FOR_MEAN])
    other = tables.opens(found, found.programmes[FOR_MEAN]).replace("|", ", ")
    return f"{first}; on average another programme does better than the plan: {other}, at {pair}."


def leads(found: Futures) -> list[str]:
    """Say what the tables mean together."""
    named, count = found.programmes, len(found.draws)
    plan, mean, regret = (named[name] for name in (PLAN, FOR_MEAN, FOR_REGRET))
    said = [HOW.format(count)]
    if regret.opening == mean.opening:
        said.append("The same programme also has the least worst regret.")
    else:
        gbp, then, known = tables.worst(found, regret)
        words = _children(found, known, then).removeprefix(" and")
        said.append(
            "The programme of least worst regret opens "
            f"{tables.opens(found, regret).replace('|', ', ') or 'nothing'}: in its worst future it costs "
            f"{less_or_more(0.0, gbp)} than the best plan there, with{words}."
        )
    if NOTHING in named:
        said.append(
            f"Against building nothing, the programme chosen for the average comes to "
            f"{_pair(found, named[NOTHING], mean)}, on average."
        )
    said.append(
        f"Knowing the future before choosing schemes would come to {_pair(found, mean, found.known)}, on average: no "
        "forecast is worth more."
    )
    if plan.opening != mean.opening:
        years = counted(_moved(plan.opening, mean.opening), "scheme")
        said.append(f"The programme chosen for the average differs from the plan in {years}.")
    return said


def notes(found: Futures) -> list[str]:
    """Say how futures were drawn, what percentiles are not, and how sure all is."""
    asked, count = found.asked, len(found.draws)
    spread = ", ".join(
        f"{p.name} {asked.spreads.get(p.name, p.spread):g}{'' if p.unit[0] == '%' else ' '}{p.unit}"
        for p in PARAMETERS
        if p.name != "yield" or asked.housing
    )
    drawn = (
        f"Futures are drawn with seed {asked.seed}: normal draws within three standard deviations ({spread}); how many "
        "arrive is then a Poisson draw, row by row. Who has a place now, schemes and places are as in the case. "
        "Spreads marked ASSUMED were chosen: give your own."
    )
    sample = (
        f"A share over {count} futures is right to about ±{tables.margin(found):.0f} points, 95 times in 100; another "
        "sample may choose another programme."
    )
    said = [
        drawn,
        *(f"{source[:1].upper()}{source[1:]}." for source in found.sources),
        ALL_MONEY,
        "Percentiles are of each figure by itself: medians do not add up, nor do other percentiles.",
        sample,
        proof(found),
        tables.counts_of(found).note,
    ]
    if not len(found.arrivals.state):
        said.insert(1, "The case has no arrivals: the futures differ in prices alone.")
    return said


def proof(found: Futures) -> str:
    """Say what is proved of the choices, and what is not."""
    parts = []
    for aim, words in ((MEAN, "on average"), (REGRET, "in its worst regret")):
        one = found.robust[aim]
        pct = f"{100 * max(one.gap, 1e-6):.4g}%"
        parts.append(f"better {words} by more than {pct} of the average cost")
    ending = "" if found.proved else " Not everything is proved to the gap asked for."
    return (
        f"For this sample of {len(found.draws)} futures, by the plan's own objective (children placed first), no "
        f"programme is {parts[0]}, nor {parts[1]}: proved by bounds, each plan recomputed.{ending}"
    )


def summarise(found: Futures) -> dict[str, object]:
    """Return what `summary.json` holds of it."""
    counts = tables.counts_of(found)

    def rows(table: Any) -> list[dict[str, object]]:  # noqa: ANN401 - a table
        filled = table.astype(object).where(table.notna(), None)
        return [{str(k): v for k, v in row.items()} for row in filled.to_dict("records")]

    return {
        "schema": 1,
        "futures": len(found.draws),
        "seed": found.asked.seed,
        "parameters": {
            p.name: {
                "standard_deviation": found.asked.spreads.get(p.name, p.spread),
                "unit": p.unit,
                "what": p.what,
                "source": p.source if found.asked.spreads.get(p.name) is None else "as asked",
            }
            for p in PARAMETERS
        },
        "sources": list(found.sources),
        "schemes": rows(tables.schemes(found)),
        "programmes": rows(tables.programmes(found, counts)),
        "percentiles": rows(tables.percentiles(found, counts)),
        "gap_pct": {aim: round(100 * one.gap, 8) for aim, one in found.robust.items()},
        "share_margin_points": round(tables.margin(found), 2),
        "threshold": counts.threshold,
        "proved": found.proved,
        "verified": True,
    }


def _pair(found: Futures, before: Programme, after: Programme) -> str:
    """Write how much one programme is above or below another on average: money, and children beside it."""
    gbp = less_or_more(tables.mean_gbp(found, before), tables.mean_gbp(found, after))
    was, now = (
        float(np.mean([account.unplaced for account in one.accounts])) for one in (before, after)
    )
    return f"{gbp} real cost{_children(found, was, now)}"


def _children(found: Futures, before: float, after: float) -> str:
    change = tables.counts_of(found).change(before, after)
    if change is None or not change:
        return " and about as many child-years without a place"
    words = "fewer" if change < 0 else "more"
    return f" and {abs(change):,} {words} child-years without a place"


def _moved(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))

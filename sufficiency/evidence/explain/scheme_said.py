"""Why a scheme opens or does not: what would flip that, the plans that were solved, and who is in its places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency.evidence.explain import flips
from sufficiency.evidence.explain.scheme import FORCED, OWN, RICH, WITHOUT, running_cost, sentences
from sufficiency.evidence.naming import TITLE, counts_note
from sufficiency.pounds import hundreds, pounds
from sufficiency.report.parts import NOTHING, Cell, Section, Table, academic, heading, numbers
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from sufficiency.evidence.explain.flips import Price
    from sufficiency.evidence.explain.scheme import SchemeExplained
    from sufficiency.evidence.study import Trial


def flip_words(found: SchemeExplained) -> list[str]:
    """Say what would have to change for the decision to flip."""
    price, own = found.price, found.scheme.capital_gbp
    said = []
    if price is not None:
        said.append(_price_words(found, price, own))
    if found.more_budget is not None:
        said.append(
            f"With about {hundreds(found.more_budget)} more capital from the first year on it would be in the best"
            " plan, at its own price."
        )
    elif found.opens is None and found.may_open and not found.scheme.choice:
        said.append(
            "No larger budget would open it at its price: what others do for the money is worth more."
        )
    return [words for words in said if words]


def _price_words(found: SchemeExplained, price: Price, own: float) -> str:
    if price.capital_gbp < 0:
        return "Even if building it cost nothing, the best plan would not have it."
    if np.isinf(price.capital_gbp):
        return f"It would stay in the best plan even at {flips.DEAREST:g} times its capital."
    at = hundreds(round(price.capital_gbp, -3))
    why = (
        ": beyond that the budget has no room for it and for what else is built"
        if price.by_budget
        else ""
    )
    if found.opens is not None:
        return f"It would stay in the best plan up to a capital of about {at}, {_share(price.capital_gbp, own)}{why}."
    return f"It would be in the best plan at a capital of about {at} or less, {_share(price.capital_gbp, own)}{why}."


def _share(capital: float, own: float) -> str:
    if own <= 0:
        return "against nothing now"
    pct = 100 * (capital - own) / own
    return f"{abs(pct):.0f}% {'more' if pct >= 0 else 'less'} than it is to cost"


def section(found: SchemeExplained) -> Section:
    """Return what people read."""
    lead = [*sentences(found), *flip_words(found)]
    notes = [
        (
            "Each row is a whole plan, solved again with that decision fixed and recomputed without the solver. Real"
            " money there is discounted, without the priority on placing children, which also decides: children stand"
            " beside it. What is saved a year is not discounted: all years of the plan, over those in which it is open."
            " What the discounted sum is made of, and what the scheme pays by itself, the command options tells."
        ),
        counts_note(found.said.counts),
    ]
    tables = [_plans(found)] + ([table] if (table := _serves(found)) else [])
    return Section("explain", TITLE, lead, tables, notes, [])


def plans(found: SchemeExplained) -> list[tuple[str, Trial | None]]:
    """Return the plans that were solved, by what was asked."""
    own = OWN if found.opens is None else f"{OWN}, with it in {academic(found.opens)}"
    opposite = WITHOUT if found.opens is not None else FORCED
    asked: list[tuple[str, Trial | None]] = [(own, found.plan)]
    if found.may_open:
        asked.append((opposite, found.other))
    if found.rich is not None:
        asked.append((RICH, found.rich))
    return asked


def _plans(found: SchemeExplained) -> Table:
    counts = found.said.counts
    rows = []
    for words, trial in plans(found):
        if trial is None:
            rows.append(
                [
                    heading(words.capitalize()),
                    *numbers([NOTHING] * 3),
                    Cell("no such plan: the budget"),
                ]
            )
            continue
        cost = pounds(trial.account.cost_gbp)
        cells = [
            cost,
            pounds(trial.account.capital_gbp),
            counts.text(trial.account.unplaced),
        ]
        rows.append(
            [
                heading(f"{words[0].upper()}{words[1:]}"),
                *numbers(cells),
                Cell(_programme(found, trial)),
            ]
        )
    heads = ["Plan", "Real money", "Capital", "Child-years without a place", "Opens"]
    return Table("The plan with and without it", heads, rows, frozenset({1, 2, 3}))


def _programme(found: SchemeExplained, trial: Trial) -> str:
    base = found.said.base_year
    opening = zip(proposed(found.said.basis.schemes), trial.solution.opening(), strict=True)
    return ", ".join(f"{s.scheme_id} {base + int(t)}" for s, t in opening if t >= 0) or "nothing"


def _serves(found: SchemeExplained) -> Table | None:
    """Return who is in its places in the year told of."""
    year = found.said.base_year + found.said.year
    rows = found.served[found.served["year"] == year]
    if rows.empty:
        return None
    counts = found.said.counts
    cells = [
        [heading(f"{row['need']}, {row['phase']}"), *numbers([counts.text(row["children"])])]
        for row in rows.sort_values("children", ascending=False, kind="stable").to_dict("records")
        if counts.tells(row["children"])
    ]
    if not cells:
        return None
    caption = (
        f"Who is in its places, {academic(year)}: groups of {counts.threshold} children or more"
    )
    return Table(caption, ["Need and phase", "Children"], cells, frozenset({1}))


def frames(found: SchemeExplained) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the plans that were solved, as they may be told, and who is in its places, exactly."""
    counts = found.said.counts
    rows = [
        {
            "plan": words,
            "cost_gbp": None if trial is None else round(trial.account.cost_gbp),
            "capital_gbp": None if trial is None else round(trial.account.capital_gbp),
            "unplaced_child_years": None if trial is None else counts.text(trial.account.unplaced),
            "opens": "" if trial is None else _programme(found, trial),
        }
        for words, trial in plans(found)
    ]
    return pd.DataFrame(rows), found.served


def summary(found: SchemeExplained) -> dict[str, Any]:
    """Return it for machines."""
    change, price, counts = found.change, found.price, found.said.counts
    told = None
    if change is not None:
        told = {
            "saving_a_year_gbp": round(-float(change.money_gbp.sum()) / found.years),
            "saving_discounted_gbp": round(-change.cost_gbp),
            "child_years_placed": counts.shown(-change.child_years),
        }
    return {
        "scheme_id": found.scheme.scheme_id,
        "name": found.scheme.name,
        "committed": found.scheme.committed,
        "opens": found.opens,
        "capital_gbp": found.scheme.capital_gbp,
        "annuity_gbp": round(found.scheme.annuity_gbp),
        "place_funding_a_year_gbp": round(running_cost(found.scheme)[1]),
        "worth": told,
        "in_best_plan_up_to_capital_gbp": _told_price(price),
        "price_set_by_budget": bool(price and price.by_budget),
        "more_budget_gbp": found.more_budget,
        "plans": frames(found)[0].to_dict("records"),
    }


def _told_price(price: Price | None) -> float | str | None:
    if price is None:
        return None
    if np.isinf(price.capital_gbp):
        return f"over {flips.DEAREST:g} times its own"
    return None if price.capital_gbp < 0 else round(price.capital_gbp, -3)

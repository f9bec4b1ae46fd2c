"""The tables and the chart of the tests of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.charts.canvas import Words
from sufficiency.charts.panels import Panel, Panels, Trace, draw_panels, evenly
from sufficiency.evidence.counts import ALIKE, Counts
from sufficiency.evidence.stress.find import AGAIN, KEPT, Outcome, Stress
from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import less_or_more, money
from sufficiency.report.parts import Cell, Drawing, Table, heading, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.evidence.accounts import Account
    from sufficiency.evidence.stress.worlds import Plan

#: Budgets of the ledger whose money is told apart.
BUDGETS = (REVENUE, TRANSPORT, CAPITAL)
UNPLACED, INDEPENDENT = "unplaced", "independent"
#: A change of fewer pounds is none.
NOTHING_GBP = 1.0


def kept_table(found: Stress, outcomes: Sequence[Outcome]) -> Table:
    """Return what changes with the schemes as recommended."""
    heads = [*_heads(), "Over the capital budget"]
    rows = [
        [
            *first,
            *numbers(
                [
                    *_pair(found, outcome, outcome.kept),
                    money(outcome.over_budget_gbp) if outcome.over_budget_gbp > 0.5 else "no",
                ]
            ),
        ]
        for first, outcome in _grouped(found, outcomes)
    ]
    caption = f"With the schemes as recommended: what changes{_against(found)}"
    return Table(caption, heads, rows, frozenset({2, 3, 4, 5}))


def again_table(found: Stress, outcomes: Sequence[Outcome]) -> Table:
    """Return what changes with the schemes chosen again, and which those are."""
    heads = [*_heads(), "What the best plan changes"]
    rows = [
        [
            *first,
            *numbers(_pair(found, outcome, outcome.again)),
            Cell(changes_of(found.plan, outcome) or "nothing"),
        ]
        for first, outcome in _grouped(found, outcomes)
    ]
    caption = f"With the schemes chosen again: what changes{_against(found)}"
    return Table(caption, heads, rows, frozenset({2, 3, 4}))


def budget_table(found: Stress, outcomes: Sequence[Outcome]) -> Table:
    """Return the change by whose money it is, undiscounted."""
    heads = ["What happens", "To what"]
    heads += [f"{how}: {budget}" for how in ("Kept", "Again") for budget in BUDGETS]
    rows = [
        [
            *first,
            *numbers(
                less_or_more(_budget(found.as_it_is, budget), _budget(account, budget))
                for account in (outcome.kept, outcome.again)
                for budget in BUDGETS
            ),
        ]
        for first, outcome in _grouped(found, outcomes)
    ]
    caption = "Change by budget over all years, undiscounted"
    return Table(caption, heads, rows, frozenset(range(2, len(heads))), folded=True)


def curve_table(found: Stress, outcomes: Sequence[Outcome]) -> Table:
    """Return what each share of places filled at most comes to."""
    counts, as_it_is = counts_of(found), found.as_it_is
    heads = [
        "Own places filled to at most",
        "Schemes kept: real cost",
        "Schemes kept: child-years without a place",
        "Chosen again: real cost",
        "Chosen again: child-years without a place",
    ]
    rows = [
        [
            heading(outcome.name),
            *numbers(
                text
                for account in (outcome.kept, outcome.again)
                for text in (_total(found, account), counts.text(account.unplaced))
            ),
        ]
        for outcome in outcomes
    ]
    whole = [_total(found, as_it_is), counts.text(as_it_is.unplaced)]
    rows.append([heading("100% (the recommended plan)"), *numbers([*whole, *whole])])
    return Table("What headroom costs", heads, rows, frozenset({1, 2, 3, 4}))


def scheme_table(found: Stress) -> Table:
    """Return the recommended plan: every proposed scheme, and when it opens."""
    plan = found.plan
    years = dict(plan.opened())
    rows = [
        [
            heading(scheme.scheme_id),
            Cell(scheme.name),
            *numbers([str(plan.base_year + years[k]) if k in years else "not chosen"]),
        ]
        for k, scheme in enumerate(plan.schemes)
    ]
    return Table(
        "The recommended plan", ["Scheme", "Name", "Opens"], rows, frozenset({2}), folded=True
    )


def drawing(found: Stress, outcomes: Sequence[Outcome]) -> Drawing:
    """Draw children without a place and real cost by how full the council's own places may be."""
    counts = counts_of(found)
    places = [*(outcome.name for outcome in outcomes), "100%"]
    kept = [*(outcome.kept for outcome in outcomes), found.as_it_is]
    again = [*(outcome.again for outcome in outcomes), found.as_it_is]
    both = (("schemes as recommended", kept, 0), ("schemes chosen again", again, 1))

    def cost(account: Account) -> float:
        return account.real_gbp(found.plan.accounts.factor) / 1e6

    panels = [
        Panel(
            "Child-years without a place",
            [Trace(name, [counts.shown(a.unplaced) for a in of], n) for name, of, n in both],
            few=f"<{counts.threshold}",
        ),
        Panel(
            "Real cost, £ million, discounted",
            [Trace(name, [cost(a) for a in of], n) for name, of, n in both],
            from_nought=False,
        ),
    ]
    tightest = outcomes[0]
    more = less_or_more(0.0, change_of(found, tightest.kept))
    title = f"Own places filled to at most {tightest.name} would cost {more}"
    alt = "; ".join(
        f"{place}: {counts.text(a.unplaced)} child-years without a place, {money(1e6 * cost(a))}"
        for place, a in zip(places, kept, strict=True)
    )
    words = Words(
        key="headroom",
        title=title,
        subtitle="By how full those places may be at most, with their schemes; existing children stay",
        source=f"{found.plan.prepared.case.settings.title}. Modelled.",
        alt=f"Two plots by occupancy, schemes as recommended. {alt}.",
    )
    return Drawing(
        "headroom",
        title,
        words.alt,
        draw_panels(Panels(words, evenly(places), panels)),
        kind="chart",
    )


def table(found: Stress, counts: Counts | None) -> pd.DataFrame:
    """Return a row a test and way of choosing schemes; exact where no rule is given of what may be told."""
    rows = []
    for outcome in found.outcomes:
        for how, account in ((KEPT, outcome.kept), (AGAIN, outcome.again)):
            rows.append(
                {
                    "test": outcome.test,
                    "what": outcome.title,
                    "to_what": outcome.name,
                    "schemes": how,
                    "real_cost_change_gbp": round(change_of(found, account), 2),
                    "told_apart": "yes" if _says(found, outcome, account) else "no",
                    **{
                        f"{budget.replace(' ', '_')}_change_gbp": round(
                            _budget(account, budget) - _budget(found.as_it_is, budget), 2
                        )
                        for budget in BUDGETS
                    },
                    **_counted(found.as_it_is, account, counts),
                    "over_budget_gbp": round(outcome.over_budget_gbp, 2) if how == KEPT else 0.0,
                    "opens": _opens(found.plan, account),
                    "changes": changes_of(found.plan, outcome) if how == AGAIN else "",
                }
            )
    return pd.DataFrame(rows)


def counts_of(found: Stress) -> Counts:
    """Return the rule on what may be told of children."""
    return Counts.of(found.plan.prepared.case.settings)


def total_of(account: Account, outcome: str) -> float:
    """Return an outcome of children, summed over the years."""
    return float(account.outcome(outcome).sum())


def change_of(found: Stress, account: Account) -> float:
    """Return how much more real money, discounted, an account has than the plan."""
    factor = found.plan.accounts.factor
    return account.real_gbp(factor) - found.as_it_is.real_gbp(factor)


def years_of(plan: Plan, account: Account) -> dict[str, int]:
    """Return the year in which each scheme opens, by id."""
    return {
        scheme.scheme_id: plan.base_year + int(t)
        for scheme, t in zip(plan.schemes, account.opens, strict=True)
        if t >= 0
    }


def changes_of(plan: Plan, outcome: Outcome) -> str:
    """Say which schemes the plan chosen again leaves out, adds or moves, against those kept as they stand there."""
    was, now = years_of(plan, outcome.kept), years_of(plan, outcome.again)
    parts = [f"without {name}" for name in sorted(was.keys() - now.keys())]
    parts += [f"adds {name} in {now[name]}" for name in sorted(now.keys() - was.keys())]
    parts += [
        f"{name} in {now[name]}, not {was[name]}"
        for name in sorted(was.keys() & now.keys())
        if now[name] != was[name]
    ]
    return "; ".join(parts)


def named(plan: Plan, name: str) -> str:
    """Return a scheme or a provision by its name where one is known."""
    for scheme in plan.schemes:
        if scheme.scheme_id == name:
            return f"{name} ({short_name(scheme.name)})"
    listed = plan.prepared.case.provisions.set_index("provision_id")["name"]
    first, _, rest = name.partition(" ")
    named = str(listed.get(first, "") or first)
    return f"{named} {rest}".strip()


def _against(found: Stress) -> str:
    few = counts_of(found).text(found.as_it_is.unplaced)
    return f" against the recommended plan ({few} child-years without a place)"


def _heads() -> list[str]:
    return [
        "What happens",
        "To what",
        "Real cost",
        "Child-years without a place",
        "Child-years independent",
    ]


def _grouped(found: Stress, outcomes: Sequence[Outcome]) -> list[tuple[list[Cell], Outcome]]:
    """Return the first cells of each row: what happens, once for all it happens to; and to what."""
    rows = []
    before = ""
    for outcome in outcomes:
        alike = sum(other.title == outcome.title for other in outcomes)
        first = [] if outcome.title == before else [heading(outcome.title, "rowgroup", alike)]
        rows.append(([*first, heading(named(found.plan, outcome.name))], outcome))
        before = outcome.title
    return rows


def _counted(before: Account, account: Account, counts: Counts | None) -> dict[str, float | str]:
    cells: dict[str, float | str] = {}
    for name in (UNPLACED, INDEPENDENT):
        was, now = total_of(before, name), total_of(account, name)
        cells[f"{name}_child_years"] = counts.cell(now) if counts else round(now, 4)
        cells[f"{name}_change"] = counts.cell_of_change(was, now) if counts else round(now - was, 4)
    return cells


def _budget(account: Account, name: str) -> float:
    return float(account.budget(name).sum())


def _says(found: Stress, outcome: Outcome, account: Account) -> bool:
    """Whether a change in real cost is one that is proved, or none at all."""
    return found.told_apart(outcome, account) or abs(change_of(found, account)) < NOTHING_GBP


def _opens(plan: Plan, account: Account) -> str:
    return "|".join(f"{name} {year}" for name, year in sorted(years_of(plan, account).items()))


def _total(found: Stress, account: Account) -> str:
    return money(account.real_gbp(found.plan.accounts.factor))


def _pair(found: Stress, outcome: Outcome, account: Account) -> list[str]:
    """Write the change in real cost, how many child-years are without a place, and the change in independent ones."""
    counts = counts_of(found)
    independent = counts.text_of_change(
        total_of(found.as_it_is, INDEPENDENT), total_of(account, INDEPENDENT)
    )
    cost = less_or_more(0.0, change_of(found, account))
    cost = cost if _says(found, outcome, account) else ALIKE
    return [cost, counts.text(account.unplaced), independent]

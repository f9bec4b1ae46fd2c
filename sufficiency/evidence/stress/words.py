"""What the tests of a plan say: to people in sentences, tables and a chart; to machines in plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import ALIKE
from sufficiency.evidence.stress.find import OCCUPANCY, Outcome, Stress
from sufficiency.evidence.stress.tables import (
    INDEPENDENT,
    UNPLACED,
    again_table,
    budget_table,
    change_of,
    changes_of,
    counts_of,
    curve_table,
    drawing,
    kept_table,
    named,
    scheme_table,
    table,
    total_of,
    years_of,
)
from sufficiency.pounds import less_or_more, money
from sufficiency.report.parts import Section, counted, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.accounts import Account

#: Tests of the schemes themselves.
OF_SCHEMES = ("slip1", "slip2", "cost", "half")
EACH = (
    "Each test makes the plan again: first with the schemes as recommended and placements made anew, then with "
    "schemes chosen anew too. Changes are against the recommended plan, over all its years: real cost is "
    "discounted and has no priority in it; children are counted beside it, and the two are never added up."
)
#: What tests suppose, for those that need saying, and which tests those are.
SUPPOSED = {
    "Late: a scheme that opens after the plan's end does not open; one that requires it waits for it.": (
        "slip1",
        "slip2",
    ),
    "Half its places: in the year of opening alone; all its places are paid for from the start.": (
        "half",
    ),
    "Dearer: capital and the charge that repays it. Kept, schemes may go over the capital budget; chosen again, not.": (
        "cost",
    ),
    "A school that closes: its children seek other places in that year; schemes there are not built.": (
        "close",
    ),
    "Other needs: who is there stays; who comes later has one of the new needs.": ("redesignate",),
    "Other councils: their schools keep who is there; independent schools are left out of this test.": (
        "neighbours",
    ),
}
ASSUMED = "How much dearer, how late and how full is ASSUMED: give your own with the options."


def supposed(found: Stress) -> list[str]:
    """Return what the tests that were made suppose."""
    made = {outcome.test for outcome in found.outcomes}
    return [*(words for words, tests in SUPPOSED.items() if made.intersection(tests)), ASSUMED]


def evidence(found: Stress, asked: Mapping[str, Any]) -> Evidence:
    """Say what was found."""
    tests = [outcome for outcome in found.outcomes if outcome.test != OCCUPANCY]
    listed = [kept_table(found, tests), again_table(found, tests)] if tests else []
    listed += [budget_table(found, tests)] if tests else []
    curve = found.of(OCCUPANCY)
    counts = counts_of(found)
    return Evidence(
        about=about(found.plan.prepared, "stress", asked),
        answer=answer(found),
        section=Section(
            "stress",
            "What if the plan is wrong",
            leads(found),
            [*listed, *([curve_table(found, curve)] if curve else []), scheme_table(found)],
            [*supposed(found), counts.note, _proof(found)],
            [drawing(found, curve)] if curve else [],
        ),
        found=summarise(found),
        tables={"stress": table(found, counts)},
        titles={"stress": "What becomes of the recommended plan when things go otherwise"},
        private={"stress": table(found, None)},
        exit_code=0 if found.proved else NOT_PROVED,
    )


def answer(found: Stress) -> str:
    """Say which trouble with its schemes costs the plan most, and what choosing again would save of that."""
    own = found.of(*OF_SCHEMES)
    outcomes = own or [o for o in found.outcomes if o.test != OCCUPANCY]
    if not outcomes:
        return _curve_words(found)
    worst = max(outcomes, key=lambda outcome: change_of(found, outcome.kept))
    more = less_or_more(0.0, change_of(found, worst.kept))
    saved = change_of(found, worst.kept) - change_of(found, worst.again)
    again = f"; chosen again, the schemes would cost {money(saved)} less than that"
    whole = f"costs {more}{_children_words(found, worst.kept)}{again if saved > 500 else ''}."
    if len(outcomes) == 1:
        return f"If {_said(found, worst)}, the recommended plan {whole}"
    where = "with its schemes" if own else "around it"
    return (
        f"Of what may go wrong {where}, the plan is hurt most if {_said(found, worst)}: it {whole}"
    )


def leads(found: Stress) -> list[str]:
    """Say what the tables mean together."""
    said = [EACH]
    tests = [outcome for outcome in found.outcomes if outcome.test != OCCUPANCY]
    outside = [outcome for outcome in tests if outcome.test not in OF_SCHEMES]
    if outside and found.of(*OF_SCHEMES):
        worst = max(outside, key=lambda outcome: change_of(found, outcome.kept))
        more = less_or_more(0.0, change_of(found, worst.kept))
        said.append(
            f"Of what may happen around it, most if {_said(found, worst)}: it costs {more}"
            f"{_children_words(found, worst.kept)}."
        )
    same = sum(not changes_of(found.plan, outcome) for outcome in tests)
    if len(tests) == 1:
        does = "keep every scheme in its year" if same else "choose other schemes, or other years"
        said.append(f"Had that been known, the best plan would {does}.")
    elif tests:
        said.append(
            f"In {in_words(same) if same else 'none'} of the {in_words(len(tests))} tests the best plan keeps every "
            "scheme in its year."
        )
    over = [outcome for outcome in tests if outcome.over_budget_gbp > 0.5]
    if over:
        most = max(over, key=lambda outcome: outcome.over_budget_gbp)
        said.append(
            f"The recommended schemes would be over the capital budget in {counted(len(over), 'test')}, by at most "
            f"{money(most.over_budget_gbp)}."
        )
    if found.of(OCCUPANCY) and tests:
        said.append(_curve_words(found))
    return said


def _curve_words(found: Stress) -> str:
    """Say what headroom costs."""
    outcomes = found.of(OCCUPANCY)
    tightest = outcomes[0]
    more = less_or_more(0.0, change_of(found, tightest.kept))
    return (
        f"Headroom: with the council's own places filled to at most {tightest.name}, the recommended schemes cost "
        f"{more}{_children_words(found, tightest.kept)}."
    )


def _children_words(found: Stress, account: Account) -> str:
    """Say how many more years children spend without a place, or in an independent one, as may be told."""
    counts, parts = counts_of(found), []
    for outcome, words in (
        (UNPLACED, "child-years without a place"),
        (INDEPENDENT, "child-years in independent schools"),
    ):
        change = counts.change(total_of(found.as_it_is, outcome), total_of(account, outcome))
        if change:
            parts.append(f"{abs(change):,} {'more' if change > 0 else 'fewer'} {words}")
    return f", with {' and '.join(parts)}" if parts else ""


def _said(found: Stress, outcome: Outcome) -> str:
    """Return a test as the middle of a sentence."""
    names = {scheme.scheme_id for scheme in found.plan.schemes}
    words = {
        "slip1": "{} open one year late",
        "slip2": "{} open two years late",
        "cost": f"{{}} cost {found.asked.cost_pct:g}% more",
        "half": "{} have half their places in the first year",
        "close": f"{{}} closes{outcome.title.removeprefix('A school closes')}",
        "redesignate": f"{{}}{outcome.title.removeprefix('A school takes other needs')}",
        "fees": f"{{}} charge {found.asked.fees_pct:g}% more",
        "neighbours": "{} takes nobody new",
    }[outcome.test]
    who = outcome.name
    if who in names:
        words = words.replace(" open ", " opens ").replace(" cost ", " costs ")
        words = words.replace(" have half their", " has half its")
    return words.format(named(found.plan, who))


def summarise(found: Stress) -> dict[str, object]:
    """Return what `summary.json` holds of it."""
    counts = counts_of(found)
    rows = table(found, counts).astype(object)
    listed = rows.where(rows.notna(), None).to_dict("records")
    return {
        "schema": 1,
        "recommended": {
            "real_cost_gbp": round(found.as_it_is.real_gbp(found.plan.accounts.factor), 2),
            "unplaced_child_years": counts.shown(found.as_it_is.unplaced),
            "independent_child_years": counts.shown(total_of(found.as_it_is, INDEPENDENT)),
            "schemes": years_of(found.plan, found.as_it_is),
        },
        "tests": [{str(name): value for name, value in row.items()} for row in listed],
        "threshold": counts.threshold,
        "proved": found.proved,
        "verified": True,
    }


def _proof(found: Stress) -> str:
    if found.proved:
        return (
            f"Every plan is proved within {100 * found.asked.gap:.2g}% of the best there can be, and recomputed; what "
            f"two plans differ by less than that is {ALIKE}."
        )
    return "Not every plan is proved best to the gap asked for."

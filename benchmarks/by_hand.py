"""What a spreadsheet's rules cost against the plan: ``python -m benchmarks.by_hand [CASE] ... [--orders 20]``.

A spreadsheet goes down its list: each child in turn to the place that is best for that child by a rule, among those
with room. Nothing is wrong in that; it only cannot see what a place is worth to those further down. Its schemes are
those of least capital a place until the budget is spent. Both are worked out here on the arrays of a case, obey every
rule of the plan (needs, year groups, pools, limits, budgets: `models.verify` checks each) and are told in the same
real money.

Every choice is made in the rules' favour: a group of children may be split between places, children under review
choose again like the others, a place is taken only if it is there for the whole stay, and the cheapest of the orders
that were tried is told beside the median.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import measured
from models.solution import Solution, Status, added_places, overspent
from models.verify import cost

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Bools, Floats, Ints
    from sufficiency.evidence.accounts import Account
    from sufficiency.evidence.study import Study

ROOT = Path(__file__).resolve().parents[1]
#: The worked examples that are tried unless others are named, and how many orders of the list.
CASES = ("banes", "banes-2018", "bcp", "bucks-year-groups", "wiltshire")
ORDERS = 20
#: What the cheapest of a rule's orders is called.
AT_BEST = "cheapest of its orders"
#: Units that are nobody.
NOBODY = 1e-9


# --- a list, from the top ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Rooms:
    """What is left as the list is gone down.

    Attributes
    ----------
    cells, shares
        Of each stay: the rows of `left` that it uses, and what a unit of it takes of each.
    left
        Places by pool and period, and what is left of each limit.
    """

    cells: list[Ints]
    shares: list[Floats]
    left: Floats

    @classmethod
    def of(cls, problem: Problem, opens: Bools) -> Rooms:
        """Return all there is, the opened schemes included."""
        stay, cell, share = problem.pool_use
        limits = problem.limits
        stay = np.concatenate([stay, limits.stay])
        cell = np.concatenate([cell, problem.room.size + limits.row])
        share = np.concatenate([share, problem.limit_share])
        used = np.flatnonzero(share > 0)
        used = used[np.argsort(stay[used], kind="stable")]
        cuts = np.searchsorted(stay[used], np.arange(1, len(problem.stays)))
        left = np.concatenate([(problem.room + added_places(problem, opens)).ravel(), limits.room])
        return cls(np.split(cell[used], cuts), np.split(share[used], cuts), left)

    def take(self, stay: int, wanted: float) -> float:
        """Take as many units of a stay as there is room for, in each of its periods."""
        cells, shares = self.cells[stay], self.shares[stay]
        most = float(np.min(self.left[cells] / shares)) if len(cells) else wanted
        taken = min(wanted, max(0.0, most))
        self.left[cells] -= taken * shares
        return taken


def down_the_list(problem: Problem, opens: Bools, liking: Floats, order: Ints) -> Solution:
    """Place everybody in turn, period by period, each where it likes best among the places with room.

    Parameters
    ----------
    opens
        (K, P) the schemes, as given.
    liking
        (A,) less is better.
    order
        (S,) the order of the list; of a period, those that come first choose first.
    """
    states, stays = problem.states, problem.stays
    rooms, units = Rooms.of(problem, opens), states.supply.copy()
    taken, waiting = np.zeros(len(stays)), np.zeros(len(states))
    by_liking = np.lexsort((stays.preference, liking, stays.state))
    starts = np.searchsorted(stays.state[by_liking], np.arange(len(states) + 1))
    turn = np.argsort(order, kind="stable")
    for state in turn[np.argsort(states.period[turn], kind="stable")].tolist():
        rest = float(units[state])
        for stay in by_liking[starts[state] : starts[state + 1]].tolist():
            if rest <= NOBODY:
                break
            here = rooms.take(stay, rest)
            rest -= here
            taken[stay] = here
            if stays.next[stay] >= 0:
                units[stays.next[stay]] += here * problem.next_share[stay]
        waiting[state] = max(0.0, rest)
        if states.unplaced_next[state] >= 0:
            units[states.unplaced_next[state]] += waiting[state] * states.on_roll[state, 1]
    return _answer(problem, taken, waiting, opens)


def _answer(problem: Problem, taken: Floats, waiting: Floats, opens: Bools) -> Solution:
    said = (Status.FEASIBLE, taken, waiting, opens)
    bare = Solution(*said, 0.0, -np.inf, 0.0, "a list, from the top", "")
    return Solution(*said, cost(problem, bare), -np.inf, 0.0, bare.solver, bare.log)


def cheapest_a_place(problem: Problem) -> Bools:
    """(K, P) the schemes that a ranking by capital a place opens, each as early as it may, while the budget lasts."""
    schemes = problem.schemes
    opens = np.zeros(schemes.may_open.shape, bool)
    places = np.zeros(len(schemes))
    np.add.at(places, schemes.scheme, schemes.places.max(axis=1, initial=0.0))
    rank = np.lexsort((np.arange(len(schemes)), schemes.capital / np.maximum(places, 1e-9)))
    for scheme in [*schemes.must, *(k for k in rank.tolist() if k not in schemes.must)]:
        for period in np.flatnonzero(schemes.may_open[scheme]).tolist():
            tried = opens.copy()
            tried[scheme, period] = True
            if _allowed(problem, tried):
                opens = tried
                break
    return opens


def _allowed(problem: Problem, opens: Bools) -> bool:
    """Whether schemes may open so: budgets, and what excludes or requires what."""
    schemes, by = problem.schemes, np.logical_or.accumulate(opens, axis=1)
    groups = all(by[list(group), -1].sum() <= 1 for group in schemes.exclusive)
    needs = all((by[k] <= by[other]).all() for k, other in schemes.requires)
    return groups and needs and not overspent(schemes, opens)


# --- the rules, on a case ---------------------------------------------------------------------------


def likings(study: Study) -> dict[str, Floats]:
    """Return what each rule likes, stay by stay: less is better. Children under review choose like the others."""
    rows = study.accounts.rows
    first = np.unique(rows.stay, return_index=True)[1]
    km, dear = rows.km[first], rows.independent[first]
    away = rows.away[first] & ~dear
    yearly = rows.price_gbp[first] + rows.transport_gbp[first] + study.accounts.moves
    return {
        "nearest": km,
        "nearest, the council's own first": km + 1e4 * away + 1e5 * dear,
        "cheapest": yearly,
    }


def figures(account: Account) -> dict[str, float]:
    """Return what is told of a plan: real money, children, and how far they travel at the end."""
    children = account.outcome("children") - account.outcome("unplaced")
    return {
        "cost_gbp": account.cost_gbp,
        "unplaced_years": account.unplaced,
        "independent_years": float(account.outcome("independent").sum()),
        "km": float(account.outcome("km")[-1] / children[-1]),
    }


def tried(study: Study, opens: Bools, liking: Floats, orders: int) -> list[dict[str, float]]:
    """Return the figures of a rule with the list in its own order, and in others drawn at random."""
    from sufficiency.evidence.study import check

    problem, found = study.problem, []
    for seed in range(orders):
        order = np.arange(len(problem.states))
        if seed:
            order = np.random.default_rng(seed).permutation(order)
        solution = down_the_list(problem, opens, liking, order)
        check(problem, solution)
        found.append(figures(study.accounts.account(problem, solution)))
    return found


def compare(case: Path, orders: int = ORDERS) -> dict[str, Any]:
    """Return the plan of a case and what the rules make of it, in plain values."""
    from sufficiency.evidence.study import Study
    from sufficiency.progress import Silent

    study = Study.begin(case, Silent())
    plan, ranked = study.plan, cheapest_a_place(study.problem)
    ways = {"the plan's schemes": plan.solution.opens, "schemes by capital a place": ranked}
    if np.array_equal(ranked, plan.solution.opens):
        del ways["schemes by capital a place"]
    return {
        "case": case.name,
        "orders": orders,
        "plan": figures(plan.account),
        "placed_best": {
            way: figures(study.fixed(opens).account) for way, opens in list(ways.items())[1:]
        },
        "rules": {
            f"{rule}; {way}": tried(study, opens, liking, orders)
            for way, opens in ways.items()
            for rule, liking in likings(study).items()
        },
    }


# --- in words ---------------------------------------------------------------------------------------

#: What is told of a plan, and of a rule beside it: heading, name in `figures`, how it is written.
TOLD = (
    ("real money", "cost_gbp", "{:+,.0f}"),
    ("in %", "cost_pct", "{:+.1f}"),
    ("years without a place", "unplaced_years", "{:+,.0f}"),
    ("years in independent schools", "independent_years", "{:+,.0f}"),
    ("km one way", "km", "{:+.1f}"),
)


def over(found: dict[str, Any], one: dict[str, float]) -> dict[str, float]:
    """Return how much more than the plan it is, in numbers and, for money, as a share in per cent."""
    plan = found["plan"]
    more = {name: one[name] - plan[name] for name in plan}
    return more | {"cost_pct": 100 * more["cost_gbp"] / plan["cost_gbp"]}


def rows(found: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Return what is told of a case: placed best, then each rule in the middle of its orders, and at best."""
    lines = [(f"{way}, placed best", over(found, one)) for way, one in found["placed_best"].items()]
    for name, tries in found["rules"].items():
        mores = [over(found, one) for one in tries]
        middle = {key: statistics.median(more[key] for more in mores) for key in mores[0]}
        lines.append((name, middle))
        lines.append((f"  {AT_BEST}", min(mores, key=lambda more: more["cost_gbp"])))
    return lines


def in_words(found: dict[str, Any]) -> str:
    """Say what was found in a case, a line a rule: how much more than the plan."""
    plan = found["plan"]
    begins = [
        f"{found['case']}: the plan costs £{plan['cost_gbp']:,.0f}, with {plan['unplaced_years']:,.0f} child-years",
        f"without a place, {plan['independent_years']:,.0f} in independent schools, {plan['km']:.1f} km one way.",
        f"More than that, in the middle of {found['orders']} orders of the list:",
    ]
    table = [["", *(heading for heading, _, _ in TOLD)]]
    table += [
        [name, *(how.format(more[key]) for _, key, how in TOLD)] for name, more in rows(found)
    ]
    wide = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    lines = [
        "  ".join([row[0].ljust(wide[0]), *map(str.rjust, row[1:], wide[1:])]) for row in table
    ]
    return "\n".join([" ".join(begins), *lines, ""])


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a case: the plan, and how much more each line of `rows` costs."""
    lines: dict[str, dict[str, dict[str, float]]] = {}
    for name, more in rows(found):
        told = {key: round(value, 3) for key, value in more.items()}
        if name.strip() == AT_BEST:
            lines[next(reversed(lines))]["at_best"] = told
        else:
            lines[name] = {"middle": told}
    plan = {key: round(value, 3) for key, value in found["plan"].items()}
    return {"orders": found["orders"], "plan": plan, "more": lines}


def main() -> int:
    """Compare and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", maxsplit=1)[0])
    parser.add_argument("cases", nargs="*", default=CASES, help="examples, or folders of cases")
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders of the list to try")
    parser.add_argument("--keep", action="store_true", help="keep the figures for the guide")
    asked = parser.parse_args()
    for name in asked.cases:
        example = ROOT / "examples" / name
        found = compare(example if example.is_dir() else Path(name), asked.orders)
        print(in_words(found), flush=True)
        if asked.keep:
            measured.keep("by_hand", found["case"], summary(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``sufficiency frontier``: the best programme at each capital budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.evidence.commands import Command
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the frontier of a case."""
    from sufficiency.evidence.frontier.find import STEPS, Asked, frontier

    if asked["budgets"] and asked["steps"]:
        raise UsageError("give --budgets or --steps, not both")
    budgets = pounds(asked["budgets"]) if asked["budgets"] else ()
    names = ("gap", "workers", "cluster", "skip_bad_rows", "nested")
    others = {name: asked[name] for name in names}
    hours = _hours(asked["hours"]) if asked["travel"] else ()
    wanted = Asked(budgets, asked["steps"] or STEPS, hours=hours, **others)
    return frontier(asked["case"], asked["kept"], wanted, progress)


def _hours(text: str | None) -> tuple[float, ...]:
    from sufficiency.evidence.frontier.travel import HOURS

    return pounds(text, "--hours") if text else HOURS


def pounds(text: str, option: str = "--budgets") -> tuple[float, ...]:
    """Return the amounts of a list such as ``0,750000,1.5m``.

    Raises
    ------
    UsageError
        When one is not an amount.
    """
    found = []
    for word in text.lower().replace("£", "").split(","):
        number, million = word.strip().removesuffix("m"), word.strip().endswith("m")
        try:
            gbp = float(number) * (1e6 if million else 1.0)
        except ValueError:
            gbp = -1.0
        if not 0 <= gbp < 1e12:
            raise UsageError(f"{option} takes pounds with commas between: 0,750000,1.5m")
        found.append(gbp)
    return tuple(found)


ROW = Command(
    "frontier",
    """Find the best programme of schemes at each capital budget.

    What more money buys, as real cost and children without a place side by side; which schemes
    last and which a bigger budget drops; what nested programmes cost more; and cost against
    travel. Tables, charts and summary.json in a folder. An interrupted run goes on where it was
    when it is started again.
    """,
    (
        Option(
            "--budgets",
            str,
            "Capital of each programme, in pounds or millions: 0,750000,1.5m.",
            metavar="POUNDS,...",
        ),
        Option(
            "--steps",
            int,
            "Even steps up to what all schemes cost, if no budgets are given. [default: 8]",
            least=1,
            most=200,
        ),
        Option(
            "--nested",
            bool,
            "Also find programmes in which a bigger budget has all schemes of a smaller, and their price.",
        ),
        Option(
            "--travel/--no-travel",
            bool,
            "Whether to set cost against travel, too, at the case's own budget.",
            default=True,
        ),
        Option(
            "--hours",
            str,
            "What an hour of a child's travelling is worth, in turn. [default: 0,5,10,20,50,100]",
            metavar="POUNDS,...",
        ),
        *MANY_RUNS,
    ),
    find,
    long=True,
)

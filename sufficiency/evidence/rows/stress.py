"""``sufficiency stress``: what becomes of the recommended plan when things go otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.evidence.commands import Command
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress

#: Words of the tests, in their order.
NAMES = (
    "slip1",
    "slip2",
    "cost",
    "half",
    "close",
    "redesignate",
    "fees",
    "neighbours",
    "occupancy",
)


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Test the plan of a case."""
    from sufficiency.evidence.stress.find import Asked, stress
    from sufficiency.evidence.stress.words import evidence
    from sufficiency.evidence.study import Study

    wanted = Asked(
        only=tuple(asked["test"]),
        cost_pct=asked["cost_pct"],
        fees_pct=asked["fees_pct"],
        year=asked["from_year"],
        close=tuple(asked["close"]),
        redesignate=tuple(asked["redesignate"]),
        occupancy=shares(asked["occupancy"]),
        gap=asked["gap"],
        workers=asked["workers"],
        cluster=asked["cluster"],
    )
    found = stress(Study.asked(asked, progress), asked["kept"], wanted, progress)
    return evidence(found, asked)


def shares(text: str) -> tuple[float, ...]:
    """Return the shares of a list such as ``85,90,95,100``.

    Raises
    ------
    UsageError
        When one is not a share above 0 and up to 100.
    """
    try:
        found = tuple(float(word) for word in text.replace("%", "").split(","))
    except ValueError:
        found = (0.0,)
    if not all(0 < pct <= 100 for pct in found):
        raise UsageError("--occupancy takes per cent with commas between: 85,90,95,100")
    return found


ROW = Command(
    "stress",
    """Test the recommended plan: what if it goes otherwise?

    Schemes open late, cost more or start half full; a school closes or takes other needs;
    independent fees rise; other councils take nobody new; places keep headroom. Each time the plan
    is made again, with the schemes as recommended and with schemes chosen again. An interrupted
    run goes on where it was when it is started again.
    """,
    (
        Option("--test", NAMES, "Make this test only; repeat for more. [default: all]", many=True),
        Option("--cost-pct", float, "How much more a scheme costs, in per cent.", 20.0, 0, 500),
        Option("--fees-pct", float, "How much independent fees rise, in per cent.", 10.0, 0, 500),
        Option(
            "--close",
            str,
            "Provision that closes; repeat for more. [default: the council's largest]",
            metavar="ID",
            many=True,
        ),
        Option(
            "--redesignate",
            str,
            "Provision that takes other needs: ID=ASD|SLCN; repeat for more.",
            metavar="ID=NEEDS",
            many=True,
        ),
        Option(
            "--from-year",
            int,
            "Year from which places go or change. [default: the plan's second]",
            least=1990,
            most=2200,
            metavar="YEAR",
        ),
        Option(
            "--occupancy",
            str,
            "How full the council's own places may be, in per cent.",
            "85,90,95,100",
            metavar="PCT,...",
        ),
        *MANY_RUNS,
    ),
    find,
    long=True,
)

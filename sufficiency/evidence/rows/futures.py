"""``sufficiency futures``: which schemes hold in many futures, and one programme for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress

#: Parameters whose spread may be asked for, and what it is in.
SPREADS = {
    "growth": "growth of arrivals a year, in points",
    "needs": "each need's own growth a year, in points",
    "fees": "independent fees a year, in per cent",
    "transport": "transport prices, in per cent",
    "yield": "children from a new home, in per cent",
}


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Draw futures of a case, and plan for them."""
    from sufficiency.evidence.futures.find import futures
    from sufficiency.evidence.futures.sources import Asked
    from sufficiency.evidence.futures.words import evidence
    from sufficiency.evidence.study import Study

    given = {name: asked[f"{name}_spread"] for name in SPREADS}
    wanted = Asked(
        count=asked["futures"],
        seed=asked["seed"],
        spreads={name: value for name, value in given.items() if value is not None},
        housing=Path(asked["housing"]) if asked["housing"] else None,
        simulations=Path(asked["simulations"]) if asked["simulations"] else None,
        rounds=asked["rounds"],
        gap=asked["gap"],
        workers=asked["workers"],
        cluster=asked["cluster"],
    )
    return evidence(futures(Study.asked(asked, progress), asked["kept"], wanted, progress), asked)


ROW = Command(
    "futures",
    """Plan for many futures: which schemes hold in all of them?

    Draws futures of demand and prices by a stated rule, finds the best plan of each, and chooses one
    programme that does well in all: on average, and in the worst regret. Percentiles of every
    headline figure. An interrupted run goes on where it was when it is started again.
    """,
    (
        Option("--futures", int, "How many futures.", 100, 2, 10_000),
        Option("--seed", int, "Seed of the draws: the same seed, the same futures.", 1, 0, 2**31),
        *(
            Option(
                f"--{name}-spread",
                float,
                f"Standard deviation of {what}. [default: stated in what is found]",
                least=0,
                most=100,
            )
            for name, what in SPREADS.items()
        ),
        Option("--housing", str, "CSV table of housing sites.", metavar="FILE"),
        Option(
            "--simulations",
            str,
            "Forecast with simulations (witan.send's), in the place of the case's arrivals.",
            metavar="FILE",
        ),
        Option(
            "--rounds", int, "Most times that programmes are priced in every future.", 40, 1, 1000
        ),
        *MANY_RUNS,
    ),
    find,
    long=True,
)

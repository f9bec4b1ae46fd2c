"""The commands of many runs, a row each: what the command line makes of them, without importing what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sufficiency.progress import Progress

#: Exit code of a plan stopped, or solved, short of its proof.
NOT_PROVED = 5


class Answer(Protocol):
    """What a command found."""

    @property
    def summary(self) -> Mapping[str, object]:
        """What `summary.json` holds, for machines."""

    @property
    def exit_code(self) -> int:
        """0, or 5 when something is not proved."""

    def text(self, columns: int) -> str:
        """Return what people read on a console so wide."""


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Attributes
    ----------
    kind
        The type of its value; a number lies between `least` and `most`.
    """

    flag: str
    kind: type[int | float | str]
    help: str
    default: float | str | None = None
    least: float | None = None
    most: float | None = None
    metavar: str | None = None


@dataclass(frozen=True)
class Command:
    """A command on a case that writes a folder.

    Attributes
    ----------
    run
        Given the case, the folder, the options' values by name, and whom to tell how far it is.
    """

    name: str
    help: str
    options: tuple[Option, ...]
    run: Callable[[Path, Path, Mapping[str, Any], Progress], Answer]


#: Options of every command of many runs.
MANY_RUNS = (
    Option(
        "--gap",
        float,
        "How near to the best possible each plan must be proved, as a share of its cost.",
        1e-6,
        0,
        1,
    ),
    Option("--workers", int, "Processes to use. [default: as many as are worth it]", least=1),
    Option(
        "--cluster",
        str,
        "Run on a dask cluster, given its scheduler's address (tcp://host:8786).",
        metavar="ADDRESS",
    ),
)


def _frontier(case: Path, out: Path, asked: Mapping[str, Any], progress: Progress) -> Answer:
    from sufficiency.evidence.frontier import STEPS, Asked, frontier

    if asked["budgets"] and asked["steps"]:
        raise UsageError("give --budgets or --steps, not both")
    budgets = pounds(asked["budgets"]) if asked["budgets"] else ()
    steps = asked["steps"] or STEPS
    others = {name: value for name, value in asked.items() if name not in {"budgets", "steps"}}
    return frontier(case, out, Asked(budgets, steps, **others), progress)


def pounds(text: str) -> tuple[float, ...]:
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
            raise UsageError("--budgets takes pounds with commas between: 0,750000,1.5m")
        found.append(gbp)
    return tuple(found)


#: Every command, in the order of use.
COMMANDS = (
    Command(
        "frontier",
        """Find the best programme of schemes at each capital budget.

        What more money buys, as real cost and children without a place side by side; which schemes
        last and which a bigger budget drops; a table, a chart and summary.json in a folder. An
        interrupted run goes on where it was when it is started again.
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
            *MANY_RUNS,
        ),
        _frontier,
    ),
)

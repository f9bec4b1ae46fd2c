"""Options of commands as rows: what the command line makes of them, without importing what they need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Attributes
    ----------
    kind
        The type of its value: a number lies between `least` and `most` (a float above `least` only, if `above`), a
        path names a folder, a bool is a flag; or the words that it may be.
    many
        Whether it may be given again and again.
    """

    flag: str
    kind: type[bool | int | float | str | Path] | tuple[str, ...]
    help: str
    default: float | str | None = None
    least: float | None = None
    most: float | None = None
    metavar: str | None = None
    many: bool = False
    above: bool = False


#: How near to the best a plan must be proved.
GAP = Option(
    "--gap",
    float,
    "How near to the best possible each plan must be proved, as a share of its cost.",
    1e-6,
    0,
    1,
)
#: Where a command of evidence writes what it finds.
FOUND = Option(
    "--out", Path, "Folder for what is found, as a page, tables and drawings.", metavar="FOLDER"
)
#: Options of `plan`, besides the case and its folder.
PLAN = (
    GAP,
    Option(
        "--time-limit",
        float,
        "Stop looking for better schemes after so long. [default: no limit]",
        least=0,
        metavar="SECONDS",
        above=True,
    ),
    Option("--solver", ("highs", "cbc"), "Which solver to use.", "highs"),
    Option(
        "--baseline/--no-baseline",
        bool,
        "Whether to compare the plan with building nothing, which takes one more solve.",
        default=True,
    ),
    Option("--whole-children", bool, "Split no child between places."),
    Option(
        "--scenario",
        str,
        "Plan the case with the differences of scenarios/NAME.toml.",
        metavar="NAME",
    ),
    Option("--tables-only", bool, "No report, papers, maps or annexes: quicker."),
    Option(
        "--published",
        Path,
        "Folder of an earlier plan that is public, so that the two together tell no small number; repeat for more.",
        metavar="OUT",
        many=True,
    ),
    Option(
        "--evidence",
        Path,
        "Folder of a command's findings on this case (options, frontier, value ...), to be sections of the report;"
        " repeat for more.",
        metavar="FOLDER",
        many=True,
    ),
)
#: Options of every command of many runs.
MANY_RUNS = (
    GAP,
    Option("--workers", int, "Processes to use. [default: as many as are worth it]", least=1),
    Option(
        "--cluster",
        str,
        "Run on a dask cluster, given its scheduler's address (tcp://host:8786).",
        metavar="ADDRESS",
    ),
)
#: Options of `synth`, besides the case.
SYNTH = (
    Option("--seed", int, "Another seed, other children.", 1, least=0),
    Option("--decisions", int, "About so many rows that seek a place.", least=1),
    Option("--council", str, "A new county with this council's postcodes.", metavar="CODE"),
    Option("--replace", bool, "Overwrite the children that are there."),
)
#: Options of `studio`, besides the case.
STUDIO = (
    Option("--port", int, "Port to listen on. [default: any that is free]", least=1, most=65535),
    Option("--browser/--no-browser", bool, "Whether to open a browser at the page.", default=True),
)

"""Every command of evidence where there is next to nothing: a plain sentence each, and the right exit code."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from sufficiency.evidence.commands import COMMANDS
from tests.plans import invoke
from tests.town import write_town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sufficiency.evidence.commands import Command

pytestmark = pytest.mark.slow
#: Commands that have nothing to find where no scheme can be chosen.
CHOOSING = {"options", "frontier", "alternatives", "futures"}
#: What a command is asked besides the case.
ASKED = {"explain": ("--provision", "H"), "futures": ("--futures", "2")}
#: Exit codes of a refusal, and of data with errors.
REFUSED, WRONG = 2, 3


def _empty(*files: Path) -> None:
    for file in files:
        file.write_text(file.read_text("utf-8").splitlines()[0] + "\n", "utf-8")


def nobody(town: Path) -> None:
    """Leave no child in the case."""
    _empty(town / "children.csv", town / "new_children.csv")


def all_placed(town: Path) -> None:
    """Let everybody have a place already, and nobody come."""
    with (town / "children.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"status": "placed", "current_provision": row["current_provision"] or "H"}
    with (town / "children.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _empty(town / "new_children.csv")


def no_schemes(town: Path) -> None:
    """Leave nothing to choose."""
    for name in ("schemes.csv", "scheme_places.csv"):
        (town / name).unlink()


def one_year(town: Path) -> None:
    """Plan for one year, in which no scheme opens."""
    settings = (town / "case.toml").read_text("utf-8")
    (town / "case.toml").write_text(settings.replace("years = 3", "years = 1"), "utf-8")


def a_table_of_journeys(town: Path) -> None:
    """Give journeys as a table, without the areas that homes lie in."""
    settings = (town / "case.toml").read_text("utf-8")
    settings = settings.replace("detour_factor = 1.2\n", 'method = "table"\n')
    (town / "case.toml").write_text(settings, "utf-8")
    homes = [f"kid-{letter}" for letter in "abcde"]
    rows = [
        f"{home},{at},{km},{2 * km}"
        for home in homes
        for at, km in zip("RHV", (2, 3, 9), strict=True)
    ]
    text = "child_id,provision_id,km,minutes\n" + "\n".join(rows) + "\n"
    (town / "travel.csv").write_text(text, "utf-8")


CASES: tuple[tuple[Callable[[Path], None], bool], ...] = (
    (nobody, False),
    (all_placed, True),
    (no_schemes, False),
    (one_year, False),
    (a_table_of_journeys, True),
)
"""Cases, and whether there are schemes to choose in them."""


@pytest.mark.parametrize(
    "command", [row for row in COMMANDS if row.takes == "case"], ids=lambda row: row.name
)
@pytest.mark.parametrize(("make", "chooses"), CASES, ids=[make.__name__ for make, _ in CASES])
def test_there_is_a_plain_sentence(
    command: Command, make: Callable[[Path], None], chooses: bool, tmp_path: Path
) -> None:
    town = write_town(tmp_path)
    make(town)
    name, options = command.name, {option.flag for option in command.options}
    alone = ("--workers", "1") if "--workers" in options else ()
    done = invoke(name, town, "--out", tmp_path / "out", *alone, *ASKED.get(name, ()))
    expected = WRONG if make is nobody else REFUSED if name in CHOOSING and not chooses else 0
    assert done.exit_code == expected, done.stderr
    said = done.stderr if expected else done.stdout
    assert re.search(r"[A-Z][^\n]+[.:]", said)
    assert not re.search(r"Traceback|\bnan\b|\bNone\b|\binf\b|opens no of", said)
    assert (tmp_path / "out" / "section.json").exists() == (expected == 0)

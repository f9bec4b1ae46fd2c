"""What a synthetic population is drawn from: a council's published counts, and stated assumptions.

The counts live in ``synth.toml`` beside a case, each with its source; see ``examples/banes``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RECIPE = "synth.toml"
CYCLES = 500


@dataclass(frozen=True)
class Recipe:
    """Published counts and assumptions.

    Attributes
    ----------
    needs, placements, ages
        Labels of the axes below; ages as the census counts them.
    by_need, by_placement
        (ages, needs) and (ages, placements) plans.
    placement_by_need
        (placements, needs) plans.
    new_ages, new_by_need
        Ages, and (new ages, needs) new plans in a year.
    base_odds
        (needs,) how often a pupil in mainstream is in a base, in the country.
    options
        The other settings, by section.
    """

    needs: tuple[str, ...]
    placements: tuple[str, ...]
    ages: tuple[int, ...]
    by_need: Ints
    by_placement: Ints
    placement_by_need: Ints
    new_ages: tuple[int, ...]
    new_by_need: Ints | Floats
    base_odds: Floats
    options: dict[str, dict[str, Any]]

    def option(self, section: str, name: str) -> float:
        """Return one number of the settings."""
        return float(self.options[section][name])

    @property
    def plans(self) -> int:
        """All plans counted."""
        return int(self.by_need.sum())

    def joint(self) -> Floats:
        """Return plans by (age, placement, need) that agree with all three published tables.

        Iterative proportional fitting from a flat start: of all tables with these margins the one
        of greatest entropy, that is, which assumes nothing more than they say.
        """
        cells = np.ones((len(self.ages), len(self.placements), len(self.needs)))
        for _ in range(CYCLES):
            cells *= _ratio(self.by_need, cells.sum(axis=1))[:, None, :]
            cells *= _ratio(self.placement_by_need, cells.sum(axis=0))[None, :, :]
            cells *= _ratio(self.by_placement, cells.sum(axis=2))[:, :, None]
        return cells


def _ratio(wanted: Ints, found: Floats) -> Floats:
    """Divide, with 0 where nothing is found."""
    return np.divide(wanted, found, out=np.zeros(wanted.shape), where=found > 0)


def read_recipe(path: Path) -> Recipe:
    """Read the recipe of a case's folder.

    Raises
    ------
    UsageError
        When there is none, it cannot be read, or its tables do not agree with one another.
    """
    file = path / RECIPE
    table = read_table(path)
    try:
        recipe = recipe_of(table)
    except (KeyError, ValueError, TypeError) as error:
        message = f"{file} lacks something or a row has the wrong length: {error}"
        raise UsageError(message) from error
    if wrong := _disagreements(recipe):
        message = f"{file}: " + "; ".join(wrong)
        raise UsageError(message)
    return recipe


def read_table(path: Path) -> dict[str, Any]:
    """Read the file of a case's recipe as it is.

    Raises
    ------
    UsageError
        When there is none, or it cannot be read.
    """
    file = path / RECIPE
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{file} cannot be read; copy one from the worked example and put in your counts"
        raise UsageError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{file} is not TOML: {error}"
        raise UsageError(message) from error


def recipe_of(table: dict[str, Any]) -> Recipe:
    """Turn the tables of a recipe's file into arrays; KeyError or ValueError where one is not as it should be."""
    source = table["source"]
    needs, placements = tuple(source["needs"]), tuple(source["placements"])
    by_age, new = table["plans_by_age_and_need"], table["new_plans_by_age_and_need"]
    bases = table["bases"]
    return Recipe(
        needs=needs,
        placements=placements,
        ages=tuple(int(age) for age in by_age),
        by_need=_rows(by_age.values(), len(needs)),
        by_placement=_rows(
            (table["plans_by_age_and_placement"][age] for age in by_age), len(placements)
        ),
        placement_by_need=_rows(
            (table["plans_by_placement_and_need"][name] for name in placements), len(needs)
        ),
        new_ages=tuple(int(age) for age in new),
        new_by_need=_rows(new.values(), len(needs)),
        base_odds=np.array(bases["england_base"]) / np.array(bases["england_mainstream"]),
        options={key: value for key, value in table.items() if "plans_by" not in key},
    )


def _rows(rows: Any, width: int) -> Ints:  # noqa: ANN401
    """Stack rows of whole numbers of the same width."""
    rows = list(rows)
    if any(len(row) != width for row in rows):
        message = f"every row needs {width} numbers"
        raise ValueError(message)
    return np.array(rows, dtype=np.int64)


def _disagreements(recipe: Recipe) -> list[str]:
    """Say where the published tables do not add up to one another."""
    pairs = {
        "plans by age": (recipe.by_need.sum(axis=1), recipe.by_placement.sum(axis=1)),
        "plans by need": (recipe.by_need.sum(axis=0), recipe.placement_by_need.sum(axis=0)),
        "plans by placement": (
            recipe.by_placement.sum(axis=0),
            recipe.placement_by_need.sum(axis=1),
        ),
        "all plans": (recipe.plans, int(recipe.option("source", "plans"))),
        "new plans": (recipe.new_by_need.sum(), int(recipe.option("arrivals", "plans_a_year"))),
    }
    return [
        f"two tables give different numbers of {what}"
        for what, (one, other) in pairs.items()
        if not np.array_equal(one, other)
    ]

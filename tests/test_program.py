"""The program as text: a golden file for each family of constraints, readable beside its formula.

To write the files anew after a change that is meant, set ``GOLDEN=write`` and read the difference.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import numpy as np
import pytest

from models.program import FAMILIES, Program, formulate
from tests.problems import small

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def program() -> Program:
    return formulate(small())


def sections(program: Program, folder: Path) -> dict[str, list[str]]:
    """Return the program as PuLP writes it: the lines of each constraint and section, by name."""
    path = folder / "small.lp"
    program.lp.writeLP(str(path))
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        head, colon, _ = line.partition(":")
        if line in {"Minimize", "Subject To", "Bounds", "Binaries", "End"}:
            name = line
        elif colon:
            name = head
        found.setdefault(name, []).append(line)
    return found


def text_of(family: str, program: Program, folder: Path) -> str:
    """Return what a family's docstring states, and its rows."""
    said = inspect.getdoc(FAMILIES[family]) or ""
    lines = [f"\\ {line}".rstrip() for line in said.splitlines()]
    written = sections(program, folder)
    return (
        "\n".join([*lines, "", *(line for row in program.rows[family] for line in written[row])])
        + "\n"
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_of_a_family_read_as_they_should(
    family: str, program: Program, tmp_path: Path
) -> None:
    text = text_of(family, program, tmp_path)
    golden = GOLDEN / f"{family}.lp"
    if os.environ.get("GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert golden.is_file(), f"the family {family} has no golden text"
    assert text == golden.read_text(encoding="utf-8")


def test_every_family_has_a_golden_text_and_every_text_a_family() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{family}.lp" for family in FAMILIES}


def test_every_family_has_rows_here_and_a_formula(program: Program) -> None:
    for family, function in FAMILIES.items():
        assert program.rows[family], family
        assert "<=" in (function.__doc__ or "") or " = " in (function.__doc__ or ""), family


def test_no_row_is_outside_a_family(program: Program) -> None:
    assert program.lp.numConstraints() == sum(map(len, program.rows.values()))


def test_the_objective_bounds_and_binaries(program: Program, tmp_path: Path) -> None:
    written = sections(program, tmp_path)
    (objective,) = (lines for name, lines in written.items() if name.upper() == "OBJ")
    text = " ".join(" ".join(objective).split())
    assert text == (
        "OBJ: 1000 u0 + 900 u1 + 10 x0 + 18 x1 + 30 x2 + 15 x3 + 400 x4 "
        "+ 50 y0_0 + 25 y0_1 + 40 y1_0 + 20 y1_1 + 5 y2_1"
    )
    assert written["Binaries"][1:] == ["y0_0", "y0_1", "y1_0", "y1_1", "y2_1"]
    assert "Bounds" not in written, "flows are at least 0 and no more is said of them"


def test_a_stay_left_out_stands_in_no_row(tmp_path: Path) -> None:
    program = formulate(small(), stays=np.array([1, 3]))
    text = "\n".join(line for lines in sections(program, tmp_path).values() for line in lines)
    assert "x1" in text
    assert "x3" in text
    assert not any(name in text for name in ("x0", "x2", "x4"))
    assert program.rows == formulate(small()).rows, "the rows keep their names, for their duals"

"""What a reader of the guide has before each of its pages: laid out in the folder where the page runs, all invented."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

import cli
from geodata.grid import to_wgs84
from sufficiency import worked_examples
from tests import (
    blade,
    little_town,
    test_fetch,
    test_import_children,
    test_import_gias,
    test_import_places,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
#: Fences of a page: its language, and what stands in it.
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """What a page needs.

    Attributes
    ----------
    lay
        Each lays something out in the folder where the page runs, before its first command.
    before
        What the reader does by hand before a command, by that command or how it begins: put a file right, say.
    exits
        Exit codes other than 0, by a command or how it begins.
    """

    lay: tuple[Callable[[Path], object], ...] = ()
    before: Mapping[str, Callable[[Path], object]] = field(default_factory=dict)
    exits: Mapping[str, int] = field(default_factory=dict)


def example(name: str, folder: str = "my-council") -> Callable[[Path], object]:
    """Lay out a copy of a worked example."""
    return lambda here: worked_examples.copy(name, here / folder)


def planned(case: str, out: str = "my-plan", *more: str) -> Callable[[Path], object]:
    """Lay out a plan of a case that was laid out before; its tables alone unless more is asked."""
    asked = more or ("--tables-only",)
    return lambda here: _quiet("plan", str(here / case), "--out", str(here / out), *asked)


def saved(page: str, language: str, file: str, nth: int = 0) -> Callable[[Path], object]:
    """Save a page's first fence of a language, or a later one, as a file, as its reader does in an editor."""

    def save(here: Path) -> None:
        found = FENCE.findall((DOCS / page).read_text(encoding="utf-8"))
        block = [body for name, body in found if name == language][nth]
        (here / file).parent.mkdir(parents=True, exist_ok=True)
        (here / file).write_text(block, encoding="utf-8")

    return save


def _quiet(*given: str) -> None:
    done = CliRunner().invoke(cli.main, list(given))
    assert done.exit_code == 0, done.output


def gias_extract(here: Path) -> None:
    """Lay out an extract of GIAS with two special schools, a base and a neighbour's school, and its links."""
    points = [("BA14 8JN", 385428, 157571), ("SP1 3UZ", 414736, 130355), ("SN15 1ER", 392113, 173569),
              ("BA11 1HA", 377561, 147719)]  # fmt: skip
    names = "Blackbird School", "Thrush School", "Wren Primary School", "Heron School"
    base = {"TypeOfResourcedProvision (name)": "Resourced provision", "ResourcedProvisionOnRoll": "15",
            "ResourcedProvisionCapacity": "16", **test_import_gias.MAINSTREAM}  # fmt: skip
    more: list[dict[str, str]] = [{}, {"SchoolCapacity": ""}, base, {"LA (name)": "Somerset"}]
    rows = [
        {
            **test_import_gias.school(100101 + number),
            "EstablishmentName": name,
            "LA (name)": "Wiltshire",
            "Postcode": point[0],
            "Easting": str(point[1]),
            "Northing": str(point[2]),
            "CensusDate": "15-01-2026",
            **changes,
        }
        for number, (name, point, changes) in enumerate(zip(names, points, more, strict=True))
    ]
    test_import_gias.write(here / "edubasealldata20260901.csv", rows)
    heads = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
    link = dict(zip(heads, ("100101", "100099", "", "Predecessor", "01-09-2019"), strict=True))
    test_import_gias.write(here / "links_edubasealldata20260901.csv", [link], heads)


def sen2_return(here: Path) -> None:
    """Lay out a SEN2 return as COLLECT exports it, and a case with the schools that it names."""
    blade.invent().write(here / "sen2-2025")
    blade.case(here / "my-council")


def export(here: Path) -> None:
    """Lay out a flat export of children, and a case with the schools that it names."""
    if not (here / "my-council" / "provisions.csv").exists():
        blade.case(here / "my-council")
    with (here / "plans.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, test_import_children.HEADER)
        writer.writeheader()
        writer.writerows(test_import_children.ROW for _ in range(6))


def returns(here: Path) -> None:
    """Lay out a SEN2 return, place numbers and an export, and a case for each that names their schools."""
    blade.invent().write(here / "sen2-2025")
    place_numbers(here)
    export(here)
    for name in ("from-the-return", "from-the-export"):
        blade.case(here / name)


def history(here: Path) -> None:
    """Lay out plans by need in past years, to try a projection on."""
    rows = [
        f"{year},{need},{start + step * (year - 2019)}"
        for need, start, step in (("ASD", 410, 38), ("SEMH", 210, 21), ("SLCN", 160, 9))
        for year in range(2019, 2025)
    ]
    text = "\n".join(["year,need,plans", *rows, ""])
    (here / "history.csv").write_text(text, encoding="utf-8")


def confirm_the_map(here: Path) -> None:
    """Confirm the drafted map, as a reader does who has looked at it."""
    file = here / "map.toml"
    text = file.read_text(encoding="utf-8")
    assert "confirmed = false" in text
    file.write_text(text.replace("confirmed = false", "confirmed = true"), encoding="utf-8")


def place_numbers(here: Path) -> None:
    """Lay out place numbers as the DfE publishes them, for schools of `gias_extract`."""
    urns = {100001: 100103, 100002: 100101}
    rows = [
        [urns.get(cell, cell) if isinstance(cell, int) else cell for cell in row]
        for row in test_import_places.ROWS
    ]
    test_import_places.write_ods(here / "high-needs-place-numbers.ods", rows)


def roads_answer(west: int = 340, south: int = 145, east: int = 400, north: int = 185) -> bytes:
    """Return what Overpass would answer: a road every two kilometres each way, in a box of whole kilometres."""
    columns, lines = range(west, east + 1, 2), range(south, north + 1, 2)
    elements: list[dict[str, Any]] = []
    for x in columns:
        for y in lines:
            lat, lon = (float(degree) for degree in to_wgs84(x * 1000, y * 1000))
            elements.append({"type": "node", "id": x * 1000 + y, "lat": lat, "lon": lon})
    ways = [[x * 1000 + y for y in lines] for x in columns]
    ways += [[x * 1000 + y for x in columns] for y in lines]
    for number, nodes in enumerate(ways, start=10_000_000):
        tags = {"highway": "tertiary", "maxspeed": "30 mph"}
        elements.append({"type": "way", "id": number, "nodes": nodes, "tags": tags})
    return json.dumps({**json.loads(test_fetch.answer()), "elements": elements}).encode()


def wrong_need(here: Path) -> None:
    """Add a child with a need that there is not to a case."""
    with (here / "my-council" / "children.csv").open("a", encoding="utf-8") as file:
        file.write("K-999,1,HP20 1UY,XXX,,3,,seeking\n")


SMALLEST = tuple(
    saved("your-data.md", "csv", f"smallest/{name}.csv", nth)
    for nth, name in enumerate(("children", "provisions", "places", "prices"))
)
#: What each page needs; a page without a row starts in an empty folder, and all its commands end with 0.
ROWS: dict[str, Row] = {
    "your-data.md": Row(
        lay=(saved("your-data.md", "toml", "smallest/case.toml"), *SMALLEST),
    ),
    "schools.md": Row(
        lay=(gias_extract, place_numbers),
        exits={"sufficiency check": 3},
    ),
    "children.md": Row(
        lay=(sen2_return, export),
        before={"sufficiency import children plans.csv --map": confirm_the_map},
    ),
    "demand.md": Row(lay=(example("bcp"), saved("demand.md", "csv", "england.csv"))),
    "planning.md": Row(lay=(example("bucks-year-groups"),)),
    "comparison.md": Row(lay=(saved("comparison.md", "csv", "simulations.csv"),)),
    "journeys.md": Row(lay=(example("banes-2018"),)),
    "workbook.md": Row(
        lay=(example("bucks-year-groups"), wrong_need),
        exits={
            "sufficiency check my-council --skip-bad-rows": 0,
            "sufficiency check my-council": 3,
        },
    ),
    "claims.md": Row(
        lay=(saved("claims.md", "toml", "claims.toml"),),
        exits={"sufficiency claim claims.toml": 3},
    ),
    "first-plan.md": Row(
        before={
            "sufficiency plan my-council --scenario": saved(
                "first-plan.md", "toml", "my-council/scenarios/bigger-fund.toml"
            )
        }
    ),
    "questions.md": Row(
        (
            example("bcp"),
            example("bucks-year-groups", "year-groups"),
            example("banes-2018", "bath"),
            planned("my-council"),
            gias_extract,
            returns,
            history,
        ),
        before={"sufficiency import children plans.csv --map": confirm_the_map},
    ),
    "planners.md": Row((example("bcp"), planned("my-council"))),
    "transport.md": Row(
        (
            example("bcp"),
            example("bucks-year-groups", "year-groups"),
            planned("year-groups", "classes"),
            planned("year-groups", "pooled", "--tables-only", "--scenario", "pooled"),
        )
    ),
    "dashboard.md": Row((example("bcp"), example("bucks-year-groups", "year-groups"))),
    "authors.md": Row((example("bcp"), example("bucks-year-groups", "year-groups"))),
    "outputs.md": Row((example("bucks-year-groups", "year-groups"),)),
    "uncertainty.md": Row(
        (
            example("bcp"),
            example("bucks-year-groups", "year-groups"),
            saved("uncertainty.md", "toml", "my-council/scenarios/growth-and-base.toml"),
        )
    ),
    "studio.md": Row((example("bcp"),)),
    "maps.md": Row(
        (
            example("bucks-year-groups", "year-groups"),
            planned("year-groups", "my-plan", "--no-baseline"),
            planned("year-groups", "pooled", "--no-baseline", "--scenario", "pooled"),
        )
    ),
    "method.md": Row(lay=(little_town.lay_out,)),
}

"""The pages of the guide on method, mathematics and assumptions say what the code does.

What a page tells in a table or a formula is read off the page, and held against the program, the settings or a plan.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pytest
from click.testing import CliRunner

import cli
from geodata.speeds import ROAD_CLASSES
from models import solve
from models.benders import INWARD, SETTLED, TOWARDS_CORE
from models.network import MANY
from models.program import FAMILIES
from models.solve import LARGE, SCHEME_TIE
from models.value import Valuer
from models.verify import COST_TOLERANCE, PROOF_TOLERANCE, TOLERANCE
from models.whole import ENOUGH_GBP
from sufficiency.evidence import runs
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.commands import COMMANDS
from sufficiency.evidence.futures.draws import PARAMETERS
from sufficiency.findings import Findings, find
from sufficiency.geographies import MOST_HIDDEN_PCT
from sufficiency.masks import Rules
from sufficiency.progress import Silent
from sufficiency.rendering import ONE_OF
from sufficiency.run import plan, prepare
from sufficiency.settings import describe_settings
from sufficiency.suppression import MOST_WHOLE
from sufficiency.tables import TABLES
from tests.axe import NARROW, broken
from tests.little_town import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from sufficiency.problem import Basis
    from sufficiency.steps import Prepared

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MARKS = {"PUBLISHED", "NEUTRAL", "ASSUMED"}
GIVEN = "## Settings that have a value unless you give one"


@cache
def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


def part(name: str, heading: str) -> str:
    """Return what stands under a heading of a page, up to the next of the same level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = page(name).split(f"\n{heading}\n")
    assert len(found) == 2, heading
    return re.split(rf"^#{{1,{level}}} ", found[1], maxsplit=1, flags=re.MULTILINE)[0]


def tables(text: str) -> Iterator[list[list[str]]]:
    """Yield every table of a text: its rows, headings first, code signs taken off."""
    for block in re.findall(r"(?:^\|.*\n)+", f"{text}\n", re.MULTILINE):
        rows = [row.split("|")[1:-1] for row in block.splitlines() if not row.startswith("|---")]
        yield [[cell.strip().strip("`") for cell in row] for row in rows]


def pounds(text: str) -> float:
    return float(text.replace("£", "").replace(",", "").replace("−", "-"))


# The little town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(lay_out(tmp_path_factory.mktemp("town")), Silent())


def planned(basis: Basis, may_open: dict[str, int]) -> float:
    """Return the real cost of the best plan that opens some schemes, each in its year, and no other."""
    schemes = basis.problem.schemes
    allowed = np.zeros_like(schemes.may_open)
    names = [scheme.scheme_id for scheme in basis.schemes if not scheme.committed]
    for name, year in may_open.items():
        allowed[names.index(name), year - basis.case.settings.base_year] = True
    must = tuple(names.index(name) for name in may_open)
    fixed = replace(schemes, may_open=allowed, must=must)
    return solve(basis.problem.with_numbers(schemes=fixed)).objective


def found(town: Prepared) -> Findings:
    return find(town.basis, solve(town.basis.problem), town.travel.journeys, town.basis.children)


def test_the_little_towns_journeys_are_as_reckoned(town: Prepared) -> None:
    _, *rows = next(table for table in tables(page("method")) if table[0][0] == "home")
    costs, journeys = town.basis.costs, town.travel.journeys
    homes = {
        area: town.basis.cohorts.table.query("area == @area")["origin"].iloc[0]
        for area in ("North", "South")
    }
    names = town.case.provisions.set_index("name")["provision_id"]
    prices = town.case.prices.set_index("provision_id")["gbp_per_child"]
    for home, school, km, minutes, transport, price, together in rows:
        at = town.basis.provisions.index(names[school])
        origin = homes[home]
        assert float(km) == pytest.approx(journeys.km[origin, at])
        assert float(minutes) == pytest.approx(journeys.minutes[origin, at])
        assert pounds(transport) == pytest.approx(costs.transport[origin, at])
        assert pounds(price) == prices[names[school]]
        assert pounds(together) == pounds(transport) + pounds(price)


def test_the_little_towns_programmes_cost_what_the_page_says(town: Prepared) -> None:
    _, *rows = next(table for table in tables(page("method")) if table[0][0] == "programme")
    asked: dict[str, dict[str, int]] = {
        "nothing": {},
        "base at Mill in 2027": {"P1": 2027},
        "four places at Hill in 2027": {"P2": 2027},
        "base at Mill in 2028": {"P1": 2028},
    }
    assert [name for name, _ in rows] == list(asked)
    for name, cost in rows:
        assert planned(town.basis, asked[name]) == pytest.approx(pounds(cost), abs=0.5), name
    plan = found(town)
    assert plan.opening == {"P1": 2027}
    assert plan.cost_gbp == pytest.approx(min(pounds(cost) for _, cost in rows), abs=0.5)
    less = re.search(r"this is (£[\d,]+) less than if nothing were built", page("method"))
    assert less
    assert pounds(rows[0][1]) - plan.cost_gbp == pytest.approx(pounds(less[1]), abs=1)


def test_the_little_towns_ledger_is_the_pages(town: Prepared) -> None:
    heads, *rows = next(table for table in tables(page("method")) if table[0][0] == "item")
    ledger = found(town).ledger.pivot_table("gbp", "item", "year", aggfunc="sum")
    assert [f"{year}/{int(year) % 100 + 1}" for year in map(str, ledger.columns)] == heads[1:]
    for item, *years in rows:
        assert [pounds(gbp) for gbp in years] == pytest.approx(
            np.round(ledger.loc[item]).tolist()
        ), item
    told = {item for item, *_ in rows}
    assert not ledger.drop(index=list(told)).to_numpy().any()


def test_the_little_towns_sums_in_the_text(town: Prepared) -> None:
    schemes = {scheme.scheme_id: scheme for scheme in town.basis.schemes}
    text = page("method")
    for scheme, words in (
        ("P1", "a yearly charge for £900,000 over 40 years at 3.5%"),
        ("P2", "for £250,000 over 25 years"),
    ):
        assert words in text
        assert f"£{schemes[scheme].annuity_gbp:,.0f}" in text
    valuer = Valuer(town.basis.problem, solve(town.basis.problem))
    mill = next(q for q, key in enumerate(town.basis.pools.keys) if key.provision_id == "MILL")
    for change, told in ((-1, "= £{:,.0f} more a year"), (1, "about £{:,.0f} a year")):
        room = valuer.problem.room.copy()
        room[mill, 1:] += change
        each = change * (valuer.now.cost - valuer.best(room).cost) / (1 / 1.035 + 1 / 1.035**2)
        assert told.format(each if change < 0 else round(each, -1)) in text


# The mathematics


def plainly(formula: str) -> str:
    """Return a formula without what only sets it: LaTeX and the text of a docstring become alike."""
    for latex, text in ((r"\le ", "<="), (r"\notin", "not in"), (r"\in ", "in "), ("\\", "")):
        formula = formula.replace(latex, text)
    return re.sub(r"[\s{}]", "", formula)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_stands_on_the_page_as_it_is_solved(family: str) -> None:
    text = part("mathematics", f"### {family}")
    golden = (ROOT / "tests" / "golden" / f"{family}.lp").read_text("utf-8")
    rows = "\n".join(line for line in golden.splitlines() if line and not line.startswith("\\"))
    assert f"```text\n{rows}\n```" in text, "the page quotes another golden text"
    formula = re.search(r"\$\$(.+?)\$\$", text)
    declared = re.search(r"``(.+?)``", FAMILIES[family].__doc__ or "", re.DOTALL)
    assert formula
    assert declared
    assert plainly(formula[1]) == plainly(declared[1])


def test_no_family_is_on_the_page_that_is_not_solved() -> None:
    heads = re.findall(r"^### (\w+)$", part("mathematics", "## The program"), re.MULTILINE)
    assert [head for head in heads if head != "Objective"] == list(FAMILIES)


def test_every_module_of_models_is_named_and_every_module_named_is_there() -> None:
    named = set(re.findall(r"`(?:models/)(\w+\.py)`", page("mathematics")))
    there = {path.name for path in (ROOT / "models").glob("*.py")} - {"__init__.py", "solution.py"}
    assert named == there
    for path in re.findall(r"`((?:sufficiency|models|tests|docs)/[\w./]+)`", page("mathematics")):
        assert (ROOT / path).exists(), path


def test_every_command_of_evidence_is_on_the_page_with_its_room() -> None:
    (_, *rows) = next(tables(part("mathematics", "## What each command of evidence solves")))
    named = {name for row in rows for name in re.findall(r"[a-z]+", row[0])}
    assert named == {command.name for command in COMMANDS}
    for row in rows:
        for room in re.findall(r"[\w/.]+", row[2]):
            folder = ROOT if room.startswith("sufficiency") else ROOT / "sufficiency" / "evidence"
            assert (folder / room).exists(), room


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    assert (LARGE, MANY, MOST_WHOLE) == (5_000, 150_000, 600)
    assert (INWARD, TOWARDS_CORE, SETTLED) == (0.5, (0.2, 0.5), 2e-5)
    assert (TOLERANCE, COST_TOLERANCE, PROOF_TOLERANCE) == (1e-5, 1e-8, 1e-7)
    assert (ENOUGH_GBP, SCHEME_TIE) == (1.0, 1e-3)
    text = " ".join(page("mathematics").split())
    for words in (
        "up to 5,000 stays", "from 150,000 nodes", "up to 600 atoms", "cuts are made halfway",
        "a fifth and a half of the way", r"2 \times 10^{-5}", "$10^{-5}$ of a child or place",
        "$10^{-8}$ of itself", "$10^{-7}$ of the flows' cost", "costs over £1,", "a tenth of a penny",
    ):  # fmt: skip
        assert words in text, words


def test_every_source_is_cited_and_every_citation_has_a_source() -> None:
    cited = {int(n) for n in re.findall(r"\[\[(\d+)\]\]\(#sources\)", page("mathematics"))}
    listed = {
        int(n) for n in re.findall(r"^(\d+)\. ", part("mathematics", "## Sources"), re.MULTILINE)
    }
    assert cited == listed


def test_every_formula_can_be_set() -> None:
    from latex2mathml.converter import convert

    text = re.sub(r"```.*?```", "", page("mathematics"), flags=re.DOTALL)
    formulas = re.findall(r"\$\$(.+?)\$\$|\$([^$]+?)\$", text, re.DOTALL)
    assert len(formulas) > 60
    for display, inline in formulas:
        made = convert(display or inline)
        assert not re.search(r">\\\w+<", made), display or inline
        assert not re.search(r"\\[,;! ]", display or inline), (
            "a git host takes the sign for its own"
        )


# Assumptions


def test_every_default_on_the_page_is_the_settings() -> None:
    told: dict[str, tuple[str, ...]] = {}
    under = re.split(r"^### (.+)$", part("assumptions", GIVEN), flags=re.MULTILINE)[1:]
    for section, text in zip(under[::2], under[1::2], strict=True):
        before = f"{section.strip('[]')}." if section.startswith("[") else ""
        (_, *rows) = next(tables(text))
        told |= {before + name: (value, unit, mark, why) for name, value, unit, mark, why in rows}
    settings = {row["name"]: row for row in describe_settings()}
    given = {name for name, row in settings.items() if row["default"] not in ("", "{ }")}
    assert told.keys() == given
    for name, (value, unit, mark, _) in told.items():
        assert (value, unit) == (settings[name]["default"], settings[name]["unit"]), name
        assert mark in MARKS
        source = settings[name]["source"]
        assert ("assumed" in source or "not checked" in source) <= (mark == "ASSUMED"), name
        assert (mark == "PUBLISHED") <= bool(told[name][3]), name


def test_settings_that_leave_something_out_are_on_the_page() -> None:
    table = next(
        table for table in tables(page("assumptions")) if table[0][:2] == ["setting", "unit"]
    )
    told = {name for row in table[1:] for name in re.findall(r"[a-z]+\.\w+", row[0])}
    blank = {
        row["name"] for row in describe_settings() if row["default"] in ("", "{ }") and row["unit"]
    }
    assert told == blank


def test_speeds_and_spreads_on_the_page_are_the_tools() -> None:
    speeds = next(table for table in tables(page("assumptions")) if table[0][0] == "class")[1:]
    assert [(name, float(mph)) for name, mph, *_ in speeds] == [
        (c.name, c.free_flow_mph) for c in ROAD_CLASSES
    ]
    for (_, _, mark, _), road in zip(speeds, ROAD_CLASSES, strict=True):
        assert (mark == "ASSUMED") == (road.source == "assumed")
    spreads = next(
        table for table in tables(page("assumptions")) if "standard deviation" in table[0][1]
    )[1:]
    assert [(name, float(value), unit) for name, value, unit, *_ in spreads] == [
        (f"--{p.name}-spread", p.spread, p.unit) for p in PARAMETERS
    ]


def test_what_commands_assume_is_what_they_assume() -> None:
    table = next(table for table in tables(page("assumptions")) if table[0][1] == "option")[1:]
    known: dict[tuple[str, str], str] = {}
    for name, command in _tree(cli.main):
        for option in command.params:
            if not isinstance(option, click.Option) or option.is_flag:
                continue
            stated = re.search(r"\[default: ([\d.,]+)\]", option.help or "")
            default = stated[1] if stated else option.default
            text = f"{default:g}" if isinstance(default, int | float) else str(default)
            if re.match(r"[\d.]", text):
                known[name, option.opts[0]] = text
    told = {(name, option): value for name, option, value, *_ in table}
    assert told.pop(("every one that solves", "--gap")) in {
        known.pop(key) for key in list(known) if key[1] == "--gap"
    }
    assert told == known


def _tree(group: Any, above: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _tree(command, f"{above}{name} ")
        else:
            yield above + name, command


# What is withheld, data protection, accessibility


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a plan of the little town whole, but for papers and maps."""
    here = tmp_path_factory.mktemp("written")
    plan(lay_out(here), here / "out", tables_only=True)
    return here / "out"


@pytest.mark.slow
def test_the_private_folder_holds_what_the_page_says_and_no_home(written: Path) -> None:
    _, *rows = next(table for table in tables(page("withheld")) if table[0][0] == "file")
    told = {name for row in rows for name in re.findall(r"[\w-]+\.(?:csv|json|txt)", row[0])}
    there = {path.name for path in (written / "private").iterdir() if path.is_file()}
    assert told == there
    for path in (written / "private").glob("*.csv"):
        heads = set(path.read_text("utf-8-sig").partition("\n")[0].split(","))
        assert not heads & {
            "child_id",
            "birth_date",
            "postcode",
            "easting_m",
            "northing_m",
            "lat",
            "lon",
        }


def test_what_is_said_of_a_case_is_said_of_every_column_of_a_child() -> None:
    table = next(table for table in tables(page("data-protection")) if "column" in table[0])
    told = {name for row in table[1:] for name in re.findall(r"`(\w+)`", f"`{row[1]}`")}
    homes = {"easting_m", "northing_m", "lat", "lon"}
    columns = set(TABLES["children"].names) - homes - {"children", "start_year"}
    assert told == columns


def test_what_a_worker_gets_names_nobody(town: Prepared) -> None:
    """The arrays of a run, as they go to a cluster, hold none of the case's words."""
    journeys = town.travel.journeys
    accounts = Accounts.of(town.basis, journeys.km, journeys.minutes)
    payload = pickle.dumps(runs.Payload(town.basis.problem, accounts, 1e-6))
    for word in ("HILL", "Hill School", "North", "South", "ASD", "Little", "Mill"):
        assert word.encode() not in payload
        assert word.encode() in pickle.dumps(
            (town.case.children, town.case.provisions, town.case.settings)
        )


@pytest.fixture(scope="module")
def evidence(written: Path) -> Path:
    """Write a page of evidence and the dashboard beside the plan of the little town."""
    case, out = written.parent / "little-town", written.parent
    asked = [["value", case, "--places", "1", "--out", out / "value"]]
    asked += [["dashboard", written, "--out", out / "dashboard"]]
    for words in asked:
        assert CliRunner().invoke(cli.main, list(map(str, words))).exit_code == 0
    return out


@pytest.mark.browser
@pytest.mark.parametrize("wide", [1280, NARROW])
@pytest.mark.parametrize("name", ["value", "dashboard"])
def test_a_page_of_evidence_breaks_no_rule_of_accessibility(
    chromium: Browser, evidence: Path, name: str, wide: int
) -> None:
    shown = chromium.new_page(viewport={"width": wide, "height": 800})
    shown.goto((evidence / name / f"{name}.html").as_uri())
    assert not (found := broken(shown)), found
    assert shown.evaluate("document.documentElement.scrollWidth") <= wide
    shown.close()


@pytest.mark.parametrize("name", ["data-protection", "accessibility", "withheld"])
def test_every_test_that_a_page_names_is_there(name: str) -> None:
    for file, test in re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", page(name)):
        text = (ROOT / file).read_text("utf-8")
        assert not test or f"def {test}(" in text, f"{file}::{test}"
    for file in re.findall(r"`(sufficiency/[\w/]+\.py)`", page(name)):
        assert (ROOT / file).is_file()
    listed = re.findall(r"^\* (T\d+): `", page(name), re.MULTILINE)
    assert set(listed) == set(re.findall(r"\[(T\d+)\]\(#", page(name)))


def test_every_source_that_is_cited_is_in_the_list() -> None:
    key = r"\[([A-Z]\w*\d\w*(?:-\w+)?|[A-Z]\w+-[\w-]+|witan\.\w+)\]"
    listed = set(re.findall(key, part("assumptions", "## The sources")))
    for name in ("method", "assumptions", "limits", "withheld", "data-protection", "accessibility"):
        plain = re.sub(r"`[^`\n]*`|\[T\d+\]", "", page(name))
        assert set(re.findall(key, plain)) <= listed, name


def test_the_sizes_that_were_tried_are_those_measured() -> None:
    results = (ROOT / "benchmarks" / "results.md").read_text("utf-8")
    sizes = {
        row[0]: row
        for table in tables(results)
        if table[0][:2] == ["instance", "states"]
        for row in table
    }
    for instance, words in (
        ("one year, 8,000 groups", "{0:,} groups, {1:,} stays"),
        ("stays, county", "{0:,} states and {1:,} stays"),
    ):
        states, stays = (round(int(n.replace(",", "")), -3) for n in sizes[instance][1:3])
        assert words.format(states, stays) in page("limits")


def test_the_margin_and_the_rest_of_what_is_withheld() -> None:
    text = page("withheld")
    assert Rules().margin == 3
    assert "three children of five" in text
    assert ONE_OF == {"median_minutes": 2, "p95_minutes": 4}
    assert "ten children or more" in text
    assert "twenty" in text
    assert MOST_HIDDEN_PCT == 10

"""The page of the worked cases: its figures are those of the cases' READMEs, and its claims are judged as it says."""

from __future__ import annotations

import re

import pytest

from sufficiency import worked_examples
from tests import cases_page
from tests.worked import EXAMPLES, readme

PAGE = cases_page.PAGE.read_text(encoding="utf-8")
#: Each section of the page, and the case that it is about.
SECTIONS = {
    "Bath and North East Somerset, 2018": "banes-2018",
    "Bath and North East Somerset, 2025": "banes",
    "Bournemouth, Christchurch and Poole, 2024": "bcp",
    "Wiltshire, 2024": "wiltshire",
    "Buckinghamshire, 2017": "bucks-year-groups",
}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def figures(text: str) -> set[str]:
    """Return the numbers of two digits or more, as they are written."""
    found = re.findall(r"£?\d[\d,]*(?:\.\d+)?(?:m\b|%)?", re.sub(r"`[^`]*`", "", text))
    return {number.rstrip(",") for number in found if sum(map(str.isdigit, number)) > 1}


def test_its_claims_are_judged_as_it_says() -> None:
    assert cases_page.with_table(PAGE) == PAGE, "run python -m tests.cases_page"
    assert cases_page.claims_table() in PAGE


def test_it_tells_of_every_case() -> None:
    assert set(SECTIONS.values()) == set(worked_examples.titles()) == set(cases_page.ORDER)
    for name in SECTIONS.values():
        assert f"| `{name}` |" in PAGE
        assert f"(../examples/{name}/README.md)" in PAGE


@pytest.mark.parametrize(("title", "name"), SECTIONS.items())
def test_its_figures_are_those_of_the_readme(title: str, name: str) -> None:
    claims = (EXAMPLES / name / "claims.toml").read_text("utf-8")
    known = figures(readme(name)) | figures(claims)
    assert section(title)
    assert figures(section(title)) - known == set()


def test_its_headlines_are_those_of_the_readmes() -> None:
    for name in SECTIONS.values():
        [row] = re.findall(
            rf"^\| `{name}` \| [^|]+ \| `sufficiency[^|]+\| ([^|]+) \|", PAGE, re.MULTILINE
        )
        assert figures(row) - figures(readme(name)) == set()


@pytest.mark.parametrize("name", SECTIONS.values())
def test_every_command_it_shows_of_a_case_is_there(name: str) -> None:
    """With its options and scenarios: the READMEs' commands are those that are run."""
    shown = re.findall(rf"`(sufficiency \w+ {name}(?![-\w])[^`]*)`", PAGE)
    assert shown
    told = readme(name)
    for command in shown:
        words = command.split()
        for word in words:
            if word.startswith("--"):
                assert word in told, command
        assert words[1] in told, command
        if "--scenario" in words:
            assert f"--scenario {words[words.index('--scenario') + 1]}" in told

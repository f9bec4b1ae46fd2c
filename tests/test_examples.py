"""Worked examples that follow councils' papers: they can be planned, say what is real, and read true."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from sufficiency import worked_examples
from sufficiency.case import read_case
from sufficiency.synth.in_case import synthesise_case
from tests.plans import invoke
from tests.worked import EXAMPLES, PAPERS, commands, readme, table

if TYPE_CHECKING:
    from pathlib import Path

SYNTHETIC = ("children.csv", "new_children.csv")


def test_every_paper_is_an_example_with_a_title() -> None:
    assert set(PAPERS) == set(worked_examples.titles())
    assert all(worked_examples.titles().values())


def test_the_readme_lists_every_example() -> None:
    front = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"(examples/{name}/README.md)" in front for name in PAPERS)


@pytest.mark.parametrize("name", PAPERS)
def test_new_copies_it_whole(name: str, tmp_path: Path) -> None:
    done = invoke("new", name, tmp_path / "mine")
    assert done.exit_code == 0, done.stderr
    there, copied = (
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        for folder in (EXAMPLES / name, tmp_path / "mine")
    )
    assert there == copied


@pytest.mark.parametrize("name", PAPERS)
def test_check_finds_no_error_and_nothing_that_the_readme_does_not_expect(name: str) -> None:
    done = invoke("check", EXAMPLES / name)
    assert done.exit_code == 0, done.stdout
    assert "0 errors" in done.stdout or "nothing wrong" in done.stdout.lower()
    for code in set(re.findall(r"\bW\d+\b", done.stdout)):
        assert code in readme(name), code


@pytest.mark.parametrize("name", PAPERS)
def test_the_children_are_drawn_from_the_recipe(name: str, tmp_path: Path) -> None:
    again = shutil.copytree(EXAMPLES / name, tmp_path / name)
    synthesise_case(again, 1, replace=True)
    for file in SYNTHETIC:
        assert (again / file).exists() == (EXAMPLES / name / file).exists()
        if (again / file).exists():
            assert (again / file).read_bytes() == (EXAMPLES / name / file).read_bytes()


@pytest.mark.parametrize("name", PAPERS)
def test_invented_provisions_and_schemes_say_so(name: str) -> None:
    for row in table(name, "provisions").itertuples():
        assert ("(illustrative" in str(row.name)) == (row.urn == ""), row.provision_id


@pytest.mark.parametrize("name", PAPERS)
def test_sources_are_listed_and_licences_kept(name: str) -> None:
    body, _, sources = readme(name).partition("## Sources")
    named = set(re.findall(r"\[([A-Z][A-Za-z0-9]+)\]", body))
    listed = set(re.findall(r"\[([A-Z][A-Za-z0-9]+)\]", sources))
    assert named == listed
    assert "Open Government Licence v3.0" in sources
    assert "synthetic" in body
    assert "not the council's plan" in body.replace("\n", " ")


@pytest.mark.parametrize("name", PAPERS)
def test_every_setting_says_where_it_comes_from(name: str) -> None:
    text = (EXAMPLES / name / "case.toml").read_text(encoding="utf-8")
    above = ""
    for line in text.splitlines():
        if line.startswith("#"):
            above = f"{above} {line}"
        elif re.match(r"\w+ = ", line):
            assert (line.partition("#")[2] + above).strip() or line.startswith("title"), line
        else:
            above = ""


@pytest.mark.slow
@pytest.mark.parametrize("name", PAPERS)
def test_every_scenario_can_be_put_together(name: str) -> None:
    from sufficiency.progress import Silent
    from sufficiency.run import prepare
    from sufficiency.scenario import read_scenario, scenario_names

    case = EXAMPLES / name
    for scenario in scenario_names(case):
        assert f"--scenario {scenario}" in readme(name), scenario
        assert prepare(case, Silent(), scenario=read_scenario(case, scenario)).basis is not None


def quicker(words: list[str], alone: bool) -> list[str]:
    """Leave the papers of a plan out, and what nothing built comes to where no command asks for it."""
    if words[0] != "plan":
        return words
    papers = [] if "--tables-only" in words else ["--tables-only"]
    return [*words, *papers, *([] if alone else ["--no-baseline"])]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAPERS)
def test_commands_of_its_readme_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke("new", name, f"examples/{name}").exit_code == 0
    alone = any(words[1] == "compare" and len(words) == 3 for words in commands(name))
    for program, *words in commands(name):
        assert program == "sufficiency"
        done = invoke(*quicker(words, alone))
        assert done.exit_code == 0, (words, done.stderr, done.stdout)


def test_each_case_is_read_without_a_fault() -> None:
    for name in PAPERS:
        case, faults = read_case(EXAMPLES / name)
        assert case is not None
        assert faults == []

"""What is claimed of the tool is measured: pages are drawn, commands are there, words stand where they should."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import cli
from benchmarks import measured
from benchmarks.measured import Claim, claims
from benchmarks.tasks import BARS, TASKS, Measured, Results

ROOT = measured.ROOT
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CLAIMS = claims()


def is_there(command: str) -> bool:
    """Whether a command could be run: its module, target, test or command is in this repository."""
    words = shlex.split(command)
    if words[0] == "make":
        return bool(re.search(rf"^{words[1]}:", MAKEFILE, re.MULTILINE))
    if words[0] == "sufficiency":
        return words[1] in {*cli.main.commands, "--help"}
    if words[:3] == ["python", "-m", "pytest"]:
        files = [word.partition("::") for word in words if word.startswith("tests/")]
        return bool(files) and all(
            (ROOT / file).is_file() and f"def {test}" in (ROOT / file).read_text("utf-8")
            for file, _, test in files
        )
    module = words[2].replace(".", "/") if words[1] == "-m" else words[1].removesuffix(".py")
    return words[0] == "python" and (ROOT / f"{module}.py").is_file()


@pytest.mark.parametrize("page", ["comparison.md", "measured.md", "speed.md"])
def test_what_is_drawn_is_current(page: str) -> None:
    path = measured.DOCS / page
    assert path.read_text("utf-8") == measured.pages()[path], "python -m benchmarks.measured"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.says[:40])
def test_the_command_of_each_claim_is_there(claim: Claim) -> None:
    assert is_there(claim.shown), claim.shown
    assert re.fullmatch(r"\d{1,2} \w+ 20\d\d", claim.when)


@pytest.mark.parametrize(
    "claim", [claim for claim in CLAIMS if claim.told], ids=lambda c: c.says[:40]
)
def test_pages_say_what_was_measured(claim: Claim) -> None:
    for page, words in claim.told.items():
        text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        assert words in text, f"{page} does not say: {words}"


@pytest.mark.parametrize(
    "command",
    ["make nothing", "sufficiency forecast", "python -m benchmarks.none", "python -m pytest tests/none.py",
     "python -m pytest tests/test_measured.py::test_none", "python -m pytest"],
)  # fmt: skip
def test_what_is_not_there_is_found(command: str) -> None:
    assert not is_there(command)


def test_every_heading_of_the_page_has_its_claims() -> None:
    page = (measured.DOCS / "measured.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^<!-- drawn: (.+) -->$", page, re.MULTILINE))
    assert {claim.about for claim in CLAIMS} | {"bars met", "bars missed", "bench run"} == drawn


def test_bars_are_met_or_missed_and_told_once() -> None:
    results = Results((Measured(TASKS[0].name, "sufficiency", 1.0, 1.0, 10.0, 1, "finished"),))
    met, missed = (measured.bars(results, met=way) for way in (True, False))
    assert all((bar.name in met) is not (bar.name in missed) for bar in BARS)


def test_a_page_is_drawn_between_its_marks_and_nowhere_else() -> None:
    text = "Before.\n\n<!-- drawn: a -->\nold\n<!-- end -->\n\n<!-- drawn: b -->\n<!-- end -->\nAfter.\n"
    once = measured.page(text, {"a": "new", "b": "too", "c": "not asked"})
    assert once == (
        "Before.\n\n<!-- drawn: a -->\n\nnew\n\n<!-- end -->\n\n<!-- drawn: b -->\n\ntoo\n\n<!-- end -->\nAfter.\n"
    )
    assert measured.page(once, {"a": "new", "b": "too"}) == once


def test_what_is_kept_is_dated_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "COMPARED", tmp_path / "compared.json")
    measured.keep("by_hand", "b", {"x": 1})
    measured.keep("by_hand", "a", {"x": 2})
    measured.keep("by_hand", "b", {"x": 3})
    kept = measured.compared()["by_hand"]
    assert list(kept) == ["a", "b"]
    assert kept["b"]["x"] == 3
    assert re.fullmatch(r"\d\d \w+ 20\d\d", kept["a"]["measured"])

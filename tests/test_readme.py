"""What the README says is true: its commands run, every command stands in it, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from tests import guide
from tests.test_guide import unknown

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = guide.commands(README)


@pytest.mark.slow
def test_all_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        done = CliRunner().invoke(cli.main, guide.words(command))
        assert done.exit_code == 0, done.output
    assert (tmp_path / "my-plan" / "report.html").stat().st_size > 1000


def test_what_the_readme_tells_to_run_is_there() -> None:
    assert len(COMMANDS) > 3
    assert not [line for line in COMMANDS if unknown(line)]


def test_every_command_stands_in_the_readme_and_leads_to_the_guide() -> None:
    """Its options stand in the guide's page of commands, which a test of the guide sees to."""
    rows = [line for line in README.splitlines() if line.startswith("| `sufficiency ")]
    named = [line.split("`")[1].removeprefix("sufficiency ") for line in rows]
    assert sorted(named) == sorted(name for name, _ in guide.tree())
    bare = {name for name, row in zip(named, rows, strict=True) if "](docs/" not in row}
    assert bare <= {"doctor", "roads"}, "what these do is all there is to say"


def test_exit_codes_stand_in_the_readme() -> None:
    stated = re.search(r"Exit codes: (.+?)\.\n", README, re.DOTALL)
    assert stated is not None
    in_readme = dict(re.findall(r"(\d) ([^,]+)", " ".join(stated[1].split())))
    in_help = dict(re.findall(r"(\d) ([^,]+)", " ".join(cli.EPILOG.split("codes:")[1].split())))
    assert {code: words.split()[0] for code, words in in_readme.items()} == {
        code: words.split()[0] for code, words in in_help.items()
    }


def test_files_named_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`((?:sufficiency|geodata|models|tests|examples)/[\w/.]*|cli\.py)`", text)
    )
    assert len(named) > 15
    assert not {path for path in named if not (ROOT / path).exists()}

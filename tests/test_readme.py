"""What the README says is true: its commands run, and every command stands in it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands_in_the_readme() -> list[list[str]]:
    blocks = re.findall(r"<!-- tested -->\n```sh\n(.+?)```", README, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def run_commands(commands: list[list[str]]) -> None:
    assert len(commands) > 3
    for program, *words in commands:
        assert program == "sufficiency"
        done = CliRunner().invoke(cli.main, words)
        assert done.exit_code == 0, done.stderr


def test_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    long = ("plan", "compare", "shortage", "stepdowns", "fairness")
    run_commands([words for words in commands_in_the_readme() if words[1] not in long])


@pytest.mark.slow
def test_all_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_commands(commands_in_the_readme())
    assert (tmp_path / "my-plan" / "report.html").stat().st_size > 1000


def test_every_command_and_option_stands_in_the_readme() -> None:
    for name, command in cli.main.commands.items():
        assert f"`sufficiency {name}" in README
        for option in command.params:
            flags = [flag for flag in option.opts if flag.startswith("--")]
            assert all(flag in README for flag in flags)


def test_exit_codes_stand_in_the_readme() -> None:
    stated = re.search(r"Exit codes: (.+?)\. ", README, re.DOTALL)
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

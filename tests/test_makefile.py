"""What make says on a machine that lacks something; a real set-up is what runs these tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("make", "sh", "rm", "mkdir", "touch", "sed", "sleep")

pytestmark = pytest.mark.slow


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of the Makefile beside a folder `bin` with a few tools and no Python."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def add_python(folder: Path, script: str) -> None:
    python = folder / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)


def demo(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["make", "demo", *words],
        cwd=folder,
        env={**os.environ, "PATH": str(folder / "bin"), "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    return done.stderr


def test_a_machine_without_python(bare: Path) -> None:
    assert "needs Python 3.11 or newer" in demo(bare)


def test_an_old_python(bare: Path) -> None:
    add_python(bare, 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    assert "Here is Python 3.9.2" in demo(bare)


def test_a_python_without_venv(bare: Path) -> None:
    add_python(bare, f'[ "$2" = venv ] && {{ mkdir -p "$3"; exit 1; }}\nexec {sys.executable} "$@"')
    assert "apt install python3-venv" in demo(bare)
    assert not (bare / ".venv").exists()


def test_an_environment_that_is_broken_is_left_alone(bare: Path) -> None:
    (bare / ".venv").mkdir()
    (bare / ".venv" / "mine").touch()
    assert "remove it" in demo(bare)
    assert (bare / ".venv" / "mine").exists()

"""The doctor: well here, and plain about what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sufficiency import doctor


def findings(folder: Path) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine(folder)}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    found = findings(tmp_path / "none")["this folder"]
    assert not found.ok
    assert "folder that is yours" in found.remedy


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_MB", 10**9)
    assert not findings(tmp_path)["free disk"].ok


def test_a_missing_package_and_an_unknown_solver(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("abacus",))
    monkeypatch.setattr(doctor, "SOLVERS", ("abacus",))
    found = findings(tmp_path)
    assert found["abacus"].found == "not installed"
    assert not found["solver abacus"].ok


def test_an_old_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    assert "3.11" in findings(tmp_path)["Python"].remedy

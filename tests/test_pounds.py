"""Pounds are written in one place, in units that fit the amount."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sufficiency.pounds import briefly, hundreds, in_full, less_or_more, money, pounds, saves

ROOT = Path(__file__).resolve().parents[1] / "sufficiency"
#: Where money in millions may be written into a sentence.
HERE = "pounds.py"


@pytest.mark.parametrize(
    ("gbp", "short", "axis", "sentence"),
    [
        (0, "£0", "£0", "£0"),
        (640, "£640", "£640", "£640"),
        (31_400, "£31k", "£31.4k", "£31,400"),
        (250_000, "£250k", "£250k", "£250,000"),
        (999_600, "£1.00m", "£999.6k", "£1.0 million"),
        (1_500_000, "£1.50m", "£1.5m", "£1.5 million"),
        (294_700_000, "£294.7m", "£294.7m", "£294.7 million"),
    ],
)
def test_amounts_have_units_that_fit(gbp: float, short: str, axis: str, sentence: str) -> None:
    assert (money(gbp), briefly(gbp), in_full(gbp)) == (short, axis, sentence)
    assert pounds(-gbp) == (f"−{short}" if gbp else short)


def test_what_is_small_is_never_nothing_of_a_million() -> None:
    assert less_or_more(5_000_000, 4_969_000) == "£31k less"
    assert less_or_more(0, 400) == "the same"
    assert (saves(-31_000), saves(0.4)) == ("costs £31k more", "nothing")
    assert (hundreds(31_234), hundreds(-31_234), hundreds(640)) == ("£31,200", "−£31,200", "£640")


def test_no_other_module_writes_millions_of_pounds() -> None:
    wild = re.compile(r"£\{[^}]*1e6|1e6:[^}]*\}( million|m)\b")
    found = [
        path.name
        for path in ROOT.rglob("*.py")
        if path.name != HERE and wild.search(path.read_text("utf-8"))
    ]
    assert not found

"""Every fault in one pass: a wrong row does not hide a wrong price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency import run
from tests.town import change, write_town

if TYPE_CHECKING:
    from pathlib import Path


def codes(town: Path) -> list[str]:
    return sorted(fault.code for fault in run.check(town) if fault.is_error)


def test_a_missing_price_shows_beside_a_child_with_an_unknown_need(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(
        town, "children.csv", "379000,164000,SEMH,,,7,seeking", "379000,164000,BEHAV,,,7,seeking"
    )
    change(town, "prices.csv", "R,*,0,14", "R,*,5,14")
    assert codes(town) == ["E401", "E605"]


def test_two_prices_show_beside_a_circle_of_schemes(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "schemes.csv", "2026,2027,20,,", "2026,2027,20,,S1")
    change(town, "prices.csv", "H,*,0,14,,25000", "H,*,0,14,,25000\nH,*,7,11,,26000")
    assert codes(town) == ["E402", "E901"]


def test_a_row_set_aside_makes_no_fault_of_its_own(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(
        town, "children.csv", "379000,164000,SEMH,,,7,seeking", "379000,164000,BEHAV,,,7,seeking"
    )
    assert codes(town) == ["E605"]

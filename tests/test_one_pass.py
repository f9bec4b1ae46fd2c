"""Every fault in one pass: a wrong row does not hide a wrong price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize(
    ("table", "old", "new", "code"),
    [
        ("places.csv", "H,*,0,14,,,1,10000", "H,*,0,14,,,-1,10000", "E604"),
        ("prices.csv", "H,*,0,14,,25000", "H,*,0,14,,£25k", "E602"),
        ("provisions.csv", "379000,165000", "400000,40000", "E313"),
        ("places.csv", "V,*,0,14,,,,", "V,*,0,14,,,,\nW,*,0,14,,,1,", "E704"),
        ("prices.csv", "V,*,0,14", "W,*,0,14,,1\nV,*,0,14", "E704"),
    ],
)
def test_a_missing_price_shows_beside_what_no_price_rests_on(
    tmp_path: Path, table: str, old: str, new: str, code: str
) -> None:
    town = write_town(tmp_path)
    change(town, table, old, new)
    assert codes(town) == [code]
    change(town, "prices.csv", "R,*,0,14", "R,*,5,14")
    assert codes(town) == sorted(["E401", code])


def test_a_table_that_cannot_be_read_does_not_hide_a_wrong_postcode(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    rows = (town / "children.csv").read_text("utf-8").splitlines()
    (town / "children.csv").write_text(
        "\n".join(
            [rows[0] + ",postcode", *(row + "," for row in rows[1:]), "k,1,,,ASD,,,1,,,BA1 OOO"]
        ),
        "utf-8",
    )
    (town / "provisions.csv").write_bytes("provision_id,name\nR,É".encode("cp1252"))
    assert codes(town) == ["E103", "E301"]


def test_a_missing_price_names_each_need_once(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "prices.csv", "R,*,0,14", "R,*,5,14")
    [fault] = [fault for fault in run.check(town) if fault.code == "E401"]
    assert fault.what == "R has no price for a child it could take: ASD, NCY 0 to 2, 2025 to 2027"


def test_a_price_that_cannot_be_says_nothing_of_the_penalty(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "prices.csv", "H,*,0,14,,25000", "H,*,0,14,,9e11")
    assert [fault.code for fault in run.check(town)] == ["E604"]


def test_no_price_is_asked_for_years_that_nobody_reaches(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "case.toml", "[travel]", "[leaving]\ncontinue_pct = { 8 = 0 }\n[travel]")
    change(town, "prices.csv", "H,*,0,14,,25000", "H,*,0,8,,25000")
    assert codes(town) == []

"""The scorecard: periods as councils write them, checks of its own, and what of few children is withheld."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from sufficiency import periods
from sufficiency.case import read_case
from sufficiency.checks import check_case
from sufficiency.rendering import WITHHELD
from sufficiency.scorecard import publish
from tests.plans import plan
from tests.town import write_town

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "measure,part_of,period,value,unit,aim,target\n"


def with_scorecard(folder: Path, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    town = write_town(folder)
    (town / "scorecard.csv").write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    return town


def found(folder: Path, *lines: str) -> list[tuple[str, tuple[int, ...]]]:
    case, faults = read_case(with_scorecard(folder, *lines))
    assert case is not None
    both = [*faults, *check_case(case)]
    return [(fault.code, fault.rows) for fault in both if "scorecard" in fault.where]


@pytest.mark.parametrize(
    ("written", "code", "name"),
    [
        ("2024 q3", "2024-Q3", "July to September 2024"),
        ("2024/2025 Q1", "2024/25 Q1", "April to June 2024"),
        ("2024/25 Q4", "2024/25 Q4", "January to March 2025"),
        ("Spring term 2024", "spring 2024", "Spring 2024"),
        ("Sep-24", "2024-09", "September 2024"),
        ("30/06/2025", "2025-06-30", "30 June 2025"),
        ("2024/2025", "2024/25", "academic year 2024/25"),
        ("2024", "2024", "the year 2024"),
    ],
)
def test_a_period_is_written_in_one_way(written: str, code: str, name: str) -> None:
    read = periods.read(written)
    assert read is not None
    assert (read.code, read.name) == (code, name)
    assert periods.read(code) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Q3",
        "2024-Q5",
        "2024/26",
        "2024/1925",
        "2024-13",
        "mart 2024",
        "spring",
        "1066",
        "31/02/2024",
    ],
)
def test_what_is_no_period_is_not_read(text: str) -> None:
    assert periods.read(text) is None


def test_periods_are_in_the_order_in_which_they_end() -> None:
    order = ["2023/24 Q4", "spring 2024", "2024-Q2", "2024-06-30", "2024-09", "2024-Q4", "2024/25"]
    for mixed in itertools.islice(itertools.permutations(order), 0, None, 500):
        read = [period for text in mixed if (period := periods.read(text))]
        assert [period.code for period in sorted(read, key=lambda p: p.order)] == order


def test_each_fault_is_found(tmp_path: Path) -> None:
    lines = ("Waiting,,2024-Q3,20,,down,", "Waiting,,2024 q3,21,,down,")
    assert found(tmp_path / "a", *lines) == [("E1801", (2, 3))]
    assert found(tmp_path / "b", "Waiting,,Q3,20,,,") == [("E609", (2,))]
    assert found(tmp_path / "c", "Primary,Wating,2024,20,,,") == [("E1802", (2,))]
    assert found(tmp_path / "d", "A,B,2024,20,,,", "B,A,2024,20,,,") == [("E1802", (2, 3))]
    lines = ("Waiting,,2023,20,,down,", "Waiting,,2024,20,%,up,")
    assert found(tmp_path / "e", *lines) == [("W1801", (2, 3)), ("W1801", (2, 3))]
    assert found(tmp_path / "f", "Waiting,,2023,4,,,", "Bases,,2023,4,number,,") == [
        ("W1802", (2,))
    ]
    assert found(tmp_path / "g", "Waiting,,2024,many,,,", "Bases,,2023,9,metres,,") == [
        ("E602", (2,)),
        ("E606", (3,)),
    ]


def test_what_is_of_few_is_withheld(tmp_path: Path) -> None:
    town = with_scorecard(
        tmp_path,
        "Waiting,,2024-Q1,270,,down,",
        "Waiting,,2024-Q3,143,,down,100",
        "primary,Waiting,2024-Q1,135,,,",
        "primary,Waiting,2024-Q3,140,,,",
        "with ASD,primary,2024-Q3,60,,,",
        "secondary,Waiting,2024-Q1,50,%,,",
        "=cmd(),,2024-Q3,4,plans,,",
        "Bases,,2024-Q3,4,number,up,",
    )
    case, _ = read_case(town)
    assert case is not None
    rows = publish(case.scorecard, 5)
    shown = {(row["measure"], row["period"]): row["value"] for row in rows.to_dict("records")}
    assert shown == {
        ("Waiting", "2024-Q1"): 270,
        ("Waiting", "2024-Q3"): 143,
        ("primary", "2024-Q1"): 135,
        ("primary", "2024-Q3"): WITHHELD,  # it leaves three
        ("with ASD", "2024-Q3"): WITHHELD,  # a part of what is withheld
        ("secondary", "2024-Q1"): 50,
        ("=cmd()", "2024-Q3"): WITHHELD,
        ("Bases", "2024-Q3"): 4,
    }


@pytest.mark.parametrize("share", [["primary,Waiting,2024,2,%,,"], ["primary,Waiting,2024,98,%,,"]])
def test_a_share_tells_of_as_few_as_a_count(tmp_path: Path, share: list[str]) -> None:
    assert found(tmp_path, "Waiting,,2024,143,,,", *share) == [("W1802", (3,))]


def test_what_shares_and_other_spellings_tell_of_few(tmp_path: Path) -> None:
    share_of_a_share = ("A,,2024,100,,,", "B,A,2024,8,%,,", "C,B,2024,50,%,,")
    assert found(tmp_path / "a", *share_of_a_share) == [("W1802", (4,))]
    beside_a_share = ("A,,2024,143,,,", "B,A,2024,71,,,", "C,A,2024,70,,,", "D,A,2024,50,%,,")
    assert found(tmp_path / "b", *beside_a_share) == [("W1802", (3, 4, 5))]
    one_quarter = ("A,,2024-Q3,143,,,", "A,,2024/25 Q2,143,,,", "B,A,2024/25 Q2,140,,,")
    assert found(tmp_path / "c", *one_quarter) == [("W1802", (4,))]
    assert found(tmp_path / "d", "A,,2024,100,,,", "B,A,2024,60,,,", "C,A,2024,40,%,,") == []


@pytest.mark.slow
def test_a_plan_writes_it_and_is_the_same_without(tmp_path: Path) -> None:
    without = plan(write_town(tmp_path), tmp_path / "one")
    town = with_scorecard(tmp_path / "b", "=cmd(),,2024-Q1,270,,down,", "Few,,2024-Q1,3,,down,")
    public = tmp_path / "one"
    both = plan(town, tmp_path / "two", published=[public])
    for name in ("gap", "ledger", "use"):
        assert both.table(name) == without.table(name)
    assert not (public / "scorecard.csv").exists()
    shown = {row["measure"]: row["value"] for row in both.table("scorecard")}
    assert shown == {"'=cmd()": "270", "Few": WITHHELD}

"""Why and why not, in towns where each reason, worth and price is known by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from sufficiency.errors import DisclosureError, UsageError
from sufficiency.evidence.explain import flips, pathways
from sufficiency.evidence.explain import group as explain_group
from sufficiency.evidence.explain import group_said as explain_group_said
from sufficiency.evidence.explain import shortage as explain_shortage
from sufficiency.evidence.explain.explained import Explained
from sufficiency.evidence.explain.find import explain
from sufficiency.evidence.explain.provision import ProvisionExplained
from sufficiency.evidence.explain.reasons import (
    DEARER,
    FAR,
    FULL,
    HERE,
    KIND,
    LIMIT,
    NEED,
    SHUT,
    STAYS,
    YEARS,
)
from sufficiency.evidence.explain.scheme import SchemeExplained, worth
from sufficiency.evidence.explain.scheme_said import flip_words
from sufficiency.evidence.study import Study
from sufficiency.progress import Silent
from tests.plans import invoke, prepare
from tests.schools import HOME, TOWN, Rows, three_schools

if TYPE_CHECKING:
    from sufficiency.evidence.answer import Evidence

#: Places of which enough children have one to be told.
SIX: Rows = [["A", "*", 0, 14, 6, 6000], *TOWN["places"][1:]]
NOTHING: dict[str, Any] = {
    "need": None,
    "phase": None,
    "area": None,
    "provision": None,
    "scheme": None,
    "year": None,
}


def said_of(case: Path) -> Explained:
    return Explained.of(Study(prepare(case)), None)


def read(found: Evidence) -> str:
    """Return the answer and what follows it."""
    return " ".join([found.answer, *found.section.lead])


def asked(case: Path, **named: Any) -> Any:  # noqa: ANN401
    return explain(Study(prepare(case)), NOTHING | named, Silent())


def test_a_group_is_told_who_is_where_and_why_not_at_the_nearest(tmp_path: Path) -> None:
    said = said_of(three_schools(tmp_path / "t", places=SIX))
    found = explain_group.ask(said, "ASD", "primary", "North")
    assert found.rows.total == pytest.approx(12)
    by_name = {said.name(o.at): o for o in found.options}
    assert [said.name(o.at) for o in found.suitable] == ["A school", "E school", "V school"]
    a, e = by_name["A school"], by_name["E school"]
    assert [found.of(a, code) for code in (HERE, FULL)] == pytest.approx([6, 6])
    assert [found.of(e, code) for code in (HERE, DEARER)] == pytest.approx([0, 12])
    # Six would pay 70,000 instead of 60,000, six 70,000 instead of 10,000.
    rows = found.rows
    dearer = said.reasons.dearer(e.at, rows, 1)
    assert float(dearer @ rows.children) == pytest.approx(6 * 10e3 + 6 * 60e3)
    assert a.km == pytest.approx(1.3)
    assert a.minutes == pytest.approx(1.3 / 40 * 60)
    one = found.worths[a.at]
    assert (one.first, one.saved, one.lost) == pytest.approx((0, 50e3, 50e3))
    text = " ".join([explain_group_said.headline(found), *explain_group_said.sentences(found)])
    for words in (
        "ASD, Reception to Year 6, North",
        "A school (0.8 miles)",
        "full in 2025/26 to 2026/27",
        "£50,000 a year",
    ):
        assert words in text
    assert "E school (1.2 miles)" in text
    assert "£35,000 a year more than where they are" in text


REASONS: dict[str, tuple[int, list[object], list[object]]] = {
    "need": (NEED, ["X", "SEMH", 0, 14, 9, 0], ["X", "*", 0, 14, 1]),
    "years": (YEARS, ["X", "*", 7, 14, 9, 0], ["X", "*", 0, 14, 1]),
    "limit": (LIMIT, ["X", "*", 0, 14, 9, 0], ["X", "*", 0, 14, 1]),
    "full": (FULL, ["X", "*", 0, 14, 0.5, 0], ["X", "*", 0, 14, 1]),
    "dearer": (DEARER, ["X", "*", 0, 14, 9, 0], ["X", "*", 0, 14, 90_000]),
    "shut": (SHUT, ["X", "*", 0, 14, 0, 0], ["X", "*", 0, 14, 1]),
}


@pytest.mark.parametrize("name", REASONS)
def test_each_reason_is_found(name: str, tmp_path: Path) -> None:
    code, places, price = REASONS[name]
    extra: dict[str, Any] = {"limits": [["X", "*", 0, 14, 0]]} if name == "limit" else {}
    case = three_schools(
        tmp_path / "t",
        provisions=[*TOWN["provisions"], ["X", "X school", "special", 374000, 164100, "home"]],
        places=[*TOWN["places"], places],
        prices=[*TOWN["prices"], price],
        **extra,
    )
    said = said_of(case)
    at = said.basis.provisions.index("X")
    why = said.reasons.why(at, said.everybody)
    assert set(why[said.everybody.provision != at]) == {code}


def test_kind_and_distance_and_who_stays_are_found(tmp_path: Path) -> None:
    far = "[travel]\nmax_minutes = { primary = 2.5 }\n"
    stays: list[object] = ["s", "North", 6, *HOME, "ASD", 4, "placed", "V"]
    said = said_of(three_schools(tmp_path / "far", far, children=[*TOWN["children"], stays]))
    by_id = {p: said.reasons.why(at, said.everybody) for at, p in enumerate(said.basis.provisions)}
    placed = said.everybody.state < 0
    assert set(by_id["E"][placed]) == {STAYS}
    assert set(by_id["V"][placed]) == {HERE}
    assert set(by_id["V"][~placed]) == {FAR}  # 2.6 km at 40 km/h are 3.9 minutes
    case = three_schools(tmp_path / "kind")
    table = pd.read_csv(case / "children.csv").assign(suits="independent")
    table.to_csv(case / "children.csv", index=False)
    said = said_of(case)
    why = said.reasons.why(said.basis.provisions.index("A"), said.everybody)
    assert set(why) == {KIND}


def test_of_too_few_children_nothing_is_told_outside_private(tmp_path: Path) -> None:
    few: list[object] = ["few", "South", 3, 374000, 163000, "HI", 5, "seeking", ""]
    case = three_schools(tmp_path / "t", children=[*TOWN["children"], few])
    with pytest.raises(DisclosureError, match="fewer than 5 children"):
        asked(case, need="HI")
    done = invoke("explain", case, "--area", "South")
    assert (done.exit_code, done.stdout) == (6, "")
    out = tmp_path / "out"
    done = invoke("explain", case, "--need", "hi", "--out", out)
    assert done.exit_code == 6
    assert sorted(p.name for p in out.iterdir() if p.suffix == ".csv") == []
    public = done.stdout + "".join(
        p.read_text("utf-8") for p in out.iterdir() if p.suffix in {".json", ".html"}
    )
    assert "fewer than 5" in public
    assert "V school" not in public
    exact = pd.read_csv(out / "private" / "explain.csv", encoding="utf-8-sig").set_index(
        "provision"
    )
    assert exact["here"].sum() == 3
    assert exact.loc["A", ["here", "full"]].sum() == 3
    # A reason that holds for too few of a larger group is not told either.
    found = explain_group.ask(said_of(case), "", "primary", "")
    assert found.is_told
    assert not found.enough(next(o for o in found.options if o.km > 0), KIND)


def test_a_provision_is_told_when_it_is_full_and_who_is_elsewhere(tmp_path: Path) -> None:
    case = three_schools(tmp_path / "t", places=SIX)
    said = said_of(case)
    a, e = (ProvisionExplained(said, said.basis.provisions.index(p)) for p in ("A", "E"))
    assert a.there.total == pytest.approx(6)
    assert a.turned_away.total == pytest.approx(6)
    assert [a.full_years(q) for q in a.pools] == [[2025, 2026]]
    assert [e.full_years(q) for q in e.pools] == [[]]
    assert e.there.total == 0
    found = asked(case, provision="a school")
    assert "It is full in 2025/26 to 2026/27" in found.answer
    assert "About 5 children whom it suits are elsewhere" in read(found)
    assert found.found["turned_away"] == 5
    assert found.private["explain"][["there", "away"]].to_numpy().tolist() == [[6, 6]]
    # Of a school of few places it is not told whether they are taken.
    few = said_of(three_schools(tmp_path / "few"))
    small = ProvisionExplained(few, few.basis.provisions.index("A"))
    assert [small.full_years(q) for q in small.pools] == [None]


def base(folder: Path, capital: float, budget: str = "", *more: list[object]) -> Path:
    """Write the town with a scheme of five places at A: they save 5 x £50,000 in each of two years, at discount 0.

    Capital is charged over 20 years, so that the scheme is worth it up to 20 x £250,000 = £5m. A year later nobody
    would come who could take its places.
    """
    scheme: list[object] = ["S", "Base", "A", "proposed", capital, 2025, 20, "", ""]
    rows: Rows = [["S", 0, "*", 0, 14, 5], *([str(row[0]), 0, "*", 0, 14, 5] for row in more)]
    return three_schools(folder, budget, schemes=[scheme, *more], scheme_places=rows)


def scheme_of(case: Path, name: str = "S") -> SchemeExplained:
    said = said_of(case)
    scheme = next(s for s in said.basis.schemes if s.scheme_id == name)
    return SchemeExplained(said, scheme, Silent())


@pytest.mark.parametrize("capital", [2e6, 6e6])
def test_the_price_at_which_a_decision_flips(capital: float, tmp_path: Path) -> None:
    found = scheme_of(base(tmp_path / "t", capital))
    assert (found.opens is not None) == (capital < 5e6)
    assert found.price is not None
    assert found.price.capital_gbp == pytest.approx(5e6, abs=flips.NEAR_GBP)
    assert not found.price.by_budget
    assert "£5,000,000" in " ".join(flip_words(found))
    assert found.change is not None
    # With it: five children for two years at 50,000 less, and its charge.
    assert found.change.cost_gbp == pytest.approx(2 * capital / 20 - 500e3)
    words = worth(found)
    assert ("saves £150,000" if capital < 5e6 else "costs £50,000") in words


def test_a_scheme_that_nobody_needs_or_that_is_worth_far_more(tmp_path: Path) -> None:
    cheap = scheme_of(base(tmp_path / "cheap", 100e3))
    assert cheap.price is not None
    assert np.isinf(cheap.price.capital_gbp)
    idle = base(tmp_path / "idle", 100e3)
    (idle / "scheme_places.csv").write_text(
        (idle / "scheme_places.csv").read_text("utf-8").replace("*,0,14,5", "SEMH,0,14,5"), "utf-8"
    )
    found = scheme_of(idle)
    assert found.opens is None
    assert found.price is not None
    assert found.price.capital_gbp <= flips.NEAR_GBP


def test_what_the_budget_keeps_from_opening(tmp_path: Path) -> None:
    found = scheme_of(base(tmp_path / "t", 2e6, "[capital]\nbudget_gbp = { 2025 = 1000000 }\n"))
    assert found.opens is None
    assert found.other is None
    assert found.rich is not None
    assert found.price is not None
    assert found.price.capital_gbp == pytest.approx(1e6, rel=2 * flips.NEAR)
    assert found.price.by_budget
    assert found.more_budget == pytest.approx(1e6, abs=2e6 / 16)
    done = asked(tmp_path / "t", scheme="s")
    assert "The budget does not allow it: it costs £2,000,000" in read(done)
    assert "no such plan" in str(done.section.tables)


def test_what_excludes_and_what_requires(tmp_path: Path) -> None:
    other: list[object] = ["T", "Other base", "A", "proposed", 100e3, 2025, 20, "site", ""]
    case = base(tmp_path / "t", 200e3, "", other)
    text = (case / "schemes.csv").read_text("utf-8").replace("20,,\n", "20,site,\n", 1)
    (case / "schemes.csv").write_text(text, "utf-8")
    found = asked(case, scheme="S")
    assert "T opens instead" in found.answer
    assert "To have it, T would not open" in read(found)
    needy = base(tmp_path / "r", 200e3, "", ["T", "Site", "A", "proposed", 90e6, 2025, 20, "", ""])
    text = (needy / "schemes.csv").read_text("utf-8").replace("20,,\n", "20,,T\n", 1)
    (needy / "schemes.csv").write_text(text, "utf-8")
    assert "It requires T, which does not open" in asked(needy, scheme="S").answer
    short = asked(needy)
    assert "T, which it requires, does not open" in str(short.section.tables)


def test_what_would_have_to_give(tmp_path: Path) -> None:
    full = three_schools(tmp_path / "full", places=TOWN["places"][:1])
    found = explain_shortage.Shortage(said_of(full))
    (give,) = found.gives
    assert give.by_year == pytest.approx([10, 10])
    # Ten places at £10,000 instead of waiting at £30,000.
    assert "10 more from 2025/26 on at A school" in give.words
    assert "20 child-years a place, and save £200,000 a year" in give.words
    far = three_schools(
        tmp_path / "far", "[travel]\nmax_minutes = { primary = 1, secondary = 1 }\n"
    )
    (give,) = explain_shortage.Shortage(said_of(far)).gives
    assert "5 minutes would do, where primary has 1" in give.words
    need = three_schools(
        tmp_path / "need", places=[["A", "SEMH", 0, 14, 9, 0], ["V", "SEMH", 0, 14, "", ""]]
    )
    (give,) = explain_shortage.Shortage(said_of(need)).gives
    assert give.words == "provision: there is not one for their needs"
    told = asked(full)
    assert "About" not in told.answer
    assert "20 child-years are spent without a place" in told.answer
    assert "what would have to give is places: 10 more" in " ".join(told.section.lead)
    assert told.found["unplaced_child_years"] == 20


def test_a_few_who_wait_for_years_are_still_a_few(tmp_path: Path) -> None:
    """Four children wait for two years: eight child-years, but not enough children to say what would place them."""
    people = [["g", "North", 4, *HOME, "ASD", 5, "seeking", ""]]
    found = explain_shortage.Shortage(
        said_of(
            three_schools(
                tmp_path / "t",
                "[travel]\nmax_minutes = { primary = 0.5, secondary = 0.5 }\n",
                children=people,
            )
        )
    )
    assert found.total == pytest.approx(8)
    assert explain_shortage.told(found) == []
    assert "minutes would do" not in " ".join(explain_shortage.sentences(found))


def test_the_same_is_told_everywhere(tmp_path: Path) -> None:
    case, out = three_schools(tmp_path / "t"), tmp_path / "out"
    done = invoke("explain", case, "--need", "ASD", "--out", out, "--format", "json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    table = pd.read_csv(out / "explain.csv", encoding="utf-8-sig").set_index("provision")
    by_id = {row["provision"]: row for row in told["provisions"]}
    assert (
        by_id["A"]["worth"]["saving_a_year_gbp"]
        == table.loc["A", "one_more_saves_a_year_gbp"]
        == 50_000
    )
    text = invoke("explain", case, "--need", "ASD").stdout
    page = (out / "explain.html").read_text("utf-8")
    for where in (text, page):
        assert "£50,000" in where
    assert told["children"] == 10
    assert list(table["there"].astype(str)) == ["fewer than 5", "0", "10"]


def test_what_is_asked_must_be_there_and_one_thing(tmp_path: Path) -> None:
    study = Study(prepare(three_schools(tmp_path / "t")))
    wrong: dict[str, dict[str, Any]] = {
        "one thing at a time": {"need": "ASD", "scheme": "S"},
        "nobody of need PD": {"need": "PD"},
        "an area West": {"area": "West"},
        "no provision Z": {"provision": "Z"},
        "no scheme Z": {"scheme": "Z"},
        "no year 2030": {"year": 2030},
        "nobody is modelled": {"phase": "post16"},
    }
    for words, named in wrong.items():
        with pytest.raises(UsageError, match=words):
            explain(study, NOTHING | named, Silent())


def test_the_paths_that_lead_to_a_provision(tmp_path: Path) -> None:
    """Eight leave A after Year 6 and two V; E has five places for Year 7, the others go to V."""
    case = three_schools(
        tmp_path / "t",
        children=[
            ["a", "North", 8, *HOME, "ASD", 6, "placed", "A"],
            ["v", "North", 2, *HOME, "ASD", 6, "placed", "V"],
        ],
        places=[["A", "*", 0, 6, 8, 0], ["E", "*", 7, 14, 5, 0], ["V", "*", 0, 6, "", ""], ["V", "*", 7, 14, "", ""]],
        prices=[["A", "*", 0, 14, 1], ["E", "*", 0, 14, 10], ["V", "*", 0, 14, 60000]],
    )  # fmt: skip
    said = said_of(case)
    by_name = {name: said.basis.provisions.index(name) for name in ("A", "E", "V")}
    came = pathways.came_from(said, by_name["E"]).set_index("from")["children"]
    assert came.sum() == pytest.approx(5)
    assert set(came.index) <= {"A school", "V school"}
    other = pathways.came_from(said, by_name["V"]).set_index("from")["children"]
    assert other["A school"] == pytest.approx(8 - came["A school"])
    assert came["A school"] > 0
    assert pathways.came_from(said, by_name["A"]).empty
    told = pathways.public(
        said, pd.DataFrame({"from": ["x", "y", "z"], "children": [8.0, 3.0, 2.0]})
    )
    assert told.to_dict("list") == {"from": ["x", "all others"], "children": [10, 5]}


def test_those_new_in_the_plan_and_those_who_waited_are_told_apart(tmp_path: Path) -> None:
    case = three_schools(
        tmp_path / "t",
        children=[["a", "North", 5, *HOME, "ASD", 6, "seeking", ""]],
        new_children=[["b", "North", 3, *HOME, "ASD", 6, 2026]],
        places=[["A", "*", 7, 14, 5, 0], ["E", "*", 0, 6, 3, 0]],
        prices=[["A", "*", 0, 14, 1], ["E", "*", 0, 14, 1]],
    )
    said = said_of(case)
    at = said.basis.provisions.index
    came = pathways.came_from(said, at("A")).set_index("from")["children"].to_dict()
    assert came == pytest.approx({"E school": 3, pathways.WAITED: 2})
    assert pathways.came_from(said, at("E")).set_index("from")[
        "children"
    ].to_dict() == pytest.approx({pathways.NEW: 3})

"""Claims: arithmetic known by hand, figures looked up, every fault at once, and what the exit code says."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.claims.check import FAILS, HOLDS, verdicts
from sufficiency.claims.figures import FigureError, written
from sufficiency.claims.kinds import KINDS
from sufficiency.claims.read import read_claims
from sufficiency.errors import CaseError, UsageError
from tests.plans import invoke

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def judged(tmp_path: Path, text: str) -> dict[str, str]:
    """Return the verdict on each figure of one claim."""
    path = tmp_path / "claims.toml"
    path.write_text(f"[[claims]]\n{text}\n", "utf-8")
    [claim] = read_claims(path).claims
    return {verdict.what: verdict.verdict for verdict in verdicts(claim)}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("kind = 'sum'\nparts = { special = 400, base = 230 }\ntotal = 630", True),
        ("kind = 'sum'\nparts = { special = 400, base = 230 }\ntotal = 911", False),
        ("kind = 'each'\namount_gbp = 3479479\ncount = 92\neach_gbp = 37820", True),
        ("kind = 'each'\namount_gbp = 3479479\ncount = 92\neach_gbp = 37821", False),
        ("kind = 'each'\ncount = 70\nat_gbp = 31000\ntotal_gbp = 2170000", True),
        ("kind = 'each'\ncount = 71\nat_gbp = 31000\ntotal_gbp = 2170000", False),
        (
            "kind = 'each'\ncount = 71\nat_gbp = 31000\ntotal_gbp = 2200000\nrounded_to = 100000",
            True,
        ),
        ("kind = 'saving'\ndear_gbp = 49000\ncheap_gbp = 18000\nsaved_gbp = 31000", True),
        ("kind = 'saving'\ndear_gbp = '£49,000'\ncheap_gbp = '£18,000'\ntimes = 2.7", True),
        ("kind = 'saving'\ndear_gbp = 49000\ncheap_gbp = 18000\ntimes = 3", True),
        ("kind = 'saving'\ndear_gbp = 49000\ncheap_gbp = 18000\ntimes = 3.0", False),
        ("kind = 'break_even'\ncost_gbp = 2800000\nsaved_gbp = 31000\ncount = 90", True),
        ("kind = 'growth'\nfrom = 243\nto = 503\nyears = 7\nannual_pct = 11.0", True),
        ("kind = 'growth'\nfrom = 243\nto = 503\nyears = 7\nannual_pct = 10.8", False),
        ("kind = 'growth'\nfrom = 100\nto = 200\nyears = 7\ndoubling_years = 7", True),
        ("kind = 'growth'\nfrom = 270\nto = 143\ndirection = 'fall'", True),
        ("kind = 'growth'\nfrom = 1000\nto = 1004\ndirection = 'steady'", True),
        ("kind = 'growth'\nfrom = 1000\nto = 1006\ndirection = 'steady'", False),
        ("kind = 'share'\npart = 72\nwhole = 143\npct = 50", True),
        ("kind = 'share'\npart = 72\nwhole = 143\npct = 51", False),
        (
            "kind = 'growth'\nfrom = 270\nto = 143\nchange = 127\npct = '47%'\ndirection = 'fell'",
            True,
        ),
        ("kind = 'growth'\nfrom = 270\nto = 143\nchange = 127", False),
        ("kind = 'growth'\nfrom = 143\nto = 270\nchange = 127\ndirection = 'fell'", False),
        ("kind = 'growth'\nfrom = 243\nto = 503\nyears = 7\nannual_pct = '10.8% to 15%'", True),
        ("kind = 'growth'\nfrom = 243\nto = 503\nyears = 7\nannual_pct = '11.1-15'", False),
        ("kind = 'rate'\nannual_pct = 10.8\nyears = 5\npct = 67\ndoubling_years = 6.8", True),
        ("kind = 'rate'\nannual_pct = 15\nyears = 5\nfrom = 100\nto = 201", True),
        ("kind = 'rate'\nannual_pct = 15\nyears = 5\npct = 75", False),
        ("kind = 'room'\nplaces = 270\nchildren = 237\nspare = 33\nfull_pct = 88", True),
        ("kind = 'room'\nplaces = 270\nchildren = 237\nspare = 30", False),
        ("kind = 'sum'\nparts = [400, 230]\ntotal = 630", True),
        (
            "kind = 'saving'\ndear_gbp = '£49k'\ncheap_gbp = '£18k'\ncount = 70\ntotal_gbp = '£2.2m'",
            True,
        ),
        (
            "kind = 'saving'\ndear_gbp = '£49k'\ncheap_gbp = '£18k'\ncount = 70\ntotal_gbp = '£2.1m'",
            False,
        ),
        ("kind = 'pace'\ncount = 356\ndays = 239\na_year = 544", True),
        ("kind = 'pace'\ncount = 356\ndays = 239\nbefore = 467\ndirection = 'decrease'", False),
        ("kind = 'pace'\ncount = 356\ndays = 239\nbefore = 467\npct = 16.4", True),
    ],
)
def test_known_by_hand(tmp_path: Path, text: str, holds: bool) -> None:
    assert set(judged(tmp_path, text).values()) == {HOLDS if holds else FAILS}


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 50), st.integers(0, 3))
def test_what_follows_holds_and_a_place_beside_it_does_not(
    first: int, last: int, years: int, places: int
) -> None:
    derived = KINDS["growth"].derives["annual_pct"].of
    rate = derived({"from": first, "to": last, "years": years})
    assert rate is not None
    assert first * (1 + rate / 100) ** years == pytest.approx(last)
    shown = written(f"{rate:.{places}f}")
    assert shown.half == pytest.approx(0.5 * 10**-places)
    assert abs(shown.value - rate) <= shown.half * (1 + 1e-9)


def test_doubling_is_what_it_says() -> None:
    years = KINDS["growth"].derives["doubling_years"].of({"from": 100, "to": 110, "years": 1})
    assert years == pytest.approx(math.log(2) / math.log(1.1))


def test_what_does_not_follow_is_said(tmp_path: Path) -> None:
    found = judged(tmp_path, "kind = 'growth'\nfrom = 1\nto = 2\nannual_pct = 5")
    assert list(found.values()) == ["cannot be reckoned"]
    found = judged(tmp_path, "kind = 'share'\npart = 1\nwhole = 0\npct = 5")
    assert list(found.values()) == ["cannot be reckoned"]


def test_figures_are_looked_up(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_text(
        "la,year,plans\nBath,2019,1200\nBath,2025,2559\nBath,2025,1\nYork,2025,[c]\n", "utf-8"
    )
    (tmp_path / "summary.json").write_text('{"ledger_gbp": {"transport": 1500000.4}}', "utf-8")
    look = "{ file = 'plans.csv', column = 'plans', where = { la = 'bath', year = YEAR } }"
    one, other = look.replace("YEAR", "2019"), look.replace("YEAR", "2025")
    found = judged(tmp_path, f"kind = 'growth'\nfrom = {one}\nto = {other}\nchange = 1360")
    assert found == {"change": HOLDS}
    either = look.replace("'bath'", "['Bath', 'York']").replace("YEAR", "[2019, 2020]")
    found = judged(tmp_path, f"kind = 'sum'\nparts = {{ a = {either} }}\ntotal = 1200")
    assert found == {"total": HOLDS}
    rows = "{ file = 'plans.csv', where = { la = 'bath' } }"
    assert judged(tmp_path, f"kind = 'sum'\nparts = {{ a = {rows} }}\ntotal = 3") == {
        "total": HOLDS
    }
    json_figure = "{ file = 'summary.json', key = 'ledger_gbp.transport' }"
    text = f"kind = 'each'\namount_gbp = {json_figure}\ncount = 100\neach_gbp = 15000"
    assert judged(tmp_path, text) == {"£ each": HOLDS}
    for bad in (
        look.replace("YEAR", "1999"),
        look.replace("bath", "york").replace("YEAR", "2025"),
        look.replace("'plans',", "'people',").replace("YEAR", "2019"),
        "{ file = 'absent.csv', column = 'x' }",
        json_figure.replace("transport", "title"),
        "{ file = 'plans.csv', colum = 'plans' }",
        "{ file = 'plans.csv' }",
        "{ file = 'plans.csv', where = { la = 'Leeds' } }",
    ):
        with pytest.raises(CaseError):
            judged(tmp_path, f"kind = 'growth'\nfrom = 1\nto = {bad}\nchange = 1")


def test_every_fault_at_once_and_no_cell_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,n\nJo Bloggs,secret\n", "utf-8")
    path = tmp_path / "claims.toml"
    path.write_text(
        "[[claims]]\nkind = 'guess'\n[[claims]]\nkind = 'share'\npart = 1\npct = 3\n"
        "[[claims]]\nkind = 'share'\npart = 1\nwhole = 2\n"
        "[[claims]]\nkind = 'share'\npart = 'many'\nwhole = 2\npct = 3\ncolour = 4\n"
        "[[claims]]\nkind = 'share'\npart = {file='t.csv', column='n'}\nwhole = 2\npct = 3\n"
        "[[claims]]\nkind = 'sum'\nparts = {a = 1}\ntotal = 1\ndirection = 'up'\nexpect = 'maybe'\n",
        "utf-8",
    )
    done = invoke("claim", path)
    assert done.exit_code == 3
    codes = {"E1702", "E1703", "E1704", "E1705", "E1706"}
    assert all(code in done.stderr for code in codes)
    assert "secret" not in done.stderr + done.stdout
    with pytest.raises(CaseError) as raised:
        read_claims(path)
    assert len(raised.value.faults) == 8


@pytest.mark.parametrize(
    "text",
    ["", "claims = 3", "[[claims", "[claims]\na = 1", f"x = {'[' * 3000}", f"x = {'9' * 5000}"],
    ids=range(6),
)
def test_what_is_no_file_of_claims_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(text, "utf-8")
    with pytest.raises((UsageError, CaseError)):
        read_claims(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError):
        read_claims(path)


@pytest.mark.parametrize(
    "text",
    [
        "kind = 'sum'\nparts = 5\ntotal = 0",
        "kind = 'sum'\nparts = []\ntotal = 0",
        "kind = 'sum'\nparts = {}\ntotal = 0",
        "kind = 'share'\npart = {file = 'r.json', key = 'nan'}\nwhole = 2\npct = 5",
        "kind = 'share'\npart = {file = 'r.json', key = 'huge'}\nwhole = 1\npct = 5",
        "kind = 'share'\npart = {file = 't.csv', column = 'n'}\nwhole = 2\npct = 5",
        "kind = 'share'\npart = {file = 't.csv', column = 'n', where = 'm'}\nwhole = 2\npct = 5",
    ],
)
def test_what_is_no_figure_makes_no_claim_true(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text('{"nan": NaN, "huge": 1e308}', "utf-8")
    (tmp_path / "t.csv").write_text("n,m\ninf,1\n-inf,2\n", "utf-8")
    with pytest.raises(CaseError) as raised:
        judged(tmp_path, text)
    assert len(raised.value.faults) == 1


def test_growth_beyond_all_numbers_is_not_reckoned(tmp_path: Path) -> None:
    for text in (
        "kind = 'rate'\nannual_pct = 1000000\nyears = 1000000\npct = 5",
        "kind = 'growth'\nfrom = 1\nto = 1000000\nyears = 0.0001\nannual_pct = 5",
    ):
        assert list(judged(tmp_path, text).values()) == ["cannot be reckoned"]


def test_csv_says_the_same_as_toml(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "\ufeffid,says,kind,parts,total,from,to,years,annual_pct,expect\n"
        "a,made,sum,special=400|base=230,911,,,,,fails\n"
        "b,bases,growth,,,243,503,7,11.0,\n",
        "utf-8",
    )
    done = invoke("claim", path, "--format", "json")
    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [row["verdict"] for row in said["claims"]] == [FAILS, HOLDS]
    assert [row["as_expected"] for row in said["claims"]] == ["yes", "yes"]
    assert said["claims"][0]["found"] == "630"


def test_a_surprise_is_an_exit_code_and_a_page(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    claim = "[[claims]]\nid = 'x'\nkind = 'sum'\nparts = { a = 1, b = 1 }\ntotal = 3\n"
    path.write_text(claim, "utf-8")
    done = invoke("claim", path, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert "The one figure claimed does not add up." in done.stdout
    assert "does not add up" in (tmp_path / "out" / "claim.html").read_text("utf-8")
    path.write_text(f"{claim}expect = 'fails'\nwhy = 'b was counted twice.'\n", "utf-8")
    assert invoke("claim", path).exit_code == 0
    path.write_text(claim.replace("total = 3", "total = 2\nexpect = 'fails'"), "utf-8")
    assert invoke("claim", path).exit_code == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "nan",
        "inf",
        "1e999999999",
        "--1",
        "11,0",
        "1,24",
        "about 20",
        "15 to 10",
        "1 to 2 to 3",
        "to 3",
        "£",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(FigureError):
        written(text)


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*/claims.toml")), ids=lambda p: p.parent.name
)
def test_the_councils_claims_are_as_expected(path: Path) -> None:
    done = invoke("claim", path)
    assert done.exit_code == 0, done.stdout


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("1,234", 1234, 0.5),
        ("£2.8m", 2_800_000, 50_000),
        ("£31k", 31_000, 500),
        ("£3.48 million", 3_480_000, 5_000),
        ("−127", -127, 0.5),
        ("-£1,500", -1500, 0.5),
        ("10.8 per cent", 10.8, 0.05),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float, half: float) -> None:
    found = written(text)
    assert [found.value, found.half] == pytest.approx([value, half])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("10-12", 10, 12), ("£1.1m to £2.3m", 1.1e6, 2.3e6), ("2–3m", 2e6, 3e6)],
)
def test_a_range_has_two_ends(text: str, low: float, high: float) -> None:
    found = written(text)
    ends = [found.value - found.spread, found.value + found.spread]
    assert ends == pytest.approx([low, high])


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-8")]
)
def test_csv_in_any_form_of_excels(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "claims.csv"
    rows = [
        ["Id", "Says", "Kind", "Dear gbp", "Cheap gbp", "Saved gbp", "Parts", "Total", ""],
        ["", "", "", "", "", "", "", "", ""],
        ["a", "£31,000 a place", "saving", '"£49,000"', "18000", "£31k", "", "", ""],
        ["b", "made", "sum", "", "", "", "400|230", "630", ""],
        ["c", "alike", "sum", "", "", "", "x=1|x=2", "3", ""],
        ["d", "in a table", "sum", "", "", "", "p=1", "file=t.csv|column=n|year=2025", ""],
    ]
    rows[2][1] = f'"{rows[2][1]}"'
    text = "\r\n".join(delimiter.join(row) for row in rows)
    path.write_bytes(text.encode(encoding))
    (tmp_path / "t.csv").write_text("year,n\n2024,9\n2025,1\n", "utf-8")
    claims = read_claims(path).claims
    assert [claim.name for claim in claims] == list("abcd")
    assert "£" in claims[0].says
    assert {v.verdict for claim in claims for v in verdicts(claim)} == {HOLDS}


def test_what_is_misspelt_is_offered_its_right_name(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(
        "[[claims]]\nkind = 'grwoth'\n[[claims]]\nkind = 'growth'\nfrm = 1\nto = 2\nchange = 1\n"
        "[[claims]]\nkind = 'growth'\nfrom = '1 to 2'\nto = 2\nchange = 1\n"
        "[[claims]]\nkind = 'share'\npart = 1\nwhole = 2\npct = 50\nrounded_to = -5\n",
        "utf-8",
    )
    with pytest.raises(CaseError) as raised:
        read_claims(path)
    remedies = [fault.remedy for fault in raised.value.faults]
    assert "did you mean `growth`?" in remedies
    assert "did you mean `from`?" in remedies
    assert [fault.what for fault in raised.value.faults][-2:] == [
        "a range to start from",
        "not more than nought",
    ]
    path.write_text("[[claim]]\nkind = 'sum'\n", "utf-8")
    with pytest.raises(CaseError) as raised:
        read_claims(path)
    assert "`claims`" in raised.value.faults[0].remedy
    with pytest.raises(UsageError):
        read_claims(tmp_path / "claims.xlsx")


def test_figures_may_be_looked_up_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "t.csv").write_text("n\n2\n3\n", "utf-8")
    path = tmp_path / "claims.toml"
    path.write_text(
        "[[claims]]\nkind='sum'\nparts={a=5}\ntotal={file='t.csv',column='n'}\n", "utf-8"
    )
    assert invoke("claim", path, "--data", tmp_path / "out").exit_code == 0
    assert invoke("claim", path).exit_code == 3


@pytest.mark.parametrize(
    ("file", "refused"),
    [
        ("children.csv", True),
        ("case/new_children.csv", True),
        ("plan/private/gap.csv", True),
        ("plan/private/annexes/need.csv", True),
        ("plan/gap.csv", False),
    ],
)
def test_a_look_up_tells_of_no_few_children(tmp_path: Path, file: str, refused: bool) -> None:
    table = tmp_path / file
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("need,n\nVI,3\nVI,1\nASD,5\n", "utf-8")
    look = f"{{ file = '{file}', column = 'n', where = {{ need = 'NEED' }} }}"
    claim = f"kind = 'sum'\nparts = {{ a = {look} }}\ntotal = TOTAL"
    few, enough = (
        claim.replace("NEED", need).replace("TOTAL", total)
        for need, total in (("VI", "4"), ("ASD", "5"))
    )
    assert judged(tmp_path, enough) == {"total": HOLDS}
    if refused:
        with pytest.raises(CaseError) as raised:
            judged(tmp_path, few)
        assert "few children" in raised.value.faults[0].remedy
    else:
        assert judged(tmp_path, few) == {"total": HOLDS}


def test_a_percentage_given_as_a_share_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("kind,part,whole,pct\nshare,72,143,0.50\n", "utf-8")
    done = invoke("claim", path)
    assert done.exit_code == 3
    assert "not a share of one" in done.stdout


def test_every_kind_stands_in_the_guide() -> None:
    guide = (EXAMPLES.parent / "docs" / "claims.md").read_text(encoding="utf-8")
    for name, kind in KINDS.items():
        cells = (
            [f"`{figure}`" for figure in part] for part in (kind.needs, kind.takes, kind.derives)
        )
        row = " | ".join([f"`{name}`", kind.meaning, *(", ".join(cell) or "–" for cell in cells)])
        assert f"| {row} |" in guide, row


def test_the_guides_first_claims_come_out_as_it_says(tmp_path: Path) -> None:
    guide = (EXAMPLES.parent / "docs" / "claims.md").read_text(encoding="utf-8")
    path = tmp_path / "claims.toml"
    path.write_text(guide.partition("```toml\n")[2].partition("```")[0], "utf-8")
    first, second = read_claims(path).claims
    assert [v.verdict for v in verdicts(first)] == [FAILS]
    assert [v.verdict for v in verdicts(second)] == [HOLDS]

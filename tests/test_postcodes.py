"""Postcodes: messy ones, every reason for a miss, the files a council has, and the nearest one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.postcodes import REASONS, Directory, PostcodeFileError, bundled_edition, normalise

ONSPD_HEADER = "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,oseast1m,osnrth1m,osgrdind"
ONSPD_ROWS = """\
BA1 1AA,BA1  1AA,BA1 1AA,198001,,E9,E9,E06000022,E05,375000,164000,1
BA1 1AB,BA1  1AB,BA1 1AB,198001,199906,E9,E9,E06000022,E05,375100,164100,1
BA1 1AD,BA1  1AD,BA1 1AD,198001,,E9,E9,E06000022,E05,,,9
BA1 1AE,BA1  1AE,BA1 1AE,198001,199906,E9,E9,E06000022,E05,999999,999999,9
EH1 1AA,EH1  1AA,EH1 1AA,198001,,S9,S9,S12000036,S05,325900,673900,1
BT1 1AA,BT1  1AA,BT1 1AA,198001,,N9,N9,N09000003,N05,333000,374000,8
IM1 1AA,IM1  1AA,IM1 1AA,198001,,M9,M9,M99999999,M05,,,9
CF101AA,CF10 1AA,CF10 1AA,198001,,W9,W9,W06000015,W05,318284,176230,1
"""


@pytest.fixture(scope="module")
def bundled() -> Directory:
    return Directory.bundled(["BA1 1AA"])


@pytest.fixture(scope="module")
def onspd(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    path = tmp_path_factory.mktemp("onspd") / "ONSPD_MAY_2024_UK.csv"
    path.write_text(f"\ufeff{ONSPD_HEADER}\n{ONSPD_ROWS}", encoding="utf-8")
    return Directory.from_file(path)


def code_point(*rows: str) -> str:
    return "".join(f'{row},"E92000001","E19","E18","","E06000022","E05"\n' for row in rows)


@given(
    st.sampled_from(["ba1 0aa", "BA10AA", " Ba1  0aA ", "b a 1 0 a a", "BA1\u00a00AA", "ba1\t0aa"])
)
def test_spaces_and_case_do_not_matter(text: str) -> None:
    assert normalise(text) == "BA10AA"


def test_the_bundled_directory_finds_bath(bundled: Directory) -> None:
    row = bundled.lookup(["ba1 0aa"]).iloc[0]
    assert (row["easting_m"], row["northing_m"]) == (375_350, 164_482)
    assert (row["district"], row["reason"]) == ("E06000022", "")
    assert bundled.edition == bundled_edition()
    assert bundled.edition[-1].isdigit()


def test_every_miss_of_the_bundled_directory_has_its_reason(bundled: Directory) -> None:
    asked = {
        "M1 1AE": "",  # another letter than was read
        "CF10 1AA": "",  # Wales is reachable
        "BA1 0AO": "not a postcode",  # a letter O where none can be
        "BAI 0AA": "not a postcode",
        "": "not a postcode",
        "12345": "not a postcode",
        "BA1 9ZZ": "never existed",
        "GIR 0AA": "no coordinates",
        "EH1 1AA": "outside the country",
        "BT1 1AA": "outside the country",
        "IM1 1AA": "outside the country",
        "JE2 3AB": "outside the country",
    }
    found = bundled.lookup(list(asked))
    assert found["reason"].tolist() == list(asked.values())
    assert found["easting_m"].notna().tolist() == [reason == "" for reason in asked.values()]
    assert found.index.tolist() == list(range(len(asked)))


def test_what_is_not_text_is_no_postcode(bundled: Directory) -> None:
    asked: list[Any] = [None, np.nan, 17, "BA1 0AA", "BA1 0AA"]
    found = bundled.lookup(asked)
    assert found["reason"].tolist() == ["not a postcode"] * 3 + ["", ""]


def test_nothing_asked_nothing_found(bundled: Directory) -> None:
    found = bundled.lookup([])
    assert found.columns.tolist() == ["easting_m", "northing_m", "district", "reason"]
    assert found.empty


def test_an_empty_directory_still_answers() -> None:
    empty = Directory.bundled([])
    assert empty.lookup(["BA1 0AA"])["reason"].tolist() == [""]
    assert empty.nearest(375_000, 165_000)[0].tolist() == [""]
    assert empty.points_near(375_000, 165_000, 1000).empty


def test_onspd_tells_what_has_ended(onspd: Directory) -> None:
    asked = {
        "BA1 1AA": "",
        "BA1 1AB": "ended",
        "BA1 1AD": "no coordinates",
        "BA1 1AE": "no coordinates",
        "EH1 1AA": "outside the country",
        "BT1 1AA": "outside the country",
        "IM1 1AA": "outside the country",
        "CF10 1AA": "",
        "BA1 9ZZ": "never existed",
    }
    found = onspd.lookup(list(asked))
    assert found["reason"].tolist() == list(asked.values())
    placed = [reason in {"", "ended"} for reason in asked.values()]
    assert found["easting_m"].notna().tolist() == placed
    assert set(asked.values()) <= set(REASONS)


def test_onspd_lacks_nothing_that_the_bundled_directory_has(onspd: Directory) -> None:
    assert onspd.lookup(["BA1 0AA"])["reason"].tolist() == [""]


@pytest.mark.parametrize(
    "header",
    [
        "pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,east1m,north1m,gridind",
        "PCD,PCD2,PCDS,DOINTR,DOTERM,OSCTY,CED,LAUA,OSWARD,OSEAST1M,OSNRTH1M,OSGRDIND",
        "pcd,x,y,dointr,doterm,oscty,ced,lad23cd,osward,oseast1m,osnrth1m,osgrdind",
    ],
)
def test_columns_are_known_by_the_names_of_every_edition(tmp_path: Path, header: str) -> None:
    path = tmp_path / "any.csv"
    path.write_text(f"{header}\n{ONSPD_ROWS}", encoding="utf-8")
    found = Directory.from_file(path).lookup(["BA1 1AA", "BA1 1AB"])
    assert found["reason"].tolist() == ["", "ended"]
    assert found["easting_m"].tolist() == [375_000, 375_100]


def test_code_point_open_says_by_silence_what_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "ba.csv"
    rows = ['"BA1 0AA",10,375351,164483', '"BA1 0AD",90,0,0', '"BA998ZZ",10,375000,164000']
    path.write_text(code_point(*rows), encoding="utf-8")
    directory = Directory.from_file(path)
    asked = {
        "BA1 0AA": "",
        "BA1 0AD": "no coordinates",  # quality 90
        "BA1 0AH": "ended",  # in the bundled directory only, of an area that the file covers
        "BS1 5TR": "",  # of an area that it does not cover
        "BA99 8ZZ": "",  # newer than the bundled directory
        "BA1 9ZZ": "never existed",
    }
    found = directory.lookup(list(asked))
    assert found["reason"].tolist() == list(asked.values())
    assert found["easting_m"].iloc[0] == 375_351
    assert found["easting_m"].iloc[2] > 370_000
    assert directory.edition.startswith("Code-Point Open, ba.csv (sha256 ")
    assert bundled_edition() in directory.edition


def test_a_folder_is_read_whole_and_its_headers_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "ba.csv").write_text(code_point('"BA1 0AA",10,375351,164483'), encoding="utf-8")
    (tmp_path / "bs.csv").write_text(code_point('"BS1 5TR",10,358261,172797'), encoding="utf-8")
    (tmp_path / "Column_Headers.csv").write_text("Postcode,Quality\n", encoding="utf-8")
    directory = Directory.from_file(tmp_path)
    assert sorted(directory.frame.index) == ["BA10AA", "BS15TR"]
    assert "2 files" in directory.edition


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "neither"),
        ("name,age\nA,1\n", "neither"),
        (f"{ONSPD_HEADER}\nBA1 1AA,BA1  1AA,BA1 1AA,1,,E9,E9,E06,E05,here,there,1\n", "go on"),
        (code_point('"BA1 0AA",10,east,164483'), "go on"),
        ("PK\x03\x04\x00\x00", "unzipped"),
    ],
)
def test_files_of_no_known_kind_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "postcodes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PostcodeFileError, match=words) as caught:
        Directory.from_file(path)
    assert "postcodes.csv" in str(caught.value)
    assert "BA1" not in str(caught.value)


def test_absent_empty_and_mixed_sources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PostcodeFileError, match="no file or folder"):
        Directory.from_file(tmp_path / "nowhere")
    with pytest.raises(PostcodeFileError, match="holds no CSV"):
        Directory.from_file(tmp_path)
    (tmp_path / "a.csv").write_text(code_point('"BA1 0AA",10,375351,164483'), encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{ONSPD_HEADER}\n{ONSPD_ROWS}", encoding="utf-8")
    with pytest.raises(PostcodeFileError, match="mixes"):
        Directory.from_file(tmp_path)


def test_nearest_names_a_live_postcode_and_ignores_the_irish_grid(onspd: Directory) -> None:
    names, metres = onspd.nearest([375_003, 333_000, np.nan], [164_004, 374_000, 0])
    assert names[0] == "BA11AA"
    assert metres[0] == pytest.approx(5)
    assert names[1] == "CF101AA"  # and not Belfast, whose figures are of another grid
    assert (names[2], metres[2]) == ("", np.inf)
    assert onspd.nearest(375_000, 164_000)[0].tolist() == ["BA11AA"]


def test_where_places_coincide_a_live_postcode_comes_first_then_the_alphabet() -> None:
    frame = pd.DataFrame(
        {"easting_m": 1000.0, "northing_m": 1000.0, "district": "E06000022"},
        index=["C11AA", "A11AA", "B11AA"],
    ).assign(ended=[False, True, False])
    for order in ([0, 1, 2], [2, 0, 1]):
        assert Directory(frame.iloc[order], "").nearest(0, 0)[0].tolist() == ["B11AA"]


def test_points_near_are_within_the_radius_in_order(bundled: Directory) -> None:
    near = bundled.points_near(375_350, 164_482, 500)
    away = np.hypot(near["easting_m"] - 375_350, near["northing_m"] - 164_482)
    assert away.max() <= 500
    assert "BA10AA" in near.index
    assert near.index.is_monotonic_increasing


def test_real_code_point_open_agrees_with_the_bundled_directory(open_data: Path) -> None:
    directory = Directory.from_file(open_data / "postcodes")
    ours = directory.frame
    theirs = Directory.bundled(["B", "S"]).lookup(list(ours.index))
    assert (theirs["reason"] == "").all()
    away = np.hypot(
        theirs["easting_m"].to_numpy() - ours["easting_m"].to_numpy(),
        theirs["northing_m"].to_numpy() - ours["northing_m"].to_numpy(),
    )
    assert np.median(away) == 0
    assert (away < 100).mean() > 0.99
    assert (theirs["district"].to_numpy() == ours["district"].to_numpy()).mean() > 0.99


def test_about_a_quarter_of_bath_postcodes_have_ended(open_data: Path) -> None:
    directory = Directory.from_file(open_data / "postcodes" / "ba.csv")
    every = [code for code in Directory.bundled(["B"]).frame.index if code.startswith("BA")]
    shares = directory.lookup(every)["reason"].value_counts(normalize=True)
    assert 0.2 < shares["ended"] < 0.3
    assert shares[""] > 0.7

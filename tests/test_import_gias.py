"""From a GIAS extract to provisions and places: real extracts, invented ones, and broken ones."""

from __future__ import annotations

import csv
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import cli
from geodata.postcodes import Directory
from sufficiency import run
from sufficiency.case import read_case
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import errors
from sufficiency.imports.gias import Imported, Request, import_gias
from sufficiency.imports.gias_checks import CHECKS
from sufficiency.imports.gias_columns import KNOWN, USED
from sufficiency.imports.gias_file import read_extract
from sufficiency.imports.gias_schools import ncy_range, read_needs
from sufficiency.needs import NEEDS
from sufficiency.progress import Silent
from sufficiency.sheets import read_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

SOUTH_WEST = "edubasealldata20231116_south_west_and_all_special.csv"
FULL_2021 = "edubasealldata2021_real_full_width_99rows.csv"
NEWER = "edubasealldata_newer_header_8rows.csv"
LINKS = "links_edubasealldata20250422.csv"
SPECIAL = {"7", "12", "33", "36", "44", "8", "10", "32"}
STATE = {"7", "12", "33", "36", "44"}
ALTERNATIVE = {"14", "38", "42", "43"}
COUNCILS = ["Wiltshire", "Bournemouth, Christchurch and Poole", "Bath and North East Somerset"]

#: A state special school of Toytown that nothing is odd about.
SCHOOL = {
    "URN": "900001",
    "LA (code)": "999",
    "LA (name)": "Toytown",
    "EstablishmentName": "Elm School",
    "TypeOfEstablishment (code)": "7",
    "EstablishmentStatus (code)": "1",
    "PhaseOfEducation (code)": "0",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "16",
    "SchoolCapacity": "100",
    "NumberOfPupils": "90",
    "CensusDate": "18-01-2024",
    "LastChangedDate": "02-05-2024",
    "SEN1 (name)": "ASD - Autistic Spectrum Disorder",
    "Easting": "374257",
    "Northing": "161935",
    "Postcode": "BA2 5RF",
}
MAINSTREAM = {
    "TypeOfEstablishment (code)": "1",
    "PhaseOfEducation (code)": "2",
    "StatutoryHighAge": "11",
}


def school(urn: int, **changes: str) -> dict[str, str]:
    """Return a school of its own point; ``changes`` are by the beginning of a column's name."""
    row = {**SCHOOL, "URN": str(urn), "EstablishmentName": f"School {urn}"}
    row["Easting"] = str(374257 + 10 * (urn % 100))
    for name, value in changes.items():
        row[column(name)] = value
    return row


def column(name: str) -> str:
    plain = name.replace("_", "").lower()
    (found,) = [spelt for low, spelt in USED.items() if plain in (low.replace(" ", ""), low)]
    return found


def write(path: Path, rows: Iterable[dict[str, str]], header: list[str] | None = None) -> Path:
    rows = list(rows)
    names = header or list(dict.fromkeys([*USED.values(), *(n for row in rows for n in row)]))
    with path.open("w", encoding="cp1252", newline="") as file:
        out = csv.DictWriter(file, names, restval="", extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    return path


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Imported]:
    """Import rows (or a file) to a new case."""

    def done(
        rows: Path | list[dict[str, str]],
        la: str = "Toytown",
        km: float = 30,
        **options: Any,  # noqa: ANN401
    ) -> Imported:
        file = (
            rows if isinstance(rows, Path) else write(tmp_path / "edubasealldata20240601.csv", rows)
        )
        links = options.pop("links", None)
        if isinstance(links, list):
            names = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
            given = [dict(zip(names, (a, b, "", kind, ""), strict=True)) for a, b, kind in links]
            links = write(tmp_path / "links.csv", given, names)
        folder = options.pop("folder", tmp_path / "case")
        request = Request(file, la, km, folder, links=links, replace=True, **options)
        return import_gias(request, Silent())

    return done


def pools(imported: Imported) -> dict[str, float]:
    table = imported.places
    return dict(zip(table["provision_id"], table["places"], strict=True))


def codes(imported: Imported) -> dict[str, set[str]]:
    """Return each code found, with the URNs it is about."""
    return {f.fault.code: {s.urn for s in f.schools} for f in imported.findings}


def row_of(table: pd.DataFrame, provision: str) -> dict[str, Any]:
    (row,) = table[table["provision_id"] == provision].to_dict("records")
    return {str(name): value for name, value in row.items()}


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file))


# The real extracts


@pytest.mark.parametrize("council", COUNCILS)
def test_no_open_special_school_of_the_council_is_lost(
    open_data: Path, take: Callable[..., Imported], council: str
) -> None:
    file = open_data / "gias" / SOUTH_WEST
    imported = take(file, council, links=open_data / "gias" / LINKS)
    wanted = {
        row["URN"]
        for row in cells(file)
        if row["LA (name)"] == council
        and row["TypeOfEstablishment (code)"] in SPECIAL | ALTERNATIVE
        and row["EstablishmentStatus (code)"] in {"1", "3"}
    }
    home = imported.provisions[imported.provisions["la"] == "home"]
    assert set(home["urn"]) == wanted
    assert len(wanted) == {"W": 15, "Bo": 17, "Ba": 3}[council[: 1 if council[0] == "W" else 2]]
    assert (imported.places["places"] == 0).all()  # this extract has no capacities
    assert set(imported.places["provision_id"]) == set(imported.provisions["provision_id"])


def test_the_known_oddities_of_wiltshire_and_bath_are_found(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    found = codes(take(open_data / "gias" / SOUTH_WEST, "wiltshire"))
    assert "142068" in found["W1111"]  # Fountain House: Leeds by postcode, Salisbury by grid
    assert found["W1112"] >= {"140079", "140677"}  # Three Ways and Aspire
    assert found["W1113"] >= {"149746", "149871"}  # no coordinates
    assert {"W1105", "W1121", "W1122", "W1123"} <= set(found)


def test_schools_without_coordinates_are_put_at_their_postcode(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    imported = take(open_data / "gias" / SOUTH_WEST, "865", 0)
    row = row_of(imported.provisions, "U149746")
    assert np.isnan(row["easting_m"])
    assert row["postcode"] == "SP2 9LY"
    assert set(imported.provisions["la"]) == {"home"}


def test_others_are_within_the_radius_of_a_school_of_the_council(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    file = open_data / "gias" / SOUTH_WEST
    imported = take(file, COUNCILS[2], 12)
    own = np.array(
        [
            [float(row["Easting"]), float(row["Northing"])]
            for row in cells(file)
            if row["LA (name)"] == COUNCILS[2] and row["Easting"]
        ]
    )
    away = imported.provisions[imported.provisions["la"] != "home"].dropna(subset=["easting_m"])
    points = away[["easting_m", "northing_m"]].to_numpy()
    metres = np.linalg.norm(points[:, None, :] - own[None], axis=2).min(axis=1)
    assert len(away) > 5
    assert metres.max() <= 12000
    assert len(imported.provisions) < len(take(file, COUNCILS[2], 30).provisions)


@pytest.mark.slow
def test_every_special_school_far_from_its_postcode_is_found(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    file = open_data / "gias" / SOUTH_WEST
    rows = [
        row
        for row in cells(file)
        if row["TypeOfEstablishment (code)"] in SPECIAL
        and row["EstablishmentStatus (code)"] == "1"
        and row["Easting"]
    ]
    found = Directory.bundled().lookup([row["Postcode"] for row in rows])
    east = found["easting_m"].to_numpy() - np.array([float(row["Easting"]) for row in rows])
    north = found["northing_m"].to_numpy() - np.array([float(row["Northing"]) for row in rows])
    apart = np.hypot(east, north)
    assert np.nanmedian(apart) < 80
    far = {row["URN"] for row, metres in zip(rows, apart, strict=True) if metres > 2000}
    assert 50 <= len(far) <= 65
    assert far <= codes(take(file, "Wiltshire", 1000))["W1111"]


def test_links_carry_real_academies_over_once(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    imported = take(open_data / "gias" / SOUTH_WEST, "Norfolk", 0, links=open_data / "gias" / LINKS)
    assert "U141948" in set(imported.provisions["provision_id"])
    assert "U150265" not in set(imported.provisions["provision_id"])
    assert codes(imported)["W1145"] == {"141948"}
    alone = take(open_data / "gias" / SOUTH_WEST, "Norfolk", 0)
    assert alone.provisions.equals(imported.provisions)  # told by name and site, without links


def test_the_full_width_extract_of_2021(open_data: Path, take: Callable[..., Imported]) -> None:
    imported = take(open_data / "gias" / FULL_2021, "camden", 0)
    assert pools(imported) == {
        "U100018-RP": 24,
        "U100018-SU": 24,
        "U100020-RP": 4,
        "U100021-RP": 0,
        "U100023-RP": 16,
        "U100034-RP": 21,
        "U100006": 0,
        "U100007": 20,
    }
    assert set(imported.provisions.query("kind == 'base'")["la"]) == {"home"}
    both = row_of(imported.places, "U100018-SU")
    assert (both["needs"], both["ncy_from"], both["ncy_to"]) == ("ASD", -2, 6)
    assert row_of(imported.places, "U100034-RP")["needs"] == "PD|ASD"
    found = codes(imported)
    assert found["W1132"] == {"100007"}  # a pupil referral unit with a SEN unit
    assert found["W1121"] == {"100006", "100021"}
    assert row_of(imported.places, "U100006")["ncy_from"] == 10
    assert imported.base_year == 2020


def test_the_newer_header_and_a_gap_before_the_first_need(open_data: Path) -> None:
    extract = read_extract(open_data / "gias" / NEWER, lambda _: True)
    by_urn = {school.urn: school for school in extract.schools}
    assert by_urn["101077"].needs.codes == "SPLD"  # SEN1 Not Applicable, SEN2 filled
    assert not {"W1102"} & {fault.code for fault in extract.faults}
    assert extract.rows == 8


def test_an_import_lacks_only_children_and_prices(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    imported = take(open_data / "gias" / SOUTH_WEST, "Wiltshire", links=open_data / "gias" / LINKS)
    case, faults = read_case(imported.folder)
    assert case is not None
    assert {fault.where for fault in errors(faults)} == {"children.csv", "prices.csv"}
    assert len(case.provisions) == len(case.places) == len(imported.provisions)


@pytest.mark.parametrize("council", COUNCILS)
def test_with_children_and_prices_an_import_passes_every_check(
    open_data: Path, take: Callable[..., Imported], council: str
) -> None:
    folder = take(open_data / "gias" / SOUTH_WEST, council, 10, from_roll=True).folder
    child = "child_id,postcode,need,ncy\nC1,BA1 1AA,ASD,7\n"
    (folder / "children.csv").write_text(child, encoding="utf-8")
    ids = read_csv((folder / "places.csv").read_bytes(), "places.csv")[0]
    assert ids is not None
    prices = [f"{row[0]},*,-4,20,20000" for row in ids.rows]
    header = "provision_id,needs,ncy_from,ncy_to,gbp_per_child"
    (folder / "prices.csv").write_text("\n".join([header, *prices]), encoding="utf-8")
    assert not errors(run.check(folder, Silent()))


def test_an_own_directory_of_postcodes_is_used(
    open_data: Path, take: Callable[..., Imported]
) -> None:
    file = open_data / "gias" / SOUTH_WEST
    own = take(file, "Wiltshire", 0, postcodes=open_data / "postcodes" / "sp.csv")
    assert own.provisions.equals(take(file, "Wiltshire", 0).provisions)
    with pytest.raises(CaseError):
        take(file, "Wiltshire", 0, postcodes=file)


# What a row means


@given(st.integers(0, 30), st.integers(0, 99))
def test_ages_give_a_range_in_order_or_none(low: int, high: int) -> None:
    found = ncy_range(low, high)
    if found is None:
        assert low >= high or high - 5 < -4 or low - 4 > 20
    else:
        assert -4 <= found[0] <= found[1] <= 20


@pytest.mark.parametrize(
    ("low", "high", "ncys"),
    [
        (4, 11, (0, 6)), (11, 16, (7, 11)), (3, 19, (-1, 14)), (7, 11, (3, 6)), (16, 25, (12, 20)),
        (5, 16, (1, 11)), (0, 99, (-4, 20)), (11, 11, None), (16, 11, None), (None, 16, None),
    ],
)  # fmt: skip
def test_statutory_ages_become_year_groups(
    low: int | None, high: int, ncys: tuple[int, int] | None
) -> None:
    assert ncy_range(low, high) == ncys


SPELT = {
    "SPLD": ["SpLD - Specific Learning Difficulty", "SpLD"],
    "VI": ["VI - Visual Impairment", "Visual Impairment", "vision impairment"],
    "MSI": ["MSI - Multi-Sensory Impairment", "Multi- Sensory Impairment"],
    "SLCN": [
        "SLCN - Speech, language and Communication",
        "Speech, Language and Communications needs",
    ],
    "OTH": ["OTH - Other Difficulty/Disability"],
    "PMLD": ["PMLD - Profound and Multiple Learning Difficulty"],
    "ASD": ["ASD - Autistic Spectrum Disorder", "Autistic spectrum disorder", "ASD: Autism"],
    "SEMH": ["SEMH - Social, Emotional and Mental Health"],
    "HI": ["HI - Hearing Impairment"],
    "PD": ["PD - Physical Disability"],
    "SLD": ["SLD - Severe Learning Difficulty"],
    "MLD": ["MLD - Moderate Learning Difficulty"],
    "DS": ["DS - Down Syndrome"],
}
BLANKS = st.sampled_from(["", " ", "Not Applicable", "not applicable", "N/A"])


@given(
    st.lists(
        st.sampled_from(sorted(SPELT)).flatmap(
            lambda code: st.tuples(st.just(code), st.sampled_from(SPELT[code]))
        )
        | BLANKS.map(lambda blank: ("", blank)),
        max_size=13,
    ),
    st.sampled_from([str.upper, str.lower, str.title, lambda text: f"  {text}  "]),
)
def test_designations_are_read_whatever_their_spelling_and_gaps(
    drawn: list[tuple[str, str]], spell: Callable[[str], str]
) -> None:
    read = read_needs(spell(text) for _, text in drawn)
    assert set(filter(None, read.codes.split("|"))) == {code for code, _ in drawn if code}
    assert not read.unread


@given(st.lists(st.text(max_size=30), max_size=13))
def test_whatever_stands_there_gives_only_codes(texts: list[str]) -> None:
    read = read_needs(texts)
    assert set(filter(None, read.codes.split("|"))) <= set(NEEDS)


def test_spellings_cover_every_need() -> None:
    assert set(SPELT) == set(NEEDS)


def test_types_go_by_code_not_by_group(take: Callable[..., Imported]) -> None:
    types = {"7": "special", "12": "special", "33": "special", "36": "special", "44": "special",
             "8": "independent", "10": "independent", "32": "college", "14": "alternative",
             "38": "alternative", "42": "alternative", "43": "alternative"}  # fmt: skip
    rows = [{**school(900000 + int(code)), "TypeOfEstablishment (code)": code} for code in types]
    rows.append({**school(900099), **MAINSTREAM})
    found = take(rows).provisions
    assert dict(zip(found["urn"].str[-2:].str.lstrip("0"), found["kind"], strict=True)) == types


def test_a_mainstream_school_may_have_both_bases(take: Callable[..., Imported]) -> None:
    base = {
        **school(900001), **MAINSTREAM,
        "TypeOfResourcedProvision (name)": "Resourced provision and SEN unit",
        "ResourcedProvisionCapacity": "12", "ResourcedProvisionOnRoll": "14", "SenUnitCapacity": "",
        "SenUnitOnRoll": "9",
    }  # fmt: skip
    imported = take([base])
    assert pools(imported) == {"U900001-RP": 12, "U900001-SU": 0}
    assert list(imported.provisions["name"]) == [
        "School 900001 (resourced provision)", "School 900001 (SEN unit)",
    ]  # fmt: skip
    assert {"W1121", "W1131"} <= set(codes(imported))
    assert "14 on roll for a capacity of 12" in row_of(imported.places, "U900001-RP")["note"]
    assert pools(take([base], from_roll=True)) == {"U900001-RP": 12, "U900001-SU": 9}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NumberOfPupils": "101"}, "W1131"),
        ({"CensusDate": "19-05-2022"}, "W1133"),
        ({"SchoolCapacity": ""}, "W1121"),
        ({"SchoolCapacity": "0"}, "W1121"),
        ({"StatutoryLowAge": ""}, "W1122"),
        ({"StatutoryLowAge": "17"}, "W1122"),
        ({"StatutoryLowAge": "5"}, "W1125"),
        ({"SEN1 (name)": "Not Applicable"}, "W1123"),
        ({"SEN1 (name)": "Autistc Spectrum Disorder"}, "W1124"),
        ({"SEN1 (name)": "qqqq"}, "W1124"),
        ({"SenUnitCapacity": "8"}, "W1132"),
        ({"Postcode": "LS11 6AW"}, "W1111"),
        ({"Easting": ""}, "W1113"),
        ({"Easting": "", "Postcode": ""}, "W1114"),
        ({"TypeOfEstablishment (code)": "10"}, "W1134"),
        ({"EstablishmentStatus (code)": "3"}, "W1141"),
        ({"EstablishmentStatus (code)": "4"}, "W1142"),
    ],
)
def test_each_oddity_has_its_code_and_its_note(
    take: Callable[..., Imported], changes: dict[str, str], code: str
) -> None:
    sound, odd = school(900002), {**school(900001), **changes}
    imported = take([sound, odd])
    found = codes(imported)
    assert found[code] == {"900001"}
    check = {check.code: check for check in CHECKS}[code]
    table = imported.places if check.on_places else imported.provisions
    assert row_of(table, "U900001")["note"]
    assert not row_of(table, "U900002")["note"]
    assert "900002" not in {urn for urns in found.values() for urn in urns}


def test_a_sound_extract_has_no_findings(take: Callable[..., Imported]) -> None:
    imported = take([school(900001)])
    assert not imported.findings
    row = row_of(imported.places, "U900001")
    assert {name: row[name] for name in ("needs", "ncy_from", "ncy_to", "places", "note")} == {
        "needs": "ASD", "ncy_from": 0, "ncy_to": 11, "places": 100, "note": "",
    }  # fmt: skip


def test_two_schools_on_one_point(take: Callable[..., Imported]) -> None:
    here = {"Easting": "374000", "Northing": "161000"}
    imported = take([{**school(900001), **here}, {**school(900002), **here}, school(900003)])
    assert codes(imported)["W1112"] == {"900001", "900002"}
    assert "School 900002" in row_of(imported.provisions, "U900001")["note"]


def test_unknown_places_are_never_without_limit(take: Callable[..., Imported]) -> None:
    rows = [
        school(900001, schoolcapacity=""),
        school(900002, statutorylowage="", statutoryhighage=""),
        {**school(900003), "EstablishmentStatus (code)": "4", "OpenDate": "01-09-2026"},
    ]
    imported = take(rows)
    assert pools(imported) == {"U900001": 0, "U900002": 0, "U900003": 0}
    assert row_of(imported.places, "U900003")["from_year"] == 2026
    assert "capacity of 100 not used" in row_of(imported.places, "U900002")["note"]
    by_roll = take(rows, from_roll=True)
    assert pools(by_roll) == {"U900001": 90, "U900002": 100, "U900003": 0}
    assert codes(by_roll)["W1126"] == {"900001"}
    assert "W1121" not in codes(by_roll)
    assert list(by_roll.places["on_roll"]) == [90, 90, 90]


def test_a_school_that_closes_has_places_to_its_last_year(take: Callable[..., Imported]) -> None:
    rows = [
        {**school(urn), "EstablishmentStatus (code)": "3", "CloseDate": day}
        for urn, day in ((900001, "31-08-2026"), (900002, "01-09-2026"), (900003, "31-12-2026"))
    ]
    assert list(take(rows).places["to_year"]) == [2025, 2025, 2026]


def test_section_41_and_other_councils_stand_in_the_table(take: Callable[..., Imported]) -> None:
    rows = [
        {
            **school(900001),
            "TypeOfEstablishment (code)": "10",
            "Section41Approved (name)": "Approved",
        },
        {**school(900002), "Section41Approved (name)": "Not applicable"},
        {**school(900003), "LA (name)": "Farland", "LA (code)": "998"},
    ]
    found = take(rows).provisions
    assert dict(zip(found["urn"], found["section_41"], strict=True)) == {
        "900001": "yes", "900002": "", "900003": "",
    }  # fmt: skip
    assert list(found["la"]) == ["home", "home", "Farland"]


# Academies: neither lost nor doubled

CLOSED = {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2023"}
BLANK = {
    "SchoolCapacity": "", "StatutoryLowAge": "", "StatutoryHighAge": "", "SEN1 (name)": "",
    "TypeOfEstablishment (code)": "44",
}  # fmt: skip


@pytest.mark.parametrize(
    "links",
    [
        [("900002", "900001", "Predecessor")],
        [("900001", "900002", "Successor")],
        [("900001", "900002", "Successor"), ("900002", "900001", "Predecessor")],
    ],
)
def test_an_academy_takes_over_what_its_record_leaves_blank(
    take: Callable[..., Imported], links: list[tuple[str, str, str]]
) -> None:
    rows = [{**school(900001), **CLOSED}, {**school(900002), **BLANK}]
    imported = take(rows, links=links)
    assert pools(imported) == {"U900002": 100}
    row = row_of(imported.places, "U900002")
    assert (row["needs"], row["ncy_from"], row["ncy_to"]) == ("ASD", 0, 11)
    assert codes(imported)["W1144"] == {"900002"}
    assert imported.left_out["closed"] == 1
    assert pools(take(rows)) == {"U900002": 0}


def test_what_the_new_record_says_is_kept(take: Callable[..., Imported]) -> None:
    rows = [{**school(900001), **CLOSED}, school(900002, schoolcapacity="120")]
    imported = take(rows, links=[("900002", "900001", "Predecessor")])
    assert pools(imported) == {"U900002": 120}
    assert "W1144" not in codes(imported)


def test_a_chain_of_predecessors_is_followed_to_the_one_that_knows(
    take: Callable[..., Imported],
) -> None:
    rows = [
        {**school(900001), **CLOSED},
        {**school(900002), **BLANK, **CLOSED},
        {**school(900003), **BLANK},
    ]
    links = [("900002", "900001", "Predecessor"), ("900003", "900002", "Predecessor")]
    imported = take(rows, links=links)
    assert pools(imported) == {"U900003": 100}
    assert row_of(imported.places, "U900003")["needs"] == "ASD"
    assert "900002" in row_of(imported.provisions, "U900003")["note"]


def test_a_circle_of_links_ends(take: Callable[..., Imported]) -> None:
    rows = [{**school(900001), **CLOSED}, {**school(900002), **BLANK}]
    links = [("900002", "900001", "Predecessor"), ("900001", "900002", "Predecessor")]
    assert set(pools(take(rows, links=links))) == {"U900002"}


def test_a_merger_has_the_sum_and_a_split_nothing(take: Callable[..., Imported]) -> None:
    closed = [{**school(900001), **CLOSED}, {**school(900002, schoolcapacity="40"), **CLOSED}]
    new = {**school(900003, schoolcapacity="")}
    merged = [("900003", urn, "Predecessor - amalgamated") for urn in ("900001", "900002")]
    assert pools(take([*closed, new], links=merged)) == {"U900003": 140}
    unknown = [closed[0], {**closed[1], "SchoolCapacity": ""}]
    assert pools(take([*unknown, new], links=merged)) == {"U900003": 0}
    split = [("900001", urn, "Successor - Split School") for urn in ("900003", "900004")]
    rows = [closed[0], new, school(900004, schoolcapacity="")]
    assert pools(take(rows, links=split)) == {"U900003": 0, "U900004": 0}


def test_a_base_goes_over_to_the_academy(take: Callable[..., Imported]) -> None:
    old = {**school(900001), **MAINSTREAM, **CLOSED, "SenUnitCapacity": "16"}
    new = {**school(900002), **MAINSTREAM, "TypeOfEstablishment (code)": "34"}
    links = [("900002", "900001", "Predecessor")]
    assert pools(take([old, new], links=links)) == {"U900002-SU": 16}
    without = {**new, "TypeOfResourcedProvision (name)": "Not applicable"}
    with pytest.raises(CaseError):
        take([old, without], links=links)


def test_a_proposed_successor_is_the_school_that_is_open(take: Callable[..., Imported]) -> None:
    old = {**school(900001), "EstablishmentStatus (code)": "3", "CloseDate": "31-08-2024"}
    new = {**school(900002), "EstablishmentStatus (code)": "4", "OpenDate": "01-09-2024"}
    imported = take([old, new], links=[("900002", "900001", "Predecessor")])
    assert pools(imported) == {"U900001": 100}
    assert imported.places["to_year"].isna().all()
    assert "URN 900002" in row_of(imported.provisions, "U900001")["note"]
    assert pools(take([old, new])) == {"U900001": 100, "U900002": 0}


def test_where_both_are_open_the_places_count_once(take: Callable[..., Imported]) -> None:
    imported = take([school(900001), school(900002)], links=[("900001", "900002", "Successor")])
    assert pools(imported) == {"U900001": 0, "U900002": 100}
    assert codes(imported)["W1143"] == {"900001"}


# The file


def invoke(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["import", "gias", *map(str, words)])


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: data[: len(data) - 40], "E1103"),
        (lambda data: data[:-60] + b',"Elm', "E1103"),
        (lambda data: data.replace(b"Elm", b'"Elm', 1), "E1103"),
        (lambda data: data.decode("cp1252").encode("utf-16"), "E1102"),
        (lambda data: data + b"\x81\x8d", "E1102"),
        (lambda data: b"PK\x03\x04" + data, "E1102"),
        (lambda data: data.replace(b"EstablishmentName", b"Name", 1), "E1104"),
        (lambda data: data.replace(b"Easting,", b"URN,", 1), "E1104"),
        (lambda data: data.replace(b"900044", b"", 1), "E1103"),
        (lambda data: data[: data.index(b"\n") + 1], "E1101"),
        (lambda data: data[data.index(b"\n") + 1 :], "E1101"),
        (lambda _: b"", "E1101"),
    ],
    ids=["cut", "cut in a quotation", "open quotation", "utf-16", "no code page", "zip",
         "column missing", "column twice", "no number", "header only", "no header", "empty"],
)  # fmt: skip
def test_a_broken_file_is_refused_and_nothing_is_written(
    tmp_path: Path, damage: Callable[[bytes], bytes], code: str
) -> None:
    rows = [{**school(900001 + n), "EstablishmentName": "Elm School"} for n in range(80)]
    file = write(tmp_path / "extract.csv", rows)
    file.write_bytes(damage(file.read_bytes()))
    done = invoke(file, "--la", "Toytown", "--out", tmp_path / "case")
    assert done.exit_code == 3, done.output
    assert code in done.stderr
    assert "extract.csv" in done.stderr
    assert not (tmp_path / "case").exists()


def test_lines_that_end_in_more_than_one_way_are_read_and_reported(
    tmp_path: Path, take: Callable[..., Imported]
) -> None:
    file = write(tmp_path / "extract.csv", [school(900001), school(900002), school(900003)])
    lines = file.read_bytes().splitlines()
    file.write_bytes(lines[0] + b"\r\n" + lines[1] + b"\n" + lines[2] + b"\r" + lines[3] + b"\r\n")
    imported = take(file)
    assert set(codes(imported)) == {"W1103"}
    assert len(imported.provisions) == 3


def test_a_line_end_within_a_quoted_cell_is_no_fault(
    tmp_path: Path, take: Callable[..., Imported]
) -> None:
    odd = {**school(900001), "Street": "Elm House\nHigh Street"}
    imported = take(write(tmp_path / "extract.csv", [odd, school(900002)]))
    assert not codes(imported)
    assert len(imported.provisions) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_any_encoding_gives_the_same_names(
    tmp_path: Path, take: Callable[..., Imported], encoding: str
) -> None:
    file = write(tmp_path / "extract.csv", [{**school(900001), "EstablishmentName": "Café’s"}])
    file.write_bytes(file.read_bytes().decode("cp1252").encode(encoding))
    imported = take(file)
    assert list(imported.provisions["name"]) == ["Café’s"]
    assert not codes(imported)


def test_damaged_letters_are_reported(tmp_path: Path, take: Callable[..., Imported]) -> None:
    row = {**school(900001), "EstablishmentName": "Café"}
    file = write(tmp_path / "extract.csv", [row, school(900002)])
    west = file.read_bytes()
    twice = west.decode("cp1252").replace("é", "Ã©").encode()
    half = west.replace(b"School", "É".encode("cp1252") + "é".encode())
    for data in (twice, half):
        file.write_bytes(data)
        assert "W1104" in codes(take(file))


def test_a_school_that_is_there_twice_counts_once(take: Callable[..., Imported]) -> None:
    imported = take([school(900001), school(900002), school(900001, schoolcapacity="95")])
    assert pools(imported) == {"U900001": 95, "U900002": 100}
    assert [f.fault.rows for f in imported.findings] == [(4,)]


def test_columns_missing_or_new_are_reported_and_order_is_free(
    tmp_path: Path, take: Callable[..., Imported]
) -> None:
    names = [name for name in reversed(USED.values()) if not name.startswith("Section41")]
    row = {**school(900001), "Something new": "1", "BuildingAge": "2"}
    file = write(tmp_path / "extract.csv", [row], [*names, "Something new", "BuildingAge"])
    imported = take(file)
    said = {f.fault.code: f.fault.what for f in imported.findings}
    assert "Section41Approved (name)" in said["W1101"]
    assert "Something new, BuildingAge" in said["W1102"]
    assert pools(imported) == {"U900001": 100}
    assert len(KNOWN) > 135


@pytest.mark.parametrize("la", ["toytown", " TOYTOWN ", "999", "Toytown City Council"])
def test_a_council_goes_by_name_or_code(take: Callable[..., Imported], la: str) -> None:
    assert take([school(900001)], la).council == "Toytown"


@pytest.mark.parametrize(
    ("la", "offered"),
    [
        ("Willtshire", "Wiltshire"),
        ("BCP", "Bournemouth, Christchurch and Poole"),
        ("North East Somerset", "Bath and North East Somerset"),
        ("Atlantis", "3 councils, such as"),
    ],
)
def test_an_unknown_council_is_offered_the_nearest(
    tmp_path: Path, take: Callable[..., Imported], la: str, offered: str
) -> None:
    rows = [{**school(900001 + n), "LA (name)": name} for n, name in enumerate(COUNCILS)]
    with pytest.raises(UsageError, match=offered):
        take([{**row, "LA (code)": f"70{n}"} for n, row in enumerate(rows)], la)
    assert not (tmp_path / "case").exists()


def test_a_links_file_that_is_none_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "extract.csv", [school(900001)])
    done = invoke(file, "--la", "Toytown", "--links", file, "--out", tmp_path / "case")
    assert done.exit_code == 3
    assert "LinkURN" in done.stderr
    assert not (tmp_path / "case").exists()


def test_tables_that_are_there_are_not_overwritten_unless_asked(tmp_path: Path) -> None:
    file = write(tmp_path / "extract.csv", [school(900001)])
    words = (file, "--la", "Toytown", "--within-km", "10", "--out", tmp_path / "case")
    assert invoke(*words).exit_code == 0
    (tmp_path / "case" / "places.csv").write_text("mine", encoding="utf-8")
    assert invoke(*words).exit_code == 2
    assert (tmp_path / "case" / "places.csv").read_text(encoding="utf-8") == "mine"
    assert invoke(*words, "--replace").exit_code == 0


def test_the_same_extract_in_any_order_gives_the_same_files(
    open_data: Path, take: Callable[..., Imported], tmp_path: Path
) -> None:
    file = open_data / "gias" / SOUTH_WEST
    with file.open(encoding="cp1252", newline="") as stream:
        header, *lines = stream.readlines()
    turned = tmp_path / SOUTH_WEST
    turned.write_text(header + "".join(reversed(lines)), encoding="cp1252", newline="")
    one = take(file, COUNCILS[2], folder=tmp_path / "one")
    two = take(turned, COUNCILS[2], folder=tmp_path / "two")
    assert [p.read_bytes() for p in one.written] == [p.read_bytes() for p in two.written]


def test_a_planner_is_told_what_there_is_and_what_comes_next(tmp_path: Path) -> None:
    rows = [school(900001), school(900002, schoolcapacity="")]
    file = write(tmp_path / "edubasealldata20240601.csv", rows)
    words = (file, "--la", "Toytown", "--out", tmp_path / "case", "--replace")
    text = " ".join(invoke(*words).stdout.split())
    assert "special 2 100 0 0 1" in text
    assert "W1121 capacity blank" in text
    assert "School 900002 (900002)" in text
    assert "add prices.csv" in text
    answer = json.loads(invoke(*words, "--format", "json").stdout)
    assert answer["kinds"][0] == {
        "kind": "special", "own": 2, "others": 0, "own_places": 100, "other_places": 0, "to_fill": 1,
    }  # fmt: skip
    assert set(answer["missing"]) == {"children", "prices"}
    assert answer["extract_date"] == "2024-06-01"


def test_a_zipped_download_is_told_from_an_extract(tmp_path: Path) -> None:
    file = write(tmp_path / "extract.csv", [school(900001)])
    with zipfile.ZipFile(tmp_path / "Results.zip", "w") as archive:
        archive.write(file)
    done = invoke(tmp_path / "Results.zip", "--la", "Toytown", "--out", tmp_path / "case")
    assert done.exit_code == 3
    assert "unzip" in done.stderr


@pytest.mark.slow
def test_the_extract_of_all_england_is_read_in_little_memory(tmp_path: Path) -> None:
    padding = dict.fromkeys(KNOWN - set(USED), "some text or other")
    other = {**school(1), **MAINSTREAM, **padding, "LA (name)": "Farland"}
    rows = [{**other, "URN": str(100000 + n)} for n in range(30000)]
    file = write(tmp_path / "extract.csv", [school(900001), *rows])
    del rows
    assert file.stat().st_size > 50e6
    tracemalloc.start()
    extract = read_extract(file, lambda _: False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert extract.rows == 30001
    assert peak < 20e6

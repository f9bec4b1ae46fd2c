"""Papers of a plan: the same numbers in each, real structure, and names that stay names."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from sufficiency.documents.columns import COLUMNS, TITLES, Column, Sheet
from sufficiency.documents.outline import filled, outline, pieces
from sufficiency.documents.papers import PDF, WORD, WORKBOOK, papers
from sufficiency.documents.pdf import write_pdf
from sufficiency.documents.tables_book import write_tables
from sufficiency.documents.widths import share
from sufficiency.documents.word import write_word
from sufficiency.report.compose import compose
from sufficiency.report.page import render_page
from sufficiency.report.parts import Cell, Drawing, Paper, Plan, Section, Table, academic, figure
from sufficiency.safe import plain_all
from tests.pages import Page
from tests.pdf_text import pdf_lines
from tests.plans import invoke
from tests.test_report import context, planned
from tests.town import write_town

if TYPE_CHECKING:
    from docx.document import Document
    from openpyxl import Workbook

NASTY = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1","x")',
    "@SUM(A1) <script>alert(1)</script>",
    "-2+3 & \"quoted\" 'single' </w:t>",
    "+44 [click](javascript:alert(1)) [twice](b)",
    "{=1+1} {{ 7 * 7 }} {% raw %}",
    "#panic() $$note$$ *bold* _x_ `y` \\ @ref <label>",
    "Ysgol 🌈 Café ŵ",
    "בית ספר مدرسة",
    "a\x01b\x0bc\x1bd\x7fe",
    "日本 \u202eabc",
    "St Aldhelm's " * 16,
    "X" * 200,
]


@lru_cache(maxsize=1)
def paper() -> Paper:
    """What is said of the town."""
    _, published, summary = planned()
    return compose(Plan(published, summary, context()))


@lru_cache(maxsize=1)
def made() -> dict[str, bytes]:
    """The town's papers."""
    return papers(paper(), planned()[1], {"R": "Riverside base"})


def word() -> Document:
    return docx.Document(io.BytesIO(made()[WORD]))


def book() -> Workbook:
    return load_workbook(io.BytesIO(made()[WORKBOOK]))


def all_tables(of: Paper) -> list[Table]:
    """Every table in the order in which it is printed."""
    plan = outline(of)
    return [plan.figures, *(t for part in [*plan.body, *plan.appendices] for t in part.tables)]


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in filled(table)]


def small(*names: str) -> Paper:
    """A paper of little more than names."""
    rows = [[Cell(name, "row"), Cell(str(n), is_number=True)] for n, name in enumerate(names)]
    table = Table("Names", ["Name", "Number"], rows, frozenset({1}))
    parts = [Section("names", "Names", list(names), [table], list(names))]
    title = names[0]
    return plain_all(Paper(title, "2025/26", title, title, title, [], parts, {"Run": "abc"}))


# The same numbers


def test_every_table_of_the_report_is_in_word_with_the_same_cells() -> None:
    grids = [[[c.text for c in row.cells] for row in grid.rows] for grid in word().tables]
    assert grids == [[list(t.heads), *texts(t)] for t in all_tables(paper())]


def test_every_number_of_the_report_is_in_the_pdf_in_the_same_order() -> None:
    """A text may be folded into several lines, and is one on the page all the same."""
    said = "".join("".join(pdf_lines(made()[PDF])).split())
    for table in all_tables(paper()):
        numbers = [[cell.text for cell in row if cell.is_number] for row in table.rows]
        at = said.index("".join(table.caption.split()))
        for row in numbers:
            at = said.index("".join("".join(row).split()), at)


def test_every_table_is_on_the_page_with_the_same_cells() -> None:
    html = Page(render_page(paper())).text
    for table in all_tables(paper())[1:]:
        for row in table.rows:
            assert " ".join(" ".join(cell.text for cell in row).split()) in html


def test_the_workbook_has_the_published_values() -> None:
    _, published, _ = planned()
    sheet = book()["Gap"]
    rows = [row for row in sheet.iter_rows(values_only=True) if re.match(r"\d{4}/", str(row[2]))]
    assert len(rows) == len(published.gap)
    for row, (_, exact) in zip(rows, published.gap.iterrows(), strict=True):
        assert row[2] == academic(int(exact["year"]))
        for shown, name in zip(
            row[3:7], ["children", "unplaced", "independent", "out_of_area"], strict=True
        ):
            assert shown == exact[name]
            assert figure(shown) == figure(exact[name])


def test_numbers_are_numbers_and_what_is_withheld_is_text() -> None:
    found = {
        type(cell.value) for sheet in book() for row in sheet.iter_rows(min_row=8) for cell in row
    }
    assert found <= {int, float, str, type(None)}
    values = [cell for row in book()["Ledger"].iter_rows(min_row=7, min_col=4) for cell in row]
    assert values
    assert {cell.data_type for cell in values} == {"n"}
    assert {cell.number_format for cell in values} == {"#,##0"}
    assert "[c]" in [cell.value for row in book()["Gap"].iter_rows() for cell in row]


def test_the_same_plan_gives_the_same_papers() -> None:
    assert papers(paper(), planned()[1], {"R": "Riverside base"}) == made()


# Structure


def test_word_has_headings_captions_and_a_language_of_its_own() -> None:
    document = word()
    styles = [line.style.name for line in document.paragraphs if line.style]
    assert styles[0] == "Title"
    sections = len(outline(paper()).body) + len(outline(paper()).appendices)
    assert styles.count("Heading 1") == sections + 1
    body = document.element.xml
    captions = len(re.findall(r"SEQ Table", body)), len(re.findall(r"SEQ Figure", body))
    pictures = len(document.inline_shapes)
    assert captions == (len(document.tables), pictures)
    assert styles.count("Caption") == sum(captions)
    assert {tag.get(qn("w:val")) for tag in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert document.styles["Normal"].font.name == "Arial"
    assert document.core_properties.title == outline(paper()).name
    assert " PAGE " in document.sections[0].footer._element.xml


def test_a_title_and_its_lead_stand_with_what_they_lead_to() -> None:
    shown = [s for s in paper().sections if s.drawings or any(not t.folded for t in s.tables)]
    leads = {words for section in shown for words in section.lead}
    found = [line for line in word().paragraphs if line.text in leads]
    assert len(found) > 5
    assert all(line.paragraph_format.keep_with_next for line in found)


def test_word_tables_repeat_their_headings_and_merge_nothing() -> None:
    document = word()
    for table in document.tables:
        xml = table._tbl.xml
        assert xml.count("<w:tblHeader/>") == 1
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:vMerge" not in xml
        assert "w:gridSpan" not in xml
        assert "w:tblCaption" in xml
    stamp = outline(paper()).stamp
    assert [line.text for line in document.paragraphs].count(stamp) == len(document.tables)
    assert "abc" not in stamp
    assert str(planned()[2]["run_id"]) in stamp


def test_every_picture_in_word_says_what_it_shows() -> None:
    from sufficiency.maps.typeset import to_png

    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 400"><rect width="9" height="9"/></svg>'
    drawn = Section("d", "Drawn", drawings=[Drawing("x", "A caption", 'Tall & "thin"', svg)])
    of = Paper("t", "p", "", "a", "e", [], [drawn], {})
    document = docx.Document(io.BytesIO(write_word(of, {"x": to_png(svg)})))
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == 'Tall & "thin"'
    assert shape.height.cm <= 21.01
    assert abs(shape.height / shape.width - 4) < 0.05


def test_the_pdf_is_tagged_and_says_that_it_is_accessible() -> None:
    data = made()[PDF]
    assert data.startswith(b"%PDF-1.7")
    for mark in (b"pdfuaid:part", b"/StructTreeRoot", b"/Lang(en-GB)", b"/Outlines"):
        assert mark in data
    assert data.count(b"/S/THead") == len(all_tables(paper()))
    assert re.search(rb"/DisplayDocTitle true", data)
    heads = sum(len(table.heads) for table in all_tables(paper()))
    assert len(re.findall(rb"/S/TH\b", data)) == heads
    drawings = [d for section in paper().sections for d in section.drawings]
    assert len(re.findall(rb"/S/Figure\b", data)) == len(drawings)


def test_the_workbook_is_as_the_analysis_function_would_have_it() -> None:
    found = book()
    assert found.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    for sheet in found.worksheets[3:]:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        top = int(re.findall(r"\d+", table.ref)[0])
        assert sheet.freeze_panes == f"B{top + 1}"
        rows = list(sheet.iter_rows(values_only=True))
        assert all(any(value is not None for value in row) for row in rows)
        assert all(value is not None for row in rows[top - 1 :] for value in row)
        before = " ".join(str(row[0]) for row in rows[: top - 1])
        for label, value in paper().stamps.items():
            assert f"{label}: {value}" in before
        assert ("[c]:" in before) == any("[c]" in row for row in rows[top:])
    links = [
        cell.hyperlink and cell.hyperlink.location
        for (cell,) in found["Contents"].iter_rows(4, max_col=1)
    ]
    assert links == [f"'{name}'!A1" for name in found.sheetnames[3:]]


def test_every_column_and_every_table_has_words() -> None:
    _, published, _ = planned()
    assert set(published.tables()) <= set(TITLES)
    for table in published.tables().values():
        assert set(table.columns) <= set(COLUMNS)


def test_a_table_without_rows_or_with_too_many_is_named_on_the_cover() -> None:
    columns = [Column("Name"), Column("Children", look="#,##0")]
    sheets = [
        Sheet("full", "A full one", columns, pd.DataFrame([["a", 1.5]])),
        Sheet("empty", "An empty one", columns, pd.DataFrame(columns=[0, 1])),
        Sheet("long", "A long one", columns, pd.DataFrame([["a", 1]] * 10_001)),
    ]
    found = load_workbook(io.BytesIO(write_tables(small("x"), sheets)))
    assert found.sheetnames == ["Cover", "Contents", "Full"]
    cover = " ".join(str(row[0]) for row in found["Cover"].iter_rows(values_only=True))
    assert "An empty one" in cover
    assert "A long one (long.csv)" in cover
    assert found["Full"]["B6"].number_format == "#,##0.0"


@given(st.lists(st.tuples(st.floats(1, 500), st.floats(0, 500)), min_size=1), st.floats(50, 900))
def test_columns_share_the_page(columns: list[tuple[float, float]], room: float) -> None:
    least = [low for low, _ in columns]
    most = [low + more for low, more in columns]
    widths = share(room, least, most)
    assert sum(widths) <= room + 1e-6
    if sum(least) <= room:
        assert all(low - 1e-6 <= w for low, w in zip(least, widths, strict=True))
        assert all(w <= high + 1e-6 for w, high in zip(widths, most, strict=True))


def test_a_heading_of_several_rows_is_repeated_in_each() -> None:
    rows = [
        [Cell("a", "rowgroup", 2), Cell("x", "row"), Cell("1")],
        [Cell("y", "row"), Cell("2")],
        [Cell("b", "rowgroup", 1), Cell("x", "row"), Cell("3")],
    ]
    table = Table("T", ["G", "R", "N"], rows)
    assert texts(table) == [["a", "x", "1"], ["a", "y", "2"], ["b", "x", "3"]]


def test_a_table_on_its_side_takes_its_heading_along_and_drawings_stand_upright() -> None:
    narrow, wide = Table("narrow", [], []), Table("wide", [], [])
    drawing = Drawing("d", "", "", "")
    for drawings, tables, expected in (
        ([], [wide, narrow], [(True, "T", ["wide"]), (False, "", ["narrow"])]),
        ([drawing], [wide], [(False, "T", []), (True, "", ["wide"])]),
        ([drawing], [narrow, wide], [(False, "T", ["narrow"]), (True, "", ["wide"])]),
        ([], [], [(False, "T", [])]),
    ):
        section = Section("k", "T", [], tables, ["note"], drawings)
        found = pieces(section, lambda table: table is wide)
        assert [(w, p.title, [t.caption for t in p.tables]) for w, p in found] == expected
        assert [list(piece.notes) for _, piece in found][-1] == ["note"]
        assert sum(len(piece.notes) for _, piece in found) == 1


# Names


@pytest.mark.parametrize("name", NASTY)
def test_names_stay_names_in_the_workbook(name: str) -> None:
    columns = [Column("Name"), Column("Children", look="#,##0")]
    sheet = Sheet("names", name, columns, pd.DataFrame([[name, -3.0], [name, "[c]"]]), [name])
    found = load_workbook(io.BytesIO(write_tables(small(name), [sheet])))
    for tab in found:
        for row in tab.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert tab.title == "Contents" or cell.hyperlink is None
    shown = plain_all(name)
    rows = list(found["Names"].iter_rows(values_only=True))
    assert rows[-2:] == [(shown, -3), (shown, "[c]")]
    assert str(rows[0][0]).replace("\u2060", "") == shown


def test_names_stay_names_in_word() -> None:
    document = docx.Document(io.BytesIO(write_word(small(*NASTY), {})))
    shown = [plain_all(name) for name in NASTY]
    assert [row.cells[0].text for row in document.tables[-1].rows][1:] == shown
    assert document.paragraphs[2].text == f"Please note. {shown[0]}"
    xml = zipfile.ZipFile(io.BytesIO(write_word(small(*NASTY), {}))).read("word/document.xml")
    assert b"<script" not in xml


def test_names_stay_names_in_the_pdf() -> None:
    """What no font has is named, or a box; the rest is as it was."""
    said = "".join("".join(pdf_lines(write_pdf(small(*NASTY)))).split())
    for name in [*NASTY[:7], *NASTY[11:]]:
        assert "".join(name.split()) in said
    assert "Ysgol(rainbow)Caféŵ" in said
    assert "abcde" in said
    assert "□□" in said


def test_other_scripts_stay_in_the_text_where_a_drawing_has_no_letters_for_them() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><text x="9" y="9" '
        'font-family="Source Sans Pro">مدرسة 🌈</text></svg>'
    )
    drawn = Section("d", "مدرسة", drawings=[Drawing("x", "A caption", "An alt", svg)])
    said = pdf_lines(write_pdf(Paper("t", "p", "", "a", "e", [], [drawn], {})))
    assert "ةسردم" in said
    assert "□" not in "".join(said[:12])


@lru_cache(maxsize=1)
def nasty_plan() -> Path:
    """A plan of a town with a nasty name wherever a user may write one; made once."""
    from tempfile import mkdtemp

    town = write_town(Path(mkdtemp()))
    rows = _read(town / "provisions.csv")
    for row, name in zip(rows[1:], [NASTY[1], NASTY[9], NASTY[4]], strict=True):
        row[1] = name
    _write(town / "provisions.csv", rows)
    rows = _read(town / "schemes.csv")
    rows[1][1] = "=cmd|' /C calc'!A0 <b>" + NASTY[7]
    _write(town / "schemes.csv", rows)
    settings = (town / "case.toml").read_text("utf-8")
    title = json.dumps("@A town " + NASTY[3] + NASTY[8], ensure_ascii=False)
    settings = settings.replace(
        'title = "A town"', f"title = {title}\nnotice = {json.dumps(NASTY[5])}"
    )
    (town / "case.toml").write_text(settings, "utf-8")
    out = town.parent / "out"
    answer = invoke("plan", town, "--out", out)
    assert answer.exit_code == 0, answer.output
    return out


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.mark.slow
def test_no_product_of_a_nasty_case_holds_a_formula_or_markup() -> None:
    out = nasty_plan()
    kinds = {path.suffix for path in out.rglob("*") if path.is_file()}
    assert {".csv", ".html", ".svg", ".docx", ".xlsx", ".pdf", ".json"} <= kinds
    for path in out.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                assert not [text for text in row if text.startswith(("=", "+", "@", "\t"))]
                assert not [t for t in row if t.startswith("-") and not re.fullmatch(r"-[\d.]+", t)]
    for path in out.rglob("*.svg"):
        assert not ET.parse(path).getroot().findall(".//{*}script")
    page = Page((out / "report.html").read_text("utf-8"))
    assert "script" not in {tag for tag, _ in page.tags}
    for sheet in load_workbook(out / WORKBOOK):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert sheet.title == "Contents" or not [cell for cell in cells if cell.hyperlink]
    for name in (WORD, WORKBOOK):
        with zipfile.ZipFile(out / name) as archive:
            for part in archive.namelist():
                if part.endswith((".xml", ".rels")):
                    ET.fromstring(archive.read(part))


def test_the_names_of_a_nasty_case_are_in_every_product() -> None:
    out = nasty_plan()
    scheme = "=cmd|' /C calc'!A0 <b>" + NASTY[7]
    word_text = "\n".join(
        cell.text
        for t in docx.Document(str(out / WORD)).tables
        for row in t.rows
        for cell in row.cells
    )
    assert scheme in word_text
    assert scheme in Page((out / "report.html").read_text("utf-8")).text
    values = [
        c
        for row in load_workbook(out / WORKBOOK)["Schemes"].iter_rows(values_only=True)
        for c in row
    ]
    assert scheme in values
    with (out / "schemes.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["name"] == f"'{scheme}"
    said = "".join("".join(pdf_lines((out / PDF).read_bytes())).split())
    assert "=cmd|'/Ccalc'!A0<b>Ysgol(rainbow)Café" in said


def test_a_nasty_case_can_be_marked_up(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    rows = _read(town / "provisions.csv")
    rows[1][1], rows[2][1], rows[2][2] = NASTY[0], NASTY[9], "palace"
    _write(town / "provisions.csv", rows)
    answer = invoke("check", town, "--mark-up", tmp_path / "copy.xlsx")
    assert answer.exit_code == 3, answer.output
    cells = [
        c
        for sheet in load_workbook(tmp_path / "copy.xlsx")
        for row in sheet.iter_rows()
        for c in row
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {NASTY[0], plain_all(NASTY[9])} <= {cell.value for cell in cells}


@pytest.mark.slow
def test_the_worked_example_in_every_paper(tmp_path: Path) -> None:
    """Every table of a real plan is in each paper, and no number is cut off in Word's narrow columns."""
    shutil.copytree("examples/banes", tmp_path / "banes")
    answer = invoke("plan", tmp_path / "banes", "--out", tmp_path / "out")
    assert answer.exit_code == 0, answer.output
    document = docx.Document(str(tmp_path / "out" / WORD))
    said = "".join("".join(pdf_lines((tmp_path / "out" / PDF).read_bytes())).split())
    page = Page((tmp_path / "out" / "report.html").read_text("utf-8")).text
    assert len(document.tables) > 10
    number = re.compile(r"[£−-]?[\d,.]+[%km]?|\[c\]|–")
    for table in document.tables:
        for row in list(table.rows)[1:]:
            cells = [cell.text for cell in row.cells]
            last = list(takewhile(number.fullmatch, reversed(cells)))[::-1]
            assert "".join(last) in said
            assert " ".join(last) in page

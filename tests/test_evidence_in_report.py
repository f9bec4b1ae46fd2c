"""What all commands found of one case, in one report: whole, once, and in every paper alike."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from sufficiency.evidence.commands import COMMANDS
from tests.pages import Page
from tests.pdf_text import pdf_lines
from tests.plans import invoke, plan
from tests.town import write_town

if TYPE_CHECKING:
    from pathlib import Path

#: Commands that take longest in the town; the others are enough to fill a report.
LONG = ("value", "futures")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.slow
def test_one_report_takes_in_what_every_command_found(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    rows = [row for row in COMMANDS if row.takes == "case" and row.name not in LONG]
    folders = [tmp_path / row.name for row in rows]
    for row, folder in zip(rows, folders, strict=True):
        alone = any(option.flag == "--workers" for option in row.options)
        done = invoke(row.name, town, "--out", folder, *(["--workers", "1"] if alone else []))
        assert done.exit_code == 0, done.stderr
    out = plan(town, tmp_path / "plan", tables_only=False, evidence=folders).folder
    html = (out / "report.html").read_text("utf-8")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(set(ids)) == len(ids)
    with zipfile.ZipFile(io.BytesIO((out / "paper.docx").read_bytes())) as paper:
        word = Page(paper.read("word/document.xml").decode()).text
    pdf, page = squeezed("".join(pdf_lines((out / "report.pdf").read_bytes()))), Page(html).text
    book = load_workbook(out / "tables.xlsx")
    listed = [row[1] for row in book["Contents"].iter_rows(values_only=True)]
    for folder in folders:
        saved = json.loads((folder / "section.json").read_text("utf-8"))
        assert squeezed(saved["answer"]) in pdf
        assert all(saved["answer"] in text for text in (page, word))
        for table in saved["section"]["tables"]:
            for row in table["rows"]:
                cells = [" ".join(cell["text"].split()) for cell in row]
                assert all(cell in page and cell in word for cell in cells)
        for key, title in saved["titles"].items():
            if (folder / f"{key}.csv").read_text("utf-8-sig").count("\n") > 1:
                assert listed.count(title) == 1

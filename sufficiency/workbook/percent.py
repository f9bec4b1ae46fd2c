"""Cells that Excel shows as a percentage: whoever types 5% into one gets 0.05, a hundredth of what is meant."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sufficiency.workbook.guard import BROKEN, column_number, sheet_parts

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

STYLES = "xl/styles.xml"
#: Numbers of the formats `0%` and `0.00%`, which every workbook has without declaring them.
BUILT_IN = frozenset({"9", "10"})
#: What of a format is shown as it stands, and multiplies nothing.
LITERAL = re.compile(r'"[^"]*"|\\.')
CELL = re.compile(
    rb'<(?:\w+:)?c\s(?![^>]*\bt="(?:s|str|b|e|inlineStr)")([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>',
    re.DOTALL,
)
AT, STYLE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"'), re.compile(rb'\bs="([0-9]+)"')
#: A value other than nought, which is the same as a percentage.
HELD = re.compile(rb"<(?:\w+:)?v>(?!0</)[^<]")


def percentages(path: Path, names: Collection[str]) -> dict[str, dict[int, tuple[int, ...]]]:
    """Find the numbers of a sound workbook that are formatted as percentages.

    Parameters
    ----------
    names
        The sheets that matter, by title.

    Returns
    -------
    Rows by column (the first is 0) by the sheet's title.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            styles = _styles(archive)
            parts = sheet_parts(archive) if styles else []
            return {
                title: _cells(archive.read(part), styles) for title, part in parts if title in names
            }
    except BROKEN:  # styles that nobody can read show no percentage either
        return {}


def _styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Return the numbers of the workbook's cell styles that show a percentage."""
    if STYLES not in archive.namelist():
        return set()
    book = ET.fromstring(archive.read(STYLES))  # noqa: S314
    own = {
        one.get("numFmtId", "")
        for one in book.findall("./{*}numFmts/{*}numFmt")
        if "%" in LITERAL.sub("", one.get("formatCode", ""))
    }
    formats = BUILT_IN | own
    used = book.findall("./{*}cellXfs/{*}xf")
    return {str(n).encode() for n, xf in enumerate(used) if xf.get("numFmtId") in formats}


def _cells(data: bytes, styles: Collection[bytes]) -> dict[int, tuple[int, ...]]:
    """Return the rows, by column, of a sheet's numbers in one of these styles."""
    found: dict[int, list[int]] = {}
    for given, inside in CELL.findall(data):
        style, at = STYLE.search(given), AT.search(given)
        if style and at and style[1] in styles and HELD.search(inside):
            found.setdefault(column_number(at[1].decode()) - 1, []).append(int(at[2]))
    return {column: tuple(rows) for column, rows in found.items()}

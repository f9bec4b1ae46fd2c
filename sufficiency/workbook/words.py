"""The plain words of a workbook: what its first sheet tells whoever fills it in."""

from __future__ import annotations

TITLE = "A council's places and children, for planning"
STEPS = """
1. On the sheet settings give a title and the first year. Leave the rest blank unless you know better.
2. Fill in the sheets with dark tabs, children, provisions, places and prices: a row for each child, school, pool of
places, price. Add schemes and scheme_places for what might be built.
3. Save, then run: sufficiency check THIS-FILE.xlsx --mark-up. It finds every mistake at once, and makes a copy of this
workbook with a list of them, links to them and the cells coloured. This file is never changed.
4. When nothing is wrong, run: sufficiency plan THIS-FILE.xlsx --out FOLDER
"""
WORDS = """
Never write a child's name, unique pupil number or address here: give each child a reference that means nothing outside
your own records. What you write stays on this machine; nothing is sent anywhere.

Point at a heading to read what its column holds, in what unit, and what blank means. Keep the headings as they are.
Their order is free, and a column you do not need may go.

An academic year is the number of its September: 2025 is 2025/26. Reception is NCY 0, Year 1 is 1, Year 14 is 14.

Several needs or kinds in one cell are joined by a bar: ASD|SEMH. A drop-down offers one; type the others after it.

References and postcodes are formatted as text, so that Excel does not take them for numbers or dates. Paste with Paste
Special, Values, or the formats and drop-downs go.

Formulas are read by the values that Excel saved. Sheets of your own are welcome: they are not read.

Settings by year, phase or kind take a row each: capital.budget_gbp.2026, travel.soft_minutes.primary,
transport.independent.gbp_per_day.
"""
EXAMPLES_WORDS = "How the rows look when filled in: a small case that can be planned."
CODES_WORDS = "Need codes, kinds of provision and year groups, with their names."


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text: parted by a blank line, or opening with a number."""
    found: list[str] = []
    fresh = True
    for line in text.strip().splitlines():
        if fresh or line[:1].isdigit():
            found.append(line)
        elif line:
            found[-1] += " " + line
        fresh = not line
    return found

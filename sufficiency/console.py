"""Lay out results as text that reads well at 80 to 120 columns and on any terminal."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import TYPE_CHECKING, Any, TextIO

from sufficiency.pounds import in_full
from sufficiency.skipping import sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sufficiency.doctor import Finding
    from sufficiency.faults import Fault
    from sufficiency.tables import Table

NARROWEST, WIDEST = 60, 100
#: The fewest columns that words of a table are squeezed into.
LEAST = 16
#: What a console that lacks a sign gets instead, as the one of a Windows in a Western code page does.
ASCII = str.maketrans(
    {"→": "->", "≤": "<=", "≥": ">=", "−": "-", "×": "x", "–": "-", "—": "-", "─": "-"}
    | {
        "…": "...",
        "£": "GBP ",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "·": "-",
    }
)


def width() -> int:
    """Columns to write in: the terminal's, within what reads well."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))


def encodable(text: str, stream: TextIO) -> str:
    """Return `text` with whatever `stream` cannot show replaced by plain ASCII."""
    encoding = getattr(stream, "encoding", None) or "ascii"
    shown = []
    for sign in text:
        try:
            sign.encode(encoding)
            shown.append(sign)
        except UnicodeEncodeError:
            shown.append(sign.translate(ASCII).encode("ascii", "replace").decode())
    return "".join(shown)


def painted(text: str) -> str:
    """Colour the word that opens a fault or a finding; whoever prints it strips that off where there is no terminal."""
    for word, ink in (("error", 31), ("ERROR", 31), ("warning", 33), ("FAIL", 31)):
        colour = f"\x1b[{ink}m\x1b[1m{word}\x1b[0m"
        text = re.sub(rf"^{word}(?=  ?\w| +[EW]\d)", colour, text, flags=re.MULTILINE)
    return text


def counted(number: int, noun: str) -> str:
    """Return "1 error", "2 errors"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def paragraph(text: str, columns: int, indent: str = "") -> str:
    """Wrap one paragraph, every line under `indent`."""
    return textwrap.fill(
        text, columns, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )


def notes_text(faults: Sequence[Fault], columns: int) -> str:
    """Return the warnings of a command that has done its work."""
    blocks = [_fault_text(fault, columns) for fault in sorted(faults, key=_order)]
    return "\n\n".join([*blocks, f"{counted(len(faults), 'warning')}."])


def import_text(summary: Mapping[str, Any], columns: int) -> str:
    """Return what an import did: its figures, a line each, then its lists as tables."""
    figures = {name: value for name, value in summary.items() if not isinstance(value, list)}
    wide = max(map(len, figures), default=0)
    lines = [
        f"{name.replace('_', ' '):<{wide}}  {value:,}"
        if isinstance(value, int) and "year" not in name
        else f"{name.replace('_', ' '):<{wide}}  {value}"
        for name, value in figures.items()
        if value is not None
    ]
    for name, rows in summary.items():
        if isinstance(rows, list) and rows:
            lines += ["", f"{name.replace('_', ' ')}:", table_text(rows, columns)]
    return "\n".join(lines)


def _order(fault: Fault) -> tuple[str, str, tuple[int, ...]]:
    return fault.code, fault.where, fault.rows


def _fault_text(fault: Fault, columns: int) -> str:
    kind = "error" if fault.is_error else "warning"
    head = paragraph(f"{kind} {fault.code}  {fault.place()}", columns)
    body = (paragraph(text, columns, "    ") for text in (fault.what, f"To mend: {fault.remedy}"))
    return "\n".join((head, *body))


def findings_text(findings: Sequence[Finding], columns: int) -> str:
    """Return what the doctor found, one line each, remedies below."""
    longest = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        mark = "ok  " if finding.ok else "FAIL"
        lines.append(f"{mark}  {finding.name:<{longest}}  {finding.found}")
        if finding.remedy:
            lines.append(paragraph(f"To mend: {finding.remedy}", columns, " " * (longest + 8)))
    bad = sum(not finding.ok for finding in findings)
    lines.append("")
    lines.append(f"{counted(bad, 'problem')} found." if bad else "Everything a plan needs is here.")
    return "\n".join(lines)


def table_text(
    rows: Iterable[Mapping[str, object]], columns: int, numeric: Collection[str] = ()
) -> str:
    """Return rows as an aligned table, `numeric` columns to the right; the last column wraps.

    Where the table would be too wide else, headings stand in several lines, and then words in other columns too.
    """
    cells = [{name: str(value) for name, value in row.items()} for row in rows]
    if not cells:
        return ""
    *fixed, last = cells[0]
    wide = _widths(cells, fixed, last, columns, numeric)
    indent = sum(wide[name] + 2 for name in fixed)
    room = max(columns - indent, LEAST)
    end = wide[last] if last in numeric else 0
    side = {name: ">" if name in numeric else "<" for name in fixed}
    heads = {name: textwrap.wrap(name, wide[name]) or [""] for name in fixed}
    heads[last] = textwrap.wrap(last, end or room) or [""]
    high = max(map(len, heads.values()))
    above = [dict.fromkeys(heads, "") for _ in range(high)]
    for name, words in heads.items():
        for line, word in zip(above[high - len(words) :], words, strict=True):
            line[name] = word
    lines = []
    for row in [*above, *cells]:
        held = {name: _broken(row[name], wide[name]) for name in fixed}
        held[last] = _broken(row[last], room)
        for n in range(max(map(len, held.values()))):
            line = {name: words[n] if n < len(words) else "" for name, words in held.items()}
            head = "".join(f"{line[name]:{side[name]}{wide[name]}}  " for name in fixed)
            lines.append((head + f"{line[last]:>{end}}").rstrip())
    return "\n".join(lines)


def _broken(text: str, room: int) -> list[str]:
    """Break a cell into lines of its column; one that fits stays as it is."""
    return (
        [text] if len(text) <= room else textwrap.wrap(text, room, break_long_words=False) or [""]
    )


def _widths(
    cells: Sequence[Mapping[str, str]],
    fixed: Sequence[str],
    last: str,
    columns: int,
    numeric: Collection[str],
) -> dict[str, int]:
    """Return how wide each column is: as wide as its heading if there is room, else as its longest word.

    What is too wide even so takes from the words of the widest columns, and never from a number or a whole word.
    """
    named = [*fixed, last]
    longest = {name: max(len(row[name]) for row in cells) for name in named}
    wide = {name: max(len(name), longest[name]) for name in named}
    tight = {
        name: max(longest[name], *(len(word) for word in name.split()), 1)
        if name.split()
        else longest[name]
        for name in named
    }
    over = sum(wide[name] + 2 for name in fixed) + min(wide[last], max(len(last), 24)) - columns
    for name in sorted(fixed, key=lambda name: tight[name] - wide[name]):
        if over <= 0:
            break
        spared = min(over, wide[name] - tight[name])
        wide[name] -= spared
        over -= spared
    last_wide = tight[last] if over > 0 else wide[last]
    if over > 0:
        said = min(max(last_wide, LEAST), max(len(last), LEAST), wide[last])
        ending = last_wide if last in numeric else said
        over = sum(wide[name] + 2 for name in fixed) + ending - columns
    least = {name: _least(name, cells) for name in fixed if name not in numeric}
    while over > 0 and (wider := [name for name in least if wide[name] > least[name]]):
        wide[max(wider, key=lambda name: wide[name])] -= 1
        over -= 1
    return wide | {last: last_wide}


def _least(name: str, cells: Sequence[Mapping[str, str]]) -> int:
    """Return how narrow a column of words may be: a few words side by side, and no word broken."""
    words = [word for text in (name, *(row[name] for row in cells)) for word in text.split()]
    return max([LEAST, *map(len, words)])


def table_row(table: Table) -> dict[str, str]:
    """Return what the list of tables says of one."""
    needed = "needed" if table.required else "optional"
    return {"table": table.name, "": needed, "what it holds": table.meaning}


def column_row(row: Mapping[str, str]) -> dict[str, str]:
    """Return what the list of columns says of one, from a row of `tables.describe`."""
    notes = (
        row["meaning"],
        row["required"] and "(needed)",
        row["allowed"] and f"[{row['allowed']}]",
        row["source"] and f"(source: {row['source']})",
    )
    short = {key: row[key] for key in ("column", "kind", "unit", "default")}
    return {**short, "meaning": " ".join(note for note in notes if note)}


def setting_row(row: Mapping[str, str]) -> dict[str, str]:
    """Return what the list of settings says of one, from a row of `settings.describe_settings`."""
    notes = (
        row["meaning"],
        row["unit"] and f"[{row['unit']}]",
        row["default"] and f"(default: {row['default']})",
        row["source"] and f"(source: {row['source']})",
    )
    return {"setting": row["name"], "meaning": " ".join(note for note in notes if note)}


def _rounding(summary: Mapping[str, Any]) -> str:
    """Say what it cost to split no child, and who could not be made whole."""
    cost = in_full(summary["whole_children_cost_gbp"])
    said = f"no child is split between places, which costs {cost} more"
    left = summary["whole_children_left"]
    groups = counted(left, "group")
    return f"{said}; {groups} whose number is not whole left as is" if left else said


def _against(summary: Mapping[str, Any]) -> dict[str, str]:
    """Say what the plan costs against building nothing, if that was asked and is another plan."""
    before = summary["baseline"]
    if before is None or before["is_plan"]:
        return {}
    less = before["cost_gbp"] - summary["cost_gbp"]
    way = "less" if less >= 0 else "more"
    return {"baseline": f"that is {in_full(abs(less))} {way} than if nothing were built"}


def _child_years(summary: Mapping[str, Any]) -> str:
    """Write how many years children spend without a place, as every paper of the plan does."""
    exact, threshold = summary["unplaced_child_years"], summary["threshold"]
    few = 1e-6 < exact < threshold
    return f"{f'fewer than {threshold}' if few else f'{exact:,.0f}'} child-years"


def summary_text(summary: Mapping[str, Any], columns: int) -> str:
    """Return the headlines of a plan from its `summary.json`."""
    first, years = summary["base_year"], summary["years"]
    near = summary["gap_pct"] <= 1e-4
    gap = "within 0.0001%" if near else f"within {summary['gap_pct']:.2g}%"
    best = "proved best, to" if near else "proved as near to the best as was asked for,"
    proved = best if summary["status"] == "optimal" else "not proved best, only to"
    built = [scheme for scheme in summary["schemes"] if scheme["year"] is not None]
    lines = {
        "years": f"{first} to {first + years - 1} (academic years, by their September)",
        "plan": f"{proved} {gap} of its cost; every balance recomputed",
        "cost": f"{in_full(summary['cost_gbp'])} that the plan decides, discounted (ledger.csv has all)",
        **_against(summary),
        "unplaced": f"{_child_years(summary)} without a place",
        "data": f"{counted(summary['warnings'], 'warning')} (sufficiency check lists them)",
        "schemes": f"{len(built)} of {len(summary['schemes'])} open",
    }
    if "scenario" in summary:
        lines = {
            "scenario": f"{summary['scenario']['title']} ({summary['scenario']['name']})",
            **lines,
        }
    if told := summary.get("withheld_but_told_by_money"):
        lines["withheld"] = (
            f"{counted(told, 'small count')}, which exact money tells all the same: mind ledger.csv"
        )
    if "whole_children_cost_gbp" in summary:
        lines["children"] = _rounding(summary)
    if gone := sentence(summary.get("left_out", {})):
        lines = {"left out": gone.partition(": ")[2], **lines}
    shown = [f"{name:<10}{text}" for name, text in lines.items()]
    for scheme in sorted(built, key=lambda scheme: (scheme["year"], scheme["scheme_id"])):
        name = scheme["name"] or scheme["scheme_id"]
        shown.append(" " * 10 + textwrap.shorten(f"{scheme['year']} {name}", columns - 10))
    return "\n".join([summary["title"], "", *shown])

"""What an import of a GIAS extract says for itself: to a planner as text, to a machine as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.console import counted, paragraph, table_text
from sufficiency.imports.gias import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.imports.gias import Imported
    from sufficiency.imports.gias_checks import Finding
    from sufficiency.imports.gias_schools import School

MOST_NAMED = 8
STILL_MISSING = {
    "children": "the children: sufficiency import sen2 FOLDER --out {case}, or "
    "sufficiency import children FILE --map MAP.toml --out {case}",
    "prices": "what a child costs at each provision, which GIAS does not know: "
    "sufficiency tables prices shows the columns",
}
"""Tables that a case needs besides these two, with where they come from."""


def summary(imported: Imported) -> dict[str, Any]:
    """Return an import's result for machines."""
    extract = imported.extract
    return {
        "council": imported.council,
        "extract": extract.name,
        "extract_date": extract.date.isoformat() if extract.date else None,
        "extract_rows": extract.rows,
        "within_km": imported.within_km,
        "base_year": imported.base_year,
        "kinds": _kinds(imported),
        "section_41": _section_41(imported),
        "left_out": imported.left_out,
        "findings": [_finding(finding) for finding in imported.findings],
        "written": [str(path) for path in imported.written],
        "missing": _missing(imported),
    }


def _kinds(imported: Imported) -> list[dict[str, Any]]:
    """Count provisions, places and rows still to be filled in, by kind."""
    provisions, places = imported.provisions, imported.places
    rows = []
    for kind in KINDS:
        here = (provisions["kind"] == kind).to_numpy()
        home = (provisions["la"] == "home").to_numpy()
        known = (places["places"] > 0).to_numpy()
        rows.append(
            {
                "kind": kind,
                "own": int((here & home).sum()),
                "others": int((here & ~home).sum()),
                "own_places": int(places.loc[here & home, "places"].sum()),
                "other_places": int(places.loc[here & ~home, "places"].sum()),
                "to_fill": int((here & ~known).sum()),
            }
        )
    return [row for row in rows if row["own"] or row["others"]]


def _section_41(imported: Imported) -> dict[str, int]:
    """Count independent and post-16 provision by approval under section 41."""
    frame = imported.provisions
    asked = frame.loc[frame["kind"].isin(["independent", "college"]), "section_41"]
    return {
        "approved": int((asked == "yes").sum()),
        "not approved": int((asked == "no").sum()),
        "not said": int((asked == "").sum()),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    fault = finding.fault
    return {
        "code": fault.code,
        "what": fault.what,
        "remedy": fault.remedy,
        "schools": [
            {"urn": s.urn, "name": s.name, "la": s.la, "row": s.row} for s in finding.schools
        ],
    }


def _missing(imported: Imported) -> dict[str, str]:
    """Return the tables that the case still lacks, with where they come from."""
    return {
        name: how.format(case=imported.folder)
        for name, how in STILL_MISSING.items()
        if not (imported.folder / f"{name}.csv").exists()
    }


def imported_text(imported: Imported, columns: int) -> str:
    """Return an import's result for a planner: what there is, what is odd, what comes next."""
    blocks = [_head(imported, columns), _counts(imported, columns)]
    blocks += [_finding_text(finding, imported.council, columns) for finding in imported.findings]
    blocks.append(_end(imported, columns))
    return "\n\n".join(blocks)


def _head(imported: Imported, columns: int) -> str:
    extract = imported.extract
    day = f" of {extract.date.day} {extract.date:%B %Y}" if extract.date else ""
    return paragraph(
        f"{imported.council}, and whatever is within {imported.within_km:g} km of one of its schools, "
        f"from {extract.name}{day} ({extract.rows:,} establishments)",
        columns,
    )


def _counts(imported: Imported, columns: int) -> str:
    """Return the table of kinds, what was left out, and approval under section 41."""
    rows = [
        {
            "kind": row["kind"],
            "own": row["own"],
            "places": f"{row['own_places']:,}",
            "others": row["others"],
            "their places": f"{row['other_places']:,}",
            "rows to fill in": row["to_fill"],
        }
        for row in _kinds(imported)
    ]
    left = [f"{number:,} {why}" for why, number in imported.left_out.items() if number]
    lines = [table_text(rows, columns)]
    if left:
        lines.append(paragraph(f"Left out: {'; '.join(left)}.", columns))
    approval = _section_41(imported)
    if sum(approval.values()):
        said = ", ".join(f"{number} {what}" for what, number in approval.items() if number)
        lines.append(paragraph(f"Section 41 (independent and post-16): {said}.", columns))
    return "\n".join(lines)


def _finding_text(finding: Finding, council: str, columns: int) -> str:
    """Return one finding: what, how many and which, the council's own first, how to mend it."""
    fault, schools = finding.fault, finding.schools
    many = f" ({counted(len(schools), 'school')})" if schools else f" ({fault.where})"
    lines = [paragraph(f"WARNING  {fault.code}  {fault.what}{many}", columns)]
    if schools:
        lines.append(paragraph("; ".join(_named(schools, council)), columns, "    "))
    return "\n".join([*lines, paragraph(f"To mend: {fault.remedy}", columns, "    ")])


def _named(schools: tuple[School, ...], council: str) -> Iterator[str]:
    """Name the first schools, and count the others."""
    for school in schools[:MOST_NAMED]:
        yield f"{school.name} ({school.urn}{'' if school.la == council else ', ' + school.la})"
    if len(schools) > MOST_NAMED:
        own = sum(school.la == council for school in schools[MOST_NAMED:])
        yield f"and {len(schools) - MOST_NAMED} more" + (f", {own} of your own" if own else "")


def _end(imported: Imported, columns: int) -> str:
    """Return what was written, and what to do next."""
    tables = f"{counted(len(imported.provisions), 'provision')} in {imported.folder}"
    steps = []
    unfilled = sum(row["to_fill"] for row in _kinds(imported))
    if unfilled:
        rows = counted(unfilled, "row")
        steps.append(f"fill in {rows} of places.csv with 0 places; the column `note` says why")
    steps += [f"add {name}.csv: {how}" for name, how in _missing(imported).items()]
    steps.append(f"sufficiency check {imported.folder}")
    lines = [paragraph(f"Written: {tables}. The plan begins in {imported.base_year}.", columns)]
    lines.append(
        paragraph("What is odd also stands beside each school, in the columns `note`.", columns)
    )
    lines.append("Next:")
    lines += [paragraph(f"{n}. {step}", columns, "    ") for n, step in enumerate(steps, start=1)]
    return "\n".join(lines)

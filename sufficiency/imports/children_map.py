"""The column map: which column of a council's own export is which of ours, in TOML.

The tool drafts one by likeness of the columns' names; it is refused until the user has looked at
it and set ``confirmed = true``. A draft holds names of columns and never a cell's value. Columns
that name or number children may not be mapped to anything.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sufficiency import needs
from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.imports.children_words import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LIKE = 0.8
"""How alike two names must be for a draft, of 1."""


@dataclass(frozen=True)
class Target:
    """What a column may be mapped to: what it means, and what councils call it, likeliest first."""

    meaning: str
    names: tuple[str, ...]


TARGETS: dict[str, Target] = {
    "child_id": Target("a reference that identifies nobody; without it, children are numbered", ()),
    "children": Target("how many alike", ("number of children", "children")),
    "postcode": Target(
        "home; a point to 100 m is written, not the postcode",
        ("home postcode", "postcode", "post code", "postal code", "pupil postcode"),
    ),
    "easting_m": Target("home, British National Grid", ("easting", "home easting")),
    "northing_m": Target("home, British National Grid", ("northing", "home northing")),
    "lat": Target("home, WGS84", ("latitude", "lat")),
    "lon": Target("home, WGS84", ("longitude", "lon", "lng")),
    "area": Target("label of the home's area", ("area", "locality", "ward", "community area")),
    "need": Target(
        "primary need",
        ("primary need", "need 1", "sen primary need", "primary sen need", "main need", "need",
         "sen type", "primary sen type"),
    ),
    "need_2": Target(
        "second need",
        ("secondary need", "second need", "need 2", "sen secondary need", "secondary sen type"),
    ),
    "suits": Target("kinds of provision that could meet the needs", ("suits", "suitable provision")),
    "ncy": Target(
        "year group, in the academic year ncy_year",
        ("ncy", "nc year", "year group", "national curriculum year", "nc year actual", "ncyear"),
    ),
    "birth_date": Target(
        "date of birth: gives the year group, and is not written",
        ("date of birth", "dob", "birth date", "pupil dob", "child dob"),
    ),
    "start_year": Target("academic year a place is needed in", ("start year", "year place needed")),
    "current_provision": Target(
        "present school: its URN, its name, or the case's reference",
        ("urn", "school urn", "current school urn", "establishment urn", "current provision",
         "current school", "current setting", "school name", "setting name", "establishment name",
         "school", "setting", "main education establishment urn"),
    ),
    "in_base": Target(
        "whether in the school's base", ("in base", "resourced provision", "sen unit", "unit flag")
    ),
    "status": Target("placed, seeking, review or left out", ("status", "placement status")),
}  # fmt: skip
#: Where a file may spell values otherwise, and what each may be.
VALUES: dict[str, tuple[str, ...]] = {
    "need": (*needs.NEEDS, needs.UNASSESSED),
    "need_2": (*needs.NEEDS, needs.UNASSESSED, ""),
    "status": STATUSES,
    "suits": (),
    "current_provision": (),
    "in_base": ("yes", "no"),
    "ncy": (),
}
LOCATIONS = ({"postcode"}, {"easting_m", "northing_m"}, {"lat", "lon"})
_PERSON = re.compile(
    r"\b(upn|uln|nhs|nino|surname|forenames?|initials?|ethnic\w*|sex|gender|religion|address\w*"
    r"|street|e ?mail|telephone|phone|mobile|parents?|carers?|guardian|unique (pupil|learner)\w*"
    r"|social worker|case ?worker|photo|nationality|first language)\b"
)
_OF_A_PLACE = re.compile(
    r"\b(school|setting|provision|provider|establishment|placement|college|base|need|council"
    r"|authority|la|area|ward|locality|status|kind|type)\b"
)
_DATA = re.compile(
    r"[\d.,/: -]+|[A-Z]\d{11}[0-9A-Z]|[A-Z]{1,2}\d[0-9A-Z]? ?\d[A-Z]{2}|\d{4}-[A-Za-z]{3}-\d\d.*"
)


@dataclass(frozen=True)
class ColumnMap:
    """A map that the user has confirmed.

    Attributes
    ----------
    columns
        Target to the file's name of the column.
    values
        Target to what the file says, in small letters, to what is meant.
    ncy_year
        The academic year that the file's year groups are of; 0 where it has none.
    sheet
        Sheet of a workbook; "" for the first.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ncy_year: int = 0
    sheet: str = ""


def plain(name: str) -> str:
    """Return a column's name in small letters and single words: ``HomePostcode`` as two."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^0-9a-z]+", " ", apart.lower()).split())


def identifies(name: str) -> bool:
    """Whether a column, by its name, says who a child is."""
    words = plain(name)
    if _PERSON.search(words):
        return True
    return bool(re.search(r"\bname\b|\bnames\b", words)) and not _OF_A_PLACE.search(words)


def looks_like_data(header: Sequence[str]) -> bool:
    """Whether the first row holds a child rather than names of columns."""
    return any(_DATA.fullmatch(name) or needs.is_need(name.upper()) for name in header if name)


def draft(header: Sequence[str], file: str) -> str:
    """Return a map in TOML, drafted by likeness, for the user to look at and confirm."""
    found = likely(header)
    lines = [
        f"# Column map for {_comment(file)}, drafted by likeness of names: look at every line.",
        "# Then say confirmed = true, and import with --map.",
        "confirmed = false",
    ]
    if "ncy" in found:
        lines.append("ncy_year = 0   # the academic year (its September) that year groups are of")
    lines += ["", "[columns]   # ours = the file's"]
    for name, target in TARGETS.items():
        known = name in found
        text = (
            f"{name} = {json.dumps(found[name], ensure_ascii=False)}" if known else f'{name} = ""'
        )
        lines.append(f"{'' if known else '# '}{text}   # {target.meaning}")
    lines += ["", *_not_read(header, set(found.values())), "", *_value_hints()]
    return "\n".join(lines) + "\n"


def likely(header: Sequence[str]) -> dict[str, str]:
    """Return the likeliest column for each target, each column once, in the order of `TARGETS`."""
    open_ = [name for name in header if name and not identifies(name)]
    scores = [
        (-score, rank, position, target, name)
        for position, (target, known) in enumerate(TARGETS.items())
        for rank, word in enumerate((*known.names, target.replace("_", " ")))
        for name in open_
        if (score := difflib.SequenceMatcher(None, word, plain(name)).ratio()) >= LIKE
    ]
    found: dict[str, str] = {}
    for *_, target, name in sorted(scores):
        if target not in found and name not in found.values():
            found[target] = name
    return {target: found[target] for target in TARGETS if target in found}


def _comment(text: str) -> str:
    return " ".join(text.split())


def _not_read(header: Sequence[str], used: set[str]) -> list[str]:
    groups = {
        "Columns that identify children; they are never read and may not be mapped": [
            name for name in header if name and identifies(name)
        ],
        "Other columns that are not read": [
            name for name in header if name and not identifies(name) and name not in used
        ],
    }
    return [f"# {what}: {_comment(', '.join(names))}" for what, names in groups.items() if names]


def _value_hints() -> list[str]:
    return [
        "# What the file says = what is meant. SEN2's codes and names of needs, the kinds and the",
        "# statuses need no line; URNs, names and references of the case's provisions neither.",
        "[values.need]",
        '# "ASC" = "ASD"',
        "[values.status]",
        '# "On roll" = "placed"',
        '# "Plan ceased" = "left out"',
        "[values.current_provision]",
        '# "None" = ""',
    ]


def read_map(path: Path) -> ColumnMap:
    """Read a map.

    Raises
    ------
    CaseError
        When it is not well-formed, not confirmed, or names what there is not.
    """
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise CaseError([Fault("E1301", path.name, "not UTF-8", "save it as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        remedy = f"put it right {str(error).rpartition('(')[2].rstrip(')')}; texts need quotes"
        fault = Fault("E1301", path.name, "the map is not well-formed TOML", remedy)
        raise CaseError([fault]) from None
    if faults := list(_wrong(table, path.name)):
        raise CaseError(faults)
    return ColumnMap(
        {target: name for target, name in table["columns"].items() if name},
        {
            target: {
                str(said).strip().casefold(): str(meant).strip() for said, meant in own.items()
            }
            for target, own in table.get("values", {}).items()
        },
        int(table.get("ncy_year", 0)),
        str(table.get("sheet", "")),
    )


def _wrong(table: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """Find what is wrong with a map by itself."""
    if table.get("confirmed") is not True:
        remedy = "look at every line of it, then say confirmed = true"
        yield Fault("E1302", where, "the map has not been confirmed", remedy, "confirmed")
    columns, values = table.get("columns", {}), table.get("values", {})
    if not _is_texts(columns) or not columns:
        remedy = 'give a table [columns] with lines such as need = "Primary need"'
        yield Fault("E1301", where, "the map has no table of columns", remedy, "columns")
        return
    for name in columns:
        if name not in TARGETS:
            yield Fault(
                "E1303", where, "there is no such column of ours", _offer(name, TARGETS), name
            )
    if not isinstance(values, dict) or not all(map(_is_texts, values.values())):
        remedy = 'write, say, [values.need] and below it "ASC" = "ASD"'
        yield Fault("E1301", where, "the values are not tables of texts", remedy, "values")
        return
    for name, own in values.items():
        yield from _wrong_values(name, own, where)
    year = table.get("ncy_year", 0)
    sound = isinstance(year, int) and 1990 <= year <= 2100
    if columns.get("ncy") and not sound:
        remedy = "give the September of the academic year that the file's year groups are of"
        yield Fault("E1303", where, "the year of the year groups is needed", remedy, "ncy_year")
    if not isinstance(table.get("sheet", ""), str):
        yield Fault("E1301", where, "a sheet is called by its name", "put it in quotes", "sheet")


def _wrong_values(name: str, own: Mapping[str, str], where: str) -> Iterator[Fault]:
    if name not in VALUES:
        yield Fault("E1303", where, "no values are mapped for this", _offer(name, VALUES), name)
    elif VALUES[name] and not set(own.values()) <= set(VALUES[name]):
        remedy = f"use {', '.join(filter(None, VALUES[name]))}"
        yield Fault("E1303", where, "a meaning is not one there is", remedy, f"values.{name}")


def _is_texts(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(value, str) for value in table.values())


def _offer(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean `{near[0]}`?" if near else f"there is {', '.join(known)}"


def fit(columns: ColumnMap, header: Sequence[str], where: str) -> list[Fault]:
    """Find what is wrong with a map for a file with these columns."""
    faults = []
    used = list(columns.columns.items())
    for target, name in used:
        if name not in header:
            near = difflib.get_close_matches(name, list(header), n=1)
            remedy = "mend the map" + (f": did you mean `{near[0]}`?" if near else "")
            faults.append(Fault("E1303", where, "the file has no such column", remedy, target))
        elif identifies(name):
            what = "the column that is mapped here identifies children"
            faults.append(Fault("E1304", where, what, "take the line out of the map", target))
        elif header.count(name) > 1:
            what = "the file has the column that is mapped here more than once"
            faults.append(Fault("E1303", where, what, "rename one of them", target))
    given = {target for target, _ in used}
    for target, alike in (("need", {"need"}), ("ncy or birth_date", {"ncy", "birth_date"})):
        if not given & alike:
            remedy = "add the line to [columns]"
            faults.append(Fault("E1303", where, "the map does not give it", remedy, target))
    if not any(pair <= given for pair in LOCATIONS):
        remedy = "map postcode, or easting_m and northing_m, or lat and lon"
        faults.append(Fault("E1303", where, "the map does not give homes", remedy, "postcode"))
    return faults

"""Claims: what each starts from and what it says follows; every fault of a file at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sufficiency.claims.figures import Figure, FigureError, read_figure
from sufficiency.claims.files import Written, read_file
from sufficiency.claims.kinds import DIRECTIONS, KINDS, Kind
from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.scenario import offer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

#: What a claim may say besides figures: its name, its words, its kind, whether it should hold, and why it does not.
WORDS = ("id", "says", "kind", "expect", "why", "source", "direction")
EXPECT = ("holds", "fails")
#: The nearest that claimed figures were rounded to, where that is more than the last place written.
ROUNDED = "rounded_to"


@dataclass(frozen=True)
class Claim:
    """A statement and the figures in it.

    Attributes
    ----------
    given, claimed
        Figures that the statement starts from; those that it says follow.
    direction
        "up", "down" or "same", if it says where a change goes; else "".
    rounded_to
        What the claimed figures were rounded to; 0 for the last place written.
    expected
        Whether its author expects it to hold, with the reason if not.
    """

    name: str
    says: str
    kind: str
    given: Mapping[str, Figure]
    claimed: Mapping[str, Figure] = field(default_factory=dict)
    direction: str = ""
    rounded_to: float = 0.0
    expected: bool = True
    why: str = ""
    source: str = ""


@dataclass(frozen=True)
class Claims:
    """A file of claims."""

    title: str
    source: str
    claims: tuple[Claim, ...]


def read_claims(path: Path, data: Path | None = None) -> Claims:
    """Read a file of claims.

    Parameters
    ----------
    data
        Where the files are in which figures are looked up; by default beside the claims.

    Raises
    ------
    UsageError
        When it is neither TOML nor CSV.
    CaseError
        With every fault in it.
    """
    file = read_file(path)
    folder = data or path.parent
    faults: list[Fault] = []
    found: list[Claim] = []
    for number, written in enumerate(file.claims, start=1):
        wrong = list(_faults(written, folder))
        faults += wrong
        if not wrong:
            found.append(_claim(written.cells, number, folder))
    if faults:
        raise CaseError(faults)
    head = file.head
    return Claims(str(head.get("title", path.stem)), str(head.get("source", "")), tuple(found))


def _faults(written: Written, folder: Path) -> Iterator[Fault]:
    """Find what is wrong with a claim as it is written."""
    row = written.cells

    def fault(code: str, what: str, remedy: str, name: str) -> Fault:
        return Fault(code, written.where, what, remedy, name, written.rows)

    kind = KINDS.get(str(row.get("kind", "")))
    if kind is None:
        what = "not a kind of claim" if "kind" in row else "it has no kind"
        remedy = offer(str(row.get("kind", "")), list(KINDS)) or f"use one of {', '.join(KINDS)}"
        yield fault("E1702", what, remedy, "kind")
        return
    figures = [*kind.needs, *kind.takes, *kind.derives]
    known = [*figures, *WORDS, ROUNDED]
    missing = [name for name in kind.needs if not _is_there(row, name)]
    for name in sorted(row.keys() - set(known)):
        remedy = offer(name, known) or f"{row['kind']} has {', '.join(figures)}"
        yield fault("E1703", "there is no such figure", remedy, name)
    for name in missing:
        yield fault("E1704", "a figure is missing", f"{row['kind']}: {kind.meaning}", name)
    if not row.keys() & kind.derives.keys() and "direction" not in row:
        remedy = f"add what it says follows: {', '.join(kind.derives)}"
        yield fault("E1704", "it claims nothing", remedy, "kind")
    yield from (fault(*wrong) for wrong in _words(row, kind))
    for name, value in _figures(row, known):
        try:
            figure = read_figure(value, folder)
        except FigureError as error:
            yield fault("E1706", "not a figure", str(error), name)
            continue
        if figure.spread and name not in kind.derives:
            remedy = "only what follows may be a range: make a claim of each end"
            yield fault("E1706", "a range to start from", remedy, name)
        if name == ROUNDED and figure.value <= 0:
            yield fault("E1706", "not more than nought", "say 100 for hundreds", name)


def _is_there(row: Mapping[str, Any], name: str) -> bool:
    """Whether a figure is given; of parts at least one, each with a name."""
    if name == "parts":
        return isinstance(row.get(name), dict) and bool(row[name])
    return name in row


def _words(row: Mapping[str, Any], kind: Kind) -> Iterator[tuple[str, str, str, str]]:
    """Find words of a claim that cannot be checked: code, what, remedy, name."""
    if "direction" in row and not kind.directed:
        directed = ", ".join(name for name, known in KINDS.items() if known.directed)
        yield "E1705", "a claim of this kind goes nowhere", f"only {directed} do", "direction"
    elif "direction" in row and not _direction(row["direction"]):
        words = " or ".join(known[1] for known in DIRECTIONS.values())
        yield "E1705", "not a direction", f"say {words}", "direction"
    if str(row.get("expect", "holds")) not in EXPECT:
        yield "E1705", "not an expectation", f"say {' or '.join(EXPECT)}", "expect"


def _figures(row: Mapping[str, Any], known: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Yield the figures of a claim as they are written; those of its parts are ``parts.NAME``."""
    for name, value in row.items():
        if name in WORDS or name not in known:
            continue
        if name == "parts" and isinstance(value, dict):
            yield from ((f"parts.{part}", number) for part, number in value.items())
        else:
            yield name, value


def _direction(word: object) -> str:
    """Return where a word says that a change goes; "" for no such word."""
    said = str(word).strip().lower()
    return next((way for way, words in DIRECTIONS.items() if said in words), "")


def _claim(row: Mapping[str, Any], number: int, folder: Path) -> Claim:
    kind = KINDS[row["kind"]]
    known = [*kind.needs, *kind.takes, *kind.derives, ROUNDED]
    figures = {name: read_figure(value, folder) for name, value in _figures(row, known)}
    rounded = figures.pop(ROUNDED, None)
    return Claim(
        name=str(row.get("id") or number),
        says=str(row.get("says", "")),
        kind=row["kind"],
        given={name: f for name, f in figures.items() if name not in kind.derives},
        claimed={name: f for name, f in figures.items() if name in kind.derives},
        direction=_direction(row["direction"]) if "direction" in row else "",
        rounded_to=rounded.value if rounded else 0.0,
        expected=str(row.get("expect", "holds")) == "holds",
        why=str(row.get("why", "")),
        source=str(row.get("source", "")),
    )

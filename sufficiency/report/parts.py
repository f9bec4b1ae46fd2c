"""What a page is made of: sections, figures and tables of text, and how numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sufficiency.disclosure import WITHHELD
from sufficiency.ledger import ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sufficiency.compared import Compared
    from sufficiency.disclosure import Published
    from sufficiency.faults import Fault
    from sufficiency.maps.draw import MapModel
    from sufficiency.settings import Settings

NOTHING = "–"
PHASE_WORDS = {"primary": "Primary", "secondary": "Secondary", "post16": "Post-16", "all": "All"}


@dataclass(frozen=True)
class Cell:
    """A cell of a table; ``scope`` ("row", "rowgroup") makes it a heading of what is beside it."""

    text: str
    scope: str = ""
    span: int = 1
    is_number: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption; ``numeric`` columns are aligned right, a `folded` one is long and read by few."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = frozenset()
    folded: bool = False


@dataclass(frozen=True)
class Drawing:
    """A map or a chart: one SVG for screen, print and document.

    Attributes
    ----------
    key
        Short name, the stem of its file where it has one.
    caption
        A title that states the finding.
    alt
        What a reader who cannot see it must know.
    svg
        The drawing itself, complete: title, key, source and run id are in it.
    table
        Its figures as a table, its accessible equivalent; None where a table of the section has them.
    kind
        "map" or "chart".
    """

    key: str
    caption: str
    alt: str
    svg: str
    table: Table | None = None
    kind: str = "map"


@dataclass(frozen=True)
class Section:
    """A section of a paper: read paragraphs first, then drawings, tables, and notes in small print."""

    key: str
    title: str
    lead: Sequence[str] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    drawings: Sequence[Drawing] = ()


@dataclass(frozen=True)
class Figure:
    """A headline figure: what it is, the figure, what to know about it, its change against the baseline."""

    label: str
    value: str
    note: str = ""
    change: str = ""


@dataclass(frozen=True)
class Paper:
    """All that a report says, whatever it is written as: HTML, Word, PDF.

    Attributes
    ----------
    title, period
        The case's title, and the years of the plan.
    notice
        What every reader must know first; "" for nothing.
    answer, explained
        The answer in a sentence, and a paragraph on it.
    figures, sections
        Headline figures, and what follows.
    stamps
        Label and value of what every table carries: run id, date of the data, threshold, version.
    name
        What kind of paper it is.
    """

    title: str
    period: str
    notice: str
    answer: str
    explained: str
    figures: Sequence[Figure]
    sections: Sequence[Section]
    stamps: Mapping[str, str]
    name: str = "place sufficiency plan"


@dataclass(frozen=True)
class Context:
    """What a report says besides the plan's tables and summary.

    Attributes
    ----------
    settings
        Those of the case: they are the report's assumptions.
    provisions
        Name of every provision by its id.
    faults
        What was found in the data, short of errors.
    version, solver, postcodes
        Stamps: of this program, of the solver, of the postcode directory ("" if none was needed).
    maps
        The maps to show, in order.
    compared
        What is shown of the plan against building nothing, or None.
    notice
        What every reader must know first: that the data are synthetic, say. "" for nothing.
    evidence
        Sections of what other commands found on the same case.
    """

    settings: Settings
    provisions: Mapping[str, str]
    faults: Sequence[Fault]
    version: str
    solver: str
    postcodes: str = ""
    maps: Sequence[MapModel] = ()
    notice: str = ""
    compared: Compared | None = None
    evidence: Sequence[Section] = ()


@dataclass(frozen=True)
class Plan:
    """What a report is made from: tables as published, `summary.json`, and what it says besides."""

    published: Published
    summary: Mapping[str, Any]
    context: Context

    @property
    def last_year(self) -> int:
        """The last academic year of the plan."""
        return int(self.summary["base_year"] + self.summary["years"] - 1)

    @property
    def compared(self) -> Compared | None:
        """What is shown against building nothing; None where there is nothing to compare."""
        compared = self.context.compared
        return None if compared is None or compared.is_plan else compared

    @property
    def before(self) -> Mapping[str, Any] | None:
        """The headlines of building nothing, from `summary.json`; None where there is nothing to compare."""
        found: Mapping[str, Any] | None = self.summary["baseline"] if self.compared else None
        return found


def heading(text: str, scope: str = "row", span: int = 1) -> Cell:
    """Return a cell that heads its row, or its group of rows."""
    return Cell(text, scope, span)


def numbers(values: Iterable[str], *, is_total: bool = False) -> list[Cell]:
    """Return cells of figures that are written already."""
    return [Cell(value, is_number=True, is_total=is_total) for value in values]


#: A plan this near to the best there can be, in per cent of what was optimised, is called best.
PROVED_PCT = 1e-4


def is_withheld(value: object) -> bool:
    """Whether a published cell is withheld."""
    return isinstance(value, str) and value == WITHHELD


def is_missing(value: object) -> bool:
    """Whether a published cell is empty."""
    return value is None or value != value  # noqa: PLR0124


def figure(value: object, decimals: int = 0) -> str:
    """Write a published number with thousands separated and a true minus sign; what is withheld stays so."""
    if isinstance(value, str):
        return value
    if is_missing(value):
        return NOTHING
    number: Any = value  # neither text nor nothing: a cell of a table is a number then
    text = f"{abs(float(number)):,.{decimals}f}"
    return f"−{text}" if number < 0 and any(digit in text for digit in "123456789") else text


def direction(before: object, after: object) -> str:
    """Say which way a published figure goes: "lower", "higher" or "the same"; "" if either is not shown."""
    if any(is_withheld(value) or is_missing(value) for value in (before, after)):
        return ""
    first, last = float(str(before)), float(str(after))
    return "lower" if last < first else "higher" if last > first else "the same"


def by_budget(ledger_gbp: Mapping[str, float]) -> dict[str, float]:
    """Sum a ledger's items by the budget that they fall on."""
    sums: dict[str, float] = {}
    for item, budget in ITEMS.items():
        sums[budget] = sums.get(budget, 0.0) + ledger_gbp[item]
    return sums


def stamps(plan: Plan) -> dict[str, str]:
    """Return what every table carries."""
    settings, summary = plan.context.settings, plan.summary
    scenario: Any = summary.get("scenario")
    return {
        **({"Scenario": str(scenario["title"])} if scenario else {}),
        "Run": str(summary["run_id"]),
        "Data": settings.data_date or f"academic year {academic(summary['base_year'])}",
        "Counts withheld": f"under {summary['threshold']}",
        "Version": f"sufficiency {plan.context.version}",
    }


def stamp_line(labels: Mapping[str, str]) -> str:
    """Write stamps in a line."""
    return "; ".join(f"{label}: {value}" for label, value in labels.items()) + "."


def academic(year: int) -> str:
    """Write an academic year, named by its September: 2025/26."""
    return f"{year}/{(year + 1) % 100:02d}"


def counted(count: int, one: str, many: str = "") -> str:
    """Write a small number of things in words where it is short: "three schemes"."""
    return f"{in_words(count)} {one if count == 1 else many or one + 's'}"


def in_words(count: int) -> str:
    """Write a whole number, in words up to ten."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return words[count] if 0 <= count < len(words) else f"{count:,}"


def withheld(plan: Plan) -> str:
    """Explain the shorthand for what is withheld."""
    return (
        f"[c]: withheld, because fewer than {plan.summary['threshold']} children are counted, or because "
        "such a count could be worked out from it. Counts are rounded to whole children."
    )

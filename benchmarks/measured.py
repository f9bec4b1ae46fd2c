"""What is claimed of the tool, and what shows it: ``python -m benchmarks.measured`` draws the guide's pages of it.

Claims stand in ``docs/measured.toml``, each with its figure, its date and the command that shows it; bars are read
from ``results.json``, comparisons from ``compared.json``, where their benchmarks keep them. A test says whether the
pages are current, every command is there, and every claim stands so on the pages that make it.
"""

from __future__ import annotations

import json
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import record
from benchmarks.tasks import BARS, TASKS, read_bars

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.tasks import Results

ROOT = Path(__file__).resolve().parents[1]
HERE, DOCS = ROOT / "benchmarks", ROOT / "docs"
COMPARED, CLAIMS = HERE / "compared.json", DOCS / "measured.toml"
#: Where what is drawn stands on a page that is otherwise written by hand.
BEGINS, ENDS = "<!-- drawn: {} -->", "<!-- end -->"


@dataclass(frozen=True)
class Claim:
    """What is claimed, and what shows it.

    Attributes
    ----------
    about
        The heading that it stands under.
    shown
        The command.
    when
        Date of the measurement.
    told
        What pages say of it, word for word, by the page's path from the root.
    missed
        Whether it says what is not reached.
    """

    about: str
    says: str
    figure: str
    shown: str
    when: str
    told: Mapping[str, str] = field(default_factory=dict)
    missed: bool = False


def claims(path: Path = CLAIMS) -> tuple[Claim, ...]:
    """Return the claims in their order."""
    with path.open("rb") as file:
        return tuple(Claim(**row) for row in tomllib.load(file)["claims"])


# --- comparisons, kept ------------------------------------------------------------------------------


def compared() -> dict[str, dict[str, Any]]:
    """Return what is kept, by comparison and case."""
    kept: dict[str, dict[str, Any]] = {}
    if COMPARED.exists():
        kept = json.loads(COMPARED.read_text(encoding="utf-8"))
    return kept


def keep(comparison: str, case: str, figures: Mapping[str, Any]) -> None:
    """Keep what was found in a case, with the date."""
    kept = compared()
    dated = {"measured": f"{datetime.now(UTC):%d %B %Y}", **figures}
    kept[comparison] = dict(sorted((kept.get(comparison, {}) | {case: dated}).items()))
    COMPARED.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


# --- drawn ------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def by_hand(kept: Mapping[str, Any]) -> str:
    """Write what going down a list costs more than the plan, an example a line."""
    rows = []
    for case, found in kept.items():
        more = found["more"]
        lists = [
            _more(more[f"{rule}; the plan's schemes"])
            for rule in ("nearest", "nearest, the council's own first", "cheapest")
        ]
        ranked = more.get("schemes by capital a place, placed best")
        opened = _money(ranked["middle"]) if ranked else "the same schemes"
        plan = f"£{found['plan']['cost_gbp'] / 1e6:,.1f}m"
        rows.append([f"`{case}`", plan, *lists, opened])
    head = (
        "example", "the plan costs", "nearest with room", "the council's own first",
        "cheapest with room", "schemes by capital a place",
    )  # fmt: skip
    return table(head, rows)


def _more(line: Mapping[str, Mapping[str, float]]) -> str:
    middle, best = line["middle"], line["at_best"]
    waits = round(middle["unplaced_years"])
    more = f", and {waits:,} more years without a place" if waits else ""
    return f"{_money(middle)}{more}; at best {best['cost_pct']:+.1f}%"


def _money(more: Mapping[str, float]) -> str:
    return f"+£{more['cost_gbp'] / 1e6:,.1f}m ({more['cost_pct']:+.1f}%)"


def p_median(kept: Mapping[str, Any]) -> str:
    """Write what each step of a p-median model leaves without a place, a step a line."""
    names = [step["name"] for step in next(iter(kept.values()))["steps"]]
    head = [
        "spopt is given",
        *(f"`{case}`: {found['children']} children" for case, found in kept.items()),
    ]
    rows = [
        [name, *(_step(found["steps"][n]) for found in kept.values())]
        for n, name in enumerate(names)
    ]
    ours = [
        "`sufficiency`, the same year",
        *(f"£{found['ours_gbp']:,.2f}" for found in kept.values()),
    ]
    return table(head, [*rows, ours])


def _step(step: Mapping[str, Any]) -> str:
    wrong = step["without_place"]
    return f"{wrong:.0f} without a place" if wrong else f"£{step['yearly_gbp']:,.2f}"


def bars(results: Results, *, met: bool) -> str:
    """Write the bars that are met, or those that are not, in their order."""
    read = read_bars(results, TASKS)
    large = {task.name for task in TASKS if task.large}
    rows = []
    for bar in BARS:
        if read[bar.name].met is met:
            command = "make bench-large" if bar.task in large else "make bench"
            rows.append([bar.name, bar.words, read[bar.name].text, f"`{command}`"])
    return table(("work", "the bar", "measured", "shown by"), rows)


def page(text: str, drawn: Mapping[str, str]) -> str:
    """Return a page with what is drawn on it anew."""
    for name, what in drawn.items():
        begin = BEGINS.format(name)
        if begin in text:
            before, _, after = text.partition(begin)
            text = f"{before}{begin}\n\n{what}\n\n{ENDS}{after.partition(ENDS)[2]}"
    return text


def pieces() -> dict[str, str]:
    """Return everything that is drawn, by name."""
    kept, results = compared(), record.load(HERE / "results.json")
    drawn = {
        "by_hand": by_hand(kept["by_hand"]),
        "p_median": p_median(kept["p_median"]),
        "bars met": bars(results, met=True),
        "bars missed": bars(results, met=False),
        "bench run": _run(results),
    }
    mine = claims()
    for about in dict.fromkeys(claim.about for claim in mine):
        rows = [
            [claim.says, claim.figure, f"`{claim.shown}`", claim.when]
            for claim in mine
            if claim.about == about
        ]
        drawn[about] = table(("what is claimed", "measured", "shown by", "when"), rows)
    return drawn


def _run(results: Results) -> str:
    run = results.runs["bench"]
    return (
        f"Measured {run['measured']} on {run['machine']}, load {run['load']} at the start."
        " Bars compare seconds of the processor in one run."
    )


def pages() -> dict[Path, str]:
    """Return the pages that hold what is drawn, as they should be."""
    drawn = pieces()
    mine = [DOCS / name for name in ("comparison.md", "measured.md", "speed.md")]
    return {path: page(path.read_text(encoding="utf-8"), drawn) for path in mine}


def main() -> int:
    """Draw them."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

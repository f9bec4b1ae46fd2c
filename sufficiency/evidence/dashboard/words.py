"""What the dashboard says in words: which way a figure goes, what that means, the finding in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.evidence.dashboard.lines import BY_KEY
from sufficiency.evidence.dashboard.published import is_told, value
from sufficiency.pounds import less_or_more, money
from sufficiency.rendering import WITHHELD
from sufficiency.report.parts import academic, counted, figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.dashboard.lines import Line
    from sufficiency.evidence.dashboard.published import Run, Value

UP, DOWN, SAME = "▲", "▼", "■"
#: More and less of a unit, in words.
MORE = {
    "gbp": ("more", "less"),
    "gbp a child": ("more", "less"),
    "minutes": ("longer", "shorter"),
    "miles": ("longer", "shorter"),
    "%": ("points more", "points fewer"),
}
SECTION_19 = (
    "Children of compulsory school age who have no place are owed suitable education meanwhile, under section 19 of "
    "the Education Act 1996."
)
AIM = "The right number of places, of the right type, at value for money, in the right location, now and in the future"


@dataclass(frozen=True)
class Travel:
    """Which way a figure goes: a shape, the change in words, and whether that is what is aimed for.

    Attributes
    ----------
    mark
        A shape: up, down, or level; "" where it is not told.
    change
        "844 more"; "no change"; "not told".
    verdict
        "better", "worse", "as before", or "" where neither way is good.
    """

    mark: str
    change: str
    verdict: str = ""

    @property
    def text(self) -> str:
        """All of it in a line."""
        return " ".join(filter(None, (self.mark, self.change))) + (
            f" ({self.verdict})" if self.verdict else ""
        )


UNTOLD = Travel("", "not told")


def travel(line: Line, first: Value, last: Value) -> Travel:
    """Return which way a figure goes between two values as they are told."""
    if not isinstance(first, float | int) or not isinstance(last, float | int):
        return UNTOLD
    change = line.rounded(last) - line.rounded(first)
    return directed(change, changed(line, change), line.aim)


def at_least(line: Line, first: Value, least: float) -> Travel:
    """Return how much more a figure is at least that is withheld in the last year, where that is known."""
    if not isinstance(first, float) or line.rounded(least) <= line.rounded(first):
        return UNTOLD
    change = line.rounded(least) - line.rounded(first)
    return Travel(UP, f"at least {changed(line, change)}")


def directed(change: float, words: str, aim: str) -> Travel:
    """Return a change in words with its shape, and whether it is what is aimed for ("up", "down", "hold" or "")."""
    if not change:
        return Travel(SAME, "no change", "as aimed for" if aim == "hold" else "")
    way = "up" if change > 0 else "down"
    verdict = ("better" if way == aim else "worse") if aim in ("up", "down") else ""
    return Travel(UP if change > 0 else DOWN, words, "off its aim" if aim == "hold" else verdict)


def changed(line: Line, change: float) -> str:
    """Write a change: "844 more", "£2.10m less", "2 points more"."""
    more, less = MORE.get(line.unit, ("more", "fewer"))
    size = f"{abs(change):,.0f}" if line.unit == "%" else line.write(abs(change))
    word = more if change > 0 else less
    if line.unit == "%" and size == "1":
        word = word.replace("points", "point")
    return f"{size} {word}"


def ends(values: Mapping[int, Value], years: list[int]) -> tuple[Value, Value]:
    """Return the first and the last value of the plan."""
    return values.get(years[0]), values.get(years[-1])


def first_told(run: Run, *keys: str) -> Line:
    """Return the first of some figures that is told in the first and the last year; else the last of them."""
    for key in keys:
        if all(map(is_told, ends(BY_KEY[key].of(run), run.years))):
            return BY_KEY[key]
    return BY_KEY[keys[-1]]


def answer(run: Run) -> str:
    """Say in a sentence how places and children stand now, and where the plan takes them."""
    first, last = run.years[0], run.years[-1]
    line = first_told(run, "needing", "placed")
    where = _how_many(line, ends(line.of(run), run.years), run)
    share = ends(BY_KEY["local_pct"].of(run), run.years)
    shares = [f"{v:.0f}%" for v in share if isinstance(v, float | int)]
    held = ""
    if len(shares) == 2:
        same = shares[0] == shares[1] or last == first
        held = (
            f"; {shares[0]} of those with a place have one of this council’s own"
            if same
            else f"; of those with a place {shares[0]} have one of this council’s own now, {shares[1]} then"
        )
    return " ".join(filter(None, (f"{where}{held}.", _mostly_colleges(run), _waiting(run))))


def _how_many(line: Line, found: tuple[Value, Value], run: Run) -> str:
    """Say how many children need or have a place in the first and the last year, as far as it is told."""
    need = "need a place" if line.key == "needing" else "have a place"
    told = {
        year: line.write(v)
        for year, v in zip((run.years[0], run.years[-1]), found, strict=True)
        if is_told(v)
    }
    hidden = [academic(year) for year in (run.years[0], run.years[-1]) if year not in told]
    if not told:
        return f"How many children {need} in {' and '.join(dict.fromkeys(hidden))} is withheld"
    many = ", ".join(f"{n} in {academic(year)}" for year, n in told.items())
    many = many.replace(" in", f" children {need} in", 1)
    return f"{many} ({hidden[0]} withheld)" if hidden else many


def at_colleges(run: Run) -> str:
    """Say how many of those in another council's places are at colleges in the last year; "" for none or not told."""
    last, line = run.years[-1], BY_KEY["colleges"]
    away, many = BY_KEY["away"].of(run).get(last), line.of(run).get(last)
    least = line.least(run).get(last, 0.0)
    if not is_told(away) or not (least if many == WITHHELD else many):
        return ""
    told = f"at least {line.write(least)}" if many == WITHHELD else line.write(many)
    where = f"Of the {line.write(away)} in another council’s places in {academic(last)}"
    return f"{where}, {told} are students at colleges."


def _mostly_colleges(run: Run) -> str:
    """Return the same where it is half of them or more."""
    last = run.years[-1]
    away = BY_KEY["away"].of(run).get(last)
    many = BY_KEY["colleges"].least(run).get(last, 0.0)
    return at_colleges(run) if isinstance(away, float) and 2 * many >= away else ""


def against(run: Run) -> str:
    """Say how journeys of the last year differ from building nothing; "" where that is not told."""
    rows, last = run.table("changes"), run.years[-1]
    before = run.summary.get("baseline")
    if rows.empty or not before or before.get("is_plan"):
        return ""
    mine = rows[(rows["phase"] == "all") & (rows["need"] == "all") & (rows["year"] == str(last))]
    told = [value(cell) for name in ("all_shorter", "all_longer") for cell in mine[name]]
    if len(told) != 2 or not all(map(is_told, told)):
        return ""
    shorter, longer = map(figure, told)
    return f"Against building nothing about {shorter} journeys are shorter in {academic(last)}, {longer} longer."


def _waiting(run: Run) -> str:
    """Say who is without a place, and when."""
    without = BY_KEY["without"].of(run)
    some = [year for year in run.years if without.get(year) not in (None, 0.0)]
    if not some:
        return "Nobody is without a place."
    now = without.get(run.years[0])
    if some[0] != run.years[0]:
        return f"Children are without a place from {academic(some[0])}."
    last = run.years[-1]
    later = "; nobody is after that" if len(some) == 1 and last != some[0] else ""
    if not is_told(now):
        return f"How many are without a place in {academic(some[0])} is withheld{later}."
    if len(some) > 1 and is_told(without.get(last)):
        later = f", {figure(without.get(last))} in {academic(last)}"
    return f"{figure(now)} are without a place in {academic(some[0])}{later}."


def building(run: Run) -> str:
    """Say what opens, for how much, and what that does to spending against building nothing."""
    rows = run.table("schemes")
    opens = rows[rows["year"] != ""]
    if rows.empty:
        return "No schemes are in the plan: it shows what the places there are come to."
    many = counted(len(opens), "scheme opens", "schemes open")
    capital = opens["capital_gbp"].astype(float).sum()
    places = opens["places"].astype(float).sum()
    said = f"{many[:1].upper()}{many[1:]}: {figure(places)} places when built up in full, for {money(capital)}."
    before = run.summary.get("baseline")
    if not before or before.get("is_plan"):
        return said
    items = ("place funding", "top-up", "independent fees", "waiting", "moves at review")
    spent = [
        sum(float(ledger[item]) for item in items)
        for ledger in (before["ledger_gbp"], run.summary["ledger_gbp"])
    ]
    rides = [
        float(ledger["transport"]) for ledger in (before["ledger_gbp"], run.summary["ledger_gbp"])
    ]
    span = counted(len(run.years), "year")
    return (
        f"{said} Against building nothing, over {span}: high needs spending {less_or_more(*spent)}, "
        f"transport {less_or_more(*rides)}."
    )

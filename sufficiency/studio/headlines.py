"""The figures at the top of the page, a row each, of the whole plan and of each year, with their change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sufficiency.ledger import ITEMS
from sufficiency.pounds import SAME_GBP, less_or_more, money
from sufficiency.report.parts import academic
from sufficiency.studio.answers import mean_minutes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sufficiency.evidence.counts import Counts
    from sufficiency.studio.answers import Answered

#: Whether less of it is better, more of it is, or neither.
LESS, NEITHER = -1, 0
NOT_TOLD = "change not told: too few children"


@dataclass(frozen=True)
class Headline:
    """A figure.

    Attributes
    ----------
    unit
        ``£``, ``children``, ``child-years`` or ``minutes``: how it is written and compared.
    value
        Reads it from a plan: of a year, or of all (None).
    """

    key: str
    label: str
    unit: str
    better: int
    value: Callable[[Answered, int | None], float | None]
    help: str
    of_year: str = ""

    def shown(self, now: Answered, before: Answered | None, year: int | None) -> dict[str, Any]:
        """Return it as the page has it."""
        exact = self.value(now, year)
        then = self.value(before, year) if before else None
        write = _WRITERS[self.unit]
        told = write(exact, then, now.counts)
        return {
            "key": self.key,
            "label": self._label(now, year),
            "unit": self.unit,
            "better": self._better(told["change"]),
            "baseline_text": "" if before is None else write(then, None, now.counts)["text"],
            "help": self.help,
            **told,
        }

    def _label(self, now: Answered, year: int | None) -> str:
        label = self.of_year or self.label if year is not None else self.label
        return label.format(last=academic(now.years[-1]))

    def _better(self, change: float | None) -> bool | None:
        if not change or not self.better:
            return None
        return change * self.better > 0


def _write_money(exact: float | None, then: float | None, _: Counts) -> dict[str, Any]:
    now = exact or 0.0
    change = None if then is None else now - then
    words = "" if then is None else less_or_more(then, now)
    if change is not None and abs(change) < SAME_GBP:
        change = 0.0
    return {
        "value": now,
        "text": money(now),
        "change": change,
        "change_text": words.replace("the same", "no change"),
    }


def _write_count(exact: float | None, then: float | None, counts: Counts) -> dict[str, Any]:
    now = exact or 0.0
    change = None if then is None else counts.change(then, now)
    words = "" if then is None else NOT_TOLD if change is None else counts.text_of_change(then, now)
    return {
        "value": counts.shown(now),
        "text": counts.text(now),
        "change": change,
        "change_text": words.replace("none", "no change"),
    }


def _write_minutes(exact: float | None, then: float | None, _: Counts) -> dict[str, Any]:
    if exact is None:
        return {"value": None, "text": "–", "change": None, "change_text": ""}
    now = round(exact, 1)
    change = None if then is None else round(now - round(then, 1), 1)
    words = "" if change is None else "no change"
    if change:
        words = f"{abs(change):g} {'longer' if change > 0 else 'shorter'}"
    return {"value": now, "text": f"{now:.1f} minutes", "change": change, "change_text": words}


_WRITERS: dict[str, Any] = {
    "£": _write_money,
    "children": _write_count,
    "child-years": _write_count,
    "minutes": _write_minutes,
}


def _cost(plan: Answered, year: int | None) -> float:
    if year is None:
        return plan.account.cost_gbp
    items = [n for n, item in enumerate(ITEMS) if item != "capital cash"]
    return float(plan.account.ledger[items, plan.years.index(year)].sum())


def _item(name: str) -> Callable[[Answered, int | None], float]:
    """Return what reads an item of the ledger."""

    def read(plan: Answered, year: int | None) -> float:
        pounds = plan.account.item(name)
        return float(pounds.sum() if year is None else pounds[plan.years.index(year)])

    return read


def _children(column: str, *, over_years: bool = False) -> Callable[[Answered, int | None], float]:
    """Return what reads a number of children: of a year, of the last, or of all years together."""

    def read(plan: Answered, year: int | None) -> float:
        by_year = plan.by_year[column]
        if year is None and over_years:
            return float(by_year.sum())
        return float(by_year[plan.years[-1] if year is None else year])

    return read


def _minutes(plan: Answered, year: int | None) -> float | None:
    return mean_minutes(plan, plan.years[-1] if year is None else year)


def _capital(plan: Answered, year: int | None) -> float:
    return plan.account.capital_gbp if year is None else _item("capital cash")(plan, year)


HEADLINES = (
    Headline(
        *("cost", "Cost of what the plan decides", "£", LESS, _cost),
        "Real money over the plan, worth what it is in the first year: places, fees, transport, waiting and the "
        "yearly charge of new capital. No priority and no value of time is in it.",
        "Cost of the year, capital charge included",
    ),
    Headline(
        *("unplaced", "Years without a place", "child-years", LESS),
        _children("unplaced", over_years=True),
        "Years that children spend without a place, all years of the plan together.",
        "Children without a place",
    ),
    Headline(
        *("independent", "In independent provision, {last}", "children", LESS, _children("independent")),
        "Children modelled in independent provision.",
        "In independent provision",
    ),
    Headline(
        *("out_of_area", "Out of area, {last}", "children", LESS, _children("out_of_area")),
        "Children modelled at other councils' provision.",
        "Out of area",
    ),
    Headline(
        *("minutes", "Mean journey, {last}", "minutes", LESS, _minutes),
        "How long children travel one way, as modelled.",
        "Mean journey",
    ),
    Headline(
        *("over_soft", "Over 45 minutes, {last}", "children", LESS, _children("long")),
        "Children whose modelled journey is longer than 45 minutes one way.",
        "Over 45 minutes",
    ),
    Headline(
        *("fees", "Independent fees", "£", LESS, _item("independent fees")),
        "Over all years of the plan, not discounted.",
    ),
    Headline(
        *("transport", "Transport", "£", LESS, _item("transport")),
        "Over all years of the plan, not discounted.",
    ),
    Headline(
        *("capital", "Capital of schemes that open", "£", NEITHER, _capital),
        "Cash, in the years in which proposed schemes open.",
        "Capital spent in the year",
    ),
)  # fmt: skip


def headlines(
    now: Answered, before: Answered | None, year: int | None = None
) -> list[dict[str, Any]]:
    """Return every figure, of the whole plan or of a year."""
    return [row.shown(now, before, year) for row in HEADLINES]


#: What the page calls an item of the ledger.
ITEM_WORDS = {
    "place funding": "Place funding",
    "top-up": "Top-up",
    "independent fees": "Independent fees",
    "waiting": "Interim provision while waiting",
    "moves at review": "Moves at review",
    "transport": "Transport",
    "capital cash": "Capital, cash",
    "capital annuity": "Capital, yearly charge",
}


def money_rows(now: Answered, before: Answered | None, year: int) -> list[dict[str, Any]]:
    """Return the ledger of a year, and its total without the capital cash, which the charge stands for."""
    items = [(item, ITEM_WORDS[item], _item(item)) for item in ITEMS]
    rows = [*items, ("total", "All of the year, without the cash", _cost)]
    found = []
    for item, title, read in rows:
        then = read(before, year) if before else None
        written = _write_money(read(now, year), then, now.counts)
        found.append({"item": item, "title": title, **_as_money(written)})
    return found


def _as_money(written: dict[str, Any]) -> dict[str, Any]:
    return {
        "gbp": written["value"],
        **{name: written[name] for name in ("text", "change", "change_text")},
    }

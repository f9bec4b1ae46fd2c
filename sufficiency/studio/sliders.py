"""The settings that the page has sliders for, a row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.pounds import money
from sufficiency.studio.amounts import shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from sufficiency.settings import Settings
    from sufficiency.studio.draft import Draft


@dataclass(frozen=True)
class Slider:
    """A setting on the page.

    Attributes
    ----------
    value
        Reads it from settings; None for no limit.
    put
        Writes it to a draft.
    most
        The right end, given the case's own settings.
    """

    key: str
    label: str
    unit: str
    help: str
    value: Callable[[Settings], float | None]
    put: Callable[[Draft, float | None], None]
    text: Callable[[float | None], str]
    most: Callable[[Settings], float]
    step: float
    least: float = 0.0

    def shown(self, settings: Settings, own: Settings) -> dict[str, Any]:
        """Return it as the page wants it.

        Parameters
        ----------
        own
            The case's, without differences.
        """
        now = self.value(settings)
        return {
            "name": self.key,
            "label": self.label,
            "value": now,
            "own": self.value(own),
            "least": self.least,
            "most": max(self.most(own), now or 0.0),
            "step": self.step,
            "unit": self.unit,
            "text": self.text(now),
            "help": self.help,
        }


def _budget(settings: Settings) -> float | None:
    by_year = settings.capital.budget_gbp
    return None if by_year is None else float(sum(by_year.values()))


def _put_budget(draft: Draft, value: float | None) -> None:
    """Scale the budget of every year; without a limit there is none, and what is new is of the first year."""
    name, own = "capital.budget_gbp", draft.case.settings.capital.budget_gbp
    if value is not None and value < 0:
        raise UsageError("Capital budget: give no less than nought")
    if value == _budget(draft.case.settings):
        draft.put_setting(name, None)
    elif value is None:
        draft.drop_setting(name)
    elif own and sum(own.values()):
        parts = shared(value, [float(gbp) for gbp in own.values()])
        draft.put_setting(name, {str(year): part for year, part in zip(own, parts, strict=True)})
    else:
        draft.put_setting(name, {str(draft.case.settings.base_year): value})


def _put(name: str, usual: Callable[[Settings], float], words: str, most: float) -> Any:  # noqa: ANN401
    """Return what writes a number, which is no difference where it is the case's own."""

    def put(draft: Draft, value: float | None) -> None:
        if value is None or not 0 <= value <= most:
            raise UsageError(f"{words}: give a number from 0 to {most:g}")
        draft.put_setting(name, None if value == usual(draft.case.settings) else value)

    return put


def _most_budget(own: Settings) -> float:
    budget = _budget(own) or 10_000_000.0
    return float(round(3 * budget / 100_000) * 100_000) or 100_000.0


def _arrivals_words(value: float | None) -> str:
    change = (value or 0.0) - 100
    if not change:
        return "as expected"
    return f"{abs(change):g}% {'more' if change > 0 else 'fewer'}"


_ROWS = (
    Slider(
        "budget",
        "Capital budget",
        "£",
        "Capital for schemes over the whole plan, spread over its years as in the case.",
        _budget,
        _put_budget,
        lambda value: "no limit" if value is None else money(value),
        _most_budget,
        50_000,
    ),
    Slider(
        "growth",
        "Children who arrive",
        "%",
        "New children against those that the case expects: 110 is a tenth more.",
        lambda settings: settings.demand.arrivals_pct,
        _put("demand.arrivals_pct", lambda own: own.demand.arrivals_pct, "Children who arrive", 1000),
        _arrivals_words,
        lambda _: 200.0,
        5,
    ),
    Slider(
        "hour",
        "Weight on minutes",
        "£ an hour",
        "What an hour of a child's travelling counts for when places are chosen; never counted as money.",
        lambda settings: settings.travel.gbp_per_child_hour,
        _put("travel.gbp_per_child_hour", lambda own: own.travel.gbp_per_child_hour, "Weight on minutes", 1000),
        lambda value: f"£{value or 0:g} an hour" if value else "none",
        lambda _: 50.0,
        1,
    ),
)  # fmt: skip
SLIDERS = {row.key: row for row in _ROWS}

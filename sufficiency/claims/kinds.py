"""The kinds of claim, a row each: which figures it takes, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    #: The figures of a claim by name; the parts of a sum are ``parts.NAME``.
    Given = Mapping[str, float]

#: Where a change goes, and what people call it.
DIRECTIONS = {
    "up": ("up", "increase", "rise", "growth", "more", "higher", "increased", "rose", "grew"),
    "down": (
        *("down", "decrease", "fall", "reduction", "fewer", "less", "lower"),
        *("decreased", "fell", "decline", "drop", "reduced"),
    ),
    "same": ("same", "no change", "steady", "unchanged"),
}
#: A change of less than this share of a figure is none.
STEADY = 0.005


@dataclass(frozen=True)
class Derived:
    """A figure that follows from those given.

    Attributes
    ----------
    of
        How; None where it does not follow from what is given.
    unit
        "£", "%", "years", or "" for a plain number.
    """

    of: Callable[[Given], float | None]
    unit: str = ""

    def follows(self, given: Given) -> float | None:
        """Return it; None where it does not follow from what is given, or is larger than any number."""
        try:
            found = self.of(given)
        except OverflowError:
            return None
        return found if found is not None and math.isfinite(found) else None


@dataclass(frozen=True)
class Kind:
    """A kind of claim.

    Attributes
    ----------
    meaning
        For whoever writes one.
    needs, takes
        The figures that must be given, and those that may be.
    derives
        What may be claimed of them, by name.
    directed
        The name of the derived figure whose sign is the direction that is claimed; "" for none.
    signed
        Those derived figures that a claim of a fall may give without a minus: fell by 127.
    """

    meaning: str
    needs: tuple[str, ...]
    derives: Mapping[str, Derived]
    takes: tuple[str, ...] = ()
    directed: str = ""
    signed: tuple[str, ...] = ()


def direction(change: float, of: float) -> str:
    """Say where a change goes."""
    if abs(change) <= STEADY * abs(of):
        return "same"
    return "up" if change > 0 else "down"


def _ratio(one: float | None, other: float | None, times: float = 1.0) -> float | None:
    return None if one is None or not other else times * one / other


def _yearly_pct(given: Given) -> float | None:
    """Return the growth a year, compounded, that leads from one figure to the other in so many years."""
    years, ratio = given.get("years"), _ratio(given["to"], given["from"])
    return 100 * (ratio ** (1 / years) - 1) if years and ratio and ratio > 0 else None


def _doubling(given: Given) -> float | None:
    yearly = _yearly_pct(given)
    return math.log(2) / math.log1p(yearly / 100) if yearly and yearly > 0 else None


def _grown(given: Given) -> float | None:
    """Return how many times a figure is itself after so many years of growth."""
    if "years" not in given or given["annual_pct"] <= -100:
        return None
    return float((1 + given["annual_pct"] / 100) ** given["years"])


def _a_year(given: Given) -> float | None:
    """Return what a count in so many days is in a year of 365."""
    return _ratio(365 * given["count"], given["days"])


def _against(given: Given) -> float | None:
    yearly = _a_year(given)
    return None if yearly is None or "before" not in given else yearly - given["before"]


def _times_count(value: float, given: Given) -> float | None:
    return value * given["count"] if "count" in given else None


KINDS: dict[str, Kind] = {
    "sum": Kind(
        "parts make a total",
        ("parts",),
        {"total": Derived(lambda g: sum(v for name, v in g.items() if name.startswith("parts.")))},
    ),
    "share": Kind(
        "a part of a whole",
        ("part", "whole"),
        {
            "pct": Derived(lambda g: _ratio(g["part"], g["whole"], 100), "%"),
            "one_in": Derived(lambda g: _ratio(g["whole"], g["part"])),
        },
    ),
    "growth": Kind(
        "from one figure to another, in so many years if they are given",
        ("from", "to"),
        {
            "change": Derived(lambda g: g["to"] - g["from"]),
            "pct": Derived(lambda g: _ratio(g["to"] - g["from"], g["from"], 100), "%"),
            "times": Derived(lambda g: _ratio(g["to"], g["from"])),
            "annual_pct": Derived(_yearly_pct, "%"),
            "doubling_years": Derived(_doubling, "years"),
        },
        ("years",),
        "change",
        ("change", "pct", "annual_pct"),
    ),
    "rate": Kind(
        "so much growth a year, for so many years and from a figure if they are given",
        ("annual_pct",),
        {
            "doubling_years": Derived(
                lambda g: _doubling({"from": 100, "to": 100 + g["annual_pct"], "years": 1}), "years"
            ),
            "pct": Derived(lambda g: None if (t := _grown(g)) is None else 100 * (t - 1), "%"),
            "to": Derived(
                lambda g: None if (t := _grown(g)) is None or "from" not in g else t * g["from"]
            ),
        },
        ("years", "from"),
    ),
    "room": Kind(
        "places beside the children who want one",
        ("places", "children"),
        {
            "spare": Derived(lambda g: g["places"] - g["children"]),
            "short": Derived(lambda g: g["children"] - g["places"]),
            "full_pct": Derived(lambda g: _ratio(g["children"], g["places"], 100), "%"),
        },
    ),
    "each": Kind(
        "an amount shared by so many, or so many at so much each",
        ("count",),
        {
            "each_gbp": Derived(lambda g: _ratio(g.get("amount_gbp"), g["count"]), "£"),
            "total_gbp": Derived(
                lambda g: _times_count(g["at_gbp"], g) if "at_gbp" in g else None, "£"
            ),
        },
        ("amount_gbp", "at_gbp"),
    ),
    "saving": Kind(
        "a cheaper place in the stead of a dearer one, so many times if that is given",
        ("dear_gbp", "cheap_gbp"),
        {
            "saved_gbp": Derived(lambda g: g["dear_gbp"] - g["cheap_gbp"], "£"),
            "saved_pct": Derived(
                lambda g: _ratio(g["dear_gbp"] - g["cheap_gbp"], g["dear_gbp"], 100), "%"
            ),
            "times": Derived(lambda g: _ratio(g["dear_gbp"], g["cheap_gbp"])),
            "total_gbp": Derived(lambda g: _times_count(g["dear_gbp"] - g["cheap_gbp"], g), "£"),
        },
        ("count",),
    ),
    "break_even": Kind(
        "how many savings pay for an outlay",
        ("cost_gbp", "saved_gbp"),
        {"count": Derived(lambda g: _ratio(g["cost_gbp"], g["saved_gbp"]))},
    ),
    "pace": Kind(
        "a count in so many days, as a year's, beside an earlier year's",
        ("count", "days"),
        {
            "a_year": Derived(_a_year),
            "change": Derived(_against),
            "pct": Derived(lambda g: _ratio(_against(g), g.get("before"), 100), "%"),
        },
        ("before",),
        "change",
        ("change", "pct"),
    ),
}

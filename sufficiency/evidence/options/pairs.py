"""Pairs of schemes: which do each other's work, and which are worth more together than apart.

For two schemes the best plan is solved with both, with one, with the other and with neither, all else decided anew
each time. Together they save ``neither - both``; apart ``(neither - one) + (neither - other)``. What together saves
less than apart competes; what saves more needs each other. That, too, is pounds and children, never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from sufficiency.evidence import choices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sufficiency.evidence.choices import Asker, Programme
    from sufficiency.evidence.options.find import Place

#: Pairs that are looked at unless otherwise asked.
PAIRS = 10
#: The four decisions on two schemes: (first in, second in).
STATES = ((True, True), (True, False), (False, True), (False, False))
#: Pounds under which an interplay is none.
LEAST_GBP = 500.0
COMPETE, NEED, APART = "compete", "need each other", "independent of each other"
EITHER, ONLY_AFTER, UNKNOWN = "either, not both", "needs the other", "not told apart by the gap"


@dataclass(frozen=True)
class Pair:
    """Two schemes, by position, and the best programme for each decision on them.

    Attributes
    ----------
    why
        Why they were looked at.
    programmes
        By whether the first, and the second, is in.
    tied
        Whether the rules let the first open only after the second, which is then no finding.
    """

    first: int
    second: int
    why: str
    programmes: Mapping[tuple[bool, bool], Programme]

    def has(self, state: tuple[bool, bool]) -> bool:
        """Whether there is a programme with such a decision."""
        return self.programmes[state].exists

    def interplay(self, measure: Callable[[Programme], float]) -> float | None:
        """Return what the two save more together than apart; None where one decision is not to be had."""
        if not all(self.has(state) for state in STATES):
            return None
        both, one, other, neither = (measure(self.programmes[state]) for state in STATES)
        return one + other - both - neither

    @property
    def cost_gbp(self) -> float | None:
        """Real money, discounted, that they save more together than apart."""
        return self.interplay(lambda programme: programme.account.cost_gbp)

    @property
    def unplaced(self) -> float | None:
        """Child-years without a place that they avoid more together than apart."""
        return self.interplay(lambda programme: programme.account.unplaced)

    @property
    def verdict(self) -> str:
        """Say what they are to each other."""
        if not self.has((True, True)):
            return EITHER
        if not self.has((True, False)) or not self.has((False, True)):
            return ONLY_AFTER
        found = self.interplay(lambda programme: programme.objective)
        if found is None:
            return UNKNOWN
        if abs(found) <= LEAST_GBP:
            return APART
        spare = sum(programme.spare for programme in self.programmes.values())
        return UNKNOWN if abs(found) <= spare else NEED if found > 0 else COMPETE


def find_pairs(
    asker: Asker, best: Programme, places: Mapping[int, Place], most: int
) -> tuple[tuple[Pair, ...], int]:
    """Look at the pairs that have most to do with each other; return them, and how many others there are."""
    ranked = ranked_pairs(asker, places)
    looked, left = ranked[:most], max(0, len(ranked) - most)
    known = [{pair: _known(pair, best, places) for pair, _ in looked}][0]
    tasks = {
        (pair, state): choices.task(*_sides(pair, state))
        for pair, _ in looked
        for state in STATES
        if state not in known[pair]
    }
    distinct = {str(task): task for task in tasks.values()}
    found = dict(zip(distinct, asker.programmes(list(distinct.values())), strict=True))
    for (pair, state), task in tasks.items():
        known[pair][state] = found[str(task)]
    return tuple(Pair(*pair, why, known[pair]) for pair, why in looked), left


def _known(
    pair: tuple[int, int], best: Programme, places: Mapping[int, Place]
) -> dict[tuple[bool, bool], Programme]:
    """Return the programmes for decisions on two schemes that were found already."""
    found = {}
    for programme in (places[pair[1]].other, places[pair[0]].other, best):
        if programme.exists:
            found[pair[0] in programme.chosen, pair[1] in programme.chosen] = programme
    return found


def _sides(pair: tuple[int, int], state: tuple[bool, bool]) -> tuple[list[int], list[int]]:
    sides = [k for k, inside in zip(pair, state, strict=True) if inside]
    return sides, [k for k in pair if k not in sides]


def ranked_pairs(asker: Asker, places: Mapping[int, Place]) -> list[tuple[tuple[int, int], str]]:
    """Return the pairs that have anything to do with each other, those with most first, and why.

    Tied by the rules; the one opens, closes or moves when the other is decided otherwise; on one site; or serving the
    same needs, phases and areas, by how much of either's children are alike.
    """
    schemes = asker.study.problem.schemes
    exclusive = {pair for group in schemes.exclusive for pair in combinations(sorted(group), 2)}
    requires = {(min(pair), max(pair)) for pair in schemes.requires}
    ranked = []
    for pair in combinations(sorted(k for k, place in places.items() if place.known), 2):
        one, other = places[pair[0]], places[pair[1]]
        alike = _alike(one, other)
        reasons = (
            (pair in requires, "one requires the other"),
            (pair in exclusive, "only one of them may open"),
            (_swaps(one, other), "one comes or goes with the decision on the other"),
            (one.scheme.provision_id == other.scheme.provision_id, "on one site"),
            (alike > 0, "they serve some of the same needs, phases and areas"),
        )
        first = next((n for n, (holds, _) in enumerate(reasons) if holds), None)
        if first is not None:
            ranked.append((min(first, 2), -alike, pair, reasons[first][1]))
    return [(pair, why) for _, _, pair, why in sorted(ranked)]


def _swaps(one: Place, other: Place) -> bool:
    """Whether the decision on one changes that on the other."""
    return any(
        (mine.position in programme.chosen) != (mine.position in mine.best.chosen)
        for mine, programme in ((one, other.other), (other, one.other))
    )


def _alike(one: Place, other: Place) -> float:
    """Return the share of children that two schemes have in common by need, phase and area."""
    mixes = [place.served.mix() for place in (one, other)]
    totals = [sum(mix.values()) for mix in mixes]
    if not all(totals):
        return 0.0
    return sum(
        min(mixes[0][key] / totals[0], mixes[1][key] / totals[1])
        for key in mixes[0].keys() & mixes[1].keys()
    )

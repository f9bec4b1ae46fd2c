"""The league table of schemes: what the best plan would cost and whom it would place with each, and without it.

Every figure is a difference between two plans that were both solved. What a scheme is *worth* lets everything else be
decided anew: one of the best programme is ruled out, one that is not in it is required. What it does by *itself* leaves
all other schemes as they are, and only places children anew: that is a business case, which knows no rivals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sufficiency.evidence import choices
from sufficiency.evidence.choices import Asker, Programme, schemes_of
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.options.pairs import PAIRS, Pair, find_pairs
from sufficiency.evidence.options.scheme_worth import Worth
from sufficiency.evidence.options.serving import Served, served
from sufficiency.evidence.study import Study

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress
    from sufficiency.schemes import Scheme


@dataclass(frozen=True)
class Place:
    """One scheme of the league.

    Attributes
    ----------
    position
        Of the scheme among those proposed.
    best, other
        The best programme; the best of those that decide otherwise on this scheme.
    held
        The best programme with the scheme, less the scheme and those that require it: no other scheme is touched.
    """

    position: int
    scheme: Scheme
    best: Programme
    other: Programme
    held: Programme

    @property
    def chosen(self) -> bool:
        """Whether it is in the best programme."""
        return self.position in self.best.chosen

    @property
    def having(self) -> Programme:
        """The best programme with it."""
        return self.best if self.chosen else self.other

    @property
    def lacking(self) -> Programme:
        """The best programme without it."""
        return self.other if self.chosen else self.best

    @property
    def known(self) -> bool:
        """Whether there is a programme with it, and one without."""
        return self.other.exists

    @cached_property
    def worth(self) -> Worth:
        """What it changes where everything else is decided anew; only where it is `known`."""
        return self._against(self.lacking)

    @cached_property
    def itself(self) -> Worth:
        """What it changes where no other scheme is touched; only where it is `known`."""
        return self._against(self.held)

    def _against(self, other: Programme) -> Worth:
        settings = self.best.study.prepared.case.settings
        return Worth(
            self.having.account,
            other.account,
            self.having.opens[self.position],
            self.scheme.lifetime_years,
            settings.money.discount_rate_pct / 100,
        )

    @property
    def falling(self) -> tuple[int, ...]:
        """Schemes that require it, and go with it."""
        return tuple(sorted(self.having.chosen - self.held.chosen - {self.position}))

    @cached_property
    def served(self) -> Served:
        """Whom its places serve, where it opens."""
        return served(self.having, self.scheme)

    @property
    def instead(self) -> tuple[int, ...]:
        """Schemes that open only without it."""
        return tuple(sorted(self.lacking.chosen - self.having.chosen))

    @property
    def along(self) -> tuple[int, ...]:
        """Other schemes that open only with it."""
        return tuple(sorted(self.having.chosen - self.lacking.chosen - {self.position}))

    @property
    def moved(self) -> tuple[tuple[int, int, int], ...]:
        """Schemes that open in another year without it: which, and the period with it and without."""
        both = sorted(self.having.chosen & self.lacking.chosen)
        pairs = [(k, self.having.opens[k], self.lacking.opens[k]) for k in both]
        return tuple(found for found in pairs if found[1] != found[2])


@dataclass(frozen=True)
class League:
    """What is found of every scheme that could open, and of pairs of them.

    Attributes
    ----------
    places
        Those of most worth first.
    closed
        Proposed schemes that cannot open within the plan.
    pairs, left
        The pairs that were looked at, and how many were not.
    """

    study: Study
    best: Programme
    places: tuple[Place, ...]
    closed: tuple[Scheme, ...]
    pairs: tuple[Pair, ...]
    left: int
    asked: Mapping[str, object]

    @property
    def proved(self) -> bool:
        """Whether every plan is proved best to the gap asked for."""
        return all(programme.proved for programme in (self.best, *self._others))

    @property
    def exit_code(self) -> int:
        """0, or 5 when a plan is not proved."""
        return 0 if self.proved else NOT_PROVED

    @property
    def spare_gbp(self) -> float:
        """Pounds by which a worth may be out: how far from the best the plans behind it may be, together."""
        worst = max((o.spare for o in self._others if o.exists), default=0.0)
        return self.best.spare + worst

    @property
    def _others(self) -> list[Programme]:
        return [place.other for place in self.places]


def find_league(asker: Asker, most_pairs: int, asked: Mapping[str, object]) -> League:
    """Solve with and without every scheme, and for the pairs that have most to do with each other."""
    study = asker.study
    (best,) = asker.programmes([choices.task()])
    may = [bool(periods.any()) for periods in study.problem.schemes.may_open]
    schemes = schemes_of(study)
    places = tuple(_places(asker, best, [k for k in range(len(schemes)) if may[k]]))
    pairs, left = find_pairs(asker, best, {p.position: p for p in places}, most_pairs)
    return League(
        study,
        best,
        tuple(sorted(places, key=_rank)),
        tuple(scheme for k, scheme in enumerate(schemes) if not may[k]),
        pairs,
        left,
        asked,
    )


def _places(asker: Asker, best: Programme, positions: list[int]) -> list[Place]:
    schemes = schemes_of(asker.study)
    others = asker.programmes(
        [choices.task(shut=[k]) if k in best.chosen else choices.task(must=[k]) for k in positions]
    )
    having = [
        best if k in best.chosen else other for k, other in zip(positions, others, strict=True)
    ]
    asked = [(k, p) for k, p in zip(positions, having, strict=True) if p.exists]
    held = asker.programmes([{"held": _without(asker.study, p, k)} for k, p in asked])
    without = dict(zip([k for k, _ in asked], held, strict=True))
    return [
        Place(k, schemes[k], best, other, without.get(k, other))
        for k, other in zip(positions, others, strict=True)
    ]


def _without(study: Study, programme: Programme, position: int) -> list[int]:
    """Return the openings of a programme without a scheme, and without those that require it."""
    gone = {position}
    requires = study.problem.schemes.requires
    while more := {k for k, other in requires if other in gone} - gone:
        gone |= more
    return [-1 if k in gone else t for k, t in enumerate(programme.opens)]


def _rank(place: Place) -> tuple[float, ...]:
    """Order by children placed, as far as they may be told, then by money; what cannot open comes last."""
    from sufficiency.evidence.counts import Counts

    if not place.known:
        return (1.0, 0.0, 0.0, place.position)
    counts = Counts.of(place.best.study.prepared.case.settings)
    fewer = counts.change(place.lacking.account.unplaced, place.having.account.unplaced) or 0
    return (0.0, float(fewer), -place.worth.cost_gbp, place.position)


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the league table of a case's schemes."""
    from sufficiency.evidence.options.said import evidence

    study = Study.asked(asked, progress)
    most = PAIRS if asked["pairs"] is None else int(asked["pairs"])
    return evidence(find_league(Asker.of(study, asked, progress), most, asked))

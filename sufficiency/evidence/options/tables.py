"""The league table as data: what anyone may see, and the exact figures for whoever runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.evidence.choices import schemes_of
from sufficiency.evidence.counts import WITHHELD, Counts
from sufficiency.evidence.journey_savings import low_high, rates_of, savings, yearly
from sufficiency.evidence.options.serving import elsewhere
from sufficiency.ledger import CAPITAL, CHARGE, ITEMS, REVENUE, TRANSPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sufficiency.evidence.choices import Programme
    from sufficiency.evidence.options.find import League, Place

#: Rows of where children would be, for each scheme.
ELSEWHERE_MOST = 5
#: Share of its places at which a scheme is called full.
FULL = 0.995
#: Children by whose change items of the ledger are money a head.
COUNTED = ("unplaced", "independent")
#: Items that follow from the programme, whoever is in its places.
BUILT = ("place funding", "capital cash", "capital annuity")
#: What stands for a count that is not told in a table of data: nothing.
Told = int | None


class Tables:
    """The tables of a league; each plan's journeys are reckoned once."""

    def __init__(self, league: League) -> None:
        self.league = league
        self.settings = league.study.prepared.case.settings
        self.counts = Counts.of(self.settings)
        provisions = league.study.prepared.case.provisions
        self.kinds = dict(zip(provisions["provision_id"], provisions["kind"], strict=True))
        self.names = dict(zip(provisions["provision_id"], provisions["name"], strict=True))
        self.ids = [scheme.scheme_id for scheme in schemes_of(league.study)]
        self._journeys: dict[int, pd.DataFrame] = {}
        self._saved: dict[int, dict[int, dict[str, float]]] = {}

    @property
    def known(self) -> list[Place]:
        """The schemes of which there is a programme with, and one without."""
        return [place for place in self.league.places if place.known]

    @property
    def years(self) -> range:
        """The academic years of the plan."""
        return range(self.settings.base_year, self.settings.base_year + self.settings.years)

    def year_of(self, place: Place) -> int:
        """Return the academic year in which a scheme opens in the best programme with it."""
        return place.having.years[place.scheme.scheme_id]

    def full(self, place: Place) -> float:
        """Return the places of a scheme once it is full."""
        return float(sum(steps[-1].places for steps in place.scheme.steps.values()))

    def gbp_per_place(self, place: Place) -> float | None:
        """Return pounds of capital a place."""
        return place.scheme.capital_gbp / self.full(place) if self.full(place) else None

    def change(self, place: Place, outcome: str, *, itself: bool = False) -> Told:
        """Return child-years of an outcome that a scheme avoids, as they may be told."""
        other = place.held if itself else place.lacking
        sums = [float(p.account.outcome(outcome).sum()) for p in (place.having, other)]
        return self.counts.change(*sums)

    def schemes(self) -> pd.DataFrame:
        """Return a row a scheme: its worth, and its own business case."""
        return pd.DataFrame([self._scheme(place) for place in self.league.places])

    def _scheme(self, place: Place) -> dict[str, Any]:
        scheme = place.scheme
        row: dict[str, Any] = {
            "scheme_id": scheme.scheme_id,
            "name": scheme.name,
            "in_best_programme": "yes" if place.chosen else "no",
            "capital_gbp": scheme.capital_gbp,
            "places": self.full(place),
            "gbp_per_place": self.gbp_per_place(place),
            "could_open": "yes" if place.known else "no",
        }
        return row | (self._worth(place) | self._itself(place) if place.known else {})

    def _worth(self, place: Place) -> dict[str, Any]:
        having, lacking = place.having.account, place.lacking.account
        return {
            "year": self.year_of(place),
            "cost_with_gbp": having.cost_gbp,
            "cost_without_gbp": lacking.cost_gbp,
            "saved_gbp": place.worth.cost_gbp,
            "unplaced_with": self.counts.shown(having.unplaced),
            "unplaced_without": self.counts.shown(lacking.unplaced),
            "unplaced_avoided": self.change(place, "unplaced"),
            "independent_avoided": self.change(place, "independent"),
            "capital_more_gbp": place.worth.capital_gbp,
            "opens_instead": self.listed(place.instead),
            "opens_only_with_it": self.listed(place.along),
            "moves": self.moves(place),
        }

    def _itself(self, place: Place) -> dict[str, Any]:
        worth = place.itself
        return {
            "itself_saved_gbp": worth.cost_gbp,
            "itself_lifetime_gbp": worth.lifetime_gbp,
            "itself_unplaced_avoided": self.change(place, "unplaced", itself=True),
            "itself_independent_avoided": self.change(place, "independent", itself=True),
            "payback_years": worth.payback,
            "payback_after_plan": "yes" if worth.beyond else "no",
            "goes_with_it": self.listed(place.falling),
        }

    def listed(self, positions: tuple[int, ...]) -> str:
        """Return scheme ids in a list."""
        return "|".join(self.ids[k] for k in positions)

    def moves(self, place: Place) -> str:
        """Return which schemes open in another year without it."""
        base = self.settings.base_year
        return "|".join(f"{self.ids[k]} {base + w} to {base + o}" for k, w, o in place.moved)

    def money(self) -> pd.DataFrame:
        """Return a row a scheme, year and item of the ledger: what the scheme by itself saves, where it may be told."""
        rows = [
            {
                "scheme_id": place.scheme.scheme_id,
                "year": year,
                "budget": budget,
                "item": item,
                "saved_gbp": float(place.itself.item(item)[n])
                if item in BUILT or (self.moving(place, year) if budget == TRANSPORT else told)
                else None,
            }
            for place in self.known
            for n, year in enumerate(self.years)
            for told in [self.moving(place, year) and self.tells_items(place, year)]
            for item, budget in ITEMS.items()
        ]
        return pd.DataFrame(rows, columns=["scheme_id", "year", "budget", "item", "saved_gbp"])

    def tells_items(self, place: Place, year: int) -> bool:
        """Whether items may be told apart: over the price of one child, each would count those who have changed."""
        n, worth = year - self.settings.base_year, place.itself
        changes = (worth.lacking.outcome(o)[n] - worth.having.outcome(o)[n] for o in COUNTED)
        return all(self.counts.tells(float(change)) for change in changes)

    def moving(self, place: Place, year: int) -> bool:
        """Whether a scheme by itself moves enough children in a year, or none, to tell what that saves."""
        return self.counts.tells(float(self._journeys_saved(place, year).get("changed", 0.0)))

    def avoidance(self, place: Place, year: int) -> dict[str, Any]:
        """Return what a scheme by itself saves in one year, budget by budget; what is of few is None."""
        worth, n = place.itself, year - self.settings.base_year
        moving = self.moving(place, year)
        apart = moving and self.tells_items(place, year)
        low, high = self.transport(place, year)
        revenue = float(worth.saved(REVENUE)[n])
        fees = float(worth.item("independent fees")[n])
        waiting = float(worth.item("waiting")[n])
        return {
            "scheme_id": place.scheme.scheme_id,
            "year": year,
            "independent_fees_gbp": fees if apart else None,
            "waiting_gbp": waiting if apart else None,
            "places_and_top_up_gbp": revenue - fees - waiting if apart else None,
            "high_needs_revenue_gbp": revenue if moving else None,
            "transport_low_gbp": low if moving else None,
            "transport_high_gbp": high if moving else None,
            "capital_cash_gbp": float(worth.saved(CAPITAL)[n]),
            "capital_charge_gbp": float(worth.saved(CHARGE)[n]),
        }

    def avoidances(self) -> pd.DataFrame:
        """Return the opening year, and the last year of the plan, of every scheme."""
        rows = [
            self.avoidance(place, year) | {"which": which}
            for place in self.known
            for which, year in (("first year", self.year_of(place)), ("last year", self.years[-1]))
        ]
        frame = pd.DataFrame(rows)
        return frame[["scheme_id", "which", *[c for c in frame if c not in {"scheme_id", "which"}]]]

    def transport(self, place: Place, year: int) -> tuple[float, float]:
        """Return the range of what a scheme by itself saves in transport in a year."""
        found = self._journeys_saved(place, year)
        return low_high(found, "gbp") if found else (0.0, 0.0)

    def _journeys_saved(self, place: Place, year: int) -> dict[str, float]:
        """Return the row of `savings` of a scheme by itself in a year; nothing where nobody travels."""
        if place.position not in self._saved:
            before, after = (self._yearly(one) for one in (place.held, place.having))
            rows = savings(before, after).to_dict("records")
            self._saved[place.position] = {
                int(row["year"]): {str(k): float(v) for k, v in row.items()} for row in rows
            }
        return self._saved[place.position].get(year, {})

    def _yearly(self, programme: Programme) -> pd.DataFrame:
        if id(programme) not in self._journeys:
            rates = rates_of(self.settings, self.kinds)
            self._journeys[id(programme)] = yearly(programme.somewhere, rates)
        return self._journeys[id(programme)]

    def places(self) -> pd.DataFrame:
        """Return a row a scheme and year: its places, and children in them as may be told."""
        return self._places(self._at_most)

    def _at_most(self, filled: float, places: float) -> Told:
        """Return children in places as may be told, where rounding makes no more of them than places."""
        shown = self.counts.shown(filled)
        return None if shown is None else int(min(shown, places))

    def filling(self, filled: float, places: float) -> str:
        """Write how full places are, as may be told."""
        if places >= self.counts.threshold and filled >= FULL * places:
            return f"{places:,.6g}, full"
        shown = self._at_most(filled, places)
        if shown is not None and shown >= places > 0:
            return f"nearly all of {places:,.6g}"
        return f"{WITHHELD if shown is None else shown} of {places:,.6g}"

    def _places(self, show: Any) -> pd.DataFrame:  # noqa: ANN401
        rows = [
            {
                "scheme_id": place.scheme.scheme_id,
                "year": year,
                "places": float(place.served.places[n]),
                "filled": show(float(place.served.filled[n]), float(place.served.places[n])),
            }
            for place in self.known
            for n, year in enumerate(self.years)
        ]
        return pd.DataFrame(rows, columns=["scheme_id", "year", "places", "filled"])

    def serves(self) -> pd.DataFrame:
        """Return whom each scheme serves in the plan's last year: by need and phase, and by area, as may be told."""
        rows = [
            {"scheme_id": place.scheme.scheme_id, "year": self.years[-1], **group, "children": told}
            for place in self.known
            for group, children in self._groups(place)
            if (told := self.counts.shown(children))
        ]
        return pd.DataFrame(
            rows, columns=["scheme_id", "year", "need", "phase", "area", "children"]
        )

    def _groups(self, place: Place) -> Iterator[tuple[Mapping[str, str], float]]:
        last = self.years[-1]
        for (need, phase), children in place.served.in_year(last, "need", "phase"):
            yield {"need": need, "phase": phase, "area": ""}, children
        for (area,), children in place.served.in_year(last, "area"):
            yield {"need": "", "phase": "", "area": area}, children

    def instead(self) -> pd.DataFrame:
        """Return where children would be if a scheme fell through and nothing else were built, as may be told."""
        rows = [
            {
                "scheme_id": place.scheme.scheme_id,
                "provision": row["provision"],
                "name": self.names.get(row["provision"]) or row["provision"],
                "kind": self.kinds.get(row["provision"], ""),
                "child_years_more": more,
            }
            for place in self.known
            for row in self._elsewhere(place)
            if (more := self.counts.change(row["having"], row["lacking"]))
        ]
        return pd.DataFrame(
            rows, columns=["scheme_id", "provision", "name", "kind", "child_years_more"]
        )

    def _elsewhere(self, place: Place) -> list[dict[str, Any]]:
        found = elsewhere(place.having, place.held)
        return [
            {str(k): v for k, v in row.items()}
            for row in found.head(ELSEWHERE_MOST).to_dict("records")
        ]

    def pairs(self) -> pd.DataFrame:
        """Return a row a pair: what it saves more together than apart."""
        rows = [
            {
                "first": self.ids[pair.first],
                "second": self.ids[pair.second],
                "why": pair.why,
                "together": pair.verdict,
                "more_together_gbp": pair.cost_gbp,
                "cost_both_gbp": self._cost(pair.programmes[True, True]),
                "cost_first_gbp": self._cost(pair.programmes[True, False]),
                "cost_second_gbp": self._cost(pair.programmes[False, True]),
                "cost_neither_gbp": self._cost(pair.programmes[False, False]),
                **{
                    f"unplaced_{name}": self._unplaced(pair.programmes[state])
                    for name, state in (
                        ("both", (True, True)),
                        ("first", (True, False)),
                        ("second", (False, True)),
                        ("neither", (False, False)),
                    )
                },
            }
            for pair in self.league.pairs
        ]
        return pd.DataFrame(rows)

    def _cost(self, programme: Programme) -> float | None:
        return programme.account.cost_gbp if programme.exists else None

    def _unplaced(self, programme: Programme) -> Told:
        return self.counts.shown(programme.account.unplaced) if programme.exists else None

    def private(self) -> dict[str, pd.DataFrame]:
        """Return the exact counts."""
        outcomes = [
            {
                "scheme_id": place.scheme.scheme_id,
                "programme": name,
                "year": year,
                **{
                    outcome: float(programme.account.outcome(outcome)[n])
                    for outcome in ("children", "unplaced", "independent", "out_of_area")
                },
            }
            for place in self.known
            for name, programme in (
                ("with", place.having),
                ("without", place.lacking),
                ("without, all else as it is", place.held),
            )
            for n, year in enumerate(self.years)
        ]
        served = [
            place.served.rows.assign(scheme_id=place.scheme.scheme_id) for place in self.known
        ]
        return {
            "option_outcomes": pd.DataFrame(outcomes),
            "option_places": self._places(lambda filled, _: filled),
            "option_serves": pd.concat(served, ignore_index=True) if served else pd.DataFrame(),
        }

"""What is said of programmes that are nearly as good as the best: a sentence, a chart of who is in which, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.charts.canvas import Words
from sufficiency.charts.grid import Grid, draw_grid
from sufficiency.evidence.alternatives.find import (
    ALWAYS,
    NEVER,
    OPEN,
    SWAPS,
    Alternative,
    Alternatives,
)
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.choices import schemes_of
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.naming import listed
from sufficiency.pounds import pounds
from sufficiency.report.parts import (
    Cell,
    Drawing,
    Section,
    Table,
    academic,
    counted,
    heading,
    in_words,
    numbers,
    stamp_line,
)

if TYPE_CHECKING:
    from sufficiency.evidence.answer import About

#: Raised when a field of the summary changes its meaning.
SCHEMA = 1
TITLES = {
    "alternatives": "Programmes near the best, and the schemes they open",
    "alternative_schemes": "What each scheme is to the programmes near the best",
}
#: Schemes in the order in which people read them: no regret first.
ORDER = {ALWAYS: 0, SWAPS: 1, OPEN: 2, NEVER: 3}


def evidence(found: Alternatives) -> Evidence:
    """Say what was found."""
    said = about(found.study.prepared, "alternatives", found.asked)
    tables = {"alternatives": programmes(found), "alternative_schemes": schemes(found)}
    return Evidence(
        about=said,
        answer=answer(found),
        section=Section(
            "alternatives",
            "Programmes nearly as good as the best",
            leads(found),
            [_programmes(found), _schemes(found)],
            notes(found),
            [_chart(found, said)],
        ),
        found=_summary(found, tables),
        tables=tables,
        titles=TITLES,
        private={"alternative_outcomes": _outcomes(found)},
        exit_code=found.exit_code,
    )


def answer(found: Alternatives) -> str:
    """Say in a sentence which schemes are no regret, and how many can be swapped."""
    always, swaps = found.having(ALWAYS), found.having(SWAPS)
    near = f"Within {found.within_pct:g}% of the best"
    if not swaps:
        return f"{near} there is no other choice of schemes: {_list(always)} in every programme."
    some = f"{counted(len(swaps), 'scheme')} can be swapped or left out: {listed(swaps)}"
    if not always:
        return f"{near} no scheme is in every programme; {some}."
    return f"{near} every programme has {listed(always)}; {some}."


def _list(ids: list[str]) -> str:
    return f"{listed(ids)} {'is' if len(ids) == 1 else 'are'}" if ids else "no scheme is"


def leads(found: Alternatives) -> list[str]:
    """Say what the programmes share, and what swaps."""
    said = []
    if always := found.having(ALWAYS):
        one = "it" if len(always) == 1 else "any one of them"
        said.append(
            f"No regret: {listed(always)}. Without {one}, no programme is within {found.within_pct:g}%."
        )
    said += [_swap(found, n, each) for n, each in enumerate(found.found) if n]
    if never := found.having(NEVER):
        said.append(f"In no programme so near: {listed(never)}.")
    return said


def _swap(found: Alternatives, number: int, each: Alternative) -> str:
    ids = _ids(found)
    best, mine = found.best.chosen, each.programme.chosen
    into, out = sorted(mine - best), sorted(best - mine)
    words = []
    if into:
        words.append(f"opens {listed([ids[k] for k in into])}")
    if out:
        words.append(f"leaves out {listed([ids[k] for k in out])}")
    return f"Programme {number + 1}, against the best, {' and '.join(words)}: {_more(found, each)}."


def _more(found: Alternatives, each: Alternative) -> str:
    more = each.programme.account.cost_gbp - found.best.account.cost_gbp
    return f"{pounds(abs(more))} {'more' if more >= 0 else 'less'} of real money over the plan"


def notes(found: Alternatives) -> list[str]:
    """Say what is proved, and what is not."""
    counts = Counts.of(found.study.prepared.case.settings)
    near = (
        f"Within {found.within_pct:g}% is of what the plan minimises: real money, the priority on placing children, "
        "and the value of time, if any is set. Programmes differ by the schemes that only one of them opens, whenever "
        "it does. Real cost is discounted; children are counted beside it, and the two are never added up."
    )
    said = [near]
    if all(each.proved for each in found.found):
        proved = (
            "Proved: each programme is within the limit and keeps every rule, and no programme within it differs by "
            "more schemes from those above it. Not claimed: that no other set of so many is farther apart taken all "
            "together."
        )
        said.append(proved)
    else:
        open_ = (
            "Proved: each programme is within the limit and keeps every rule. Not proved at this gap: that none "
            "differs more (a smaller --gap may prove it)."
        )
        said.append(open_)
    if undecided := found.having(OPEN):
        said.append(
            f"The gap leaves open whether all or none so near have {listed(undecided)}; a smaller --gap tells."
        )
    if found.ended:
        said.append(f"There are no more than {in_words(len(found.found))} choices so near.")
    return [*said, counts.note]


def _ids(found: Alternatives) -> list[str]:
    return [scheme.scheme_id for scheme in schemes_of(found.study)]


def _year(found: Alternatives, each: Alternative, position: int) -> int | None:
    t = each.programme.opens[position]
    return found.study.prepared.case.settings.base_year + t if t >= 0 else None


def programmes(found: Alternatives) -> pd.DataFrame:
    """Return a row a programme; children as may be told."""
    counts = Counts.of(found.study.prepared.case.settings)
    rows = []
    for n, each in enumerate(found.found):
        account = each.programme.account
        opens = sorted(each.programme.years.items())
        rows.append(
            {
                "programme": n + 1,
                "opens": "|".join(f"{name} {year}" for name, year in opens),
                "schemes": len(opens),
                "differs_from_best": len(each.programme.chosen ^ found.best.chosen),
                "differs_from_nearest": each.apart,
                "capital_gbp": account.capital_gbp,
                "cost_gbp": account.cost_gbp,
                "cost_more_gbp": account.cost_gbp - found.best.account.cost_gbp,
                "unplaced_child_years": counts.shown(account.unplaced),
                "independent_child_years": counts.shown(
                    float(account.outcome("independent").sum())
                ),
                "farthest_proved": "yes" if each.proved else "no",
            }
        )
    return pd.DataFrame(rows)


def schemes(found: Alternatives) -> pd.DataFrame:
    """Return a row a scheme: what it is to all programmes so near, and when it opens in each."""
    return pd.DataFrame(
        [
            {
                "scheme_id": scheme.scheme_id,
                "name": scheme.name,
                "near_the_best": found.roles[k],
                **{
                    f"programme_{n + 1}": _year(found, each, k)
                    for n, each in enumerate(found.found)
                },
            }
            for k, scheme in enumerate(schemes_of(found.study))
        ]
    ).astype({f"programme_{n + 1}": "Int64" for n in range(len(found.found))})


def _outcomes(found: Alternatives) -> pd.DataFrame:
    base = found.study.prepared.case.settings.base_year
    names = ("children", "unplaced", "independent", "out_of_area")
    return pd.DataFrame(
        [
            {"programme": n + 1, "year": base + t}
            | {name: float(each.programme.account.outcome(name)[t]) for name in names}
            for n, each in enumerate(found.found)
            for t in range(each.programme.account.ledger.shape[1])
        ]
    )


def _programmes(found: Alternatives) -> Table:
    counts = Counts.of(found.study.prepared.case.settings)
    heads = (
        "Programme",
        "Differs by",
        "Capital",
        "Real cost",
        "More than the best",
        "Without a place",
        "Independent",
        "Opens",
    )
    rows = []
    for n, each in enumerate(found.found):
        account = each.programme.account
        more = account.cost_gbp - found.best.account.cost_gbp
        independent = float(account.outcome("independent").sum())
        opens = sorted(each.programme.years.items(), key=lambda pair: (pair[1], pair[0]))
        rows.append(
            [
                heading(f"{n + 1}" if n else "1, the best"),
                *numbers(
                    [
                        f"{each.apart}" if n else "–",
                        pounds(account.capital_gbp),
                        pounds(account.cost_gbp),
                        pounds(more) if n else "–",
                        counts.text(account.unplaced),
                        counts.text(independent),
                    ]
                ),
                Cell(", ".join(f"{name} {year}" for name, year in opens) or "nothing"),
            ]
        )
    caption = (
        f"Programmes within {found.within_pct:g}% of the best: schemes by which each differs from the nearest above "
        "it, money, and child-years"
    )
    return Table(caption, heads, rows, frozenset(range(1, 7)))


def _in_order(found: Alternatives) -> list[int]:
    roles = found.roles
    return sorted(range(len(roles)), key=lambda k: (ORDER[roles[k]], k))


def _schemes(found: Alternatives) -> Table:
    heads = ["Scheme", "Of all so near", *(str(n + 1) for n in range(len(found.found))), "Name"]
    named = schemes_of(found.study)
    rows = [
        [
            heading(named[k].scheme_id),
            Cell(found.roles[k]),
            *numbers([str(_year(found, each, k) or "–") for each in found.found]),
            Cell(named[k].name),
        ]
        for k in _in_order(found)
    ]
    caption = "Which schemes each programme opens, and whether every programme so near does"
    return Table(caption, heads, rows, frozenset(range(2, 2 + len(found.found))))


def _chart(found: Alternatives, said: About) -> Drawing:
    named = schemes_of(found.study)
    order = _in_order(found)
    settings = found.study.prepared.case.settings
    title = "What nearly equal programmes share, and what they swap"
    each = "; ".join(
        f"programme {n + 1}: {', '.join(f'{i} {y}' for i, y in sorted(a.programme.years.items())) or 'nothing'}"
        for n, a in enumerate(found.found)
    )
    span = f"{academic(settings.base_year)} to {academic(settings.base_year + settings.years - 1)}"
    words = Words(
        key="alternatives",
        title=title,
        subtitle=f"Year of opening in each of {in_words(len(found.found))} programmes within {found.within_pct:g}%"
        f" of the best, {span}",
        source=f"{said.title}. {stamp_line(said.stamps)}",
        alt=f"A grid of schemes by programme. {each}.",
    )
    heads = [(str(n + 1), pounds(a.programme.account.cost_gbp)) for n, a in enumerate(found.found)]
    grid = Grid(
        words,
        [f"{named[k].scheme_id} {named[k].name}" for k in order],
        heads,
        [[_year(found, each, k) for each in found.found] for k in order],
        [0 if found.roles[k] == ALWAYS else 1 for k in order],
        ((0, "in every programme so near"), (1, "swaps")),
    )
    return Drawing("alternatives", title, words.alt, draw_grid(grid), kind="chart")


def _summary(found: Alternatives, tables: dict[str, pd.DataFrame]) -> dict[str, object]:
    settings = found.study.prepared.case.settings
    counts = Counts.of(settings)
    return {
        "schema": SCHEMA,
        "base_year": settings.base_year,
        "years": settings.years,
        "within_pct": found.within_pct,
        "programmes": [
            _plain(row) | {"schemes": dict(each.programme.years)}
            for row, each in zip(
                tables["alternatives"].to_dict("records"), found.found, strict=True
            )
        ],
        "in_every_one": found.having(ALWAYS),
        "in_some": found.having(SWAPS),
        "in_none": found.having(NEVER),
        "not_proved": found.having(OPEN),
        "no_more": found.ended,
        "counts": counts.note,
        "proved": found.proved,
        "verified": True,
    }


def _plain(row: dict[str, object] | dict[object, object]) -> dict[str, object]:
    return {str(k): None if v != v else v for k, v in row.items() if k != "opens"}  # noqa: PLR0124

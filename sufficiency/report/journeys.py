"""How far children travel, and whose journeys the plan makes longer or shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency import needs
from sufficiency.compared import NEAREST
from sufficiency.findings import ALL, BANDS
from sufficiency.report import drawings
from sufficiency.report.parts import (
    PHASE_WORDS,
    Cell,
    Section,
    Table,
    academic,
    figure,
    heading,
    is_withheld,
    numbers,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd

    from sufficiency.report.parts import Plan


def travel(plan: Plan) -> Section:
    """Lay out journeys by phase and year, and by band."""
    table = plan.published.travel
    soft = plan.context.settings.travel.soft_minutes
    told = [f"{minutes:g} for {PHASE_WORDS[phase].lower()}" for phase, minutes in soft.items()]
    guidance = f"Guidance in minutes: {', '.join(told)}."
    measures = {
        "mean_minutes": ("Mean", 1),
        "median_minutes": ("Median", 1),
        "p95_minutes": ("95% are within", 1),
        "over_45": ("Children over 45 minutes", 0),
        "over_75": ("Children over 75 minutes", 0),
    }
    rows = _by_year(
        table,
        [[figure(row[m], d) for m, (_, d) in measures.items()] for row in table.to_dict("records")],
    )
    heads = ["Year", "Phase", *(words for words, _ in measures.values())]
    whole = table[table["phase"] == ALL]
    bands = [
        [heading(academic(int(row["year"]))), *numbers(figure(row[band]) for band in BANDS)]
        for row in whole.to_dict("records")
    ]
    drawn = [drawings.bands(plan), drawings.changes(plan)]
    return Section(
        "travel",
        "How far children travel, and who gains or loses",
        [
            (
                f"Minutes are one way, from home to the place modelled. Method: {plan.summary['travel']}. "
                f"{guidance}"
            )
        ],
        [
            *_winners(plan),
            Table(
                "Journeys by year and phase, minutes one way",
                heads,
                rows,
                frozenset(range(2, 7)),
                folded=True,
            ),
            Table(
                "Children by length of journey, minutes one way, all phases",
                ["Year", *(drawings.BAND_WORDS[band] for band in BANDS)],
                bands,
                frozenset(range(1, 7)),
                folded=True,
            ),
        ],
        [*_paired(plan), withheld(plan)],
        [drawing for drawing in drawn if drawing],
    )


def _winners(plan: Plan) -> list[Table]:
    """Return who gains and who loses in the last year: by phase, and by need."""
    if plan.compared is None:
        return []
    table = plan.compared.changes
    of_year = table[table["year"] == plan.last_year]
    by_phase = [
        (PHASE_WORDS[str(row["phase"])], row)
        for row in of_year[of_year["need"] == ALL].to_dict("records")
    ]
    by_need = [
        (f"{needs.NEEDS.get(str(row['need']), str(row['need']))} ({row['need']})", row)
        for row in of_year[(of_year["phase"] == ALL) & (of_year["need"] != ALL)].to_dict("records")
    ]
    when = f"{academic(plan.last_year)}, children against building nothing"
    return [
        changes_table(
            f"Longer and shorter journeys by {what}, {when}",
            what,
            rows,
            of_year,
            folded=what == "need",
        )
        for what, rows in (("phase", by_phase), ("need", by_need))
    ]


def changes_table(
    caption: str,
    what: str,
    rows: Sequence[tuple[str, Mapping[Hashable, Any]]],
    shown: pd.DataFrame,
    *,
    folded: bool,
) -> Table:
    """Lay out who gains and who loses.

    Parameters
    ----------
    what, rows
        What heads the rows; what each is called, with what may be told of it (`compared.round_changes`).
    shown
        Tells which columns have anybody in them.
    """
    columns = [name for name in (*drawings.CHANGE_WORDS, "same") if _anybody(shown, name)]
    heads = [*(WORDS[name] for name in columns), "Shorter by, minutes", "Longer by, minutes"]
    cells = [
        [
            heading(name),
            *numbers(
                [figure(row[c]) for c in (*columns, "minutes_shorter", "minutes_longer")],
                is_total=name == PHASE_WORDS[ALL],
            ),
        ]
        for name, row in rows
    ]
    return Table(
        caption,
        [what.capitalize(), *heads],
        cells,
        frozenset(range(1, len(heads) + 1)),
        folded=folded,
    )


#: Short heads of the columns of winners and losers.
WORDS = {
    "much_shorter": "15 or more shorter",
    "shorter": "1 to 15 shorter",
    "longer": "1 to 15 longer",
    "much_longer": "15 or more longer",
    "gained": "A place, not none",
    "lost": "No place, not one",
    "same": "Much the same",
}


def _anybody(table: pd.DataFrame, column: str) -> bool:
    """Whether anybody is in a column that is only shown if so."""
    always = column not in ("gained", "lost")
    return always or any(is_withheld(value) or value > 0 for value in table[column])


#: How longer and shorter journeys are reckoned.
PAIRED = (
    "Longer and shorter: children alike in home, need and age are paired so that as few as possible change. "
    f"Their numbers are estimates, rounded to the nearest {NEAREST}; a mean is given of ten children or more."
)


def _paired(plan: Plan) -> list[str]:
    return [] if plan.compared is None else [PAIRED]


def _by_year(table: pd.DataFrame, values: list[list[str]]) -> list[list[Cell]]:
    """Head rows by year and phase, the year once for all its phases."""
    rows: list[list[Cell]] = []
    years = table["year"].astype(int).tolist()
    for n, (year, phase) in enumerate(zip(years, table["phase"], strict=True)):
        new = n == 0 or years[n - 1] != year
        first = [heading(academic(year), "rowgroup", years.count(year))] if new else []
        rows.append(
            [*first, heading(PHASE_WORDS[phase]), *numbers(values[n], is_total=phase == ALL)]
        )
    return rows

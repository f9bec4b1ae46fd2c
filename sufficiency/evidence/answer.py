"""What a command found, once: for the console, for machines, for a folder, and as a section of the report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sufficiency import __version__
from sufficiency.console import paragraph, table_text
from sufficiency.report.parts import Paper, academic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from sufficiency.report.parts import Figure, Section, Table
    from sufficiency.run import Prepared

#: Options that change how a command works, and not what it finds.
NOT_ASKED = ("case", "plans", "kept", "workers", "cluster")


@dataclass(frozen=True)
class About:
    """What every product of a command says of where it comes from.

    Attributes
    ----------
    command, title, period, notice
        The command; the case's title; the years; what every reader must know first, or "".
    stamps
        Label and value of what every table carries: run, date of the data, threshold, version.
    inputs
        Hash of every input of the case.
    asked
        The options that bear on what is found.
    others
        Hashes of the inputs of other cases that it is of just as much: of every plan that is compared.
    """

    command: str
    title: str
    period: str
    notice: str
    stamps: Mapping[str, str]
    inputs: Mapping[str, str]
    asked: Mapping[str, object] = field(default_factory=dict)
    others: Sequence[Mapping[str, str]] = ()


def about(prepared: Prepared, command: str, asked: Mapping[str, object]) -> About:
    """Return what a command's products say of the case and of what was asked."""
    from sufficiency.skipping import sentence, tally

    settings = prepared.case.settings
    wanted = {
        name: value
        for name, value in asked.items()
        if name not in NOT_ASKED and value not in (None, False, ())
    }
    inputs = dict(prepared.case.inputs)
    basis = {"command": command, "inputs": inputs, "asked": wanted, "version": __version__}
    run = hashlib.sha256(json.dumps(basis, sort_keys=True, default=str).encode()).hexdigest()[:12]
    last = settings.base_year + settings.years - 1
    gone = sentence(tally(prepared.left_out))
    return About(
        command=command,
        title=settings.title,
        period=f"{academic(settings.base_year)} to {academic(last)}",
        notice=f"{settings.notice} {gone}".strip(),
        stamps={
            "Run": run,
            "Data": settings.data_date or f"academic year {academic(settings.base_year)}",
            "Counts withheld": f"under {settings.disclosure.threshold}",
            "Version": f"sufficiency {__version__}",
        },
        inputs=inputs,
        asked=wanted,
    )


@dataclass(frozen=True)
class Evidence:
    """What a command found.

    Attributes
    ----------
    answer
        The finding, in a sentence.
    section
        What people read of it, wherever they read it: paragraphs, drawings, tables, notes.
    found
        The same for machines; `summary` adds where it comes from.
    tables, titles
        Tables that anyone may see, by the name of their file, and what they are called.
    private
        Exact tables, for whoever runs it.
    figures
        Headline figures.
    exit_code
        0, or 5 when something is not proved.
    page
        A page of its own design, instead of one of `paper`; "" for none.
    """

    about: About
    answer: str
    section: Section
    found: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    private: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    exit_code: int = 0
    page: str = ""

    @property
    def summary(self) -> dict[str, object]:
        """What `summary.json` holds, for machines."""
        said = self.about
        return {
            "command": said.command,
            "title": said.title,
            "period": said.period,
            "answer": self.answer,
            **self.found,
            "asked": dict(said.asked),
            "run_id": said.stamps.get("Run", ""),
            "inputs_sha256": dict(said.inputs),
            "sufficiency": __version__,
        }

    @property
    def paper(self) -> Paper:
        """What a page of its own says."""
        said = self.about
        return Paper(
            title=said.title,
            period=said.period,
            notice=said.notice,
            answer=self.answer,
            explained="",
            figures=self.figures,
            sections=[self.section],
            stamps=said.stamps,
            name=f"evidence: {self.section.title[:1].lower()}{self.section.title[1:]}",
        )

    def text(self, columns: int) -> str:
        """Return what people read on a console so wide."""
        said = [self.answer, *self.section.lead]
        parts = [paragraph(words, columns) for words in said if words]
        shown = [table for table in self.section.tables if table.rows and not table.folded]
        parts += [_written(table, columns) for table in shown]
        parts += [paragraph(words, columns) for words in self.section.notes]
        return "\n\n".join(parts)


def _written(table: Table, columns: int) -> str:
    """Write a table under its caption; the headings of a group of rows stand in each of them."""
    rows: list[dict[str, str]] = []
    above: list[str] = []
    for cells in table.rows:
        texts = [cell.text for cell in cells]
        missing = len(table.heads) - len(texts)
        texts = above[:missing] + texts
        rows.append(dict(zip(_distinct(table.heads), texts, strict=True)))
        above = texts
    numeric = {_distinct(table.heads)[n] for n in table.numeric}
    return f"{paragraph(table.caption, columns)}\n{table_text(rows, columns, numeric)}"


def _distinct(heads: Sequence[str]) -> list[str]:
    """Return headings, of which no two are the same: blanks are added, which nobody sees."""
    return [head + " " * heads[:n].count(head) for n, head in enumerate(heads)]

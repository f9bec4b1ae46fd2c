"""Questions that people ask, each with a command; and the columns of what commands write, each with its meaning."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from sufficiency.output_tables import TABLES
from sufficiency.outputs import MEANINGS, NEAREST
from tests import guide
from tests.guide import PAGES
from tests.plans import invoke
from tests.worked import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

PAGE = PAGES["questions.md"].read_text(encoding="utf-8")
#: Each question with what stands under it.
QUESTIONS = {
    part.partition("\n")[0]: part.partition("\n")[2].partition("\n## ")[0]
    for part in PAGE.split("\n### ")[1:]
}
#: How an answer begins that another question's command gives.
SAME = re.compile(r"^The same (command|plan)\b", re.MULTILINE)
#: The pages that say more, which the questions must lead to.
MORE = ("planners.md", "transport.md", "authors.md", "uncertainty.md", "studio.md", "maps.md")


def test_every_question_has_a_command() -> None:
    assert len(QUESTIONS) >= 40
    above = False
    for question, answer in QUESTIONS.items():
        assert question.endswith("?")
        given = guide.commands(answer)
        assert given or (above and SAME.search(answer)), question
        above = bool(given) or above


def test_every_command_answers_a_question() -> None:
    asked = {guide.named(line) for line in guide.commands(PAGE)}
    assert {name for name, _ in guide.tree()} <= asked


def test_the_pages_that_say_more_are_led_to() -> None:
    assert all(f"]({page}" in PAGE for page in MORE)


def test_every_column_has_a_meaning_and_none_is_left_over() -> None:
    used = set()
    for table in TABLES:
        assert all(table.meaning(name) for name in table.names)
        assert set(table.own) <= set(table.names), table.file
        used |= {name for name in table.names if name not in table.own}
    assert set(MEANINGS) <= used | {name.removesuffix(NEAREST) for name in used}


#: What is asked to see every table that is written.
ASKED: tuple[tuple[str, str], ...] = (
    ("compare", ""),
    ("options", "--pairs 1 --workers 1"),
    ("programme", "--lead-months 18"),
    ("frontier", "--budgets 0,2.8m --nested --hours 0,10 --workers 1"),
    ("alternatives", "--count 2 --workers 1"),
    ("shortage", ""),
    ("claim", ""),
    ("futures", "--futures 2 --workers 1"),
    ("stress", "--test fees --workers 1"),
    ("stepdowns", ""),
    ("explain", ""),
    ("explain", "--scheme B2"),
    ("explain", "--provision SP-LINWOOD"),
    ("explain", "--need SEMH --phase primary"),
    ("value", "--places 1 --provision SP-LINWOOD --workers 1"),
    ("fairness", "--hours 10 --workers 1"),
    ("dashboard", ""),
)


@pytest.mark.slow
def test_every_published_table_and_column_is_told(tmp_path: Path) -> None:
    """A case with bids has them all: what each command writes is what is declared, column by column."""
    case, plan = EXAMPLES / "bcp", tmp_path / "plan"
    assert invoke("plan", case, "--out", plan, "--tables-only").exit_code == 0
    written = {("plan", path.stem): heads(path) for path in plan.glob("*.csv")}
    for n, (command, options) in enumerate(ASKED):
        of = {"claim": case / "claims.toml", "compare": plan, "dashboard": plan}.get(command, case)
        out = tmp_path / str(n)
        done = invoke(command, of, *options.split(), "--out", out)
        assert done.exit_code == 0, done.output
        for path in out.glob("*.csv"):
            written[command, _named(command, path.stem, options)] = heads(path)
    declared = {(table.command, table.file): table.names for table in TABLES}
    assert declared == written


def _named(command: str, stem: str, options: str) -> str:
    """Return a table's name as it is declared: one of `explain` says for which question it is."""
    asked = ", ".join(word for word in options.split() if word.startswith("--"))
    if command != "explain" or not asked:
        return stem
    return f"{stem} ({'--need, --phase, --area' if '--need' in asked else asked})"


def heads(path: Path) -> list[str]:
    """Return the names of a CSV file's columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))

"""The commands of evidence, a row each: what the command line makes of them, without importing what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sufficiency.evidence.answer import Evidence
    from sufficiency.options import Option
    from sufficiency.progress import Progress

#: Exit code of a plan stopped, or solved, short of its proof.
NOT_PROVED = 5


@dataclass(frozen=True)
class Command:
    """A command that finds evidence for a decision.

    Attributes
    ----------
    find
        Given what is asked, and whom to tell how far it is. Asked are what it `takes`, the options by name,
        `skip_bad_rows`, and `kept`: where answers of many runs are kept, or None.
    long
        Whether it makes so many runs that it must have a folder to go on from when it is interrupted.
    takes
        What it is asked of: a "case", "plans" (folders of finished ones), or a "file".
    """

    name: str
    help: str
    options: tuple[Option, ...]
    find: Callable[[Mapping[str, Any], Progress], Evidence]
    long: bool = False
    takes: Literal["case", "plans", "file"] = "case"

    def answer(self, asked: Mapping[str, Any], out: Path | None, progress: Progress) -> Evidence:
        """Find what is asked, and write it to a folder if there is to be one.

        Raises
        ------
        UsageError
            When the folder holds something else, or there must be one.
        """
        from sufficiency.evidence.folder import opened, write_evidence

        if self.long and not out:
            raise UsageError(
                "give --out: runs are kept there, to go on from if this is interrupted"
            )
        if not out:
            return self.find({**asked, "kept": None}, progress)
        with opened(out, self.name) as kept:
            found = self.find({**asked, "kept": kept}, progress)
            progress.step("writing")
            write_evidence(out, found)
        return found


def _rows() -> tuple[Command, ...]:
    from sufficiency.evidence.rows import (
        alternatives,
        claim,
        compare,
        dashboard,
        explain,
        fairness,
        frontier,
        futures,
        options,
        programme,
        shortage,
        stepdowns,
        stress,
        value,
    )

    return (
        compare.ROW,
        options.ROW,
        programme.ROW,
        frontier.ROW,
        alternatives.ROW,
        shortage.ROW,
        claim.ROW,
        futures.ROW,
        stress.ROW,
        stepdowns.ROW,
        explain.ROW,
        value.ROW,
        fairness.ROW,
        dashboard.ROW,
    )


#: Every command, in the order of use.
COMMANDS = _rows()

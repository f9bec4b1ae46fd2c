"""The work in hand: the scenario, the steps that led to it, and why an edit of it may be refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sufficiency.errors import SufficiencyError, UsageError
from sufficiency.scenario import digest, from_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Steps back that are kept.
STEPS_KEPT = 200


class StaleError(UsageError):
    """Somebody else, in another tab, has edited since."""


class RefusedError(UsageError):
    """An edit that the case's own checks refuse; nothing was changed."""

    def __init__(self, words: str, faults: list[dict[str, Any]]) -> None:
        super().__init__(words)
        self.faults = faults


@dataclass(frozen=True)
class Step:
    """A state of the work in hand, and what led to it."""

    plain: dict[str, Any]
    name: str = ""
    words: str = ""


@dataclass
class Work:
    """The scenario in hand and its history."""

    steps: list[Step] = field(default_factory=lambda: [Step({})])
    at: int = 0
    revision: int = 0

    @property
    def now(self) -> Step:
        """The step that is shown."""
        return self.steps[self.at]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Work:
        """Return the work as it was kept; as it begins where there is none."""
        steps = [Step(**step) for step in kept.get("steps", [])]
        return cls(steps, int(kept["at"]), int(kept["revision"])) if steps else cls()

    def kept(self) -> dict[str, Any]:
        """Return it in plain values."""
        steps = [dict(vars(step)) for step in self.steps]
        return {"steps": steps, "at": self.at, "revision": self.revision}

    def go_on(self, step: Step) -> None:
        """Add a step after this one; what was undone is gone."""
        self.steps = [*self.steps[: self.at + 1], step][-STEPS_KEPT:]
        self.at = len(self.steps) - 1
        self.revision += 1


def key_of(plain: Mapping[str, Any]) -> str:
    """Return which differences these are."""
    return digest(from_plain(plain))


def plain_error(error: BaseException) -> str:
    """Return an error of a solve in plain words."""
    if isinstance(error, SufficiencyError) and error.exit_code != 1:
        return f"{str(error)[:1].upper()}{str(error)[1:]}."
    return (
        "The solver failed. The figures are those of the last plan that was found; "
        "try another change, or solve again."
    )

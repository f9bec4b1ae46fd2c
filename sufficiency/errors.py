"""What can go wrong, as a short tree; the command line makes each a sentence and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.faults import Fault


class SufficiencyError(Exception):
    """Anything the user can do something about. ``exit_code`` is the process's answer."""

    exit_code = 1
    #: Whether its words never quote a table, so that they may be printed even where it is a bug.
    quotes_nothing = False


class UsageError(SufficiencyError):
    """The command was given something it cannot work with (a folder that is not a case, say)."""

    exit_code = 2


class FetchError(SufficiencyError):
    """Something could not be got from the internet; nothing was written."""

    exit_code = 2


class CaseError(SufficiencyError):
    """The case has errors; all of them are in ``faults``."""

    exit_code = 3

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = sum(fault.is_error for fault in faults)
        super().__init__(f"the data has {errors} error{'s' if errors != 1 else ''}")
        self.faults = tuple(faults)


class NoPlanError(SufficiencyError):
    """No plan meets the rules, or none was found before the limit."""

    exit_code = 4


class VerificationError(SufficiencyError):
    """The answer does not add up when recomputed without the solver: a bug of ours."""

    exit_code = 1


class DisclosureError(SufficiencyError):
    """An output asked for by name would disclose small numbers."""

    exit_code = 6

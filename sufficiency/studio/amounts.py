"""Numbers as people type or paste them, and numbers of places scaled."""

from __future__ import annotations

import math
import re

from sufficiency.errors import UsageError

#: What may stand behind a number, and what it is worth.
TIMES = {"": 1.0, "k": 1e3, "m": 1e6, "million": 1e6, "%": 1.0}
NUMBER = re.compile(
    r"(?P<sign>-?)£?(?P<digits>\d[\d,\s]*(\.\d+)?|\.\d+)\s*(?P<times>k|m|million|%)?"
)


def amount(given: object, called: str) -> float | None:
    """Read a number: ``£1,200,000``, ``1.2m``, ``34 ``; None for a blank.

    Raises
    ------
    UsageError
        When it is none.
    """
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise UsageError(f"{called}: give a number")
    if isinstance(given, int | float):
        number = float(given)
    else:
        found = NUMBER.fullmatch(given.strip().lower().replace("\u00a0", " "))
        if not found:
            raise UsageError(f"{called}: give a number, such as 34, 1,200,000 or 1.2m")
        digits = re.sub(r"[,\s]", "", found["digits"])
        number = float(found["sign"] + digits) * TIMES[found["times"] or ""]
    if not math.isfinite(number) or abs(number) > 1e12:
        raise UsageError(f"{called}: the number is too large")
    return number


def needed(given: object, called: str) -> float:
    """Read a number that may not be blank.

    Raises
    ------
    UsageError
        When there is none.
    """
    number = amount(given, called)
    if number is None:
        raise UsageError(f"{called}: give a number")
    return number


def shared(total: float, parts: list[float]) -> list[float]:
    """Split a total over parts in their proportions; whole if the total is, so that they add up to it exactly."""
    whole = float(sum(parts))
    if not whole:
        return [total / len(parts) for _ in parts] if parts else []
    exact = [total * part / whole for part in parts]
    if total != int(total):
        return exact
    floors = [math.floor(share) for share in exact]
    left = int(total) - sum(floors)
    most = sorted(range(len(parts)), key=lambda n: (floors[n] - exact[n], n))
    return [float(share + (n in most[:left])) for n, share in enumerate(floors)]


def in_proportion(value: float, factor: float) -> float:
    """Return a number times a factor, whole if the number was."""
    return float(math.floor(value * factor + 0.5)) if value == int(value) else value * factor

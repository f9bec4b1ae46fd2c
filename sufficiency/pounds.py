"""Pounds in words: one place for how every page, table and sentence writes money, in units that fit the amount."""

from __future__ import annotations

#: A difference of fewer pounds is none.
SAME_GBP = 500.0


def money(gbp: float, *, short: bool = True) -> str:
    """Write pounds: to three figures in millions or thousands, or whole."""
    if not short or abs(gbp) < 1_000:
        return f"£{gbp:,.0f}"
    if abs(gbp) < 999_500:
        return f"£{gbp / 1_000:,.0f}k"
    return f"£{gbp / 1e6:,.2f}m" if abs(gbp) < 1e7 else f"£{gbp / 1e6:,.1f}m"


def pounds(gbp: float) -> str:
    """Write pounds as `money` does; less than nought with a minus sign that reads as one."""
    return f"−{money(-gbp)}" if gbp < 0 and round(gbp) else money(abs(gbp))


def near(gbp: float) -> int:
    """Round pounds to a hundred, or whole where they are few: to the penny, they would measure one child's journey."""
    return int(round(gbp, -2)) if abs(gbp) >= 1000 else round(gbp)


def hundreds(gbp: float) -> str:
    """Write pounds as `near` rounds them: "£31,200"."""
    return f"{'−' if gbp < -0.5 else ''}£{abs(near(gbp)):,.0f}"


def in_full(gbp: float) -> str:
    """Write pounds in a sentence: "£1.2 million", "£31,400"."""
    return f"£{gbp / 1e6:,.1f} million" if gbp >= 999_500 else f"£{gbp:,.0f}"


def briefly(gbp: float) -> str:
    """Write a round amount with no more digits than it has, as on an axis: "£1.5m", "£250k"."""
    if abs(gbp) < 1_000:
        return f"£{gbp:,.6g}"
    return f"£{gbp / 1e6:,.6g}m" if abs(gbp) >= 1e6 else f"£{gbp / 1e3:,.6g}k"


def saves(gbp: float) -> str:
    """Write what is saved, or what more is spent, so that no sign must tell it."""
    if abs(gbp) < 1:
        return "nothing"
    return f"saves {money(gbp)}" if gbp > 0 else f"costs {money(-gbp)} more"


def less_or_more(before: float, after: float) -> str:
    """Write how much less or more money is spent: in words, so that no sign or colour must tell it."""
    if abs(after - before) < SAME_GBP:
        return "the same"
    return f"{money(abs(after - before))} {'less' if after < before else 'more'}"

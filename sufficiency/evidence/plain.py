"""Money and rows in the words that findings on schemes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.report.parts import money

if TYPE_CHECKING:
    import pandas as pd


def pounds(gbp: float) -> str:
    """Write pounds, to three figures; less than nought with a minus sign that reads as one."""
    return f"−{money(-gbp)}" if gbp < 0 and round(gbp) else money(abs(gbp))


def saves(gbp: float) -> str:
    """Write what is saved, or what more is spent, so that no sign must tell it."""
    if abs(gbp) < 1:
        return "nothing"
    return f"saves {money(gbp)}" if gbp > 0 else f"costs {money(-gbp)} more"


def plain_rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return a table's rows for machines: nothing where a cell is empty."""
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    return [{k: None if v is None or v != v else v for k, v in row.items()} for row in rows]  # noqa: PLR0124

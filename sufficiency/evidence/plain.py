"""Rows of tables for machines, as findings on schemes share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def plain_rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return a table's rows for machines: nothing where a cell is empty."""
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    return [{k: None if v is None or v != v else v for k, v in row.items()} for row in rows]  # noqa: PLR0124

"""Put tables into a case's folder: all of them or none, and never over others unless asked."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sufficiency.errors import UsageError
from sufficiency.tables import TABLES
from sufficiency.write import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

SETTINGS = "case.toml"


def put_tables(
    folder: Path, tables: Mapping[str, pd.DataFrame], *, title: str, base_year: int, replace: bool
) -> list[Path]:
    """Write tables as CSV files of the case in `folder`, which is made if it is not there.

    Parameters
    ----------
    tables
        By name; declared columns only, in the declared order.
    title, base_year
        For the `case.toml` that a new folder gets; one that is there is left alone.
    replace
        Whether tables that are there already may be replaced.

    Returns
    -------
    The files written, in order.

    Raises
    ------
    UsageError
        When a table is there already and `replace` is not asked, or `folder` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; give a folder to --out")
    finals = {name: folder / f"{name}.csv" for name in tables}
    there = [path.name for path in finals.values() if path.exists()]
    if there and not replace:
        raise UsageError(f"{folder} has {', '.join(there)} already; say --replace to replace them")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tables-", dir=folder) as drafts:
        for name, table in tables.items():
            columns = [column for column in TABLES[name].names if column in table.columns]
            write_csv(Path(drafts) / f"{name}.csv", table[columns])
        if not (folder / SETTINGS).exists():
            (folder / SETTINGS).write_text(_settings(title, base_year), "utf-8")
        for name, final in finals.items():
            (Path(drafts) / f"{name}.csv").replace(final)
    return list(finals.values())


def _settings(title: str, base_year: int) -> str:
    """Return the `case.toml` of a new case; what it does not name has its default."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'title = "{quoted}"\nbase_year = {base_year}\nyears = 7\n'

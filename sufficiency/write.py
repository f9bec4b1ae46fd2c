"""Write a run's folder: everything or nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The file that marks a folder as a run of ours, which a later run may replace.
RECORD = "run.json"
#: A cell that begins so would be taken for a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")


def check_target(out: Path) -> None:
    """Refuse a folder that holds something other than an earlier run.

    Raises
    ------
    UsageError
        When `out` is a file, or a folder with other things in it.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder to --out")
    if out.is_dir() and any(out.iterdir()) and not (out / RECORD).is_file():
        raise UsageError(f"{out} holds something else than a plan; give another folder to --out")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write in; it takes the place of `out` only when all went well."""
    check_target(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())
        _put_in_place(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _umask() -> int:
    """Return what the user's new folders are not to allow; a temporary one allows its owner only."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _put_in_place(draft: Path, out: Path) -> None:
    if not out.exists():
        draft.replace(out)
        return
    old = draft.with_name(f"{draft.name}-old")
    out.replace(old)
    try:
        draft.replace(out)
    except OSError:
        old.replace(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table as UTF-8 with a byte order mark (for Excel), the same bytes for the same table.

    Text that a spreadsheet would take for a formula gets a quote in front.
    """
    shown = table.copy()
    for column in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[column]):
            shown[column] = shown[column].map(harmless)
    shown.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", float_format=_number)


def harmless(value: object) -> object:
    """Return text that no spreadsheet takes for a formula, nor for a row of its own; anything else as it is."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return _plain(value) if isinstance(value, float) else value


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write a record as indented UTF-8 JSON."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(f"{text}\n", "utf-8", newline="\n")


def _number(value: object) -> str:
    """Write a number without a tail of noughts, and never as an exponent."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _plain(value: float) -> str:
    return "" if value != value else _number(value)  # noqa: PLR0124

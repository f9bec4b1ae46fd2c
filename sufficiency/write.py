"""Write a run's folder: everything or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.errors import UsageError
from sufficiency.safe import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The file that marks a folder as a run of ours, which a later run may replace.
RECORD = "run.json"
#: Where a run keeps what only the analyst may see.
PRIVATE = "private"
#: Where a run lists the files that it wrote: the public ones, the private ones.
LISTS = (RECORD, f"{PRIVATE}/written.json")
#: Files that a computer leaves in a folder that somebody has looked at.
BY_ITSELF = ("Thumbs.db", "desktop.ini", ".DS_Store")


def check_target(out: Path) -> None:
    """Refuse a folder that holds something other than an earlier run as it was written.

    Raises
    ------
    UsageError
        When `out` is a file, a folder with other things in it, or a run to which somebody added a file, or of
        which somebody changed one: a paper that an officer has edited is not ours to throw away.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder to --out")
    if out.is_dir() and any(out.iterdir()) and not (out / RECORD).is_file():
        raise UsageError(f"{out} holds something else than a plan; give another folder to --out")
    if out.is_dir() and (theirs := _not_ours(out)):
        more = f" and {len(theirs) - 3} more" if len(theirs) > 3 else ""
        raise UsageError(
            f"{out} holds files that were added or changed after the plan was written "
            f"({', '.join(theirs[:3])}{more}); move them away, or give another folder to --out"
        )


def _not_ours(out: Path) -> list[str]:
    """Return the files of a run's folder that are not as the run wrote them."""
    written: dict[str, str] = {}
    for name in LISTS:
        try:
            kept = json.loads((out / name).read_text("utf-8")) if (out / name).is_file() else {}
            written |= kept.get("files") or {}
        except (OSError, ValueError, AttributeError, TypeError):
            return [name]
    if not written:
        return []  # by a version that kept no list
    return [name for name, digest in _files(out).items() if written.get(name) != digest]


def _files(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a run's folder, but of the lists, and of what computers add by themselves."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
        if (name := path.relative_to(folder).as_posix()) not in LISTS and path.name not in BY_ITSELF
    }


def _list_files(folder: Path) -> None:
    """Write down which files a run wrote, so that a later one knows whose they are.

    The hash of a private file stays private: whoever guesses its few hidden counts could try them against it.
    """
    if not (folder / RECORD).is_file():
        return
    files = _files(folder)
    private = {name: digest for name, digest in files.items() if name.startswith(f"{PRIVATE}/")}
    public = {name: digest for name, digest in files.items() if name not in private}
    record = json.loads((folder / RECORD).read_text("utf-8"))
    write_json(folder / RECORD, record | {"files": public})
    if private:
        write_json(folder / LISTS[1], {"files": private})


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write in; it takes the place of `out` only when all went well."""
    check_target(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield draft
        _list_files(draft)
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
            shown[column] = shown[column].map(_cell)
    shown.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", float_format=_number)


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula, nor a number for an exponent."""
    return _plain(value) if isinstance(value, float) else harmless(value)


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

"""The folder of a command: it grows while a command of many runs works, and its files are there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.documents.columns import Sheet, labelled
from sufficiency.errors import UsageError
from sufficiency.report.parts import Cell, Drawing, Section, Table
from sufficiency.safe import plain, plain_all
from sufficiency.write import BY_ITSELF, write_csv, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sufficiency.evidence.answer import Evidence

#: Exact, for whoever runs it: the answer of every run, from which an interrupted command goes on.
PRIVATE, RUNS = "private", "runs"
#: In the private folder: which command the folder is of, and the hash of each file that it wrote.
RECORD = "evidence.json"
#: What people read of the findings, for the report of a plan; what machines read.
SECTION, SUMMARY, WORKBOOK = "section.json", "summary.json", "tables.xlsx"
#: Letters of the name of a sheet to which an end is added.
MOST_TAB = 28


def open_folder(out: Path, command: str) -> Path:
    """Make a folder ready, new or from an earlier run of the same command; return where runs are kept.

    Raises
    ------
    UsageError
        When `out` is a file, or holds something that this command did not write there.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder to --out")
    if theirs := _not_ours(out, command):
        raise UsageError(
            f"{out} holds something else ({', '.join(theirs[:3])}); give another folder to --out"
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / PRIVATE).mkdir(mode=0o700, exist_ok=True)
    record = _recorded(out)
    _record(out, command, record.get("files") or {}, record.get(PRIVATE) or {})
    return out / PRIVATE / RUNS


@contextmanager
def opened(out: Path, command: str) -> Iterator[Path]:
    """Give where runs are kept in a folder made ready (`open_folder`), of which nothing is left if nothing comes of it.

    What was there before stays, and so does a folder with answers in it to go on from.
    """
    new = [folder for folder in (out, *out.parents) if not folder.exists()]
    was = out.is_dir() and (out / PRIVATE).exists()
    kept = open_folder(out, command)
    try:
        yield kept
    except BaseException:
        files = {path.name for path in (out / PRIVATE).rglob("*") if path.is_file()}
        if not was and files <= {RECORD}:
            shutil.rmtree(out / PRIVATE)
            with suppress(OSError):  # somebody put something else there meanwhile
                for folder in new:
                    folder.rmdir()
        raise


def _not_ours(out: Path, command: str) -> list[str]:
    """Return what a folder holds that this command did not write, or that somebody changed since."""
    if not out.is_dir():
        return []
    names = sorted(path.name for path in out.iterdir() if path.name not in BY_ITSELF)
    if not names:
        return []
    record = _recorded(out)
    if record.get("command") != command:
        return names
    written = record.get("files") or {}
    return [
        name
        for name in names
        if name != PRIVATE
        and (not (out / name).is_file() or _hash(out / name) != written.get(name))
    ]


def _recorded(out: Path) -> dict[str, Any]:
    try:
        record = json.loads((out / PRIVATE / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _record(out: Path, command: str, files: Mapping[str, str], private: Mapping[str, str]) -> None:
    """Note which files the command wrote, and which of its own in the private folder."""
    said = {"command": command, "files": dict(files), PRIVATE: dict(private)}
    with tempfile.TemporaryDirectory(dir=out / PRIVATE) as draft:
        write_json(Path(draft) / RECORD, said)
        (Path(draft) / RECORD).replace(out / PRIVATE / RECORD)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_evidence(out: Path, found: Evidence) -> None:
    """Write what a command found to its folder: made in full before the first file takes its place."""
    command = found.about.command
    found = replace(found, tables={k: t for k, t in found.tables.items() if len(t.columns)})
    with tempfile.TemporaryDirectory(dir=out / PRIVATE) as name:
        draft = Path(name)
        for file, content in _files(found).items():
            (draft / file).write_bytes(content)
        for key, table in found.tables.items():
            write_csv(draft / f"{key}.csv", table)
        write_json(draft / SUMMARY, found.summary)
        made = sorted(draft.iterdir())
        new = {path.name: _hash(path) for path in made}
        record = _recorded(out)
        old, private = record.get("files") or {}, record.get(PRIVATE) or {}
        _record(out, command, old | new, private)
        for path in made:
            path.replace(out / path.name)
        for stale in old.keys() - new.keys():
            (out / stale).unlink(missing_ok=True)
        _record(out, command, new, private)
        _write_private(out / PRIVATE, draft, found)


def _write_private(private: Path, draft: Path, found: Evidence) -> None:
    """Write the exact tables; those of an answer before that this one does not have go, unless changed since."""
    record = _recorded(private.parent)
    for key, table in found.private.items():
        write_csv(draft / f"{key}.csv", table)
    new = {f"{key}.csv": _hash(draft / f"{key}.csv") for key in found.private}
    for name, known in (record.get(PRIVATE) or {}).items():
        if name not in new and (private / name).is_file() and _hash(private / name) == known:
            (private / name).unlink()
    for name in new:
        (draft / name).replace(private / name)
    _record(private.parent, found.about.command, record.get("files") or {}, new)


def _files(found: Evidence) -> dict[str, bytes]:
    """Return the page, the workbook, the drawings and the section, by the name of their file."""
    from sufficiency.documents.tables_book import write_tables
    from sufficiency.report.page import render_page

    paper = plain_all(found.paper)
    made = {f"{found.about.command}.html": (found.page or render_page(paper)).encode()}
    if listed := sheets(found.tables, found.titles):
        made[WORKBOOK] = write_tables(paper, listed)
    for drawing in found.section.drawings:
        made[f"{drawing.key}.svg"] = plain(drawing.svg).encode()
    saved = {
        "command": found.about.command,
        "answer": found.answer,
        "inputs": [dict(inputs) for inputs in (found.about.inputs, *found.about.others)],
        "run_id": found.about.stamps.get("Run", ""),
        "section": asdict(found.section),
        "titles": {key: found.titles.get(key, "") for key in found.tables},
    }
    made[SECTION] = f"{json.dumps(saved, indent=1, ensure_ascii=False, default=sorted)}\n".encode()
    return made


def sheets(tables: Mapping[str, pd.DataFrame], titles: Mapping[str, str]) -> list[Sheet]:
    """Return tables as sheets of a workbook; those of nothing are left out."""
    return [
        labelled(key, table, {}, titles.get(key, "")) for key, table in tables.items() if len(table)
    ]


@dataclass(frozen=True)
class Saved:
    """The findings of a command, as its folder has them.

    Attributes
    ----------
    inputs
        Hash of every input of the case, or of each of the cases, that it was asked of.
    """

    command: str
    answer: str
    run_id: str
    inputs: Sequence[Mapping[str, str]]
    section: Section
    sheets: tuple[Sheet, ...]


def read_evidence(folder: Path) -> Saved:
    """Read the findings of a command from its folder.

    Raises
    ------
    UsageError
        When there are none.
    """
    try:
        saved = json.loads((folder / SECTION).read_text("utf-8"))
        tables = {
            key: pd.read_csv(folder / f"{key}.csv", encoding="utf-8-sig") for key in saved["titles"]
        }
        section = _section(saved["section"])
        section = replace(section, lead=[str(saved["answer"]), *section.lead])
        made = tuple(
            Sheet(
                _sheet_key(str(saved["command"]), sheet.key),
                sheet.title,
                sheet.columns,
                sheet.table,
                sheet.notes,
            )
            for sheet in sheets(tables, saved["titles"])
        )
        command, answer, run_id = (str(saved[name]) for name in ("command", "answer", "run_id"))
        inputs = [dict(one) for one in saved["inputs"]]
        return Saved(command, answer, run_id, inputs, section, made)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{folder} holds no findings of a command (options, frontier, value ...)"
        ) from error


def _sheet_key(command: str, key: str) -> str:
    """Return what a sheet is called among those of a plan: after its command, unless it begins so."""
    return key if key.startswith(command.removesuffix("s")) else f"{command} {key}"


def _section(plain_values: Mapping[str, Any]) -> Section:
    drawings = [
        Drawing(**{**drawing, "table": _table(drawing["table"]) if drawing["table"] else None})
        for drawing in plain_values["drawings"]
    ]
    tables = list(map(_table, plain_values["tables"]))
    return Section(**{**plain_values, "drawings": drawings, "tables": tables})


def _table(plain_values: Mapping[str, Any]) -> Table:
    rows = [[Cell(**cell) for cell in row] for row in plain_values["rows"]]
    return Table(**{**plain_values, "rows": rows, "numeric": frozenset(plain_values["numeric"])})


def read_all(folders: Sequence[Path], inputs: Mapping[str, str]) -> Iterator[Saved]:
    """Yield the findings of several folders, all of one case; each section says where it is from.

    Raises
    ------
    UsageError
        When a folder holds none, or those of other data.
    """
    of_command: dict[str, int] = {}
    for folder in folders:
        saved = read_evidence(folder)
        if dict(inputs) not in saved.inputs:
            raise UsageError(
                f"the findings in {folder} are of other data than this case; run "
                f"sufficiency {saved.command} again"
            )
        count = of_command[saved.command] = of_command.get(saved.command, 0) + 1
        yield _apart(_stamped(saved), f"-{count}" if count > 1 else "")


def _stamped(saved: Saved) -> Saved:
    """Return findings whose section says which run of which command they are of; tables of nothing are left out."""
    note, found = f"Found by sufficiency {saved.command}, run {saved.run_id}.", saved.section
    tables = [table for table in found.tables if table.rows]
    return replace(saved, section=replace(found, tables=tables, notes=[*found.notes, note]))


def _apart(saved: Saved, end: str) -> Saved:
    """Return findings whose names end otherwise than those of the same command before them."""
    if not end:
        return saved
    drawings = [
        replace(drawing, key=f"{drawing.key}{end}", svg=_ids_apart(drawing.svg, end))
        for drawing in saved.section.drawings
    ]
    section = replace(saved.section, key=f"{saved.section.key}{end}", drawings=drawings)
    sheets_ = tuple(replace(sheet, key=f"{sheet.key[:MOST_TAB]}{end}") for sheet in saved.sheets)
    return replace(saved, section=section, sheets=sheets_)


def _ids_apart(svg: str, end: str) -> str:
    """Return a drawing all of whose ids, and what points to them, end in `end`."""
    names = sorted(set(re.findall(r'\sid="([^"]+)"', svg)), key=len, reverse=True)
    if not names:
        return svg
    any_of = "|".join(map(re.escape, names))
    return re.sub(rf'(?<=[\s"#])({any_of})(?=["\s)])', rf"\1{end}", svg)

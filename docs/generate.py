"""The pages of the guide that are drawn from the code: commands, data dictionary, settings, messages.

``python docs/generate.py`` writes them; a test says whether those that are kept are current.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from drawn_words import ABOUT, CELLS, GENERAL, SETTINGS, THEN, TOLD, TYPE_WORDS, TYPES
from pydantic import BaseModel

import cli
from sufficiency import needs, output_tables, setting_fields
from sufficiency.codes import CODES
from sufficiency.settings import KINDS, Kind, Settings, describe_settings
from sufficiency.tables import TABLES, describe
from sufficiency.workbook.examples import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydantic.fields import FieldInfo

HERE = Path(__file__).resolve().parent
DRAWN = "<!-- Drawn from the code by docs/generate.py: change it there, then run make docs. -->"

#: What a table of settings is keyed by.
KEYS = ((setting_fields.Ncy, "NCY"), (setting_fields.Year, "academic year"), (needs.NeedName, "need code"),
        (needs.PhaseName, "phase"))  # fmt: skip


def cell(text: object) -> str:
    """Return a text as it may stand in a table of Markdown."""
    plain = " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")
    parts = re.split(r"(`[^`]*`)", plain)
    return "".join(part if part.startswith("`") else part.replace("*", "\\*") for part in parts)


def code(text: object) -> str:
    """Return a text as code in a table of Markdown, "" for none."""
    plain = " ".join(str(text).split()).replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def rows(heads: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown, without its columns that are blank throughout."""
    lines = [list(line) for line in body]
    kept = [at for at in range(len(heads)) if any(line[at] for line in lines)]
    table = [[heads[at] for at in kept], ["---"] * len(kept)]
    table += [[line[at] for at in kept] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in table)


def page(title: str, *parts: str) -> str:
    """Return a page of its parts."""
    return "\n\n".join([f"# {title}", DRAWN, *parts]) + "\n"


# Data dictionary


def dictionary() -> str:
    """Return the page of every table and column of a case."""
    known = [
        [code(f"{t.name}"), "yes" if t.required else "", cell(t.meaning)] for t in TABLES.values()
    ]
    listed = [
        [f"[{t.name}](#{t.name})", *line[1:]]
        for t, line in zip(TABLES.values(), known, strict=True)
    ]
    return page(
        "Data dictionary: every table and column of a case",
        "For whoever fills in a case: what each column holds, in what unit, what blank means, and what is refused.",
        "A case is a folder with `case.toml` (see [settings](settings.md)) and a CSV file for each table,"
        " `children.csv` say; or one Excel workbook with a sheet for each. Columns may stand in any order, and one that"
        " is not required may be left out. `sufficiency tables TABLE` shows the same on your screen.",
        rows(["Table", "Required", "What it holds"], listed),
        "Of every table, a home or a site is given as a postcode, or as easting and northing, or as latitude and"
        " longitude: one of the three.",
        "## How cells are read",
        rows(["Type", "What it takes"], [[name, cell(words)] for name, words in TYPE_WORDS]),
        *[part for name in TABLES for part in _table(name)],
        "## Need codes",
        "Those of the DfE's SEN2 return (guide of 2025, `SENtype`). `NSA`, no specialist assessment, is of the school"
        " census: it is read, and warned about.",
        rows(["Code", "Need"], [[code(name), words] for name, words in needs.NEEDS.items()]),
        "## Kinds of provision",
        rows(["Kind", "What it is"], [[code(name), words] for name, words in KINDS.items()]),
        "## Phases",
        "They follow from the NCY: primary to 6, secondary 7 to 11, post-16 (`post16`) from 12 to `leaving.last_ncy`.",
    )  # fmt: skip


def _table(name: str) -> Iterator[str]:
    table = TABLES[name]
    yield f"## {name}"
    together = "No two rows have the same"
    once = f" {together} {' and '.join(map(code, table.key))}." if table.key else ""
    needed = "Required" if table.required else "Optional"
    yield f"{table.meaning}. {needed}.{once}"
    yield rows(
        ["Column", "Takes", "If blank", "What it holds", "Example"],
        [
            [
                code(row["column"]),
                _joined(TYPES[row["kind"]], _unit(row), _allowed(row["allowed"])),
                _blank(row),
                _sourced(row["meaning"], row["source"]),
                code(_example(name, row["column"])),
            ]
            for row in describe()
            if row["table"] == name
        ],
    )


def _unit(row: dict[str, str]) -> str:
    """Return a column's unit, "" where its type says it."""
    return "" if row["kind"] in ("ncy", "year") else cell(row["unit"])


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _sourced(meaning: str, source: str) -> str:
    """Return what something means, and the source of it or of its default."""
    return f"{cell(meaning)} ({cell(source)})" if source else cell(meaning)


def _blank(row: dict[str, str]) -> str:
    if row["required"]:
        return "**required**"
    return code(row["default"]) if row["kind"] != "year" else cell(row["default"])


def _allowed(text: str) -> str:
    return ", ".join(map(code, text.split(" | "))) if " | " in text else cell(text)


def _example(table: str, column: str) -> object:
    given = [row[column] for row in ROWS.get(table, ()) if column in row]
    return given[0] if given else CELLS.get(column, "")


# Settings


def settings() -> str:
    """Return the page of every setting of ``case.toml``."""
    described = {row["name"]: row for row in describe_settings()}
    parts: list[str] = []
    sections: dict[str, list[list[str]]] = {}
    for name, field in _fields(Settings):
        section, _, last = name.rpartition(".")
        row = described[name]
        sections.setdefault(section, []).append(
            [
                code(last),
                _default(row["default"]),
                _joined(_takes(field), "" if row["unit"] == "year" else cell(row["unit"])),
                _sourced(row["meaning"], row["source"]),
                code(f"{last} = {SETTINGS.get(name) or _written(row['default'])}"),
            ]
        )
    for section, lines in sections.items():
        parts += [f"## [{section}]" if section else "## At the top of the file", _about(section)]
        heads = ["Setting", "Default", "Takes", "What it is (source of the default)", "Example"]
        parts.append(rows(heads, lines))
    return page(
        "Settings: everything that case.toml may hold",
        "For whoever sets a plan up: each setting, its default, its unit, and where the default comes from.",
        "Every setting has a default, so `case.toml` holds only what is yours. A key that is not known is refused, and"
        " the nearest known one offered. In a workbook the sheet `settings` has a row for each,"
        " `travel.detour_factor` say. `sufficiency tables settings` shows the same on your screen. A default marked"
        " *assumed* is a guess: replace it by your own figure. [What it rests on](assumptions.md) lists them all.",
        *parts,
    )  # fmt: skip


def _about(section: str) -> str:
    if section in ABOUT:
        return ABOUT[section]
    model: Any = Settings.model_fields[section].annotation
    return str(inspect.getdoc(model)).partition("; the guide")[0].rstrip(".") + "."


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting with its dotted name; those of the top first."""
    later: list[tuple[type[BaseModel], str]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            later.append((field.annotation, f"{prefix}{name}."))
        elif name == "kinds":
            later.append((Kind, "kinds.NAME."))
        elif name != "by_kind":
            yield prefix + name, field
    for inner, above in later:
        yield from _fields(inner, above)


def _default(text: str) -> str:
    return code(text) if text not in ("", "{ }") else ""


def _written(text: str) -> str:
    """Return a default as TOML: words in quotes."""
    return text if re.fullmatch(r"[-\d.]+|\{.*\}|\[.*\]", text) else f'"{text}"'


def _takes(field: FieldInfo) -> str:
    """Say what values a setting takes."""
    kind: Any = next((part for part in get_args(field.annotation) if part is type(None)), None)
    kind = get_args(field.annotation)[0] if kind else field.annotation
    kind = getattr(kind, "__origin__", kind) if hasattr(kind, "__metadata__") else kind
    if get_origin(kind) is Literal:
        return ", ".join(map(code, get_args(kind)))
    if get_origin(kind) is dict:
        key = get_args(kind)[0]
        return "a table by " + next(
            (words for known, words in KEYS if known == key), "class of road"
        )
    if get_origin(kind) is list:
        return "a list"
    return "text" if kind is str else _between(field, "whole number" if kind is int else "number")


def _between(field: FieldInfo, noun: str) -> str:
    ends = {
        name: getattr(rule, name)
        for rule in field.metadata
        for name in ("ge", "le")
        if hasattr(rule, name)
    }
    comma = "" if noun == "whole number" else ","
    least, most = (f"{ends[end]:{comma}.10g}" if end in ends else "" for end in ("ge", "le"))
    return f"{noun}, {least} to {most}" if most else f"{noun}, {least} or more"


# Commands


def commands() -> str:
    """Return the page of every command with its options."""
    tree = list(_tree(cli.main, "sufficiency"))
    return page(
        "Commands: every command, its options and their defaults",
        "For whoever types a command: what it takes, what each option does, what it is unless you say otherwise, and"
        " how it ends.",
        "The words in capitals are yours to fill in: CASE is a folder of tables or one workbook, OUT the folder of a"
        " finished plan. `-h` after any command shows the same on your screen.",
        rows(["Command", "What it does"],
             [[f"[`{name}`](#{_anchor(name)})", cell(_help(command)[0])] for name, command in tree]),
        "## For every command",
        GENERAL,
        "## Exit codes",
        "Results go to standard output, progress and messages to standard error. A script reads how a command ended:",
        rows(["Code", "What it means", "What to do"],
             [[str(number), words, THEN[number]] for number, words in _exits()]),
        *[part for name, command in tree for part in _command(name, command)],
    )  # fmt: skip


def _exits() -> list[tuple[int, str]]:
    said = " ".join(cli.EPILOG.partition("Exit codes:")[2].split())
    found = [(int(number), words.strip()) for number, words in re.findall(r"(\d) ([^,]+)", said)]
    return [*found, (cli.INTERRUPTED, "interrupted")]


def _tree(group: Any, above: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _tree(command, f"{above} {name}")
        else:
            yield f"{above} {name}", command


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _help(command: Any) -> list[str]:  # noqa: ANN401
    """Return the paragraphs of a command's help."""
    text = inspect.cleandoc(command.help or "")
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _command(name: str, command: Any) -> Iterator[str]:  # noqa: ANN401
    with command.make_context(name, [], resilient_parsing=True) as context:
        yield f"## {name}"
        yield "\n\n".join(part.replace("*", "\\*") for part in _help(command))
        yield f"With an example: [{_page(name)}]({TOLD[name.removeprefix('sufficiency ')]})."
        usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
        yield f"```text\n{usage}\n```"
        records = [option.get_help_record(context) for option in command.params]
        lines = [_option(*record) for record in records if record]
        if lines:
            yield rows(["Option", "What it does", "Default", "Takes"], lines)


def _page(name: str) -> str:
    """Return the title of the page that tells of a command."""
    file = TOLD[name.removeprefix("sufficiency ")].partition("#")[0]
    if file in PAGES:
        return "the data dictionary"
    return (HERE / file).read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _option(flag: str, words: str) -> list[str]:
    """Return an option's line from what its help says of it."""
    said, _, notes = words.partition("  [")
    extra = notes.removesuffix("]").split("; ") if notes else []
    if "[default: " in said:
        said, _, told = said.partition("[default: ")
        extra.append("default: " + told.rstrip("]"))
    default = [note.removeprefix("default: ") for note in extra if note.startswith("default: ")]
    takes = [note for note in extra if not note.startswith("default: ")]
    return [code(flag), cell(said), cell("; ".join(default)), cell("; ".join(takes))]


# Messages


def messages() -> str:
    """Return the page of every code that a check or an import may give."""
    return page(
        "Messages: what each code means",
        "For whoever reads what `check` or an import says: each code with what it is of. Where it stands, and how to"
        " mend it, the message itself says; it never shows a value.",
        "Codes with E are errors: nothing is planned until they are mended. Codes with W are warnings: look and go on.",
        rows(["Code", "What it is of"], [[code(name), cell(words)] for name, words in sorted(CODES.items())]),
    )  # fmt: skip


def published() -> str:
    """Return the page of every published table, column by column."""
    parts: list[str] = []
    for command in dict.fromkeys(output.command for output in output_tables.TABLES):
        says = "Every plan's folder" if command == "plan" else f"sufficiency {command}"
        parts += [f"## {says}", *_outputs(command)]
    return page(
        "Published tables: every column",
        "For whoever opens a CSV that a command wrote, or reads it with a program: every table that anybody may see,"
        " and what its columns say.",
        "`[c]` in any column is what is withheld ([what is withheld](withheld.md)). A blank is what there is none of."
        " Files are UTF-8 with a byte order mark, for Excel. An academic year is that of its September."
        " [What comes out](outputs.md) says which files there are besides.",
        *parts,
    )  # fmt: skip


def _outputs(command: str) -> Iterator[str]:
    for output in (one for one in output_tables.TABLES if one.command == command):
        file, _, asked = output.file.partition(" ")
        yield f"### {file}.csv{f' {asked}' if asked else ''}"
        yield cell(output.about)
        yield rows(
            ["Column", "What it says"],
            [[code(name), cell(output.meaning(name))] for name in output.names],
        )


#: Every drawn page, by its file.
PAGES = {
    "published-tables.md": published,
    "commands.md": commands,
    "data-dictionary.md": dictionary,
    "settings.md": settings,
    "codes.md": messages,
}


def main() -> None:
    """Write every page."""
    for name, draw in PAGES.items():
        (HERE / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()

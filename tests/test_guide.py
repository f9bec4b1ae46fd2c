"""The guide is true: its commands run, its links lead somewhere, and nothing that can be set or asked is left out."""

from __future__ import annotations

import itertools
import re
import runpy
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cli
from sufficiency.settings import describe_settings, read_settings
from sufficiency.tables import TABLES
from tests import guide
from tests.guide import PAGES
from tests.guide_rows import DOCS, FENCE, ROOT, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = [name for name, path in PAGES.items() if guide.commands(path.read_text(encoding="utf-8"))]
#: Pages that the guide leads to, and that lead into it.
BESIDE = [ROOT / "README.md", ROOT / "ARCHITECTURE.md"]
#: Links of Markdown, none of a picture; code has none.
LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)")


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def bare(path: Path) -> str:
    """Return a page without its fences, comments and code."""
    plain = re.sub(r"<!--.*?-->", "", FENCE.sub("", text(path)), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", plain)


@cache
def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as a git host and the site make them."""
    heads = re.findall(r"^#{1,4} +(.+)$", FENCE.sub("", text(path)), re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", head).lower().strip() for head in heads]
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain}


@cache
def drawn() -> dict[str, Callable[[], str]]:
    """Return what draws each page that is drawn from the code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        pages: dict[str, Callable[[], str]] = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]
    return pages


def told(name: str) -> list[str]:
    return guide.commands(text(PAGES[name]))


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_every_command_of_a_page_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the page shows of it is what it says."""
    for step, ended in guide.run_page(name, tmp_path, monkeypatch):
        for command, code, said in ended:
            assert code == guide.expected(name, command), f"{command}\n{said}"
        said = " ".join(" ".join(one.said for one in ended).split())
        assert [line for line in step.shown if line not in said] == [], said


def test_rows_are_of_pages_that_run_something() -> None:
    assert set(ROWS) <= set(RUN)
    for name, row in ROWS.items():
        starts = [*row.before, *row.exits]
        assert all(any(line.startswith(start) for line in told(name)) for start in starts)


def unknown(line: str) -> str:
    """Return what of a command there is not: the command, or an option of it; "" for nothing."""
    given = guide.words(line)
    if given == ["--version"]:
        return ""
    command = guide.named(line)
    if not command:
        return line
    flags = {word.partition("=")[0] for word in given if word.startswith("--")}
    return " ".join(flags - guide.flags(dict(guide.tree())[command]) - {"--help"})


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_tells_to_run_is_there(name: str) -> None:
    """Every command and option of every ``sh`` fence, whether the slow tests run or not."""
    assert not {line: unknown(line) for line in told(name) if unknown(line)}


def test_every_command_is_shown_running() -> None:
    shown = {guide.named(line) for name in PAGES for line in told(name)}
    assert {name for name, _ in guide.tree()} <= shown


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_stands_in_the_index(name: str) -> None:
    heads = re.findall(r"^(#+) ", FENCE.sub("", text(PAGES[name])), re.MULTILINE)
    assert text(PAGES[name]).startswith("# ")
    assert heads.count("#") == 1
    assert all(len(deep) <= len(above) + 1 for above, deep in itertools.pairwise(heads))
    listed = text(PAGES["index.md"]).partition("\n## All pages\n")[2]
    assert name == "index.md" or f"]({name})" in listed


@pytest.mark.parametrize(
    "path", [*PAGES.values(), *BESIDE], ids=lambda path: path.parent.name + "/" + path.name
)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(bare(path)):
        if re.match(r"https?://", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_nothing_that_is_fetched_and_no_html(name: str) -> None:
    page = bare(PAGES[name])
    assert not re.search(r"<[a-zA-Z/]", page)
    for picture in re.findall(r"!\[([^]]*)\]\(([^)\s]+)\)", page):
        assert picture[0], "a picture says in words what it shows"
        assert (DOCS / picture[1]).is_file()


@pytest.mark.parametrize("name", PAGES)
def test_every_column_of_a_table_has_a_heading(name: str) -> None:
    lines = FENCE.sub("", text(PAGES[name])).splitlines()
    heads = [above for above, below in itertools.pairwise(lines) if re.match(r"\|[ :]*-{3}", below)]
    assert not [head for head in heads if re.search(r"\|\s*\|", head)]


@pytest.mark.parametrize("name", drawn())
def test_drawn_pages_are_current(name: str) -> None:
    assert drawn()[name]() == text(DOCS / name), "run make docs"


def test_every_option_of_every_command_is_in_the_guide() -> None:
    parts = re.split(r"^## (.+)$", text(PAGES["commands.md"]), flags=re.MULTILINE)[1:]
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    for name, command in guide.tree():
        section = sections[f"sufficiency {name}"]
        assert all(f"{flag}" in section for flag in guide.flags(command)), name
    general = sections["For every command"]
    assert all(flag in general for flag in ("--version", "--debug", "--help"))
    codes = re.findall(r"(\d) [a-z]", cli.EPILOG.partition("Exit codes:")[2])
    assert all(f"\n| {code} |" in sections["Exit codes"] for code in codes)


def test_every_table_column_and_setting_is_in_the_guide_with_an_example() -> None:
    parts = re.split(r"^## (.+)$", text(PAGES["data-dictionary.md"]), flags=re.MULTILINE)[1:]
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    for name, table in TABLES.items():
        rows = sections[name].split("\n| `")[1:]
        assert [row.partition("`")[0] for row in rows] == table.names
    page = text(PAGES["settings.md"])
    for row in describe_settings():
        assert f"\n| `{row['name'].rpartition('.')[2]}` |" in page


def test_the_examples_of_settings_are_taken() -> None:
    """Those of each section of the page of settings, put into one file, are settings of a case."""
    lines = ["[kinds.satellite]"]
    for line in text(PAGES["settings.md"]).splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").replace("NAME", "satellite")
            lines.append(section if section.startswith("[") else "")
        elif example := re.search(r"`(\w+ = [^`]+)`", line):
            lines.append(example[1])
    settings, faults = read_settings(_read(lines[1:]))
    assert settings is not None, faults


def _read(lines: list[str]) -> dict[str, Any]:
    return tomllib.loads("\n".join(lines))

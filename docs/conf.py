"""How the guide becomes a static site: every page of docs/, and the pages beside it that those link to.

``make docs`` builds it. Nothing of it is fetched from elsewhere when it is read: the theme, the search and the
mathematics (MathML, made here) are in the folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils.nodes import SkipNode
from latex2mathml.converter import convert
from pygments.lexers.special import TextLexer
from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).resolve().parents[1]
log = logging.getLogger(__name__)

project = "sufficiency"
author = "the sufficiency contributors"
html_title = "sufficiency: the guide"
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md", "examples/*/README.md", "benchmarks/results.md",
    "README.md", "ARCHITECTURE.md", "CHANGELOG.md",
]  # fmt: skip
exclude_patterns = [".*", "out", "build", "dist", "sufficiency", "geodata", "models", "tests"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
html_theme = "furo"
html_static_path = ["site"]
html_css_files = ["guide.css"]
html_extra_path = ["site/index.html"]
html_copy_source = False
html_show_sphinx = False
html_show_search_summary = False  # it would be fetched, which a page opened from a file may not
html_permalinks_icon = "#"
html_math_renderer = "mathml"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
templates_path: list[str] = []


def listed(text: str) -> dict[str, list[tuple[str, str]]]:
    """Return the pages that the index lists under "All pages", by heading: what it calls them, and where they are."""
    part = text.partition("\n## All pages\n")[2].partition("\n## ")[0]
    sections = re.split(r"^### +(.+)$", part, flags=re.MULTILINE)[1:]
    return {
        head: re.findall(r"^[-*] \[([^]]+)\]\(([\w./-]+)\.md\)", body, re.MULTILINE)
        for head, body in zip(sections[::2], sections[1::2], strict=True)
    }


def add_contents(app: Sphinx, docname: str, source: list[str]) -> None:  # noqa: ARG001 - Sphinx's signature
    """Give the index the tree of contents that its own list of pages says; what it lacks comes last."""
    if docname != root_doc:
        return
    sections = listed(source[0])
    known = {(ROOT / "docs" / page).resolve() for pages in sections.values() for _, page in pages}
    found = sorted({*(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/*/README.md")})
    rest = [path for path in found if path.with_suffix("") not in known and path.stem != "index"]
    sections["More"] = [
        ("", f"/{path.relative_to(ROOT).with_suffix('').as_posix()}") for path in rest
    ]
    for head, pages in sections.items():
        if pages:
            lines = "\n".join(f"{called} <{page}>" if called else page for called, page in pages)
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {head}\n\n{lines}\n```\n"


def mathml(node: nodes.Element, display: str) -> str:
    """Return a formula as MathML; a command of LaTeX that is not known is warned of, and so stops the build."""
    made: str = convert(node.astext(), display=display)
    for unknown in re.findall(r">(\\\w*)<", made):
        log.warning("the formula has a command that cannot be set: %s", unknown, location=node)
    return made


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(mathml(node, "inline"))
    raise SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="formula" tabindex="0">{mathml(node, "block")}</div>')
    raise SkipNode


#: What the theme leaves out, for those who read by keyboard or by ear: names of regions, levels of headings, and
#: a way into what scrolls sideways.
MENDED = (
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="Pages of the guide">'),
    ('<aside class="toc-drawer">', '<aside class="toc-drawer" aria-label="On this page">'),
    ('<aside class="toc-drawer no-toc">', '<aside class="toc-drawer no-toc" aria-label="On this page">'),
    ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
    ('<div class="table-wrapper colwidths-auto docutils container">',
     '<div class="table-wrapper colwidths-auto docutils container" tabindex="0">'),
    ("<pre>", '<pre tabindex="0">'),
)  # fmt: skip


def mend(app: Sphinx, exception: Exception | None) -> None:
    """Put right what the theme leaves out, in every page; a page that is put right already stays as it is."""
    if exception is not None:
        return
    for file in Path(app.outdir).rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        for left, right in MENDED:
            text = text.replace(left, right)
        file.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the contents and the mathematics."""
    app.connect("source-read", add_contents)
    app.connect("build-finished", mend)
    app.add_lexer("csv", TextLexer)  # which Pygments does not know
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True}

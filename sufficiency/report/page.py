"""The report as a page that a colleague can open anywhere, print, and trust with nothing withheld in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sufficiency.fonts import font_face_css
from sufficiency.maps.typeset import without_fonts
from sufficiency.report.compose import compose
from sufficiency.report.parts import Plan, stamp_line
from sufficiency.report.titles import untitled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from sufficiency.disclosure import Published
    from sufficiency.report.parts import Context, Drawing, Paper

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def render_report(published: Published, summary: Mapping[str, Any], context: Context) -> str:
    """Write the report as one HTML page that asks for nothing from outside.

    Parameters are those of `compose`.
    """
    return render_page(compose(Plan(published, summary, context)))


def render_page(paper: Paper) -> str:
    """Write a paper as one HTML page that asks for nothing from outside."""
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            policy=POLICY,
            paper=paper,
            fonts=font_face_css(),
            svg=_drawn,
            foot=stamp_line(paper.stamps),
        )
    )


def _drawn(drawing: Drawing) -> str:
    """Return a drawing without title and letters of its own: the page has the one over it, the others once."""
    return without_fonts(untitled(drawing))


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("sufficiency.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""The dashboard as one page: it asks for nothing from outside, needs no script, and prints on A4, landscape."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sufficiency.evidence.dashboard.words import AIM
from sufficiency.fonts import font_face_css
from sufficiency.maps.typeset import without_fonts
from sufficiency.report.page import POLICY
from sufficiency.report.parts import stamp_line
from sufficiency.safe import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from sufficiency.evidence.answer import About
    from sufficiency.evidence.dashboard.view import View


def page(about: About, answer: str, seen: View, notes: Sequence[str]) -> str:
    """Write the page.

    Parameters
    ----------
    answer
        The finding, in a sentence.
    notes
        What must be known of every figure.
    """
    made = _template().render(
        policy=POLICY,
        fonts=font_face_css(),
        about=about,
        aim=AIM,
        answer=answer,
        view=seen,
        notes=list(notes),
        gap_map=without_fonts(seen.gap_map),
        foot=stamp_line(about.stamps),
    )
    return plain(made)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("sufficiency.evidence.dashboard", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("dashboard.html.j2")

"""How the Word paper looks: styles that a template of the council's takes over, language, pages, footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from sufficiency.documents.word_parts import add_field

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.styles.style import ParagraphStyle

FONT, LANGUAGE = "Arial", "en-GB"
INK, PALE, NAVY = RGBColor(0x0B, 0x0C, 0x0C), RGBColor(0x44, 0x49, 0x4D), RGBColor(0x12, 0x43, 0x6D)
PAGE_CM, MARGIN_CM = (21.0, 29.7), 2.0
#: Our own styles; everything else is built in, so that it takes on the look of what it is pasted into.
ANSWER, SMALL, STAMP, CELL, SMALL_CELL = (
    "Answer",
    "Note",
    "Source line",
    "Table text",
    "Table small",
)
#: As Word calls the first level of its own contents, so that it keeps its look when brought up to date.
CONTENTS = "toc 1"
TABLE = "Plan table"
#: Size in points, bold, ink, space before and after in points, whether the next paragraph stays on its page.
LOOKS: dict[str, tuple[float, bool, RGBColor, float, float, bool]] = {
    "Normal": (12, False, INK, 0, 8, False),
    "Title": (22, True, NAVY, 0, 4, False),
    "Subtitle": (14, False, PALE, 0, 12, False),
    "Heading 1": (17, True, NAVY, 20, 6, True),
    "Heading 2": (14, True, NAVY, 14, 4, True),
    "Caption": (11, True, INK, 10, 4, True),
    ANSWER: (14, True, INK, 4, 8, False),
    SMALL: (10, False, PALE, 2, 4, False),
    STAMP: (9, False, PALE, 3, 12, False),
    CELL: (10, False, INK, 0, 0, False),
    SMALL_CELL: (9, False, INK, 0, 0, False),
    CONTENTS: (11, False, INK, 0, 1, False),
    "Footer": (9, False, PALE, 0, 0, False),
}
_TABLE_STYLE = """
<w:style {ns} w:type="table" w:customStyle="1" w:styleId="PlanTable">
  <w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="0B0C0C"/>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="0B0C0C"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="C9CDD0"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>
      <w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/><w:bCs/></w:rPr>
    <w:tcPr>
      <w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="0B0C0C"/></w:tcBorders>
      <w:shd w:val="clear" w:color="auto" w:fill="EEF2F5"/><w:vAlign w:val="bottom"/>
    </w:tcPr>
  </w:tblStylePr>
</w:style>
"""


def set_styles(document: Document) -> None:
    """Give the document its styles and its language."""
    for name, (size, bold, ink, before, after, keeps) in LOOKS.items():
        style = _style(document, name)
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        style.font.italic, style.font.color.rgb = False, ink
        shape = style.paragraph_format
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        shape.line_spacing, shape.keep_with_next = 1.1 if size >= 12 else 1.0, keeps
        _only_font(style)
    # The built-in title has a rule under it.
    for rule in document.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        rule.getparent().remove(rule)
    document.styles.element.append(parse_xml(_TABLE_STYLE.format(ns=nsdecls("w"), name=TABLE)))
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)


def _style(document: Document, name: str) -> ParagraphStyle:
    """Return a paragraph style, made where there is none of the name."""
    styles = document.styles
    if name not in styles:
        made = cast("ParagraphStyle", styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
        made.base_style, made.quick_style = styles["Normal"], True
    return cast("ParagraphStyle", styles[name])


def _only_font(style: ParagraphStyle) -> None:
    """Set the one font for every script; a theme's font would go before it."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def set_page(section: Section, *, wide: bool = False) -> None:
    """Make a section's pages A4, upright or on their side."""
    short, long = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if wide else (short, long)
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(MARGIN_CM)


def set_footer(section: Section, words: str) -> None:
    """Write the run and the number of the page under every page."""
    line = section.footer.paragraphs[0]
    line.add_run(f"{words}    Page ")
    add_field(line, "PAGE", "1")
    line.add_run(" of ")
    add_field(line, "NUMPAGES", "1")


def text_width_pt(*, wide: bool) -> float:
    """Return how wide a page's text is, in points."""
    return (PAGE_CM[1 if wide else 0] - 2 * MARGIN_CM) / 2.54 * 72


def set_properties(document: Document, title: str, subject: str) -> None:
    """Name the document, for the window's title and for assistive technology."""
    properties = document.core_properties
    properties.title, properties.subject = title[:255], subject[:255]
    properties.author = properties.last_modified_by = "sufficiency"
    properties.language, properties.comments, properties.keywords = LANGUAGE, "", ""
    for language in document.settings.element.findall(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)

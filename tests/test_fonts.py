"""The packaged font: as wide as it says, drawn the same everywhere, and with no other font's help."""

from __future__ import annotations

import base64
import re
import struct

import pytest

from sufficiency import fonts
from sufficiency.maps import typeset

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" width="200" height="40" '
    f'font-family="{fonts.STACK}"><text x="5" y="25" font-size="16">Hélène’s café</text></svg>'
)


def embedded() -> list[bytes]:
    found = re.findall(r"base64,([^)]*)\)", fonts.font_face_css())
    return [base64.b64decode(text) for text in found]


def test_every_style_is_embedded_once_and_small() -> None:
    packed = embedded()
    assert len(packed) == len(fonts.STYLES)
    for font in packed:
        assert font[:4] == b"wOF2"
        assert struct.unpack_from(">L", font, 8)[0] == len(font)
    assert len(fonts.font_face_css()) < 60_000
    assert "http" not in fonts.font_face_css()


def test_what_is_embedded_unpacks_to_the_tables_that_it_lists() -> None:
    import brotli

    for font in embedded():
        count, packed = struct.unpack_from(">H", font, 12)[0], struct.unpack_from(">L", font, 20)[0]
        at, sizes = 48, []
        for _ in range(count):
            at, size = at + 1, 0
            while True:
                size, more, at = size << 7 | font[at] & 0x7F, font[at] & 0x80, at + 1
                if not more:
                    break
            sizes.append(size)
        assert len(brotli.decompress(font[at : at + packed])) == sum(sizes)


def test_widths_are_those_of_the_font() -> None:
    assert fonts.width_em("") == 0
    assert fonts.width_em("i") < fonts.width_em("n") < fonts.width_em("W")
    assert fonts.width_em("Bath", "semibold") > fonts.width_em("Bath")
    assert fonts.width_em("0") == fonts.width_em("7") == pytest.approx(0.497)
    assert fonts.width_em("\U0001f308") == fonts.MISSING_EM


def test_png_and_pdf_are_the_same_bytes_each_time_and_of_the_packaged_font() -> None:
    png, pdf = typeset.to_png(DRAWING), typeset.to_pdf(DRAWING, title="<A> map", alt="An “alt”")
    assert png[:4] == b"\x89PNG"
    assert pdf[:4] == b"%PDF"
    assert (png, pdf) == (
        typeset.to_png(DRAWING),
        typeset.to_pdf(DRAWING, title="<A> map", alt="An “alt”"),
    )
    assert typeset.our_fonts().families() == [fonts.FAMILY]
    assert b"SourceSansPro" in pdf


def test_a_png_is_three_hundred_dots_an_inch() -> None:
    wide, high = struct.unpack_from(">LL", typeset.to_png(DRAWING), 16)
    assert wide == pytest.approx(180 / 25.4 * 300, abs=1)
    assert high == pytest.approx(wide / 5, abs=1)


def test_a_drawing_that_carries_its_letters_is_set_without_them() -> None:
    style = f"<style>{fonts.font_face_css()}</style>"
    assert typeset.to_png(DRAWING.replace("<text", f"{style}<text")) == typeset.to_png(DRAWING)


def test_a_drawing_without_a_size_is_refused() -> None:
    with pytest.raises(ValueError, match="viewBox"):
        typeset.to_png("<svg></svg>")

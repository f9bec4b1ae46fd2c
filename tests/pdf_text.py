"""Reads the text of a PDF as typst writes them, so that tests need no program for it."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
#: What a string holds: escapes, anything else, brackets in pairs.
_HELD = rb"(?:\\.|[^\\()]|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))*"
_SHOWN = re.compile(
    rb"/(\w+) [\d.]+ Tf|(\(" + _HELD + rb"\))\s*Tj|\[((?:\(" + _HELD + rb"\)|[^\]\(])*)\]\s*TJ",
    re.DOTALL,
)
_STRING = re.compile(rb"\((" + _HELD + rb")\)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_lines(data: bytes) -> list[str]:
    """Return every run of text of every page, in the order in which it is written."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(data)}
    pages = [text for text in objects.values() if re.search(rb"/Type\s*/Page\b(?!s)", text[:200])]
    return [line for page in pages for line in _page(page, objects)]


def _page(page: bytes, objects: dict[int, bytes]) -> list[str]:
    resources = objects[_reference(page, b"Resources")]
    given = re.search(rb"/Font\s*(\d+) 0 R|/Font\s*<<(.*?)>>", resources, re.DOTALL)
    assert given
    fonts = objects[int(given[1])] if given[1] else given[2]
    named = re.findall(rb"/(\w+) (\d+) 0 R", fonts)
    letters = {name: _cmap(objects[int(number)], objects) for name, number in named}
    lines, now = [], b""
    for font, one, several in _SHOWN.findall(_inflated(objects[_reference(page, b"Contents")])):
        if font:
            now = font
        else:
            raw = b"".join(
                _ESCAPE.sub(_unescaped, part) for part in _STRING.findall(one or several)
            )
            codes = [raw[n : n + 2] for n in range(0, len(raw), 2)]
            lines.append("".join(letters[now].get(code, "?") for code in codes))
    return lines


def _unescaped(found: re.Match[bytes]) -> bytes:
    given = found[1]
    return bytes([int(given, 8)]) if given.isdigit() else _LETTERS.get(given, given)


def _cmap(font: bytes, objects: dict[int, bytes]) -> dict[bytes, str]:
    text = _inflated(objects[_reference(font, b"ToUnicode")])
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for code, letters in _MAPPED.findall(text.partition(b"beginbfchar")[2])
    }


def _reference(text: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb"\s*(\d+) 0 R", text)
    assert found, name
    return int(found[1])


def _inflated(text: bytes) -> bytes:
    found = _STREAM.search(text)
    assert found
    return zlib.decompress(found[1]) if b"FlateDecode" in text[: found.start()] else found[1]

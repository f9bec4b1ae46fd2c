"""The lettering of every product: Source Sans Pro, from an installed package, so that all machines draw alike.

Typst reads the files as they are. A page or a drawing carries a small part of them within itself: the letters of
western Europe, without hinting and kerning, packed as WOFF2 (about 15 kB a style). Widths are those of the font
itself, so that a label is as long as it was reckoned to be.

References
----------
OpenType specification 1.9 (tables ``cmap``, ``glyf``, ``hmtx``, ``loca``); W3C, *WOFF File Format 2.0*.
"""

from __future__ import annotations

import base64
import struct
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAMILY = "Source Sans Pro"
STACK = f"'{FAMILY}', Arial, Helvetica, 'Liberation Sans', sans-serif"


class Style(NamedTuple):
    """A style in use: its file, and how CSS calls it."""

    file: str
    weight: int
    slope: str


STYLES = {
    "regular": Style("SourceSansPro-Regular.ttf", 400, "normal"),
    "semibold": Style("SourceSansPro-Semibold.ttf", 600, "normal"),
    "italic": Style("SourceSansPro-It.ttf", 400, "italic"),
}
#: What a page carries: Basic Latin, Latin-1, Latin Extended-A, and signs that we write.
LETTERS = frozenset(
    [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "ȘșȚț–—‘’“”„•…′″€™−≈≤≥←↑→↓▲▼■●◆")]
)
#: Of a letter that the font has not: somewhat wider than most fonts' own.
MISSING_EM = 1.1
_TABLES = ("OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post")
#: Tags that WOFF2 knows by number.
_KNOWN = {
    tag: n for n, tag in enumerate(["cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post"])
} | {"glyf": 10, "loca": 11}
_NOT_TRANSFORMED = 3 << 6
_MORE, _WORDS, _SCALE, _XY_SCALE, _TWO_BY_TWO = 0x20, 0x01, 0x08, 0x40, 0x80
_INSTRUCTIONS = 0x100


def folder() -> Path:
    """Return where the font's files are, for typst."""
    return Path(str(resources.files("font_source_sans_pro"))) / "files"


def width_em(text: str, style: str = "regular") -> float:
    """Return how wide text is without kerning, in ems."""
    known = _widths(style)
    return sum(known.get(ord(letter), MISSING_EM) for letter in text)


@cache
def font_face_css(styles: tuple[str, ...] = tuple(STYLES)) -> str:
    """Return `@font-face` rules that hold the letters themselves: a page asks for nothing from outside."""
    rules = []
    for name in styles:
        style = STYLES[name]
        packed = base64.b64encode(woff2(name)).decode("ascii")
        rules.append(
            f"@font-face{{font-family:'{FAMILY}';font-weight:{style.weight};font-style:{style.slope};"
            f"src:url(data:font/woff2;base64,{packed}) format('woff2')}}"
        )
    return "".join(rules)


@cache
def woff2(style: str) -> bytes:
    """Return the letters of a style as a file of its own."""
    return _woff2(_subset(_tables(style), LETTERS))


@cache
def _tables(style: str) -> Mapping[str, bytes]:
    """Read the tables of a font's file by their tags."""
    raw = (folder() / STYLES[style].file).read_bytes()
    (count,) = struct.unpack_from(">H", raw, 4)
    found = {}
    for n in range(count):
        tag, _, start, size = struct.unpack_from(">4sLLL", raw, 12 + 16 * n)
        found[tag.decode("ascii")] = raw[start : start + size]
    return found


@cache
def _widths(style: str) -> Mapping[int, float]:
    """Return the width of each letter, in ems."""
    tables = _tables(style)
    advances, em = _advances(tables), struct.unpack_from(">H", tables["head"], 18)[0]
    return {code: float(advances[glyph]) / em for code, glyph in _glyphs(tables).items()}


def _advances(tables: Mapping[str, bytes]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    (long,) = struct.unpack_from(">H", tables["hhea"], 34)
    (count,) = struct.unpack_from(">H", tables["maxp"], 4)
    pairs = np.frombuffer(tables["hmtx"], ">u2", 2 * long)[::2].astype(np.int64)
    return np.concatenate([pairs, np.full(count - long, pairs[-1])])


def _glyphs(tables: Mapping[str, bytes]) -> dict[int, int]:
    """Return the glyph of each letter of the basic plane (``cmap`` format 4)."""
    cmap = tables["cmap"]
    (count,) = struct.unpack_from(">H", cmap, 2)
    starts = [struct.unpack_from(">L", cmap, 8 + 8 * n)[0] for n in range(count)]
    at = next(start for start in starts if struct.unpack_from(">H", cmap, start)[0] == 4)
    (double,) = struct.unpack_from(">H", cmap, at + 6)
    segments = double // 2
    words = np.frombuffer(cmap, ">u2", (len(cmap) - at) // 2, at).astype(np.int64)
    ends, firsts = words[7 : 7 + segments], words[8 + segments : 8 + 2 * segments]
    deltas, offset_at = words[8 + 2 * segments : 8 + 3 * segments], 8 + 3 * segments
    found = {}
    for n, (end, first, delta) in enumerate(zip(ends, firsts, deltas, strict=True)):
        offset = int(words[offset_at + n])
        for code in range(int(first), min(int(end), 0xFFFE) + 1):
            glyph = code
            if offset and not (glyph := int(words[offset_at + n + offset // 2 + code - first])):
                continue
            found[code] = int(glyph + delta) & 0xFFFF
    return found


def _outlines(tables: Mapping[str, bytes]) -> list[bytes]:
    """Return every glyph's outline."""
    (is_long,) = struct.unpack_from(">h", tables["head"], 50)
    places = np.frombuffer(tables["loca"], ">u4" if is_long else ">u2").astype(np.int64)
    places = places if is_long else 2 * places
    glyf = tables["glyf"]
    return [glyf[a:b] for a, b in pairwise(places)]


def _subset(tables: Mapping[str, bytes], letters: Iterable[int]) -> dict[str, bytes]:
    """Return the tables of a font of these letters only."""
    outlines, known = _outlines(tables), _glyphs(tables)
    wanted = {code: known[code] for code in sorted(letters) if code in known}
    order = [0, *dict.fromkeys(wanted.values())]
    for glyph in order:  # grows as parts of compound glyphs are found
        order += [part for part in _parts(outlines[glyph]) if part not in order]
    new = {glyph: n for n, glyph in enumerate(order)}
    drawn = [_unhinted(outlines[glyph], new) for glyph in order]
    places = np.cumsum([0, *map(len, drawn)])
    advances = _advances(tables)
    bearings = [struct.unpack_from(">h", o, 2)[0] if o else 0 for o in drawn]
    metrics = [struct.pack(">Hh", advances[g], b) for g, b in zip(order, bearings, strict=True)]
    head = bytearray(tables["head"])
    head[50:52] = struct.pack(">h", 1)
    hhea, maxp = bytearray(tables["hhea"]), bytearray(tables["maxp"])
    hhea[34:36] = maxp[4:6] = struct.pack(">H", len(order))
    return {
        "OS/2": tables["OS/2"],
        "cmap": _cmap({code: new[glyph] for code, glyph in wanted.items()}),
        "glyf": b"".join(drawn),
        "head": bytes(head),
        "hhea": bytes(hhea),
        "hmtx": b"".join(metrics),
        "loca": places.astype(">u4").tobytes(),
        "maxp": bytes(maxp),
        "name": struct.pack(">HHH", 0, 0, 6),
        "post": struct.pack(">L", 0x00030000) + tables["post"][4:16] + bytes(16),
    }


def _parts(outline: bytes) -> list[int]:
    """Return the glyphs that a compound glyph is made of."""
    return [struct.unpack_from(">H", outline, at + 2)[0] for at in _part_places(outline)]


def _part_places(outline: bytes) -> list[int]:
    """Return where the parts of a compound glyph begin in its outline, and where they end."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    places, at, flags = [], 10, _MORE
    while flags & _MORE:
        (flags,) = struct.unpack_from(">H", outline, at)
        places.append(at)
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
    return places


def _unhinted(outline: bytes, new: Mapping[int, int]) -> bytes:
    """Return an outline without instructions, its parts by their new numbers, in whole words."""
    if not outline:
        return b""
    result = bytearray(outline)
    (contours,) = struct.unpack_from(">h", outline)
    if contours >= 0:
        at = 10 + 2 * contours
        (long,) = struct.unpack_from(">H", outline, at)
        result[at : at + 2 + long] = b"\0\0"
    for at in _part_places(outline):
        flags, part = struct.unpack_from(">HH", outline, at)
        struct.pack_into(">HH", result, at, flags & ~_INSTRUCTIONS, new[part])
    return bytes(result) + bytes(-len(result) % 4)


def _cmap(glyphs: Mapping[int, int]) -> bytes:
    """Write which glyph each letter is: one segment a letter."""
    codes = [*sorted(glyphs), 0xFFFF]
    count = len(codes)
    power = count.bit_length() - 1
    deltas = [(glyphs.get(code, code + 1) - code) & 0xFFFF for code in codes]
    search = (2 << power, power, 2 * count - (2 << power))
    words = [4, 16 + 8 * count, 0, 2 * count, *search, *codes, 0, *codes, *deltas, *[0] * count]
    return struct.pack(">HHHHL", 0, 1, 3, 1, 12) + struct.pack(f">{len(words)}H", *words)


def _woff2(tables: Mapping[str, bytes]) -> bytes:
    """Pack a font, its outlines as they are."""
    import brotli

    data: bytes = brotli.compress(b"".join(tables[tag] for tag in _TABLES), mode=brotli.MODE_FONT)
    entries = b""
    for tag in _TABLES:
        flags = _KNOWN[tag] | (_NOT_TRANSFORMED if tag in {"glyf", "loca"} else 0)
        entries += bytes([flags]) + _base128(len(tables[tag]))
    size = 12 + 16 * len(_TABLES) + sum(len(t) + -len(t) % 4 for t in tables.values())
    total = 48 + len(entries) + len(data)
    padded = total + -total % 4
    header = struct.pack(
        ">4s4sLHHLLHHLLLLL",
        *(b"wOF2", b"\0\1\0\0", padded, len(_TABLES), 0, size, len(data), 1, 0),
        *(0, 0, 0, 0, 0),
    )
    return header + entries + data + bytes(padded - total)


def _base128(number: int) -> bytes:
    """Write a number in groups of seven bits."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
